"""The versions that train networks: the same results as their twins of the same name elsewhere in `solutions`, sooner.

Nobody has to read this to understand a layer.  A fast function takes what its twin takes, and more where a network
needs it: a pair (height, width) where the twin takes one number for both, images where it takes vectors, and options
that have a function of their own there.  `tests/solutions/test_fast.py` holds every pair equal.
"""

from solutions.fast.batchnorm import batchnorm_backward, batchnorm_forward
from solutions.fast.convolution import conv2d_backward, conv2d_forward, conv2d_weight_backward
from solutions.fast.depthwise import (
    depthwise_conv_backward,
    depthwise_conv_forward,
    separable_conv_backward,
    separable_conv_forward,
)
from solutions.fast.pooling import maxpool2d_backward, maxpool2d_forward
from solutions.fast.transposed import conv2d_transpose_backward, conv2d_transpose_forward

__all__ = [
    "batchnorm_backward",
    "batchnorm_forward",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_transpose_backward",
    "conv2d_transpose_forward",
    "conv2d_weight_backward",
    "depthwise_conv_backward",
    "depthwise_conv_forward",
    "maxpool2d_backward",
    "maxpool2d_forward",
    "separable_conv_backward",
    "separable_conv_forward",
]
