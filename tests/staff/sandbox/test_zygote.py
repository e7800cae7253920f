"""A zygote and its children: time counted from outside, and every way to end."""

import dataclasses
import os
import signal
import time

import psutil
import pytest
from child import able, run

from classroom.staff.sandbox import sandbox, wire
from classroom.staff.sandbox.cpu_share import place_of_shares
from classroom.staff.sandbox.sandbox import ForkedZygote, SandboxError, Zygote

pytestmark = pytest.mark.slow


@able
def test_processor_time_is_counted_from_outside_and_sleep_is_not(zygote):
    with zygote.open(0) as child:
        run(child, "import time\ntime.sleep(0.3)\ntime.process_time = lambda: 0.0")
        slept = child.cpu_seconds()
        run(child, "sum(range(30_000_000))")
        assert slept < child.cpu_seconds() - slept
        with pytest.raises(wire.Late, match="of its own time"):
            child.ask({"do": "cell", "source": "while True: pass", "outputs": False, "figures": False}, 0.5)


@able
@pytest.mark.parametrize(
    "idle",
    [
        "time.sleep(1e6)",
        "while True: time.sleep(0.02)",
        "threading.Event().wait()",
        "lock = threading.Lock(); lock.acquire(); lock.acquire()",
    ],
)
def test_whoever_sleeps_uses_up_the_time_too(zygote, idle):
    with zygote.open(0) as child:
        with pytest.raises(wire.Late, match=r"no answer within 0.5 s of its own time"):
            run(child, f"import threading, time\n{idle}", 0.5)
        assert child.cpu_seconds() < 0.5


@able
def test_a_child_that_is_kept_from_running_uses_up_nothing(zygote):
    """Not even if it is for ever: then nobody waits any longer, and that is no answer of the child's."""
    with zygote.open(0) as child:
        run(child, "1")
        child._is_awake = lambda: True  # as a thread is that waits for a processor
        child.pause()
        with pytest.raises(wire.Overdue, match=r"no answer within 0.6 s"):
            child.ask({"do": "cell", "source": "1", "outputs": False, "figures": False}, 0.3, 0.6)


@able
def test_a_paused_child_computes_nothing_until_it_goes_on(zygote):
    with zygote.open(0) as child:
        run(
            child,
            "import threading\nthreading.Thread(target=lambda: [None for _ in iter(int, 1)], daemon=True).start()",
        )
        child.pause()
        time.sleep(0.1)
        before = child.cpu_seconds()
        time.sleep(0.3)
        assert child.cpu_seconds() == before
        child.resume()
        assert run(child, "print('on')") == "on"


@able
def test_a_child_that_hangs_is_late_and_can_be_killed(zygote):
    with zygote.open(0) as child:
        with pytest.raises(wire.Late):
            run(child, "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: pass", 0.5)
        assert child.kill() == -9
    with zygote.open(0) as child:
        assert run(child, "1 + 1") == "2"


@able
@pytest.mark.parametrize(
    ("source", "status"), [("import os; os._exit(3)", 3), ("import ctypes; ctypes.string_at(0)", -11)]
)
def test_the_end_of_a_child_is_told_apart(zygote, source, status):
    with zygote.open(0) as child:
        with pytest.raises(wire.WireError, match="gone"):
            run(child, source)
        assert child.kill() == status


@able
def test_killing_the_zygote_ends_its_children():
    zygote = Zygote()
    child = zygote.open(0)
    assert os.path.exists("/proc/self")
    zygote.close()
    with pytest.raises(wire.WireError):
        run(child, "1", 10)


@pytest.fixture
def origin():
    """A zygote from which others are forked."""
    made = Zygote(awaited=False)
    yield made.origin
    made.close()


@able
def test_zygotes_that_are_forked_from_one_have_rooms_that_share_nothing(origin):
    forked = [ForkedZygote(origin) for _ in range(2)]
    with forked[0].open(1) as first, forked[1].open(1) as second:
        run(first, "here = 1\nopen('/tmp/note', 'w').write('x')\nimport numpy as np\nnp.pi = 3")
        assert run(
            second, "import os, numpy; print(os.path.exists('/tmp/note'), numpy.pi == 3, 'here' in globals())"
        ) == ("False False False")
        assert run(second, "import os; print(os.listdir('/proc'), os.getpid())") == "[] 1"
        assert first.pid != second.pid
    for one in forked:
        one.close()


@able
def test_a_room_of_a_forked_zygote_is_in_that_ones_share_of_the_processor(origin):
    if place_of_shares() is None:
        pytest.skip("this process may make no cgroup that shares the processor")
    forked = [ForkedZygote(origin) for _ in range(2)]
    shares = [one._share.group for one in forked]
    with forked[0].open(0) as child:
        inside = [str(child.pid) in (group / "cgroup.procs").read_text().split() for group in shares]
    for one in forked:
        one.close()
    assert inside == [True, False]


@able
def test_the_end_of_a_forked_zygote_is_seen_and_is_nobody_elses(origin):
    first, second = ForkedZygote(origin), ForkedZygote(origin)
    first.close()
    with second.open(0) as child:
        assert run(child, "1 + 1") == "2"
    signal.pidfd_send_signal(second._handle, signal.SIGKILL)
    assert sandbox._has_ended(second._handle, 5) and not second.alive
    with pytest.raises(SandboxError, match=r"the sandbox broke|the zygote ended"):
        second.open(0)
    second.close()
    ForkedZygote(origin).close()


@able
def test_nothing_is_forked_from_what_has_ended():
    ended = Zygote(awaited=False)
    origin = dataclasses.replace(ended.origin, control=ended.origin.control.dup())
    ForkedZygote(origin).close()
    family = psutil.Process(ended._process.pid).children(recursive=True)
    inside = [one for one in family if one.status() != psutil.STATUS_ZOMBIE][-1]
    inside.kill()
    inside.wait(10)
    with pytest.raises(SandboxError, match="the sandbox did not start"):
        ForkedZygote(origin)
    origin.control.close()
    ended.close()
