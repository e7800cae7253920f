"""Twins of wrong forward passes: the backward pass that is the gradient of the mistake.

Who derives a wrong formula rightly has a backward pass that no mutant of the backward pass is like.  Its answers follow
from the forward pass alone: a sketch of a gradient is made of directional derivatives, two calls for each.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from classroom.call.caller import LocalCaller
from classroom.call.script import Call
from classroom.call.value import Value
from classroom.judge.answer_sheet import KnownAnswer, SheetCase, SheetMutant
from classroom.judge.sketch import Sketch, distance, sketch, weights
from classroom.staff.declare.declaration import Exercise, Mutant
from classroom.staff.declare.shrink import entries

STEP = 1e-5  # of the measured slopes, in units of the spread of the input
SMOOTH = 1e-3  # a larger change of the slope within a step is a kink, at which there is no gradient
MEASURED = 3  # cases in which a twin is measured, the smallest that have no kink nearby

CONSISTENT = "The gradient is that of a forward pass with this mistake:"

Functions = Mapping[str, Callable[..., Any]]


@dataclass(frozen=True)
class Slope:
    """An output that is the gradient of another: grad_x is that of y by x, with grad_y from above or 1 for a loss."""

    gradient: str
    argument: str
    result: str
    upstream: str
    calls: tuple[Call, ...]


def slopes(case: SheetCase) -> list[Slope]:
    """Return the outputs of a case that are gradients, by their names."""
    found = []
    for name in case.outputs:
        argument = name.removeprefix("grad_")
        if argument == name or not isinstance(case.inputs.get(argument), np.ndarray):
            continue
        for index, call in enumerate(case.script):
            if name not in call.defines:
                continue
            for forward, earlier in enumerate(case.script[: index + 1]):
                results = [target for target in earlier.defines if f"grad_{target}" in call.uses]
                results += ["loss"] if forward == index and "loss" in call.defines else []
                if results:
                    upstream = f"grad_{results[0]}" if f"grad_{results[0]}" in case.inputs else ""
                    found.append(Slope(name, argument, results[0], upstream, case.script[: forward + 1]))
    return found


def twins(
    exercise: Exercise, siblings: Sequence[Exercise], cases: Sequence[SheetCase], own: Sequence[SheetMutant]
) -> list[SheetMutant]:
    """Return the twins of an exercise's own wrong forward passes, and of those of the exercises that ask for one alone.

    Parameters
    ----------
    exercise : whose cases have outputs that are gradients
    siblings : the exercises of its assignment
    cases : the same as in the sheet
    own : the exercise's mutants, with their answers in these cases
    """
    forward = {call.function for case in cases for slope in slopes(case) for call in slope.calls}
    found = [
        _twin(exercise, mutant, mutant.sentence, cases, known.answers, wrong)
        for mutant, known in zip(exercise.mutants, own, strict=True)
        if forward & set(wrong := _replaced(exercise, mutant)) and _spoils_forward_pass(known, cases)
    ]
    nothing = [KnownAnswer() for _ in cases]
    for other in siblings:
        if set(other.subject) & forward & set(exercise.functions) and not set(other.subject) & set(exercise.subject):
            found += [
                _twin(exercise, mutant, f"{CONSISTENT} {mutant.sentence}", cases, nothing, wrong)
                for mutant in other.mutants
                if mutant.tag == "visible" and set(wrong := _replaced(other, mutant)) <= set(exercise.functions)
            ]
    return [twin for twin in found if twin is not None]


def _replaced(exercise: Exercise, mutant: Mutant) -> dict[str, Callable[..., Any]]:
    """Return the functions that a mutant replaces, by their names in the exercise."""
    whole = exercise.replaced(mutant.functions)
    return {name: function for name, function in whole.items() if function is not exercise.functions[name]}


def _spoils_forward_pass(known: SheetMutant, cases: Sequence[SheetCase]) -> bool:
    """Whether a mutant has an output wrong that is no gradient, and is not measured together with one."""
    return any(
        answer.sketches.keys() - {slope.gradient for slope in slopes(case)}
        for answer, case in zip(known.answers, cases, strict=True)
        if case.measure is None or not slopes(case)
    )


def _twin(
    exercise: Exercise,
    mutant: Mutant,
    sentence: str,
    cases: Sequence[SheetCase],
    known: Sequence[KnownAnswer],
    wrong: Functions,
) -> SheetMutant | None:
    """Return the twin of a wrong forward pass; None where its gradients say nothing new, or cannot be measured.

    `known` are the answers of the mutant itself, whose outputs the twin has, but for the gradients.
    """
    caller = LocalCaller({**exercise.functions, **wrong})
    answers = [_without_gradients(case, answer) for case, answer in zip(cases, known, strict=True)]
    measured = 0
    for index in sorted(range(len(cases)), key=lambda index: entries(cases[index])):
        case = cases[index]
        if measured < MEASURED and not (case.measure or case.single or case.hidden or case.kind or case.budget):
            gradients = _gradients(case, caller)
            right = (*answers[index].right, *(name for name, found in gradients.items() if found is None))
            sketches = {name: found for name, found in gradients.items() if found is not None}
            answers[index] = replace(answers[index], right=right, sketches=answers[index].sketches | sketches)
            measured += bool(gradients)
            if measured and not any(answer.sketches for answer in answers):
                return None  # a mistake of the dtype, or one that this pass does not see
    told = any(
        answer.sketches.keys() & {slope.gradient for slope in slopes(case)} or (case.measure and answer.right)
        for answer, case in zip(answers, cases, strict=True)
    )
    return SheetMutant(f"{mutant.name}, both ways", sentence, "twin", answers) if told else None


def _without_gradients(case: SheetCase, known: KnownAnswer) -> KnownAnswer:
    """Return what a twin has in common with a mutant: all but the gradients.

    Random answers of which only the two directions are compared are right, for they are consistent.
    """
    gradients = {slope.gradient for slope in slopes(case)}
    if case.measure is not None:
        return KnownAnswer(case.outputs) if gradients and case.measure.compares_directions else known
    kept = {name: found for name, found in known.sketches.items() if name not in gradients}
    return replace(known, right=tuple(name for name in known.right if name not in gradients), sketches=kept)


def _gradients(case: SheetCase, caller: LocalCaller) -> dict[str, Sketch | None]:
    """Measure the gradients of a case, but for those with a kink: None for one that is right."""
    found = {slope.gradient: _gradient(slope, case, caller) for slope in slopes(case)}
    return {
        name: None if distance(measured, sketch(case.expected[name])) <= 1 else measured
        for name, measured in found.items()
        if measured is not None
    }


def _gradient(slope: Slope, case: SheetCase, caller: LocalCaller) -> Sketch | None:
    """Return the sketch of a gradient that is measured on the forward pass; None where it cannot be."""
    x = case.inputs[slope.argument]
    if not isinstance(x, np.ndarray) or x.dtype != np.float64 or not x.size:
        return None
    upstream = case.inputs[slope.upstream] if slope.upstream else 1.0

    def total(moved: np.ndarray) -> float:
        value = caller.run(slope.calls, {**case.inputs, slope.argument: moved}, [slope.result]).values.get(slope.result)
        return _product(upstream, value)

    middle, sums = total(x), []
    for direction in weights(x.size) if math.isfinite(middle) else ():
        sums.append(_slope_along(total, middle, x, direction.reshape(x.shape)))
        if not math.isfinite(sums[-1]):
            return None
    return (
        Sketch(f"{x.shape}", math.nan, math.nan, tuple(value / math.sqrt(x.size) for value in sums)) if sums else None
    )


def _product(upstream: Value, value: Value) -> float:
    if not isinstance(value, np.ndarray | int | float) or np.shape(value) != np.shape(np.asarray(upstream)):
        return math.nan
    with np.errstate(all="ignore"):
        return float(np.sum(np.asarray(upstream) * value))


def _slope_along(total: Callable[[np.ndarray], float], middle: float, x: np.ndarray, direction: np.ndarray) -> float:
    """Return the directional derivative, or NaN where the function has a kink."""
    step = STEP * (float(x.std()) or float(np.abs(x).max()) or 1.0)
    above, below = total(x + step * direction), total(x - step * direction)
    slope = (above - below) / (2 * step)
    size = max(abs(slope), 1e-3 * abs(middle) / (float(np.abs(x).max()) or 1.0))
    return slope if abs(above - 2 * middle + below) <= SMOOTH * step * size else math.nan


def numbered(mutants: Sequence[SheetMutant]) -> list[SheetMutant]:
    """Return mutants with names of their own: two forward passes may have mistakes of one name."""
    met: dict[str, int] = {}
    made = []
    for mutant in mutants:
        met[mutant.name] = met.get(mutant.name, 0) + 1
        made.append(mutant if met[mutant.name] == 1 else replace(mutant, name=f"{mutant.name}, {met[mutant.name]}"))
    return made
