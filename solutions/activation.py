"""Activations: element by element, any shape, and no trained parameter except in PReLU and maxout.

Every operation is a pair: `y, cache = name_forward(x)` and `grad_x = name_backward(grad_y, cache)`.  All are finite for
every finite input, because `exp` is only taken of numbers that are at most 0.
"""

import numpy as np

from solutions.maxout import maxout_backward, maxout_forward
from solutions.prelu import prelu_backward, prelu_forward
from solutions.shape import require_shape
from solutions.smooth_activation import (
    gelu_backward,
    gelu_forward,
    selu_backward,
    selu_forward,
    sigmoid,
    silu_backward,
    silu_forward,
)
from solutions.softplus import softplus_backward, softplus_forward, softplus_series

__all__ = [
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "maxout_backward",
    "maxout_forward",
    "prelu_backward",
    "prelu_forward",
    "relu_backward",
    "relu_forward",
    "selu_backward",
    "selu_forward",
    "sigmoid",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "softplus_series",
    "tanh_backward",
    "tanh_forward",
]


def sigmoid_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Squash into (0, 1): y = 1 / (1 + exp(-x)).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `sigmoid_backward`.

    Notes
    -----
    The form exp(x) / (1 + exp(x)) is used where x is negative, so that nothing overflows at x = -1000.
    Seeds S0-6, S1-4, S1-5, S3-8.
    """
    y = sigmoid(x)
    return y, (y,)


def sigmoid_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of the sigmoid: y (1 - y), which is at most 1/4 and vanishes at both ends.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `sigmoid_forward`.

    Returns
    -------
    grad_x : array like x
    """
    (y,) = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    return grad_y * y * (1 - y)


def tanh_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Squash into (-1, 1), zero-centred: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `tanh_backward`.

    Notes
    -----
    `np.tanh` is exact where the formula as printed divides infinity by infinity (|x| > 710).
    tanh(x) = 2 sigmoid(2x) - 1.  Seeds S0-6, S1-4, S1-6, S3-8, C35.
    """
    y = np.tanh(x)
    return y, (y,)


def tanh_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of tanh: 1 - y**2.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `tanh_forward`.

    Returns
    -------
    grad_x : array like x
    """
    (y,) = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    return grad_y * (1 - y * y)


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Keep what is positive: y = max(0, x).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `relu_backward`.

    Notes
    -----
    Nair & Hinton 2010; seeds S0-6, S1-7.
    """
    return np.maximum(x, 0), (x,)


def relu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of ReLU: what arrived at a positive input passes, the rest stops.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `relu_forward`.

    Returns
    -------
    grad_x : array like x

    Notes
    -----
    At x = 0 there is no derivative; the course (and PyTorch) sets it to 0.  Seed C28.
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * (x > 0)


def leaky_relu_forward(x: np.ndarray, *, slope: float = 0.01) -> tuple[np.ndarray, tuple]:
    """Let a little of the negative side through: y = x where x > 0, slope * x elsewhere.

    Parameters
    ----------
    x : array of any shape
    slope : float
        Factor of the negative side.

    Returns
    -------
    y : array like x
    cache : tuple
        For `leaky_relu_backward`.

    Notes
    -----
    max(slope * x, x) is the same function only for slopes from 0 to 1.  Maas 2013; seeds S0-6, S0-7 (0.1 in the
    figure), S1-8 (0.01), C27.
    """
    return np.where(x > 0, x, slope * x), (x, slope)


def leaky_relu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of leaky ReLU: 1 where x > 0, slope elsewhere.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `leaky_relu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    x, slope = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return np.where(x > 0, grad_y, slope * grad_y)


def elu_forward(x: np.ndarray, *, alpha: float = 1.0) -> tuple[np.ndarray, tuple]:
    """Bend the negative side down to -alpha: y = x where x > 0, alpha (exp(x) - 1) elsewhere.

    Parameters
    ----------
    x : array of any shape
    alpha : float
        Minus the limit at the far left.

    Returns
    -------
    y : array like x
    cache : tuple
        For `elu_backward`.

    Notes
    -----
    `expm1` keeps the digits near 0 that exp(x) - 1 cancels.  Clevert et al. 2015; seeds S0-6, S1-9.
    """
    # np.where computes both sides: exp must not see the large positive inputs.
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, (x, alpha)


def elu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of ELU: 1 where x > 0, alpha exp(x) elsewhere.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `elu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    x, alpha = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))
