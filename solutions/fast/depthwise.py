"""Depthwise and depthwise-separable convolution, a whole row of the image at a time."""

import math

import numpy as np

from solutions.convolution import separable
from solutions.convolution.separable import pointwise_conv_backward, pointwise_conv_forward, require_depthwise
from solutions.fast.blocking import blocks_of
from solutions.fast.correlation import corner, pad_channels_last, patches_of
from solutions.fast.twin import fast_version_of
from solutions.geometry import slid_shape
from solutions.validation import IntOrPair, as_pair, require_shape


@fast_version_of(separable.depthwise_conv_forward)
def depthwise_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: IntOrPair = 1, padding: IntOrPair = 0
) -> tuple[np.ndarray, tuple]:
    """Each option may be a pair (height, width).

    `conv2d_forward` with groups=C.  There is no large product to make of it: one multiplication and addition of whole
    rows for each position of the kernel.  Some texts call the pair of this and the pointwise convolution "depthwise".
    """
    stride, padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    require_depthwise(x, weight, bias)
    slid_shape(x.shape[2:], weight.shape[2:], stride, padding)
    rows = row_patches(patches_of(pad_channels_last(x, padding), weight.shape[2:], stride, (1, 1)))
    y = weighted_sums(rows, weight)
    y += bias
    return y.transpose(0, 3, 1, 2), (rows, weight, x.shape, stride, padding)


@fast_version_of(separable.depthwise_conv_backward)
def depthwise_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The gradient of x is a depthwise convolution too, of grad_y with the kernels turned round."""
    rows, weight, x_shape, stride, (p, q) = cache
    n, height, kernel_height, kernel_width, length = rows.shape
    channels, size = len(weight), (height, length // len(weight))
    require_shape("grad_y", grad_y, (n, channels, *size), "one upstream number for each output")
    grad = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))  # (N, H', W', C)
    grad_rows = grad.reshape(n, height, length)
    sums = np.zeros((kernel_height, kernel_width, length), np.result_type(rows, grad))
    for block in blocks_of(n, math.prod(grad.shape[1:]) * grad.itemsize, 2**19):
        sums += np.einsum("nhuvj,nhj->uvj", rows[block], grad_rows[block])
    grad_weight = sums.reshape(kernel_height, kernel_width, -1, channels).sum(axis=2).transpose(2, 0, 1)[:, None]
    # Each pixel gathers from the outputs that it entered: a convolution of grad, its entries spread by the stride, in a
    # frame, with the kernels turned round.
    full = [x_shape[2 + axis] + 2 * (p, q)[axis] + weight.shape[2 + axis] - 1 for axis in (0, 1)]
    spread = np.zeros((n, *full, channels), grad.dtype)
    corner(spread, kernel_height - 1, kernel_width - 1, size, stride, (1, 1))[...] = grad
    met = patches_of(spread, weight.shape[2:], (1, 1), (1, 1))[:, p : p + x_shape[2], q : q + x_shape[3]]
    grad_x = weighted_sums(row_patches(met), weight[:, :, ::-1, ::-1])
    return grad_x.transpose(0, 3, 1, 2), grad_weight, grad.sum(axis=(0, 1, 2))


def row_patches(patches: np.ndarray) -> np.ndarray:
    """Order patches (N, H', W', kH, kW, C) by rows: (N, H', kH, kW, W' C); with stride 1 still a view."""
    n, height, width, *kernel, channels = patches.shape
    return patches.transpose(0, 1, 3, 4, 2, 5).reshape(n, height, *kernel, width * channels)


def weighted_sums(rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Sum over each patch times the weight (C, 1, kH, kW): (N, H', W', C).

    The weights are repeated along the row, so that numpy's inner loop runs over a whole row and writes nothing between.
    """
    n, height, *_, length = rows.shape
    kernels = np.tile(weight[:, 0].transpose(1, 2, 0), length // len(weight))  # (kH, kW, W' C)
    return np.einsum("nhuvj,uvj->nhj", rows, kernels).reshape(n, height, -1, len(weight))


@fast_version_of(separable.separable_conv_forward)
def separable_conv_forward(
    x: np.ndarray,
    depthwise: np.ndarray,
    pointwise: np.ndarray,
    bias: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
) -> tuple[np.ndarray, tuple]:
    """Each option may be a pair (height, width).

    Equals `conv2d_forward` with the kernels weight[f, c] = pointwise[f, c] * depthwise[c, 0], which take k k C F
    numbers instead of k k C + C F.
    """
    no_bias = np.zeros(len(depthwise), np.result_type(depthwise))
    between, depthwise_cache = depthwise_conv_forward(x, depthwise, no_bias, stride=stride, padding=padding)
    y, pointwise_cache = pointwise_conv_forward(between, pointwise, bias)
    return y, (depthwise_cache, pointwise_cache)


@fast_version_of(separable.separable_conv_backward)
def separable_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Through the fast depthwise part; the pointwise part is one matrix product as it is written down."""
    depthwise_cache, pointwise_cache = cache
    grad_between, grad_pointwise, grad_bias = pointwise_conv_backward(grad_y, pointwise_cache)
    grad_x, grad_depthwise, _ = depthwise_conv_backward(grad_between, depthwise_cache)
    return grad_x, grad_depthwise, grad_pointwise, grad_bias
