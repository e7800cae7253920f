"""Functions that a check hands to the student's code: something to differentiate, something to descend on.

Each entry of `FUNCTIONS` is a maker: called with the parameters of a `classroom.call.value.Function`, it returns the
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
        return float((np.sin(x) * np.exp(0.3 * x)).sum() + np.sin(x[..., :-1] * x[..., 1:]).sum())

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


def _mix_channels(matrix: np.ndarray, every: int = 1) -> Callable[[np.ndarray], np.ndarray]:
    def mix_channels(x: np.ndarray) -> np.ndarray:
        return np.einsum("oc,nc...->no...", matrix, x[:, :, ::every, ::every] if every > 1 else x)

    return mix_channels


def _bend() -> Callable[[np.ndarray], np.ndarray]:
    def bend(x: np.ndarray) -> np.ndarray:
        return x / (1 + np.abs(x))

    return bend


def _step_neuron() -> Callable[[list[np.ndarray], Any, Any], np.ndarray]:
    def step_neuron(inputs: list[np.ndarray], weight: Any, bias: Any) -> np.ndarray:
        z = np.stack(inputs, axis=1) @ np.asarray(weight) + np.reshape(bias, ())
        return np.where(z > 0, 1.0, 0.0)

    return step_neuron


def _given_parts(**swapped: str) -> Callable[[], dict[str, Callable[..., Any]]]:
    """Return a function that gives parts; each keyword names a part, or a pair of them, and the part to use instead."""
    from given_network import given_parts  # released beside the notebook of the capstone

    def swapped_parts() -> dict[str, Callable[..., Any]]:
        parts = given_parts()
        others = {
            name: parts[new + name.removeprefix(old)]
            for old, new in swapped.items()
            for name in parts
            if name == old or name.startswith(f"{old}_")
        }
        return parts | others

    return swapped_parts


def _unaided() -> Callable[[Any], dict[str, Callable[..., Any]]]:
    from given_network import set_aside

    def alone(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:
            with set_aside():
                return function(*arguments, **options)

        return called

    def unaided(parts: Any) -> dict[str, Callable[..., Any]]:
        if not isinstance(parts, dict):
            raise TypeError(f"a {type(parts).__name__} came back, a dict from names to functions is needed")
        return {name: alone(function) for name, function in parts.items() if callable(function)}

    return unaided


FUNCTIONS: dict[str, Callable[..., Callable[..., Any]]] = {
    "cubic": _cubic,  # sum of x**3
    "wave": _wave,  # smooth, every entry tied to its neighbour in the same row
    "quadratic": _quadratic,  # 1/2 (x - center) matrix (x - center)
    "quadratic_gradient": _quadratic_gradient,
    "rosenbrock_gradient": _rosenbrock_gradient,
    "mix_channels": _mix_channels,  # imitates a layer with weights; every=2 halves height and width
    "bend": _bend,  # imitates an activation
    "step_neuron": _step_neuron,  # fires where the weighted sum of a list of inputs is above 0
    "given_parts": _given_parts,  # the 22 parts of a network; momentum="adam" swaps one for another
    "unaided": _unaided,  # a student's parts, made to work without the given ones
}


def make(name: str, params: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of this name with its parameters fixed.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    if name not in FUNCTIONS:
        raise ValueError(f"classroom.call.input_functions has no function {name!r}: it has {', '.join(FUNCTIONS)}")
    return FUNCTIONS[name](**params)
