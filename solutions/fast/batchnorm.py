"""Batch norm of vectors and of images, over blocks of rows that stay in the cache."""

import numpy as np

from solutions.fast.pixel_rows import along_rows, as_rows, by_channel, from_rows, row_blocks, row_product_sum, row_sum
from solutions.validation import require_mode, require_shape

# A variance is the mean of the squares less the square of the mean, as long as no digits cancel: in one pass over x.
# Where the mean is more than 10 standard deviations from 0, it is subtracted first.
CANCELS = 100


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
    for block in row_blocks(rows):
        result = np.multiply(rows[block], slope, out=y[block])
        result += offset
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
    slope = along_rows(scale * factor, rows)
    grad_shift, grad_scale = gradient_sums(rows, grad, mean, factor)
    if not training:
        return from_rows(grad * slope, x.shape), grad_scale, grad_shift
    count = x.size // len(scale)
    # grad_x = slope * (grad_y - grad_shift / count - tilt * (x - mean)): linear in grad_y and x.
    tilt = factor * grad_scale / count
    offset, tilt = along_rows(grad_shift / count - tilt * mean, rows), along_rows(tilt, rows)
    grad_x = np.empty(rows.shape, np.result_type(grad, slope))
    for block in row_blocks(rows):
        result = np.multiply(rows[block], tilt, out=grad_x[block])
        result += offset
        np.subtract(grad[block], result, out=result)
        result *= slope
    return from_rows(grad_x, x.shape), grad_scale, grad_shift


def channel_moments(rows: np.ndarray, channels: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance of each channel."""
    count, dtype = rows.size // channels, np.result_type(rows, np.float16)
    rows = rows.astype(dtype, copy=False)
    sums = np.zeros((2, rows.shape[1]))
    for block in row_blocks(rows):
        sums[0] += row_sum(rows[block])
        sums[1] += row_product_sum(rows[block], rows[block])
    mean, square = by_channel(sums, channels) / count
    var = square - mean**2
    if np.any(mean**2 > CANCELS * var):
        middle = along_rows(mean.astype(dtype), rows)
        squares = np.zeros(rows.shape[1])
        for block in row_blocks(rows):
            centered = rows[block] - middle
            squares += row_product_sum(centered, centered)
        var = by_channel(squares, channels) / count
    return mean.astype(dtype), var.astype(dtype)


def gradient_sums(
    rows: np.ndarray, grad: np.ndarray, mean: np.ndarray, factor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums over each channel of the gradient, and of the gradient times the normalized input."""
    cancels = np.any((mean * factor) ** 2 > CANCELS)
    middle = along_rows(mean, rows)
    sums = np.zeros((2, rows.shape[1]))
    for block in row_blocks(rows):
        sums[0] += row_sum(grad[block])
        sums[1] += row_product_sum(rows[block] - middle if cancels else rows[block], grad[block])
    grad_sum, product_sum = by_channel(sums, len(mean))
    product_sum = product_sum if cancels else product_sum - mean * grad_sum
    dtype = np.result_type(grad, factor)
    return grad_sum.astype(dtype), (product_sum * factor).astype(dtype)


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
