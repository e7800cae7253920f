"""PReLU: a leaky ReLU whose slopes are trained, one for each channel."""

import numpy as np

from solutions.shape import require_shape


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
    He et al. 2015; seeds S1-8, C27.
    """
    if x.ndim < 2:
        raise ValueError(f"x has shape {x.shape}, needs at least 2 axes: axis 1 holds the channels")
    require_shape("slope", slope, x.shape[1:2], "one slope for each channel of axis 1")
    wide_slope = slope.reshape(-1, *[1] * (x.ndim - 2))  # (C, 1, ..., 1) meets x from the right
    return np.where(x > 0, x, wide_slope * x), (x, wide_slope)


def prelu_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of PReLU: the slope gathers x grad_y over all negative inputs of its channel.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `prelu_forward`.

    Returns
    -------
    grad_x : array like x
    grad_slope : array of shape (C,)
    """
    x, wide_slope = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    grad_x = np.where(x > 0, grad_y, wide_slope * grad_y)
    other_axes = (0, *range(2, x.ndim))
    grad_slope = (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
    return grad_x, grad_slope
