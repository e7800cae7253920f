"""Max pooling, a few images at a time."""

import math

import numpy as np

from solutions.fast.blocking import blocks_of
from solutions.pooling import padded_map, pool_window, window_corners, without_padding
from solutions.validation import require_shape


def maxpool2d_forward(
    x: np.ndarray,
    kernel: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
    padding: int | tuple[int, int] = 0,
) -> tuple[np.ndarray, tuple]:
    """Keep the largest number of each window.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    kernel : int or (kH, kW)
    stride : int or (height, width), optional
        Without it the windows lie side by side: stride = kernel.
    padding : int or (height, width)
        Rows and columns of -inf on each side, at most half the kernel, so that no window holds nothing else.

    Returns
    -------
    y : array of shape (N, C, H', W')
        Rows and columns that fill no window at the lower right are left out.
    cache : tuple
        For `maxpool2d_backward`.

    Raises
    ------
    ValueError
        If x is not a batch of images, an option is out of its range, or the window is larger than the padded image.

    Notes
    -----
    The largest of a window is found by comparing whole shifted maps, one for each position in the window.
    """
    window = pool_window(x, kernel, stride, padding)
    padded = padded_map(x, window, -np.inf)
    y = np.empty_like(next(window_corners(padded, window)))
    for block in image_blocks(padded):
        corners, largest = window_corners(padded[block], window), y[block]
        largest[...] = next(corners)
        for seen in corners:
            np.maximum(largest, seen, out=largest)
    return y, (padded, y, x.shape, window)


def maxpool2d_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Give each gradient to the pixel that was the largest of its window.

    Parameters
    ----------
    grad_y : array of shape (N, C, H', W')
    cache : tuple
        From `maxpool2d_forward`.

    Returns
    -------
    array of shape (N, C, H, W)
        Of equal largest pixels one takes all, here the first, row by row: grad_x and grad_y have the same sum.
    """
    padded, y, x_shape, window = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    grad_padded = np.zeros_like(padded, dtype=np.result_type(padded, grad_y))
    kernel, stride, *_ = window
    overlap = stride[0] < kernel[0] or stride[1] < kernel[1]
    for block in image_blocks(padded):
        free = np.ones_like(y[block], dtype=bool)  # windows whose largest pixel is not found yet
        corners = window_corners(padded[block], window)
        for seen, place in zip(corners, window_corners(grad_padded[block], window), strict=True):
            first = (seen == y[block]) & free
            free ^= first
            if overlap:
                place += grad_y[block] * first
            else:
                np.multiply(grad_y[block], first, out=place)
    return without_padding(grad_padded, x_shape, window)


def image_blocks(padded: np.ndarray) -> list[slice]:
    """Slices of images that fill the cache."""
    return blocks_of(len(padded), math.prod(padded.shape[1:]) * padded.itemsize)
