"""Maxout: the largest of k linear functions, so the shape of the activation itself is trained."""

import numpy as np

from solutions.validation import require_shape


def maxout_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Take, for each output, the largest of k linear pieces: y = max over i of x @ weight[i] + bias[i].

    Parameters
    ----------
    x : array of shape (N, D)
    weight : array of shape (k, D, M)
    bias : array of shape (k, M)

    Returns
    -------
    y : array of shape (N, M)
    cache : tuple
        For `maxout_backward`.

    Raises
    ------
    ValueError
        If x is not (N, D), weight not (k, D, M), or bias not (k, M).

    Notes
    -----
    ReLU is the maxout of x and 0, leaky ReLU that of x and slope * x.  Goodfellow et al. 2013.
    """
    if weight.ndim != 3:
        raise ValueError(f"weight has shape {weight.shape}, needs (k, D, M): k linear pieces from D to M")
    k, features, outputs = weight.shape
    require_shape("x", x, (*np.shape(x)[:1], features), "weight is (k, D, M), so x must be (N, D)")
    require_shape("bias", bias, (k, outputs), "one bias for each piece and output")
    pieces = x @ weight + bias[:, None, :]  # (k, N, M)
    winner = pieces.argmax(axis=0)  # (N, M); of equal pieces the first
    y = np.take_along_axis(pieces, winner[None], axis=0)[0]
    return y, (x, weight, winner)


def maxout_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of maxout: each output sends its gradient to the piece that won.

    Takes grad_y of shape (N, M) and the cache of `maxout_forward`; returns grad_x (N, D), grad_weight (k, D, M) and
    grad_bias (k, M).
    """
    x, weight, winner = cache
    require_shape("grad_y", grad_y, winner.shape, "one upstream number for each output")
    won = winner == np.arange(len(weight))[:, None, None]  # (k, N, M)
    grad_pieces = grad_y * won
    grad_x = (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0)
    grad_weight = x.T @ grad_pieces
    return grad_x, grad_weight, grad_pieces.sum(axis=1)
