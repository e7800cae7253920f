"""How a signal propagates through initial weights, and initializers that follow from it."""

from collections.abc import Callable

import numpy as np

from solutions.activation.squashing import sigmoid
from solutions.initialization.distribution import (
    kaiming_normal,
    kaiming_uniform,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)


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
    Layer-sequential unit variance.  Mishkin & Matas 2015.
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
    Keeps one step of training at the size of the rate, however many branches are added up.  Zhang et al. 2019.
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
    The lecture's network has dims [4096] * 7 and 16 samples.
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
    known: dict[str, Callable] = {
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": sigmoid,
        "identity": lambda z: z,
    }
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
