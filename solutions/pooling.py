"""Pooling: one number for each window of each map, its largest or its mean."""

from collections.abc import Iterator

import numpy as np

from solutions.geometry import slid_shape
from solutions.validation import as_pair, require_images, require_shape


def maxpool2d_forward(
    x: np.ndarray, kernel: int | tuple, stride: int | tuple | None = None, padding: int | tuple = 0
) -> tuple[np.ndarray, tuple]:
    """Keep the largest number of each window.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    kernel : int or (kH, kW)
    stride : int or (height, width), optional
        Without it the windows lie side by side: stride = kernel.
    padding : int or (height, width)
        Rows and columns of -inf on each side, at most half the kernel, so that no window holds nothing else.

    Returns
    -------
    y : array of shape (N, C, H', W')
        Rows and columns that fill no window at the lower right are left out.
    cache : tuple
        For `maxpool2d_backward`.

    Raises
    ------
    ValueError
        If x is not a batch of images, an option is out of its range, or the window is larger than the padded image.

    Notes
    -----
    The largest of a window is found by comparing whole shifted maps, one for each position in the window.
    """
    window = pool_window(x, kernel, stride, padding)
    padded = padded_map(x, window, -np.inf)
    corners = window_corners(padded, window)
    y = next(corners).copy()
    for seen in corners:
        np.maximum(y, seen, out=y)
    return y, (padded, y, x.shape, window)


def maxpool2d_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Give each gradient to the pixel that was the largest of its window.

    Takes grad_y of shape (N, C, H', W') and the cache of `maxpool2d_forward`; returns grad_x of shape (N, C, H, W).  Of
    equal largest pixels one takes all, here the first, row by row: grad_x and grad_y have the same sum.
    """
    padded, y, x_shape, window = cache
    require_shape("grad_y", grad_y, y.shape, "one upstream number for each output")
    grad_padded = np.zeros_like(padded, dtype=np.result_type(padded, grad_y))
    free = np.ones_like(y, dtype=bool)  # windows whose largest pixel is not found yet
    for seen, place in zip(window_corners(padded, window), window_corners(grad_padded, window), strict=True):
        first = (seen == y) & free
        free ^= first
        place += grad_y * first
    return without_padding(grad_padded, x_shape, window)


def avgpool2d_forward(
    x: np.ndarray, kernel: int | tuple, stride: int | tuple | None = None, padding: int | tuple = 0
) -> tuple[np.ndarray, tuple]:
    """Take the mean of each window.

    Takes and refuses what `maxpool2d_forward` does, but padding puts zeros on each side, which count in the mean;
    returns y of the same shape (N, C, H', W') and the cache for `avgpool2d_backward`.

    Notes
    -----
    A depthwise convolution whose weights are all 1 / (kH kW).  PyTorch's default counts the padding too.
    """
    window = pool_window(x, kernel, stride, padding)
    padded = padded_map(x, window, 0)
    y = np.zeros_like(next(window_corners(padded, window)), dtype=np.result_type(x, np.float16))
    for seen in window_corners(padded, window):
        y += seen
    y /= window[0][0] * window[0][1]
    return y, (padded.shape, x.shape, window)


def avgpool2d_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Share each gradient equally between the pixels of its window.

    Takes grad_y of shape (N, C, H', W') and the cache of `avgpool2d_forward`; returns grad_x of shape (N, C, H, W).
    """
    padded_shape, x_shape, window = cache
    (kernel_height, kernel_width), _, _, size = window
    require_shape("grad_y", grad_y, (*x_shape[:2], *size), "one upstream number for each output")
    share = grad_y / (kernel_height * kernel_width)
    n, channels, height, width = padded_shape
    grad_padded = np.zeros((n, height, width, channels), share.dtype).transpose(0, 3, 1, 2)  # channels-last memory
    for place in window_corners(grad_padded, window):
        place += share
    return without_padding(grad_padded, x_shape, window)


def global_avg_pool_forward(x: np.ndarray) -> tuple[np.ndarray, tuple]:
    """Take the mean of each map: one number for each channel, whatever the resolution.

    Parameters
    ----------
    x : array of shape (N, C, H, W)

    Returns
    -------
    y : array of shape (N, C)
    cache : tuple
        For `global_avg_pool_backward`.

    Raises
    ------
    ValueError
        If x is not a batch of images.

    Notes
    -----
    Lin et al. 2013.
    """
    require_images(x)
    return x.mean(axis=(2, 3)), (x.shape,)


def global_avg_pool_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Share each gradient equally between the pixels of its map.

    Takes grad_y of shape (N, C) and the cache of `global_avg_pool_forward`; returns grad_x of shape (N, C, H, W).
    """
    (x_shape,) = cache
    n, channels, height, width = x_shape
    require_shape("grad_y", grad_y, (n, channels), "one upstream number for each map")
    share = grad_y / (height * width)
    grad_x = np.empty((n, height, width, channels), share.dtype)
    grad_x[...] = share[:, None, None]
    return grad_x.transpose(0, 3, 1, 2)


def pool_window(x: np.ndarray, kernel: int | tuple, stride: int | tuple | None, padding: int | tuple) -> tuple:
    """Return kernel, stride, padding and output size as pairs; raises ValueError unless they fit x."""
    require_images(x)
    kernel, padding = as_pair("kernel", kernel, 1), as_pair("padding", padding, 0)
    stride = kernel if stride is None else as_pair("stride", stride, 1)
    if 2 * padding[0] > kernel[0] or 2 * padding[1] > kernel[1]:
        raise ValueError(f"padding is {padding}, needs at most half the kernel {kernel}: each window must hold a pixel")
    return kernel, stride, padding, slid_shape(x.shape[2:], kernel, stride, padding)


def padded_map(x: np.ndarray, window: tuple, value: float) -> np.ndarray:
    """Frame the maps with a value; x itself when there is no padding."""
    (p, q), (n, channels, height, width) = window[2], x.shape
    if p == q == 0:
        return x
    frame = np.full((n, height + 2 * p, width + 2 * q, channels), value, np.result_type(x, np.float16))
    padded = frame.transpose(0, 3, 1, 2)  # channels-last memory
    padded[:, :, p : p + height, q : q + width] = x
    return padded


def window_corners(padded: np.ndarray, window: tuple) -> Iterator[np.ndarray]:
    """Yield, for each position in the window, a view of the pixels that are there: (N, C, H', W')."""
    kernel, (s, t), _, (height, width) = window
    for i, j in np.ndindex(kernel):
        yield padded[:, :, i : i + s * height : s, j : j + t * width : t]


def without_padding(padded: np.ndarray, x_shape: tuple, window: tuple) -> np.ndarray:
    """Cut the frame off."""
    p, q = window[2]
    return padded[:, :, p : p + x_shape[2], q : q + x_shape[3]]
