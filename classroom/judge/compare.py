"""Comparing an answer with the expected one, in stages: type, shape, dtype, finiteness, values."""

import contextlib
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from classroom.call.value import ARRAY_KINDS, NotPlain, Value, as_array

Stage = Literal["right", "type", "shape", "dtype", "finite", "value"]
SINGLE = 1e-4  # relative error allowed to answers in float32
_TINY = 1e-30


@dataclass
class Comparison:
    """The first stage at which an answer differs from the expected one, in words, and the arrays for a closer look.

    `other_dtypes` is apart from the stages: for each array that came back wider than expected (float64 where float32
    is expected) or in booleans where floats are, its dtype.  Its values are compared all the same.
    """

    stage: Stage
    text: str = ""
    error: float = 0.0
    limit: float = 0.0
    yours: np.ndarray | None = None
    expected: np.ndarray | None = None
    where: str = ""  # what was compared, such as "running[1]"
    other_dtypes: Mapping[str, str] = field(default_factory=dict)

    @property
    def right(self) -> bool:
        """Whether nothing differs, but for a dtype that is not quite the expected one."""
        return self.stage == "right"


RIGHT = Comparison("right")
_NUMBERS = (np.ndarray, bool, int, float, complex)


def compare(yours: Value, expected: Value, limit: float = 1e-6, where: str = "") -> Comparison:
    """Compare plain data with plain data.

    Parameters
    ----------
    yours, expected : plain data
    limit : largest difference allowed, relative to the largest expected entry; float32 answers get 1e-4
    where : what to call the value in a message

    Notes
    -----
    A number in an array without axes counts as a number, and numbers in lists as an array where one is expected.  Whole
    numbers and booleans that are equal are interchangeable, and a whole number may answer for an equal float.  float64
    for an expected float32 is told in `Comparison.other_dtypes`, and so are booleans for floats, which cannot be
    subtracted; the values of the former are compared with the precision of float32.
    """
    if isinstance(expected, dict):
        return _compare_dict(yours, expected, limit, where)
    if isinstance(expected, list | tuple):
        return _compare_sequence(yours, expected, limit, where)
    if expected is None or isinstance(expected, str):
        if type(yours) is type(expected) and yours == expected:
            return RIGHT
        return Comparison("type", f"{where} is {_kind(yours)}, needs {_kind(expected)}")
    if isinstance(yours, list | tuple) and isinstance(expected, np.ndarray) and expected.ndim:
        with contextlib.suppress(NotPlain, ValueError, OverflowError):  # ragged lists, words: no array
            yours = as_array(yours)
    if not isinstance(yours, _NUMBERS):
        return Comparison("type", f"{where} is {_kind(yours)}, needs {_kind(expected)}")
    array = np.asarray(yours)
    if array.dtype.kind not in ARRAY_KINDS:  # a whole number too large for any array
        return Comparison("type", f"{where} is {_kind(yours)}, needs {_kind(expected)}")
    return _compare_arrays(array, np.asarray(expected), limit, where, isinstance(expected, int))


def scale_of(expected: Value) -> float | None:
    """Return the largest entry of an array of floats, by which a difference is divided; None of anything else."""
    if not isinstance(expected, np.ndarray) or expected.dtype not in (np.float64, np.float32):
        return None
    if expected.ndim == 0 or expected.size == 0:
        return None
    scale = float(np.abs(expected).max())
    return scale if scale > _TINY else 1.0


def is_near(yours: Value, expected: Value, scale: float | None, limit: float) -> bool:
    """Tell at a glance of most right arrays that they are: `compare` says the same, and has to say it of all others.

    Parameters
    ----------
    yours, expected, limit : as for `compare`
    scale : of what is expected, from `scale_of`
    """
    if scale is None or type(yours) is not np.ndarray or type(expected) is not np.ndarray:
        return False
    if yours.dtype != expected.dtype or yours.shape != expected.shape:
        return False
    difference = np.subtract(yours, expected, dtype=np.float64)
    largest = float(np.abs(difference, out=difference).max())
    return largest / scale <= allowed(limit, yours)


def _compare_dict(yours: Value, expected: dict[str, Value], limit: float, where: str) -> Comparison:
    if not isinstance(yours, dict):
        return Comparison("type", f"{where} is {_kind(yours)}, needs a dict")
    if set(yours) != set(expected):
        return Comparison("type", f"{where} has the keys {str(sorted(yours))[:400]}, needs {sorted(expected)}")
    return _worst([compare(yours[key], expected[key], limit, f"{where}[{key!r}]") for key in expected])


def _compare_sequence(yours: Value, expected: list[Value] | tuple[Value, ...], limit: float, where: str) -> Comparison:
    if not isinstance(yours, list | tuple) and not (isinstance(yours, np.ndarray) and yours.ndim):
        return Comparison("type", f"{where} is {_kind(yours)}, needs a {type(expected).__name__} of {len(expected)}")
    if len(yours) != len(expected):  # before anything is unpacked: an array without columns may have any number of rows
        return Comparison("shape", f"{where} has {len(yours)} items, needs {len(expected)}")
    yours = list(yours)
    return _worst(
        [compare(a, b, limit, f"{where}[{index}]") for index, (a, b) in enumerate(zip(yours, expected, strict=True))]
    )


