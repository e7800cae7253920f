"""Code that never ends is stopped, where Python can stop it: in the main thread of a system that has signals."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from classroom.call.clock import IN_BROWSER, process_seconds

LOOK_EVERY = 0.5  # seconds between two looks at the clock
PATIENCE = 6.0  # how many times as long it may take on the wall, for code that sleeps or waits


class OutOfTime(BaseException):
    """The time is up.  No Exception, so that no `except Exception` of a student's loop swallows it."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """Raise OutOfTime in the code inside when it has taken this much processor time.

    Parameters
    ----------
    seconds : float or None
        Of this process; on the wall it may be six times as many.  None sets no limit.

    Notes
    -----
    In a browser and outside the main thread there is no limit: nothing can be raised there.  Without timers (Windows)
    it is raised between two steps of Python, so that code that only waits for a lock is not reached.  In Python 3.12
    a loop whose bare `except:` says nothing but `pass` goes on.
    """
    if seconds is None or not can_limit():
        yield
        return
    import signal

    began, spent = time.monotonic(), process_seconds()

    def over() -> bool:
        return process_seconds() - spent > seconds or time.monotonic() - began > PATIENCE * seconds

    with (_timer if hasattr(signal, "setitimer") else _watch)(over, min(LOOK_EVERY, seconds)):
        yield


@contextmanager
def _timer(over: Callable[[], bool], interval: float) -> Iterator[None]:
    """Look at the clock whenever the system's timer rings."""
    import signal

    def look(number: int, frame: FrameType | None) -> None:
        if over():
            _raise_in(frame, number)

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, interval, interval)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def _watch(over: Callable[[], bool], interval: float) -> Iterator[None]:
    """Look at the clock from a thread, which interrupts the main one: Windows has no timers that ring."""
    import _thread
    import signal
    import threading

    ended, late = threading.Event(), threading.Event()

    def watch() -> None:
        while not ended.wait(interval):
            if over():
                late.set()
                _thread.interrupt_main()

    def interrupted(number: int, frame: FrameType | None) -> None:
        if not late.is_set():
            signal.default_int_handler(number, frame)  # by the student, by hand
        if not ended.is_set():
            _raise_in(frame, number)

    before = signal.signal(signal.SIGINT, interrupted)
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        signal.signal(signal.SIGINT, before)


def _raise_in(frame: FrameType | None, number: int) -> None:
    """Raise OutOfTime in the code that a signal has met, again and again until it has left that code.

    A loop's bare `except:` swallows the first.  The signal is pending by then a second time, and Python looks at it
    where the loop goes on, which is outside its `try`.
    """
    import _thread
    import signal

    if frame is None or frame.f_globals.get("__name__") not in _OURS:
        # Python looks at signals after each call of its own, and would look here; a call that `map` makes is none.
        for _ in map(_thread.interrupt_main, (signal.Signals(number),)):
            raise OutOfTime


_OURS = (__name__, "contextlib", "classroom.call.caller")  # on the way out of the code: nothing is raised there


def can_limit() -> bool:
    """Tell whether code that never ends can be stopped here."""
    import threading

    return not IN_BROWSER and threading.current_thread() is threading.main_thread()
