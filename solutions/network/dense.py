"""Dense layers, which see all features of an example at once, and the flattening in front of them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from solutions import activation, linear
from solutions.initialization import kaiming_normal, xavier_normal
from solutions.network.layer import Layer


class Linear(Layer, pair=(linear.linear_forward, linear.linear_backward)):
    """Fully connected layer on flattened inputs; He's weights unless `init` says otherwise, zero biases."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        rng: np.random.Generator,
        *,
        init: Callable = kaiming_normal,
        dtype: DTypeLike = np.float32,
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


class Maxout(Layer, pair=(activation.maxout_forward, activation.maxout_backward)):
    """The largest of `pieces` linear functions."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        pieces: int,
        rng: np.random.Generator,
        *,
        init: Callable = xavier_normal,
        dtype: DTypeLike = np.float32,
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
