"""Optimizers: `weight, state = rule(weight, grad, state, rate=...)`, with `state=None` at the first step.

Each parameter has its own state, and nothing that is passed in is changed.  The rate is an argument of every step, so a
schedule is a function outside the rule.
"""

import numpy as np

from solutions.adaptive_optimizer import adagrad, adam, adamw, rmsprop
from solutions.momentum_optimizer import ema_to_classical_rate, momentum, momentum_ema, nesterov, nesterov_shifted
from solutions.shape import require_shape

__all__ = [
    "adagrad",
    "adam",
    "adamw",
    "clip_gradients",
    "confusion_region",
    "ema_to_classical_rate",
    "momentum",
    "momentum_ema",
    "nesterov",
    "nesterov_shifted",
    "rmsprop",
    "sgd",
    "weight_decay",
]


def sgd(weight: np.ndarray, grad: np.ndarray, state: None = None, *, rate: float) -> tuple[np.ndarray, None]:
    """Step against the gradient: weight - rate * grad.

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : None
        Not needed; here so that all rules are called alike.
    rate : float

    Returns
    -------
    weight : array
    state : None

    Notes
    -----
    Seeds S1-3, S4-10, S4-14.
    """
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    return weight - rate * grad, None


def weight_decay(weight: np.ndarray, grad: np.ndarray, decay: float) -> np.ndarray:
    """Add the gradient of the L2 penalty decay / 2 * sum(weight**2).

    Parameters
    ----------
    weight, grad : arrays of the same shape
    decay : float
        At least 0; AlexNet used 5e-4.

    Returns
    -------
    grad : array
        Of loss and penalty together.

    Raises
    ------
    ValueError
        If decay is negative.

    Notes
    -----
    Seed S3-10.
    """
    if decay < 0:
        raise ValueError(f"decay is {decay}, needs at least 0: a negative one makes weights grow")
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    return grad + decay * weight


def clip_gradients(grads: list, max_norm: float) -> list:
    """Shrink all gradients by one common factor so that their joint length is at most `max_norm`.

    Parameters
    ----------
    grads : list of arrays
    max_norm : float
        Above 0.

    Returns
    -------
    grads : list of arrays
        The direction is kept; gradients that are short enough come back unchanged.

    Raises
    ------
    ValueError
        If max_norm is not above 0.

    Notes
    -----
    Pascanu et al. 2013.  Beyond the seeds.
    """
    if max_norm <= 0:
        raise ValueError(f"max_norm is {max_norm}, needs to be above 0: the largest joint length to keep")
    norm = np.sqrt(sum(float(np.sum(grad * grad)) for grad in grads))
    if norm <= max_norm:
        return list(grads)
    return [grad * float(max_norm / norm) for grad in grads]


def confusion_region(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Interval in which stochastic gradient descent on sum 1/2 (b_i - a_i x)**2 wanders about.

    Parameters
    ----------
    a, b : arrays of shape (N,)
        Every a_i different from 0.

    Returns
    -------
    low, high : float
        The smallest and the largest minimum of the single terms.  Outside, all terms agree on the direction; inside,
        they do not.

    Raises
    ------
    ValueError
        If the shapes differ, there is no term, or an a_i is 0.

    Notes
    -----
    Seed S4-14.
    """
    require_shape("b", b, a.shape, "one b for each a")
    if a.size == 0 or np.any(a == 0):
        raise ValueError("a must have at least one entry and no zero: the minimum of term i is b_i / a_i")
    minima = b / a
    return float(minima.min()), float(minima.max())
