"""Naming the bug: an answer that equals that of a known wrong implementation, or a formula with a summand missing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from classroom.call.value import ARRAY_KINDS, Value
from classroom.judge.answer_sheet import Answer, SheetExercise, SheetTerms

MATCH = 1e-6  # relative distance to a known wrong answer that counts as equal
APART = 100.0  # the next best must be this much farther
CASES = 2  # cases that must show the difference
SAMPLE = 128  # entries kept of a large random answer


@dataclass(frozen=True)
class Diagnosis:
    """A bug that is known: its name, the sentence for the student, and how many cases show it."""

    name: str
    sentence: str
    how: Literal["mutant", "terms"]
    cases: int
    output: str | None = None


def distance(yours: Answer, other: Answer, outputs: Sequence[str]) -> float:
    """Return the largest relative distance of the outputs; infinite where shapes, errors or changed inputs differ."""
    if yours.error != other.error or set(yours.changed) != set(other.changed):
        return np.inf
    worst = 0.0
    for name in outputs:
        if (name in yours.values) != (name in other.values):
            return np.inf
        if name in yours.values:
            worst = max(worst, _value_distance(yours.values[name], other.values[name]))
    return worst


def thin(value: Value) -> Value:
    """Return a sample of a large array of random draws: equal samples of 128 mean equal draws.

    Only of draws: elsewhere two answers may differ in the one row that a sample leaves out.
    """
    if isinstance(value, np.ndarray) and value.size > SAMPLE:
        return {"shape": value.shape, "sample": value.reshape(-1)[:: value.size // SAMPLE + 1]}
    return value


def _value_distance(a: Value, b: Value) -> float:
    if isinstance(b, dict) and b.keys() == {"shape", "sample"} and isinstance(a, np.ndarray):
        a = thin(a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return max(map(_value_distance, a, b), default=0.0) if len(a) == len(b) else np.inf
    if isinstance(a, dict) and isinstance(b, dict):
        return max((_value_distance(a[key], b[key]) for key in a), default=0.0) if a.keys() == b.keys() else np.inf
    if a is None or b is None or isinstance(a, str | list | tuple | dict) or isinstance(b, str | list | tuple | dict):
        return 0.0 if type(a) is type(b) and a == b else np.inf
    x, y = np.asarray(a), np.asarray(b)
    if x.dtype.kind not in ARRAY_KINDS or y.dtype.kind not in ARRAY_KINDS:
        return np.inf
    if x.shape != y.shape or (x.dtype.itemsize == 4) != (y.dtype.itemsize == 4):
        return np.inf
    wide = np.result_type(x, y, np.float64)
    x, y = x.astype(wide), y.astype(wide)
    fine = np.isfinite(y)
    if not np.array_equal(np.isfinite(x), fine) or not np.array_equal(x[~fine], y[~fine], equal_nan=True):
        return np.inf
    if not fine.any():
        return 0.0
    scale = float(np.abs(y[fine]).max())
    with np.errstate(all="ignore"):
        return float(np.abs(x[fine] - y[fine]).max()) / (scale or 1.0)


def diagnose(exercise: SheetExercise, answers: Sequence[Answer], wrong: Sequence[Sequence[str]]) -> Diagnosis | None:
    """Name the bug behind wrong answers, or stay silent.

    Parameters
    ----------
    exercise : with its mutants' answers and terms
    answers : of the student, case by case
    wrong : the outputs that are wrong, case by case (empty where the case is right)
    """
    every = [case.outputs for case in exercise.cases]
    named = _by_mutant(exercise, answers, every, None)
    if named is None:
        # Two bugs in two outputs: look at one wrong output at a time.
        # (Not where the outputs are only measured together: there one of them may be right beside the other.)
        for output in dict.fromkeys(name for names in wrong for name in names):
            alone = [(output,) if output in case.outputs and case.measure is None else () for case in exercise.cases]
            named = _by_mutant(exercise, answers, alone, output, _ruled_out(exercise, wrong, output))
            if named is not None:
                break
    if named is None and exercise.terms is not None:
        named = _by_terms(exercise.terms, answers, [case.outputs for case in exercise.cases])
    return named


def _ruled_out(exercise: SheetExercise, wrong: Sequence[Sequence[str]], output: str) -> set[int]:
    """Return the mutants that also make wrong an output of the same part that is right here, such as an earlier step.

    Outputs of other parts rule nothing out: a stride may be missing in one gradient and not in the other.
    """
    part = next((case.parts[output] for case in exercise.cases if output in case.parts), output)
    sound = [
        [name for name in case.expected if name not in bad and case.parts[name] == part]
        for case, bad in zip(exercise.cases, wrong, strict=True)
    ]
    return {
        number
        for number, mutant in enumerate(exercise.mutants)
        if any(
            names and _differs(known, case.expected, names)
            for known, case, names in zip(mutant.answers, exercise.cases, sound, strict=True)
        )
    }


def _by_mutant(
    exercise: SheetExercise,
    answers: Sequence[Answer],
    outputs: Sequence[Sequence[str]],
    output: str | None,
    ruled_out: Collection[int] = (),
) -> Diagnosis | None:
    rated: list[tuple[float, int]] = []
    for number, mutant in enumerate(exercise.mutants):
        if number in ruled_out:
            continue
        apart = 0.0
        for yours, known, names in zip(answers, mutant.answers, outputs, strict=True):
            if names:
                apart = max(apart, distance(yours, known, names))
            if apart > APART * MATCH:
                break  # neither a match nor near enough to make one doubtful
        rated.append((apart, number))
    rated.sort()
    if not rated or rated[0][0] > MATCH:
        return None
    # Of several that match, only those count that the looked-at cases can tell from right code.
    close = [(apart, number) for apart, number in rated if apart < APART * max(rated[0][0], MATCH / APART)]
    shown = {number: _cases_that_show(exercise, number, outputs) for _, number in close}
    close = [(apart, number) for apart, number in close if shown[number] >= CASES]
    if not close or len({exercise.mutants[number].sentence for _, number in close}) > 1:
        return None
    best = exercise.mutants[close[0][1]]
    return Diagnosis(best.name, best.sentence, "mutant", shown[close[0][1]], output)


def _cases_that_show(exercise: SheetExercise, number: int, outputs: Sequence[Sequence[str]]) -> int:
    answers = exercise.mutants[number].answers
    return sum(
        _differs(known, case.expected, names)
        for known, case, names in zip(answers, exercise.cases, outputs, strict=True)
        if names
    )


def _differs(known: Answer, expected: dict[str, Value], names: Sequence[str]) -> bool:
    """Whether a known wrong answer is wrong in this case: where random draws are bounded, any answer may be."""
    if known.error is not None or known.changed or not expected:
        return True
    return any(
        name not in known.values or _value_distance(known.values[name], expected[name]) > MATCH for name in names
    )


def _by_terms(terms: SheetTerms, answers: Sequence[Answer], outputs: Sequence[Sequence[str]]) -> Diagnosis | None:
    """Fit the output by its summands; name those whose factor, the same in two cases or more, is not 1."""
    fitted: list[np.ndarray] = []
    for answer, summands, names in zip(answers, terms.by_case, outputs, strict=True):
        yours = answer.values.get(terms.output)
        if not summands or terms.output not in names or not isinstance(yours, np.ndarray):
            continue
        columns = np.stack([np.asarray(value, np.float64).ravel() for value in summands.values()], axis=1)
        if yours.size != len(columns) or yours.dtype != np.float64 or not np.isfinite(yours).all():
            return None
        spread = np.linalg.norm(columns, axis=0)
        if not spread.all():
            continue
        factors, _, rank, _ = np.linalg.lstsq(columns / spread, yours.ravel(), rcond=1e-9)
        left = np.abs(columns / spread @ factors - yours.ravel()).max()
        if rank < columns.shape[1] or left > MATCH * max(float(np.abs(columns).max()), 1e-30):
            return None
        fitted.append(factors / spread)
    if len(fitted) < CASES or max(np.abs(factors - fitted[0]).max() for factors in fitted) > 1e-5:
        return None
    names = list(terms.by_case[next(i for i, summands in enumerate(terms.by_case) if summands)])
    factors = np.round(np.stack(fitted).mean(axis=0), 6) + 0.0  # no -0
    off = [(name, float(factor)) for name, factor in zip(names, factors, strict=True) if abs(factor - 1) > 1e-5]
    if not off or all(abs(factor) < 1e-5 for factor in factors):
        return None
    said = [
        terms.sentences.get(name, f"The term '{name}' is missing.")
        if factor == 0
        else f"The term '{name}' has the wrong sign."
        if factor == -1
        else f"The term '{name}' enters {factor:g} times, needs once."
        for name, factor in off
    ]
    label = " ".join(f"{name}={factor:g}" for name, factor in off)
    return Diagnosis(label, " ".join(said), "terms", len(fitted), terms.output)
