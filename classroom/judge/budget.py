"""How much processor time a case leaves to the calls that it makes.

The time is counted by whoever ran them: by the student's own process at home, by the kernel from outside the sandbox
when grading.  So nothing that student code does to a clock can make it look faster.
"""

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from classroom.call.caller import CallError, Run
from classroom.call.clock import IN_BROWSER, thread_seconds

MOST_TURNS = 5000  # of a loop that is measured
FEW_TURNS = 500  # after which it is long enough for most: what takes a fraction of the time allowed, or a multiple
CLEARLY = 3.0  # how far from the time allowed leaves no doubt
FREE = 0.02  # seconds that no machine needs for a loop worth measuring
SLOW_FORWARD = 2.0  # loops over its numbers that a forward pass may count for


@dataclass(frozen=True)
class Budget(ABC):
    """What the calls of a case may take."""

    def keep(self, run: Run, forward: Callable[[], Run] = Run) -> Run:
        """Return a run that kept to the budget, or that stopped by itself, as it is, any other as one that was slow.

        `forward` runs the calls that come before the exercise's own, for a budget that is measured by them.
        """
        if run.error is not None or run.cpu_seconds <= self.allowed():
            return run
        return self.slow(run)

    def slow(self, run: Run) -> Run:
        """Return a run as one that was slow."""
        return dataclasses.replace(run, error=CallError("slow", message=self.exceeded))

    def spent(self, run: Run, forward: Callable[[], Run] = Run) -> str:
        """Return what the calls took, and what they are measured by, for who wants to see how far it is."""
        return f"yours took {_time(run.cpu_seconds)}"

    @abstractmethod
    def allowed(self) -> float:
        """Return the processor time allowed, in seconds."""

    @property
    @abstractmethod
    def exceeded(self) -> str:
        """What a student reads whose calls take longer."""


@dataclass(frozen=True)
class CpuSeconds(Budget):
    """A number of seconds."""

    seconds: float

    def allowed(self) -> float:
        """Return the seconds; a browser computes several times slower than the grader, so it sets no limit."""
        return float("inf") if IN_BROWSER else self.seconds

    @property
    def exceeded(self) -> str:
        """What a student reads whose calls take longer."""
        return f"it takes more than {self.seconds:g} CPU seconds"


@dataclass(frozen=True)
class ShareOfLoop(Budget):
    """A share of the time of the naive loop over all outputs, which a vectorised answer must beat.

    Attributes
    ----------
    window : sequence of int
        The shape of the two arrays that each turn multiplies and sums.
    turns : int
        How many there are; of the loop at most 5,000 are run, and the rest is extrapolated.
    share : float
        Of the loop's time.
    """

    window: Sequence[int]
    turns: int
    share: float

    def keep(self, run: Run, forward: Callable[[], Run] = Run) -> Run:
        """Return the run as one that was slow if it took more than its share; a few turns tell it of most."""
        if run.error is not None:
            return run
        about = self.share * _seconds_of_loop(self.window, self.turns, FEW_TURNS)
        if about / CLEARLY < run.cpu_seconds < about * CLEARLY:
            return super().keep(run)
        return run if run.cpu_seconds <= about else self.slow(run)

    def spent(self, run: Run, forward: Callable[[], Run] = Run) -> str:
        """Return what the calls took, the loop, and its share."""
        allowed = self.allowed()
        return (
            f"{super().spent(run)}, the loop takes {_time(allowed / self.share)}: at most {_time(allowed)} is allowed"
        )

    def allowed(self) -> float:
        """Time the loop on this machine, and return its share."""
        return self.share * _seconds_of_loop(self.window, self.turns, MOST_TURNS)

    @property
    def exceeded(self) -> str:
        """What a student reads whose calls take longer."""
        share = f"1/{1 / self.share:.0f}"
        return f"it takes more than {share} of the time of a loop over the outputs: is there a loop left?"


@dataclass(frozen=True)
class TimesForward(Budget):
    """A multiple of what the student's own forward pass takes on the same numbers, whatever that is written with.

    A forward pass that is fast counts as a loop over the numbers, and one that is slower than a few of them as those:
    neither a loop on the way back nor a forward pass that dawdles changes what is found.

    Attributes
    ----------
    turns : int
        How many numbers have a gradient; finite differences run the forward pass twice for each.
    times : float
        How often the forward pass may be paid for.
    """

    turns: int
    times: float = 6.0

    def keep(self, run: Run, forward: Callable[[], Run] = Run) -> Run:
        """Return the run as one that was slow if it took too many forward passes."""
        if run.error is not None:
            return self.slow(run) if run.error.kind == "timeout" else run
        if run.cpu_seconds <= FREE:
            return run
        loop = self.allowed()
        unit = min(max(forward().cpu_seconds, loop), SLOW_FORWARD * loop)
        return run if run.cpu_seconds <= self.times * unit else self.slow(run)

    def spent(self, run: Run, forward: Callable[[], Run] = Run) -> str:
        """Return what the calls took, and the forward pass on the same numbers."""
        return f"{super().spent(run)}, your forward pass takes {_time(forward().cpu_seconds)}"

    def allowed(self) -> float:
        """Time a loop over the numbers on this machine."""
        return _seconds_of_loop([1], self.turns, FEW_TURNS)

    @property
    def exceeded(self) -> str:
        """What a student reads whose calls take longer."""
        return (
            f"on {self.turns:,} numbers it takes far longer than your forward pass: finite differences run that twice "
            "for every number, and a backward pass computes all gradients at once, by their formula"
        )


def _time(seconds: float) -> str:
    """Write a time to two digits, or to the whole second or millisecond."""
    number, unit = (seconds, "s") if seconds >= 1 else (1000 * seconds, "ms")
    return f"{number:.0f} {unit}" if number >= 10 else f"{number:.2g} {unit}"


def _seconds_of_loop(window: Sequence[int], turns: int, most: int) -> float:
    """Time the naive loop on this machine; of its turns at most so many are run."""
    pixels, weight = np.ones(window), np.ones(window)
    measured = min(turns, most)
    began = thread_seconds()
    for _ in range(measured):
        np.sum(pixels * weight)
    return (thread_seconds() - began) * turns / measured


# By the tags under which an answer sheet holds them.
BUDGETS: dict[str, type[Budget]] = {kind.__name__: kind for kind in (CpuSeconds, ShareOfLoop, TimesForward)}
