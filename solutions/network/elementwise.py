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


class ReLU(Elementwise):
    """max(0, x)."""

    pair = (activation.relu_forward, activation.relu_backward)


class LeakyReLU(Elementwise):
    """Option slope."""

    pair = (activation.leaky_relu_forward, activation.leaky_relu_backward)


class PReLU(Layer):
    """Leaky ReLU with a trained slope for each channel, 0.25 at the start."""

    pair = (activation.prelu_forward, activation.prelu_backward)

    def __init__(self, channels: int, *, slope: float = 0.25, dtype: DTypeLike = np.float32) -> None:
        super().__init__({"slope": np.full(channels, slope, dtype)})

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))


class ELU(Elementwise):
    """Option alpha."""

    pair = (activation.elu_forward, activation.elu_backward)


class SELU(Elementwise):
    """Scaled ELU."""

    pair = (activation.selu_forward, activation.selu_backward)


class SiLU(Elementwise):
    """x sigmoid(x)."""

    pair = (activation.silu_forward, activation.silu_backward)


class GELU(Elementwise):
    """The tanh form."""

    pair = (activation.gelu_forward, activation.gelu_backward)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x))."""

    pair = (activation.sigmoid_forward, activation.sigmoid_backward)


class Tanh(Elementwise):
    """Hyperbolic tangent."""

    pair = (activation.tanh_forward, activation.tanh_backward)


class Softplus(Elementwise):
    """log(1 + exp(x))."""

    pair = (activation.softplus_forward, activation.softplus_backward)
