"""Code that never ends is stopped after its share of processor time, and code that ends is left alone."""

import signal
import sys
import threading
import time

import pytest

from classroom.call import time_limit as limits
from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.call.time_limit import OutOfTime, can_limit, time_limit


def spin():
    while True:
        time.process_time()


def stubborn():
    while True:
        try:
            spin()
        except Exception:
            continue


def deaf():
    while True:
        try:
            while True:
                try:  # noqa: SIM105
                    spin()
                except:  # noqa: E722  (as students write it)
                    pass
        except BaseException:
            continue


def unending():
    while True:
        try:
            spin()
        finally:
            continue  # noqa: B012


@pytest.fixture(params=["timer", "watch"])
def system(request, monkeypatch):
    """A system whose timers ring, and Windows, where a thread has to watch."""
    if request.param == "watch":
        monkeypatch.delattr(signal, "setitimer")


ONLY_PASSES = pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="Python 3.12 looks at signals inside the try")


@pytest.mark.parametrize("endless", [spin, stubborn, pytest.param(deaf, marks=ONLY_PASSES), unending])
def test_a_loop_that_never_ends_is_stopped(endless, system):
    with pytest.raises(OutOfTime), time_limit(0.05):
        endless()


def test_code_that_sleeps_is_stopped_too(monkeypatch):
    monkeypatch.setattr(limits, "PATIENCE", 1.0)
    with pytest.raises(OutOfTime), time_limit(0.05):
        threading.Event().wait()


def test_what_ends_in_time_is_left_alone_and_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(5.0):
        value = 2 + 2
    assert value == 4
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_without_timers_the_handler_of_interrupts_is_put_back_and_a_hand_still_interrupts(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), time_limit(5.0):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_a_browser_there_is_no_limit(monkeypatch):
    monkeypatch.setattr(limits, "IN_BROWSER", True)
    with time_limit(1e-9):
        value = sum(range(100_000))
    assert value and not can_limit()


def test_outside_the_main_thread_there_is_no_limit():
    told = []
    thread = threading.Thread(target=lambda: told.append(can_limit()))
    thread.start()
    thread.join()
    assert told == [False] and can_limit()


def test_the_call_is_told_with_its_line():
    run = LocalCaller({"spin": spin}, seconds=0.05).run(parse(["y = spin()"]), {}, ("y",))
    assert run.error.kind == "timeout"
    assert run.error.message == (
        "it had not ended after 0.05 seconds of its own time: is there a loop that never ends?"
    )
    assert "time.process_time()" in run.error.line or "while True" in run.error.line


def test_after_a_call_that_never_ended_the_next_ones_have_little_time():
    caller, took = LocalCaller({"spin": spin, "quick": lambda: 1.0}, seconds=2.0), []
    for call in ("y = spin()", "y = spin()", "y = quick()"):
        took.append(caller.run(parse([call]), {}, ("y",)))
    assert [run.error and run.error.kind for run in took] == ["timeout", "timeout", None]
    assert took[1].error.message.startswith("it had not ended after 0.05 seconds")


def test_exit_is_a_crash_of_the_answer():
    def leave():
        raise SystemExit(3)

    run = LocalCaller({"leave": leave}).run(parse(["y = leave()"]), {}, ("y",))
    assert (run.error.kind, run.error.name) == ("crashed", "SystemExit")
