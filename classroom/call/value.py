"""Plain data: all that passes between a check and the code it judges, and how it is copied and packed."""

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import numpy as np

ARRAY_KINDS = "biufc"
ATOMS = frozenset({type(None), bool, int, float, str})  # types of values that nobody can write into
MOST_IN_LISTS = 1_000_000  # numbers that lists may hold to become one array
MOST_DEEP = 32  # lists within lists; one that contains itself has no end
MOST_PARTS = 100_000  # of a value; a list that holds another twice, and that one a third twice, soon has more


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


def plain(value: Any) -> Value:
    """Return a copy of plain data in which numpy scalars become 0-d arrays.

    Raises
    ------
    NotPlain
        If anything in it is not plain, the message names the type; or if it is nested too deep, or has too many parts.
    """
    return _plain(value, 0, [MOST_PARTS])


def _plain(value: Any, depth: int, left: list[int]) -> Value:
    left[0] -= 1
    if depth > MOST_DEEP or left[0] < 0:
        how = f"nested more than {MOST_DEEP} deep" if depth > MOST_DEEP else f"of more than {MOST_PARTS} parts"
        raise NotPlain(f"{how}: does it contain itself?")
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
        return tuple(_plain(item, depth + 1, left) for item in value)
    if isinstance(value, list):
        return [_plain(item, depth + 1, left) for item in value]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise NotPlain("a dict whose keys are not all text")
        return {key: _plain(item, depth + 1, left) for key, item in value.items()}
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
        return value.copy() if type(value) is np.ndarray and value.flags.c_contiguous else lay_out(value, layout(value))
    if isinstance(value, tuple):
        return tuple(duplicate(item) for item in value)
    if isinstance(value, list):
        return [duplicate(item) for item in value]
    if isinstance(value, dict):
        return {key: duplicate(item) for key, item in value.items()}
    return value


def same(a: Value, b: Value) -> bool:
    """Return whether two values are equal to the last bit, types included; NaN equals NaN."""
    kind = type(a)
    if kind in ATOMS:
        return kind is type(b) and bool(a == b or (a != a and b != b))
    if kind is list or kind is tuple:  # first, for a list may hold thousands of lists
        items = cast(Sequence[Value], a)
        return kind is type(b) and len(items) == len(b) and all(map(same, items, b))
    if not isinstance(a, np.ndarray | list | tuple | dict):
        return type(a) is type(b) and bool(a == b or (isinstance(a, float) and a != a and b != b))
    if isinstance(a, np.ndarray):
        if not isinstance(b, np.ndarray) or a.dtype != b.dtype or a.shape != b.shape:
            return False
        # The bytes are quick, and nearly always equal; -0 and 0, and two kinds of NaN, have others.
        return a.tobytes() == b.tobytes() or bool(np.array_equal(a, b, equal_nan=a.dtype.kind in "fc"))
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


def held_bytes(value: Value) -> int:
    """Return about how much memory plain data takes."""
    if isinstance(value, np.ndarray):
        return 200 + value.nbytes
    if isinstance(value, str):
        return 50 + len(value)
    if isinstance(value, list | tuple):
        return 60 + 8 * len(value) + sum(map(held_bytes, value))
    if isinstance(value, dict):
        return 200 + sum([100 + len(key) + held_bytes(item) for key, item in value.items()])
    return 32


def may_change(inputs: Mapping[str, Value]) -> list[str]:
    """Return the names of those inputs into which a called function can write and whose content can be compared."""
    return [name for name, value in inputs.items() if _writable(value) and not alive(value)]


def _writable(value: Value) -> bool:
    return isinstance(value, np.ndarray | list | dict) or (isinstance(value, tuple) and any(map(_writable, value)))


def alive(value: Value) -> bool:
    """Whether a value has something in it that is no plain data when a function gets it."""
    if isinstance(value, list | tuple):
        return any(map(alive, value))
    return isinstance(value, Generator | Function) or (isinstance(value, dict) and any(map(alive, value.values())))


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
