"""How much processor time judging one submission may take, whatever its answers look like."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

LOOK_EVERY = 0.5  # seconds of this process's processor time


class JudgedTooLong(BaseException):
    """The time is up.  No Exception, so that nothing that is suppressed on the way hides it."""


class JudgingTime:
    """The time that is left, in seconds of the thread that judges.

    Notes
    -----
    In the main thread, where every local worker judges, a timer ends what takes longer; in others (those of a Dask
    worker) the time is looked at between two exercises.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._left = seconds
        self._began = 0.0
        self._may_end = False
        self._watching = False

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep the timer at hand for all that is limited in the block: to make it ready takes longer than most."""
        if self._watching or threading.current_thread() is not threading.main_thread():
            yield
            return
        before, self._watching = signal.signal(signal.SIGPROF, self._look), True
        try:
            signal.setitimer(signal.ITIMER_PROF, LOOK_EVERY, LOOK_EVERY)
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            self._watching = False

    @contextmanager
    def limited(self) -> Iterator[None]:
        """Count what the block takes.

        Raises
        ------
        JudgedTooLong
            If there is no time left, or it ends in the block.
        """
        if self._left <= 0:
            raise JudgedTooLong
        with self.watched():
            self._began, self._may_end = time.thread_time(), True
            try:
                yield
            finally:
                self._may_end = False
                self._left -= time.thread_time() - self._began

    def _look(self, number: int, frame: FrameType | None) -> None:
        if self._may_end and time.thread_time() - self._began > self._left:
            self._may_end = False  # once: what follows puts things in order
            raise JudgedTooLong

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Raise nothing in the block: half of a question would leave the room out of step."""
        before, self._may_end = self._may_end, False
        try:
            yield
        finally:
            self._may_end = before
