"""Winograd's fast convolution on channels-last images, with square kernels of 3, 5 or 7 pixels.

Four neighbouring outputs of a filter of r numbers, from 4 + r - 1 inputs, take 4 + r - 1 multiplications instead of
4 r: filter and outputs are the coefficients of polynomials, a product of polynomials is known from its values at so
many points, and values are multiplied one by one.  In two dimensions a tile of pixels gives 4 by 4 outputs, with 36
instead of 144 multiplications for a 3 by 3 kernel, 64 instead of 400 for 5 by 5, 100 instead of 784 for 7 by 7:

    outputs = to_output @ ((to_input @ tile @ to_input.T) * (to_kernel @ weight @ to_kernel.T)) @ to_output.T

In between, each entry of a tile is a product of matrices of its own, over channels.  Every step is linear, so the
gradient of the kernels is the transposed steps in reverse order.  Toom 1963, Cook 1966; Lavin & Gray 2016.
"""

import math
from fractions import Fraction
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.fast.blocking import blocks_of

OUTPUTS = 4  # in each direction
# The points for each size of kernel, besides infinity.  Which they are decides the rounding error alone: of small
# fractions these gave the smallest in float32, at most 6e-5 of the largest entry in a gradient of 7 by 7 kernels.
POINTS = {
    3: "0 3/4 -3/4 3/2 -3/2",
    5: "0 1 -1 1/2 -1/2 2 -2",
    7: "0 1/2 -1/2 2 -2 3/4 -3/4 4/3 -4/3",
}


def winograd_pays(weight_shape: tuple, size: tuple, stride: tuple, dilation: tuple) -> bool:
    """Whether the saved multiplications outweigh the transforms, for a correlation with `size` outputs."""
    filters, channels, height, width = weight_shape
    possible = height == width and height in POINTS and (*stride, *dilation) == (1, 1, 1, 1)
    return possible and min(size) >= 3 and min(filters, channels) * height >= 80


def winograd_gather(padded: np.ndarray, weight: np.ndarray, bias: np.ndarray | float = 0) -> np.ndarray:
    """Multiply every patch by the weight (F, C, r, r) and add the bias: (N, H', W', F)."""
    filters, channels, r, _ = weight.shape
    size = [length - r + 1 for length in padded.shape[1:3]]
    to_input, to_kernel, to_output = transforms(r, np.result_type(padded, weight, np.float16))
    kernels = on_both_axes(to_kernel, weight.transpose(2, 3, 1, 0)).reshape(-1, channels, filters)
    tiles = tiles_of(padded, r)
    n, rows, columns = tiles.shape[2:5]
    y = np.empty((n, rows, OUTPUTS, columns, OUTPUTS, filters), np.result_type(kernels, bias))
    for block in tile_blocks(tiles, filters):
        products = on_both_axes(to_input, tiles[:, :, block]).reshape(len(kernels), -1, channels) @ kernels
        outputs = on_both_axes(to_output, products.reshape(*tiles.shape[:2], -1, rows, columns, filters))
        np.add(outputs.transpose(2, 3, 0, 4, 1, 5), bias, out=y[block])
    return y.reshape(n, OUTPUTS * rows, OUTPUTS * columns, filters)[:, : size[0], : size[1]]


def winograd_weight_gradient(padded: np.ndarray, grad: np.ndarray, r: int) -> np.ndarray:
    """Sum over all positions of patch times gradient: (F, C, r, r)."""
    channels, filters = padded.shape[3], grad.shape[3]
    to_input, to_kernel, to_output = transforms(r, np.result_type(padded, grad, np.float16))
    tiles = tiles_of(padded, r)
    n, rows, columns = tiles.shape[2:5]
    outputs = enlarged(grad, OUTPUTS * rows, OUTPUTS * columns).reshape(n, rows, OUTPUTS, columns, OUTPUTS, filters)
    outputs = outputs.transpose(2, 4, 0, 1, 3, 5)
    total = np.zeros((math.prod(tiles.shape[:2]), channels, filters), to_input.dtype)
    for block in tile_blocks(tiles, filters):
        inputs = on_both_axes(to_input, tiles[:, :, block]).reshape(len(total), -1, channels)
        grads = on_both_axes(to_output.T, outputs[:, :, block]).reshape(len(total), -1, filters)
        total += inputs.transpose(0, 2, 1) @ grads
    return on_both_axes(to_kernel.T, total.reshape(*tiles.shape[:2], channels, filters)).transpose(3, 2, 0, 1)


def tiles_of(padded: np.ndarray, r: int) -> np.ndarray:
    """View all tiles, OUTPUTS pixels apart, of an image that ends with a whole tile: (t, t, N, rows, columns, C)."""
    t = OUTPUTS + r - 1
    height, width = (-(-(length - r + 1) // OUTPUTS) * OUTPUTS + r - 1 for length in padded.shape[1:3])
    tiles = sliding_window_view(enlarged(padded, height, width), (t, t), axis=(1, 2))[:, ::OUTPUTS, ::OUTPUTS]
    return tiles.transpose(4, 5, 0, 1, 2, 3)


def enlarged(images: np.ndarray, height: int, width: int) -> np.ndarray:
    """Add rows and columns of zeros at the lower right."""
    more = height - images.shape[1], width - images.shape[2]
    return np.pad(images, ((0, 0), (0, more[0]), (0, more[1]), (0, 0))) if any(more) else images


def on_both_axes(matrix: np.ndarray, tiles: np.ndarray) -> np.ndarray:
    """Multiply tiles (s, s, ...) by a matrix (t, s) along both axes of a tile: (t, t, ...)."""
    t, s = matrix.shape
    half = (matrix @ tiles.reshape(s, -1)).reshape(t, s, -1)
    return (matrix @ half).reshape(t, t, *tiles.shape[2:])


def tile_blocks(tiles: np.ndarray, filters: int) -> list[slice]:
    """Slices of images whose transformed tiles fill the cache."""
    side, _, n, rows, columns, channels = tiles.shape
    return blocks_of(n, side**2 * rows * columns * max(channels, filters) * tiles.itemsize, 2**20)


@cache
def transforms(r: int, dtype: np.dtype) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Matrices for input (t, t), kernel (t, r) and output (OUTPUTS, t) of one axis; not to be changed.

    Each row of the kernel's matrix and each column of the output's evaluates a polynomial at one of the points; the
    row of the input's has the coefficients of the polynomial that is 0 at all others.  The last is for infinity.
    """
    points = [Fraction(point) for point in POINTS[r].split()]
    t = len(points) + 1
    to_input, to_kernel, to_output = np.zeros((t, t)), np.zeros((t, r)), np.zeros((OUTPUTS, t))
    for i, point in enumerate(points):
        others = points[:i] + points[i + 1 :]
        to_input[i, :-1] = with_roots(others)
        to_kernel[i] = [point**power / math.prod(point - other for other in others) for power in range(r)]
        to_output[:, i] = [point**power for power in range(OUTPUTS)]
    to_input[-1] = with_roots(points)
    to_kernel[-1, -1] = to_output[-1, -1] = 1
    return to_input.astype(dtype), to_kernel.astype(dtype), to_output.astype(dtype)


def with_roots(roots: list[Fraction]) -> list[Fraction]:
    """Coefficients, the constant first, of the polynomial with leading coefficient 1 and these roots."""
    coefficients = [Fraction(1)]
    for root in roots:
        shifted, scaled = [Fraction(0), *coefficients], [*coefficients, Fraction(0)]
        coefficients = [a - root * b for a, b in zip(shifted, scaled, strict=True)]
    return coefficients
