"""An author's way: a new assignment works at once, contradictions stop the build, and one answer can be tried."""

import re
import shutil
from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.candidate import try_candidate
from classroom.staff.author.contradiction import refuse_contradictions
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


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one new assignment, as `classroom new` writes it."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    (root / "assignments").mkdir()
    new_assignment(Folders.of(root), "cosine", "Angles between vectors")
    return Folders.of(root)


@pytest.fixture
def folder(course, tmp_path):
    """A copy of the new assignment, to be spoilt."""
    built = shutil.ignore_patterns("*.ipynb", "*.npz")
    return Path(shutil.copytree(course.folder("source") / "cosine", tmp_path / "assignments/cosine", ignore=built))


def test_a_new_assignment_is_proven_like_the_others(course):
    """Every mutant fails, every alternative passes, the stub and whoever knows the visible cases earn nothing."""
    assignment = load_assignment(course.folder("source") / "cosine")
    assert (assignment.name, assignment.title, assignment.points) == ("cosine", "Angles between vectors", 8)
    qualities = assess_assignment(assignment)
    assert [problem for quality in qualities for problem in quality.problems] == []
    assert sum(quality.killed for quality in qualities) == 4


@locked_in
def test_a_new_assignment_builds_releases_and_grades_at_once(course):
    assert build.run(course.root, ["cosine"]) == 0
    bundle = release(course, "cosine")
    assert bundle.is_file()
    notebook = (course.folder("source") / "cosine/cosine.ipynb").read_bytes()
    for student, content in (
        ("ada", notebook),
        ("bob", (course.folder("release") / "cosine/cosine.ipynb").read_bytes()),
    ):
        place = course.folder("submitted") / student / "cosine"
        place.mkdir(parents=True)
        (place / "cosine.ipynb").write_bytes(content)
    summary = grade_assignment(course.root, "cosine", workers=1)
    assert not summary.failed
    assert {student: one.score for student, one in read_marks(course, "cosine").items()} == {"ada": 8.0, "bob": 0.0}
    assert write_feedback(course, "cosine").written == ["ada", "bob"]


def test_a_name_that_is_taken_or_none_is_refused(course):
    with pytest.raises(Fault, match=r"there is a folder .*cosine already"):
        new_assignment(course, "cosine")
    for name in ("Cosine", "../x", "2nd", "a-b", ""):
        with pytest.raises(Fault, match="is no name for an assignment"):
            new_assignment(course, name)


# What is changed in which file, and what the build then says, with the line.
SPOILT = {
    "a check of an exercise that is not declared": (
        "cosine.py",
        'check("unit_rows", unit_rows)',
        'check("unit_row", unit_rows)',
        r"cosine\.py:\d+: no exercise 'unit_row' is declared: did you mean 'unit_rows'\?",
    ),
    "other points than declared": (
        "cosine.py",
        'id="unit_rows" points=6',
        'id="unit_rows" points=4',
        r"cosine\.py:\d+: unit_rows has 4 points here and 6 in its declaration",
    ),
    "another right answer": (
        "cosine.py",
        'answer_1 = "b"',
        'answer_1 = "a"',
        r"cosine\.py:\d+: the right answer of quiz_1 is 'a' here and 'b' in its declaration",
    ),
    "another letter": (
        "cosine.py",
        '# - `"b"` Nothing.',
        '# - `"c"` Nothing.',
        r"cosine\.py:\d+: quiz_1 offers a, c here and a, b in its declaration",
    ),
    "a wrong heading": (
        "cosine.py",
        "Rows of length 1 (6 points)",
        "Rows of length 1 (5 points)",
        r"cosine\.py:\d+: the heading says 5 points, its checks have 6",
    ),
    "a wrong total": (
        "cosine.py",
        "**Points** 8.",
        "**Points** 9.",
        r"cosine\.py:\d+: the text says 9 points in all, the checks have 8",
    ),
    "another assignment's sheet": (
        "cosine.py",
        'check.open("cosine")',
        'check.open("activations")',
        r"cosine\.py:\d+: check\.open\('activations'\) opens another assignment's sheet",
    ),
    "an exercise without a check": (
        "cosine.py",
        '# %% role="check" id="quiz_1" points=2\ncheck("quiz_1", answer_1)\n',
        "",
        r"exercises/__init__\.py:\d+: quiz_1 is declared, and the text has no check of it",
    ),
    "another function than asked for": (
        "cosine.py",
        'check("unit_rows", unit_rows)',
        'check("unit_rows", unit_row)',
        r"cosine\.py:\d+: unit_rows passes unit_row, its declaration asks for unit_rows",
    ),
    "another name than the folder's": (
        "exercises/__init__.py",
        'name="cosine"',
        'name="cosin"',
        r"exercises/__init__\.py:\d+: the assignment is called 'cosin' and lies in the folder 'cosine'",
    ),
    "no alternatives": (
        "exercises/__init__.py",
        "alternatives=[with_norm]",
        "alternatives=[]",
        r"exercises/__init__\.py:\d+: unit_rows has no alternatives",
    ),
    "a section for no exercise": (
        "exercises/__init__.py",
        "exercises=[UNIT_ROWS, QUIZ_1],",
        'exercises=[UNIT_ROWS, QUIZ_1],\n    lectures={"04_linear: Softmax": ["unit_row"]},',
        r"exercises/__init__\.py:\d+: the section '04_linear: Softmax' explains 'unit_row', which is no exercise: did",
    ),
}


