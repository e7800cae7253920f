"""An author's way: a new assignment works at once, contradictions stop the build, and one answer can be tried."""

import re
import shutil
from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.new_assignment import new_assignment
from classroom.staff.author.release import release
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.quality import assess_assignment
from classroom.staff.report.feedback import write_feedback
from classroom.staff.report.marks import read_marks
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


locked_in = pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")


def test_a_new_assignment_is_proven_like_the_others(new_course):
    """Every mutant fails, every alternative passes, the stub and whoever knows the visible cases earn nothing."""
    assignment = load_assignment(new_course.folder("source") / "cosine")
    assert (assignment.name, assignment.title, assignment.points) == ("cosine", "Angles between vectors", 8)
    qualities = assess_assignment(assignment)
    assert [problem for quality in qualities for problem in quality.problems] == []
    assert sum(quality.killed for quality in qualities) == 4


@locked_in
def test_a_new_assignment_builds_releases_and_grades_at_once(new_course):
    assert build.run(new_course.root, ["cosine"]) == 0
    bundle = release(new_course, "cosine")
    assert bundle.is_file()
    notebook = (new_course.folder("source") / "cosine/cosine.ipynb").read_bytes()
    for student, content in (
        ("ada", notebook),
        ("bob", (new_course.folder("release") / "cosine/cosine.ipynb").read_bytes()),
    ):
        place = new_course.folder("submitted") / student / "cosine"
        place.mkdir(parents=True)
        (place / "cosine.ipynb").write_bytes(content)
    summary = grade_assignment(new_course.root, "cosine", workers=1)
    assert not summary.failed
    assert {student: one.score for student, one in read_marks(new_course, "cosine").items()} == {"ada": 8.0, "bob": 0.0}
    assert write_feedback(new_course, "cosine").written == ["ada", "bob"]


def test_a_text_that_is_no_python_is_not_released_and_named_with_its_line(new_course, tmp_path):
    shutil.copytree(new_course.root, tmp_path / "course")
    text = tmp_path / "course/assignments/cosine/cosine.py"
    text.write_text(text.read_text().replace("import numpy as np\n", "import numpy as np np\n"))
    with pytest.raises(Fault, match=r"cosine\.py:\d+: invalid syntax: mend this line"):
        release(Folders.of(tmp_path / "course"), "cosine")


def test_a_name_that_is_taken_or_none_is_refused(new_course):
    with pytest.raises(Fault, match=r"there is a folder .*cosine already"):
        new_assignment(new_course, "cosine")
    for name in ("Cosine", "../x", "2nd", "a-b", ""):
        with pytest.raises(Fault, match="is no name for an assignment"):
            new_assignment(new_course, name)


def test_the_guides_pair_stands_by_itself(new_course, tmp_path):
    """What docs/authoring.md says to type, put where it says, builds and is proven."""
    assignments = shutil.copytree(new_course.folder("source"), tmp_path / "assignments")
    folder = assignments / "cosine"
    guide = (ROOT / "docs/authoring.md").read_text(encoding="utf-8")
    reference, declared, cells = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    for name, changed in {
        "exercises/reference.py": lambda text: f"{text}\n\n{reference}",
        "exercises/__init__.py": lambda text: (
            text.replace("import Assignment, ", "import Assignment, Pair, backward_of, ")
            .replace("import unit_rows", "import cube_backward, cube_forward, unit_rows")
            .replace("ASSIGNMENT =", f"{declared}\n\nASSIGNMENT =")
            .replace("[UNIT_ROWS, QUIZ_1]", "[UNIT_ROWS, QUIZ_1, CUBE_FORWARD, CUBE_BACKWARD]")
        ),
        "cosine.py": lambda text: f"{text}\n{cells}",
    }.items():
        (folder / name).write_text(changed((folder / name).read_text()))
    with pytest.raises(Fault, match=r"the text says 8 points in all, the checks have 14: write 14"):
        build.run(tmp_path, ["cosine"])
    text = (folder / "cosine.py").read_text()
    (folder / "cosine.py").write_text(text.replace("**Points** 8", "**Points** 14"))
    assert build.run(tmp_path, ["cosine"]) == 0
    qualities = assess_assignment(load_assignment(folder))
    assert [problem for quality in qualities for problem in quality.problems] == []
    assert sum(quality.killed for quality in qualities) == 7
