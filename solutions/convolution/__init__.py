"""Convolution of images, as it is written down: with windows, patches, matrices and spectra.

`conv2d_forward` is the definition.  `conv2d_einsum` has every option in one line.  Layers use `solutions.fast`.
"""

from solutions.convolution.dilated import dilated_conv_backward, dilated_conv_forward
from solutions.convolution.patch import conv2d_einsum, conv2d_einsum_backward, pad2d
from solutions.convolution.separable import (
    depthwise_conv_backward,
    depthwise_conv_forward,
    pointwise_conv_backward,
    pointwise_conv_forward,
    separable_conv_backward,
    separable_conv_forward,
)
from solutions.convolution.transform import (
    WINOGRAD_INPUT,
    WINOGRAD_KERNEL,
    WINOGRAD_OUTPUT,
    conv2d_fft,
    conv2d_winograd,
    conv_as_matrix,
)
from solutions.convolution.transposed import conv2d_transpose_backward, conv2d_transpose_forward
from solutions.convolution.unrolling import col2im, conv2d_im2col, im2col
from solutions.convolution.window import conv2d_backward, conv2d_forward, conv2d_naive, conv2d_weight_backward
from solutions.geometry import conv2d_flops, conv2d_param_count, conv_output_size

__all__ = [
    "WINOGRAD_INPUT",
    "WINOGRAD_KERNEL",
    "WINOGRAD_OUTPUT",
    "col2im",
    "conv2d_backward",
    "conv2d_einsum",
    "conv2d_einsum_backward",
    "conv2d_fft",
    "conv2d_flops",
    "conv2d_forward",
    "conv2d_im2col",
    "conv2d_naive",
    "conv2d_param_count",
    "conv2d_transpose_backward",
    "conv2d_transpose_forward",
    "conv2d_weight_backward",
    "conv2d_winograd",
    "conv_as_matrix",
    "conv_output_size",
    "depthwise_conv_backward",
    "depthwise_conv_forward",
    "dilated_conv_backward",
    "dilated_conv_forward",
    "im2col",
    "pad2d",
    "pointwise_conv_backward",
    "pointwise_conv_forward",
    "separable_conv_backward",
    "separable_conv_forward",
]
