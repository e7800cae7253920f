"""How much processor time a case leaves to the calls that it makes.

The time is counted by whoever ran them: by the student's own process at home, by the kernel from outside the sandbox
when grading.  So nothing that student code does to a clock can make it look faster.
"""

import dataclasses
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classroom.call.caller import CallError, Run

MOST_TURNS = 5000  # of a loop that is measured


@dataclass(frozen=True)
class Budget(ABC):
    """What the calls of a case may take."""

    def keep(self, run: Run) -> Run:
        """Return a run that kept to the budget, or that stopped by itself, as it is, any other as one that was slow."""
        if run.error is not None or run.cpu_seconds <= self.allowed():
            return run
        return dataclasses.replace(run, error=CallError("slow", message=self.exceeded))

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
        """Return the seconds."""
        return self.seconds

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

    def allowed(self) -> float:
        """Time the loop on this machine, and return its share."""
        pixels, weight = np.ones(self.window), np.ones(self.window)
        measured = min(self.turns, MOST_TURNS)
        began = time.thread_time()
        for _ in range(measured):
            np.sum(pixels * weight)
        return self.share * (time.thread_time() - began) * self.turns / measured

    @property
    def exceeded(self) -> str:
        """What a student reads whose calls take longer."""
        share = f"1/{1 / self.share:.0f}"
        return f"it takes more than {share} of the time of a loop over the outputs: is there a loop left?"


# By the tags under which an answer sheet holds them.
BUDGETS: dict[str, type[Budget]] = {kind.__name__: kind for kind in (CpuSeconds, ShareOfLoop)}
