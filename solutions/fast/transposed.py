"""Transposed convolution by a few large matrix products."""

import numpy as np

from solutions.convolution import transposed
from solutions.convolution.transposed import require_transposable
from solutions.fast.correlation import gather, pad_channels_last, scatter, weight_gradient
from solutions.fast.twin import fast_version_of
from solutions.validation import IntOrPair, as_pair, require_shape


@fast_version_of(transposed.conv2d_transpose_forward)
def conv2d_transpose_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    output_padding: IntOrPair = 0,
) -> tuple[np.ndarray, tuple]:
    """Each option may be a pair (height, width).

    ``output_padding`` is less than the stride, and adds so many rows and columns at the lower right: a convolution with
    a stride maps several sizes to the same one, and this says which of them to return to.

    Also called fractionally strided convolution or, wrongly, deconvolution.
    """
    stride, padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    size = transposed_size(x, weight, bias, stride, padding, as_pair("output_padding", output_padding, 0))
    images = np.ascontiguousarray(x.transpose(0, 2, 3, 1))  # (N, H, W, C)
    y = scatter(images, weight, size, stride, padding, (1, 1), bias)
    return y.transpose(0, 3, 1, 2), (images, weight, stride, padding, size)


@fast_version_of(transposed.conv2d_transpose_backward)
def conv2d_transpose_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By the same large products as the convolution's."""
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
    require_transposable(x, weight, bias)
    if output_padding[0] >= stride[0] or output_padding[1] >= stride[1]:
        raise ValueError(f"output_padding is {output_padding}, needs to be less than the stride {stride}")
    size = tuple(
        (x.shape[2 + axis] - 1) * stride[axis] - 2 * padding[axis] + weight.shape[2 + axis] + output_padding[axis]
        for axis in (0, 1)
    )
    if min(size) < 1:
        raise ValueError(f"the output would have size {size}, needs at least (1, 1): make padding smaller")
    return size
