"""Convolution by other means: as one sparse matrix, by the Fourier transform, by Winograd's algorithm.

Each explains something.  For the small kernels of vision networks only Winograd's algorithm pays, and only when its
transforms are large matrix products.
"""

import numpy as np

from solutions.convolution.patch import pad2d, patch_view, require_same_channels
from solutions.geometry import slid_shape
from solutions.validation import IntOrPair, as_pair


def conv_as_matrix(weight: np.ndarray, x_shape: tuple, stride: int | tuple = 1, padding: int | tuple = 0) -> np.ndarray:
    """Write the convolution as a matrix: y.ravel() = matrix @ x.ravel() for one image x, without the bias.

    Parameters
    ----------
    weight : array of shape (F, C, kH, kW)
    x_shape : (C, H, W)
    stride, padding : int or (height, width)

    Returns
    -------
    array of shape (F * H' * W', C * H * W)
        With stride 1 and without padding each block of a row of y and a row of x is Toeplitz, and the blocks are
        arranged so too: a doubly block Toeplitz matrix.  Its transpose is the transposed convolution.

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.
    """
    stride, (p, q) = as_pair("stride", stride, 1), as_pair("padding", padding, 0)
    require_same_channels(np.empty((1, *x_shape)), weight, np.empty(len(weight)))
    filters, channels, kernel_height, kernel_width = weight.shape
    _, h, w = x_shape
    height, width = slid_shape((h, w), weight.shape[2:], stride, (p, q))
    matrix = np.zeros((filters, height, width, channels, h + 2 * p, w + 2 * q), weight.dtype)
    for i, j in np.ndindex(height, width):
        top, left = i * stride[0], j * stride[1]
        matrix[:, i, j, :, top : top + kernel_height, left : left + kernel_width] = weight
    inside = matrix[..., p : p + h, q : q + w]  # the columns of padding only ever meet zeros
    return inside.reshape(filters * height * width, channels * h * w)


def conv2d_fft(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: IntOrPair = 1, padding: IntOrPair = 0
) -> np.ndarray:
    """Convolve by multiplying spectra.

    Takes and refuses what `conv2d_forward` does, each option also as a pair (height, width), and returns its y.

    Notes
    -----
    The spectrum of the kernel is conjugated because the kernel is not turned round.  Products of spectra belong to
    signals on a circle: what wraps round lands beyond the outputs that are kept.  With a stride, all positions are
    computed and most are thrown away.
    """
    s, t = as_pair("stride", stride, 1)
    require_same_channels(x, weight, bias)
    padded = pad2d(x, padding)
    size = padded.shape[2:]
    slid_shape(size, weight.shape[2:], (s, t), (0, 0))
    x_spectrum = np.fft.rfft2(padded)  # (N, C, ., .)
    weight_spectrum = np.fft.rfft2(weight, size).conj()  # (F, C, ., .)
    y_spectrum = np.einsum("nchw,fchw->nfhw", x_spectrum, weight_spectrum, optimize=True)
    everywhere = np.fft.irfft2(y_spectrum, size)
    height, width = size[0] - weight.shape[2] + 1, size[1] - weight.shape[3] + 1
    y = everywhere[:, :, :height:s, :width:t] + bias[:, None, None]
    return y.astype(np.result_type(x, weight, bias), copy=False)


# Winograd's F(2, 3): two outputs of a three-tap filter from four inputs with four multiplications instead of six.
WINOGRAD_INPUT = np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]])

WINOGRAD_KERNEL = np.array([[1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1]])

WINOGRAD_OUTPUT = np.array([[1, 1, 1, 0], [0, 1, -1, -1]])


def conv2d_winograd(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, padding: IntOrPair = 0) -> np.ndarray:
    """Convolve with 3 by 3 kernels by 16 multiplications for each 2 by 2 outputs, instead of 36: F(2x2, 3x3).

    Takes and refuses what `conv2d_forward` does, padding also as a pair (height, width), and returns its y; other
    kernels than 3 by 3 are a ValueError too.

    Notes
    -----
    Tiles of 4 by 4 pixels, two pixels apart, and the kernels are transformed (additions only), multiplied entry by
    entry and summed over channels, and transformed to 2 by 2 outputs.  Lavin & Gray 2016.
    """
    require_same_channels(x, weight, bias)
    if weight.shape[2:] != (3, 3):
        raise ValueError(f"kernels are {weight.shape[2:]}, need to be (3, 3): other sizes have other transforms")
    padded = pad2d(x, padding)
    height, width = slid_shape(padded.shape[2:], (3, 3), (1, 1), (0, 0))
    dtype = np.result_type(x, weight, bias)
    tile_in, tile_kernel, tile_out = (m.astype(dtype) for m in (WINOGRAD_INPUT, WINOGRAD_KERNEL, WINOGRAD_OUTPUT))
    even = np.pad(padded, ((0, 0), (0, 0), (0, height % 2), (0, width % 2)))  # for a last half tile
    tiles = patch_view(even, (4, 4), 2)  # (N, C, H'/2, W'/2, 4, 4)
    transformed = np.einsum("ai,nchwij,bj->abnhwc", tile_in, tiles, tile_in, optimize=True)
    kernels = np.einsum("ai,fcij,bj->abcf", tile_kernel, weight, tile_kernel, optimize=True)
    products = transformed @ kernels[:, :, None, None]  # (4, 4, N, H'/2, W'/2, F)
    y = np.einsum("ia,abnhwf,jb->nfhiwj", tile_out, products, tile_out, optimize=True)
    n, filters, rows, _, columns, _ = y.shape
    return y.reshape(n, filters, 2 * rows, 2 * columns)[:, :, :height, :width] + bias[:, None, None]
