"""Convolution by a few large matrix products: patches are copied a few images at a time (`correlation`)."""

import numpy as np

from solutions.convolution import window
from solutions.convolution.patch import require_grouped_channels
from solutions.fast.correlation import gather, pad_channels_last, scatter, weight_gradient
from solutions.fast.twin import fast_version_of
from solutions.geometry import slid_shape
from solutions.validation import IntOrPair, as_pair, require_shape


@fast_version_of(window.conv2d_forward)
def conv2d_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, tuple]:
    """Each option may be a pair (height, width); y is channels-last in memory.

    ``dilation`` is the distance between the pixels that a kernel meets.  With ``groups`` the channels and the kernels
    are split into so many groups, each group of kernels sees its group of channels, and weight is of shape
    (F, C / groups, kH, kW).

    Patches are copied a few images at a time and multiplied by all kernels at once (`correlation`); square kernels of
    3, 5 or 7 pixels on many channels take Winograd's way (`winograd`).  `convolution.conv2d_einsum` is the same in one
    line.
    """
    stride, padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    dilation = as_pair("dilation", dilation, 1)
    require_grouped_channels(x, weight, bias, groups)
    slid_shape(x.shape[2:], weight.shape[2:], stride, padding, dilation)
    padded = pad_channels_last(x, padding)  # (N, H + 2p, W + 2q, C)
    by_group = [
        gather(images, kernels, stride, dilation, offsets)
        for images, kernels, offsets in zip(
            np.split(padded, groups, axis=3), np.split(weight, groups), np.split(bias, groups), strict=True
        )
    ]
    y = by_group[0] if groups == 1 else np.concatenate(by_group, axis=3)  # (N, H', W', F)
    return y.transpose(0, 3, 1, 2), (padded, x.shape, weight, stride, padding, dilation, groups)


@fast_version_of(window.conv2d_backward)
def conv2d_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All positions of a block of images take part in one matrix product."""
    grad_weight, grad_bias = conv2d_weight_backward(grad_y, cache)
    _, x_shape, weight, stride, padding, dilation, groups = cache
    grad = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))  # (N, H', W', F)
    by_group = [
        scatter(upstream, kernels, x_shape[2:], stride, padding, dilation)
        for upstream, kernels in zip(np.split(grad, groups, axis=3), np.split(weight, groups), strict=True)
    ]
    grad_x = by_group[0] if groups == 1 else np.concatenate(by_group, axis=3)  # (N, H, W, C)
    return grad_x.transpose(0, 3, 1, 2), grad_weight, grad_bias


@fast_version_of(window.conv2d_weight_backward)
def conv2d_weight_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of x, half of the work, is not computed at all."""
    padded, x_shape, weight, stride, padding, dilation, groups = cache
    size = slid_shape(x_shape[2:], weight.shape[2:], stride, padding, dilation)
    require_shape("grad_y", grad_y, (x_shape[0], len(weight), *size), "one upstream number for each output")
    grad = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))  # (N, H', W', F)
    by_group = [
        weight_gradient(images, upstream, weight.shape[2:], stride, dilation)
        for images, upstream in zip(np.split(padded, groups, axis=3), np.split(grad, groups, axis=3), strict=True)
    ]
    grad_bias = np.ones(grad[..., 0].size, grad.dtype) @ grad.reshape(-1, len(weight))  # a sum, by the faster product
    return np.concatenate(by_group), grad_bias
