"""Adaptive methods, which give each coordinate a rate of its own: Adagrad, RMSprop, Adam, AdamW."""

import numpy as np

from solutions.validation import require_fraction, require_shape


def adagrad(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, eps: float = 1e-8
) -> tuple[np.ndarray, np.ndarray]:
    """Divide each coordinate's rate by the root of all its squared gradients so far.

    s = s + grad**2; weight - rate * grad / (sqrt(s) + eps).

    Parameters
    ----------
    weight, grad, rate
        As in `momentum`.
    state : array or None
        The sum s; None means zero.
    eps : float
        Keeps the division from 0 before the first gradient.

    Returns
    -------
    weight, state : arrays like weight

    Notes
    -----
    The rate of a coordinate never grows, it only falls more slowly where gradients are small.  Duchi et al. 2011.
    """
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    total = np.zeros_like(weight) if state is None else state
    total = total + grad * grad
    return weight - rate * grad / (np.sqrt(total) + eps), total


def rmsprop(
    weight: np.ndarray,
    grad: np.ndarray,
    state: np.ndarray | None = None,
    *,
    rate: float,
    decay: float = 0.99,
    eps: float = 1e-8,
) -> tuple[np.ndarray, np.ndarray]:
    """Divide by the root of a moving average of squared gradients, so that old ones are forgotten.

    s = decay * s + (1 - decay) * grad**2; weight - rate * grad / (sqrt(s) + eps).

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : array or None
        The average s; None means zero.
    rate, eps : float
    decay : float
        From 0 to below 1; 0.9, 0.99 and 0.999 are common.

    Returns
    -------
    weight, state : arrays like weight

    Raises
    ------
    ValueError
        If decay is outside [0, 1).

    Notes
    -----
    Tieleman & Hinton 2012.
    """
    require_fraction("decay", decay)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    square = np.zeros_like(weight) if state is None else state
    square = decay * square + (1 - decay) * grad * grad
    return weight - rate * grad / (np.sqrt(square) + eps), square


def adam(
    weight: np.ndarray,
    grad: np.ndarray,
    state: tuple | None = None,
    *,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, tuple]:
    """Momentum over the root of the average square, both corrected for their start at zero.

    m = beta1 * m + (1 - beta1) * grad; s = beta2 * s + (1 - beta2) * grad**2;
    weight - rate * (m / (1 - beta1**t)) / (sqrt(s / (1 - beta2**t)) + eps), with t = 1 at the first step.

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : tuple or None
        Steps so far, m and s; None means 0 and zeros.
    rate, eps : float
    beta1, beta2 : float
        From 0 to below 1.

    Returns
    -------
    weight : array
    state : tuple

    Raises
    ------
    ValueError
        If beta1 or beta2 is outside [0, 1).

    Notes
    -----
    The first step has size `rate` in every coordinate, whatever the gradient's size.  Kingma & Ba 2014.
    """
    require_fraction("beta1", beta1)
    require_fraction("beta2", beta2)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    steps, mean, square = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    steps = steps + 1
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad * grad
    unbiased_mean = mean / (1 - beta1**steps)
    unbiased_square = square / (1 - beta2**steps)
    return weight - rate * unbiased_mean / (np.sqrt(unbiased_square) + eps), (steps, mean, square)


def adamw(
    weight: np.ndarray, grad: np.ndarray, state: tuple | None = None, *, rate: float, decay: float = 0.01, **rest: float
) -> tuple[np.ndarray, tuple]:
    """Adam, with weight decay applied to the weight itself instead of through the gradient.

    Parameters
    ----------
    weight, grad, state, rate, and the rest: beta1, beta2, eps
        As in `adam`.
    decay : float
        The weight is first multiplied by 1 - rate * decay.

    Returns
    -------
    weight, state
        As from `adam`.

    Raises
    ------
    ValueError
        If decay is negative, and as `adam`.

    Notes
    -----
    Added to the gradient, a decay would be divided by the root of the squares like everything else.
    Loshchilov & Hutter 2017.
    """
    if not decay >= 0:
        raise ValueError(f"decay is {decay}, needs at least 0: a negative one makes weights grow")
    shrunk = weight * (1 - rate * decay)
    return adam(shrunk, grad, state, rate=rate, **rest)
