"""What a relation or a measure finds wrong; any answer, however malformed, gives a finding and not an error."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

from classroom.call.caller import CallError

# What an answer can make of the judge that is larger, or nested deeper, than it can hold.
TOO_MUCH = (MemoryError, RecursionError)
# What numpy and Python raise when an answer is no array of numbers, has another shape, or overflows.
UNMEASURABLE = (
    TypeError,
    ValueError,
    IndexError,
    KeyError,
    AttributeError,
    ArithmeticError,
    *TOO_MUCH,
    Warning,
)


@dataclass(frozen=True)
class Problem:
    """What does not hold, in one sentence.

    Attributes
    ----------
    text : str
        The sentence that the student reads.
    parts : tuple of str
        The parts of the points, or the outputs, that it narrows down to; empty for all that the check is about.
    error : CallError or None
        Set when the student's code stopped.
    """

    text: str
    parts: tuple[str, ...] = ()
    error: CallError | None = None


def measured(find: Callable[[], Problem | None], unmeasurable: Callable[[], str]) -> Problem | None:
    """Return what `find` finds; an answer that it cannot measure, such as a list of lists, is a problem too.

    Parameters
    ----------
    find : callable
        Runs with every warning raised as an error: the mean of nothing and a complex gradient cannot be measured.
    unmeasurable : callable
        Returns the sentence for such an answer.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return find()
    except UNMEASURABLE:
        return Problem(unmeasurable())
