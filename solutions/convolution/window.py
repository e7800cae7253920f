"""Convolution as it is defined (and, as in every framework, cross-correlation: the kernel is not turned round).

A window slides over the images; at each of its positions every kernel gives one number.
"""

import numpy as np

from solutions.convolution.patch import pad2d, require_same_channels
from solutions.geometry import slid_shape
from solutions.validation import IntOrPair, as_pair, require_shape


def conv2d_naive(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: IntOrPair = 1, padding: IntOrPair = 0
) -> np.ndarray:
    """Convolve with one loop for each axis of the output: the definition, and a thousand times slower.

    Takes and refuses what `conv2d_forward` does, each option also as a pair (height, width), and returns its y.
    """
    (s, t), padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    require_same_channels(x, weight, bias)
    filters, _, kernel_height, kernel_width = weight.shape
    height, width = slid_shape(x.shape[2:], weight.shape[2:], (s, t), padding)
    padded = pad2d(x, padding)
    y = np.zeros((len(x), filters, height, width), np.result_type(x, weight, bias))
    for n in range(len(x)):
        for f in range(filters):
            for i in range(height):
                for j in range(width):
                    patch = padded[n, :, s * i : s * i + kernel_height, t * j : t * j + kernel_width]
                    y[n, f, i, j] = np.sum(patch * weight[f]) + bias[f]
    return y


def conv2d_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Slide F kernels over the images: y[n, f, i, j] = sum(window at (i, j) of image n * weight[f]) + bias[f].

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C, kH, kW)
    bias : array of shape (F,)
    stride : int
        Step of the window, down and to the right.
    padding : int
        Rows and columns of zeros on each of the four sides.

    Returns
    -------
    y : array of shape (N, F, H', W')
        H' = floor((H + 2 padding - kH) / stride) + 1, and W' likewise.
    cache : tuple
        For `conv2d_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.
    """
    require_same_channels(x, weight, bias)
    kernel_height, kernel_width = weight.shape[2:]
    height, width = slid_shape(x.shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    padded = pad2d(x, padding)
    y = np.empty((len(x), len(weight), height, width), np.result_type(x, weight, bias))
    for i, j in np.ndindex(height, width):
        top, left = i * stride, j * stride
        window = padded[:, :, top : top + kernel_height, left : left + kernel_width]
        y[:, :, i, j] = np.tensordot(window, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return y, (padded, x.shape, weight, stride, padding)


def conv2d_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the convolution.

    Each output is a sum of products, so each pixel gets back, from every output that it entered, the weight it met
    there, and each weight the pixels that it met.

    Takes grad_y of shape (N, F, H', W') and the cache of `conv2d_forward`; returns grad_x (N, C, H, W),
    grad_weight (F, C, kH, kW) and grad_bias (F,).
    """
    padded, x_shape, weight, stride, padding = cache
    kernel_height, kernel_width = weight.shape[2:]
    size = slid_shape(x_shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    require_shape("grad_y", grad_y, (x_shape[0], len(weight), *size), "one upstream number for each output")
    grad_padded = np.zeros(padded.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, padded))
    for i, j in np.ndindex(size):
        top, left = i * stride, j * stride
        place = (slice(None), slice(None), slice(top, top + kernel_height), slice(left, left + kernel_width))
        grad_padded[place] += np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
        grad_weight += np.tensordot(grad_y[:, :, i, j], padded[place], axes=(0, 0))
    grad_x = grad_padded[:, :, padding : padding + x_shape[2], padding : padding + x_shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def conv2d_weight_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of weight and bias alone: all that the first layer of a network needs.

    Takes what `conv2d_backward` takes; returns grad_weight (F, C, kH, kW) and grad_bias (F,).
    """
    _, grad_weight, grad_bias = conv2d_backward(grad_y, cache)
    return grad_weight, grad_bias
