"""A declaration and a notebook that contradict each other are found with their line."""

import re
import shutil
from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.contradiction import refuse_contradictions
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(new_course, tmp_path):
    """A copy of the new assignment, to be spoilt."""
    built = shutil.ignore_patterns("*.ipynb", "*.npz")
    return Path(shutil.copytree(new_course.folder("source") / "cosine", tmp_path / "assignments/cosine", ignore=built))


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
        r"cosine\.py:\d+: unit_rows has 4 points here and 6 in its declaration: one number for both",
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
    "another word in a choice": (
        "cosine.py",
        '# - `"b"` Nothing.',
        '# - `"b"` Nothing\n#   at all.',
        r"cosine\.py:\d+: choice b of quiz_1 reads “Nothing at all\.” here and “Nothing\.” in its declaration",
    ),
    "a formula that Python has read": (
        "exercises/__init__.py",
        "b: Nothing.",
        "b: Nothing. \x08eta",
        r"cosine\.py:\d+: choice b of quiz_1 reads “Nothing\.” here and “Nothing\. \\x08eta” in its declaration",
    ),
    "a question without choices": (
        "cosine.py",
        '# - `"a"` It is ten times as large.\n# - `"b"` Nothing.',
        "# It is ten times as large, or nothing.",
        r"cosine\.py:\d+: no choices stand above the answer of quiz_1: list them",
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
        r'cosine\.py:\d+: check\.open\("activations"\) opens no sheet of this assignment: write check\.open\("cosine"',
    ),
    "a sheet that is named by a variable": (
        "cosine.py",
        'check.open("cosine")',
        "name = 'activations'\ncheck.open(name)",
        r'cosine\.py:\d+: check\.open\(name\) opens no sheet of this assignment: write check\.open\("cosine"',
    ),
    "no sheet": (
        "cosine.py",
        'check.open("cosine")\n',
        "",
        r'cosine\.py:\d+: no cell opens the answer sheet: write check\.open\("cosine"\) in the cell with role="setup"',
    ),
    "a check of nothing like what is declared": (
        "cosine.py",
        'check("unit_rows", unit_rows)',
        'check("angle", unit_rows)',
        r"cosine\.py:\d+: no exercise 'angle' is declared, only unit_rows, quiz_1: declare it, or check one of these",
    ),
    "a question that is not declared": (
        "cosine.py",
        '# %% role="quiz" id="quiz_1"',
        '# %% role="quiz" id="quiz_2"',
        r"cosine\.py:\d+: no question 'quiz_2' is declared: did you mean 'quiz_1'\?",
    ),
    "points in words": (
        "cosine.py",
        'id="unit_rows" points=6',
        'id="unit_rows" points="six"',
        r"cosine\.py:\d+: unit_rows has no number of points here: write points=6, as it is declared",
    ),
    "no answer": (
        "cosine.py",
        '# %% role="answer" id="unit_rows"\nfrom exercises.reference import unit_rows\n',
        "",
        r"cosine\.py:\d+: the check of unit_rows passes unit_rows, which no cell above it gives: mend the name there",
    ),
    "another name for the answer to a question": (
        "cosine.py",
        'check("quiz_1", answer_1)',
        'check("quiz_1", answer_2)',
        r"cosine\.py:\d+: the check of quiz_1 passes answer_2, which no cell above it gives: mend the name there",
    ),
    "a cell that is no Python": (
        "cosine.py",
        "import numpy as np\n",
        "import numpy as np np\n",
        r"cosine\.py:\d+: invalid syntax: mend this line",
    ),
    "an exercise without a check": (
        "cosine.py",
        '# %% role="check" id="quiz_1" points=2\ncheck("quiz_1", answer_1)\n',
        "",
        r'__init__\.py:\d+: quiz_1 is declared, and no cell checks it: write  # %% role="check" id="quiz_1"',
    ),
    "another function than asked for": (
        "cosine.py",
        'check("unit_rows", unit_rows)',
        'check("unit_rows", unit_row)',
        r"cosine\.py:\d+: the check of unit_rows passes unit_row, and its declaration asks for unit_rows: name the",
    ),
    "another name than the folder's": (
        "exercises/__init__.py",
        'name="cosine"',
        'name="cosin"',
        r"__init__\.py:\d+: the assignment is called 'cosin' and lies in the folder 'cosine': one name for both",
    ),
    "no alternatives": (
        "exercises/__init__.py",
        "alternatives=[with_norm]",
        "alternatives=[]",
        r"__init__\.py:\d+: unit_rows has no alternatives: add alternatives=, other right answers",
    ),
    "a section for no exercise": (
        "exercises/__init__.py",
        "exercises=[UNIT_ROWS, QUIZ_1],",
        'exercises=[UNIT_ROWS, QUIZ_1],\n    lectures={"04_linear: Softmax": ["unit_row"]},',
        r"__init__\.py:\d+: the section '04_linear: Softmax' explains 'unit_row', which is no exercise: did",
    ),
    "no section of a lecture": (
        "exercises/__init__.py",
        "exercises=[UNIT_ROWS, QUIZ_1],",
        'exercises=[UNIT_ROWS, QUIZ_1],\n    lectures={"4 linear": ["unit_rows"]},',
        r"__init__\.py:\d+: a lecture's section reads '03_activation: Dying ReLU', not '4 linear'",
    ),
    "a subject that does not exist": (
        "exercises/__init__.py",
        "exercises=[UNIT_ROWS, QUIZ_1],",
        'exercises=[dataclasses.replace(UNIT_ROWS, subject=["unit_row"]), QUIZ_1],',
        r"__init__\.py:\d+: unit_rows asks for 'unit_row' in subject=, and has no such function: did you mean "
        r"'unit_rows'\?",
    ),
    "a hidden case without a kind": (
        "exercises/__init__.py",
        ', kind="other sizes")',
        ")",
        r"__init__\.py:\d+: unit_rows, hidden case 'drawn' needs a kind, the only thing that its student is told",
    ),
    "a call of no function": (
        "exercises/__init__.py",
        '["y = unit_rows(x)"], ["y"])]',
        '["y = unit_row(x)"], ["y"])]',
        r"__init__\.py:\d+: unit_rows, case 'a row of zeros' calls unit_row, which is none of its functions",
    ),
    "an import of nothing": (
        "exercises/__init__.py",
        "import unit_rows\n",
        "import rows\n",
        r"__init__\.py:\d+: ImportError: cannot import name 'rows' from 'exercises\.reference'",
    ),
}


