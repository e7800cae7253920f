"""The three linear maps behind every convolution, on channels-last images: gather, scatter and the weights' gradient.

Images are NCHW by shape everywhere in this package, but (N, H, W, C) in memory: the channels of a pixel lie side by
side, so patches are copied in long pieces and every product is one large matrix multiplication.
"""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.fast.blocking import blocks_of
from solutions.fast.winograd import winograd_gather, winograd_pays, winograd_weight_gradient


def pad_channels_last(x: np.ndarray, padding: tuple[int, int]) -> np.ndarray:
    """Copy NCHW images into a zero frame in channels-last memory: (N, H + 2p, W + 2q, C)."""
    n, channels, height, width = x.shape
    p, q = padding
    padded = np.zeros((n, height + 2 * p, width + 2 * q, channels), x.dtype)
    padded[:, p : p + height, q : q + width] = x.transpose(0, 2, 3, 1)
    return padded


def patches_of(padded: np.ndarray, kernel: tuple, stride: tuple, dilation: tuple) -> np.ndarray:
    """View every receptive field, without a copy: (N, H', W', kH, kW, C)."""
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    windows = sliding_window_view(padded, reach, axis=(1, 2))  # (N, ., ., C, reach, reach)
    windows = windows[:, :: stride[0], :: stride[1], :, :: dilation[0], :: dilation[1]]
    return windows.transpose(0, 1, 2, 4, 5, 3)


def columns_of(patches: np.ndarray) -> np.ndarray:
    """Copy patches into a matrix with one row for each: (N H' W', kH kW C)."""
    n, height, width, *patch = patches.shape
    if patch[-1] * patch[-2] > 9:
        return patches.reshape(n * height * width, math.prod(patch))
    # A line of the image is longer than a line of a patch: copy along the lines, patches side by side, and transpose.
    return patches.transpose(3, 4, 5, 0, 1, 2).reshape(math.prod(patch), n * height * width).T


def patch_blocks(patches: np.ndarray) -> list[slice]:
    """Slices of images whose patches fill the cache; the first axis is the image."""
    return blocks_of(len(patches), math.prod(patches.shape[1:]) * patches.itemsize)


def corner(padded: np.ndarray, i: int, j: int, size: tuple, stride: tuple, dilation: tuple) -> np.ndarray:
    """View the pixels that kernel position (i, j) meets: (N, H', W', C)."""
    top, left = i * dilation[0], j * dilation[1]
    return padded[:, top : top + stride[0] * size[0] : stride[0], left : left + stride[1] * size[1] : stride[1]]


def gather(
    padded: np.ndarray, weight: np.ndarray, stride: tuple, dilation: tuple, bias: np.ndarray | float = 0
) -> np.ndarray:
    """Multiply every patch by the weight (F, C, kH, kW) and add the bias: (N, H', W', F)."""
    filters, _, *kernel = weight.shape
    size = patches_of(padded, tuple(kernel), stride, dilation).shape[1:3]
    if winograd_pays(weight.shape, size, stride, dilation):
        return winograd_gather(padded, weight, bias)
    together = outputs_together(filters, kernel[1], size, stride, dilation)
    patches = wide_patches(padded, tuple(kernel), stride, dilation, together)
    matrix, biases = banded(weight, together), np.broadcast_to(bias, (together, filters)).ravel()
    y = np.empty((*patches.shape[:3], together * filters), np.result_type(padded, weight, bias))
    for block in patch_blocks(patches):
        rows = y[block].reshape(-1, together * filters)
        np.matmul(columns_of(patches[block]), matrix, out=rows)
        rows += biases
    return y.reshape(len(y), *size, filters)


