"""Squashing functions: sigmoid into (0, 1) and tanh into (-1, 1)."""

import numpy as np

from solutions.validation import require_shape


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute 1 / (1 + exp(-x)) for any finite x without overflow."""
    z = np.exp(-np.abs(x))  # in (0, 1]
    return np.where(x >= 0, 1, z) / (1 + z)


def sigmoid_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Squash into (0, 1): y = 1 / (1 + exp(-x)).

    Takes x of any shape, where no finite number overflows; returns y like x, between 0 and 1, and the cache for
    `sigmoid_backward`.

    Notes
    -----
    The form exp(x) / (1 + exp(x)) is used where x is negative, so that nothing overflows at x = -1000.
    """
    y = sigmoid(x)
    return y, (y,)


def sigmoid_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of the sigmoid: y (1 - y), which is at most 1/4 and vanishes at both ends.

    Takes grad_y like y and the cache of `sigmoid_forward`; returns grad_x like x, at most a quarter of grad_y.
    """
    (y,) = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    return grad_y * y * (1 - y)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Squash into (-1, 1), zero-centred: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)).

    Takes x of any shape, where no finite number overflows; returns y like x, between -1 and 1, and the cache for
    `tanh_backward`.

    Notes
    -----
    `np.tanh` is exact where the formula as printed divides infinity by infinity (|x| > 710).
    tanh(x) = 2 sigmoid(2x) - 1.
    """
    y = np.tanh(x)
    return y, (y,)


def tanh_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of tanh: 1 - y**2.

    Takes grad_y like y and the cache of `tanh_forward`; returns grad_x like x, at most as large as grad_y.
    """
    (y,) = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    return grad_y * (1 - y * y)