def test_a_section_is_one_of_a_lecture_of_the_course(folder):
    (folder.parents[1] / "course").mkdir()
    (folder.parents[1] / "course/04_linear.py").write_text("# %% [markdown]\n# ## 3 · Softmax\n")
    lectures = 'exercises=[UNIT_ROWS, QUIZ_1],\n    lectures={{{}: ["unit_rows"]}},'.format
    spoil(folder, "exercises/__init__.py", "exercises=[UNIT_ROWS, QUIZ_1],", lectures('"04_linear: Softmax"'))
    refuse_contradictions(folder / "cosine.py", load_assignment(folder))
    for old, new, said in (
        ("04_linear: Softmax", "04_linear: Softmaxes", "04_linear has no section 'Softmaxes': did you mean 'Softmax'?"),
        ("04_linear: Softmaxes", "05_lines: Softmax", "there is no lecture '05_lines': did you mean '04_linear'?"),
    ):
        spoil(folder, "exercises/__init__.py", old, new)
        with pytest.raises(Fault, match=re.escape(said)) as refused:
            refuse_contradictions(folder / "cosine.py", load_assignment(folder))
        assert new in line_of(folder, str(refused.value))


def spoil(folder, module, old, new):
    path = folder / module
    text = path.read_text()
    if "dataclasses." in new:
        text = f"import dataclasses\n{text}"
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
        ('mutants="""', 'mutants="" if True else """', "unit_rows has no mutants: add mutants=, wrong answers of"),
        ('hints="""', 'hints="" if True else """', "unit_rows has no hints: add hints=, a line for each"),
    ],
)
def test_an_exercise_without_what_proves_it_or_helps_is_refused(folder, old, new, said):
    spoil(folder, "exercises/__init__.py", old, new)
    with pytest.raises(Fault, match=rf"__init__\.py:\d+: {said}") as refused:
        build.run(folder.parents[1], ["cosine"])
    assert line_of(folder, str(refused.value)).startswith("UNIT_ROWS = ")


def test_a_mutant_that_is_a_typing_error_stops_the_build_before_anything_is_written(folder):
    spoil(folder, "exercises/__init__.py", "=> length\n", "=> lenght\n")
    with pytest.raises(Fault, match="the mutant 'zero_by_zero' is no bug but a typing error: name 'lenght'"):
        build.run(folder.parents[1], ["cosine"])
    assert not (folder / "cosine.ipynb").exists()


def test_a_declaration_that_is_no_python_is_named_with_its_line(folder):
    spoil(folder, "exercises/__init__.py", "QUIZ_1 = question(", "QUIZ_1 = question((")
    with pytest.raises(Fault, match=r"assignments/cosine/exercises/__init__\.py:\d+: "):
        build.run(folder.parents[1], ["cosine"])


@pytest.mark.parametrize("name", declared_assignments(ROOT / "assignments"))
def test_the_courses_own_assignments_do_not_contradict_themselves(name):
    refuse_contradictions(ROOT / "assignments" / name / f"{name}.py", load_assignment(ROOT / "assignments" / name))
