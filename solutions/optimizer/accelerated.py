"""Accelerated descent: momentum in its forms, classical, as a moving average, Nesterov's."""

from collections.abc import Callable

import numpy as np

from solutions.validation import require_fraction, require_shape


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
    Polyak 1964.  The rate stands inside the velocity, so steps already taken keep the rate of their
    time.  PyTorch keeps v without the rate and multiplies by it at the end: the same path while the rate is constant.
    """
    require_fraction("momentum", momentum)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    velocity = np.zeros_like(weight) if state is None else state
    velocity = momentum * velocity + rate * grad
    return weight - velocity, velocity


def momentum_ema(
    weight: np.ndarray, grad: np.ndarray, state: np.ndarray | None = None, *, rate: float, momentum: float = 0.9
) -> tuple[np.ndarray, np.ndarray]:
    """Momentum as a moving average: v = momentum * v + (1 - momentum) * grad; weight - rate * v.

    Takes, returns and refuses what `momentum` does; its state, the average v, is over about 1 / (1 - momentum)
    gradients.

    Notes
    -----
    Same path as `momentum` at the rate of `ema_to_classical_rate`, as long as the rate is constant.
    """
    require_fraction("momentum", momentum)
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

    Takes `grad_function`, which takes a weight and returns the gradient there, and all else as `momentum` does; returns
    and refuses what it does.

    Notes
    -----
    Nesterov 1983.
    """
    require_fraction("momentum", momentum)
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

    Takes, returns and refuses what `momentum` does.  The gradient is taken at `weight`.

    Notes
    -----
    With `weight` here = weight - momentum * v there, this is `nesterov` step by step, and it is what
    `torch.optim.SGD(nesterov=True)` does.
    """
    require_fraction("momentum", momentum)
    require_shape("grad", grad, weight.shape, "one derivative for each weight")
    velocity = np.zeros_like(weight) if state is None else state
    velocity = momentum * velocity + rate * grad
    return weight - rate * grad - momentum * velocity, velocity


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
        Of `momentum`, which refuses the same.

    Notes
    -----
    Holds while the rate is constant.
    """
    require_fraction("momentum", momentum)
    return rate * (1 - momentum)
