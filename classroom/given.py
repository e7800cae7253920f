"""Functions that a check hands to the student's code: something to differentiate, something to descend on.

Each entry of `FUNCTIONS` is a maker: called with the parameters of a `classroom.value.Function`, it returns the
function.
"""

from collections.abc import Callable
from typing import Any

import numpy as np


def _cubic() -> Callable[[np.ndarray], float]:
    def cubic(x: np.ndarray) -> float:
        return float((x**3).sum())

    return cubic


def _wave() -> Callable[[np.ndarray], float]:
    def wave(x: np.ndarray) -> float:
        flat = np.ravel(x)
        return float((np.sin(flat) * np.exp(0.3 * flat)).sum() + np.sin(flat[:-1] * flat[1:]).sum())

    return wave


def _quadratic(matrix: np.ndarray, center: np.ndarray) -> Callable[[np.ndarray], float]:
    def quadratic(x: np.ndarray) -> float:
        away = np.ravel(x) - np.ravel(center)
        return float(0.5 * away @ matrix @ away)

    return quadratic


def _quadratic_gradient(matrix: np.ndarray, center: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    def gradient(x: np.ndarray) -> np.ndarray:
        return (matrix @ (np.ravel(x) - np.ravel(center))).reshape(np.shape(x))

    return gradient


def _rosenbrock_gradient() -> Callable[[np.ndarray], np.ndarray]:
    def gradient(x: np.ndarray) -> np.ndarray:
        a, b = x
        return np.array([-2 * (1 - a) - 400 * a * (b - a * a), 200 * (b - a * a)])

    return gradient


FUNCTIONS: dict[str, Callable[..., Callable[..., Any]]] = {
    "cubic": _cubic,  # sum of x**3
    "wave": _wave,  # smooth, every entry tied to its neighbour
    "quadratic": _quadratic,  # 1/2 (x - center) matrix (x - center)
    "quadratic_gradient": _quadratic_gradient,
    "rosenbrock_gradient": _rosenbrock_gradient,
}


def make(name: str, params: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of this name with its parameters fixed.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    if name not in FUNCTIONS:
        raise ValueError(f"classroom.given has no function {name!r}: it has {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](**params)
