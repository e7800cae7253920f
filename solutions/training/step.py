"""One step of training: forward, backward, and a rule that changes every weight."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from solutions import optimizer as rules
from solutions.loss import softmax_cross_entropy
from solutions.network import Layer, walk

OPTIMIZERS: dict[str, Callable] = {
    "sgd": rules.sgd,
    "momentum": rules.momentum,
    "momentum_ema": rules.momentum_ema,
    "nesterov": rules.nesterov_shifted,
    "adagrad": rules.adagrad,
    "rmsprop": rules.rmsprop,
    "adam": rules.adam,
    "adamw": rules.adamw,
}


def train_step(network: Layer, x: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
    """Forward and backward in training mode, without changing a weight.

    Parameters
    ----------
    network : Layer
        Its layers hold the gradients afterwards; batch norm updates its running statistics.
    x : array of shape (N, ...)
    labels : integer array of shape (N,)

    Returns
    -------
    loss : float
        Mean over the batch.
    correct : int
        Examples whose largest logit is the right one.
    """
    logits = network.forward(x, training=True)
    loss, grad_logits = softmax_cross_entropy(logits, labels)
    network.backward(grad_logits, input_grad=False)
    return loss, int((logits.argmax(axis=1) == labels).sum())


def update(
    network: Layer,
    rule: Callable,
    states: dict,
    *,
    rate: float,
    decay: float = 0.0,
    max_norm: float | None = None,
) -> None:
    """Let a rule change every weight, each with a state of its own.

    Parameters
    ----------
    network : Layer
        With gradients from `train_step`; its weights are replaced.
    rule : callable
        `(weight, grad, state, *, rate) -> (weight, state)`.
    states : dict
        Name of the weight to its state; filled here, empty at the first step.
    rate, decay : float
    max_norm : float or None
    """
    places = [(f"{name}.{key}", layer, key) for name, layer in walk(network) for key in layer.params]
    grads = [layer.grads[key] for _, layer, key in places]
    if max_norm is not None:
        grads = rules.clip_gradients(grads, max_norm)
    for (name, layer, key), grad in zip(places, grads, strict=True):
        weight = layer.params[key]
        if decay and weight.ndim >= 2:
            grad = rules.weight_decay(weight, grad, float(decay))
        layer.params[key], states[name] = rule(weight, grad, states.get(name), rate=float(rate))


def find_rule(optimizer: str | Callable) -> Callable:
    """Look up an optimizer by name; pass a rule through."""
    if optimizer is rules.nesterov or (isinstance(optimizer, partial) and optimizer.func is rules.nesterov):
        raise ValueError("nesterov needs the gradient at another point, which a loop has not: use nesterov_shifted")
    if callable(optimizer):
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer is {optimizer!r}, needs a rule or one of {', '.join(OPTIMIZERS)}")
    return OPTIMIZERS[optimizer]
