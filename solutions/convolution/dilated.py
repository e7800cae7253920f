"""Dilated convolution, with a loop over the kernel's few positions.

Each position of the kernel meets a whole map of pixels at once, which is all that the loop's body says.
"""

import numpy as np

from solutions.convolution.patch import met_by, pad2d, require_same_channels
from solutions.geometry import slid_shape
from solutions.validation import require_shape


def dilated_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[np.ndarray, tuple]:
    """Convolve with kernels whose pixels stand `dilation` apart.

    Takes x of shape (N, C, H, W), weight (F, C, kH, kW), bias (F,), and stride, padding and dilation, the same down and
    to the right; dilation 1 is the ordinary convolution.  Returns y of shape (N, F, H', W'), where H' is
    floor((H + 2 padding - dilation (kH - 1) - 1) / stride) + 1 and W' likewise, and the cache for
    `dilated_conv_backward`.  Shapes that do not fit each other, options that are too small and kernels that reach over
    the padded image are a ValueError.

    Notes
    -----
    Yu & Koltun 2016.
    """
    require_same_channels(x, weight, bias)
    size = slid_shape(x.shape[2:], weight.shape[2:], (stride, stride), (padding, padding), (dilation, dilation))
    padded = pad2d(x, padding)
    y = np.zeros((len(x), len(weight), *size), np.result_type(x, weight, bias)) + bias[:, None, None]
    for u, v in np.ndindex(weight.shape[2:]):
        met = met_by(padded, u * dilation, v * dilation, size, stride)
        y += np.einsum("nchw,fc->nfhw", met, weight[:, :, u, v])
    return y, (padded, x.shape, weight, stride, padding, dilation)


def dilated_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the dilated convolution.

    Takes grad_y of shape (N, F, H', W') and the cache of `dilated_conv_forward`; returns grad_x, grad_weight and
    grad_bias like x, weight and bias.
    """
    padded, x_shape, weight, stride, padding, dilation = cache
    size = slid_shape(x_shape[2:], weight.shape[2:], (stride, stride), (padding, padding), (dilation, dilation))
    require_shape("grad_y", grad_y, (x_shape[0], len(weight), *size), "one upstream number for each output")
    grad_padded = np.zeros(padded.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, padded))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(grad_padded, u * dilation, v * dilation, size, stride)
        place += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, u, v])
        met = met_by(padded, u * dilation, v * dilation, size, stride)
        grad_weight[:, :, u, v] = np.einsum("nfhw,nchw->fc", grad_y, met)
    grad_x = grad_padded[:, :, padding : padding + x_shape[2], padding : padding + x_shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))
