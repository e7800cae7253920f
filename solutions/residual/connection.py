"""Residual connections: a branch is added to what it branched off from."""

from collections.abc import Callable, Sequence

import numpy as np

from solutions.validation import require_shape


def residual_forward(x: np.ndarray, branch_y: np.ndarray, scale: float = 1.0) -> tuple[np.ndarray, tuple]:
    """Add the input of a branch to its output: y = scale * (x + branch_y).

    Parameters
    ----------
    x, branch_y : arrays of the same shape
    scale : float
        1 / sqrt(2) keeps the variance of a sum of two independent branches; 1 is the plain connection.

    Returns
    -------
    y : array like x
    cache : tuple
        For `residual_backward`.

    Raises
    ------
    ValueError
        If the shapes differ: x needs a projection first.

    Notes
    -----
    He et al. 2015.
    """
    require_shape("branch_y", branch_y, x.shape, "the shape of x, or use a projection of x")
    return scale * (x + branch_y), (x.shape, scale)


def residual_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Send the gradient to both branches unchanged but for the scale.

    Takes grad_y like y and the cache of `residual_forward`; returns grad_x and grad_branch_y, both like x.
    """
    shape, scale = cache
    require_shape("grad_y", grad_y, shape, "one upstream number for each output")
    return scale * grad_y, scale * grad_y


def residual_block(
    x: np.ndarray, layers: Sequence[Callable], projection: Callable | None = None, scale: float = 1.0
) -> np.ndarray:
    """Send x through the layers of a branch, add the skip, and rectify: relu(scale * (skip + branch)).

    Parameters
    ----------
    x : array
    layers : functions of one array
        The branch, in order: convolution, norm, ReLU, convolution, norm.
    projection : function of one array, or None
        Brings x to the shape of the branch's output; None where the shapes agree already.
    scale : float
        Of the join, as in `residual_forward`.

    Returns
    -------
    y : array like the branch's output

    Notes
    -----
    The order of the first ResNet, He et al. 2015.
    """
    branch = x
    for layer in layers:
        branch = layer(branch)
    skip = x if projection is None else projection(x)
    return np.maximum(scale * (skip + branch), 0)
