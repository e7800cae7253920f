"""Neurons with hand-set weights, and the worked network of two layers."""

import numpy as np

from solutions.shape import require_shape
from solutions.smooth_activation import sigmoid


def neuron_forward(x: np.ndarray, weight: np.ndarray, bias: float, *, activation: str = "step") -> np.ndarray:
    """Fire one neuron, or a layer of them: activation(x @ weight + bias).

    Parameters
    ----------
    x : array of shape (N, D)
    weight : array of shape (D,) or (D, M)
    bias : float or array of shape (M,)
    activation : {"step", "sign", "sigmoid", "relu", "identity"}
        step is 1 where the sum is above 0 and 0 elsewhere, sign is 1 and -1.

    Returns
    -------
    y : array of shape (N,) or (N, M)

    Raises
    ------
    ValueError
        If the shapes do not fit or the activation is unknown.

    Notes
    -----
    A sum of exactly 0 does not fire.  Seeds S3-2, S4-1, S4-2.
    """
    if x.ndim != 2 or weight.ndim not in (1, 2) or x.shape[1] != len(weight):
        raise ValueError(f"x {x.shape} and weight {weight.shape} do not fit: x is (N, D), weight (D,) or (D, M)")
    if np.ndim(bias):
        require_shape("bias", bias, weight.shape[1:], "one bias for each neuron")
    z = x @ weight + bias
    if activation == "step":
        return np.where(z > 0, 1.0, 0.0)
    if activation == "sign":
        return np.where(z > 0, 1.0, -1.0)
    if activation == "sigmoid":
        return sigmoid(z)
    if activation == "relu":
        return np.maximum(z, 0)
    if activation == "identity":
        return z
    raise ValueError(f"activation is {activation!r}, needs one of step, sign, sigmoid, relu, identity")


def logic_gate(name: str) -> tuple[np.ndarray, float]:
    """Weight and bias of the step neuron that computes a logic gate on inputs 0 and 1.

    Parameters
    ----------
    name : {"and", "or", "not"}

    Returns
    -------
    weight : array of shape (2,), or (1,) for "not"
    bias : float

    Raises
    ------
    ValueError
        If no single neuron of that name is known; "xor" has none at all.

    Notes
    -----
    Seed S4-2.
    """
    if name == "and":
        return np.array([1.0, 1.0]), -1.5
    if name == "or":
        return np.array([1.0, 1.0]), -0.5
    if name == "not":
        return np.array([-1.0]), 0.5
    raise ValueError(f"name is {name!r}, needs one of and, or, not (xor needs more than one neuron)")


def xor_net(x: np.ndarray) -> np.ndarray:
    """Compute XOR as a net of gates: (x1 or x2) and not (x1 and x2).

    Parameters
    ----------
    x : array of shape (N, 2)
        Zeros and ones.

    Returns
    -------
    y : array of shape (N,)
        Zeros and ones.

    Raises
    ------
    ValueError
        If x is not (N, 2).

    Notes
    -----
    Seed S4-3.
    """
    either = neuron_forward(x, *logic_gate("or"))
    both = neuron_forward(x, *logic_gate("and"))
    not_both = neuron_forward(both[:, None], *logic_gate("not"))
    return neuron_forward(np.stack([either, not_both], axis=1), *logic_gate("and"))


def xor_difference(x: np.ndarray) -> np.ndarray:
    """Compute XOR as a difference of gates: fires where (x1 or x2) - (x1 and x2) - 1/2 > 0.

    Parameters
    ----------
    x : array of shape (N, 2)
        Zeros and ones.

    Returns
    -------
    y : array of shape (N,)
        Zeros and ones.

    Raises
    ------
    ValueError
        If x is not (N, 2).

    Notes
    -----
    Two hidden neurons and one output neuron with weights 1 and -1.  Seed S4-3.
    """
    either = neuron_forward(x, *logic_gate("or"))
    both = neuron_forward(x, *logic_gate("and"))
    return neuron_forward(np.stack([either, both], axis=1), np.array([1.0, -1.0]), -0.5)


