"""One neuron, and what a few of them with a step function decide: logic gates and XOR."""

import numpy as np

from solutions.activation.squashing import sigmoid
from solutions.validation import require_shape


def neuron_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | float, *, activation: str = "step"
) -> np.ndarray:
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
    A sum of exactly 0 does not fire.
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
    """
    either = neuron_forward(x, *logic_gate("or"))
    both = neuron_forward(x, *logic_gate("and"))
    not_both = neuron_forward(both[:, None], *logic_gate("not"))
    return neuron_forward(np.stack([either, not_both], axis=1), *logic_gate("and"))


def xor_difference(x: np.ndarray) -> np.ndarray:
    """Compute XOR as a difference of gates: fires where (x1 or x2) - (x1 and x2) - 1/2 > 0.

    Takes, returns and refuses what `xor_net` does.

    Notes
    -----
    Two hidden neurons and one output neuron with weights 1 and -1.
    """
    either = neuron_forward(x, *logic_gate("or"))
    both = neuron_forward(x, *logic_gate("and"))
    return neuron_forward(np.stack([either, both], axis=1), np.array([1.0, -1.0]), -0.5)


def xor_feature(x: np.ndarray) -> np.ndarray:
    """Compute XOR by one neuron that also sees the product: fires where x1 + x2 - 2 x1 x2 - 1/2 > 0.

    Takes, returns and refuses what `xor_net` does.
    """
    require_shape("x", x, (len(x), 2), "XOR has two inputs")
    features = np.stack([x[:, 0], x[:, 1], x[:, 0] * x[:, 1]], axis=1)  # (N, 3)
    return neuron_forward(features, np.array([1.0, 1.0, -2.0]), -0.5)
