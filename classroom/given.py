"""Functions that a check hands to the student's code: something to differentiate, something to descend on.

Each entry of `FUNCTIONS` is a maker: called with the parameters of a `classroom.value.Function`, it returns the
function.
"""

import time
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


def _mix_channels(matrix: np.ndarray, every: int = 1) -> Callable[[np.ndarray], np.ndarray]:
    def mix_channels(x: np.ndarray) -> np.ndarray:
        return np.einsum("oc,nc...->no...", matrix, x[:, :, ::every, ::every] if every > 1 else x)

    return mix_channels


def _bend() -> Callable[[np.ndarray], np.ndarray]:
    def bend(x: np.ndarray) -> np.ndarray:
        return x / (1 + np.abs(x))

    return bend


def _outruns_loop(times: float) -> Callable[..., bool]:
    def outruns_loop(convolve: Callable[..., Any], x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> bool:
        (n, _, h, w), (f, _, kh, kw) = x.shape, weight.shape
        outputs = n * f * (h - kh + 1) * (w - kw + 1)

        def one_by_one() -> None:
            for _ in range(outputs):
                np.sum(x[0, :, :kh, :kw] * weight[0])

        fast = min(_seconds(lambda: convolve(x, weight, bias)) for _ in range(5))
        slow = min(_seconds(one_by_one) for _ in range(2))
        return slow > times * fast

    return outruns_loop


def _within(seconds: float) -> Callable[..., Any]:
    def within(function: Callable[..., Any], *arguments: Any) -> Any:
        began = time.process_time()
        result = function(*arguments)
        spent = time.process_time() - began
        if spent > seconds:
            raise TimeoutError(f"it took {spent:.0f} CPU seconds and has {seconds:.0f}")
        return result

    return within


def _agreeing_parts() -> Callable[[Any], list[str]]:
    def agreeing_parts(parts: Any) -> list[str]:
        from classroom.parts import agreeing

        return [name for name, why in agreeing(parts).items() if not why]

    return agreeing_parts


def _given_parts() -> Callable[[], dict[str, Callable[..., Any]]]:
    from classroom.parts import given_parts

    return given_parts


def _seconds(function: Callable[[], Any]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


FUNCTIONS: dict[str, Callable[..., Callable[..., Any]]] = {
    "cubic": _cubic,  # sum of x**3
    "wave": _wave,  # smooth, every entry tied to its neighbour
    "quadratic": _quadratic,  # 1/2 (x - center) matrix (x - center)
    "quadratic_gradient": _quadratic_gradient,
    "rosenbrock_gradient": _rosenbrock_gradient,
    "mix_channels": _mix_channels,  # stands for a layer with weights; every=2 halves height and width
    "bend": _bend,  # stands for an activation
    "given_parts": _given_parts,  # the 22 parts of a network, of `classroom.parts`
    "agreeing_parts": _agreeing_parts,  # which parts of a student's compute the same
    "within": _within,  # calls a function, and stops when it took more than this many CPU seconds
    "outruns_loop": _outruns_loop,  # whether a convolution is this many times as fast as its products one by one
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
