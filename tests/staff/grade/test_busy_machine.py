"""A busy machine fails nobody: an honest submission, with next to nothing of the processor, keeps its points."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import small_course
from examine_when_told import SETTINGS
from small_course import answered
from without_namespaces import ELSEWHERE, give, unable

from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.worker import Worker
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.room import Allowance
from classroom.staff.sandbox.wire import Overdue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
NEIGHBOURS = 5
TICKS = os.sysconf("SC_CLK_TCK")
TESTS = Path(__file__).parents[2]
HERE = "as these tests run"


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

    def computed(self):
        """Return the seconds of processor time that the neighbours have had."""
        fields = [Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split() for one in self.neighbours]
        return sum(int(user) + int(system) for *_, user, system in (some[:13] for some in fields)) / TICKS

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
    made = Worker(small_course.exam_of(small_course.make_course(tmp_path / "small")), SETTINGS)
    yield made
    made.close()


@pytest.fixture
def open_folder():
    """A folder that every user may enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory(prefix="busy-") as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@pytest.mark.parametrize("place", [HERE, *ELSEWHERE])
def test_an_honest_submission_beside_busy_neighbours_keeps_its_points(place, starved, open_folder):
    """In each mode of the sandbox, for root and for an ordinary user."""
    mode, prefix = sandbox.capabilities().mode, list
    if place != HERE:
        if reason := unable(place):
            pytest.skip(reason)
        mode, prefix = ELSEWHERE[place]
    root = small_course.make_course(open_folder / "course")
    give(root, place)
    script = [sys.executable, str(TESTS / "examine_when_told.py"), str(root)]
    with subprocess.Popen([*prefix(), *script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as grader:
        opened = json.loads(grader.stdout.readline())
        assert opened["mode"] == mode
        for pid in opened["processes"]:
            starved.take(pid)
        starved.fill()
        said, _ = grader.communicate("now\n")
        assert starved.computed() > 0.5  # several times what the submission computes
    assert json.loads(said) == {"double": 2.0, "relu_backward": 4.0, "quiz_1": 1.0, "explain": 0.0}


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
