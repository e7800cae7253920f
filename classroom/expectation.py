"""What a claim expects: a number with a tolerance, a limit or an exact value; and how values are written."""

import math
from dataclasses import dataclass
from typing import Any

LONGEST = 12  # entries of an array that are shown one by one
_LONG = 10_000  # from here on a whole number has commas
_EXACT = 1e15  # below it a whole number of float64 is what it says


@dataclass(frozen=True)
class Bound:
    """An expected value that is a limit: `at_least(50)`, `at_most(1e-12)`."""

    side: str
    limit: float

    def __str__(self) -> str:
        return f"{self.side} {_whole(self.limit) or f'{self.limit:g}'}"

    def keeps(self, value: Any) -> Any:
        """Say of each entry of value whether it keeps to the limit."""
        import numpy as np

        value = np.asarray(value)
        return value >= self.limit if self.side == "at least" else value <= self.limit

    def holds(self, value: Any) -> bool:
        """Say whether every entry of value keeps to the limit."""
        import numpy as np

        return bool(np.all(self.keeps(value)))


def at_least(limit: float) -> Bound:
    """Expect every measured entry to be limit or more."""
    return Bound("at least", limit)


def at_most(limit: float) -> Bound:
    """Expect every measured entry to be limit or less."""
    return Bound("at most", limit)


@dataclass(frozen=True)
class Expectation:
    """An expected value and how near a measured one has to come.

    Parameters
    ----------
    value : number, array, str, bool, sequence or Bound
    tolerance : float, optional
        Largest absolute difference, entry by entry.  A Bound, text and truth values take none.
    rel : float, optional
        Largest difference as a part of the expected value, instead of tolerance.
    digits : int, optional
        Decimals that are shown, where the tolerance bears more or fewer than a reader wants.
    """

    value: Any
    tolerance: float | None = None
    rel: float | None = None
    digits: int | None = None

    def why_not(self, measured: Any) -> str:
        """Say in one sentence why a measured value is not the expected one; empty where it is."""
        import numpy as np

        if isinstance(self.value, Bound):
            return "" if self.value.holds(measured) else "the measured value breaks the limit"
        if self.is_exact:
            same = np.array_equal(np.asarray(measured), np.asarray(self.value))
            return "" if same else "the measured value is another"
        measured, expected = np.asarray(measured), np.asarray(self.value)
        if measured.shape != expected.shape:
            return f"shape {measured.shape} was measured where {expected.shape} was expected"
        near = self.keeps(measured)
        return "" if np.all(near) else f"{np.sum(~near)} of {near.size} entries are outside the tolerance"

    def keeps(self, measured: Any) -> Any:
        """Say of each number whether it is near enough to the expected one, or on the right side of the limit."""
        import numpy as np

        if isinstance(self.value, Bound):
            return self.value.keeps(measured)
        measured, expected = np.asarray(measured), np.asarray(self.value)
        with np.errstate(invalid="ignore"):
            near = np.abs(measured - expected) <= self.margin
        return near | (measured == expected) | ((measured != measured) & (expected != expected))

    @property
    def is_exact(self) -> bool:
        """Whether the value is text, a truth value or another thing that numbers cannot be near to."""
        import numpy as np

        return not isinstance(self.value, Bound) and np.asarray(self.value).dtype.kind not in "iufc"

    @property
    def margin(self) -> Any:
        """The absolute tolerance of each entry of a numeric value (0 where none was given)."""
        import numpy as np

        if self.rel is not None:
            return self.rel * np.abs(np.asarray(self.value, dtype=float))
        return np.full(np.shape(self.value), float(self.tolerance or 0.0))

    def to_text(self) -> str:
        """Return the expected value with its tolerance: ``0.49 ± 0.01``, ``at least 50``, ``456 exactly``."""
        if isinstance(self.value, Bound):
            return str(self.value)
        if self.is_exact:
            return short(self.value)
        return f"{_as_written(self.value)} {margin_in_words(self.tolerance, self.rel)}"

    def round(self, measured: Any) -> str:
        """Return a measured value with as many digits as the tolerance bears, or two beside a limit."""
        import numpy as np

        if isinstance(self.value, Bound):
            return _beside_a_limit(measured, self.value)
        if self.is_exact:
            return short(measured)
        value, expected, margin = (np.atleast_1d(part) for part in (measured, self.value, self.margin))
        if value.shape != expected.shape:
            return short(measured)
        if value.size > LONGEST:
            with np.errstate(invalid="ignore"):
                return f"{value.size} entries, the largest difference {np.nanmax(np.abs(value - expected)):.2g}"
        digits = self.digits
        if digits is None and value.size > 1 and margin.min() > 1e-5 and margin.max() < 1:
            digits = _decimals_of(margin.min())  # one row of numbers, one number of decimals
        entries = zip(value.ravel().tolist(), expected.ravel().tolist(), margin.ravel().tolist(), strict=True)
        return " ".join(_round_one(entry, centre, limit, digits) for entry, centre, limit in entries)

    def interval(self, measured: Any) -> tuple[list[float | None], list[float | None]] | None:
        """Return the lowest and the highest value that each measured entry may have; None beside text.

        An entry without a finite bound on a side has None there.
        """
        import numpy as np

        if self.is_exact:
            return None
        size = int(np.size(measured))
        if isinstance(self.value, Bound):
            limits: list[float | None] = [self.value.limit] * size
            return (limits, [None] * size) if self.value.side == "at least" else ([None] * size, limits)
        expected = np.asarray(self.value)
        return plain(np.real(expected) - self.margin), plain(np.real(expected) + self.margin)


