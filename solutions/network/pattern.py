"""Networks from a pattern string."""

from __future__ import annotations

import re

import numpy as np

from solutions.initialization import xavier_normal
from solutions.network.container import Stack
from solutions.network.dense import Linear
from solutions.network.dropout import Dropout
from solutions.network.elementwise import ELU, GELU, SELU, LeakyReLU, PReLU, ReLU, Sigmoid, SiLU, Tanh
from solutions.network.image import AvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from solutions.network.layer import Layer
from solutions.network.normalization import BatchNorm, LocalResponseNorm


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
