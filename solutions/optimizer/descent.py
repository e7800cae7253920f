"""Gradient descent itself, what is added to a gradient before the step, and where the noise of single terms matters."""

import numpy as np

from solutions.validation import require_shape


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
        If decay is below 0, where it would make weights grow.
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
    Pascanu et al. 2013.
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
    """
    require_shape("b", b, a.shape, "one b for each a")
    if a.size == 0 or np.any(a == 0):
        raise ValueError("a must have at least one entry and no zero: the minimum of term i is b_i / a_i")
    minima = b / a
    return float(minima.min()), float(minima.max())
