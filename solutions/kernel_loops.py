"""The special convolutions with a loop over the kernel's few positions: dilated, transposed, depthwise, separable.

Each position of the kernel meets a whole map of pixels at once, which is all that the loop's body says.
"""

import numpy as np

from solutions.geometry import require_images, slid_shape
from solutions.plain_convolution import pad2d, require_same_channels
from solutions.separable import pointwise_conv_backward, pointwise_conv_forward
from solutions.shape import require_shape


def dilated_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0, dilation: int = 1
) -> tuple[np.ndarray, tuple]:
    """Convolve with kernels whose pixels stand `dilation` apart.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (F, C, kH, kW)
    bias : array of shape (F,)
    stride, padding, dilation : int
        The same down and to the right; dilation 1 is the ordinary convolution.

    Returns
    -------
    y : array of shape (N, F, H', W')
        H' = floor((H + 2 padding - dilation (kH - 1) - 1) / stride) + 1, and W' likewise.
    cache : tuple
        For `dilated_conv_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.

    Notes
    -----
    Yu & Koltun 2016; seed S2-10.
    """
    require_same_channels(x, weight, bias)
    size = slid_shape(x.shape[2:], weight.shape[2:], (stride, stride), (padding, padding), (dilation, dilation))
    padded = pad2d(x, padding)
    y = np.zeros((len(x), len(weight), *size), np.result_type(x, weight, bias)) + bias[:, None, None]
    for u, v in np.ndindex(weight.shape[2:]):
        met = met_by(padded, u * dilation, v * dilation, size, stride)
        y += np.einsum("nchw,fc->nfhw", met, weight[:, :, u, v])
    return y, (padded, x.shape, weight, stride, padding, dilation)


