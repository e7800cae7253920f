"""What came back, said plainly: nothing, the outputs exchanged, an axis too many, zeros, an input, another order.

A symptom is a fact about the answer and no guess at its cause, so it may be told of any wrong answer.
"""

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classroom.call.caller import CallError
from classroom.call.value import Value
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.compare import compare

FEW = 3  # different numbers that show an input: two, such as 0 and 1, come back by chance
LARGEST = 1_000_000  # entries of an answer that is looked at


@dataclass(frozen=True)
class Symptom:
    """A short name, and the sentence for the student."""

    name: str
    sentence: str

    @property
    def kind(self) -> str:
        """The name without the numbers of outputs: those of a second layer may be exchanged like those of the first."""
        return re.sub(r"\d", "", self.name)


@dataclass(frozen=True)
class Seen:
    """A wrong output: its case, its name, what came back and what was expected, and all that the case returned."""

    case: SheetCase
    name: str
    values: Mapping[str, Value]
    limit: float

    @property
    def yours(self) -> Value:
        """What came back."""
        return self.values[self.name]

    @property
    def expected(self) -> Value:
        """What was expected."""
        return self.case.expected[self.name]

    def alike(self, one: Value, other: Value) -> bool:
        """Whether two values are equal up to the rounding that is allowed."""
        return compare(one, other, self.limit).right


def symptom(seen: Sequence[Seen]) -> Symptom | None:
    """Return what is the same in all of these wrong outputs; None where nothing is.

    Parameters
    ----------
    seen : of one part of the points, in all visible cases where it is wrong
    """
    for find in _FINDERS:
        first = find(seen[0])
        if first is not None and first.name == "zeros" and len(seen) == 1 and _is_one_number(seen[0]):
            continue  # it may well happen to be 0
        if first is not None and find is _an_input and all(map(_holds_few_numbers, seen)):
            continue  # or an input
        if first is not None and all((again := find(item)) and again.kind == first.kind for item in seen[1:]):
            return first
    return None


def _nothing(item: Seen) -> Symptom | None:
    if item.yours is not None or item.expected is None:
        return None
    functions = [call.function for call in item.case.script if item.name == call.targets]  # of several, one came back
    where = f" at the end of {functions[0]}" if functions else ""
    missing = f"is a `return` missing{where}, or is it" if functions else "is it"
    sentence = f"{item.name} is None: {missing} what a call gives that returns nothing?"
    return Symptom("nothing", sentence)


def stops_outside_the_cache(stopped: Sequence[tuple[SheetCase, CallError]]) -> Symptom | None:
    """Return what is told where two layers in turn stop on the way back of the first; None where others stop too.

    Parameters
    ----------
    stopped : all visible cases that stop, of an answer whose other cases are right
    """
    cases = [case for case, error in stopped if _is_two_layers_in_turn(case) and error.call == case.script[2].text]
    if not cases or len(cases) < len(stopped):
        return None
    return _kept_outside(cases[0], f"{cases[0].script[2].function} stops")


def _outside_the_cache(item: Seen) -> Symptom | None:
    if not _is_two_layers_in_turn(item.case) or item.name not in item.case.script[2].defines:
        return None
    return _kept_outside(item.case, f"{item.name} is wrong")


def _is_two_layers_in_turn(case: SheetCase) -> bool:
    functions = [call.function for call in case.script]
    return len(functions) > 3 and functions[0] == functions[1] not in functions[2:] and functions[2] in functions[3:]


def _kept_outside(case: SheetCase, what: str) -> Symptom:
    forward, backward = case.script[0].function, case.script[2].function
    return Symptom(
        "kept outside the cache",
        f"{what} only where a second {forward} runs before the first {backward}: what the way back needs "
        "belongs in the cache, and a variable outside of it has been overwritten.",
    )


def _exchanged(item: Seen) -> Symptom | None:
    for other in item.case.outputs:
        if other == item.name or other not in item.values:
            continue
        there, here = item.case.expected[other], item.values[other]
        if item.alike(item.yours, there) and item.alike(here, item.expected) and not item.alike(there, item.expected):
            first, second = sorted((item.name, other), key=item.case.outputs.index)
            return Symptom(
                f"{first} and {second} exchanged",
                f"{first} and {second} have changed places: each has the value of the other.",
            )
    return None


def _arrays(item: Seen) -> tuple[np.ndarray, np.ndarray] | None:
    if not isinstance(item.yours, np.ndarray | bool | int | float):
        return None
    if not isinstance(item.expected, np.ndarray | bool | int | float):
        return None
    yours, expected = np.asarray(item.yours), np.asarray(item.expected)
    if yours.size > LARGEST:
        return None
    return (yours, expected) if yours.dtype.kind in "biuf" and expected.dtype.kind in "biuf" else None


