"""A busy machine fails nobody: an honest submission, with next to nothing of the processor, keeps its points."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import small_course
from small_course import RIGHT, answered

from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.room import Allowance
from classroom.staff.sandbox.wire import Overdue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
NEIGHBOURS = 7
# Its one function computes for a tenth of a second, so that with its share it takes seconds.
WORKING = {
    **RIGHT,
    "answer-double": (
        "import time\ndef double(x):\n    until = time.process_time() + 0.1\n"
        "    while time.process_time() < until: pass\n    return 2 * x"
    ),
}


class Starved:
    """A cgroup that has two fifths of one processor, for itself and neighbours that are always busy."""

    def __init__(self, name):
        """Make it, in version 1 or 2; OSError where this user may not."""
        first = Path("/sys/fs/cgroup/cpu")
        self.group = (first if first.is_dir() else Path("/sys/fs/cgroup")) / name
        self.group.mkdir()
        self.neighbours = []
        try:
            if first.is_dir():
                (self.group / "cpu.cfs_period_us").write_text("100000")
                (self.group / "cpu.cfs_quota_us").write_text("40000")
            else:
                (self.group / "cpu.max").write_text("40000 100000")
        except OSError:
            self.group.rmdir()
            raise

    def take(self, pid):
        (self.group / "cgroup.procs").write_text(str(pid))

    def fill(self):
        for _ in range(NEIGHBOURS):
            self.neighbours.append(subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]))
            self.take(self.neighbours[-1].pid)

    def throttled(self):
        told = dict(line.split() for line in (self.group / "cpu.stat").read_text().splitlines())
        return int(told["nr_throttled"])

    def close(self):
        for process in self.neighbours:
            process.kill()
            process.wait()
        for pid in (self.group / "cgroup.procs").read_text().split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        until_empty(self.group)


def until_empty(group):
    for _ in range(100):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        subprocess.run(["sleep", "0.1"], check=True)


@pytest.fixture
def starved():
    try:
        made = Starved(f"layerwise-test-{os.getpid()}")
    except OSError as error:
        pytest.skip(f"this user may make no cgroup with a quota: {error}")
    yield made
    made.close()


@pytest.fixture
def worker(tmp_path):
    allowance = Allowance(cell=0.4, calls=0.4, together=0.3, submission=20.0, patience=1000.0)
    made = Worker(small_course.exam_of(small_course.make_course(tmp_path / "small")), Settings(allowance=allowance))
    yield made
    made.close()


def family(pid):
    """Return a process and all that it has started."""
    children = [
        int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()
    ]
    return [pid, *(one for child in children for one in family(child))]


def test_an_honest_submission_beside_busy_neighbours_keeps_its_points(starved, worker):
    zygote = worker._borrow()
    try:
        for pid in family(zygote._process.pid):
            starved.take(pid)
        starved.fill()
        result = examine(answered(WORKING), worker.exam, worker.settings, zygote)
        assert starved.throttled() > 0
    finally:
        zygote.close()
    assert result["scores"] == {"double": 2.0, "relu_backward": 4.0, "quiz_1": 1.0, "explain": 0.0}


def test_when_patience_ends_nothing_is_known_and_the_zygote_is_as_good_as_before(worker, monkeypatch):
    zygote = worker._borrow()
    opening = sandbox.Zygote.open

    def opened_and_stopped(*arguments):
        child = opening(*arguments)
        child.pause()
        return child

    try:
        monkeypatch.setattr(sandbox.Child, "_is_awake", lambda child: True)
        monkeypatch.setattr(sandbox.Zygote, "open", opened_and_stopped)
        with pytest.raises(Overdue, match="no answer within"):
            examine(answered(), worker.exam, Settings(allowance=Allowance(cell=0.05, patience=2.0)), zygote)
        monkeypatch.undo()
        assert examine(answered(), worker.exam, worker.settings, zygote)["scores"]["double"] == 2.0
    finally:
        zygote.close()
