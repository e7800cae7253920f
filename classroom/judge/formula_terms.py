"""A formula with a summand missing, found by least squares on its summands."""

from collections.abc import Sequence

import numpy as np

from classroom.judge.answer_sheet import Answer, SheetTerms
from classroom.judge.sketch import MATCH

CASES = 2  # cases that must have the same factors
ROUGH = 1e-5  # by which the factors of two cases may differ


def factors_of(
    terms: SheetTerms, answers: Sequence[Answer], outputs: Sequence[Sequence[str]]
) -> tuple[dict[str, float], int]:
    """Fit an output by its summands: the factor of each, and in how many cases; none where no fit is exact."""
    fitted: list[np.ndarray] = []
    for answer, summands, names in zip(answers, terms.by_case, outputs, strict=True):
        yours = answer.values.get(terms.output)
        if not summands or terms.output not in names or not isinstance(yours, np.ndarray):
            continue
        columns = np.stack([np.asarray(value, np.float64).ravel() for value in summands.values()], axis=1)
        if yours.size != len(columns) or yours.dtype != np.float64 or not np.isfinite(yours).all():
            return {}, 0
        spread = np.linalg.norm(columns, axis=0)
        if not spread.all():
            continue
        factors, _, rank, _ = np.linalg.lstsq(columns / spread, yours.ravel(), rcond=1e-9)
        left = np.abs(columns / spread @ factors - yours.ravel()).max()
        if rank < columns.shape[1] or left > MATCH * max(float(np.abs(columns).max()), 1e-30):
            return {}, 0
        fitted.append(factors / spread)
    if len(fitted) < CASES or max(np.abs(factors - fitted[0]).max() for factors in fitted) > ROUGH:
        return {}, 0
    names = list(terms.by_case[next(i for i, summands in enumerate(terms.by_case) if summands)])
    means = np.round(np.stack(fitted).mean(axis=0), 6) + 0.0  # no -0
    return {name: float(factor) for name, factor in zip(names, means, strict=True)}, len(fitted)


def explain(terms: SheetTerms, factors: dict[str, float]) -> tuple[str, str]:
    """Return a label and a sentence for factors that are not 1; empty where all are, or all are 0."""
    off = {name: factor for name, factor in factors.items() if abs(factor - 1) > ROUGH}
    if not off or all(abs(factor) < ROUGH for factor in factors.values()):
        return "", ""
    said = [
        terms.sentences.get(name, f"The term '{name}' is missing.")
        if factor == 0
        else f"The term '{name}' has the wrong sign."
        if factor == -1
        else f"The term '{name}' enters {factor:g} times, needs once."
        for name, factor in off.items()
    ]
    return " ".join(f"{name}={factor:g}" for name, factor in off.items()), " ".join(said)
