"""Code that never ends is stopped after its share of processor time, and code that ends is left alone."""

import contextlib
import signal
import sys
import threading
import time

import pytest

from classroom.call import time_limit as limits
from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.call.time_limit import OutOfTime, can_limit, spent_up, time_limit


def spin():
    while True:
        time.process_time()


def stubborn():
    while True:
        try:
            spin()
        except Exception:
            continue


def swallowing():
    while True:
        try:  # noqa: SIM105
            spin()
        except BaseException:
            pass


def bare():
    while True:
        try:  # noqa: SIM105
            spin()
        except:  # noqa: E722  (as students write it)
            pass


def deaf():
    while True:
        try:
            while True:
                try:  # noqa: SIM105
                    spin()
                except:  # noqa: E722
                    pass
        except BaseException:
            continue


def counting():
    count = 0
    while True:
        try:
            count += 1
        except:  # noqa: E722
            count -= 1


def suppressing():
    while True:
        with contextlib.suppress(BaseException):
            spin()


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


@pytest.mark.parametrize("endless", [spin, stubborn, swallowing, bare, deaf, counting, suppressing, unending])
def test_a_loop_that_never_ends_is_stopped_whatever_it_swallows(endless, system):
    with pytest.raises(OutOfTime, match="computed"), time_limit(0.05):
        endless()
    assert sys.gettrace() is None


def asleep():
    time.sleep(600)


def asleep_for_good():
    while True:
        try:  # noqa: SIM105
            time.sleep(600)
        except:  # noqa: E722
            pass


def waiting():
    threading.Event().wait()


@pytest.mark.parametrize("endless", [asleep, asleep_for_good, waiting])
def test_code_that_sleeps_or_waits_is_stopped_too(endless):
    with pytest.raises(OutOfTime, match="waited"), time_limit(0.05):
        endless()


@pytest.mark.parametrize(
    ("computed", "passed", "said"),
    [
        (9.9, 9.9, ""),
        (10.1, 10.2, "it computed for 10 seconds and had not ended: does its loop ever end?"),
        (0.0, 9.9, ""),
        (0.2, 10.1, "it waited for 10 seconds and had not ended: does it sleep, or wait for somebody?"),
        (2.0, 10.1, ""),  # a machine that is busy with other things
        (6.5, 60.1, "it had not ended after 60 seconds: does its loop ever end?"),
    ],
)
def test_who_sleeps_has_as_long_as_who_computes_and_only_a_busy_machine_gives_more(computed, passed, said):
    assert spent_up(10.0, computed, passed) == said


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
    assert run.error.message == "it computed for 0.05 seconds and had not ended: does its loop ever end?"
    assert "time.process_time()" in run.error.line or "while True" in run.error.line


def test_after_a_call_that_never_ended_the_next_ones_have_little_time():
    caller, took = LocalCaller({"spin": spin, "quick": lambda: 1.0}, seconds=2.0), []
    for call in ("y = spin()", "y = spin()", "y = quick()"):
        took.append(caller.run(parse([call]), {}, ("y",)))
    assert [run.error and run.error.kind for run in took] == ["timeout", "timeout", None]
    assert took[1].error.message.startswith("it computed for 0.05 seconds")


def test_after_a_call_that_slept_the_next_ones_have_little_time():
    caller = LocalCaller({"asleep": asleep}, seconds=2.0)
    told = [caller.run(parse(["y = asleep()"]), {}, ("y",)).error.message for _ in range(2)]
    assert told[0].startswith("it waited for 2 seconds") and told[1].startswith("it waited for 0.05 seconds")


def test_exit_is_a_crash_of_the_answer():
    def leave():
        raise SystemExit(3)

    run = LocalCaller({"leave": leave}).run(parse(["y = leave()"]), {}, ("y",))
    assert (run.error.kind, run.error.name) == ("crashed", "SystemExit")
