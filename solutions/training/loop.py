"""The training loop: batches, modes, history, and a generator for everything that is random."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np

from solutions.network import Layer
from solutions.training.evaluation import evaluate
from solutions.training.step import find_rule, train_step, update


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
    forgetting it is the most common bug of all.
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
