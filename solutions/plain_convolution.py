"""Convolution as it is written down: with loops, and as one sum over a view of all patches."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from solutions.geometry import as_pair, require_images, slid_shape
from solutions.shape import require_shape


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


def conv2d_naive(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> np.ndarray:
    """Convolve with one loop for each axis of the output.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C, kH, kW)
    bias : array of shape (F,)
    stride, padding : int or (height, width)

    Returns
    -------
    array of shape (N, F, H', W')

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.

    Notes
    -----
    The definition, about a thousand times slower than `conv2d_forward`.  Seeds S2-3, S2-12, S3-3.
    """
    (s, t), padding = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    require_same_channels(x, weight, bias)
    filters, _, kernel_height, kernel_width = weight.shape
    height, width = slid_shape(x.shape[2:], weight.shape[2:], (s, t), padding)
    padded = pad2d(x, padding)
    y = np.zeros((len(x), filters, height, width), np.result_type(x, weight, bias))
    for n in range(len(x)):
        for f in range(filters):
            for i in range(height):
                for j in range(width):
                    patch = padded[n, :, s * i : s * i + kernel_height, t * j : t * j + kernel_width]
                    y[n, f, i, j] = np.sum(patch * weight[f]) + bias[f]
    return y


def conv2d_einsum(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> np.ndarray:
    """Convolve with one sum over a view of all patches: `conv2d_forward`, to be read in one glance.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C, kH, kW)
    bias : array of shape (F,)
    stride, padding, dilation : int or (height, width)

    Returns
    -------
    array of shape (N, F, H', W')

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.
    """
    require_same_channels(x, weight, bias)
    patches = patch_view(pad2d(x, padding), weight.shape[2:], stride, dilation)  # (N, C, H', W', kH, kW)
    return np.einsum("nchwij,fcij->nfhw", patches, weight, optimize=True) + bias[:, None, None]


def conv2d_einsum_backward(
    grad_y: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    *,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
    dilation: int | tuple[int, int] = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `conv2d_einsum`: the same view of patches is read for the weights and added into for the pixels.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C, kH, kW)
    stride, padding, dilation : int or (height, width)

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (F, C, kH, kW)
    grad_bias : array of shape (F,)
    """
    p, q = as_pair("padding", padding, 0)
    padded = pad2d(x, padding)
    kernel = weight.shape[2:]
    grad_weight = np.einsum("nchwij,nfhw->fcij", patch_view(padded, kernel, stride, dilation), grad_y, optimize=True)
    grad_patches = np.einsum("nfhw,fcij->nchwij", grad_y, weight, optimize=True)
    grad_padded = np.zeros(padded.shape, grad_patches.dtype)
    places = patch_view(grad_padded, kernel, stride, dilation, writeable=True)
    for i, j in np.ndindex(kernel):
        # Patches overlap, so one position of the kernel is added at a time: within it, no pixel comes twice.
        places[..., i, j] += grad_patches[..., i, j]
    grad_x = grad_padded[:, :, p : p + x.shape[2], q : q + x.shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def patch_view(
    padded: np.ndarray,
    kernel: tuple[int, int],
    stride: int | tuple[int, int],
    dilation: int | tuple[int, int] = 1,
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
