"""Initial weights, and what they do to the activations of a deep network.

Shapes are those of the layers: (D, M) for a linear weight, (F, C/groups, kH, kW) for a convolution.  Every random
function takes the generator that it draws from.  What is called `std` is a standard deviation, never a variance (C6).
"""

from collections.abc import Callable

import numpy as np

from solutions.smooth_activation import sigmoid


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
    PyTorch stores a linear weight as (M, D), and its fan_out does not divide by groups.  Seeds S1-19, S4-21.
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

    Notes
    -----
    Seeds S1-16, S4-21.
    """
    return np.full(shape, value, dtype=np.float64)


def normal(shape: tuple, std: float, rng: np.random.Generator) -> np.ndarray:
    """Draw from a normal distribution of mean 0.

    Parameters
    ----------
    shape : tuple of int
    std : float
        At least 0.
    rng : np.random.Generator

    Returns
    -------
    weight : float64 array of this shape

    Raises
    ------
    ValueError
        If std is negative.

    Notes
    -----
    Seeds S1-17, S1-18.
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
    1 / sqrt(fan_in) is the same when both fans are equal.  Glorot & Bengio 2010; seeds S1-19, S4-21, C6.
    """
    fan_in, fan_out = fans(shape)
    return normal(shape, gain * np.sqrt(2 / (fan_in + fan_out)), rng)


def xavier_uniform(shape: tuple, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw uniform numbers between -b and b, b = gain * sqrt(6 / (fan_in + fan_out)): the std of `xavier_normal`.

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
    A uniform distribution on [-b, b] has std b / sqrt(3).  Glorot & Bengio 2010; seed S4-21.
    """
    fan_in, fan_out = fans(shape)
    bound = gain * np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=shape)


