"""Residual connections and channel concatenation: ways to join branches of a network."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from solutions.activation import relu_backward, relu_forward
from solutions.batchnorm import batchnorm_backward, batchnorm_forward
from solutions.convolution import conv2d_backward, conv2d_forward
from solutions.shape import require_shape


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
    He et al. 2015; seeds S0-12, S2-16, S2-17.
    """
    require_shape("branch_y", branch_y, x.shape, "the shape of x, or use a projection of x")
    return scale * (x + branch_y), (x.shape, scale)


def residual_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Send the gradient to both branches unchanged but for the scale.

    Parameters
    ----------
    grad_y : array like y
    cache : tuple
        From `residual_forward`.

    Returns
    -------
    grad_x, grad_branch_y : arrays like x
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
    The order of the first ResNet, He et al. 2015.  Seeds S0-12, S2-16.
    """
    branch = x
    for layer in layers:
        branch = layer(branch)
    skip = x if projection is None else projection(x)
    return np.maximum(scale * (skip + branch), 0)


def residual_block_forward(
    x: np.ndarray,
    params: Mapping[str, np.ndarray],
    running: Sequence[tuple] | None,
    *,
    training: bool,
    stride: int = 1,
    order: str = "post",
    scale: float = 1.0,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple, tuple]:
    """Two convolutions with batch norms, and around them a skip connection: `residual_block` with a backward pass.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    params : dict of arrays
        weight1 (F, C, k, k), weight2 (F, F, k, k) with odd k and no biases, since a batch norm would take them out;
        scale1, shift1, scale2, shift2 of the batch norms; and projection (F, C, 1, 1), needed when the number of
        channels or the resolution changes.
    running : two pairs (mean, var), or None at the start
    training : bool
    stride : int
        Of the first convolution and of the projection.
    order : "post" or "pre"
        "post": conv, norm, relu, conv, norm, join, relu (2015).  "pre": norm, relu, conv, norm, relu, conv, join
        (2016): nothing stands on the path from input to output.
    scale : float
        Of the join, as in `residual_forward`.
    alpha, eps : float
        As in `batchnorm_forward`.

    Returns
    -------
    y : array of shape (N, F, H', W')
    cache : tuple
        For `residual_block_backward`.
    running : two pairs (mean, var)

    Raises
    ------
    ValueError
        If order is unknown, a kernel is even, or shapes do not fit each other.

    Notes
    -----
    He et al. 2015 (post), He et al. 2016 (pre); seeds S0-12, S2-16.
    """
    if order not in ("post", "pre"):
        raise ValueError(f'order is {order!r}, needs to be "post" or "pre": where the activations stand')
    branch_forward = post_branch_forward if order == "post" else pre_branch_forward
    mode = {"training": training, "alpha": alpha, "eps": eps}
    branch, branch_cache, running = branch_forward(x, params, running or (None, None), stride, mode)
    skip, projection = x, None
    if "projection" in params:
        skip, projection = conv_same(x, params["projection"], stride)
    y, joined = residual_forward(skip, branch, scale)
    after = None
    if order == "post":
        y, after = relu_forward(y)
    return y, (order, branch_cache, projection, joined, after), running


def residual_block_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Gradients of the residual block.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `residual_block_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grads : dict of arrays
        One for each of the params.
    """
    order, branch_cache, projection, joined, after = cache
    if order == "post":
        grad_y = relu_backward(grad_y, after)
    grad_skip, grad_branch = residual_backward(grad_y, joined)
    branch_backward = post_branch_backward if order == "post" else pre_branch_backward
    grad_x, grads = branch_backward(grad_branch, branch_cache)
    if projection is not None:
        grad_skip, grads["projection"], _ = conv2d_backward(grad_skip, projection)
    return grad_x + grad_skip, grads


def post_branch_forward(
    x: np.ndarray, params: Mapping[str, np.ndarray], running: Sequence, stride: int, mode: dict
) -> tuple[np.ndarray, tuple, tuple]:
    """Conv, norm, relu, conv, norm."""
    h, conv1 = conv_same(x, params["weight1"], stride)
    h, norm1, running1 = batchnorm_forward(h, params["scale1"], params["shift1"], running[0], **mode)
    h, relu = relu_forward(h)
    h, conv2 = conv_same(h, params["weight2"], 1)
    h, norm2, running2 = batchnorm_forward(h, params["scale2"], params["shift2"], running[1], **mode)
    return h, (conv1, norm1, relu, conv2, norm2), (running1, running2)


