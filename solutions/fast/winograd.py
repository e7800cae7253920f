"""Winograd's F(2x2, 3x3) on channels-last images: a 3 by 3 convolution with 16 multiplications where there were 36.

Two neighbouring outputs of a filter of three, from four inputs, take four multiplications instead of six.  In two
dimensions, tiles of 4 by 4 pixels, two pixels apart, give outputs of 2 by 2.  Tiles, kernels and outputs are multiplied
by fixed matrices, and in between each of the 16 entries is a product of its own:

    outputs = OUTPUT @ ((INPUT @ tiles) @ (KERNEL @ kernels))

Every step is linear, so the gradient of the kernels is the transposed steps in reverse order.  Lavin & Gray 2016.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.fast.blocking import blocks_of

ROW_INPUT = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])
ROW_KERNEL = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])
ROW_OUTPUT = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])
INPUT = np.kron(ROW_INPUT, ROW_INPUT)  # (16, 16), on the pixels of a tile in one row
KERNEL = np.kron(ROW_KERNEL, ROW_KERNEL)  # (16, 9)
OUTPUT = np.kron(ROW_OUTPUT, ROW_OUTPUT)  # (4, 16)


def winograd_gather(padded: np.ndarray, weight: np.ndarray, bias: np.ndarray | float = 0) -> np.ndarray:
    """Multiply every 3 by 3 patch by the weight (F, C, 3, 3) and add the bias: (N, H', W', F)."""
    size = padded.shape[1] - 2, padded.shape[2] - 2
    padded, filters, channels = even(padded), *weight.shape[:2]
    kernels = KERNEL.astype(weight.dtype) @ weight.transpose(2, 3, 1, 0).reshape(9, -1)
    kernels = kernels.reshape(16, channels, filters)
    output = OUTPUT.astype(kernels.dtype)
    n, rows, columns = len(padded), padded.shape[1] // 2 - 1, padded.shape[2] // 2 - 1
    y = np.empty((n, rows, 2, columns, 2, filters), np.result_type(padded, weight, bias))
    tiles, transform = tiles_of(padded), INPUT.astype(padded.dtype)
    for part in tile_blocks(padded, filters):
        products = transformed(tiles[:, :, part], transform) @ kernels  # (16, tiles, F)
        outputs = (output @ products.reshape(16, -1)).reshape(2, 2, -1, rows, columns, filters)
        np.add(outputs.transpose(2, 3, 0, 4, 1, 5), bias, out=y[part])
    return y.reshape(n, 2 * rows, 2 * columns, filters)[:, : size[0], : size[1]]


def winograd_weight_gradient(padded: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """Sum over all positions of patch times gradient: (F, C, 3, 3)."""
    padded, grad = even(padded), even(grad)
    channels, (_, height, width, filters) = padded.shape[3], grad.shape
    back = OUTPUT.T.astype(grad.dtype)  # (16, 4)
    total = np.zeros((16, channels, filters), np.result_type(padded, grad))
    tiles, transform = tiles_of(padded), INPUT.astype(padded.dtype)
    for part in tile_blocks(padded, filters):
        outputs = grad[part].reshape(-1, height // 2, 2, width // 2, 2, filters).transpose(2, 4, 0, 1, 3, 5)
        products = (back @ outputs.reshape(4, -1)).reshape(16, -1, filters)
        total += transformed(tiles[:, :, part], transform).transpose(0, 2, 1) @ products
    gradient = KERNEL.T.astype(total.dtype) @ total.reshape(16, -1)
    return gradient.reshape(3, 3, channels, filters).transpose(3, 2, 0, 1)


def tiles_of(padded: np.ndarray) -> np.ndarray:
    """View all tiles of 4 by 4 pixels, two pixels apart: (4, 4, N, rows, columns, C)."""
    tiles = sliding_window_view(padded, (4, 4), axis=(1, 2))[:, ::2, ::2]  # (N, rows, columns, C, 4, 4)
    return tiles.transpose(4, 5, 0, 1, 2, 3)


def transformed(tiles: np.ndarray, transform: np.ndarray) -> np.ndarray:
    """Transform tiles (4, 4, ..., C) to (16, number of tiles, C)."""
    return (transform @ tiles.reshape(16, -1)).reshape(16, -1, tiles.shape[-1])


def even(images: np.ndarray) -> np.ndarray:
    """Add a row or column of zeros where their number is odd, so that tiles fill the image."""
    odd = [size % 2 for size in images.shape[1:3]]
    return np.pad(images, ((0, 0), (0, odd[0]), (0, odd[1]), (0, 0))) if any(odd) else images


def tile_blocks(padded: np.ndarray, filters: int) -> list[slice]:
    """Slices of images whose transformed tiles fill the cache: 16 numbers for every 2 by 2 pixels."""
    return blocks_of(len(padded), 4 * math.prod(padded.shape[1:3]) * max(padded.shape[3], filters) * padded.itemsize)
