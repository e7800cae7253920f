"""Every assignment's notebook: with the reference's answers all points and no error, as a stub none and no error."""

import shutil
from pathlib import Path

import pytest

from classroom.preflight import preflight
from classroom.staff.author import build, release
from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.demo.classmaker import Answers, Classmaker
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = declared_assignments(ROOT / "assignments")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    return Folders.of(root)


@pytest.mark.parametrize("name", NAMES)
def test_the_notebook_runs_with_the_reference_and_as_a_stub(name, course, tmp_path):
    shutil.copytree(ROOT / "assignments" / name, course.folder("source") / name)
    (pair,) = build.pairs(course.root, [name])
    build.build([pair], course.root)
    build.write_sheet(pair)
    released = release.generate(course, name)
    assignment = load_assignment(pair.text.parent)
    stub = preflight(released)
    assert (stub.problems, stub.points, stub.max_points) == ([], 0.0, assignment.points)
    maker = Classmaker(assignment, released, pair.notebook, answer_sheet(assignment))
    answers = Answers("reference", choices={name: quiz.right for name, quiz in maker.quizzes.items()})
    shutil.copytree(released.parent, tmp_path / name)
    (tmp_path / name / f"{name}.ipynb").write_bytes(maker.notebook(answers, "reference"))
    finished = preflight(tmp_path / name / f"{name}.ipynb")
    assert (finished.problems, finished.points) == ([], assignment.points)


@pytest.mark.parametrize("name", NAMES)
def test_declaration_and_notebook_have_the_same_exercises_and_points(name):
    from classroom.call.script import check_cell
    from classroom.staff.author.notebook import compose

    text = ROOT / "assignments" / name / f"{name}.py"
    declared = {exercise.id: exercise.points for exercise in load_assignment(text.parent).exercises}
    shown = {}
    for cell in compose(text.read_text(encoding="utf-8"), name).cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            called = check_cell(cell.source)
            assert called is not None and called[0] == cell.metadata.nbgrader.grade_id
            shown[called[0]] = cell.metadata.nbgrader.points
    assert shown == declared
