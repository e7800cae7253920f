"""What is recorded of a student: the penalty, and never one place without the other."""

import os

import pytest
from five_students import CLASS, dump, run_again, totals
from small_course import hand_in

from classroom.fault import Fault
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


def test_a_late_submission_loses_what_nbgraders_plugin_says(class_root):
    with open(class_root / "nbgrader_config.py", "a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(class_root, "anna", CLASS["anna"], "2026-03-05 12:00:00 UTC")
    grade_assignment(class_root, "small", workers=1, students=["anna", "ben"])
    penalties = {row[0]: row[6] for row in dump(class_root)[0]}
    assert penalties == {"anna": 7.0, "ben": None}


def test_a_full_disk_under_the_graded_notebooks_leaves_the_gradebook_alone(class_root, monkeypatch):
    import errno

    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("classroom.staff.grade.record.write_whole", full)
    with pytest.raises(Fault, match="No space left on device"):
        run_again(class_root)
    assert totals(class_root) == {}
