"""Transposed convolution by a few large matrix products."""

import numpy as np

from solutions.fast.correlation import gather, pad_channels_last, scatter, weight_gradient
from solutions.validation import as_pair, require_images, require_shape


def conv2d_transpose_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    output_padding: int | tuple[int, int] = 0,
) -> tuple[np.ndarray, tuple]:
    """Stamp the kernel, times each input number, onto the output; stamps that overlap are added.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (C, F, kH, kW)
        Of the convolution that goes the other way, from F to C channels.
    bias : array of shape (F,)
    stride : int or (height, width)
        Distance between the stamps.
    padding : int or (height, width)
        Cut off on each side: what the convolution the other way would have padded.
    output_padding : int or (height, width)
        Rows and columns added at the lower right, less than the stride: a convolution with a stride maps several
        sizes to the same one, and this says which of them to return to.

    Returns
    -------
    y : array of shape (N, F, H', W')
        H' = (H - 1) stride - 2 padding + kH + output_padding.
    cache : tuple
        For `conv2d_transpose_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, an option is out of its range, or nothing is left of the output.

    Notes
    -----
    Also called fractionally strided convolution or, wrongly, deconvolution.  Dumoulin & Visin 2016.
    """
    stride, padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    size = transposed_size(x, weight, bias, stride, padding, as_pair("output_padding", output_padding, 0))
    images = np.ascontiguousarray(x.transpose(0, 2, 3, 1))  # (N, H, W, C)
    y = scatter(images, weight, size, stride, padding, (1, 1), bias)
    return y.transpose(0, 3, 1, 2), (images, weight, stride, padding, size)


def conv2d_transpose_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the transposed convolution; the gradient of x is an ordinary convolution of grad_y.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `conv2d_transpose_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (C, F, kH, kW)
    grad_bias : array of shape (F,)
    """
    images, weight, stride, padding, size = cache
    require_shape("grad_y", grad_y, (len(images), weight.shape[1], *size), "one upstream number for each output")
    padded = pad_channels_last(grad_y, padding)  # (N, H' + 2p, W' + 2q, F)
    height, width = images.shape[1:3]
    grad_x = gather(padded, weight, stride, (1, 1))[:, :height, :width]  # output_padding may leave room for more
    grad_weight = weight_gradient(padded, images, weight.shape[2:], stride, (1, 1))
    return grad_x.transpose(0, 3, 1, 2), grad_weight, padded.sum(axis=(0, 1, 2))


def transposed_size(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, stride: tuple, padding: tuple, output_padding: tuple
) -> tuple[int, int]:
    """Height and width of the output; raises ValueError unless everything fits."""
    require_images(x)
    if np.ndim(weight) != 4 or weight.shape[0] != x.shape[1]:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (C, F, kH, kW): C the {x.shape[1]} channels of x")
    require_shape("bias", bias, weight.shape[1:2], "one number for each output channel")
    if output_padding[0] >= stride[0] or output_padding[1] >= stride[1]:
        raise ValueError(f"output_padding is {output_padding}, needs to be less than the stride {stride}")
    size = tuple(
        (x.shape[2 + axis] - 1) * stride[axis] - 2 * padding[axis] + weight.shape[2 + axis] + output_padding[axis]
        for axis in (0, 1)
    )
    if min(size) < 1:
        raise ValueError(f"the output would have size {size}, needs at least (1, 1): make padding smaller")
    return size