def xor_feature(x: np.ndarray) -> np.ndarray:
    """Compute XOR by one neuron that also sees the product: fires where x1 + x2 - 2 x1 x2 - 1/2 > 0.

    Parameters
    ----------
    x : array of shape (N, 2)
        Zeros and ones.

    Returns
    -------
    y : array of shape (N,)
        Zeros and ones.

    Raises
    ------
    ValueError
        If x is not (N, 2).

    Notes
    -----
    Seed S4-3.
    """
    require_shape("x", x, (len(x), 2), "XOR has two inputs")
    features = np.stack([x[:, 0], x[:, 1], x[:, 0] * x[:, 1]], axis=1)  # (N, 3)
    return neuron_forward(features, np.array([1.0, 1.0, -2.0]), -0.5)


def halfplane_polygon(x: np.ndarray, normals: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Tell which points lie inside a convex polygon, by one hidden layer and an AND neuron.

    Parameters
    ----------
    x : array of shape (N, D)
    normals : array of shape (K, D)
        One row for each side, pointing inwards.
    offsets : array of shape (K,)

    Returns
    -------
    inside : boolean array of shape (N,)
        True where normals @ x + offsets > 0 for all K sides.

    Raises
    ------
    ValueError
        If x, normals and offsets do not fit.

    Notes
    -----
    The AND of K sides fires where more than K - 1/2 of them fire.  With an AND on top a region is convex.
    Seeds S4-8, C32.
    """
    require_shape("offsets", offsets, normals.shape[:1], "one offset for each row of normals")
    sides = neuron_forward(x, normals.T, offsets)  # (N, K)
    count = len(offsets)
    return neuron_forward(sides, np.ones(count), 0.5 - count) > 0


def polygon_union(x: np.ndarray, polygons: list) -> np.ndarray:
    """Tell which points lie inside any of several convex polygons: a second hidden layer and an OR neuron.

    Parameters
    ----------
    x : array of shape (N, D)
    polygons : list of (normals, offsets)
        As in `halfplane_polygon`; at least one.

    Returns
    -------
    inside : boolean array of shape (N,)

    Raises
    ------
    ValueError
        If there is no polygon or its shapes do not fit.

    Notes
    -----
    The region may be non-convex or in pieces.  Seeds S4-8, C32.
    """
    if len(polygons) == 0:
        raise ValueError("polygons is empty, needs at least one (normals, offsets)")
    inside = np.stack([halfplane_polygon(x, normals, offsets) for normals, offsets in polygons], axis=1)
    return neuron_forward(inside.astype(float), np.ones(len(polygons)), -0.5) > 0


def two_layer_forward(
    x: np.ndarray, weight1: np.ndarray, bias1: np.ndarray, weight2: np.ndarray, bias2: np.ndarray
) -> tuple[np.ndarray, tuple]:
    """Run the worked network: u = sigmoid(x @ weight1 + bias1), y = sigmoid(u @ weight2 + bias2).

    Parameters
    ----------
    x : array of shape (N, D)
    weight1 : array of shape (D, H)
    bias1 : array of shape (H,)
    weight2 : array of shape (H, M)
    bias2 : array of shape (M,)

    Returns
    -------
    y : array of shape (N, M)
    cache : tuple
        For `two_layer_backward`.

    Raises
    ------
    ValueError
        If neighbouring shapes do not fit.

    Notes
    -----
    Seeds S1-1, S4-12.
    """
    u = neuron_forward(x, weight1, bias1, activation="sigmoid")  # (N, H)
    a = neuron_forward(u, weight2, bias2, activation="sigmoid")  # (N, M)
    return a, (x, weight1, u, weight2, a)


def two_layer_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, ...]:
    """Gradients of the worked network: the errors run backwards through the same weights.

    Parameters
    ----------
    grad_y : array of shape (N, M)
        With the loss 1/2 sum (y - target)**2 it is y - target.
    cache : tuple
        From `two_layer_forward`.

    Returns
    -------
    grad_x, grad_weight1, grad_bias1, grad_weight2, grad_bias2 : arrays like the arguments

    Notes
    -----
    Seed S4-12.
    """
    x, weight1, u, weight2, a = cache
    require_shape("grad_y", grad_y, a.shape, "one upstream number for each output")
    grad_z2 = grad_y * a * (1 - a)  # epsilon_m sigma'_m
    grad_u = grad_z2 @ weight2.T  # epsilon_h
    grad_z1 = grad_u * u * (1 - u)  # epsilon_h sigma'_h
    return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
