"""Exponential linear units: ELU and SELU, which bend the negative side down to a limit."""

import numpy as np

from solutions.validation import require_shape

# Klambauer et al. 2017: with these two numbers, mean 0 and variance 1 reproduce themselves from layer to layer.
SELU_ALPHA = 1.6732632423543772

SELU_SCALE = 1.0507009873554805


def elu_forward(x: np.ndarray, *, alpha: float = 1.0) -> tuple[np.ndarray, tuple]:
    """Bend the negative side down to -alpha: y = x where x > 0, alpha (exp(x) - 1) elsewhere.

    Parameters
    ----------
    x : array of any shape
    alpha : float
        Minus the limit at the far left.

    Returns
    -------
    y : array like x
    cache : tuple
        For `elu_backward`.

    Notes
    -----
    `expm1` keeps the digits near 0 that exp(x) - 1 cancels.  Clevert et al. 2015.
    """
    # np.where computes both sides: exp must not see the large positive inputs.
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, (x, alpha)


def elu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of ELU: 1 where x > 0, alpha exp(x) elsewhere.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `elu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    x, alpha = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))


def selu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Scale an ELU so that mean 0 and variance 1 are kept: y = scale x, or scale alpha (exp(x) - 1) where x <= 0.

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `selu_backward`.

    Notes
    -----
    Klambauer et al. 2017; holds for weights of mean 0 and variance 1 / fan_in.
    """
    y = SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))
    return y, (x,)


def selu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of SELU: scale where x > 0, scale alpha exp(x) elsewhere.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `selu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return SELU_SCALE * np.where(x > 0, grad_y, grad_y * SELU_ALPHA * np.exp(np.minimum(x, 0)))
