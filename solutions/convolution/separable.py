"""Depthwise, pointwise and depthwise-separable convolution: first along the map, then across the channels.

Each position of a kernel meets a whole map of pixels at once, which is all that the loop's body says.
"""

import numpy as np

from solutions.convolution.patch import met_by, pad2d
from solutions.geometry import slid_shape
from solutions.validation import require_images, require_shape


def depthwise_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Convolve each channel with a kernel of its own; channels do not mix.

    Takes x of shape (N, C, H, W), weight (C, 1, kH, kW), bias (C,), and stride and padding, the same down and to the
    right; returns y of shape (N, C, H', W') and the cache for `depthwise_conv_backward`.  Shapes that do not fit each
    other and options that are too small are a ValueError.
    """
    require_depthwise(x, weight, bias)
    size = slid_shape(x.shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    padded = pad2d(x, padding)
    y = np.zeros((*x.shape[:2], *size), np.result_type(x, weight, bias)) + bias[:, None, None]
    for u, v in np.ndindex(weight.shape[2:]):
        y += met_by(padded, u, v, size, stride) * weight[:, :, u, v, None]
    return y, (padded, x.shape, weight, stride, padding)


def depthwise_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the depthwise convolution.

    Takes grad_y of shape (N, C, H', W') and the cache of `depthwise_conv_forward`; returns grad_x, grad_weight and
    grad_bias like x, weight and bias.
    """
    padded, x_shape, weight, stride, padding = cache
    size = slid_shape(x_shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    require_shape("grad_y", grad_y, (*x_shape[:2], *size), "one upstream number for each output")
    grad_padded = np.zeros(padded.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, padded))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(grad_padded, u, v, size, stride)
        place += grad_y * weight[:, :, u, v, None]
        grad_weight[:, 0, u, v] = (grad_y * met_by(padded, u, v, size, stride)).sum(axis=(0, 2, 3))
    grad_x = grad_padded[:, :, padding : padding + x_shape[2], padding : padding + x_shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def pointwise_conv_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Mix the channels of each pixel: a 1 by 1 convolution, the same linear layer at every pixel.

    Takes x of shape (N, C, H, W), weight (F, C) and bias (F,); returns y of shape (N, F, H, W) and the cache for
    `pointwise_conv_backward`.  Shapes that do not fit each other are a ValueError.

    Notes
    -----
    Lin et al. 2013.
    """
    require_images(x)
    if np.ndim(weight) != 2 or weight.shape[1] != x.shape[1]:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (F, C): C the {x.shape[1]} channels of x")
    require_shape("bias", bias, weight.shape[:1], "one number for each output channel")
    n, channels, height, width = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, channels)  # (N H W, C)
    y = (pixels @ weight.T + bias).reshape(n, height, width, len(weight))
    return y.transpose(0, 3, 1, 2), (x, weight)


def pointwise_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the pointwise convolution: those of a linear layer, summed over all pixels.

    Takes grad_y of shape (N, F, H, W) and the cache of `pointwise_conv_forward`; returns grad_x, grad_weight and
    grad_bias like x, weight and bias.
    """
    x, weight = cache
    n, channels, height, width = x.shape
    require_shape("grad_y", grad_y, (n, len(weight), height, width), "one upstream number for each output")
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, channels)
    grad = grad_y.transpose(0, 2, 3, 1).reshape(-1, len(weight))
    grad_x = (grad @ weight).reshape(n, height, width, channels).transpose(0, 3, 1, 2)
    return grad_x, grad.T @ pixels, grad.sum(axis=0)


def separable_conv_forward(
    x: np.ndarray, depthwise: np.ndarray, pointwise: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Convolve depthwise without a bias, then pointwise with one.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    depthwise : array of shape (C, 1, kH, kW)
    pointwise : array of shape (F, C)
    bias : array of shape (F,)
    stride, padding : int
        Of the depthwise part.

    Returns
    -------
    y : array of shape (N, F, H', W')
    cache : tuple
        For `separable_conv_backward`.

    Raises
    ------
    ValueError
        As `depthwise_conv_forward` and `pointwise_conv_forward`, which do the work.

    Notes
    -----
    Sifre 2014, Chollet 2017.
    """
    no_bias = np.zeros(len(depthwise), depthwise.dtype)
    between, depthwise_cache = depthwise_conv_forward(x, depthwise, no_bias, stride=stride, padding=padding)
    y, pointwise_cache = pointwise_conv_forward(between, pointwise, bias)
    return y, (depthwise_cache, pointwise_cache)


def separable_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the separable convolution.

    Takes grad_y of shape (N, F, H', W') and the cache of `separable_conv_forward`; returns grad_x, grad_depthwise,
    grad_pointwise and grad_bias like x, depthwise, pointwise and bias.
    """
    depthwise_cache, pointwise_cache = cache
    grad_between, grad_pointwise, grad_bias = pointwise_conv_backward(grad_y, pointwise_cache)
    grad_x, grad_depthwise, _ = depthwise_conv_backward(grad_between, depthwise_cache)
    return grad_x, grad_depthwise, grad_pointwise, grad_bias


def require_depthwise(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> None:
    """Raise ValueError unless x is a batch of images, with one kernel and one number of bias for each channel."""
    require_images(x)
    if np.ndim(weight) != 4 or weight.shape[:2] != (x.shape[1], 1):
        raise ValueError(f"weight has shape {np.shape(weight)}, needs ({x.shape[1]}, 1, kH, kW): a kernel a channel")
    require_shape("bias", bias, weight.shape[:1], "one number for each channel")
