"""Batch norm: each channel gets mean 0 and variance 1 over the batch, then a trained scale and shift.

It works in parts that stay in the cache; `plain_batchnorm` says the same in a few lines of whole arrays.
"""

import numpy as np

from solutions.plain_batchnorm import spatial_batchnorm_backward, spatial_batchnorm_forward
from solutions.rows import along_rows, as_rows, by_channel, from_rows, row_parts, row_sum
from solutions.shape import require_mode, require_shape

__all__ = [
    "batchnorm_backward",
    "batchnorm_backward_staged",
    "batchnorm_forward",
    "batchnorm_grad_x",
    "batchnorm_param_count",
    "fold_batchnorm",
    "spatial_batchnorm_backward",
    "spatial_batchnorm_forward",
]


def batchnorm_forward(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple[np.ndarray, np.ndarray] | None,
    *,
    training: bool,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple, tuple[np.ndarray, np.ndarray]]:
    """Normalize each channel by the batch (training) or by running statistics (inference), then scale and shift.

    Parameters
    ----------
    x : array of shape (N, D) or (N, C, H, W)
    scale, shift : arrays of shape (D,) or (C,)
    running : (mean, var), arrays like scale, or None
        None is the start: mean 0, variance 1.
    training : bool
        Training updates the running statistics, inference uses and keeps them.
    alpha : float
        Weight of the old running value: new = alpha * old + (1 - alpha) * batch.
    eps : float
        Added to the variance, inside the square root.

    Returns
    -------
    y : array like x
    cache : tuple
        For `batchnorm_backward`.
    running : (mean, var)
        New arrays; the given ones are not changed.

    Raises
    ------
    ValueError
        If x has neither shape, a vector does not fit it, alpha is outside [0, 1], eps is not positive, or training
        is neither True nor False.

    Notes
    -----
    Biased variance, in the running value too: PyTorch keeps the unbiased one, N / (N - 1) times larger, and its
    momentum is 1 - alpha.  Ioffe & Szegedy 2015, algorithms 1 and 2.  Seeds S0-20 to S0-24, S1-22, S1-23, S2-19,
    S2-21, S4-22.
    """
    require_mode(training)
    running = checked_running(x, scale, shift, running, alpha, eps)
    rows = as_rows(x)
    mean, var = running
    if training:
        mean, var = channel_moments(rows, len(scale))
        running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
    factor = 1 / np.sqrt(var + eps)
    slope, offset = (along_rows(vector, rows) for vector in (scale * factor, shift - scale * factor * mean))
    y = np.empty(rows.shape, np.result_type(rows, slope, offset))
    for part in row_parts(rows):
        np.multiply(rows[part], slope, out=y[part])
        y[part] += offset
    return from_rows(y, x.shape), (x, mean, factor, scale, training), running


def batchnorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of batch norm, simplified to one expression.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `batchnorm_forward`.

    Returns
    -------
    grad_x : array like x
    grad_scale, grad_shift : arrays like scale

    Notes
    -----
    In training, mean and variance depend on x too: what shifts or scales the whole batch is taken out of the gradient.
    In inference they are constants.  Ioffe & Szegedy 2015, section 3; seeds S1-22, S4-23.
    """
    x, mean, factor, scale, training = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    rows, grad = as_rows(x), as_rows(grad_y)
    middle, slope = along_rows(mean, rows), along_rows(scale * factor, rows)
    sums = np.zeros((2, rows.shape[1]))
    for part in row_parts(rows):
        sums[0] += row_sum(grad[part])
        centered = rows[part] - middle
        centered *= grad[part]
        sums[1] += row_sum(centered)
    grad_shift, grad_scale = by_channel(sums, len(scale)).astype(slope.dtype)
    grad_scale *= factor
    if not training:
        return from_rows(grad * slope, x.shape), grad_scale, grad_shift
    count = x.size // len(scale)
    # grad_x = slope * (grad_y - grad_shift / count - tilt * (x - mean)): linear in grad_y and x.
    tilt = factor * grad_scale / count
    offset = along_rows(grad_shift / count - tilt * mean, rows) * slope
    tilt = along_rows(tilt, rows) * slope
    grad_x = np.empty(rows.shape, np.result_type(grad, slope))
    for part in row_parts(rows):
        np.multiply(grad[part], slope, out=grad_x[part])
        taken = rows[part] * tilt
        taken += offset
        grad_x[part] -= taken
    return from_rows(grad_x, x.shape), grad_scale, grad_shift


def batchnorm_backward_staged(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of batch norm in training, one step of the forward pass after the other; equal to `batchnorm_backward`.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `batchnorm_forward` with training=True.

    Returns
    -------
    grad_x : array like x
    grad_scale, grad_shift : arrays like scale

    Raises
    ------
    ValueError
        If the cache is from inference.
    """
    x, mean, factor, scale, training = cache
    if not training:
        raise ValueError("the cache is from inference, needs training=True: only there do the statistics depend on x")
    axes, count = batch_axes(x), x.size // len(scale)
    centered = x - along(mean, x)
    # y = scale * normalized + shift
    grad_shift = grad_y.sum(axis=axes)
    grad_scale = (grad_y * centered * along(factor, grad_y)).sum(axis=axes)
    grad_normalized = grad_y * along(scale, grad_y)
    # normalized = centered * factor,  factor = (var + eps) ** -1/2
    grad_centered = grad_normalized * along(factor, grad_y)
    grad_factor = (grad_normalized * centered).sum(axis=axes)
    grad_var = -0.5 * factor**3 * grad_factor
    # var = mean of centered ** 2
    grad_centered = grad_centered + along(2 / count * grad_var, grad_y) * centered
    # centered = x - mean of x
    grad_mean = -grad_centered.sum(axis=axes)
    return grad_centered + along(grad_mean / count, grad_y), grad_scale, grad_shift


