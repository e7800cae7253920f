"""The fully connected layer."""

import numpy as np

from solutions.validation import require_shape


def linear_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Multiply each flattened input by the weight and add the bias: y = x @ weight + bias.

    Parameters
    ----------
    x : array of shape (N, ...)
        All axes after the first are flattened to D features.
    weight : array of shape (D, M)
    bias : array of shape (M,)

    Returns
    -------
    y : array of shape (N, M)
    cache : tuple
        For `linear_backward`.

    Raises
    ------
    ValueError
        If x has no batch axis, its features are not D, or bias is not (M,).

    Notes
    -----
    Lectures also write it A x and W^T x, the same product with other axes.
    """
    if x.ndim < 1:
        raise ValueError("x is a single number, needs shape (N, ...): the first axis is the batch")
    if weight.ndim != 2:
        raise ValueError(f"weight has shape {weight.shape}, needs (D, M): D inputs, M outputs")
    flat = x.reshape(len(x), int(np.prod(x.shape[1:])))  # (N, D)
    if flat.shape[1] != len(weight):
        raise ValueError(
            f"x {x.shape} has {flat.shape[1]} features, weight {weight.shape} needs {len(weight)}: make both D"
        )
    require_shape("bias", bias, weight.shape[1:], "one number for each output")
    return flat @ weight + bias, (x, weight)


def linear_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the fully connected layer.

    Takes grad_y of shape (N, M) and the cache of `linear_forward`; returns grad_x like x, grad_weight (D, M) and
    grad_bias (M,).
    """
    x, weight = cache
    require_shape("grad_y", grad_y, (len(x), weight.shape[1]), "one upstream number for each output")
    flat = x.reshape(len(x), len(weight))
    grad_x = (grad_y @ weight.T).reshape(x.shape)
    return grad_x, flat.T @ grad_y, grad_y.sum(axis=0)
