"""Batch norm of vectors and of images, over blocks of rows that stay in the cache."""

import numpy as np

from solutions.fast.pixel_rows import along_rows, as_rows, by_channel, from_rows, row_blocks, row_product_sum, row_sum
from solutions.fast.twin import fast_version_of
from solutions.normalization import batch
from solutions.validation import require_mode, require_shape

# A variance is the mean of the squares less the square of the mean, as long as no digits cancel: in one pass over x.
# Where the mean is more than 10 standard deviations from 0, it is subtracted first.
CANCELS = 100

# A batch of vectors with fewer bytes than this is in the cache anyway: its sums are formed as they are written down.
WORTH_BLOCKS = 2**16


@fast_version_of(batch.batchnorm_forward)
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
    """Images of shape (N, C, H, W) are normalized too, each channel over the batch and its pixels.

    Blocks of rows stay in the cache, and one pass over them finds both moments.
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


@fast_version_of(batch.batchnorm_backward)
def batchnorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simplified to one expression, linear in grad_y and x."""
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
    if is_small(rows, channels):
        return rows.mean(axis=0), rows.var(axis=0)
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


def is_small(rows: np.ndarray, channels: int) -> bool:
    """Whether rows are a batch of vectors, one number for each channel, for which blocks are not worth their time."""
    return rows.shape[1] == channels and rows.nbytes < WORTH_BLOCKS


def gradient_sums(
    rows: np.ndarray, grad: np.ndarray, mean: np.ndarray, factor: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums over each channel of the gradient, and of the gradient times the normalized input."""
    if is_small(rows, len(mean)):
        return grad.sum(axis=0), (grad * (rows - mean)).sum(axis=0) * factor
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
