"""Does a mutant that no check has met give another answer anywhere?  Asked of random variations of the cases.

What this finds is a hole in the checks; what it does not find may be the same function, written otherwise.
"""

import ast
import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from classroom.call import script
from classroom.call.caller import LocalCaller, Run
from classroom.call.value import Generator, Value, arrays_in, same
from classroom.judge.answer_sheet import SheetCase
from classroom.judge.compare import SINGLE, compare
from classroom.staff.declare.shrink import entries

Varied = tuple[str, SheetCase]  # what was varied, in words, and the case
LARGEST = 200_000  # numbers among the inputs of a case that is varied; what is larger takes too long
DRAWN = 4  # variations of a case that draws
DRAWS = 30  # of code that draws: as many answers show its mean and spread
FAR = 7.0  # standard errors that two such means may be apart by chance


def difference(
    cases: Sequence[SheetCase],
    right: LocalCaller,
    changed: LocalCaller,
    tolerance: float,
    rng: np.random.Generator,
) -> str:
    """Describe a call in which the two give different answers; the empty text if none is found.

    Parameters
    ----------
    cases : to be varied
    right, changed : callers of the two versions
    tolerance : of the exercise
    rng : draws the variations

    Notes
    -----
    Calls that the right version refuses say nothing.  Answers in float32 have its precision only, as they have for the
    check, and a dtype counts where any case asks for it.
    """
    options, asks_dtype = _values_of_options(cases), any(case.single for case in cases)
    for case in cases:
        if entries(case) > LARGEST:
            continue
        # Laws are compared by many draws, so a few variations of each case have to do.
        tried = itertools.islice(_variations(case, options, right, rng), DRAWN if _draws(case) else None)
        for words, varied in tried:
            if text := _differ(varied, right, changed, tolerance, asks_dtype):
                return f"{case.name!r}, {words}: {text}"
    return ""


def _differ(case: SheetCase, right: LocalCaller, changed: LocalCaller, tolerance: float, asks_dtype: bool) -> str:
    with np.errstate(all="ignore"):
        one = right.run(case.script, case.inputs, case.outputs)
        if one.error is not None:
            return ""
        other = changed.run(case.script, case.inputs, case.outputs)
        if other.error is not None:
            return f"{other.error.name}: {other.error.message}"[:120]
        if set(other.changed) - set(one.changed):
            return f"{other.changed[0]} is changed in place"
        if case.measure is not None:
            return _another_law(case, right, changed) if _draws(case) else ""
        limit = max(tolerance if case.tolerance is None else case.tolerance, SINGLE if case.single else 0.0)
        for name in case.outputs:
            found = compare(other.values[name], one.values[name], limit, name)
            # Of a plain number no dtype is asked, so float64 may come out of float32 there.
            wider = found.other_dtypes and asks_dtype and arrays_in(case.expected[name])
            if not found.right or wider:
                return found.text or f"{name} comes out in another dtype"
    return ""


def _draws(case: SheetCase) -> bool:
    return any(isinstance(value, Generator) for value in case.inputs.values())


def _another_law(case: SheetCase, right: LocalCaller, changed: LocalCaller) -> str:
    """Compare means over many draws: two generators are asked, so that equal laws give equal means."""
    told = [_features(case, caller, start) for caller, start in ((right, 0), (changed, DRAWS))]
    if told[0].shape != told[1].shape:
        return "another number of answers"
    (one, other), (spread_one, spread_other) = (
        [rows.mean(axis=0) for rows in told],
        [rows.std(axis=0) for rows in told],
    )
    error = np.sqrt((spread_one**2 + spread_other**2) / DRAWS) + 1e-9 * np.abs(one)
    far = np.abs(one - other) > FAR * error + 1e-12
    return f"drawn otherwise: on average {other[far][0]:.4g}, right {one[far][0]:.4g}" if far.any() else ""


def _features(case: SheetCase, caller: LocalCaller, start: int) -> np.ndarray:
    """Return, for each of many generators, the mean, the size and the first entries of every array that comes back."""
    rows = []
    for seed in range(start, start + DRAWS):
        inputs = {
            name: Generator(1000 * number + seed) if isinstance(value, Generator) else value
            for number, (name, value) in enumerate(case.inputs.items())
        }
        run = caller.run(case.script, inputs, case.outputs)
        arrays = [array.astype(float) for value in run.values.values() for array in arrays_in(value) if array.size]
        rows.append([number for a in arrays for number in (a.mean(), np.abs(a).mean(), a.std(), *a.flat[:3])])
    return np.array(rows) if len({len(row) for row in rows}) == 1 else np.zeros((DRAWS, 0))


def _values_of_options(cases: Sequence[SheetCase]) -> dict[str, list[Value]]:
    """Collect the values that each input which is no array takes in any case, and some that are near them."""
    found: dict[str, list[Value]] = {}
    for case in cases:
        for name, value in case.inputs.items():
            if isinstance(value, bool):
                found.setdefault(name, []).extend([True, False])
            elif isinstance(value, int):
                found.setdefault(name, []).extend([value, value + 1, value - 1, 0, 1, 3])
            elif isinstance(value, float):
                found.setdefault(name, []).extend([value, -value, 0.5 * value, value + 2, 0.0, 1.0])
            elif isinstance(value, str | tuple):
                found.setdefault(name, []).append(value)
    return {
        name: [value for i, value in enumerate(values) if not any(same(value, met) for met in values[:i])]
        for name, values in found.items()
    }


