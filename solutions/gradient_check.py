"""Compare a derivative with differences of the function itself."""

from collections.abc import Callable

import numpy as np


def numerical_gradient(f: Callable, x: np.ndarray, h: float = 1e-5) -> np.ndarray:
    """Estimate the gradient of f at x by central differences, one coordinate at a time.

    Parameters
    ----------
    f : callable
        Takes an array like x, returns one number.
    x : array of any shape
        Not changed; the work is done on a float64 copy.
    h : float
        Step to each side.

    Returns
    -------
    grad : float64 array of the shape of x
        grad[i] = (f(x + h e_i) - f(x - h e_i)) / (2 h).

    Raises
    ------
    ValueError
        If h is not positive.

    Notes
    -----
    The truncation error falls with h**2, the rounding error grows with 1 / h; in float64 their sum is smallest near
    h = 1e-5.  Experiment 2.4 of the lectures.
    """
    if h <= 0:
        raise ValueError(f"h is {h}, needs to be positive: the step to each side of x")
    point = np.array(x, dtype=np.float64)
    grad = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        value = point[index]
        point[index] = value + h
        above = f(point.copy())
        point[index] = value - h
        below = f(point.copy())
        point[index] = value
        grad[index] = (above - below) / (2 * h)
    return grad


def relative_error(a: np.ndarray, b: np.ndarray, floor: float = 1e-8) -> float:
    """Largest difference of two arrays, relative to the largest entry of either.

    Parameters
    ----------
    a, b : arrays of the same shape
    floor : float
        Smallest scale to divide by, so that two arrays of rounding noise count as equal.

    Returns
    -------
    error : float
        max |a - b| / max(max |a|, max |b|, floor); 0 for empty arrays.

    Raises
    ------
    ValueError
        If the shapes differ.

    Notes
    -----
    Dividing entry by entry instead raises false alarms: a correct entry of 1e-12 carries rounding noise of its own
    size.  Experiment 2.5 of the lectures.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"a has shape {a.shape} and b {b.shape}: compare arrays of one shape")
    if a.size == 0:
        return 0.0
    scale = max(np.abs(a).max(), np.abs(b).max(), floor)
    return float(np.abs(a - b).max() / scale)
