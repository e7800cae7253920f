"""Networks: layers in a row, side by side, or around a shortcut; and the same from a pattern string."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from solutions.initialization import xavier_normal
from solutions.layer import (
    ELU,
    GELU,
    SELU,
    AvgPool2d,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Elementwise,
    Flatten,
    GlobalAvgPool,
    GroupNorm,
    InstanceNorm,
    Layer,
    LayerNorm,
    LeakyReLU,
    Linear,
    LocalResponseNorm,
    Maxout,
    MaxPool2d,
    PReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
    walk,
)
from solutions.residual import concat_channels_backward, concat_channels_forward, residual_backward, residual_forward
from solutions.summary import Row, Summary, summary

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "AvgPool2d",
    "BatchNorm",
    "Concat",
    "Conv2d",
    "ConvTranspose2d",
    "Dropout",
    "Elementwise",
    "Flatten",
    "GlobalAvgPool",
    "GroupNorm",
    "InstanceNorm",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "MaxPool2d",
    "Maxout",
    "PReLU",
    "ReLU",
    "Residual",
    "Row",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Stack",
    "Summary",
    "Tanh",
    "arrays",
    "build",
    "expand_pattern",
    "load",
    "save",
    "summary",
    "walk",
]


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
            grad_y = layer.backward(grad_y, input_grad=input_grad or i > 0)
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
        1 / sqrt(2) keeps the variance of two equal parts (seed S2-17).
    """

    def __init__(self, branch: Layer, shortcut: Layer | None = None, *, scale: float = 1.0) -> None:
        super().__init__()
        self.branch, self.shortcut, self.scale = branch, shortcut, scale

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
            grad_shortcut = self.shortcut.backward(grad_shortcut)
        return grad_shortcut + self.branch.backward(grad_branch)

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
        return sum(branch.backward(part) for branch, part in zip(self.branches, parts, strict=True))

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


def expand_pattern(pattern: str) -> list[str]:
    """Write out the repetitions of a pattern.

    Parameters
    ----------
    pattern : str
        Words joined by "-", groups in brackets, "*n" for a repetition: "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX".

    Returns
    -------
    words : list of str

    Raises
    ------
    ValueError
        If a bracket is not closed, a word is empty, or more than 1000 words come out.

    Notes
    -----
    Seed S0-11.
    """
    text = pattern.upper().replace(" ", "")
    while match := re.search(r"\[([^\[\]]*)\](?:\*(\d{1,4}))?", text):
        group, count = match[1], int(match[2] or 1)
        if (group.count("-") + 1) * count > 1000:
            raise ValueError(f"pattern repeats {group!r} {count} times: keep it within 1000 words")
        repeated = "-".join([group] * count)
        text = text[: match.start()] + repeated + text[match.end() :]
        if count == 0:  # the group and one of the dashes beside it disappear
            text = text.replace("--", "-").strip("-").replace("[-", "[").replace("-]", "]")
    words = text.split("-")
    if not all(re.fullmatch(r"[A-Z]+", word) for word in words) or len(words) > 1000:
        raise ValueError(f"pattern {pattern!r} gives {text[:60]!r}: join words by '-', close brackets, repeat by '*n'")
    return words


def build(
    pattern: str,
    in_shape: tuple,
    classes: int,
    rng: np.random.Generator,
    *,
    channels: int = 16,
    width: int = 64,
    kernel: int = 3,
    drop: float = 0.5,
    dtype: type = np.float32,
) -> Stack:
    """Build a network from a pattern such as "[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX".

    Parameters
    ----------
    pattern : str
        Of the words INPUT (ignored), CONV, BN, LRN, RELU, LRELU, PRELU, ELU, SELU, GELU, SILU, SIGMOID, TANH, POOL,
        AVGPOOL, GAP, DROPOUT, FC and SOFTMAX.
    in_shape : (C, H, W) or (D,)
    classes : int
        Outputs of the last linear layer, for which SOFTMAX stands: the softmax itself is part of the loss.
    rng : np.random.Generator
        For the weights, and afterwards for dropout.
    channels : int
        Filters of the convolutions before the first pooling; each pooling doubles them.
    width : int
        Outputs of each FC.
    kernel : int
        Odd size of all convolutions, which keep height and width; poolings are 2x2 with stride 2.
    drop : float
        Probability of each DROPOUT.
    dtype : type
        Of the weights.

    Returns
    -------
    network : Stack

    Raises
    ------
    ValueError
        If a word is unknown, a shape does not fit, kernel is even, or SOFTMAX is not the last word.

    Notes
    -----
    Seed S0-11.
    """
    words = [word for word in expand_pattern(pattern) if word != "INPUT"]
    if "SOFTMAX" in words[:-1]:
        raise ValueError(f"pattern {pattern!r} has SOFTMAX in the middle: it is the last word")
    if kernel % 2 == 0:
        raise ValueError(f"kernel is {kernel}, needs an odd number: only then does a padding keep height and width")
    shape, layers = tuple(in_shape), []
    for word in words:
        outputs = classes if word == "SOFTMAX" else width
        layer = _make_layer(word, shape, rng, filters=channels, outputs=outputs, kernel=kernel, drop=drop, dtype=dtype)
        shape = layer.output_shape(shape)
        layers.append(layer)
        if word in ("POOL", "AVGPOOL"):
            channels = 2 * channels
    return Stack(layers)


