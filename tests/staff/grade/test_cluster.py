"""Grading on a Dask cluster: a real scheduler and two worker processes of this machine, one of which is killed."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import small_class
import small_course

from classroom.fault import Fault
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.sandbox import sandbox

pytest.importorskip("distributed", reason="grading on a cluster needs the package distributed (extra `cluster`)")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
COUNT = 14


@contextlib.contextmanager
def running(*arguments: str, log: Path) -> Iterator[subprocess.Popen]:
    """Run a program of Dask for the length of a block."""
    with open(log, "wb") as file:
        process = subprocess.Popen([sys.executable, "-m", *arguments], stdout=file, stderr=file, cwd=log.parent)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Return the address of a scheduler and the processes of its two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    told = folder / "scheduler.json"
    scheduler = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show"]
    worker = ["distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--memory-limit", "0"]
    worker += ["--host", "127.0.0.1", "--local-directory", str(folder), "--scheduler-file", str(told)]
    with contextlib.ExitStack() as stack:
        stack.enter_context(running(*scheduler, "--scheduler-file", str(told), log=folder / "scheduler.txt"))
        workers = [stack.enter_context(running(*worker, log=folder / f"worker{number}.txt")) for number in range(2)]
        until = time.monotonic() + 60
        while not told.exists() or not told.read_text().strip():
            assert time.monotonic() < until, (folder / "scheduler.txt").read_text()
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        wait_for_workers(address, 2)
        yield address, workers


def wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout=30, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)


def test_a_killed_worker_changes_nothing_in_the_gradebook(cluster, tmp_path):
    address, workers = cluster
    template = small_course.make_course(tmp_path / "template")
    students = small_class.fill(template, COUNT, seconds=0.2)
    local = small_course.copy_course(template, tmp_path / "local")
    assert grade_assignment(local, "small", workers=2).failed == {}

    remote = small_course.copy_course(template, tmp_path / "remote")
    killed = []

    def kill_one(summary, student):
        if summary.graded == 4:
            os.kill(workers[0].pid, 9)
            killed.append(student)

    summary = grade_assignment(remote, "small", scheduler=address, progress=kill_one)
    assert killed and workers[0].wait(10) == -9 and workers[1].poll() is None
    assert summary.failed == {}
    assert (summary.graded, summary.recorded) == (COUNT, COUNT)
    assert small_class.dump(small_class.sqlite_url(remote)) == small_class.dump(small_class.sqlite_url(local))
    assert {path.parts[-3] for path in (remote / "class/autograded").glob("*/small/small.ipynb")} == set(students)


def test_nobody_at_the_address_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("classroom.staff.grade.cluster.CONNECT_SECONDS", 0.5)
    root = small_course.make_course(tmp_path / "small")
    small_course.hand_in(root, "anna", b"{}")
    with pytest.raises(Fault, match=r"no scheduler answers at tcp://127\.0\.0\.1:9"):
        grade_assignment(root, "small", scheduler="tcp://127.0.0.1:9")
    with pytest.raises(Fault, match="is no address of a scheduler"):
        grade_assignment(root, "small", scheduler="somewhere")