def _is_one_number(item: Seen) -> bool:
    pair = _arrays(item)
    return pair is not None and pair[0].size == 1


def _holds_few_numbers(item: Seen) -> bool:
    pair = _arrays(item)
    return pair is not None and len(np.unique(pair[0])) < FEW


def _of_arrays(find: Callable[[Seen, np.ndarray, np.ndarray], Symptom | None]) -> Callable[[Seen], Symptom | None]:
    """Look with this at numbers alone: at what came back and what was expected, as arrays."""

    @functools.wraps(find)
    def look(item: Seen) -> Symptom | None:
        pair = _arrays(item)
        return None if pair is None else find(item, *pair)

    return look


@_of_arrays
def _axis_too_many(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    """Right numbers with axes of length 1 more than asked for, fewer, or elsewhere."""
    if yours.shape == expected.shape or yours.size != expected.size:
        return None
    if [n for n in yours.shape if n != 1] != [n for n in expected.shape if n != 1]:
        return None
    if not item.alike(yours.reshape(expected.shape), expected):
        return None
    more = yours.ndim - expected.ndim
    count = "an axis" if abs(more) == 1 else f"{abs(more)} axes"
    shapes = f"{yours.shape}, needs {expected.shape}"
    if not more:
        sentence = f"{item.name} has the right numbers and its axis of length 1 in another place: {shapes}."
        return Symptom("an axis of length 1 elsewhere", sentence)
    much = "many" if more > 0 else "few"
    return Symptom(
        f"an axis of length 1 too {much}",
        f"{item.name} has the right numbers and {count} of length 1 too {much}: {shapes}. keepdims=True keeps such an "
        "axis, an index of None makes one, and an index of 0 takes one away.",
    )


@_of_arrays
def _not_summed(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    """What is expected is the sum, or the mean, over an axis that came back."""
    if yours.ndim <= expected.ndim or yours.ndim > 4:
        return None
    count = yours.ndim - expected.ndim
    for axes in itertools.combinations(range(yours.ndim), count):
        for what, fold in (("summed", np.sum), ("averaged", np.mean)):
            if item.alike(np.asarray(fold(yours, axis=axes)), expected):
                if item.alike(np.broadcast_to(np.expand_dims(expected, axes), yours.shape), yours):
                    continue  # what is expected, once for each entry of these axes
                which = f"axis {axes[0]}" if count == 1 else f"axes {axes}"
                sentence = f"{item.name} is not {what} yet: {what} over {which} it is what is expected."
                return Symptom(f"not {what}", sentence)
    return None


@_of_arrays
def _transposed(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if expected.ndim < 2 or yours.ndim != expected.ndim:
        return None
    for order in itertools.permutations(range(expected.ndim)):
        turned = expected.transpose(order)
        if order != tuple(sorted(order)) and turned.shape == yours.shape and item.alike(yours, turned):
            if expected.ndim == 2:
                return Symptom("transposed", f"{item.name} is transposed: rows and columns have changed places.")
            return Symptom("axes exchanged", f"{item.name} has the right numbers with its axes in the order {order}.")
    return None


@_of_arrays
def _turned_round(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.shape != expected.shape or yours.ndim > 4 or len(np.unique(expected)) < 4:
        return None
    for count in range(1, yours.ndim + 1):
        for axes in itertools.combinations(range(yours.ndim), count):
            if item.alike(yours, np.flip(expected, axes)):
                along = f"axis {axes[0]}" if count == 1 else f"axes {axes}"
                sentence = (
                    f"{item.name} has the right numbers, turned round along {along}: what is last there comes first."
                )
                return Symptom(f"turned round along {along}", sentence)
    return None


@_of_arrays
def _another_shape(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.size != expected.size or yours.shape == expected.shape or len(np.unique(expected)) < 4:
        return None
    if not item.alike(yours.ravel(), expected.ravel()):
        return None
    sentence = f"{item.name} has the right numbers in another shape: {yours.shape}, needs {expected.shape}."
    return Symptom("another shape", sentence)


@_of_arrays
def _other_order(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.size != expected.size or expected.size < 6 or len(np.unique(expected)) < 4:
        return None
    if not (np.isfinite(yours).all() and np.isfinite(expected).all()):
        return None
    if not item.alike(np.sort(yours, axis=None), np.sort(expected, axis=None)):
        return None
    _, counts = np.unique(expected, return_counts=True)
    spread = 2 * counts.max() <= expected.size  # else they are a few among equals, which do not show an order of axes
    mend = " Where axes change places it takes a transpose: reshape alone keeps the order in memory." if spread else ""
    return Symptom(
        "another order",
        f"{item.name} has the right numbers in other places.{mend if yours.shape == expected.shape else ''}",
    )


def _given(item: Seen) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays that were given before an output was made: what lies in the memory of no one is none of them."""
    made = next((n for n, call in enumerate(item.case.script) if item.name in call.defines), 0)
    used = {name for call in item.case.script[: made + 1] for name in call.uses}
    for name, value in item.case.inputs.items():
        if name in used and isinstance(value, np.ndarray):
            yield name, value


@_of_arrays
def _shape_of_an_input(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.shape == expected.shape or not yours.ndim:
        return None
    for name, value in _given(item):
        if value.shape == yours.shape:
            return Symptom(
                f"the shape of {name}",
                f"{item.name} has the shape of {name}, {value.shape}, and needs {expected.shape}.",
            )
    return None


@_of_arrays
def _an_input(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    for name, value in _given(item):
        if value.shape == yours.shape and np.array_equal(value, yours):
            return Symptom(
                f"{name} itself", f"{item.name} is {name} as it came in: nothing is done to it, or nothing that shows."
            )
    return None


@_of_arrays
def _one_number(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if not yours.size or yours.shape != expected.shape:
        return None
    yours, expected = yours.astype(float), expected.astype(float)
    everywhere = " everywhere" if yours.size > 1 else ""
    if np.isnan(yours).all():
        return Symptom(
            "all NaN",
            f"{item.name} is NaN{everywhere}. NaN may come of 0/0, inf/inf, inf - inf, 0 * inf, or of a root, a log "
            "or a broken power of a negative number.",
        )
    if not yours.any():
        return Symptom(
            "zeros",
            f"{item.name} is 0{everywhere}. That may come of zeros that are never written to, a factor of 0, a cut "
            "at 0, equals that are subtracted, a quotient rounded down, a sum of nothing, or a test that never or "
            "always holds.",
        )
    if np.isfinite(yours).all() and np.ptp(yours) == 0 and len(np.unique(expected)) > 1:
        return Symptom("one number", f"{item.name} is the same number everywhere.")
    return None


@_of_arrays
def _infinite(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.shape != expected.shape:
        return None
    yours, expected = yours.astype(float), expected.astype(float)
    if np.isnan(yours).any() or not (np.isinf(yours) & np.isfinite(expected)).any():
        return None
    return Symptom(
        "infinite",
        f"{item.name} is infinite where it should be finite. That may come of a division by 0, the log of 0, an exp, a "
        "power or a product that overflows, a start at infinity that stays, or a number too large for float32. (Of the "
        "log of a quotient make a difference: log(a / b) = log(a) - log(b).)",
    )


@_of_arrays
def _empty(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.size or not expected.size:
        return None
    return Symptom(
        "empty",
        f"{item.name} has the shape {yours.shape} and so no entries at all: is it made with a size of 0, of a list "
        "that is never filled, or of a slice that takes nothing, as [p:-p] does where p is 0?",
    )


def _fraction(item: Seen) -> Symptom | None:
    """A float where a whole number is asked for."""
    if not isinstance(item.expected, int) or isinstance(item.expected, bool):
        return None
    if not isinstance(item.yours, np.ndarray | float) or np.ndim(item.yours) or not np.isfinite(item.yours):
        return None
    return Symptom(
        "a float for a whole number",
        f"{item.name} is {float(item.yours):g}, a float, and a whole number is asked for: / gives floats, // whole "
        "numbers, rounded down.",
    )


@_of_arrays
def _true_or_false(item: Seen, yours: np.ndarray, expected: np.ndarray) -> Symptom | None:
    if yours.dtype.kind != "b" or expected.dtype.kind != "f" or np.isin(expected, (0, 1)).all():
        return None  # where 0 and 1 are expected they pass, and what is wrong is another thing
    return Symptom(
        "True and False",
        f"{item.name} holds True and False where numbers are asked for: a comparison such as x > 0 gives them, and "
        "is a mask to multiply by.",
    )


_FINDERS: tuple[Callable[[Seen], Symptom | None], ...] = (
    _nothing,
    _empty,
    _outside_the_cache,
    _exchanged,
    _axis_too_many,
    _not_summed,
    _transposed,
    _one_number,
    _infinite,
    _true_or_false,
    _fraction,
    _an_input,
    _turned_round,
    _another_shape,
    _other_order,
    _shape_of_an_input,
)
