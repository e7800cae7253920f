"""The steps of docs/instructors.md, typed as they stand there, in a clone: nothing is left that git would see."""

import csv
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from instructor_machine import CLASS, NAME, ROOT, clone, git, hand_in, type_in

from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("git") is None, reason="git is missing: apt-get install git"),
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


def steps():
    """Return the commands of the page, without the one that activates the environment."""
    page = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\nsource .venv/bin/activate.*?\n(.*?)```", page, re.DOTALL)
    return list(filter(None, (shlex.split(line, comments=True) for line in block.splitlines())))


def test_an_instructors_steps_leave_nothing_that_git_sees(tmp_path):
    root = clone(tmp_path / "course")
    for command in steps():
        if command[1] == "collect":
            hand_in(root, f"class/downloaded/{NAME}/archive/{{student}}")
        type_in(Path(sys.executable).parent, command, root, tmp_path)
    with open(root / "class/grades/csv-activations.csv", newline="", encoding="utf-8") as file:
        assert sorted(row["student_id"] for row in csv.DictReader(file)) == sorted(CLASS)
    made = ("release", "bundles", "submitted", "autograded", "feedback")
    assert all(any((root / "class" / name).iterdir()) for name in made)
    assert (root / "class/report.html").is_file()
    assert git(root, "status", "--porcelain") == ""
