"""A convolutional network as plain data, built from the words of a pattern."""

from __future__ import annotations

import numpy as np


def build_cnn(
    words: list[str],
    in_shape: tuple,
    classes: int,
    rng: np.random.Generator,
    channels: int = 16,
    width: int = 64,
) -> list[dict]:
    """Build the layers that a list of words names, as plain data.

    Parameters
    ----------
    words : list of str
        CONV, BN, RELU, LRELU, POOL, AVGPOOL, GAP, DROPOUT, FC and SOFTMAX, in the order of the layers.
    in_shape : (C, H, W)
    classes : int
        Outputs of SOFTMAX.
    rng : np.random.Generator
        Draws the weights.
    channels : int
        Filters of every CONV before the first pooling; each POOL or AVGPOOL doubles them.
    width : int
        Outputs of every FC.

    Returns
    -------
    layers : list of dict
        One for each word, in order, with its word under "kind", but "FC" for SOFTMAX too (the softmax itself belongs
        to the loss).  CONV has "weight" (F, C, 3, 3) and "bias" (F,) and keeps height and width.  FC has "weight"
        (D, M) and "bias" (M,), and flattens what comes in.  BN has "scale", "shift", "mean" and "var", each (C,).
        DROPOUT has "drop" 0.5.  There is nothing else in a layer.  Weights are drawn after Kaiming (normal, variance 2
        over fan_in), biases and shifts start at 0, scales at 1, statistics at mean 0 and variance 1.  POOL and AVGPOOL
        halve height and width, an odd last row or column is left out; GAP leaves (C, 1, 1).
    """
    (depth, height, breadth), layers = in_shape, []
    for word in words:
        layer: dict = {"kind": "FC" if word == "SOFTMAX" else word}
        if word == "CONV":
            shape = (channels, depth, 3, 3)
            layer |= {"weight": rng.normal(0, np.sqrt(2 / (depth * 9)), shape), "bias": np.zeros(channels)}
            depth = channels
        elif word in ("FC", "SOFTMAX"):
            inputs, outputs = depth * height * breadth, width if word == "FC" else classes
            layer |= {"weight": rng.normal(0, np.sqrt(2 / inputs), (inputs, outputs)), "bias": np.zeros(outputs)}
            depth, height, breadth = outputs, 1, 1
        elif word == "BN":
            layer |= {"scale": np.ones(depth), "shift": np.zeros(depth)}
            layer |= {"mean": np.zeros(depth), "var": np.ones(depth)}
        elif word == "DROPOUT":
            layer["drop"] = 0.5
        elif word in ("POOL", "AVGPOOL"):
            height, breadth, channels = height // 2, breadth // 2, 2 * channels
        elif word == "GAP":
            height = breadth = 1
        layers.append(layer)
    return layers
