"""Layers: thin objects that keep the weights, and between forward and backward the cache, of an operation.

The operation itself is always a pair of pure functions; a layer is the only place with state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np


class Layer:
    """One operation with its weights.

    Attributes
    ----------
    pair : tuple of two functions
        Forward and backward, named where the class is: ``class ReLU(Layer, pair=(relu_forward, relu_backward))``.
        Forward takes x, then the params in their order, then the options.
    params, grads : dict of name to array
        What is trained, and its gradients after `backward`.
    buffers : dict of name to array
        What is measured instead of trained: running statistics.
    options : dict
        Keyword arguments of forward.
    """

    pair: ClassVar[tuple] = ()

    def __init_subclass__(cls, *, pair: tuple | None = None) -> None:
        super().__init_subclass__()
        if pair is not None:
            cls.pair = pair

    def __init__(self, params: dict | None = None, **options: Any) -> None:
        self.params = params or {}
        self.grads: dict[str, np.ndarray] = {}
        self.buffers: dict[str, np.ndarray] = {}
        self.options = options
        self.cache: Any = None

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Compute the output and keep what backward needs."""
        y, self.cache = self.pair[0](x, *self.params.values(), **self.options)
        return y

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray | None:
        """Fill `grads` and return the gradient of the input; with input_grad=False a layer may skip it (None)."""
        grads = self.pair[1](grad_y, self.cache)
        if not self.params:
            return grads
        grad_x, *param_grads = grads
        self.grads = dict(zip(self.params, param_grads, strict=True))
        return grad_x

    def children(self) -> dict[str, Layer]:
        """Layers inside this one, by name; empty unless it is a container."""
        return {}

    def output_shape(self, in_shape: tuple) -> tuple:
        """Shape of the output of one example, for one input of `in_shape` (no batch axis)."""
        return tuple(in_shape)

    def flops(self, in_shape: tuple) -> int:
        """Floating-point operations for one example: a multiplication and an addition for each use of a weight."""
        return 0

    def window(self) -> tuple | None:
        """Kernel, stride, padding and dilation for the receptive field; None for a layer that does not look around."""
        return None

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options.items())
        return f"{type(self).__name__}({options})"


def walk(layer: Layer, name: str = "") -> Iterator[tuple[str, Layer]]:
    """Yield every layer that does work, with its dotted name, in the order of the forward pass."""
    children = layer.children()
    if not children:
        yield name, layer
    for key, child in children.items():
        yield from walk(child, f"{name}.{key}" if name else key)
