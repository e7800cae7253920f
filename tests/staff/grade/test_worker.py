"""A worker is a process of limited memory, and its death costs no submission."""

import resource
import subprocess

import pytest
import small_course
from five_students import TOTALS, command, results, slow, totals, wait_for
from killing import kill_descendants
from small_course import hand_in

from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.pool import LocalPool
from classroom.staff.grade.worker import MEMORY_BYTES
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


def is_forked(process):
    """Tell whether a process is one from which workers are forked, or such a worker."""
    return "forkserver" in " ".join(process.cmdline())


def test_a_killed_worker_costs_no_submission(class_root):
    for number in range(4):
        hand_in(class_root, f"slow{number}", slow(str(number)))
    with subprocess.Popen(command(class_root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        wait_for(lambda: results(class_root) >= 1)
        killed = kill_descendants(process, lambda child: child.parent().pid != process.pid and is_forked(child))
        said, _ = process.communicate(timeout=120)
    assert killed and process.returncode == 0, said
    assert totals(class_root) == TOTALS | {f"slow{number}": 7.0 for number in range(4)}


def test_a_worker_cannot_take_the_memory_of_the_machine(class_root):
    pool = LocalPool(small_course.exam_of(class_root), POINTS_ONLY, 1)
    try:
        soft, _ = pool._executor.submit(resource.getrlimit, resource.RLIMIT_AS).result()
        assert soft <= MEMORY_BYTES
    finally:
        pool.close()
