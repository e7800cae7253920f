"""Transposed convolution: the gradient of a convolution with respect to its input, used as a layer that enlarges.

Each position of the kernel meets a whole map of pixels at once, which is all that the loop's body says.
"""

import numpy as np

from solutions.convolution.patch import met_by, pad2d
from solutions.validation import require_images, require_shape


def conv2d_transpose_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Stamp the kernel, times each input number, onto the output; stamps that overlap are added.

    Takes x of shape (N, C, H, W); weight (C, F, kH, kW), that of the convolution which goes the other way, from F to C
    channels; bias (F,); stride, the distance between the stamps, down and to the right; and padding, the rows and
    columns cut off on each side, which the convolution the other way would have padded.  Returns y of shape
    (N, F, H', W'), where H' is (H - 1) stride + kH - 2 padding and W' likewise, and the cache for
    `conv2d_transpose_backward`.  Shapes that do not fit each other and an output of which nothing is left are a
    ValueError.

    Notes
    -----
    Dumoulin & Visin 2016.
    """
    require_transposable(x, weight, bias)
    (n, _, height, width), (_, filters, kernel_height, kernel_width) = x.shape, weight.shape
    full = ((height - 1) * stride + kernel_height, (width - 1) * stride + kernel_width)
    if min(full) <= 2 * padding:
        raise ValueError(f"padding is {padding}, and the stamps cover {full}: make padding smaller")
    stamped = np.zeros((n, filters, *full), np.result_type(x, weight, bias))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(stamped, u, v, (height, width), stride)
        place += np.einsum("nchw,cf->nfhw", x, weight[:, :, u, v])
    y = stamped[:, :, padding : full[0] - padding, padding : full[1] - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def conv2d_transpose_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the transposed convolution; the gradient of x is an ordinary convolution of grad_y.

    Takes grad_y of shape (N, F, H', W') and the cache of `conv2d_transpose_forward`; returns grad_x, grad_weight and
    grad_bias like x, weight and bias.
    """
    x, weight, stride, padding = cache
    size = tuple((x.shape[a] - 1) * stride + weight.shape[a] - 2 * padding for a in (2, 3))
    require_shape("grad_y", grad_y, (len(x), weight.shape[1], *size), "one upstream number for each output")
    grad_stamped = pad2d(grad_y, padding)
    grad_x = np.zeros(x.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, x))
    for u, v in np.ndindex(weight.shape[2:]):
        met = met_by(grad_stamped, u, v, x.shape[2:], stride)
        grad_x += np.einsum("nfhw,cf->nchw", met, weight[:, :, u, v])
        grad_weight[:, :, u, v] = np.einsum("nchw,nfhw->cf", x, met)
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def require_transposable(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> None:
    """Raise ValueError unless the weight has the channels of x first, and bias one number for each output channel."""
    require_images(x)
    if np.ndim(weight) != 4 or len(weight) != x.shape[1]:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (C, F, kH, kW): C the {x.shape[1]} channels of x")
    require_shape("bias", bias, weight.shape[1:2], "one number for each output channel")
