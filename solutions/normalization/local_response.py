"""Local response norm: AlexNet's division by the squares of neighbouring channels."""

import numpy as np

from solutions.validation import require_images, require_shape


def local_response_norm_forward(
    x: np.ndarray, *, size: int = 5, alpha: float = 1e-4, beta: float = 0.75, k: float = 2
) -> tuple[np.ndarray, tuple]:
    """Divide each pixel by a power of the squares of its neighbours in the channel direction.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    size : int
        How many neighbouring channels, the own one included.
    alpha, beta, k : float
        y = x / (k + alpha * sum of squares) ** beta

    Returns
    -------
    y : array like x
    cache : tuple
        For `local_response_norm_backward`.

    Raises
    ------
    ValueError
        If x is not a batch of images, size is less than 1, or k is not positive.

    Notes
    -----
    PyTorch averages the squares instead of adding them, so its alpha is `size` times this one, and its k defaults to 1.
    Krizhevsky et al. 2012, section 3.3, whose constants are the defaults.
    """
    require_images(x)
    if size < 1:
        raise ValueError(f"size is {size}, needs to be at least 1: the channel itself")
    if not k > 0:
        raise ValueError(f"k is {k}, needs to be positive: it keeps the division from 0")
    denominator = k + alpha * channel_window_sum(np.square(x), size // 2, (size - 1) // 2)
    return x * denominator**-beta, (x, denominator, size, alpha, beta)


def local_response_norm_backward(grad_y: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient of local response norm: each pixel divides itself and its neighbours.

    Takes grad_y like y and the cache of `local_response_norm_forward`; returns grad_x like x.
    """
    x, denominator, size, alpha, beta = cache
    require_shape("grad_y", grad_y, x.shape, "one upstream number for each output")
    grad_denominator = -beta * grad_y * x * denominator ** (-beta - 1)
    # The window is turned round: channel j enters the sums of the channels that have j in their window.
    through_sums = channel_window_sum(grad_denominator, (size - 1) // 2, size // 2)
    return grad_y * denominator**-beta + 2 * alpha * x * through_sums


def channel_window_sum(x: np.ndarray, before: int, after: int) -> np.ndarray:
    """Add to each channel its neighbours, `before` in front of it and `after` behind it."""
    total = np.zeros_like(x)
    channels = x.shape[1]
    for offset in range(-before, after + 1):
        low, high = max(0, -offset), min(channels, channels - offset)
        if low < high:
            total[:, low:high] += x[:, low + offset : high + offset]
    return total
