"""Activations: element by element, any shape, and no trained parameter except in PReLU and maxout.

Every operation is a pair: `y, cache = name_forward(x)` and `grad_x = name_backward(grad_y, cache)`.  All are finite for
every finite input, because `exp` is only taken of numbers that are at most 0.
"""

from solutions.activation.maxout import maxout_backward, maxout_forward
from solutions.activation.rectifier import (
    leaky_relu_backward,
    leaky_relu_forward,
    prelu_backward,
    prelu_forward,
    relu_backward,
    relu_forward,
)
from solutions.activation.smooth_rectifier import (
    elu_backward,
    elu_forward,
    gelu_backward,
    gelu_forward,
    selu_backward,
    selu_forward,
    silu_backward,
    silu_forward,
    softplus_backward,
    softplus_forward,
    softplus_series,
)
from solutions.activation.squashing import sigmoid, sigmoid_backward, sigmoid_forward, tanh_backward, tanh_forward

__all__ = [
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "maxout_backward",
    "maxout_forward",
    "prelu_backward",
    "prelu_forward",
    "relu_backward",
    "relu_forward",
    "selu_backward",
    "selu_forward",
    "sigmoid",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softplus_backward",
    "softplus_forward",
    "softplus_series",
    "tanh_backward",
    "tanh_forward",
]