POINTWISE = {
    "RELU": ReLU,
    "LRELU": LeakyReLU,
    "ELU": ELU,
    "SELU": SELU,
    "GELU": GELU,
    "SILU": SiLU,
    "SIGMOID": Sigmoid,
    "TANH": Tanh,
    "LRN": LocalResponseNorm,
    "GAP": GlobalAvgPool,
}


def _make_layer(
    word: str,
    shape: tuple,
    rng: np.random.Generator,
    *,
    filters: int,
    outputs: int,
    kernel: int,
    drop: float,
    dtype: type,
) -> Layer:
    """Make the layer of one word for inputs of one shape."""
    if word in POINTWISE:
        return POINTWISE[word]()
    features = int(np.prod(shape))
    makers = {
        "CONV": lambda: Conv2d(shape[0], filters, kernel, rng, padding=kernel // 2, dtype=dtype),
        "BN": lambda: BatchNorm(shape[0], dtype=dtype),
        "PRELU": lambda: PReLU(shape[0], dtype=dtype),
        "POOL": lambda: MaxPool2d(2),
        "AVGPOOL": lambda: AvgPool2d(2),
        "DROPOUT": lambda: Dropout(drop, rng),
        "FC": lambda: Linear(features, outputs, rng, dtype=dtype),
        "SOFTMAX": lambda: Linear(features, outputs, rng, init=xavier_normal, dtype=dtype),
    }
    if word not in makers:
        raise ValueError(f"word {word!r} is unknown, use one of {', '.join([*makers, *POINTWISE])}")
    return makers[word]()


def arrays(network: Layer) -> Iterator[tuple[str, dict, str]]:
    """Yield each array of a network: its full name, the dict that holds it, and its key there.

    Parameters
    ----------
    network : Layer

    Yields
    ------
    name : str
        Such as "0.branch.2.weight".
    holder : dict
        The layer's params or buffers; assign holder[key] to replace the array.
    key : str
    """
    for layer_name, layer in walk(network):
        for holder in (layer.params, layer.buffers):
            for key in holder:
                yield f"{layer_name}.{key}".lstrip("."), holder, key


def save(network: Layer, path: str | Path) -> None:
    """Write all weights and running statistics to one .npz file, complete or not at all.

    Parameters
    ----------
    network : Layer
    path : str or Path
        Must end in .npz.

    Raises
    ------
    ValueError
        If path does not end in .npz.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"path is {str(path)!r}, needs to end in .npz: the format that load reads")
    content = {name: holder[key] for name, holder, key in arrays(network)}
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **content)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load(network: Layer, path: str | Path) -> None:
    """Read weights and running statistics that `save` wrote into a network built the same way.

    Parameters
    ----------
    network : Layer
        Changed only if every name and shape fits.
    path : str or Path

    Raises
    ------
    ValueError
        If the names or shapes differ from the network's.
    """
    with np.load(path, allow_pickle=False) as file:
        content = {name: file[name] for name in file.files}
    places = list(arrays(network))
    missing = {name for name, _, _ in places} ^ set(content)
    if missing:
        raise ValueError(f"{path} and the network differ in {sorted(missing)[:5]}: build the network as it was saved")
    for name, holder, key in places:
        if content[name].shape != holder[key].shape:
            raise ValueError(f"{name} has shape {content[name].shape} in {path}, the network needs {holder[key].shape}")
    for name, holder, key in places:
        holder[key] = content[name]
