"""Batches as rows of a matrix, to be worked through in blocks that stay in the processor's cache.

A vector of one number for each channel is repeated to the length of a row, so that every operation runs over long
pieces of memory.
"""

import numpy as np

from solutions.fast.blocking import blocks_of


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
    """Repeat one number for each channel along a row; vectors have one pixel in a row, and nothing to repeat."""
    return vector if len(vector) == rows.shape[1] else np.tile(vector, rows.shape[1] // len(vector))


def row_sum(rows: np.ndarray) -> np.ndarray:
    """Sum of a few rows, in float64; the product with ones is faster than `sum`."""
    return (np.ones(len(rows), rows.dtype) @ rows).astype(float)


def row_product_sum(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Sum of the products of a few rows, in float64; nothing is written in between."""
    return np.einsum("ij,ij->j", rows, others).astype(float)


def by_channel(sums: np.ndarray, channels: int) -> np.ndarray:
    """Add what belongs to the same channel in the last axis, (..., W C) to (..., C)."""
    if sums.shape[-1] == channels:
        return sums
    return sums.reshape(*sums.shape[:-1], -1, channels).sum(axis=-2)


def row_blocks(rows: np.ndarray) -> list[slice]:
    """Slices of rows that fill the cache, together with what is made of them, and few enough to add up in float32.

    Some kernels of OpenBLAS add one row after the other: over 16,384 rows a sum in float32 is wrong by 6e-5 of itself,
    over 1,024 by 7e-7.
    """
    return blocks_of(len(rows), max(512, rows.shape[1] * rows.itemsize), 2**19)
