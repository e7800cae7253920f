"""Unrolling, also called lowering: every patch becomes a row of a matrix, and convolution one matrix product."""

import numpy as np

from solutions.convolution.patch import pad2d, patch_view, require_same_channels
from solutions.geometry import slid_shape
from solutions.validation import as_pair, require_images, require_shape


def im2col(x: np.ndarray, kernel: int | tuple, stride: int | tuple = 1, padding: int | tuple = 0) -> np.ndarray:
    """Write each patch of the padded images in a row.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    kernel, stride, padding : int or (height, width)

    Returns
    -------
    cols : array of shape (N, H', W', C * kH * kW)
        A row is a patch in the order channel, height, width: the order of `weight[f].ravel()`.

    Raises
    ------
    ValueError
        If x is not a batch of images, an option is too small, or the kernel is larger than the padded image.

    Notes
    -----
    A pixel is copied up to kH kW times.  Chellapilla et al. 2006.
    """
    require_images(x)
    patches = patch_view(pad2d(x, padding), as_pair("kernel", kernel, 1), stride)  # (N, C, H', W', kH, kW)
    n, _, height, width = patches.shape[:4]
    return patches.transpose(0, 2, 3, 1, 4, 5).reshape(n, height, width, -1)


def col2im(
    cols: np.ndarray, x_shape: tuple, kernel: int | tuple, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Transpose of `im2col`: add each number of a row back to the pixel it was copied from.

    Parameters
    ----------
    cols : array of shape (N, H', W', C * kH * kW)
    x_shape : (N, C, H, W)
    kernel, stride, padding : int or (height, width)

    Returns
    -------
    array of shape (N, C, H, W)
        A pixel in several patches holds their sum, so `col2im(im2col(x))` is not x.

    Raises
    ------
    ValueError
        If cols is not what `im2col` makes of images of this shape.

    Notes
    -----
    Being the transpose is: sum(im2col(x) * cols) = sum(x * col2im(cols)) for all x and cols.
    """
    kernel, padding = as_pair("kernel", kernel, 1), as_pair("padding", padding, 0)
    (n, channels, h, w), (p, q) = x_shape, padding
    height, width = slid_shape((h, w), kernel, as_pair("stride", stride, 1), padding)
    require_shape("cols", cols, (n, height, width, channels * kernel[0] * kernel[1]), "a row for each patch of x_shape")
    patches = cols.reshape(n, height, width, channels, *kernel).transpose(0, 3, 1, 2, 4, 5)
    padded = np.zeros((n, channels, h + 2 * p, w + 2 * q), cols.dtype)
    places = patch_view(padded, kernel, stride, writeable=True)
    for i, j in np.ndindex(kernel):
        # Patches overlap, so one position of the kernel is added at a time: within it, no pixel comes twice.
        places[..., i, j] += patches[..., i, j]
    return padded[:, :, p : p + h, q : q + w]


def conv2d_im2col(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int | tuple = 1, padding: int | tuple = 0
) -> np.ndarray:
    """Convolve by one matrix product of all patches with all kernels.

    Takes and refuses what `conv2d_forward` does, each option also as a pair (height, width), and returns its y.

    Notes
    -----
    Holds all patches at once: kH kW times the memory of x, for stride 1.
    """
    require_same_channels(x, weight, bias)
    cols = im2col(x, weight.shape[2:], stride, padding)  # (N, H', W', C kH kW)
    y = cols @ weight.reshape(len(weight), -1).T + bias  # (N, H', W', F)
    return y.transpose(0, 3, 1, 2)
