"""One answer is tried as a student sees it."""

import json
from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.author.candidate import Blank, try_candidate
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.source import self_contained
from classroom.staff.folders import Folders
from classroom.staff.sandbox import sandbox

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


locked_in = pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")


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
        ("unit_rows", "import os\nos._exit(0)\n\n\ndef unit_rows(x):\n    return x\n", "0 of 6 points"),
        ("unit_rows", "from nowhere import unit_rows\n", "0 of 6 points"),
        ("unit_rows", "x = 1\n", "! candidate.py has no unit_rows: what was judged is the reference's"),
        (
            "unit_rows",
            "def unit_rows(x):\n    return x\u00a0/ 2\n",
            "SyntaxError in line 2: invalid non-printable character",
        ),
    ],
)
def test_one_candidate_is_judged_as_a_student_sees_it(new_course, tmp_path, exercise, written, said):
    (tmp_path / "candidate.py").write_text(written)
    assert said in try_candidate(new_course, "cosine", exercise, tmp_path / "candidate.py")


HALF = """import numpy as np


def relu_backward(grad_y, cache):
    x = cache[0]
    return {}
"""


@locked_in
@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("grad_y * unheard_of", "your line 6: return grad_y * unheard_of"),
        ("grad_y x", "SyntaxError in line 6: invalid syntax"),
    ],
)
def test_a_line_is_that_of_the_file_also_where_the_file_is_half_of_an_answer(tmp_path, returned, said):
    """The notebook's cell asks for a forward pass too, which is then the reference's."""
    (tmp_path / "half.py").write_text(HALF.format(returned))
    assert said in try_candidate(Folders.of(ROOT), "activations", "relu_backward", tmp_path / "half.py")


@locked_in
def test_an_answer_that_equals_a_mutant_is_told_as_it_is_told_at_home(new_course, tmp_path):
    """What `check.hint` tells last, and the name by which the declaration knows it."""
    exercise = load_assignment(new_course.folder("source") / "cosine").exercise("unit_rows")
    for mutant in exercise.mutants:
        (tmp_path / "wrong.py").write_text(self_contained(mutant.function))
        said = try_candidate(new_course, "cosine", "unit_rows", tmp_path / "wrong.py").splitlines()
        assert said[-2:] == [
            f"hint 4 for unit_rows: The bug: {mutant.sentence}",
            f"known here as {mutant.name}",
        ]


def test_of_the_reference_only_what_the_file_lacks_stands_above_it():
    course = Blank(Folders.of(ROOT), "activations", "relu_backward")
    whole, half = "def relu_forward(x): ...\ndef relu_backward(grad_y, cache): ...\n", HALF.format("grad_y")
    above = {}
    for text in (whole, half):
        sources = [cell["source"] for cell in json.loads(course.handed(text, ["relu_backward"]))["cells"]]
        above[text] = sources[sources.index(text) - 1]
    assert "def relu_forward" not in above[whole]
    assert "def relu_forward" in above[half] and "def relu_backward" not in above[half]


def test_what_cannot_be_tried_is_said(new_course, tmp_path):
    (tmp_path / "candidate.py").write_text("x = 1")
    with pytest.raises(Fault, match="has no exercise 'unit_row'"):
        try_candidate(new_course, "cosine", "unit_row", tmp_path / "candidate.py")
    with pytest.raises(Fault, match="there is no assignment 'cosinus': there are "):
        try_candidate(new_course, "cosinus", "unit_rows", tmp_path / "candidate.py")
    (tmp_path / "latin.py").write_bytes("# für".encode("latin-1"))
    with pytest.raises(Fault, match=r"latin\.py is not UTF-8 text"):
        try_candidate(new_course, "cosine", "unit_rows", tmp_path / "latin.py")
    with pytest.raises(Fault, match="there is no file"):
        try_candidate(new_course, "cosine", "unit_rows", tmp_path / "nothing.py")