def post_branch_backward(grad: np.ndarray, cache: tuple) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Gradients of `post_branch_forward`."""
    conv1, norm1, relu, conv2, norm2 = cache
    grads = {}
    grad, grads["scale2"], grads["shift2"] = batchnorm_backward(grad, norm2)
    grad, grads["weight2"], _ = conv2d_backward(grad, conv2)
    grad = relu_backward(grad, relu)
    grad, grads["scale1"], grads["shift1"] = batchnorm_backward(grad, norm1)
    grad, grads["weight1"], _ = conv2d_backward(grad, conv1)
    return grad, grads


def pre_branch_forward(
    x: np.ndarray, params: Mapping[str, np.ndarray], running: Sequence, stride: int, mode: dict
) -> tuple[np.ndarray, tuple, tuple]:
    """Norm, relu, conv, norm, relu, conv."""
    h, norm1, running1 = batchnorm_forward(x, params["scale1"], params["shift1"], running[0], **mode)
    h, relu1 = relu_forward(h)
    h, conv1 = conv_same(h, params["weight1"], stride)
    h, norm2, running2 = batchnorm_forward(h, params["scale2"], params["shift2"], running[1], **mode)
    h, relu2 = relu_forward(h)
    h, conv2 = conv_same(h, params["weight2"], 1)
    return h, (norm1, relu1, conv1, norm2, relu2, conv2), (running1, running2)


def pre_branch_backward(grad: np.ndarray, cache: tuple) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Gradients of `pre_branch_forward`."""
    norm1, relu1, conv1, norm2, relu2, conv2 = cache
    grads = {}
    grad, grads["weight2"], _ = conv2d_backward(grad, conv2)
    grad = relu_backward(grad, relu2)
    grad, grads["scale2"], grads["shift2"] = batchnorm_backward(grad, norm2)
    grad, grads["weight1"], _ = conv2d_backward(grad, conv1)
    grad = relu_backward(grad, relu1)
    grad, grads["scale1"], grads["shift1"] = batchnorm_backward(grad, norm1)
    return grad, grads


def conv_same(x: np.ndarray, weight: np.ndarray, stride: int) -> tuple[np.ndarray, tuple]:
    """Convolve without a bias and with half the kernel as padding, so that stride 1 keeps the resolution."""
    if np.ndim(weight) != 4 or weight.shape[2] % 2 == 0 or weight.shape[3] % 2 == 0:
        raise ValueError(
            f"a kernel has shape {np.shape(weight)}, needs (F, C, k, k) with odd k: the middle pixel is the output's"
        )
    padding = (weight.shape[2] // 2, weight.shape[3] // 2)
    return conv2d_forward(x, weight, np.zeros(len(weight), weight.dtype), stride=stride, padding=padding)


def concat_channels_forward(xs: Sequence[np.ndarray]) -> tuple[np.ndarray, tuple]:
    """Lay the channels of several branches one after another.

    Parameters
    ----------
    xs : sequence of arrays of shape (N, C_i, H, W)

    Returns
    -------
    y : array of shape (N, sum of C_i, H, W)
    cache : tuple
        For `concat_channels_backward`.

    Raises
    ------
    ValueError
        If there is no array, or the arrays differ in more than the number of channels.

    Notes
    -----
    The join of an Inception module.  Szegedy et al. 2014; seed S0-12.
    """
    if len(xs) == 0:
        raise ValueError("xs is empty, needs at least one array (N, C, H, W)")
    for x in xs:
        if np.ndim(x) < 2 or (x.shape[0], *x.shape[2:]) != (xs[0].shape[0], *xs[0].shape[2:]):
            raise ValueError(
                f"arrays {xs[0].shape} and {np.shape(x)} differ beside the channels: make N, H and W equal"
            )
    channels = [x.shape[1] for x in xs]
    return np.concatenate(xs, axis=1), (channels,)


def concat_channels_backward(grad_y: np.ndarray, cache: tuple) -> list[np.ndarray]:
    """Give each branch the gradient of its own channels.

    Parameters
    ----------
    grad_y : array of shape (N, sum of C_i, H, W)
    cache : tuple
        From `concat_channels_forward`.

    Returns
    -------
    list of arrays of shape (N, C_i, H, W)
    """
    (channels,) = cache
    if grad_y.shape[1] != sum(channels):
        raise ValueError(
            f"grad_y has {grad_y.shape[1]} channels, needs {sum(channels)}: one for each channel of the output"
        )
    return np.split(grad_y, np.cumsum(channels)[:-1], axis=1)
