"""Code that never ends is stopped, where Python can stop it: in the main thread of a system that has timers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

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
    Without timers (Windows, a browser) and outside the main thread there is no limit: nothing can be raised there.
    """
    if seconds is None or not can_limit():
        yield
        return
    import signal

    began, spent = time.monotonic(), time.process_time()

    def look(number: int, frame: FrameType | None) -> None:
        if time.process_time() - spent > seconds or time.monotonic() - began > PATIENCE * seconds:
            raise OutOfTime

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, min(LOOK_EVERY, seconds), min(LOOK_EVERY, seconds))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def can_limit() -> bool:
    """Tell whether code that never ends can be stopped here."""
    import signal
    import threading

    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
