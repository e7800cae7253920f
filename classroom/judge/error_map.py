"""A closer look at wrong numbers: a constant factor, where the errors sit, the worst entry, the smallest case."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom.call.value import Value, arrays_in, brief
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.compare import Comparison

EXACT = 1e-6
PLAIN_DECIMALS = 1e-3  # an array all below this is written with powers of ten
FEW = 3  # wrong entries of which a pattern says nothing
MOST_OF = 0.6  # of the entries of one sign have to be wrong, or chance explains that the wrong ones have it
_SMALL = 8  # entries that are written out
_ENTRY = ("entry", "entries")
_AXES = {
    1: ("entries",),
    2: ("rows", "columns"),
    3: ("first-axis slices", "rows", "columns"),
    4: ("examples", "channels", "rows", "columns"),
}
# Outputs that are no images, by a word of their name.
_NAMED_AXES = {
    "weight": ("filters", "channels", "kernel rows", "kernel columns"),
    "depthwise": ("channels", "kernels", "kernel rows", "kernel columns"),
    "cols": ("examples", "rows", "columns", "places in a patch"),
    "patches": ("rows", "columns", "patch rows", "patch columns"),
}

Seen = Sequence[tuple[SheetCase, str, Comparison]]


@dataclass(frozen=True)
class Wrong:
    """A comparison that failed on its values, with its case.

    where : the name, or an item of it, such as "running[1]"
    """

    case: SheetCase
    name: str
    yours: np.ndarray
    expected: np.ndarray
    limit: float
    where: str

    @property
    def mask(self) -> np.ndarray:
        """Entries that are wrong."""
        if self.truth:
            return self.yours != self.expected
        scale = float(np.abs(self.expected[np.isfinite(self.expected)]).max(initial=0.0)) or 1.0
        with np.errstate(all="ignore"):
            return ~(np.abs(self.yours - self.expected) <= self.limit * scale) & (self.yours != self.expected)

    @property
    def truth(self) -> bool:
        """Whether both are True and False, which have no factors and no distance."""
        return self.yours.dtype.kind == self.expected.dtype.kind == "b"

    @property
    def size(self) -> int:
        """The size of the case: entries of all inputs."""
        return sum(array.size for value in self.case.inputs.values() for array in arrays_in(value))


def describe(seen: Seen, smaller: tuple[SheetCase, str, Comparison] | None = None) -> dict[str, Any]:
    """Return text, case and details of a finding about values.

    Parameters
    ----------
    seen : all visible comparisons of one part
    smaller : a comparison that failed in a case made for it by shrinking
    """
    wrong = _wrong(seen)
    # An error of 1 is as clear as one of 1000, which may only mean that little was expected.
    most = min(1.0, max(found.error for found in _failed(seen)))
    clear = [(item, found) for item, found in zip(wrong, _failed(seen), strict=True) if found.error >= 0.3 * most]
    shown, first = max(clear, key=lambda pair: pair[0].expected.size)
    text = first.text
    if shown.expected.size > 1:
        text += f" · wrong in {int(shown.mask.sum())} of {shown.expected.size} entries"
    # Where 0 is expected, any factor of it is right.
    right = [(case, name) for case, name, found in seen if found.right and _not_zero(case.expected[name])]
    least = smallest([*wrong, *_wrong([smaller] if smaller else [])])
    numbers = "" if any(item.truth for item in wrong) else factor(wrong, right)
    lines = [numbers or place(shown) or along(shown), worst(shown), least]
    return {"text": text, "case": shown.case.name, "details": tuple(line for line in lines if line)}


def _not_zero(value: Value) -> bool:
    return any(bool(np.any(array)) for array in arrays_in(value)) or (isinstance(value, int | float) and bool(value))


def _failed(seen: Seen) -> list[Comparison]:
    return [found for _, _, found in seen if found.stage == "value" and found.yours is not None]


def _wrong(seen: Seen) -> list[Wrong]:
    return [
        Wrong(case, name, found.yours, found.expected, found.limit, found.where)
        for case, name, found in seen
        if found.stage == "value" and found.yours is not None and found.expected is not None
    ]


# --- a constant factor ----------------------------------------------------------------------------


def factor(wrong: Sequence[Wrong], right: Sequence[tuple[SheetCase, str]]) -> str:
    """Say by which factor the answer is off, when it is one; "" when it is not."""
    ratios = [ratio(item.yours, item.expected) for item in wrong]
    if any(r is None or r == 0 for r in ratios):
        return channel_factor(wrong)
    if all(item.expected.size < 2 for item in wrong) and len(wrong) < 2:
        return ""
    values = [r for r in ratios if r is not None]
    named = _symbol(wrong, values, right)
    if named:
        return f"factor: yours is {named} times what is expected"
    if max(values) - min(values) <= EXACT * abs(values[0]):
        return f"factor: yours is {values[0]:.6g} times what is expected"
    if all(item.expected.size >= 2 for item in wrong):
        listed = ", ".join(f"{value:.4g}" for value in dict.fromkeys(round(value, 9) for value in values[:3]))
        return f"factor: right but for a factor, one for each case ({listed})"
    return ""


def ratio(yours: np.ndarray, expected: np.ndarray) -> float | None:
    """Return r with yours = r * expected up to rounding, or None."""
    if yours.dtype.kind == "c" or not np.isfinite(yours).all() or not np.isfinite(expected).all():
        return None
    square = float((expected * expected).sum())
    if square == 0:
        return None
    r = float((yours * expected).sum()) / square
    near = float(np.abs(yours - r * expected).max()) <= EXACT * abs(r) * float(np.abs(expected).max())
    return r if near else None


def _symbol(wrong: Sequence[Wrong], values: Sequence[float], right: Sequence[tuple[SheetCase, str]]) -> str:
    """Name the factor by something of the case: -1, 2, N, 1/N, 2/N, 1 - drop, ..."""
    for constant, name in ((-1.0, "-1"), (2.0, "2"), (0.5, "1/2"), (-2.0, "-2"), (-0.5, "-1/2")):
        if all(_close(value, constant) for value in values):
            return name if not right else ""
    known = [dict(_quantities(item.case, item.name)) for item in wrong]
    elsewhere = [dict(_quantities(case, name)) for case, name in right]
    for name in known[0]:
        sizes = [of.get(name, 0.0) for of in known]
        if 0 in sizes or all(size == 1 for size in sizes) or any(of.get(name) != 1 for of in elsewhere):
            continue
        for times, words in ((1.0, ""), (-1.0, "-"), (2.0, "2 "), (0.5, "1/2 "), (-2.0, "-2 ")):
            if all(_close(value, times * size) for value, size in zip(values, sizes, strict=True)):
                return f"{words}{name} = {values[0]:.4g}" if len(values) == 1 else f"{words}{name}"
            if all(_close(value, times / size) for value, size in zip(values, sizes, strict=True)):
                over = name if " " not in name else f"({name})"
                return f"{words.strip() if words not in ('', '-') else words + '1'}/{over}"
    return ""


def _inputs_of(case: SheetCase, output: str) -> dict[str, Value]:
    """Return the inputs of a case, those of an output's own layer first: of grad_slope2 these are x2 and slope2."""
    number = re.search(r"\d+$", output)
    own = {
        name.removesuffix(number[0]): value
        for name, value in case.inputs.items()
        if number is not None and name.endswith(number[0])
    }
    return own | {name: value for name, value in case.inputs.items() if name not in own}


