"""Patches: the view of every receptive field that most ways to convolve begin with, and the sum over it."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.geometry import slid_shape
from solutions.validation import IntOrPair, as_pair, require_images, require_shape


def pad2d(x: np.ndarray, padding: int | tuple[int, int]) -> np.ndarray:
    """Put a frame of zeros around each map.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    padding : int or (height, width)
        Zeros on each side.

    Returns
    -------
    array of shape (N, C, H + 2p, W + 2q)
        Always a copy.

    Raises
    ------
    ValueError
        If x is not a batch of images or the padding is negative.
    """
    require_images(x)
    p, q = as_pair("padding", padding, 0)
    n, channels, height, width = x.shape
    padded = np.zeros((n, channels, height + 2 * p, width + 2 * q), x.dtype)
    padded[:, :, p : p + height, q : q + width] = x
    return padded


def patch_view(
    padded: np.ndarray,
    kernel: tuple[int, int],
    stride: IntOrPair,
    dilation: IntOrPair = 1,
    writeable: bool = False,
) -> np.ndarray:
    """View every receptive field of padded images, without a copy: (N, C, H', W', kH, kW)."""
    (s, t), (d, e) = as_pair("stride", stride, 1), as_pair("dilation", dilation, 1)
    slid_shape(padded.shape[2:], kernel, (s, t), (0, 0), (d, e))
    reach = (d * (kernel[0] - 1) + 1, e * (kernel[1] - 1) + 1)
    windows = sliding_window_view(padded, reach, axis=(2, 3), writeable=writeable)
    return windows[:, :, ::s, ::t, ::d, ::e]


def require_same_channels(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> None:
    """Raise ValueError unless the kernels have the channels of x, and bias one number for each kernel."""
    require_images(x)
    if np.ndim(weight) != 4:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (F, C, kH, kW)")
    if weight.shape[1] != x.shape[1]:
        raise ValueError(f"x has {x.shape[1]} channels, weight {weight.shape} takes {weight.shape[1]}: make them equal")
    require_shape("bias", bias, weight.shape[:1], "one number for each kernel")


def conv2d_einsum(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> np.ndarray:
    """Convolve with one sum over a view of all patches: every option, to be read in one glance.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C / groups, kH, kW)
    bias : array of shape (F,)
    stride, padding, dilation : int or (height, width)
        Step of the kernel, zeros added on each side, distance between its pixels.
    groups : int
        The channels and the kernels are split into this many groups; each group of kernels sees its group of channels.

    Returns
    -------
    array of shape (N, F, H', W')

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.
    """
    require_grouped_channels(x, weight, bias, groups)
    patches = patch_view(pad2d(x, padding), weight.shape[2:], stride, dilation)  # (N, C, H', W', kH, kW)
    y = np.einsum("ngchwij,gfcij->ngfhw", split(patches, 1, groups), split(weight, 0, groups), optimize=True)
    return y.reshape(len(x), len(weight), *y.shape[3:]) + bias[:, None, None]


def conv2d_einsum_backward(
    grad_y: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    *,
    stride: IntOrPair = 1,
    padding: IntOrPair = 0,
    dilation: IntOrPair = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d_einsum`: the same view of patches is read for the weights and added into for the pixels.

    Takes grad_y of shape (N, F, H', W') and the arguments of `conv2d_einsum` but for the bias; returns grad_x,
    grad_weight and grad_bias like x, weight and bias.
    """
    p, q = as_pair("padding", padding, 0)
    padded = pad2d(x, padding)
    kernel = weight.shape[2:]
    patches = split(patch_view(padded, kernel, stride, dilation), 1, groups)  # (N, g, C / g, H', W', kH, kW)
    grads, kernels = split(grad_y, 1, groups), split(weight, 0, groups)
    grad_weight = np.einsum("ngchwij,ngfhw->gfcij", patches, grads, optimize=True).reshape(weight.shape)
    grad_patches = np.einsum("ngfhw,gfcij->ngchwij", grads, kernels, optimize=True)
    grad_padded = np.zeros(padded.shape, grad_patches.dtype)
    places = split(patch_view(grad_padded, kernel, stride, dilation, writeable=True), 1, groups)
    for i, j in np.ndindex(kernel):
        # Patches overlap, so one position of the kernel is added at a time: within it, no pixel comes twice.
        places[..., i, j] += grad_patches[..., i, j]
    grad_x = grad_padded[:, :, p : p + x.shape[2], q : q + x.shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def met_by(padded: np.ndarray, top: int, left: int, size: tuple[int, int], stride: int) -> np.ndarray:
    """View the pixels that one position of the kernel meets, one for each output: (N, C, *size)."""
    return padded[:, :, top : top + stride * size[0] : stride, left : left + stride * size[1] : stride]


def require_grouped_channels(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, groups: int) -> None:
    """Raise ValueError unless x, weight and bias fit each other."""
    require_images(x)
    if np.ndim(weight) != 4:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (F, C / groups, kH, kW)")
    if groups < 1 or x.shape[1] % groups or len(weight) % groups:
        raise ValueError(f"groups is {groups}, needs to divide the {x.shape[1]} channels and the {len(weight)} kernels")
    if weight.shape[1] * groups != x.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} channels, weight {weight.shape} takes {weight.shape[1] * groups} in {groups} groups: "
            "make weight.shape[1] the channels divided by groups"
        )
    require_shape("bias", bias, weight.shape[:1], "one number for each kernel")


def split(array: np.ndarray, axis: int, groups: int) -> np.ndarray:
    """View an axis of length groups * m as two axes, (groups, m)."""
    shape = array.shape
    return array.reshape(*shape[:axis], groups, shape[axis] // groups, *shape[axis + 1 :])
