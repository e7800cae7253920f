"""Layers that work element by element: the activations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from solutions import activation
from solutions.network.layer import Layer


class Elementwise(Layer):
    """What the activations share: the options of the pair, one operation for each entry."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))


class ReLU(Elementwise, pair=(activation.relu_forward, activation.relu_backward)):
    """max(0, x)."""


class LeakyReLU(Elementwise, pair=(activation.leaky_relu_forward, activation.leaky_relu_backward)):
    """Option slope."""


class PReLU(Layer, pair=(activation.prelu_forward, activation.prelu_backward)):
    """Leaky ReLU with a trained slope for each channel, 0.25 at the start."""

    def __init__(self, channels: int, *, slope: float = 0.25, dtype: DTypeLike = np.float32) -> None:
        super().__init__({"slope": np.full(channels, slope, dtype)})

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))


class ELU(Elementwise, pair=(activation.elu_forward, activation.elu_backward)):
    """Option alpha."""


class SELU(Elementwise, pair=(activation.selu_forward, activation.selu_backward)):
    """Scaled ELU."""


class SiLU(Elementwise, pair=(activation.silu_forward, activation.silu_backward)):
    """x sigmoid(x)."""


class GELU(Elementwise, pair=(activation.gelu_forward, activation.gelu_backward)):
    """The tanh form."""


class Sigmoid(Elementwise, pair=(activation.sigmoid_forward, activation.sigmoid_backward)):
    """1 / (1 + exp(-x))."""


class Tanh(Elementwise, pair=(activation.tanh_forward, activation.tanh_backward)):
    """Hyperbolic tangent."""


class Softplus(Elementwise, pair=(activation.softplus_forward, activation.softplus_backward)):
    """log(1 + exp(x))."""
