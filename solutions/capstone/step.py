"""A network of plain data trained by one step, and evaluated, with any set of parts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

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
