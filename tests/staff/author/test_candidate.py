"""One answer is tried as a student sees it."""

from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.author.candidate import try_candidate
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
        ("unit_rows", "import os\nos._exit(0)\n", "0 of 6 points"),
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


def test_what_cannot_be_tried_is_said(new_course, tmp_path):
    (tmp_path / "candidate.py").write_text("x = 1")
    with pytest.raises(Fault, match="has no exercise 'unit_row'"):
        try_candidate(new_course, "cosine", "unit_row", tmp_path / "candidate.py")
    with pytest.raises(Fault, match="there is no assignment 'cosinus': there are "):
        try_candidate(new_course, "cosinus", "unit_rows", tmp_path / "candidate.py")
    with pytest.raises(Fault, match="there is no file"):
        try_candidate(new_course, "cosine", "unit_rows", tmp_path / "nothing.py")