def _variations(
    case: SheetCase, options: Mapping[str, list[Value]], right: LocalCaller, rng: np.random.Generator
) -> Iterator[Varied]:
    yield "as it is", case
    if case.measure is None or _draws(case):
        yield from _without_options(case, right, rng)
        for words, inputs in [*_other_options(case, options), *_other_sizes(case)]:
            yield words, _with_upstream(dataclasses.replace(case, inputs=inputs), right, rng)
    if case.measure is None:
        yield from _called_twice(case)
        for words, inputs in _other_numbers(case, rng):
            yield words, dataclasses.replace(case, inputs=inputs)


def _other_options(case: SheetCase, options: Mapping[str, list[Value]]) -> Iterator[tuple[str, dict[str, Value]]]:
    for name, value in case.inputs.items():
        for other in options.get(name, ()):
            if not same(other, value):
                yield f"{name}={other!r}", {**case.inputs, name: other}


def _other_sizes(case: SheetCase) -> Iterator[tuple[str, dict[str, Value]]]:
    """Cut every axis of one size to another, and none of the others."""
    sizes = {length for value in case.inputs.values() for array in arrays_in(value) for length in array.shape}
    for size in sorted(sizes - {0, 1}):
        for target in sorted({0, 1, 2, size - 1} - {size}):
            cut = functools.partial(_cut, size=size, target=target)
            yield f"axes of {size} cut to {target}", {name: _each(value, cut) for name, value in case.inputs.items()}


def _cut(array: np.ndarray, size: int, target: int) -> np.ndarray:
    return array[tuple(slice(target) if length == size else slice(None) for length in array.shape)]


def _each(value: Value, change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """Change every array of floats in plain data."""
    if isinstance(value, np.ndarray):
        return change(value) if value.dtype.kind == "f" else value
    if isinstance(value, list | tuple):
        return type(value)(_each(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _each(item, change) for key, item in value.items()}
    return value


def _narrow(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float32)


def _upright(array: np.ndarray) -> np.ndarray:
    return np.asfortranarray(array)


def _strided(array: np.ndarray) -> np.ndarray:
    return np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array


def _other_numbers(case: SheetCase, rng: np.random.Generator) -> Iterator[tuple[str, dict[str, Value]]]:
    """Change the numbers of all arrays, and of each by itself."""
    changes: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "drawn anew": lambda a: rng.normal(size=a.shape).astype(a.dtype),
        "times 1000": lambda a: a * a.dtype.type(1e3),
        "divided by 1000": lambda a: a * a.dtype.type(1e-3),
        "negative": lambda a: -np.abs(a) - a.dtype.type(0.5),
        "positive": lambda a: np.abs(a) + a.dtype.type(0.5),
        "zeros": np.zeros_like,
        "with ties": np.round,
        "all equal": lambda a: np.full_like(a, 0.75),
    }
    whole = {"in float32": _narrow, "in Fortran's order": _upright, "strided": _strided}
    for words, change in {**changes, **whole}.items():
        yield words, {name: _each(value, change) for name, value in case.inputs.items()}
    for name, value in case.inputs.items():
        if arrays_in(value):
            for words, change in changes.items():
                yield f"{name} {words}", {**case.inputs, name: _each(value, change)}


def _with_upstream(case: SheetCase, right: LocalCaller, rng: np.random.Generator) -> SheetCase:
    """Draw the upstream gradient anew where y has got another shape."""
    made: Run | None = None
    inputs = dict(case.inputs)
    for name in [name for name in inputs if name.startswith("grad_y")]:
        target = name.removeprefix("grad_")
        if made is None:
            forward = [call for call in case.script if target in call.defines]
            made = right.run(case.script[: 1 + case.script.index(forward[0])], inputs, [target]) if forward else Run()
        y, held = made.values.get(target), inputs[name]
        if isinstance(y, np.ndarray) and isinstance(held, np.ndarray) and y.shape != held.shape:
            inputs[name] = rng.normal(size=y.shape).astype(held.dtype)
    return dataclasses.replace(case, inputs=inputs)


def _without_options(case: SheetCase, right: LocalCaller, rng: np.random.Generator) -> Iterator[Varied]:
    """Leave the options of each call out, from the last one on."""
    for number, text in enumerate(case.calls):
        tree = ast.parse(text)
        call = next(node for node in ast.walk(tree) if isinstance(node, ast.Call))
        while call.keywords or len(call.args) > 1:
            (call.keywords or call.args).pop()
            calls = (*case.calls[:number], ast.unparse(tree), *case.calls[number + 1 :])
            yield f"called {calls[number]!r}", _with_upstream(dataclasses.replace(case, calls=calls), right, rng)


def _called_twice(case: SheetCase) -> Iterator[Varied]:
    """Call what comes last once more, and look at its second answers."""
    last = script.parse_call(case.calls[-1])
    if len(case.calls) > 1 and all(name in last.defines for name in case.outputs):
        yield "the last call made twice", dataclasses.replace(case, calls=(*case.calls, case.calls[-1]))
