"""Batch norm: each channel gets mean 0 and variance 1 over the batch, then a trained scale and shift.

It is written for batches of vectors; images go through it with every pixel as an example.
"""

import numpy as np

from solutions.validation import require_images, require_mode, require_shape


def batchnorm_forward(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple[np.ndarray, np.ndarray] | None,
    *,
    training: bool,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple, tuple[np.ndarray, np.ndarray]]:
    """Normalize each feature by the batch (training) or by running statistics (inference), then scale and shift.

    Parameters
    ----------
    x : array of shape (N, D)
    scale, shift : arrays of shape (D,)
    running : (mean, var), arrays of shape (D,), or None
        None is the start: mean 0, variance 1.
    training : bool
        Training updates the running statistics, inference uses and keeps them.
    alpha : float
        Weight of the old running value: new = alpha * old + (1 - alpha) * batch.
    eps : float
        Added to the variance, inside the square root.

    Returns
    -------
    y : array of shape (N, D)
    cache : tuple
        For `batchnorm_backward`.
    new_running : (mean, var)
        New arrays; the given ones are not changed.

    Raises
    ------
    ValueError
        If x is not (N, D), a vector does not fit it, or training is neither True nor False.

    Notes
    -----
    Biased variance, in the running value too: PyTorch keeps the unbiased one, N / (N - 1) times larger, and its
    momentum is 1 - alpha.  Ioffe & Szegedy 2015, algorithms 1 and 2.
    """
    require_mode(training)
    if np.ndim(x) != 2:
        raise ValueError(f"x has shape {np.shape(x)}, needs (N, D)")
    if running is None:
        running = np.zeros(x.shape[1], x.dtype), np.ones(x.shape[1], x.dtype)
    for name, vector in (("scale", scale), ("shift", shift), ("running mean", running[0]), ("running var", running[1])):
        require_shape(name, vector, x.shape[1:], "one number for each feature")
    mean, var = running
    if training:
        mean, var = x.mean(axis=0), x.var(axis=0)
        running = alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var
    factor = 1 / np.sqrt(var + eps)
    normalized = (x - mean) * factor
    return scale * normalized + shift, (normalized, factor, scale, training), running


def batchnorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of batch norm.

    Takes grad_y of shape (N, D) and the cache of `batchnorm_forward`; returns grad_x, grad_scale and grad_shift like x,
    scale and shift.

    Notes
    -----
    In training, mean and variance depend on x too: what shifts or scales the whole batch is taken out of the gradient.
    In inference they are constants.  Ioffe & Szegedy 2015, section 3.
    """
    normalized, factor, scale, training = cache
    require_shape("grad_y", grad_y, normalized.shape, "one upstream number for each output")
    grad_shift = grad_y.sum(axis=0)
    grad_scale = (grad_y * normalized).sum(axis=0)
    grad_x = grad_y
    if training:
        grad_x = grad_y - grad_shift / len(grad_y) - normalized * grad_scale / len(grad_y)
    return scale * factor * grad_x, grad_scale, grad_shift


def batchnorm_backward_staged(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of batch norm in training, one step of the forward pass after the other; equal to `batchnorm_backward`.

    Takes and returns what `batchnorm_backward` does; a cache from inference is a ValueError.
    """
    normalized, factor, scale, training = cache
    if not training:
        raise ValueError("the cache is from inference, needs training=True: only there do the statistics depend on x")
    require_shape("grad_y", grad_y, normalized.shape, "one upstream number for each output")
    count, centered = len(grad_y), normalized / factor
    # y = scale * normalized + shift
    grad_shift = grad_y.sum(axis=0)
    grad_scale = (grad_y * normalized).sum(axis=0)
    grad_normalized = grad_y * scale
    # normalized = centered * factor,  factor = (var + eps) ** -1/2
    grad_centered = grad_normalized * factor
    grad_factor = (grad_normalized * centered).sum(axis=0)
    grad_var = -0.5 * factor**3 * grad_factor
    # var = mean of centered ** 2
    grad_centered = grad_centered + 2 / count * grad_var * centered
    # centered = x - mean of x
    return grad_centered - grad_centered.mean(axis=0), grad_scale, grad_shift


def batchnorm_grad_x(grad_y: np.ndarray, normalized: np.ndarray, factor: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the gradient of the input of batch norm in one formula.

    Parameters
    ----------
    grad_y : array of shape (N, D)
    normalized : array of shape (N, D)
        (x - mean) * factor.
    factor : array of shape (D,)
        1 / sqrt(var + eps).
    scale : array of shape (D,)

    Returns
    -------
    grad_x : array of shape (N, D)

    Notes
    -----
    factor * scale * (grad_y - mean of grad_y - normalized * mean of grad_y * normalized), means over the batch.
    Ioffe & Szegedy 2015, section 3, simplified.
    """
    tilt = normalized * (grad_y * normalized).mean(axis=0)
    return factor * scale * (grad_y - grad_y.mean(axis=0) - tilt)


def spatial_batchnorm_forward(
    x: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple[np.ndarray, np.ndarray] | None,
    *,
    training: bool,
    alpha: float = 0.9,
    eps: float = 1e-5,
) -> tuple[np.ndarray, tuple, tuple[np.ndarray, np.ndarray]]:
    """Batch norm of images through the one of vectors: every pixel is an example with C features.

    Parameters
    ----------
    x : array of shape (N, C, H, W)
    scale, shift : arrays of shape (C,)
    running, training, alpha, eps
        As in `batchnorm_forward`.

    Returns
    -------
    y : array of shape (N, C, H, W)
    cache : tuple
        For `spatial_batchnorm_backward`.
    new_running : (mean, var)

    Raises
    ------
    ValueError
        If x is not a batch of images, and as in `batchnorm_forward`.
    """
    require_images(x)
    n, channels, height, width = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(-1, channels)  # (N H W, C)
    y, cache, running = batchnorm_forward(pixels, scale, shift, running, training=training, alpha=alpha, eps=eps)
    return y.reshape(n, height, width, channels).transpose(0, 3, 1, 2), cache, running


def spatial_batchnorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `spatial_batchnorm_forward`.

    Takes grad_y of shape (N, C, H, W) and the cache of `spatial_batchnorm_forward`; returns grad_x, grad_scale and
    grad_shift like x, scale and shift.
    """
    require_images(grad_y)
    n, channels, height, width = grad_y.shape
    grad = grad_y.transpose(0, 2, 3, 1).reshape(-1, channels)
    grad_x, grad_scale, grad_shift = batchnorm_backward(grad, cache)
    return grad_x.reshape(n, height, width, channels).transpose(0, 3, 1, 2), grad_scale, grad_shift
