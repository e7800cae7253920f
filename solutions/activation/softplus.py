"""Softplus, and the sum of sigmoids that it is the limit of."""

import numpy as np

from solutions.activation.squashing import sigmoid
from solutions.validation import require_shape


def softplus_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Round the corner of ReLU: y = log(1 + exp(x)).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `softplus_backward`.

    Notes
    -----
    max(x, 0) + log(1 + exp(-|x|)) is the same number without overflow.  Dugas et al. 2001.
    """
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, (x,)


def softplus_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of softplus: the sigmoid of x.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `softplus_forward`.

    Returns
    -------
    grad_x : array like x
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * sigmoid(x)


def softplus_series(x: np.ndarray, n: int) -> np.ndarray:
    """Sum n shifted sigmoids: sigmoid(x - 1/2) + sigmoid(x - 3/2) + ... + sigmoid(x + 1/2 - n).

    Parameters
    ----------
    x : array of any shape
    n : int
        Number of terms, at least 1.

    Returns
    -------
    y : array like x
        Close to softplus(x) for x well below n: within 0.011 on [-10, 10] with n = 40.

    Raises
    ------
    ValueError
        If n is below 1.

    Notes
    -----
    The midpoint rule for the integral of sigmoid(x - t) over t from 0 starts at t = 1/2, that is at i = 1; starting at
    i = 0, as the slide prints it, adds one term too many.
    """
    if n < 1:
        raise ValueError(f"n is {n}, needs at least 1: the number of sigmoids in the sum")
    y = sigmoid(x - 0.5)
    for i in range(2, n + 1):
        y = y + sigmoid(x + 0.5 - i)
    return y