def dilated_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the dilated convolution.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `dilated_conv_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (F, C, kH, kW)
    grad_bias : array of shape (F,)
    """
    padded, x_shape, weight, stride, padding, dilation = cache
    size = slid_shape(x_shape[2:], weight.shape[2:], (stride, stride), (padding, padding), (dilation, dilation))
    require_shape("grad_y", grad_y, (x_shape[0], len(weight), *size), "one upstream number for each output")
    grad_padded = np.zeros(padded.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, padded))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(grad_padded, u * dilation, v * dilation, size, stride)
        place += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, u, v])
        met = met_by(padded, u * dilation, v * dilation, size, stride)
        grad_weight[:, :, u, v] = np.einsum("nfhw,nchw->fc", grad_y, met)
    grad_x = grad_padded[:, :, padding : padding + x_shape[2], padding : padding + x_shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def conv2d_transpose_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Stamp the kernel, times each input number, onto the output; stamps that overlap are added.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (C, F, kH, kW)
        Of the convolution that goes the other way, from F to C channels.
    bias : array of shape (F,)
    stride : int
        Distance between the stamps, down and to the right.
    padding : int
        Rows and columns cut off on each side: what the convolution the other way would have padded.

    Returns
    -------
    y : array of shape (N, F, H', W')
        H' = (H - 1) stride + kH - 2 padding, and W' likewise.
    cache : tuple
        For `conv2d_transpose_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other, or nothing is left of the output.

    Notes
    -----
    Dumoulin & Visin 2016; seed S2-9.
    """
    require_images(x)
    if np.ndim(weight) != 4 or len(weight) != x.shape[1]:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (C, F, kH, kW): C the {x.shape[1]} channels of x")
    require_shape("bias", bias, weight.shape[1:2], "one number for each output channel")
    (n, _, height, width), (_, filters, kernel_height, kernel_width) = x.shape, weight.shape
    full = ((height - 1) * stride + kernel_height, (width - 1) * stride + kernel_width)
    if min(full) <= 2 * padding:
        raise ValueError(f"padding is {padding}, and the stamps cover {full}: make padding smaller")
    stamped = np.zeros((n, filters, *full), np.result_type(x, weight, bias))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(stamped, u, v, (height, width), stride)
        place += np.einsum("nchw,cf->nfhw", x, weight[:, :, u, v])
    y = stamped[:, :, padding : full[0] - padding, padding : full[1] - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def conv2d_transpose_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the transposed convolution; the gradient of x is an ordinary convolution of grad_y.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `conv2d_transpose_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (C, F, kH, kW)
    grad_bias : array of shape (F,)
    """
    x, weight, stride, padding = cache
    size = tuple((x.shape[a] - 1) * stride + weight.shape[a] - 2 * padding for a in (2, 3))
    require_shape("grad_y", grad_y, (len(x), weight.shape[1], *size), "one upstream number for each output")
    grad_stamped = pad2d(grad_y, padding)
    grad_x = np.zeros(x.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, x))
    for u, v in np.ndindex(weight.shape[2:]):
        met = met_by(grad_stamped, u, v, x.shape[2:], stride)
        grad_x += np.einsum("nfhw,cf->nchw", met, weight[:, :, u, v])
        grad_weight[:, :, u, v] = np.einsum("nchw,nfhw->cf", x, met)
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def depthwise_conv_forward(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray, *, stride: int = 1, padding: int = 0
) -> tuple[np.ndarray, tuple]:
    """Convolve each channel with a kernel of its own; channels do not mix.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    weight : array of shape (C, 1, kH, kW)
    bias : array of shape (C,)
    stride, padding : int

    Returns
    -------
    y : array of shape (N, C, H', W')
    cache : tuple
        For `depthwise_conv_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.

    Notes
    -----
    Seed S2-11.
    """
    require_images(x)
    if np.ndim(weight) != 4 or weight.shape[:2] != (x.shape[1], 1):
        raise ValueError(f"weight has shape {np.shape(weight)}, needs ({x.shape[1]}, 1, kH, kW): a kernel a channel")
    require_shape("bias", bias, weight.shape[:1], "one number for each channel")
    size = slid_shape(x.shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    padded = pad2d(x, padding)
    y = np.zeros((*x.shape[:2], *size), np.result_type(x, weight, bias)) + bias[:, None, None]
    for u, v in np.ndindex(weight.shape[2:]):
        y += met_by(padded, u, v, size, stride) * weight[:, :, u, v, None]
    return y, (padded, x.shape, weight, stride, padding)


def depthwise_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the depthwise convolution.

    Parameters
    ----------
    grad_y : array of shape (N, C, H', W')
    cache : tuple
        From `depthwise_conv_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_weight : array of shape (C, 1, kH, kW)
    grad_bias : array of shape (C,)
    """
    padded, x_shape, weight, stride, padding = cache
    size = slid_shape(x_shape[2:], weight.shape[2:], (stride, stride), (padding, padding))
    require_shape("grad_y", grad_y, (*x_shape[:2], *size), "one upstream number for each output")
    grad_padded = np.zeros(padded.shape, np.result_type(grad_y, weight))
    grad_weight = np.zeros(weight.shape, np.result_type(grad_y, padded))
    for u, v in np.ndindex(weight.shape[2:]):
        place = met_by(grad_padded, u, v, size, stride)
        place += grad_y * weight[:, :, u, v, None]
        grad_weight[:, 0, u, v] = (grad_y * met_by(padded, u, v, size, stride)).sum(axis=(0, 2, 3))
    grad_x = grad_padded[:, :, padding : padding + x_shape[2], padding : padding + x_shape[3]]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def separable_conv_forward(
    x: np.ndarray,
    depthwise: np.ndarray,
    pointwise: np.ndarray,
    bias: np.ndarray,
    *,
    stride: int = 1,
    padding: int = 0,
) -> tuple[np.ndarray, tuple]:
    """Convolve depthwise without a bias, then pointwise with one.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    depthwise : array of shape (C, 1, kH, kW)
    pointwise : array of shape (F, C)
    bias : array of shape (F,)
    stride, padding : int
        Of the depthwise part.

    Returns
    -------
    y : array of shape (N, F, H', W')
    cache : tuple
        For `separable_conv_backward`.

    Raises
    ------
    ValueError
        If shapes do not fit each other or an option is too small.

    Notes
    -----
    Sifre 2014, Chollet 2017; seed S2-11.
    """
    no_bias = np.zeros(len(depthwise), depthwise.dtype)
    between, depthwise_cache = depthwise_conv_forward(x, depthwise, no_bias, stride=stride, padding=padding)
    y, pointwise_cache = pointwise_conv_forward(between, pointwise, bias)
    return y, (depthwise_cache, pointwise_cache)


def separable_conv_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of the separable convolution.

    Parameters
    ----------
    grad_y : array of shape (N, F, H', W')
    cache : tuple
        From `separable_conv_forward`.

    Returns
    -------
    grad_x : array of shape (N, C, H, W)
    grad_depthwise : array of shape (C, 1, kH, kW)
    grad_pointwise : array of shape (F, C)
    grad_bias : array of shape (F,)
    """
    depthwise_cache, pointwise_cache = cache
    grad_between, grad_pointwise, grad_bias = pointwise_conv_backward(grad_y, pointwise_cache)
    grad_x, grad_depthwise, _ = depthwise_conv_backward(grad_between, depthwise_cache)
    return grad_x, grad_depthwise, grad_pointwise, grad_bias


def met_by(padded: np.ndarray, top: int, left: int, size: tuple[int, int], stride: int) -> np.ndarray:
    """View the pixels that one position of the kernel meets, one for each output: (N, C, *size)."""
    return padded[:, :, top : top + stride * size[0] : stride, left : left + stride * size[1] : stride]
