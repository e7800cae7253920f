"""Smooth relatives of ReLU: ELU and SELU bend the negative side down to a limit, SiLU and GELU multiply x by a share
between 0 and 1 that depends on x, softplus rounds the corner.
"""

import numpy as np

from solutions.activation.squashing import sigmoid
from solutions.validation import require_shape

# Klambauer et al. 2017: with these two numbers, mean 0 and variance 1 reproduce themselves from layer to layer.
SELU_ALPHA = 1.6732632423543772

SELU_SCALE = 1.0507009873554805


def elu_forward(x: np.ndarray, *, alpha: float = 1.0) -> tuple[np.ndarray, tuple]:
    """Bend the negative side down to -alpha: y = x where x > 0, alpha (exp(x) - 1) elsewhere.

    Takes x of any shape and alpha, minus the limit at the far left; returns y like x, everywhere above -alpha, and the
    cache for `elu_backward`.

    Notes
    -----
    `expm1` keeps the digits near 0 that exp(x) - 1 cancels.  Clevert et al. 2015.
    """
    # np.where computes both sides: exp must not see the large positive inputs.
    y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
    return y, (x, alpha)


def elu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of ELU: 1 where x > 0, alpha exp(x) elsewhere.

    Takes grad_y like y and the cache of `elu_forward`; returns grad_x like x, between 0 and grad_y for alpha <= 1.
    """
    x, alpha = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))


def selu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Scale an ELU so that mean 0 and variance 1 are kept: y = scale x, or scale alpha (exp(x) - 1) where x <= 0.

    Takes x of any shape; returns y like x, everywhere above -1.76 = -scale alpha, and the cache for `selu_backward`.

    Notes
    -----
    Klambauer et al. 2017; holds for weights of mean 0 and variance 1 / fan_in.
    """
    y = SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0)))
    return y, (x,)


def selu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of SELU: scale where x > 0, scale alpha exp(x) elsewhere.

    Takes grad_y like y and the cache of `selu_forward`; returns grad_x like x.
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return SELU_SCALE * np.where(x > 0, grad_y, grad_y * SELU_ALPHA * np.exp(np.minimum(x, 0)))


# GELU's tanh form: sqrt(2 / pi) and the cubic coefficient of Hendrycks & Gimpel 2016.
GELU_SCALE = 0.7978845608028654

GELU_CUBIC = 0.044715


def silu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Gate x by its own sigmoid: y = x sigmoid(x).

    Takes x of any shape; returns y like x, nowhere below -0.28, and the cache for `silu_backward`.

    Notes
    -----
    Also called swish.  Elfwing et al. 2017; Ramachandran et al. 2017.
    """
    gate = sigmoid(x)
    return x * gate, (x, gate)


def silu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of SiLU: gate + x gate (1 - gate).

    Takes grad_y like y and the cache of `silu_forward`; returns grad_x like x, between -0.1 and 1.1 times grad_y.
    """
    x, gate = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * (gate + x * gate * (1 - gate))


def gelu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Weigh x by about the probability that a normal number is below it: y = x (1 + tanh(u)) / 2.

    Here u = sqrt(2 / pi) (x + 0.044715 x**3).

    Takes x of any shape; returns y like x, nowhere below -0.18, and the cache for `gelu_backward`.

    Notes
    -----
    The tanh form of Hendrycks & Gimpel 2016; it differs from the exact x Phi(x) by at most 5e-4.  In PyTorch it is
    `gelu(x, approximate="tanh")`.
    """
    bend = np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3))
    return 0.5 * x * (1 + bend), (x, bend)


def gelu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of GELU: (1 + tanh(u)) / 2 + x (1 - tanh(u)**2) u' / 2.

    Takes grad_y like y and the cache of `gelu_forward`; returns grad_x like x, between -0.13 and 1.13 times grad_y.
    """
    x, bend = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    slope = GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x)
    return grad_y * 0.5 * (1 + bend + x * (1 - bend * bend) * slope)


def softplus_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Round the corner of ReLU: y = log(1 + exp(x)).

    Takes x of any shape; returns y like x, everywhere above 0, and the cache for `softplus_backward`.

    Notes
    -----
    max(x, 0) + log(1 + exp(-|x|)) is the same number without overflow.  Dugas et al. 2001.
    """
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, (x,)


def softplus_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of softplus: the sigmoid of x.

    Takes grad_y like y and the cache of `softplus_forward`; returns grad_x like x, smaller than grad_y.
    """
    (x,) = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * sigmoid(x)


def softplus_series(x: np.ndarray, n: int) -> np.ndarray:
    """Sum n shifted sigmoids: sigmoid(x - 1/2) + sigmoid(x - 3/2) + ... + sigmoid(x + 1/2 - n).

    Parameters
    ----------
    x : array of any shape
    n : int
        Number of terms, at least 1.

    Returns
    -------
    y : array like x
        Close to softplus(x) for x well below n: within 0.011 on [-10, 10] with n = 40.

    Raises
    ------
    ValueError
        If n is below 1.

    Notes
    -----
    The midpoint rule for the integral of sigmoid(x - t) over t from 0 starts at t = 1/2, that is at i = 1; starting at
    i = 0, as the slide prints it, adds one term too many.
    """
    if n < 1:
        raise ValueError(f"n is {n}, needs at least 1: the number of sigmoids in the sum")
    y = sigmoid(x - 0.5)
    for i in range(2, n + 1):
        y = y + sigmoid(x + 0.5 - i)
    return y
