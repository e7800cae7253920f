"""Networks of layers: in a row, around a shortcut, side by side."""

from __future__ import annotations

from functools import reduce

import numpy as np

from solutions.network.layer import Layer
from solutions.residual import concat_channels_backward, concat_channels_forward, residual_backward, residual_forward


class Stack(Layer):
    """Layers one after another: forward in order, backward in reverse.

    Parameters
    ----------
    layers : list of Layer
    """

    def __init__(self, layers: list[Layer]) -> None:
        super().__init__()
        self.layers = list(layers)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Run all layers in the same mode."""
        for layer in self.layers:
            x = layer.forward(x, training=training)
        return x

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray | None:
        """Run all layers backwards; only the first may skip the gradient of its input."""
        for i, layer in reversed(list(enumerate(self.layers))):
            grad_x = layer.backward(grad_y, input_grad=input_grad or i > 0)
            if grad_x is None:
                return None
            grad_y = grad_x
        return grad_y

    def children(self) -> dict[str, Layer]:
        """The layers, numbered from 0."""
        return {str(i): layer for i, layer in enumerate(self.layers)}

    def output_shape(self, in_shape: tuple) -> tuple:
        """Shape after the last layer."""
        for layer in self.layers:
            in_shape = layer.output_shape(in_shape)
        return in_shape

    def __repr__(self) -> str:
        return f"Stack({self.layers})"


class Residual(Layer):
    """A branch beside a shortcut: y = scale * (shortcut(x) + branch(x)).

    Parameters
    ----------
    branch : Layer
    shortcut : Layer or None
        A projection where the shape changes; None for the identity.
    scale : float
        1 / sqrt(2) keeps the variance of two equal parts.
    """

    def __init__(self, branch: Layer, shortcut: Layer | None = None, *, scale: float = 1.0) -> None:
        super().__init__()
        # A plain float: numpy's own would turn float32 into float64.
        self.branch, self.shortcut, self.scale = branch, shortcut, float(scale)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Run both ways and add."""
        branch_y = self.branch.forward(x, training=training)
        shortcut_y = x if self.shortcut is None else self.shortcut.forward(x, training=training)
        y, self.cache = residual_forward(shortcut_y, branch_y, self.scale)
        return y

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray:
        """Send the gradient down both ways and add."""
        grad_shortcut, grad_branch = residual_backward(grad_y, self.cache)
        if self.shortcut is not None:
            grad_shortcut = input_gradient(self.shortcut, grad_shortcut)
        return grad_shortcut + input_gradient(self.branch, grad_branch)

    def children(self) -> dict[str, Layer]:
        """branch, and shortcut if there is one."""
        if self.shortcut is None:
            return {"branch": self.branch}
        return {"branch": self.branch, "shortcut": self.shortcut}

    def output_shape(self, in_shape: tuple) -> tuple:
        """Of the branch, which the shortcut must match."""
        shape = self.branch.output_shape(in_shape)
        shortcut_shape = in_shape if self.shortcut is None else self.shortcut.output_shape(in_shape)
        if tuple(shape) != tuple(shortcut_shape):
            raise ValueError(f"branch gives {shape}, shortcut {shortcut_shape}: project the shortcut to the same shape")
        return shape

    def __repr__(self) -> str:
        return f"Residual({self.branch}, {self.shortcut}, scale={self.scale:g})"


class Concat(Layer):
    """Branches side by side, joined along the channels as in Inception.

    Parameters
    ----------
    branches : list of Layer
        All must give the same height and width.
    """

    def __init__(self, branches: list[Layer]) -> None:
        super().__init__()
        self.branches = list(branches)

    def forward(self, x: np.ndarray, *, training: bool = False) -> np.ndarray:
        """Run all branches on the same input and join."""
        y, self.cache = concat_channels_forward([branch.forward(x, training=training) for branch in self.branches])
        return y

    def backward(self, grad_y: np.ndarray, *, input_grad: bool = True) -> np.ndarray:
        """Cut the gradient into the branches' parts and add what they send back."""
        parts = concat_channels_backward(grad_y, self.cache)
        grads = (input_gradient(branch, part) for branch, part in zip(self.branches, parts, strict=True))
        return reduce(np.add, grads)

    def children(self) -> dict[str, Layer]:
        """The branches, numbered from 0."""
        return {str(i): branch for i, branch in enumerate(self.branches)}

    def output_shape(self, in_shape: tuple) -> tuple:
        """(sum of the channels, H, W)."""
        shapes = [branch.output_shape(in_shape) for branch in self.branches]
        if len({shape[1:] for shape in shapes}) != 1:
            raise ValueError(f"branches give {shapes}: all must have the same height and width")
        return (sum(shape[0] for shape in shapes), *shapes[0][1:])

    def __repr__(self) -> str:
        return f"Concat({self.branches})"


def input_gradient(layer: Layer, grad_y: np.ndarray) -> np.ndarray:
    """Run a layer backwards and return the gradient of its input, which may not be missing."""
    grad_x = layer.backward(grad_y)
    if grad_x is None:
        raise TypeError(f"{layer} returned no gradient of its input: backward needs to, unless input_grad is False")
    return grad_x
