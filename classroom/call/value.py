"""Plain data: all that passes between a check and the code it judges, and how it is copied and packed."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

ARRAY_KINDS = "biufc"
ATOMS = frozenset({type(None), bool, int, float, str})  # types of values that nobody can write into
MOST_IN_LISTS = 1_000_000  # numbers that lists may hold to become one array
MOST_DEEP = 64  # lists within lists; one that contains itself has no end


Atom: TypeAlias = bool | int | float | complex | str | None
# Plain data.  Sequence and Mapping, and not list, tuple and dict, so that a list of arrays is plain data to a checker.
Value: TypeAlias = "Atom | np.ndarray | Generator | Function | Sequence[Value] | Mapping[str, Value]"


class NotPlain(TypeError):
    """A value that cannot be compared: an object array, an instance of a class, a function."""


@dataclasses.dataclass(frozen=True)
class Generator:
    """An input that the called function receives as `np.random.default_rng(seed)`."""

    seed: int


@dataclasses.dataclass(frozen=True, init=False)
class Function:
    """An input that is itself a function: one of `classroom.call.input_functions`, with these parameters fixed."""

    name: str
    params: dict[str, Value]

    def __init__(self, name: str, **params: Value) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "params", params)


def plain(value: Any, depth: int = 0) -> Value:
    """Return a copy of plain data in which numpy scalars become 0-d arrays.

    Raises
    ------
    NotPlain
        If anything in it is not plain, the message names the type; or if it is nested too deep, at `depth` already.
    """
    if depth > MOST_DEEP:
        raise NotPlain(f"nested more than {MOST_DEEP} deep: does it contain itself?")
    if type(value) in ATOMS or isinstance(value, str | Generator | Function):
        return value
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value, subok=False)
        if array.dtype.kind not in ARRAY_KINDS:
            raise NotPlain(f"an array of dtype {array.dtype}, needs numbers or booleans")
        return array
    if isinstance(value, int | float | complex):
        return value
    if isinstance(value, tuple):
        return tuple(plain(item, depth + 1) for item in value)
    if isinstance(value, list):
        return [plain(item, depth + 1) for item in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotPlain("a dict whose keys are not all text")
        return {key: plain(item, depth + 1) for key, item in value.items()}
    raise NotPlain(f"a value of type {type(value).__name__}")


def layout(array: np.ndarray) -> str:
    """Return how an array lies in memory: 'C', 'F' or 'strided' (neither)."""
    return "C" if array.flags.c_contiguous else "F" if array.flags.f_contiguous else "strided"


def lay_out(array: np.ndarray, how: str) -> np.ndarray:
    """Return a copy of an array that lies in memory as `layout` says."""
    if how == "C":
        return np.array(array, order="C")
    if how == "F":
        return np.array(array, order="F")
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def duplicate(value: Value) -> Value:
    """Return a copy of plain data that shares no memory with it; arrays keep their layout in memory."""
    if isinstance(value, np.ndarray):
        return lay_out(value, layout(value))
    if isinstance(value, tuple):
        return tuple(duplicate(item) for item in value)
    if isinstance(value, list):
        return [duplicate(item) for item in value]
    if isinstance(value, dict):
        return {key: duplicate(item) for key, item in value.items()}
    return value


def same(a: Value, b: Value) -> bool:
    """Return whether two values are equal to the last bit, types included; NaN equals NaN."""
    if type(a) in ATOMS or not isinstance(a, np.ndarray | list | tuple | dict):
        return type(a) is type(b) and bool(a == b or (isinstance(a, float) and a != a and b != b))
    if isinstance(a, np.ndarray):
        if not isinstance(b, np.ndarray) or a.dtype != b.dtype or a.shape != b.shape:
            return False
        return bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
    if isinstance(a, list | tuple):
        return isinstance(b, list | tuple) and type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)


def arrays_in(value: Value) -> list[np.ndarray]:
    """Return the arrays inside plain data, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, list | tuple):
        return [array for item in value for array in arrays_in(item)]
    if isinstance(value, dict):
        return [array for item in value.values() for array in arrays_in(item)]
    return []


def as_array(value: Value) -> np.ndarray:
    """Return a number, an array, or lists of them as one array; for values that are not to be trusted.

    Raises
    ------
    NotPlain
        If there is anything but numbers in it, or lists hold more than a million: numpy pads every text to the longest
        and widens every number to the widest, and so makes gigabytes of a few megabytes.
    """
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, list | tuple):
        items = [as_array(item) for item in value]
        if sum(item.size for item in items) > MOST_IN_LISTS:
            raise NotPlain(f"lists of more than {MOST_IN_LISTS} numbers, needs an array")
        array = np.array(items)
    else:
        array = np.asarray(value)
    if array.dtype.kind not in ARRAY_KINDS:
        raise NotPlain(f"a value of type {type(value).__name__}, needs numbers")
    return array


Keep = Callable[[np.ndarray], Any]  # stores an array and returns its index entry
Fetch = Callable[[Any], np.ndarray]  # returns the array of an index entry


def pack(value: Value, keep: Keep) -> Any:
    """Turn plain data into what JSON can hold; `keep(array)` stores an array and returns its index entry."""
    if isinstance(value, np.ndarray):
        return {"array": keep(value)}
    if isinstance(value, tuple):
        return {"tuple": [pack(item, keep) for item in value]}
    if isinstance(value, list):
        return [pack(item, keep) for item in value]
    if isinstance(value, Mapping):
        return {"dict": {key: pack(item, keep) for key, item in value.items()}}
    if isinstance(value, Generator):
        return {"generator": value.seed}
    if isinstance(value, Function):
        return {"function": value.name, "params": pack(value.params, keep)}
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise NotPlain(f"a value of type {type(value).__name__}")


def unpack(entry: Any, fetch: Fetch) -> Value:
    """Turn what `pack` made back into plain data; `fetch(index entry)` returns the stored array."""
    if isinstance(entry, list):
        return [unpack(item, fetch) for item in entry]
    if not isinstance(entry, dict):
        return entry
    if "array" in entry:
        return fetch(entry["array"])
    if "tuple" in entry:
        return tuple(unpack(item, fetch) for item in entry["tuple"])
    if "dict" in entry:
        return {key: unpack(item, fetch) for key, item in entry["dict"].items()}
    if "generator" in entry:
        return Generator(entry["generator"])
    if "function" in entry:
        return Function(
            entry["function"], **{key: unpack(item, fetch) for key, item in entry["params"]["dict"].items()}
        )
    return complex(*entry["complex"])


def brief(value: Value) -> str:
    """Describe a value in a few words: its shape and dtype, or itself when it is short."""
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return f"{value.item():.6g}" if value.dtype.kind in "fiub" else str(value.item())
        return f"array {value.shape} {value.dtype}"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int) and value.bit_length() > 128:  # Python writes no number of more than 4300 digits
        return f"a whole number of {int(value.bit_length() * math.log10(2)) + 1} digits"
    if isinstance(value, tuple | list | dict):  # never written out: its parts may be as long as they like
        return f"{type(value).__name__} of {len(value)}"
    if isinstance(value, Generator):
        return f"np.random.default_rng({value.seed})"
    if isinstance(value, Function):
        return f"the function {value.name}"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
