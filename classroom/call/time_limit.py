"""Code that never ends is stopped, where Python can stop it: in the main thread of a system that has signals."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from classroom.call.clock import IN_BROWSER, process_seconds

LOOK_EVERY = 0.5  # seconds between two looks at the clock
IDLE = 0.1  # share of the time below which code waits: on a machine that is busy with other things it gets more
PATIENCE = 6.0  # how many times as long it may take on the wall, for code that gets little of a busy machine


class OutOfTime(BaseException):
    """The time is up; the message says how it was spent.

    No Exception, so that no `except Exception` of a student's loop swallows it.
    """


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise OutOfTime in the code inside when it has computed, or waited, for so long.

    Parameters
    ----------
    seconds : float or None
        Of this process; where a busy machine leaves it little, on the wall six times as many.  None sets no limit.

    Notes
    -----
    In a browser and outside the main thread there is no limit: nothing can be raised there.  It is raised between two
    steps of Python, so that one call into C that never ends, such as `sum(itertools.repeat(1))`, goes on; without
    timers (Windows) so does one that waits for a lock.
    """
    if seconds is None or not can_limit():
        yield
        return
    import signal
    import sys

    began, spent, ended = time.monotonic(), process_seconds(), list[bool]()

    def over() -> str:
        return "" if ended else spent_up(seconds, process_seconds() - spent, time.monotonic() - began)

    tracing = sys.gettrace()
    with (_timer if hasattr(signal, "setitimer") else _watch)(over, min(LOOK_EVERY, seconds / 4)):
        try:
            yield
        finally:
            ended.append(True)
            sys.settrace(tracing)


def spent_up(seconds: float, computed: float, passed: float) -> str:
    """Say how code has spent its time, if that is over; "" while it is not.

    Parameters
    ----------
    seconds : that it has
    computed, passed : seconds of the processor and on the wall since it began
    """
    if computed > seconds:
        return f"it computed for {seconds:g} seconds and had not ended: does its loop ever end?"
    if passed > seconds and computed < IDLE * passed:
        return f"it waited for {seconds:g} seconds and had not ended: does it sleep, or wait for somebody?"
    if passed > PATIENCE * seconds:
        return f"it had not ended after {PATIENCE * seconds:g} seconds: does its loop ever end?"
    return ""


@contextmanager
def _timer(over: Callable[[], str], interval: float) -> Iterator[None]:
    """Look at the clock whenever the system's timer rings."""
    import signal

    def look(number: int, frame: FrameType | None) -> None:
        if reason := over():
            _raise_in(frame, signal.SIGALRM, reason)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, interval, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _watch(over: Callable[[], str], interval: float) -> Iterator[None]:
    """Look at the clock from a thread, which interrupts the main one: Windows has no timers that ring."""
    import signal
    import threading

    ended, reasons = threading.Event(), list[str]()

    def watch() -> None:
        while not ended.wait(interval):
            if reason := over():
                reasons.append(reason)
                signal.raise_signal(signal.SIGINT)  # on Windows it wakes a main thread that sleeps, too

    def interrupted(number: int, frame: FrameType | None) -> None:
        if not reasons:
            signal.default_int_handler(number, frame)  # by the student, by hand
        if not ended.is_set():
            _raise_in(frame, signal.SIGINT, reasons[0])

    before = signal.signal(signal.SIGINT, interrupted)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)


def _raise_in(frame: FrameType | None, number: Any, reason: str) -> None:
    """Raise OutOfTime in the code that a signal has met, again and again until it has left that code.

    A loop's bare `except:` swallows the first.  Python then raises it at the next line, which is outside that `try` or
    inside its handler; and as this ends the tracing of lines, the signal is pending by then once more.
    """
    import _thread
    import sys

    def again(met: FrameType | None, event: str = "line", arg: object = None) -> Tracer | None:
        if met is not None and met.f_globals.get("__name__") in _SPARED:
            return None
        if event in ("line", "call"):
            error = OutOfTime(reason)
            # Python looks at signals after each call of its own, and would look here; a call that `map` makes is none.
            for _ in map(_thread.interrupt_main, (number,)):
                raise error
        return again

    if frame is not None and frame.f_globals.get("__name__") in _SPARED:
        return
    outer = frame
    while outer is not None and outer.f_globals.get("__name__") not in _SPARED:
        outer.f_trace, outer = again, outer.f_back
    sys.settrace(again)
    again(frame)


Tracer = Callable[[FrameType, str, object], Any]
# Nothing is raised on the way out of the code, nor where a module is imported: what cleans up there would print it.
_SPARED = (__name__, "contextlib", "classroom.call.caller", "importlib._bootstrap", "importlib._bootstrap_external")


def can_limit() -> bool:
    """Tell whether code that never ends can be stopped here."""
    import threading

    return not IN_BROWSER and threading.current_thread() is threading.main_thread()
