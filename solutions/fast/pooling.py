"""Max pooling, a few images at a time."""

import math

import numpy as np

from solutions import pooling
from solutions.fast.blocking import blocks_of
from solutions.fast.twin import fast_version_of
from solutions.pooling import padded_map, pool_window, window_corners, without_padding
from solutions.validation import IntOrPair, require_shape


@fast_version_of(pooling.maxpool2d_forward)
def maxpool2d_forward(
    x: np.ndarray, kernel: IntOrPair, stride: IntOrPair | None = None, padding: IntOrPair = 0
) -> tuple[np.ndarray, tuple]:
    """Blocks of images are small enough to stay in the processor's cache."""
    window = pool_window(x, kernel, stride, padding)
    padded = padded_map(x, window, -np.inf)
    y = np.empty_like(next(window_corners(padded, window)))
    for block in image_blocks(padded):
        corners, largest = window_corners(padded[block], window), y[block]
        largest[...] = next(corners)
        for seen in corners:
            np.maximum(largest, seen, out=largest)
    return y, (padded, y, x.shape, window)


@fast_version_of(pooling.maxpool2d_backward)
def maxpool2d_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Windows that do not overlap are written, not added: nothing else reaches their pixels."""
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