def _quantities(case: SheetCase, output: str) -> Iterator[tuple[str, float]]:
    """Numbers of a case that factors are made of: its options, and the sizes of the arrays an output comes from."""
    inputs = _inputs_of(case, output)
    for name, value in inputs.items():
        number = value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value
        if isinstance(number, bool) or not isinstance(number, int | float):
            continue
        yield name, float(number)
        if 0 < number < 1:
            yield f"1 - {name}", 1.0 - number
    arrays = {name: value for name, value in inputs.items() if isinstance(value, np.ndarray) and value.ndim}
    if not arrays:
        return
    main = next(iter(arrays.values()))
    yield "N", float(main.shape[0])
    yield "N - 1", float(main.shape[0] - 1)
    if main.ndim > 1:
        yield "C", float(main.shape[1])
        yield "the number of entries in a channel", float(main.size // max(1, main.shape[1]))
    if main.ndim == 4:
        yield "H*W", float(math.prod(main.shape[2:]))
    yield "the number of entries", float(main.size)
    grad_y = arrays.get("grad_y")
    if grad_y is not None and grad_y.ndim > 1 and grad_y.shape != main.shape:
        yield "the number of entries in a channel of grad_y", float(grad_y.size // max(1, grad_y.shape[1]))
    for name, array in arrays.items():
        yield f"the number of entries of {name}", float(array.size)
        for axis, size in enumerate(array.shape):
            yield f"{name}.shape[{axis}]", float(size)


def channel_factor(wrong: Sequence[Wrong]) -> str:
    """Say so when the answer is off by an input such as scale, channel by channel."""
    for name, value in wrong[0].case.inputs.items():
        if not isinstance(value, np.ndarray) or value.ndim != 1 or value.size < 2:
            continue
        if all(_is_off_by(item, item.case.inputs.get(name), False) for item in wrong):
            return f"factor: yours is what is expected divided by {name}"
        if all(_is_off_by(item, item.case.inputs.get(name), True) for item in wrong):
            return f"factor: yours is what is expected times {name}"
    return ""


def _is_off_by(item: Wrong, values: Value, times: bool) -> bool:
    if not isinstance(values, np.ndarray) or item.expected.ndim < 2 or item.expected.shape[1] != values.size:
        return False
    wide = values.reshape(-1, *[1] * (item.expected.ndim - 2))
    left, right = (item.yours, item.expected * wide) if times else (item.yours * wide, item.expected)
    return bool(np.abs(left - right).max() <= EXACT * np.abs(right).max())


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= EXACT * abs(b)


# --- where the errors sit -------------------------------------------------------------------------


def place(item: Wrong) -> str:
    """Say where the wrong entries are, when not everywhere; "" when there is no pattern."""
    mask = item.mask
    if mask.all() or not mask.any() or mask.ndim == 0:
        return ""
    said = by_sign(item) or whole_slices(item) or border(item) or multiples(mask) or within(item)
    return f"where: {said}" if said else ""


def by_sign(item: Wrong) -> str:
    """Say so when the wrong entries are exactly those where x is negative, zero or positive."""
    x, mask = item.case.inputs.get("x"), item.mask
    if not isinstance(x, np.ndarray) or x.shape != mask.shape or x.dtype.kind not in "fiu":
        return ""
    tests = {
        "x is 0": x == 0,
        "x is negative": x < 0,
        "x is positive": x > 0,
        "x is 0 or negative": x <= 0,
        "x is 0 or positive": x >= 0,
    }
    telling = {words: test for words, test in tests.items() if test.any() and not test.all()}
    for words, test in telling.items():
        if np.array_equal(mask, test) and (mask.sum() >= FEW or words == "x is 0"):
            return f"exactly where {words}"
    # Few entries of one sign are chance, and so are the places of maxima, which are positive more often than not.
    for words, test in telling.items():
        if not mask[~test].any() and mask.sum() >= max(FEW, MOST_OF * test.sum()):
            return f"only where {words}"
    return ""


def whole_slices(item: Wrong) -> str:
    """Say so when whole rows, columns, channels or examples are wrong and all others right."""
    mask = item.mask
    for axis, name in enumerate(axis_names(item)):
        others = tuple(i for i in range(mask.ndim) if i != axis)
        some, all_of = mask.any(axis=others), mask.all(axis=others)
        if np.array_equal(some, all_of) and not some.all():
            return f"whole {name}, and only {_indices(some)}" if mask.ndim > 1 else f"only {_indices(some, _ENTRY)}"
    return ""


def border(item: Wrong) -> str:
    """Say so when only entries near the border of the images are wrong."""
    mask = item.mask
    if mask.ndim < 3 or min(mask.shape[-2:]) < 3 or axis_names(item) in _NAMED_AXES.values():
        return ""
    for width in range(1, (min(mask.shape[-2:]) + 1) // 2):
        if not mask[..., width:-width, width:-width].any():
            return f"only at the border of the images, {width} wide"
    return ""


def multiples(mask: np.ndarray) -> str:
    """Say so when entries at multiples of 2 or 3 are right and only others are wrong, or the other way round."""
    if mask.ndim < 3:
        return ""
    for step in (2, 3):
        if min(mask.shape[-2:]) <= step:
            continue
        on = np.zeros(mask.shape, bool)
        on[..., ::step, ::step] = True
        if not mask[on].any() and mask[~on].mean() > 0.5:
            return f"only at positions that are not multiples of {step}"
        if not mask[~on].any() and mask[on].mean() > 0.5:
            return f"only at positions that are multiples of {step}"
    return ""


def within(item: Wrong) -> str:
    """Say in which rows, columns, channels or examples all wrong entries are."""
    mask = item.mask
    if int(mask.sum()) == 1:
        return ""
    found = []
    for axis, name in enumerate(axis_names(item)):
        some = mask.any(axis=tuple(i for i in range(mask.ndim) if i != axis))
        if not some.all() and int(some.sum()) <= max(1, mask.shape[axis] // 2):
            found.append(f"{name} {_indices(some)}")
    return f"only in {' and '.join(found)}" if found else ""


def along(item: Wrong) -> str:
    """Say so when the error is the same all along an axis: something per slice is missing."""
    if item.truth:
        return ""
    difference = item.yours - item.expected
    if difference.ndim < 2 or not np.isfinite(difference).all():
        return ""
    scale = float(np.abs(difference).max())
    if difference.size > 2 and float(np.ptp(difference)) <= EXACT * scale:
        return f"pattern: every entry is off by {float(difference.flat[0]):.4g}"
    axes = [
        axis
        for axis in range(difference.ndim)
        if difference.shape[axis] > 2 and float(np.ptp(difference, axis=axis).max()) <= EXACT * scale
    ]
    if not axes:
        return ""
    names = axis_names(item)
    rest = " and ".join(names[axis] for axis in range(difference.ndim) if axis not in axes)
    return f"pattern: the error differs only between {rest}: something for each of them is missing or added"


def axis_names(item: Wrong) -> tuple[str, ...]:
    """Return what the axes of an output are called."""
    weight = item.case.inputs.get("weight")
    filters = "x" not in item.case.inputs and isinstance(weight, np.ndarray) and weight.shape == item.expected.shape
    for word, names in _NAMED_AXES.items():
        if item.expected.ndim == 4 and (word in item.name or (filters and word == "weight")):
            return names
    return _AXES.get(item.expected.ndim, tuple(f"slices of axis {axis}" for axis in range(item.expected.ndim)))


def _indices(some: np.ndarray | np.bool_, words: tuple[str, str] = ("number", "numbers")) -> str:
    one, several = words
    numbers, length = np.flatnonzero(some), np.size(some)
    if len(numbers) == 1 and numbers[0] == length - 1:
        return f"{one} {numbers[0]}, the last"
    if len(numbers) > 2 and np.array_equal(numbers, np.arange(numbers[0], numbers[-1] + 1)):
        return f"{several} {numbers[0]} to {numbers[-1]}" + (", the last" if numbers[-1] == length - 1 else "")
    listed = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    return f"{several if len(numbers) > 1 else one} {listed}"


# --- single entries and small cases ---------------------------------------------------------------


def worst(item: Wrong) -> str:
    """Return the worst entry with yours and what is expected, and x there when x has the same shape."""
    if item.expected.ndim == 0:
        return _both(item.yours, item.expected)
    difference = item.mask.astype(float) if item.truth else np.abs(item.yours - item.expected)
    difference[~np.isfinite(difference)] = -1
    index = tuple(int(i) for i in np.unravel_index(int(difference.argmax()), difference.shape))
    where = f"worst at {list(index)}{_x_at(item.case, index, difference.shape)}"
    return f"{where}: {_both(item.yours[index], item.expected[index])}"


def not_finite(seen: Seen) -> tuple[str, ...]:
    """Return a line on the first entry that is not finite and should be, with x there when x has the same shape."""
    for case, _, found in seen:
        if found.stage != "finite" or found.yours is None or found.expected is None:
            continue
        bad = ~np.isfinite(found.yours) & np.isfinite(found.expected)
        if bad.any() and bad.ndim:
            index = tuple(int(i) for i in np.argwhere(bad)[0])
            where = f"at {list(index)}{_x_at(case, index, bad.shape)}: expected {_number(found.expected[index])}"
            return (where, *_overflow(case))
    return ()


def _overflow(case: SheetCase) -> tuple[str, ...]:
    """Say that exp overflows, where an input is large enough for it."""
    largest = max(
        (float(np.abs(array).max(initial=0)) for value in case.inputs.values() for array in arrays_in(value)), default=0
    )
    limit = 88 if case.single else 709
    return (f"exp overflows above {limit}: inf / inf and inf - inf are NaN",) if limit < largest < 1e5 else ()


def _x_at(case: SheetCase, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    arrays = {name: array for name, array in case.inputs.items() if isinstance(array, np.ndarray)}
    name = "x" if "x" in arrays else next(iter(arrays), "")
    if not name or arrays[name].shape != shape:
        return ""
    return f", where {name} is {_number(arrays[name][index])}"


def smallest(wrong: Sequence[Wrong]) -> str:
    """Write the smallest failing case out, when it is small enough to be read and shows the difference."""
    # A name of a case says nothing to who cannot look it up: `check.case` shows what is too long to be written out.
    ranked = sorted(wrong, key=lambda item: (not _tame(item), item.size))
    item = next(filter(_legible, ranked), ranked[0])
    if item.expected.size > _SMALL or item.size > 3 * _SMALL:
        return ""
    given = ", ".join(f"{name} = {written(value)}" for name, value in item.case.inputs.items())
    if len(given) > 240:
        return ""
    both = f"yours {written(item.yours)}, expected {written(item.expected)}"
    return f"smallest case that fails: {given}; {_call_of(item)}{item.where}: {both}"


def _call_of(item: Wrong) -> str:
    """Quote the call that an output comes from, where its function is called more than once: a name is not enough."""
    call = next((call for call in item.case.script if item.name in call.defines), None)
    if call is None or [other.function for other in item.case.script].count(call.function) < 2:
        return ""
    return f"after {call.text}, "


def _legible(item: Wrong) -> bool:
    """Whether the difference can be seen in what is written: by more than the last digit."""
    if item.truth:
        return True
    scale = float(np.abs(item.expected).max(initial=0.0)) or 1.0
    with np.errstate(all="ignore"):
        away = float(np.abs(item.yours - item.expected).max(initial=0.0))
    return not away < 0.01 * scale and written(item.yours) != written(item.expected)


def _tame(item: Wrong) -> bool:
    """Whether the inputs are numbers that one works with by hand."""
    sizes = [float(np.abs(array).max(initial=0)) for value in item.case.inputs.values() for array in arrays_in(value)]
    return all(size < 100 for size in sizes)


def written(value: Value) -> str:
    """Write a small value out."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return _number(value, 6)
    if isinstance(value, np.ndarray):
        shown = value + 0.0 if value.dtype.kind in "fc" else value  # 0 and not -0
        tiny = bool(0 < np.abs(shown).max(initial=0) < PLAIN_DECIMALS)
        text = np.array2string(shown, precision=4, separator=", ", max_line_width=10_000, suppress_small=not tiny)
        return " ".join(text.split())
    if isinstance(value, tuple | list) and len(value) <= _SMALL:
        inside = ", ".join(map(written, value))
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    return brief(value)


def _both(yours: Any, expected: Any) -> str:
    """Write two numbers with as many digits as it takes to see the difference."""
    digits = next((n for n in (4, 7, 10, 13) if _number(yours, n) != _number(expected, n)), 16)
    return f"yours {_number(yours, digits)}, expected {_number(expected, digits)}"


def _number(value: Any, digits: int = 4) -> str:
    if np.asarray(value).dtype.kind == "b":
        return str(bool(value))
    return f"{complex(value):.{digits}g}" if np.iscomplexobj(value) else f"{float(value) + 0.0:.{digits}g}"
