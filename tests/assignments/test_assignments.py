"""Every assignment's notebook: with the reference's answers all points and no error, as a stub none and no error."""

import shutil
from pathlib import Path

import pytest
from declared import declared

from classroom.judge.answer_sheet import AnswerSheet
from classroom.preflight import preflight
from classroom.staff.author import build, release
from classroom.staff.declare.loader import declared_assignments, load_assignment
from classroom.staff.demo.classmaker import Answers, Classmaker
from classroom.staff.folders import Folders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = declared_assignments(ROOT / "assignments")


# One is run in both states by tests/test_preflight.py, which asks the same of it and more.
@pytest.mark.parametrize("name", [name for name in NAMES if name != "activations"])
def test_the_notebook_runs_with_the_reference_and_as_a_stub(name, declared_course, full_sheets, tmp_path):
    course = Folders.of(shutil.copytree(declared_course(name), tmp_path / "course"))
    (pair,) = build.pairs(course.root, [name])
    assert not build.out_of_step(pair)
    build.write_sheet(pair, full_sheets(name).visible())
    released = release.generate(course, name)
    assignment = declared(name)
    stub = preflight(released)
    assert (stub.problems, stub.points, stub.max_points) == ([], 0.0, assignment.points)
    maker = Classmaker(assignment, released, pair.notebook, AnswerSheet.load(pair.sheet))
    answers = Answers("reference", choices={name: quiz.right for name, quiz in maker.quizzes.items()})
    released.write_bytes(maker.notebook(answers, "reference"))
    finished = preflight(released)
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
