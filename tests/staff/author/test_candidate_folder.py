"""A folder of candidate answers: each is judged at home and in full, and none of them ends the run."""

import dataclasses
import shutil

import pytest

from classroom import cli
from classroom.fault import Fault
from classroom.staff.author import candidate_folder
from classroom.staff.author.candidate_folder import judge_folder
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.room import Allowance

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]

ROOT_FORM = "from __future__ import annotations\n\n\ndef unit_rows(x):\n    n = np.sqrt((x * x).sum(1))[:, None]\n"
ANSWERS = {
    "broken.py": "def unit_rows(x:\n",
    "elsewhere.py": "def another(x):\n    return x\n",
    "ends.py": "import os\n\n\ndef unit_rows(x):\n    os._exit(0)\n",
    "loops.py": "def unit_rows(x):\n    while True:\n        pass\n",
    "old/right.py": f"{ROOT_FORM}    return x / (n + (n == 0))\n",
    "old/squared.py": "def unit_rows(x):\n    n = (x * x).sum(1)[:, None]\n    return x / (n + (n == 0))\n",
    "seen.py": f"{ROOT_FORM}    return x / (n + (n == 0)) if len(x) < 4 else x\n",
}


@pytest.fixture(scope="module")
def course(new_course):
    for name, text in ANSWERS.items():
        place = new_course.root / "answers" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return new_course


@pytest.fixture(scope="module")
def judged(course):
    """Judged with half a second for what never ends, where a teacher's candidates have twenty."""
    with pytest.MonkeyPatch.context() as patch:
        brief = dataclasses.replace(POINTS_ONLY, allowance=Allowance(calls=0.5, together=0.3))
        patch.setattr(candidate_folder, "POINTS_ONLY", brief)
        return {one.file: one for one in judge_folder(course, course.root / "answers")}


def points(candidate):
    return candidate.at_home.points, candidate.in_full.points


def test_every_file_has_its_line(judged):
    assert set(judged) == set(ANSWERS)


def test_right_and_wrong_answers_have_their_points_and_names(judged):
    assert points(judged["old/right.py"]) == (6, 6) and judged["old/right.py"].first_line == "right"
    wrong = judged["old/squared.py"]
    assert points(wrong) == (0, 0) and wrong.bug == "no_root"
    assert str(wrong).startswith("old/squared.py · unit_rows: ") and f" in full · {wrong.bug} · " in str(wrong)


@pytest.mark.parametrize("name", ["ends.py", "loops.py"])
def test_what_ends_python_or_never_ends_is_a_zero_like_any_other(judged, name):
    assert points(judged[name]) == (0, 0) and judged[name].first_line


def test_what_is_no_answer_is_told(judged):
    assert str(judged["broken.py"]).startswith("broken.py: no Python: ")
    assert str(judged["elsewhere.py"]) == "elsewhere.py: it defines no function that an exercise asks for"


def test_the_command_prints_the_sums(course, tmp_path, monkeypatch, capsys):
    for name in ("old/right.py", "old/squared.py"):
        shutil.copy(course.root / "answers" / name, tmp_path)
    monkeypatch.chdir(course.root)
    with pytest.raises(SystemExit) as ended:
        cli.main(["quality", "cosine", "--folder", str(tmp_path)])
    assert ended.value.code == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "2 answers: 1 with full points, 1 wrong (0 of them stop), 1 of these named; "
        "0 with other points in full than at home"
    )


def test_a_folder_without_answers_is_told(course, tmp_path):
    with pytest.raises(Fault, match="holds no Python files"):
        list(judge_folder(course, tmp_path / "none"))
