"""The residual block of ResNet with its backward pass: convolutions and batch norms on the branch, in two orders."""

from collections.abc import Mapping, Sequence

import numpy as np

from solutions.activation import relu_backward, relu_forward
from solutions.fast import batchnorm_backward, batchnorm_forward, conv2d_backward, conv2d_forward
from solutions.residual.connection import residual_backward, residual_forward


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
    He et al. 2015 (post), He et al. 2016 (pre).
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

    Takes grad_y of shape (N, F, H', W') and the cache of `residual_block_forward`; returns grad_x of shape (N, C, H, W)
    and a dict of gradients, one for each of the params.
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
