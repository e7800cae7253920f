"""Depthwise and depthwise-separable convolution, a few images at a time."""

import math

import numpy as np

from solutions.convolution.separable import pointwise_conv_backward, pointwise_conv_forward
from solutions.fast.blocking import blocks_of
from solutions.fast.correlation import corner, pad_channels_last
from solutions.geometry import slid_shape
from solutions.validation import as_pair, require_images, require_shape


def depthwise_conv_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[np.ndarray, tuple]:
    """Convolve each channel with a kernel of its own; channels do not mix.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (C, 1, kH, kW)
    bias : array of shape (C,)
    stride, padding : int or (height, width)

    Returns
    -------
    y : array of shape (N, C, H', W')
    cache : tuple
        For `depthwise_conv_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, an option is too small, or the kernel is larger than the padded image.

    Notes
    -----
    `conv2d_forward` with groups=C.  There is no large product to make of it: one multiplication and addition of whole
    maps for each position of the kernel.  Some texts call the pair of this and the pointwise convolution "depthwise".
    """
    stride, padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    require_images(x)
    channels = x.shape[1]
    if np.ndim(weight) != 4 or weight.shape[:2] != (channels, 1):
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (C, 1, kH, kW): C the {channels} channels of x")
    require_shape("bias", bias, (channels,), "one number for each channel")
    size = slid_shape(x.shape[2:], weight.shape[2:], stride, padding)
    padded = pad_channels_last(x, padding)  # (N, H + 2p, W + 2q, C)
    y = np.empty((len(x), *size, channels), np.result_type(x, weight, bias))
    for part in blocks_of(len(x), math.prod(y.shape[1:]) * y.itemsize, 2**18):
        few = y[part]
        few[...] = bias
        for i, j in np.ndindex(weight.shape[2:]):
            few += corner(padded[part], i, j, size, stride, (1, 1)) * weight[:, 0, i, j]
    return y.transpose(0, 3, 1, 2), (padded, weight, stride, padding, size)


def depthwise_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the depthwise convolution.

    Parameters
    ----------
    grad_y : array of shape (N, C, H', W')
    cache : tuple
        From `depthwise_conv_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (C, 1, kH, kW)
    grad_bias : array of shape (C,)
    """
    padded, weight, stride, (p, q), size = cache
    require_shape("grad_y", grad_y, (len(padded), len(weight), *size), "one upstream number for each output")
    grad = np.ascontiguousarray(grad_y.transpose(0, 2, 3, 1))  # (N, H', W', C)
    grad_padded = np.zeros(padded.shape, np.result_type(grad, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(padded, grad))
    for part in blocks_of(len(grad), math.prod(grad.shape[1:]) * grad.itemsize, 2**18):
        few = grad[part]
        ones = np.ones(few[..., 0].size, few.dtype)
        for i, j in np.ndindex(weight.shape[2:]):
            place = corner(grad_padded[part], i, j, size, stride, (1, 1))
            place += few * weight[:, 0, i, j]
            products = corner(padded[part], i, j, size, stride, (1, 1)) * few
            grad_weight[:, 0, i, j] += ones @ products.reshape(len(ones), -1)  # a sum, by the faster product
    height, width = padded.shape[1] - 2 * p, padded.shape[2] - 2 * q
    grad_x = grad_padded[:, p : p + height, q : q + width].transpose(0, 3, 1, 2)
    return grad_x, grad_weight, grad.sum(axis=(0, 1, 2))


def separable_conv_forward(
    x: np.ndarray,
    depthwise: np.ndarray,
    pointwise: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[np.ndarray, tuple]:
    """Convolve depthwise without a bias, then pointwise with one.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    depthwise : array of shape (C, 1, kH, kW)
    pointwise : array of shape (F, C)
    bias : array of shape (F,)
    stride, padding : int or (height, width)
        Of the depthwise part.

    Returns
    -------
    y : array of shape (N, F, H', W')
    cache : tuple
        For `separable_conv_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, an option is too small, or the kernel is larger than the padded image.

    Notes
    -----
    Equals `conv2d_forward` with the kernels weight[f, c] = pointwise[f, c] * depthwise[c, 0], which take k k C F
    numbers instead of k k C + C F.  Sifre 2014, Chollet 2017.
    """
    no_bias = np.zeros(len(depthwise), np.result_type(depthwise))
    between, depthwise_cache = depthwise_conv_forward(x, depthwise, no_bias, stride=stride, padding=padding)
    y, pointwise_cache = pointwise_conv_forward(between, pointwise, bias)
    return y, (depthwise_cache, pointwise_cache)


def separable_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the separable convolution.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `separable_conv_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_depthwise : array of shape (C, 1, kH, kW)
    grad_pointwise : array of shape (F, C)
    grad_bias : array of shape (F,)
    """
    depthwise_cache, pointwise_cache = cache
    grad_between, grad_pointwise, grad_bias = pointwise_conv_backward(grad_y, pointwise_cache)
    grad_x, grad_depthwise, _ = depthwise_conv_backward(grad_between, depthwise_cache)
    return grad_x, grad_depthwise, grad_pointwise, grad_bias
