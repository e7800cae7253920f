"""Batch norm of vectors and of images, over blocks of rows that stay in the cache."""

import numpy as np

from solutions.fast.pixel_rows import along_rows, as_rows, by_channel, from_rows, row_blocks, row_sum
from solutions.validation import require_mode, require_shape


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
    momentum is 1 - alpha.  Ioffe & Szegedy 2015, algorithms 1 and 2.
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
    for part in row_blocks(rows):
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
    In inference they are constants.  Ioffe & Szegedy 2015, section 3.
    """
    x, mean, factor, scale, training = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    rows, grad = as_rows(x), as_rows(grad_y)
    middle, slope = along_rows(mean, rows), along_rows(scale * factor, rows)
    sums = np.zeros((2, rows.shape[1]))
    for part in row_blocks(rows):
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
    for part in row_blocks(rows):
        np.multiply(grad[part], slope, out=grad_x[part])
        taken = rows[part] * tilt
        taken += offset
        grad_x[part] -= taken
    return from_rows(grad_x, x.shape), grad_scale, grad_shift


def channel_moments(rows: np.ndarray, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel."""
    count, dtype = rows.size // channels, np.result_type(rows, np.float16)
    sums = np.zeros((2, rows.shape[1]))
    for part in row_blocks(rows):
        sums[0] += row_sum(rows[part])
    mean = by_channel(sums[0], channels) / count
    middle = along_rows(mean.astype(dtype), rows)
    for part in row_blocks(rows):
        centered = rows[part] - middle
        sums[1] += row_sum(np.square(centered, out=centered))
    return mean.astype(dtype), (by_channel(sums[1], channels) / count).astype(dtype)


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
