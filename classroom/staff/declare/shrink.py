"""Smaller copies of a case, down to one that can be read at a glance: what a failing answer is shown on.

Axes of equal size are shrunk together, as far as the reference still runs and still gives something to compare.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.call.value import Value, arrays_in
from classroom.judge.answer_sheet import SheetCase

RUNGS = 4  # kept of each case: the smallest ones
LARGEST = 200  # entries of all inputs of a rung
TELLING = 1e-2  # an answer all below this is 0 but for rounding or eps, and shown with four digits it says nothing


def ladder(cases: Sequence[SheetCase], functions: Mapping[str, Callable[..., Any]]) -> list[SheetCase]:
    """Return smaller copies of the cases with their expected outputs, the smallest first."""
    caller = LocalCaller(functions)
    rungs: list[SheetCase] = []
    for case in cases:
        if case.measure is None and not case.single:
            rungs += _descend(case, caller)
    return sorted(rungs, key=entries)


def entries(case: SheetCase) -> int:
    """Return how many numbers the arrays of a case hold."""
    return sum(array.size for value in case.inputs.values() for array in arrays_in(value))


def _descend(case: SheetCase, caller: LocalCaller) -> list[SheetCase]:
    """Shrink one size after the other; every step that the reference takes along is a rung."""
    rungs: list[SheetCase] = []
    sizes = {size for value in case.inputs.values() for array in arrays_in(value) for size in array.shape if size > 1}
    for size in sorted(sizes, reverse=True):
        for target in (1, 2, 3, 4):
            if target >= size:
                break
            inputs = {name: _cut(value, size, target) for name, value in case.inputs.items()}
            smaller = _expected(case, inputs, caller)
            if smaller is not None:
                rungs.append(smaller)
                case = smaller
                break
    return [rung for rung in rungs if entries(rung) <= LARGEST][-RUNGS:]


def _cut(value: Value, size: int, target: int) -> Value:
    """Keep the first `target` entries along every axis of this size, and round what is drawn to a readable number."""
    if isinstance(value, np.ndarray):
        kept = value[tuple(slice(target) if length == size else slice(None) for length in value.shape)]
        return readable(kept)
    if isinstance(value, tuple | list):
        return type(value)(_cut(item, size, target) for item in value)
    if isinstance(value, dict):
        return {name: _cut(item, size, target) for name, item in value.items()}
    return value


def readable(array: np.ndarray) -> np.ndarray:
    """Round to halves, away from 0: numbers that can be worked with by hand, signs as they were."""
    if array.dtype != np.float64 or not 0.1 < np.abs(array).max(initial=0) < 100:
        return np.array(array)
    halves = np.round(2 * array) / 2
    return np.where((halves == 0) & (array != 0), np.copysign(0.5, array), halves)


def _expected(case: SheetCase, inputs: dict[str, Value], caller: LocalCaller) -> SheetCase | None:
    """Run the reference; None when it stops, or when nothing is left to compare."""
    run = caller.run(case.script, inputs, case.outputs)
    if run.error is not None or run.changed:
        return None
    found = [array for value in run.values.values() for array in arrays_in(value)]
    if any(array.size == 0 or not np.isfinite(array).all() for array in found):
        return None
    if any(np.abs(array).max() < TELLING for array in found):
        return None
    return dataclasses.replace(case, inputs=inputs, expected=run.values)
