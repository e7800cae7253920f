"""Layers for any shape: fully connected, flattening, activations."""

from __future__ import annotations

import numpy as np

from solutions import activation, linear
from solutions.base_layer import Layer
from solutions.initialization import kaiming_normal, xavier_normal


class Linear(Layer):
    """Fully connected layer on flattened inputs; He's weights unless `init` says otherwise, zero biases."""

    pair = (linear.linear_forward, linear.linear_backward)

    def __init__(
        self, inputs: int, outputs: int, rng: np.random.Generator, *, init=kaiming_normal, dtype=np.float32
    ) -> None:
        weight = init((inputs, outputs), rng).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros(outputs, dtype)})

    def output_shape(self, in_shape: tuple) -> tuple:
        """(M,)."""
        features, outputs = self.params["weight"].shape
        if int(np.prod(in_shape)) != features:
            raise ValueError(f"input {in_shape} has {int(np.prod(in_shape))} features, the layer takes {features}")
        return (outputs,)

    def flops(self, in_shape: tuple) -> int:
        """2 D M."""
        return 2 * self.params["weight"].size


class Maxout(Layer):
    """The largest of `pieces` linear functions."""

    pair = (activation.maxout_forward, activation.maxout_backward)

    def __init__(
        self, inputs: int, outputs: int, pieces: int, rng: np.random.Generator, *, init=xavier_normal, dtype=np.float32
    ) -> None:
        weight = np.stack([init((inputs, outputs), rng) for _ in range(pieces)]).astype(dtype)
        super().__init__({"weight": weight, "bias": np.zeros((pieces, outputs), dtype)})

    def output_shape(self, in_shape: tuple) -> tuple:
        """(M,)."""
        return (self.params["weight"].shape[2],)

    def flops(self, in_shape: tuple) -> int:
        """2 k D M."""
        return 2 * self.params["weight"].size


class Flatten(Layer):
    """All features of an example in a row."""

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """(N, ...) to (N, D)."""
        self.cache = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray:
        """(N, D) to (N, ...)."""
        return grad_y.reshape(self.cache)

    def output_shape(self, in_shape: tuple) -> tuple:
        """(D,)."""
        return (int(np.prod(in_shape)),)


class Elementwise(Layer):
    """What the activations share: the options of the pair, one operation for each entry."""

    def __init__(self, **options) -> None:
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


class ELU(Elementwise):
    """Option alpha."""

    pair = (activation.elu_forward, activation.elu_backward)


class Sigmoid(Elementwise):
    """1 / (1 + exp(-x))."""

    pair = (activation.sigmoid_forward, activation.sigmoid_backward)


class Tanh(Elementwise):
    """Hyperbolic tangent."""

    pair = (activation.tanh_forward, activation.tanh_backward)


class Softplus(Elementwise):
    """log(1 + exp(x))."""

    pair = (activation.softplus_forward, activation.softplus_backward)


class GELU(Elementwise):
    """The tanh form."""

    pair = (activation.gelu_forward, activation.gelu_backward)


class SiLU(Elementwise):
    """x sigmoid(x)."""

    pair = (activation.silu_forward, activation.silu_backward)


class SELU(Elementwise):
    """Scaled ELU."""

    pair = (activation.selu_forward, activation.selu_backward)


class PReLU(Layer):
    """Leaky ReLU with a trained slope for each channel, 0.25 at the start."""

    pair = (activation.prelu_forward, activation.prelu_backward)

    def __init__(self, channels: int, *, slope: float = 0.25, dtype=np.float32) -> None:
        super().__init__({"slope": np.full(channels, slope, dtype)})

    def flops(self, in_shape: tuple) -> int:
        """One for each entry."""
        return int(np.prod(in_shape))