def margin_in_words(tolerance: float | None, rel: float | None) -> str:
    """Return how near a number has to come: ``± 0.01``, ``± 5 %``, ``exactly``."""
    if rel is not None:
        return f"± {rel * 100:g} %"
    return f"± {tolerance:g}" if tolerance else "exactly"


def plain(values: Any) -> list[float | None]:
    """Return the entries of an array as whole numbers or numbers of six digits, None for those that are not finite."""
    import numpy as np

    entries = np.asarray(values, dtype=float).ravel().tolist()
    return [_six_digits(entry) if math.isfinite(entry) else None for entry in entries]


def _six_digits(entry: float) -> float:
    return entry if entry.is_integer() and abs(entry) < _EXACT else float(f"{entry:.6g}")


def _whole(entry: Any) -> str:
    """Return a long whole number as a reader writes it, 60,965,224; empty for any other."""
    if isinstance(entry, complex) or not float(entry).is_integer() or not _LONG <= abs(entry) < _EXACT:
        return ""
    return f"{int(entry):,}"


def short(value: Any) -> str:
    """Return a value in two digits, for messages and for values that are not numbers."""
    import numpy as np

    if isinstance(value, str | bool | np.bool_):
        return str(value)
    array = np.asarray(value)
    if array.dtype.kind not in "iufcb":
        return str(value)
    entries = array.ravel()[:LONGEST].tolist()
    text = " ".join(str(entry) if isinstance(entry, bool | int) else f"{entry:.2g}" for entry in entries)
    return text + (f" … ({array.size} entries)" if array.size > LONGEST else "")


def _as_written(expected: Any) -> str:
    """Return expected numbers as their author wrote them, up to five digits."""
    import numpy as np

    array = np.atleast_1d(expected)
    if array.size > LONGEST:
        return short(expected)
    return " ".join(_whole(entry) or f"{entry:.5g}" for entry in array.ravel().tolist())


def _beside_a_limit(measured: Any, bound: Bound) -> str:
    """Return measured numbers in two digits, or in as many as show on which side of the limit they are."""
    import numpy as np

    array = np.asarray(measured)
    if array.size > LONGEST:
        low, high = (_beside_a_limit(end, bound) for end in (array.min(), array.max()))
        return f"from {low} to {high} ({array.size} entries)"
    return " ".join(_one_beside_a_limit(entry, bound) for entry in array.ravel().tolist())


def _one_beside_a_limit(entry: Any, bound: Bound) -> str:
    if float(entry).is_integer() and abs(entry) < 1e6:
        return _whole(entry) or str(int(entry))
    whole = 10 <= abs(entry) < 1e5
    texts = [f"{entry:.{digits - 2}f}" if whole else f"{entry:#.{digits}g}" for digits in range(2, 17)]
    return next((text for text in texts if bound.holds(float(text)) == bound.holds(entry)), texts[-1])


def _decimals_of(limit: float) -> int:
    """Return the place of the first digit of a tolerance: 2 for 0.01 to 0.099."""
    return -math.floor(math.log10(limit) + 1e-9)


def _round_one(value: Any, centre: Any, limit: float, digits: int | None) -> str:
    """Return one number with as many digits as the tolerance bears."""
    if isinstance(value, complex) or not math.isfinite(value) or not math.isfinite(centre):
        return f"{value:.4g}"
    if limit == 0 and digits is None:
        return _whole(value) or f"{value:.6g}"
    decimals = digits if digits is not None else _decimals_of(limit)
    size = abs(centre)
    if size and not 1e-3 <= size < 1e5 and digits is None:
        significant = max(0, math.floor(math.log10(size)) + decimals)
        return f"{value:.{significant}e}"
    decimals = max(0, decimals)
    rounded = round(value, decimals) + 0.0
    text = (_whole(rounded) if decimals == 0 else "") or f"{rounded:.{decimals}f}"
    return "0" if rounded == 0 else text
