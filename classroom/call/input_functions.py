"""Functions that a check hands to the student's code: something to differentiate, something to descend on.

Each entry of `FUNCTIONS` is a maker: called with the parameters of a `classroom.call.value.Function`, it returns the
function.
"""

import itertools
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


def _count_rows() -> Callable[[np.ndarray], np.ndarray]:
    def count_rows(x: np.ndarray) -> np.ndarray:
        return np.full(np.shape(x), float(len(x)))

    return count_rows


def _ratios() -> Callable[[np.ndarray], list[float]]:
    def ratios(x: np.ndarray) -> list[float]:
        return [float(later / earlier) for earlier, later in itertools.pairwise(x)]

    return ratios


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


def _noise(shape: tuple[int, ...], seed: int) -> Callable[[], np.ndarray]:
    def noise() -> np.ndarray:
        return np.random.default_rng(seed).standard_normal(shape)

    return noise


def _few() -> Callable[[Any], Any]:
    def few(array: Any) -> Any:
        """Sum an array up with four patterns of weights: few numbers, which no other array has."""
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "iuf":
            return array
        places = np.arange(1.0, array.size + 1)
        # (A positive number less its floor is what % gives, to the last bit, and ten times as quick.)
        weights = (at - np.floor(at) - 0.5 for at in (places * step for step in (0.618, 0.414, 0.732, 0.236)))
        return np.array([np.vdot(weight, array) for weight in weights])

    return few


FUNCTIONS: dict[str, Callable[..., Callable[..., Any]]] = {
    "cubic": _cubic,  # sum of x**3
    "wave": _wave,  # smooth, every entry tied to its neighbour in the same row
    "quadratic": _quadratic,  # 1/2 (x - center) matrix (x - center)
    "quadratic_gradient": _quadratic_gradient,
    "rosenbrock_gradient": _rosenbrock_gradient,
    "mix_channels": _mix_channels,  # imitates a layer with weights; every=2 halves height and width
    "noise": _noise,  # normal numbers of a shape, too many for an answer sheet
    "few": _few,  # an array as four numbers
    "bend": _bend,  # imitates an activation
    "count_rows": _count_rows,  # in the place of an activation, tells how many rows it is given
    "ratios": _ratios,  # of each entry to the one before
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