def spoil(folder, module, old, new):
    path = folder / module
    text = path.read_text()
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new))


def line_of(folder, said):
    """The text of the line that a message names."""
    path, number = re.search(r"assignments/cosine/(\S+?):(\d+):", said).groups()
    return (folder / path).read_text().splitlines()[int(number) - 1]


@pytest.mark.parametrize("mistake", SPOILT)
def test_a_contradiction_stops_the_build_with_its_line_and_nothing_is_written(folder, mistake):
    module, old, new, said = SPOILT[mistake]
    spoil(folder, module, old, new)
    with pytest.raises(Fault, match=said) as refused:
        build.run(folder.parents[1], ["cosine"])
    assert not (folder / "cosine.ipynb").exists() and not (folder / "cosine.npz").exists()
    assert line_of(folder, str(refused.value)).strip()


def test_the_line_is_the_one_to_mend(folder):
    spoil(folder, "cosine.py", "**Points** 8.", "**Points** 9.")
    with pytest.raises(Fault) as refused:
        refuse_contradictions(folder / "cosine.py", load_assignment(folder))
    assert "**Points** 9." in line_of(folder, str(refused.value))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('mutants="""', 'mutants="" if True else """', "unit_rows has no mutants"),
        ('hints="""', 'hints="" if True else """', "unit_rows has no hints"),
    ],
)
def test_an_exercise_without_what_proves_it_or_helps_is_refused(folder, old, new, said):
    spoil(folder, "exercises/__init__.py", old, new)
    with pytest.raises(Fault, match=said):
        build.run(folder.parents[1], ["cosine"])


def test_a_mutant_that_is_a_typing_error_stops_the_build_before_anything_is_written(folder):
    spoil(folder, "exercises/__init__.py", "=> length\n", "=> lenght\n")
    with pytest.raises(Fault, match="the mutant 'zero_by_zero' is no bug but a typing error: name 'lenght'"):
        build.run(folder.parents[1], ["cosine"])
    assert not (folder / "cosine.ipynb").exists()


def test_a_declaration_that_is_no_python_is_named_with_its_line(folder):
    spoil(folder, "exercises/__init__.py", "QUIZ_1 = question(", "QUIZ_1 = question((")
    with pytest.raises(Fault, match=r"assignments/cosine/exercises/__init__\.py:\d+: "):
        build.run(folder.parents[1], ["cosine"])


@pytest.mark.parametrize("name", ["activations", "normalization"])
def test_the_courses_own_assignments_do_not_contradict_themselves(name):
    refuse_contradictions(ROOT / "assignments" / name / f"{name}.py", load_assignment(ROOT / "assignments" / name))


@locked_in
@pytest.mark.parametrize(
    ("exercise", "written", "said"),
    [
        ("unit_rows", "def unit_rows(x):\n    return x / (x**2).sum(axis=1, keepdims=True)\n", "✗ unit_rows · wrong"),
        (
            "unit_rows",
            "def unit_rows(x):\n    n = np.sqrt((x * x).sum(1))[:, None]\n    return x / (n + (n == 0))\n",
            "✓ unit_rows · right · 6 of 6 points",
        ),
        ("quiz_1", 'answer_1 = "a"', "✗ quiz_1 · wrong · 0 of 2 points\n  Each row is divided by its own length"),
        ("unit_rows", "import os\nos._exit(0)\n", "0 of 6 points"),
    ],
)
def test_one_candidate_is_judged_as_a_student_sees_it(course, tmp_path, exercise, written, said):
    (tmp_path / "candidate.py").write_text(written)
    assert said in try_candidate(course, "cosine", exercise, tmp_path / "candidate.py")


def test_what_cannot_be_tried_is_said(course, tmp_path):
    (tmp_path / "candidate.py").write_text("x = 1")
    with pytest.raises(Fault, match="has no exercise 'unit_row'"):
        try_candidate(course, "cosine", "unit_row", tmp_path / "candidate.py")
    with pytest.raises(Fault, match="there is no file"):
        try_candidate(course, "cosine", "unit_rows", tmp_path / "nothing.py")