def kaiming_normal(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw normal numbers of std sqrt(2 / fan_in), for layers that feed a ReLU.

    Parameters
    ----------
    shape : (D, M) or (F, C, kH, kW)
    rng : np.random.Generator

    Returns
    -------
    weight : float64 array of this shape

    Raises
    ------
    ValueError
        If shape has neither 2 nor 4 axes.

    Notes
    -----
    The 2 makes good for the half that ReLU discards.  It is no cure for the sigmoid.  He et al. 2015; seeds S1-20,
    S4-21, C5.
    """
    fan_in, _ = fans(shape)
    return normal(shape, np.sqrt(2 / fan_in), rng)


def kaiming_uniform(shape: tuple, rng: np.random.Generator) -> np.ndarray:
    """Draw uniform numbers between -b and b, b = sqrt(6 / fan_in): the std of `kaiming_normal`.

    Parameters
    ----------
    shape : (D, M) or (F, C, kH, kW)
    rng : np.random.Generator

    Returns
    -------
    weight : float64 array of this shape

    Raises
    ------
    ValueError
        If shape has neither 2 nor 4 axes.

    Notes
    -----
    He et al. 2015; seed S4-21.
    """
    fan_in, _ = fans(shape)
    bound = np.sqrt(6 / fan_in)
    return rng.uniform(-bound, bound, size=shape)


def orthogonal(shape: tuple, rng: np.random.Generator, gain: float = 1.0) -> np.ndarray:
    """Draw a matrix all of whose singular values are `gain`, so that it keeps lengths in as many directions as it can.

    Parameters
    ----------
    shape : (D, M) or (F, C, kH, kW)
        A convolution is treated as the matrix (F, C kH kW).
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
    Saxe et al. 2013; seed S1-21.
    """
    fans(shape)  # refuses other shapes
    rows, columns = shape[0], int(np.prod(shape[1:]))
    tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(tall)
    # QR leaves the signs to its algorithm; with a positive diagonal of r every orthogonal matrix is equally likely.
    q = q * np.sign(np.diag(r))
    matrix = q if rows >= columns else q.T
    return gain * matrix.reshape(shape)


def lsuv(
    dims: list,
    activation: str | Callable,
    x: np.ndarray,
    rng: np.random.Generator,
    *,
    tolerance: float = 0.01,
    max_steps: int = 10,
) -> list[np.ndarray]:
    """Start orthogonal, then rescale layer by layer until each layer's output before its activation has std 1.

    Parameters
    ----------
    dims : list of int
        Widths: dims[0] features, then one width for each layer.
    activation : {"tanh", "relu", "sigmoid", "identity"} or callable
    x : array of shape (N, dims[0])
        A batch of training data to measure on.
    rng : np.random.Generator
    tolerance : float
        Accepted distance of a std from 1.
    max_steps : int
        Rescalings tried for each layer.

    Returns
    -------
    weights : list of arrays (dims[i], dims[i + 1])

    Raises
    ------
    ValueError
        If x does not fit, the activation is unknown, or a layer's output is constant.

    Notes
    -----
    Layer-sequential unit variance.  Mishkin & Matas 2015; seed S1-21.
    """
    if x.ndim != 2 or x.shape[1] != dims[0]:
        raise ValueError(f"x has shape {x.shape}, needs (N, {dims[0]}): dims[0] is the number of features")
    activate = _find_activation(activation)
    weights = []
    for i in range(len(dims) - 1):
        weight = orthogonal((dims[i], dims[i + 1]), rng)
        for _ in range(max_steps):
            std = (x @ weight).std()
            if std == 0:
                raise ValueError(f"layer {i + 1} puts out a constant, which no factor gives std 1: use other data")
            if abs(std - 1) <= tolerance:
                break
            weight = weight / std
        weights.append(weight)
        x = activate(x @ weight)
    return weights


def fixup_scale(branches: int, layers: int = 2) -> float:
    """Factor for the Kaiming weights inside the branches of a residual network without normalization.

    Parameters
    ----------
    branches : int
        Number of residual branches in the network, at least 1.
    layers : int
        Weight layers in each branch, at least 2; the last one of each branch starts at 0.

    Returns
    -------
    scale : float
        branches ** (-1 / (2 * layers - 2)).

    Raises
    ------
    ValueError
        If branches is below 1 or layers below 2.

    Notes
    -----
    Keeps one step of training at the size of the rate, however many branches are added up.  Zhang et al. 2019;
    seed S1-21.
    """
    if branches < 1 or layers < 2:
        raise ValueError(f"branches is {branches} and layers is {layers}, need at least 1 branch and 2 layers in it")
    return float(branches ** (-1 / (2 * layers - 2)))


def forward_stats(
    dims: list,
    activation: str | Callable,
    init: str | float | Callable,
    rng: np.random.Generator,
    *,
    samples: int = 16,
) -> tuple[np.ndarray, np.ndarray]:
    """Send random inputs through a deep network and record each layer's mean and standard deviation.

    Parameters
    ----------
    dims : list of int
        Widths: dims[0] features, then one width for each layer.
    activation : {"tanh", "relu", "sigmoid", "identity"} or callable
    init : float, name or callable
        A float is the std of `normal`; a name is one of "xavier_normal", "xavier_uniform", "kaiming_normal",
        "kaiming_uniform", "orthogonal"; a callable takes (shape, rng).
    rng : np.random.Generator
        Gives the inputs first, then the weights in order.
    samples : int
        Number of standard normal inputs.

    Returns
    -------
    means, stds : arrays of shape (len(dims) - 1,)
        Of the activations of each layer.

    Raises
    ------
    ValueError
        If the activation or the initializer is unknown.

    Notes
    -----
    The lecture's network has dims [4096] * 7 and 16 samples.  Seeds S1-17 to S1-20.
    """
    activate = _find_activation(activation)
    initialize = _find_initializer(init)
    x = rng.standard_normal((samples, dims[0]))
    means, stds = [], []
    for i in range(len(dims) - 1):
        x = activate(x @ initialize((dims[i], dims[i + 1]), rng))
        means.append(x.mean())
        stds.append(x.std())
    return np.array(means), np.array(stds)


def _find_activation(activation: str | Callable) -> Callable:
    if callable(activation):
        return activation
    known = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "sigmoid": sigmoid, "identity": lambda z: z}
    if activation not in known:
        raise ValueError(f"activation is {activation!r}, needs a function or one of {', '.join(known)}")
    return known[activation]


def _find_initializer(init: str | float | Callable) -> Callable:
    if callable(init):
        return init
    if isinstance(init, int | float):
        return lambda shape, rng: normal(shape, init, rng)
    known = {
        "xavier_normal": xavier_normal,
        "xavier_uniform": xavier_uniform,
        "kaiming_normal": kaiming_normal,
        "kaiming_uniform": kaiming_uniform,
        "orthogonal": orthogonal,
    }
    if init not in known:
        raise ValueError(f"init is {init!r}, needs a std, a function (shape, rng), or one of {', '.join(known)}")
    return known[init]