def scatter(
    grad: np.ndarray,
    weight: np.ndarray,
    size: tuple,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    bias: np.ndarray | float = 0,
) -> np.ndarray:
    """Transpose of `gather`: give grad (N, H', W', F) back to the pixels of (N, *size, C), and add the bias."""
    filters, channels, *kernel = weight.shape
    small = kernel == [3, 3] and 4 < channels <= 16 and (*stride, *dilation) == (1, 1, 1, 1)
    frame = kernel[0] - 1 - padding[0], kernel[1] - 1 - padding[1]
    if (small or winograd_pays(weight.shape, size, stride, dilation)) and min(frame) >= 0:
        # With stride 1 this is a convolution itself: of grad in a frame, with the kernels turned round.
        framed = pad_channels_last(grad.transpose(0, 3, 1, 2), frame)
        return gather(framed, weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), stride, dilation, bias)
    if channels <= 4:
        return scatter_planes(grad, weight, size, stride, padding, dilation, bias)
    n, *grad_size, _ = grad.shape
    (p, q), kernels = padding, np.ascontiguousarray(weight.transpose(2, 3, 0, 1))  # (kH, kW, F, C)
    padded = np.empty((n, size[0] + 2 * p, size[1] + 2 * q, channels), np.result_type(grad, weight, bias))
    padded[...] = bias
    for block in blocks_of(n, math.prod(grad.shape[1:]) * grad.itemsize):
        rows = grad[block].reshape(-1, filters)
        for i, j in np.ndindex(*kernel):
            place = corner(padded[block], i, j, tuple(grad_size), stride, dilation)
            place += (rows @ kernels[i, j]).reshape(place.shape)
    return padded[:, p : p + size[0], q : q + size[1]]


def scatter_planes(
    grad: np.ndarray,
    weight: np.ndarray,
    size: tuple,
    stride: tuple,
    padding: tuple,
    dilation: tuple,
    bias: np.ndarray | float,
) -> np.ndarray:
    """Do what `scatter` does for very few channels: one product for all of them, added plane by plane."""
    n, *grad_size, filters = grad.shape
    (p, q), (_, channels, *kernel) = padding, weight.shape
    planes = np.zeros((channels, n, size[0] + 2 * p, size[1] + 2 * q), np.result_type(grad, weight, bias))
    matrix = weight.transpose(2, 3, 1, 0).reshape(-1, filters)
    for block in blocks_of(n, math.prod(grad_size) * len(matrix) * grad.itemsize):
        products = (matrix @ grad[block].reshape(-1, filters).T).reshape(*kernel, channels, -1, *grad_size)
        for i, j in np.ndindex(*kernel):
            for plane, part in zip(planes, products[i, j], strict=True):
                place = corner(plane[block][..., None], i, j, tuple(grad_size), stride, dilation)
                place += part[..., None]
    return np.ascontiguousarray(planes[:, :, p : p + size[0], q : q + size[1]].transpose(1, 2, 3, 0)) + bias


def weight_gradient(padded: np.ndarray, grad: np.ndarray, kernel: tuple, stride: tuple, dilation: tuple) -> np.ndarray:
    """Sum over all positions of patch times gradient: (F, C, kH, kW)."""
    filters, channels = grad.shape[3], padded.shape[3]
    size = grad.shape[1:3]
    if winograd_pays((filters, channels, *kernel), size, stride, dilation):
        return winograd_weight_gradient(padded, grad, kernel[0])
    together = outputs_together(filters, kernel[1], size, stride, dilation)
    patches = wide_patches(padded, kernel, stride, dilation, together)
    total = np.zeros((math.prod(patches.shape[3:]), together * filters), np.result_type(padded, grad))
    for block in patch_blocks(patches):
        total += columns_of(patches[block]).T @ grad[block].reshape(-1, together * filters)
    wide = total.reshape(*patches.shape[3:], together, filters)
    return np.sum([wide[:, k : k + kernel[1], :, k] for k in range(together)], axis=0).transpose(3, 2, 0, 1)


def outputs_together(filters: int, width: int, size: tuple, stride: tuple, dilation: tuple) -> int:
    """How many neighbours in a row one product computes: two, when there are few filters and the row is even.

    Their patches overlap, so less is copied, and the product has more columns; but it multiplies by some zeros.
    """
    return math.gcd(2, size[1]) if filters <= 16 and width > 1 and (*stride, *dilation) == (1, 1, 1, 1) else 1


def wide_patches(padded: np.ndarray, kernel: tuple, stride: tuple, dilation: tuple, together: int) -> np.ndarray:
    """View the patches of several neighbours in a row as one: (N, H', W' / together, kH, kW + together - 1, C)."""
    return patches_of(padded, (kernel[0], kernel[1] + together - 1), (stride[0], stride[1] * together), dilation)


def banded(weight: np.ndarray, together: int) -> np.ndarray:
    """Matrix for `wide_patches`: the kernels once for each neighbour, a pixel further on: (kH (kW + .) C, . F)."""
    filters, channels, height, width = weight.shape
    matrix = np.zeros((height, width + together - 1, channels, together, filters), weight.dtype)
    for k in range(together):
        matrix[:, k : k + width, :, k] = weight.transpose(2, 3, 1, 0)
    return matrix.reshape(-1, together * filters)