def _worst(found: list[Comparison]) -> Comparison:
    others = {where: dtype for comparison in found for where, dtype in comparison.other_dtypes.items()}
    wrong = [comparison for comparison in found if not comparison.right]
    if not wrong:
        return Comparison("right", other_dtypes=others) if others else RIGHT
    early = [comparison for comparison in wrong if comparison.stage != "value"]
    told = early[0] if early else max(wrong, key=lambda comparison: comparison.error)
    return dataclasses.replace(told, other_dtypes=others)


def _compare_arrays(yours: np.ndarray, expected: np.ndarray, limit: float, where: str, count: bool) -> Comparison:
    if yours.shape != expected.shape:
        return Comparison(
            "shape", f"{where} {_shape(yours)}, needs {_shape(expected, bare=True)}", yours=yours, expected=expected
        )
    problem = _dtype_problem(yours.dtype, expected.dtype, count)
    if problem:
        return Comparison("dtype", f"{where} has dtype {yours.dtype}, {problem}", yours=yours, expected=expected)
    if yours.dtype.kind in "biu" and expected.dtype.kind in "biu" and np.array_equal(yours, expected):
        return RIGHT
    if expected.dtype.kind == "b" and np.array_equal(yours, yours.astype(bool)):  # 1 and 0 stand for True and False
        yours = yours.astype(bool)
        if np.array_equal(yours, expected):
            return RIGHT
        return Comparison("value", _truth(yours, expected, where), 1.0, limit, yours, expected, where)
    found = _compare_values(yours, expected, allowed(limit, yours, expected), where)
    if not (wider(yours.dtype, expected.dtype) or (yours.dtype.kind == "b" and expected.dtype.kind == "f")):
        return found
    return dataclasses.replace(found, other_dtypes={where: str(yours.dtype)})


def _compare_values(yours: np.ndarray, expected: np.ndarray, limit: float, where: str) -> Comparison:
    wide = np.result_type(yours, expected, np.float64)
    a, b = yours.astype(wide, copy=False), expected.astype(wide, copy=False)
    if relative_error(a, b) <= limit:  # which it is not where anything is infinite or NaN
        return RIGHT
    fine = np.isfinite(b)
    if not np.array_equal(np.isfinite(a), fine) or not np.array_equal(a[~fine], b[~fine], equal_nan=True):
        return _not_finite(a, b, where, limit)
    error = relative_error(a[fine], b[fine])
    if error <= limit:
        return RIGHT
    return Comparison("value", f"{where}: relative error {error:.2g}, needs {limit:.0e}", error, limit, a, b, where)


def allowed(limit: float, *arrays: np.ndarray) -> float:
    """Return the relative error allowed between these arrays: at least `SINGLE` if one is in float32."""
    return max(limit, SINGLE) if any(array.dtype == np.float32 for array in arrays) else limit


def relative_error(yours: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference, divided by the largest expected entry (by 1 when all expected entries are 0)."""
    if expected.size == 0:
        return 0.0
    with np.errstate(all="ignore"):
        difference = float(np.abs(yours - expected).max())
    scale = float(np.abs(expected).max())
    return difference / (scale if scale > _TINY else 1.0)


def wider(yours: np.dtype[Any], expected: np.dtype[Any]) -> bool:
    """Whether floats came back with more bits than expected."""
    return yours.kind == expected.kind == "f" and yours.itemsize > expected.itemsize


def _dtype_problem(yours: np.dtype[Any], expected: np.dtype[Any], count: bool) -> str:
    if yours.kind == "c" and expected.kind != "c":
        return f"needs {expected}"
    if count and yours.kind == "f":
        return "needs a whole number (int)"
    if expected.kind == "f" and yours.kind == "f" and yours.itemsize < 4:
        return f"needs {expected}"
    return ""


def _truth(yours: np.ndarray, expected: np.ndarray, where: str) -> str:
    if yours.ndim == 0:
        return f"{where} is {bool(yours)}, needs {bool(expected)}"
    return f"{where}: True and False are not where they belong"


def _not_finite(a: np.ndarray, b: np.ndarray, where: str, limit: float) -> Comparison:
    bad = ~np.isfinite(a) & np.isfinite(b)
    if bad.any():
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        what = "NaN" if np.isnan(a[first]) else "infinite"
        text = f"{where} is {what} in {int(bad.sum())} of {a.size} entries" + (
            f", first at {list(first)}" if first else ""
        )
    else:
        text = f"{where} is finite where infinity or NaN is expected"
    return Comparison("finite", text, np.inf, limit, a, b)


def _shape(array: np.ndarray, bare: bool = False) -> str:
    if array.ndim == 0:
        return "one number" if bare else "is one number"
    return f"{array.shape}" if bare else f"has shape {array.shape}"


def _kind(value: Value) -> str:
    if value is None:
        return "None"
    if isinstance(value, str):
        return repr(value[:30])
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}" if value.ndim else "a number"
    return "a number" if isinstance(value, bool | int | float | complex) else f"a {type(value).__name__}"
