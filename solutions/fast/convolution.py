"""Convolution by a few large matrix products: patches are copied a few images at a time (`correlation`)."""

import numpy as np

from solutions.convolution.patch import require_grouped_channels
from solutions.fast.correlation import gather, pad_channels_last, scatter, weight_gradient
from solutions.geometry import slid_shape
from solutions.validation import as_pair, require_shape


def conv2d_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
    groups: int = 1,
) -> tuple[np.ndarray, tuple]:
    """Slide F kernels over the images: y[n, f, i, j] = sum(patch at (i, j) * weight[f]) + bias[f].

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C / groups, kH, kW)
    bias : array of shape (F,)
    stride, padding, dilation : int or (height, width)
        Step of the kernel, zeros added on each side, distance between its pixels.
    groups : int
        The channels and the kernels are split into this many groups; each group of kernels sees its group of channels.

    Returns
    -------
    y : array of shape (N, F, H', W')
        Channels-last in memory; sizes by `conv_output_size`.
    cache : tuple
        For `conv2d_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, an option is too small, or the kernel is larger than the padded image.

    Notes
    -----
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


def conv2d_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the convolution.

    Each output is a sum of products, so each pixel gets back, from every output that it entered, the weight it met
    there, and each weight the pixels that it met.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `conv2d_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (F, C / groups, kH, kW)
    grad_bias : array of shape (F,)
    """
    grad_weight, grad_bias = conv2d_weight_backward(grad_y, cache)
    _, x_shape, weight, stride, padding, dilation, groups = cache
    grad = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))  # (N, H', W', F)
    by_group = [
        scatter(upstream, kernels, x_shape[2:], stride, padding, dilation)
        for upstream, kernels in zip(np.split(grad, groups, axis=3), np.split(weight, groups), strict=True)
    ]
    grad_x = by_group[0] if groups == 1 else np.concatenate(by_group, axis=3)  # (N, H, W, C)
    return grad_x.transpose(0, 3, 1, 2), grad_weight, grad_bias


def conv2d_weight_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of weight and bias alone: all that the first layer of a network needs.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `conv2d_forward`.

    Returns
    -------
    grad_weight : array of shape (F, C / groups, kH, kW)
    grad_bias : array of shape (F,)
    """
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
