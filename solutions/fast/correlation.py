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
    if patch[-1] > 4:
        return patches.reshape(n * height * width, math.prod(patch))
    # A line of the image is longer than a few channels: copy along the lines, patches side by side, and transpose.
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
    filters = len(weight)
    patches = patches_of(padded, weight.shape[2:], stride, dilation)
    if winograd_pays(weight.shape, patches.shape[1:3], stride, dilation):
        return winograd_gather(padded, weight, bias)
    matrix = weight.transpose(2, 3, 1, 0).reshape(-1, filters)  # (kH kW C, F), rows in the order of a patch
    y = np.empty((*patches.shape[:3], filters), np.result_type(padded, weight, bias))
    for part in patch_blocks(patches):
        columns = columns_of(patches[part])
        np.add(columns @ matrix, bias, out=y[part].reshape(-1, filters))
    return y


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
    if winograd_pays(weight.shape, size, stride, dilation) and max(padding) < weight.shape[2]:
        # With stride 1 this is a convolution itself: of grad in a frame, with the kernels turned round.
        frame = weight.shape[2] - 1 - padding[0], weight.shape[3] - 1 - padding[1]
        framed = pad_channels_last(grad.transpose(0, 3, 1, 2), frame)
        return winograd_gather(framed, weight[:, :, ::-1, ::-1].transpose(1, 0, 2, 3), bias)
    n, *grad_size, filters = grad.shape
    (p, q), kernels = padding, np.ascontiguousarray(weight.transpose(2, 3, 0, 1))  # (kH, kW, F, C)
    padded = np.empty((n, size[0] + 2 * p, size[1] + 2 * q, weight.shape[1]), np.result_type(grad, weight, bias))
    padded[...] = bias
    for part in blocks_of(n, math.prod(grad.shape[1:]) * grad.itemsize):
        rows = grad[part].reshape(-1, filters)
        for i, j in np.ndindex(kernels.shape[:2]):
            place = corner(padded[part], i, j, tuple(grad_size), stride, dilation)
            place += (rows @ kernels[i, j]).reshape(place.shape)
    return padded[:, p : p + size[0], q : q + size[1]]


def weight_gradient(padded: np.ndarray, grad: np.ndarray, kernel: tuple, stride: tuple, dilation: tuple) -> np.ndarray:
    """Sum over all positions of patch times gradient: (F, C, kH, kW)."""
    filters, channels = grad.shape[3], padded.shape[3]
    if winograd_pays((filters, channels, *kernel), grad.shape[1:3], stride, dilation):
        return winograd_weight_gradient(padded, grad, kernel[0])
    patches = patches_of(padded, kernel, stride, dilation)
    total = np.zeros((kernel[0] * kernel[1] * channels, filters), np.result_type(padded, grad))
    for part in patch_blocks(patches):
        columns = columns_of(patches[part])
        total += columns.T @ grad[part].reshape(-1, filters)
    return total.reshape(*kernel, channels, filters).transpose(3, 2, 0, 1)
