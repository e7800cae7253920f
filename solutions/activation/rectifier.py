"""Rectifiers: ReLU, and those that let a little of the negative side through, by a fixed or a trained slope."""

import numpy as np

from solutions.validation import require_shape


def relu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Keep what is positive: y = max(0, x).

    Takes x of any shape; returns y like x, nowhere negative, and the cache for `relu_backward`.

    Notes
    -----
    Nair & Hinton 2010.
    """
    return np.maximum(x, 0), (x,)


def relu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of ReLU: what arrived at a positive input passes, the rest stops.

    Takes grad_y like y and the cache of `relu_forward`; returns grad_x like x.

    Notes
    -----
    At x = 0 there is no derivative; the course (and PyTorch) sets it to 0.
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * (x > 0)


def leaky_relu_forward(x: np.ndarray, *, slope: float = 0.01) -> tuple[np.ndarray, tuple]:
    """Let a little of the negative side through: y = x where x > 0, slope * x elsewhere.

    Takes x of any shape and slope, the factor of the negative side; returns y like x and the cache for
    `leaky_relu_backward`.

    Notes
    -----
    max(slope * x, x) is the same function only for slopes from 0 to 1.  Maas 2013.
    """
    return np.where(x > 0, x, slope * x), (x, slope)


def leaky_relu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of leaky ReLU: 1 where x > 0, slope elsewhere.

    Takes grad_y like y and the cache of `leaky_relu_forward`; returns grad_x like x.
    """
    x, slope = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return np.where(x > 0, grad_y, slope * grad_y)


def prelu_forward(x: np.ndarray, slope: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Multiply the negative side by a slope of the channel's own: y = x where x > 0, slope * x elsewhere.

    Parameters
    ----------
    x : array of shape (N, C) or (N, C, ...)
    slope : array of shape (C,)
        One trained number for each channel (axis 1); it may grow above 1.

    Returns
    -------
    y : array like x
    cache : tuple
        For `prelu_backward`.

    Raises
    ------
    ValueError
        If x has no channel axis or slope is not (C,).

    Notes
    -----
    He et al. 2015.
    """
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}, needs at least 2 axes: axis 1 holds the channels")
    require_shape("slope", slope, x.shape[1:2], "one slope for each channel of axis 1")
    wide_slope = slope.reshape(-1, *[1] * (x.ndim - 2))  # (C, 1, ..., 1) meets x from the right
    return np.where(x > 0, x, wide_slope * x), (x, wide_slope)


def prelu_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of PReLU: the slope gathers x grad_y over all negative inputs of its channel.

    Takes grad_y like y and the cache of `prelu_forward`; returns grad_x like x and grad_slope of shape (C,).
    """
    x, wide_slope = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    grad_x = np.where(x > 0, grad_y, wide_slope * grad_y)
    other_axes = (0, *range(2, x.ndim))
    grad_slope = (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
    return grad_x, grad_slope
