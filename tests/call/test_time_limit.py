"""Code that never ends is stopped after its share of processor time, and code that ends is left alone."""

import signal
import threading
import time

import pytest

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


@pytest.mark.parametrize("endless", [spin, stubborn])
def test_a_loop_that_never_ends_is_stopped(endless):
    with pytest.raises(OutOfTime), time_limit(0.05):
        endless()


def test_code_that_sleeps_is_stopped_too(monkeypatch):
    monkeypatch.setattr("classroom.call.time_limit.PATIENCE", 1.0)
    with pytest.raises(OutOfTime), time_limit(0.05):
        threading.Event().wait()


def test_what_ends_in_time_is_left_alone_and_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(5.0):
        value = 2 + 2
    assert value == 4
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


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


def test_exit_is_a_crash_of_the_answer():
    def leave():
        raise SystemExit(3)

    run = LocalCaller({"leave": leave}).run(parse(["y = leave()"]), {}, ("y",))
    assert (run.error.kind, run.error.name) == ("crashed", "SystemExit")
