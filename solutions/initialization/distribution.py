"""Initial weights drawn by a formula from the layer's shape.

Each function takes the generator that it draws from.  What is called `std` is a standard deviation, never a variance.
"""

import numpy as np


def fans(shape: tuple, groups: int = 1) -> tuple[int, int]:
    """Count the inputs that feed one output, and the outputs that one input feeds.

    Parameters
    ----------
    shape : (D, M) or (F, C/groups, kH, kW)
    groups : int
        Of a convolution; must divide F.

    Returns
    -------
    fan_in, fan_out : int
        (D, M) for a linear weight; (C/groups kH kW, F/groups kH kW) for a convolution.

    Raises
    ------
    ValueError
        If shape has neither 2 nor 4 axes, or F is not divisible by groups.

    Notes
    -----
    PyTorch stores a linear weight as (M, D), and its fan_out does not divide by groups.
    """
    if len(shape) == 2:
        return shape[0], shape[1]
    if len(shape) != 4:
        raise ValueError(f"shape is {tuple(shape)}, needs (D, M) or (F, C/groups, kH, kW)")
    filters, channels, height, width = shape
    if groups < 1 or filters % groups:
        raise ValueError(f"groups is {groups}, needs to divide the {filters} filters")
    return channels * height * width, filters // groups * height * width


def constant(shape: tuple, value: float) -> np.ndarray:
    """Fill with one value: right for biases and scales, wrong for weights, whose units then stay equal for ever.

    Parameters
    ----------
    shape : tuple of int
    value : float

    Returns
    -------
    weight : float64 array of this shape
    """
    return np.full(shape, value, dtype=np.float64)


def normal(shape: tuple, std: float, rng: np.random.Generator) -> np.ndarray:
    """Draw from a normal distribution of mean 0.

    Takes any shape, a std and a generator; returns a float64 weight of this shape.  A negative std is a ValueError.
    """
    if std < 0:
        raise ValueError(f"std is {std}, needs at least 0: it is a standard deviation")
    return std * rng.standard_normal(shape)


def xavier_normal(shape: tuple, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw normal numbers of std gain * sqrt(2 / (fan_in + fan_out)).

    Parameters
    ----------
    shape : (D, M) or (F, C, kH, kW)
    rng : np.random.Generator
    gain : float

    Returns
    -------
    weight : float64 array of this shape

    Raises
    ------
    ValueError
        If shape has neither 2 nor 4 axes.

    Notes
    -----
    Keeps the variance on the way forward and back for activations that are linear near 0, such as tanh.  The form
    1 / sqrt(fan_in) is the same when both fans are equal.  Glorot & Bengio 2010.
    """
    fan_in, fan_out = fans(shape)
    return normal(shape, gain * np.sqrt(2 / (fan_in + fan_out)), rng)


def xavier_uniform(shape: tuple, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw uniform numbers between -b and b, b = gain * sqrt(6 / (fan_in + fan_out)): the std of `xavier_normal`.

    Takes, returns and refuses what `xavier_normal` does.

    Notes
    -----
    A uniform distribution on [-b, b] has std b / sqrt(3).  Glorot & Bengio 2010.
    """
    fan_in, fan_out = fans(shape)
    bound = gain * np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=shape)


def kaiming_normal(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw normal numbers of std sqrt(2 / fan_in), for layers that feed a ReLU.

    Takes a generator and, as `fans` does and with its refusals, a shape (D, M) or (F, C, kH, kW); returns a float64
    weight of this shape.

    Notes
    -----
    The 2 makes good for the half that ReLU discards.  It is no cure for the sigmoid.  He et al. 2015.
    """
    fan_in, _ = fans(shape)
    return normal(shape, np.sqrt(2 / fan_in), rng)


def kaiming_uniform(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw uniform numbers between -b and b, b = sqrt(6 / fan_in): the std of `kaiming_normal`.

    Takes, returns and refuses what `kaiming_normal` does.

    Notes
    -----
    He et al. 2015.
    """
    fan_in, _ = fans(shape)
    bound = np.sqrt(6 / fan_in)
    return rng.uniform(-bound, bound, size=shape)


def orthogonal(shape: tuple, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw a matrix all of whose singular values are `gain`, so that it keeps lengths in as many directions as it can.

    Takes, returns and refuses what `xavier_normal` does; a convolution is treated as the matrix (F, C kH kW).

    Notes
    -----
    Saxe et al. 2013.
    """
    fans(shape)  # refuses other shapes
    rows, columns = shape[0], int(np.prod(shape[1:]))
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    # QR leaves the signs to its algorithm; with a positive diagonal of r every orthogonal matrix is equally likely.
    q = q * np.sign(np.diag(r))
    matrix = q if rows >= columns else q.T
    return gain * matrix.reshape(shape)
