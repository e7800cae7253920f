"""A network of two layers, forward and backward."""

import numpy as np

from solutions.neuron.threshold import neuron_forward
from solutions.validation import require_shape


def two_layer_forward(
    x: np.ndarray, weight1: np.ndarray, bias1: np.ndarray, weight2: np.ndarray, bias2: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Run the worked network: u = sigmoid(x @ weight1 + bias1), y = sigmoid(u @ weight2 + bias2).

    Takes x of shape (N, D), weight1 (D, H), bias1 (H,), weight2 (H, M) and bias2 (M,); returns y of shape (N, M) and
    the cache for `two_layer_backward`.  Neighbouring shapes that do not fit are a ValueError.
    """
    u = neuron_forward(x, weight1, bias1, activation="sigmoid")  # (N, H)
    a = neuron_forward(u, weight2, bias2, activation="sigmoid")  # (N, M)
    return a, (x, weight1, u, weight2, a)


def two_layer_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Gradients of the worked network: the errors run backwards through the same weights.

    Takes grad_y of shape (N, M), which is y - target for the loss 1/2 sum (y - target)**2, and the cache of
    `two_layer_forward`; returns grad_x, grad_weight1, grad_bias1, grad_weight2 and grad_bias2, each like its argument.
    """
    x, weight1, u, weight2, a = cache
    require_shape("grad_y", grad_y, a.shape, "one upstream number for each output")
    grad_z2 = grad_y * a * (1 - a)  # epsilon_m sigma'_m
    grad_u = grad_z2 @ weight2.T  # epsilon_h
    grad_z1 = grad_u * u * (1 - u)  # epsilon_h sigma'_h
    return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
