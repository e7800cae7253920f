"""A network of two layers, forward and backward."""

import numpy as np

from solutions.neuron.threshold import neuron_forward
from solutions.validation import require_shape


def two_layer_forward(
    x: np.ndarray, weight1: np.ndarray, bias1: np.ndarray, weight2: np.ndarray, bias2: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Run the worked network: u = sigmoid(x @ weight1 + bias1), y = sigmoid(u @ weight2 + bias2).

    Parameters
    ----------
    x : array of shape (N, D)
    weight1 : array of shape (D, H)
    bias1 : array of shape (H,)
    weight2 : array of shape (H, M)
    bias2 : array of shape (M,)

    Returns
    -------
    y : array of shape (N, M)
    cache : tuple
        For `two_layer_backward`.

    Raises
    ------
    ValueError
        If neighbouring shapes do not fit.
    """
    u = neuron_forward(x, weight1, bias1, activation="sigmoid")  # (N, H)
    a = neuron_forward(u, weight2, bias2, activation="sigmoid")  # (N, M)
    return a, (x, weight1, u, weight2, a)


def two_layer_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Gradients of the worked network: the errors run backwards through the same weights.

    Parameters
    ----------
    grad_y : array of shape (N, M)
        With the loss 1/2 sum (y - target)**2 it is y - target.
    cache : tuple
        From `two_layer_forward`.

    Returns
    -------
    grad_x, grad_weight1, grad_bias1, grad_weight2, grad_bias2 : arrays like the arguments
    """
    x, weight1, u, weight2, a = cache
    require_shape("grad_y", grad_y, a.shape, "one upstream number for each output")
    grad_z2 = grad_y * a * (1 - a)  # epsilon_m sigma'_m
    grad_u = grad_z2 @ weight2.T  # epsilon_h
    grad_z1 = grad_u * u * (1 - u)  # epsilon_h sigma'_h
    return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
