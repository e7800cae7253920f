"""Smooth activations of later networks: SiLU, GELU and SELU, beside the sigmoid that they are made of."""

import numpy as np

from solutions.shape import require_shape

# Klambauer et al. 2017: with these two numbers, mean 0 and variance 1 reproduce themselves from layer to layer.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
# GELU's tanh form: sqrt(2 / pi) and the cubic coefficient of Hendrycks & Gimpel 2016.
GELU_SCALE = 0.7978845608028654
GELU_CUBIC = 0.044715


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Compute 1 / (1 + exp(-x)) for any finite x without overflow."""
    z = np.exp(-np.abs(x))  # in (0, 1]
    return np.where(x >= 0, 1, z) / (1 + z)


def silu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Gate x by its own sigmoid: y = x sigmoid(x).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `silu_backward`.

    Notes
    -----
    Also called swish.  Elfwing et al. 2017; Ramachandran et al. 2017.  Beyond the seeds.
    """
    gate = sigmoid(x)
    return x * gate, (x, gate)


def silu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of SiLU: gate + x gate (1 - gate).

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `silu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    x, gate = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    return grad_y * (gate + x * gate * (1 - gate))


def gelu_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Weigh x by about the probability that a normal number is below it: y = x (1 + tanh(u)) / 2.

    Here u = sqrt(2 / pi) (x + 0.044715 x**3).

    Parameters
    ----------
    x : array of any shape

    Returns
    -------
    y : array like x
    cache : tuple
        For `gelu_backward`.

    Notes
    -----
    The tanh form of Hendrycks & Gimpel 2016; it differs from the exact x Phi(x) by at most 5e-4.  In PyTorch it is
    `gelu(x, approximate="tanh")`.  Beyond the seeds.
    """
    bend = np.tanh(GELU_SCALE * (x + GELU_CUBIC * x**3))
    return 0.5 * x * (1 + bend), (x, bend)


def gelu_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of GELU: (1 + tanh(u)) / 2 + x (1 - tanh(u)**2) u' / 2.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `gelu_forward`.

    Returns
    -------
    grad_x : array like x
    """
    x, bend = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    slope = GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x)
    return grad_y * 0.5 * (1 + bend + x * (1 - bend * bend) * slope)


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
    Klambauer et al. 2017; holds for weights of mean 0 and variance 1 / fan_in.  Beyond the seeds.
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
