"""The training loop: batches, modes, history, and a generator for everything that is random."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np

from solutions import optimizer as rules
from solutions.base_layer import Layer, walk
from solutions.loss import softmax_cross_entropy

OPTIMIZERS = {
    "sgd": rules.sgd,
    "momentum": rules.momentum,
    "momentum_ema": rules.momentum_ema,
    "nesterov": rules.nesterov_shifted,
    "adagrad": rules.adagrad,
    "rmsprop": rules.rmsprop,
    "adam": rules.adam,
    "adamw": rules.adamw,
}


def train(
    network: Layer,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    epochs: int,
    batch: int,
    rate: float | Callable,
    rng: np.random.Generator,
    optimizer: str | Callable = "momentum",
    decay: float = 0.0,
    max_norm: float | None = None,
    augment: Callable | None = None,
    validation: tuple | None = None,
    progress: bool = False,
) -> dict[str, list[float]]:
    """Minimise the cross-entropy of a classifier, and return what happened.

    Parameters
    ----------
    network : Layer
        Trained in place.
    images : array of shape (N, ...)
    labels : integer array of shape (N,)
    epochs, batch : int
        At least 1.  The last batch of an epoch may be smaller.
    rate : float or callable
        A callable takes (step, total, history) at each step, for example
        `lambda step, total, history: cosine_schedule(0.1, step, total)` or
        `lambda step, total, history: plateau_schedule(0.01, history["validation_loss"], 3)`.
    rng : np.random.Generator
        Shuffles and augments.  The same generator state and network give the same result to the last bit.
    optimizer : str or callable
        A name (sgd, momentum, momentum_ema, nesterov, adagrad, rmsprop, adam, adamw) or a rule
        `(weight, grad, state, *, rate) -> (weight, state)`.
    decay : float
        L2 strength, on weights with two or more axes: not on biases, scales and shifts.
    max_norm : float or None
        Clip the joint length of all gradients.
    augment : callable or None
        Takes (images of a batch, rng), returns images of the same shape.
    validation : (images, labels) or None
        Evaluated in inference mode after each epoch.
    progress : bool
        Show a progress bar; needs `rich`.

    Returns
    -------
    history : dict of lists
        One value for each epoch: "loss" and "accuracy" (training mode, averaged over the epoch), "rate" (last step),
        and with validation "validation_loss" and "validation_accuracy".

    Raises
    ------
    ValueError
        If the labels do not match the images, or epochs, batch or the optimizer make no sense.

    Notes
    -----
    Stops after the epoch in which the loss is no longer finite.  Batch norm and dropout know the mode from `training`:
    forgetting it is the most common bug of all (seed S1-25).  Seeds S1-3, S3-10, S4-10.
    """
    require_training(images, labels, epochs, batch)
    rule = find_rule(optimizer)
    names = ["loss", "accuracy", "rate"] + ["validation_loss", "validation_accuracy"] * (validation is not None)
    history: dict[str, list[float]] = {name: [] for name in names}
    states: dict[str, object] = {}
    steps = -(-len(images) // batch)  # in an epoch
    with _progress_bar(epochs * steps, progress) as advance:
        for epoch in range(epochs):
            loss_sum = correct = 0.0
            for step, (x, y) in enumerate(batches(images, labels, batch, rng, augment), start=epoch * steps):
                loss, hits = train_step(network, x, y)
                step_rate = rate(step, epochs * steps, history) if callable(rate) else rate
                update(network, rule, states, rate=step_rate, decay=decay, max_norm=max_norm)
                loss_sum, correct = loss_sum + loss * len(x), correct + hits
                advance(epoch, loss)
            values = [loss_sum / len(images), correct / len(images), step_rate]
            values += [] if validation is None else evaluate(network, *validation)
            for name, value in zip(names, values, strict=True):
                history[name].append(value)
            if not math.isfinite(loss_sum):
                break
    return history


def require_training(images: np.ndarray, labels: np.ndarray, epochs: int, batch: int) -> None:
    """Raise ValueError unless there is a label for each image, and something to do."""
    if len(images) != len(labels) or len(images) == 0 or epochs < 1 or batch < 1:
        raise ValueError(
            f"{len(images)} images, {len(labels)} labels, epochs={epochs}, batch={batch}: "
            "need at least one image, one label for each image, and epochs and batch of at least 1"
        )


def batches(
    images: np.ndarray, labels: np.ndarray, batch: int, rng: np.random.Generator, augment: Callable | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (images, labels) of one epoch in a new random order, augmented; the last batch may be smaller."""
    order = rng.permutation(len(images))
    for start in range(0, len(images), batch):
        rows = order[start : start + batch]
        yield images[rows] if augment is None else augment(images[rows], rng), labels[rows]


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


def predict(network: Layer, images: np.ndarray, *, batch: int = 256) -> np.ndarray:
    """Logits in inference mode, a batch at a time.

    Parameters
    ----------
    network : Layer
        Not changed.
    images : array of shape (N, ...)
    batch : int

    Returns
    -------
    logits : array of shape (N, classes)

    Raises
    ------
    ValueError
        If there is no image or batch is below 1.
    """
    if len(images) == 0 or batch < 1:
        raise ValueError(f"{len(images)} images in batches of {batch}: need at least one of each")
    parts = [network.forward(images[start : start + batch], training=False) for start in range(0, len(images), batch)]
    return np.concatenate(parts)


def evaluate(network: Layer, images: np.ndarray, labels: np.ndarray, *, batch: int = 256) -> tuple[float, float]:
    """Mean cross-entropy and accuracy in inference mode.

    Parameters
    ----------
    network : Layer
        Not changed: running statistics stay as they are.
    images : array of shape (N, ...)
    labels : integer array of shape (N,)
    batch : int
        Has no influence on the result beyond rounding.

    Returns
    -------
    loss, accuracy : float

    Raises
    ------
    ValueError
        If there is no image or the labels do not match.
    """
    logits = predict(network, images, batch=batch)
    loss, _ = softmax_cross_entropy(logits, labels)
    return loss, float((logits.argmax(axis=1) == labels).mean())


def find_rule(optimizer: str | Callable) -> Callable:
    """Look up an optimizer by name; pass a rule through."""
    if optimizer is rules.nesterov or (isinstance(optimizer, partial) and optimizer.func is rules.nesterov):
        raise ValueError("nesterov needs the gradient at another point, which a loop has not: use nesterov_shifted")
    if callable(optimizer):
        return optimizer
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer is {optimizer!r}, needs a rule or one of {', '.join(OPTIMIZERS)}")
    return OPTIMIZERS[optimizer]


@contextmanager
def _progress_bar(total: int, shown: bool) -> Iterator[Callable]:
    """Give a function to call after each step: it moves a bar of rich, or does nothing."""
    if not shown:
        yield lambda epoch, loss: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("training", total=total)
        yield lambda epoch, loss: bar.update(task, advance=1, description=f"epoch {epoch + 1}  loss {loss:.3f}")
