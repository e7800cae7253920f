"""Shares of the processor: found where cgroups allow them, and nothing is left of them."""

import os
import subprocess
import threading
import time

import pytest

from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.cpu_share import CpuShare, forget_abandoned, place_of_shares
from classroom.staff.sandbox.sandbox import Zygote


def machine(folder, cgroup, mounts):
    """Return a /proc/self of a machine with these cgroups."""
    process = folder / "self"
    process.mkdir()
    (process / "cgroup").write_text(cgroup)
    (process / "mounts").write_text("proc /proc proc rw 0 0\n" + mounts)
    return process


def group(path, shared=""):
    path.mkdir(parents=True, exist_ok=True)
    (path / "cgroup.procs").touch()
    (path / "cgroup.subtree_control").write_text(shared)
    return path


def test_in_version_1_it_is_the_group_of_this_process(tmp_path):
    own = group(tmp_path / "cpu/user")
    process = machine(
        tmp_path, "5:memory:/\n4:cpu,cpuacct:/user\n0::/\n", f"cgroup {tmp_path}/cpu cgroup rw,cpu,cpuacct 0 0\n"
    )
    assert place_of_shares(process) == own
    (own / "cgroup.procs").unlink()
    assert place_of_shares(process) is None


@pytest.mark.parametrize(("shared", "found"), [("memory cpu", True), ("memory", False)])
def test_in_version_2_it_is_the_one_above_if_it_shares(tmp_path, shared, found):
    above = group(tmp_path / "user.slice", shared)
    group(above / "own.scope")
    process = machine(tmp_path, "0::/user.slice/own.scope\n", f"cgroup2 {tmp_path} cgroup2 rw 0 0\n")
    assert place_of_shares(process) == (above if found else None)


def test_a_process_enters_the_group_before_it_begins_and_abandoned_groups_go(tmp_path):
    (tmp_path / "classroom-1-0").mkdir()
    share = CpuShare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [share.group.name]
    command = [*share.prefix, "/bin/sh", "-c", "echo $$"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert (share.group / "cgroup.procs").read_text() == said
    (share.group / "cgroup.procs").unlink()
    share.close()
    assert not list(tmp_path.iterdir())


def test_without_a_place_nothing_is_made():
    share = CpuShare(None)
    assert share.prefix == []
    share.close()


BUSY = """
import threading, time
import numpy as np
numbers, until = np.ones(100_000), time.process_time() + SECONDS
def busy():
    while time.process_time() < until:
        np.sin(numbers)
others = [threading.Thread(target=busy) for _ in range(OTHERS)]
for one in others:
    one.start()
busy()
"""


def ask(child, seconds, others):
    source = BUSY.replace("SECONDS", str(seconds)).replace("OTHERS", str(others))
    child.ask({"do": "cell", "source": source, "outputs": False, "figures": False}, 60.0, 600.0)


@pytest.fixture
def container():
    """A cgroup for this process, as every container has one: in the outermost, Linux shares by sessions anyway."""
    place = place_of_shares()
    if place is None:
        pytest.skip("this process may make no cgroup that shares the processor")
    made = place / f"layerwise-test-{os.getpid()}"
    made.mkdir()
    (made / "cgroup.procs").write_text(str(os.getpid()))
    yield made
    (place / "cgroup.procs").write_text(str(os.getpid()))
    forget_abandoned(made)
    made.rmdir()


@pytest.mark.slow
@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
@pytest.mark.usefixtures("container")
def test_a_room_with_two_busy_threads_has_no_more_of_a_processor_than_one_with_one():
    """A worker has one room that runs, so the worker's share is the room's."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    try:
        zygotes = [Zygote(), Zygote()]
    finally:
        os.sched_setaffinity(0, processors)
    with zygotes[0].open(0) as many, zygotes[1].open(0) as single:
        hog = threading.Thread(target=ask, args=(many, 3.0, 1))  # while the other computes, at most two
        hog.start()
        while many.cpu_seconds() < 0.5:
            time.sleep(0.01)
        before = many.cpu_seconds(), single.cpu_seconds()
        ask(single, 1.0, 0)
        got, own = many.cpu_seconds() - before[0], single.cpu_seconds() - before[1]
        assert many.status is None and hog.is_alive()
        hog.join()
    for zygote in zygotes:
        zygote.close()
    assert got < 1.5 * own, "without shares it is twice as much"


@pytest.mark.slow
@pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here")
def test_a_room_is_in_the_group_of_its_zygote():
    if place_of_shares() is None:
        pytest.skip("this process may make no cgroup that shares the processor")
    zygote = Zygote()
    made = zygote._share.group
    with zygote.open(0) as child:
        assert str(child.pid) in (made / "cgroup.procs").read_text().split()
    zygote.close()
    for _ in range(200):  # the kernel may keep a process that has ended for a moment; the next grader removes its group
        if not made.exists():
            break
        time.sleep(0.05)
        forget_abandoned(made.parent)
    assert not made.exists()