def batchnorm_grad_x(grad_y: np.ndarray, normalized: np.ndarray, factor: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the gradient of the input of batch norm in one formula.

    Parameters
    ----------
    grad_y : array of shape (N, D)
    normalized : array of shape (N, D)
        (x - mean) * factor.
    factor : array of shape (D,)
        1 / sqrt(var + eps).
    scale : array of shape (D,)

    Returns
    -------
    grad_x : array of shape (N, D)

    Notes
    -----
    factor * scale * (grad_y - mean of grad_y - normalized * mean of grad_y * normalized), means over the batch.
    Ioffe & Szegedy 2015, section 3, simplified; seeds S1-22, S4-23.
    """
    tilt = normalized * (grad_y * normalized).mean(axis=0)
    return factor * scale * (grad_y - grad_y.mean(axis=0) - tilt)


def fold_batchnorm(
    weight: np.ndarray,
    bias: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple[np.ndarray, np.ndarray],
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray]:
    """Put the batch norm that follows a layer into the layer's own weight and bias, for inference.

    Parameters
    ----------
    weight : array of shape (D, M) or (F, C, kH, kW)
        Of the linear layer or convolution in front of the batch norm.
    bias : array of shape (M,) or (F,)
    scale, shift : arrays like bias
    running : (mean, var), arrays like bias
    eps : float

    Returns
    -------
    weight, bias : arrays
        Of the one layer that does the work of both.

    Raises
    ------
    ValueError
        If weight has neither shape or a vector does not fit it.

    Notes
    -----
    At inference batch norm is scale / sqrt(var + eps) * (y - mean) + shift, which is linear.  Seed S1-23.
    """
    if np.ndim(weight) not in (2, 4):
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (D, M) or (F, C, kH, kW)")
    outputs = weight.shape[1] if weight.ndim == 2 else weight.shape[0]
    mean, var = running
    for name, vector in (("bias", bias), ("scale", scale), ("shift", shift), ("mean", mean), ("var", var)):
        require_shape(name, vector, (outputs,), "one number for each output")
    factor = scale / np.sqrt(var + eps)
    folded = weight * factor if weight.ndim == 2 else weight * factor[:, None, None, None]
    return folded, (bias - mean) * factor + shift


def batchnorm_param_count(channels: int) -> tuple[int, int]:
    """Count what batch norm holds: scale and shift are trained, mean and variance are measured.

    Parameters
    ----------
    channels : int

    Returns
    -------
    trained, buffers : int
        Together four numbers for each channel.

    Raises
    ------
    ValueError
        If channels is less than 1.

    Notes
    -----
    Seed S0-25.
    """
    if channels < 1:
        raise ValueError(f"channels is {channels}, needs to be at least 1")
    return 2 * channels, 2 * channels


def batch_axes(x: np.ndarray) -> tuple[int, ...]:
    """All axes but the channels: those that share a mean."""
    return (0, *range(2, x.ndim))


def along(vector: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Shape a vector of C numbers so that it multiplies axis 1 of x."""
    return vector.reshape(-1, *[1] * (x.ndim - 2))


def channel_moments(rows: np.ndarray, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel."""
    count, dtype = rows.size // channels, np.result_type(rows, np.float16)
    mean = by_channel(sum(row_sum(rows[part]) for part in row_parts(rows)), channels) / count
    middle = along_rows(mean.astype(dtype), rows)
    squares = 0
    for part in row_parts(rows):
        centered = rows[part] - middle
        squares += row_sum(np.square(centered, out=centered))
    return mean.astype(dtype), (by_channel(squares, channels) / count).astype(dtype)


def checked_running(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, running: tuple | None, alpha: float, eps: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the running statistics, at the start mean 0 and variance 1; raises ValueError unless all arguments fit."""
    if np.ndim(x) not in (2, 4):
        raise ValueError(f"x has shape {np.shape(x)}, needs (N, D) or (N, C, H, W)")
    if x.size == 0:
        raise ValueError(f"x has shape {x.shape}, needs at least one number: an empty batch has no mean")
    if not 0 <= alpha <= 1:
        raise ValueError(f"alpha is {alpha}, needs 0 <= alpha <= 1: it is the weight of the old running value")
    if not eps > 0:
        raise ValueError(f"eps is {eps}, needs to be positive: it keeps the division from 0 where all are equal")
    dtype = np.result_type(x, np.float16)
    mean, var = (np.zeros(x.shape[1], dtype), np.ones(x.shape[1], dtype)) if running is None else running
    for name, vector in (("scale", scale), ("shift", shift), ("running mean", mean), ("running var", var)):
        require_shape(name, vector, x.shape[1:2], "one number for each channel")
    return np.asarray(mean, dtype), np.asarray(var, dtype)  # in the precision of x
