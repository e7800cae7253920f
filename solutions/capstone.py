"""A convolutional network as plain data: built from a pattern, trained and evaluated with any set of parts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.activation import leaky_relu_backward, leaky_relu_forward, relu_backward, relu_forward
from solutions.adaptive_optimizer import adam
from solutions.batchnorm import spatial_batchnorm_backward, spatial_batchnorm_forward
from solutions.convolution import conv2d_backward, conv2d_forward
from solutions.dropout import dropout_backward, dropout_forward
from solutions.initialization import kaiming_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy
from solutions.momentum_optimizer import momentum
from solutions.pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    global_avg_pool_backward,
    global_avg_pool_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)


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

    Notes
    -----
    Seed S0-11.
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


NAMES_OF_KINDS = {
    "CONV": "conv2d",
    "FC": "linear",
    "BN": "spatial_batchnorm",
    "RELU": "relu",
    "LRELU": "leaky_relu",
    "POOL": "maxpool2d",
    "AVGPOOL": "avgpool2d",
    "GAP": "global_avg_pool",
    "DROPOUT": "dropout",
}
TRAINED = {"CONV": ("weight", "bias"), "FC": ("weight", "bias"), "BN": ("scale", "shift")}


def _layer_forward(
    layer: dict, parts: dict, x: np.ndarray, rng: np.random.Generator | None, training: bool
) -> tuple[np.ndarray, tuple, dict]:
    """Run one layer; return its output, its cache, and the layer with new running statistics."""
    kind = layer["kind"]
    forward = parts[NAMES_OF_KINDS[kind] + "_forward"]
    if kind == "CONV":
        y, cache = forward(x, layer["weight"], layer["bias"], padding=1)
    elif kind == "FC":
        y, cache = forward(x, layer["weight"], layer["bias"])
    elif kind == "BN":
        running = (layer["mean"], layer["var"])
        y, cache, running = forward(x, layer["scale"], layer["shift"], running, training=training)
        layer = layer | {"mean": running[0], "var": running[1]}
    elif kind == "DROPOUT":
        y, cache = forward(x, layer["drop"], rng, training=training)
    elif kind in ("POOL", "AVGPOOL"):
        y, cache = forward(x, 2, 2)
    else:
        y, cache = forward(x)
    return y, cache, layer


def train_step(
    layers: list[dict],
    parts: dict[str, Callable],
    x: np.ndarray,
    labels: np.ndarray,
    rate: float,
    rng: np.random.Generator,
) -> tuple[list[dict], float]:
    """Take one step of momentum down the loss of a batch, in training mode.

    Parameters
    ----------
    layers : list of dict
        As `build_cnn` makes them; neither the list nor a layer is changed.
    parts : dict
        Functions by name, such as parts["conv2d_forward"] and parts["momentum"].
    x : array of shape (N, C, H, W)
    labels : integer array of shape (N,)
    rate : float
    rng : np.random.Generator
        For the dropout layers, in forward order.

    Returns
    -------
    layers : list of dict
        New ones: weights, biases, scales and shifts after one call of parts["momentum"] each, running statistics after
        one batch.  A layer that is trained has the optimizer's states under "state", by name of the array; a layer
        without "state" starts with None.  Layers without arrays are as they were.
    loss : float
        Mean cross-entropy of the batch before the step.
    """
    y, passed = x, []
    for layer in layers:
        y, cache, layer = _layer_forward(layer, parts, y, rng, True)
        passed.append((layer, cache))
    loss, grad = parts["softmax_cross_entropy"](y, labels)
    stepped = []
    for layer, cache in reversed(passed):
        grads = parts[NAMES_OF_KINDS[layer["kind"]] + "_backward"](grad, cache)
        if layer["kind"] in TRAINED:
            grad, *own = grads
            layer = layer | {"state": dict(layer.get("state", {}))}
            for name, slope in zip(TRAINED[layer["kind"]], own, strict=True):
                old = layer["state"].get(name)
                layer[name], layer["state"][name] = parts["momentum"](layer[name], slope, old, rate=rate)
        else:
            grad = grads
        stepped.append(layer)
    return stepped[::-1], float(loss)


def evaluate(layers: list[dict], parts: dict[str, Callable], x: np.ndarray, labels: np.ndarray) -> float:
    """Return the accuracy in inference mode.

    Parameters
    ----------
    layers : list of dict
        Not changed: running statistics stay as they are.
    parts : dict
        Functions by name.
    x : array of shape (N, C, H, W)
    labels : integer array of shape (N,)

    Returns
    -------
    accuracy : float
        Fraction of images whose largest logit is the right one.
    """
    y = x
    for layer in layers:
        y = _layer_forward(layer, parts, y, None, False)[0]
    return float((y.argmax(axis=1) == labels).mean())


def train_cnn(
    images: np.ndarray, labels: np.ndarray, parts: dict[str, Callable], rng: np.random.Generator
) -> list[dict]:
    """Build a network and train it: choose the layers, the sizes, the rate, the batches and the epochs.

    Parameters
    ----------
    images : array of shape (N, C, H, W)
        Values from 0 to 1; N is at least 12.
    labels : integer array of shape (N,)
        From 0 to the number of classes less 1.
    parts : dict
        Functions by name.
    rng : np.random.Generator
        For everything that is random: the same images and the same draws train the same network.

    Returns
    -------
    layers : list of dict
        The trained network, plain data as `build_cnn` makes it.
    """
    epochs, batch, block = 12, 32, ["CONV", "BN", "RELU"]
    words = [*block, "POOL", *block, "POOL", *block, "GAP", "SOFTMAX"]
    layers = build_cnn(words, images.shape[1:], int(labels.max()) + 1, rng, 8)
    for layer in layers:  # single precision takes half the time
        layer |= {name: value.astype(np.float32) for name, value in layer.items() if isinstance(value, np.ndarray)}
    starts = range(0, len(images), batch)
    total = epochs * len(starts)
    for step in range(total):
        if step % len(starts) == 0:
            order = rng.permutation(len(images))
        start = starts[step % len(starts)]
        rows = order[start : start + batch]
        x = images[rows].astype(np.float32)
        if rng.random() < 0.5:
            x = x[:, :, :, ::-1]
        rate = 0.1 * (1 + np.cos(np.pi * step / total)) / 2
        layers, _ = train_step(layers, parts, x, labels[rows], float(rate), rng)
    return [{name: value for name, value in layer.items() if name != "state"} for layer in layers]


def my_parts() -> dict[str, Callable]:
    """Return the parts that you have written, by name.

    Returns
    -------
    parts : dict
        Of the 22 names of `given_parts()`, those whose functions are your own; a backward pass needs its forward pass
        beside it.
    """
    return {
        "conv2d_forward": conv2d_forward,
        "conv2d_backward": conv2d_backward,
        "linear_forward": linear_forward,
        "linear_backward": linear_backward,
        "relu_forward": relu_forward,
        "relu_backward": relu_backward,
        "leaky_relu_forward": leaky_relu_forward,
        "leaky_relu_backward": leaky_relu_backward,
        "maxpool2d_forward": maxpool2d_forward,
        "maxpool2d_backward": maxpool2d_backward,
        "avgpool2d_forward": avgpool2d_forward,
        "avgpool2d_backward": avgpool2d_backward,
        "global_avg_pool_forward": global_avg_pool_forward,
        "global_avg_pool_backward": global_avg_pool_backward,
        "spatial_batchnorm_forward": spatial_batchnorm_forward,
        "spatial_batchnorm_backward": spatial_batchnorm_backward,
        "dropout_forward": dropout_forward,
        "dropout_backward": dropout_backward,
        "softmax_cross_entropy": softmax_cross_entropy,
        "momentum": momentum,
        "adam": adam,
        "kaiming_normal": kaiming_normal,
    }
