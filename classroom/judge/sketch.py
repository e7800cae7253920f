"""A few numbers that stand for a whole value: enough to tell two answers apart, and too few to read an answer from.

A value's form (its shapes and words, and where its numbers are not finite) is kept as it is.  Of its numbers the
smallest, the largest and three weighted sums are kept.  Sums are linear, so the sketch of two bugs that add up, or of a
bug times a factor, follows from the sketches of the two; and the sketch of a gradient is a directional derivative.
"""

import functools
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from classroom.call.value import ARRAY_KINDS, Value
from classroom.judge.compare import SINGLE

SUMS = 3  # weighted sums that are kept of each value
MATCH = 1e-6  # distance, relative to the largest entry, of two equal answers in float64
APART = 100.0  # how many times as far as equal answers two different ones are at least
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Sketch:
    """What is kept of a value.

    form : its shapes, words and keys, and where its numbers are not finite
    low, high : its smallest and largest number; NaN where nobody knows them
    sums : weighted sums of its numbers, divided by the root of how many there are
    narrow : whether any of it is in float32
    """

    form: str
    low: float
    high: float
    sums: tuple[float, ...]
    narrow: bool = False

    @property
    def scale(self) -> float:
        """The size of the largest entry."""
        known = [abs(value) for value in (self.low, self.high, *self.sums) if not math.isnan(value)]
        return max(known, default=0.0)

    def fits(self, form: str) -> bool:
        """Whether a value of this form may be equal: of any other, its numbers need not be read, however many."""
        return self.form == form or self.form.startswith(f"{form} ")  # behind it, where numbers are not finite


def sketch(value: Value) -> Sketch:
    """Return the sketch of a value; numbers in lists count as an array, and -0 as 0."""
    arrays: list[np.ndarray] = []
    form = _form(value, arrays)
    flat = np.concatenate([_real(array) for array in arrays]) if arrays else np.zeros(0)
    fine = np.isfinite(flat)
    if not fine.all():
        pattern = np.where(np.isnan(flat), 2, np.sign(np.where(fine, 0.0, flat))).astype(np.int8)
        form += f" {zlib.crc32(pattern.tobytes()):08x}" if fine.any() else " nothing finite"
        flat = np.where(fine, flat, 0.0)
    narrow = any(array.dtype == np.float32 for array in arrays)
    if not fine.any():
        return Sketch(form, 0.0, 0.0, (0.0,) * SUMS, narrow)
    with np.errstate(all="ignore"):
        sums = weights(flat.size) @ flat / math.sqrt(flat.size)
    return Sketch(
        form,
        float(flat[fine].min()) + 0.0,
        float(flat[fine].max()) + 0.0,
        tuple(float(total) + 0.0 for total in sums),
        narrow,
    )


@functools.lru_cache(maxsize=256)
def weights(size: int) -> np.ndarray:
    """Return the weights of the sums, of shape (SUMS, size), between -1 and 1: the same on every machine."""
    counted = np.arange(1, SUMS * size + 1, dtype=np.uint64) * _GOLDEN
    mixed = (counted ^ (counted >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    return ((mixed >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1).reshape(SUMS, size)


def distance(one: Sketch, other: Sketch) -> float:
    """Return how far apart two sketches are: at most 1 where rounding explains it, infinite where the form differs."""
    if one.form != other.form:
        return math.inf
    scale = max(one.scale, other.scale)
    if scale == 0:
        return 0.0
    pairs = [(one.low, other.low), (one.high, other.high), *zip(one.sums, other.sums, strict=True)]
    away = max((abs(a - b) for a, b in pairs if not (math.isnan(a) or math.isnan(b))), default=math.inf)
    return away / scale / (SINGLE if one.narrow or other.narrow else MATCH)  # a product with the smallest scales is 0


def form_of(value: Value) -> str:
    """Return the shapes, words and keys of a value, without reading its numbers."""
    return _form(value, [])


def _form(value: Value, arrays: list[np.ndarray]) -> str:
    """Write down what a value is made of, and collect its numbers."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{key}:{_form(item, arrays)}" for key, item in value.items()) + "}"
    if value is None or isinstance(value, str):
        return repr(value)
    if isinstance(value, list | tuple):
        numbers = [item for item in value if isinstance(item, bool | int | float)]
        if len(numbers) != len(value) or not numbers:
            return "[" + ",".join(_form(item, arrays) for item in value) + "]"
    elif not isinstance(value, np.ndarray | bool | int | float | complex):
        return type(value).__name__
    try:
        array = np.asarray(value)
    except OverflowError:
        return "a huge number"
    if array.dtype.kind not in ARRAY_KINDS:
        return "a huge number"
    arrays.append(array)
    return f"{array.shape}"


def _real(array: np.ndarray) -> np.ndarray:
    flat = array.reshape(-1)
    if flat.dtype.kind == "c":
        return np.concatenate([flat.real, flat.imag]).astype(np.float64)
    return flat.astype(np.float64)
