"""The parts of the course put together: all operations by name, and a recipe that trains a network with them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solutions.activation import leaky_relu_backward, leaky_relu_forward, relu_backward, relu_forward
from solutions.capstone.construction import build_cnn
from solutions.capstone.step import train_step
from solutions.dropout import dropout_backward, dropout_forward
from solutions.fast import conv2d_backward, conv2d_forward, maxpool2d_backward, maxpool2d_forward
from solutions.initialization import kaiming_normal
from solutions.linear import linear_backward, linear_forward
from solutions.loss import softmax_cross_entropy
from solutions.normalization import spatial_batchnorm_backward, spatial_batchnorm_forward
from solutions.optimizer import adam, momentum
from solutions.pooling import avgpool2d_backward, avgpool2d_forward, global_avg_pool_backward, global_avg_pool_forward


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
