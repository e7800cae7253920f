"""What a network predicts, and how good that is, in inference mode."""

import numpy as np

from solutions.loss import softmax_cross_entropy
from solutions.network import Layer


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
