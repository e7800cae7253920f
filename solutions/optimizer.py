"""Optimizers: `weight, state = rule(weight, grad, state, rate=...)`, with `state=None` at the first step.

Each parameter has its own state, and nothing that is passed in is changed.  The rate is an argument of every step, so a
schedule is a function outside the rule.
"""

from collections.abc import Callable

import numpy as np

from solutions.shape import require_shape


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


def momentum(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Classical momentum: v = momentum * v + rate * grad; weight - v.

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : array or None
        The velocity v; None means zero.
    rate : float
    momentum : float
        From 0 to below 1.

    Returns
    -------
    weight, state : arrays

    Raises
    ------
    ValueError
        If momentum is outside [0, 1).

    Notes
    -----
    Polyak 1964; seeds S4-15, C3.  The rate stands inside the velocity, so steps already taken keep the rate of their
    time.  PyTorch keeps v without the rate and multiplies by it at the end: the same path while the rate is constant.
    """
    _require_fraction("momentum", momentum)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    velocity = np.zeros_like(weight) if state is None else state
    velocity = momentum * velocity + rate * grad
    return weight - velocity, velocity


def momentum_ema(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Momentum as a moving average: v = momentum * v + (1 - momentum) * grad; weight - rate * v.

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : array or None
        The average v; None means zero.
    rate : float
    momentum : float
        From 0 to below 1; v averages about 1 / (1 - momentum) gradients.

    Returns
    -------
    weight, state : arrays

    Raises
    ------
    ValueError
        If momentum is outside [0, 1).

    Notes
    -----
    Same path as `momentum` with rate * (1 - momentum), as long as the rate is constant.  Seeds S3-11, C3.
    """
    _require_fraction("momentum", momentum)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    average = np.zeros_like(weight) if state is None else state
    average = momentum * average + (1 - momentum) * grad
    return weight - rate * average, average


def nesterov(
    weight: np.ndarray,
    grad_function: Callable,
    state: np.ndarray | None = None,
    *,
    rate: float,
    momentum: float = 0.9,
) -> tuple[np.ndarray, np.ndarray]:
    """Momentum with the gradient taken where the velocity alone would lead.

    v = momentum * v + rate * grad_function(weight - momentum * v); weight - v.

    Parameters
    ----------
    weight : array
    grad_function : callable
        Takes a weight, returns the gradient there.
    state : array or None
        The velocity v; None means zero.
    rate : float
    momentum : float
        From 0 to below 1.

    Returns
    -------
    weight, state : arrays

    Raises
    ------
    ValueError
        If momentum is outside [0, 1).

    Notes
    -----
    Nesterov 1983; seeds S3-12 (with a moving average), S4-16, C4.  PyTorch's form is `nesterov_shifted`.
    """
    _require_fraction("momentum", momentum)
    velocity = np.zeros_like(weight) if state is None else state
    grad = grad_function(weight - momentum * velocity)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    velocity = momentum * velocity + rate * grad
    return weight - velocity, velocity


def nesterov_shifted(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Nesterov's momentum in the variable that a training loop has: the look-ahead point itself.

    v = momentum * v + rate * grad; weight - rate * grad - momentum * v.

    Parameters
    ----------
    weight, grad : arrays of the same shape
        The gradient is taken at `weight`.
    state : array or None
        The velocity v; None means zero.
    rate : float
    momentum : float
        From 0 to below 1.

    Returns
    -------
    weight, state : arrays

    Raises
    ------
    ValueError
        If momentum is outside [0, 1).

    Notes
    -----
    With `weight` here = weight - momentum * v there, this is `nesterov` step by step, and it is what
    `torch.optim.SGD(nesterov=True)` does.  Seed C4.
    """
    _require_fraction("momentum", momentum)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    velocity = np.zeros_like(weight) if state is None else state
    velocity = momentum * velocity + rate * grad
    return weight - rate * grad - momentum * velocity, velocity


def adagrad(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, eps: float = 1e-8
) -> tuple[np.ndarray, np.ndarray]:
    """Divide each coordinate's rate by the root of all its squared gradients so far.

    s = s + grad**2; weight - rate * grad / (sqrt(s) + eps).

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : array or None
        The sum s; None means zero.
    rate, eps : float

    Returns
    -------
    weight, state : arrays

    Notes
    -----
    The rate of a coordinate never grows, it only falls more slowly where gradients are small.  Duchi et al. 2011;
    seeds S4-18, C38.
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
    weight, state : arrays

    Raises
    ------
    ValueError
        If decay is outside [0, 1).

    Notes
    -----
    Tieleman & Hinton 2012; seed S4-18.
    """
    _require_fraction("decay", decay)
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
    The first step has size `rate` in every coordinate, whatever the gradient's size.  Kingma & Ba 2014; seed S4-18.
    """
    _require_fraction("beta1", beta1)
    _require_fraction("beta2", beta2)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    steps, mean, square = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    steps = steps + 1
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad * grad
    unbiased_mean = mean / (1 - beta1**steps)
    unbiased_square = square / (1 - beta2**steps)
    return weight - rate * unbiased_mean / (np.sqrt(unbiased_square) + eps), (steps, mean, square)


def adamw(
    weight: np.ndarray,
    grad: np.ndarray,
    state: tuple | None = None,
    *,
    rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    decay: float = 0.01,
) -> tuple[np.ndarray, tuple]:
    """Adam, with weight decay applied to the weight itself instead of through the gradient.

    Parameters
    ----------
    weight, grad : arrays of the same shape
    state : tuple or None
        As in `adam`.
    rate, eps : float
    beta1, beta2 : float
        From 0 to below 1.
    decay : float
        The weight is first multiplied by 1 - rate * decay.

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
    Added to the gradient, a decay would be divided by the root of the squares like everything else.
    Loshchilov & Hutter 2017.  Beyond the seeds.
    """
    shrunk = weight * (1 - rate * decay)
    return adam(shrunk, grad, state, rate=rate, beta1=beta1, beta2=beta2, eps=eps)


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
        grad + decay * weight.

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


def ema_to_classical_rate(rate: float, momentum: float) -> float:
    """Rate with which `momentum` walks the path of `momentum_ema` at the given rate.

    Parameters
    ----------
    rate : float
        Of `momentum_ema`.
    momentum : float
        From 0 to below 1; the same in both.

    Returns
    -------
    rate : float
        rate * (1 - momentum).

    Raises
    ------
    ValueError
        If momentum is outside [0, 1).

    Notes
    -----
    Holds while the rate is constant.  Seed C3.
    """
    _require_fraction("momentum", momentum)
    return rate * (1 - momentum)


def confusion_region(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Interval in which stochastic gradient descent on sum 1/2 (b_i - a_i x)**2 wanders about.

    Parameters
    ----------
    a, b : arrays of shape (N,)
        Every a_i different from 0.

    Returns
    -------
    low, high : float
        Smallest and largest b_i / a_i, the minima of the single terms.  Outside, all terms agree on the direction;
        inside, they do not.

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


def _require_fraction(name: str, value: float) -> None:
    """Raise ValueError unless 0 <= value < 1: at 1 the past is never forgotten."""
    if not 0 <= value < 1:
        raise ValueError(f"{name} is {value}, needs at least 0 and below 1: it is the share of the past that is kept")
