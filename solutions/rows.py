"""Batches as rows of a matrix, to be worked through in parts that stay in the processor's cache.

A vector of one number for each channel is repeated to the length of a row, so that every operation runs over long
pieces of memory.
"""

import numpy as np

from solutions.parts import parts_of


def as_rows(x: np.ndarray) -> np.ndarray:
    """View (N, D) as it is and images as (N H, W C), a row of pixels in a row; a copy only if not channels-last."""
    if x.ndim == 2:
        return x
    n, channels, height, width = x.shape
    return x.transpose(0, 2, 3, 1).reshape(n * height, width * channels)


def from_rows(rows: np.ndarray, shape: tuple) -> np.ndarray:
    """Undo `as_rows`: arrays of the given shape, channels-last in memory."""
    if len(shape) == 2:
        return rows
    n, channels, height, width = shape
    return rows.reshape(n, height, width, channels).transpose(0, 3, 1, 2)


def along_rows(vector: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Repeat one number for each channel along a row."""
    return np.tile(vector, rows.shape[1] // len(vector))


def channel_sum(rows: np.ndarray, channels: int) -> np.ndarray:
    """Sum rows for each channel.

    The product with ones is faster than `sum`, and adding short sums in float64 keeps the digits of float32.
    """
    total = np.zeros(rows.shape[1])
    for part in row_parts(rows):
        few = rows[part]
        total += np.ones(len(few), few.dtype) @ few
    return total.reshape(-1, channels).sum(axis=0).astype(np.result_type(rows, np.float16))


def row_parts(rows: np.ndarray) -> list[slice]:
    """Slices of rows that fill the cache, together with what is made of them."""
    return parts_of(len(rows), rows.shape[1] * rows.itemsize, 2**18)
