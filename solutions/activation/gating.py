"""Gated units: SiLU and GELU, which multiply x by a share between 0 and 1 that depends on x."""

import numpy as np

from solutions.activation.squashing import sigmoid
from solutions.validation import require_shape

# GELU's tanh form: sqrt(2 / pi) and the cubic coefficient of Hendrycks & Gimpel 2016.
GELU_SCALE = 0.7978845608028654

GELU_CUBIC = 0.044715


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
    Also called swish.  Elfwing et al. 2017; Ramachandran et al. 2017.
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
    `gelu(x, approximate="tanh")`.
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
