"""Layer, instance and group norm, whose statistics are those of one example.

They differ in the axes that share a mean and a variance: C, H, W in layer norm, H, W in instance norm, H, W and the
channels of one group in group norm.  Training and inference are the same.
"""

import numpy as np

from solutions.normalization.standardization import standardize_over, standardize_over_backward
from solutions.validation import require_images, require_shape


def layernorm_forward(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, *, eps: float = 1e-5
) -> tuple[np.ndarray, tuple]:
    """Normalize each example over all its features, then scale and shift.

    Parameters
    ----------
    x : array of shape (N, D) or (N, C, H, W)
    scale, shift : arrays of shape (D,) or (C,)
    eps : float
        Added to the variance, inside the square root.

    Returns
    -------
    y : array like x
    cache : tuple
        For `layernorm_backward`.

    Raises
    ------
    ValueError
        If x has neither shape, scale or shift does not fit it, or eps is not positive.

    Notes
    -----
    Biased variance.  Images get one scale for each channel, as in group norm with one group; PyTorch's LayerNorm has
    one for each pixel too.  Ba et al. 2016.
    """
    if np.ndim(x) not in (2, 4):
        raise ValueError(f"x has shape {np.shape(x)}, needs (N, D) or (N, C, H, W)")
    return norm_forward(x, scale, shift, 1, eps)


def layernorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of layer norm.

    Takes grad_y like y and the cache of `layernorm_forward`; returns grad_x, grad_scale and grad_shift like x, scale
    and shift.
    """
    return norm_backward(grad_y, cache)


def instancenorm_forward(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, *, eps: float = 1e-5
) -> tuple[np.ndarray, tuple]:
    """Normalize each map of each example, then scale and shift.

    Takes x of shape (N, C, H, W), scale and shift of shape (C,), and eps as `layernorm_forward` does, refusing all
    else; returns y like x and the cache for `instancenorm_backward`.

    Notes
    -----
    Biased variance.  Ulyanov et al. 2016.
    """
    require_images(x)
    return norm_forward(x, scale, shift, x.shape[1], eps)


def instancenorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of instance norm.

    Takes grad_y like y and the cache of `instancenorm_forward`; returns grad_x, grad_scale and grad_shift like x, scale
    and shift.
    """
    return norm_backward(grad_y, cache)


def groupnorm_forward(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, groups: int, *, eps: float = 1e-5
) -> tuple[np.ndarray, tuple]:
    """Normalize each group of neighbouring channels of each example, then scale and shift.

    Takes and refuses what `instancenorm_forward` does, and takes groups, how many there are, which must divide C;
    returns y like x and the cache for `groupnorm_backward`.

    Notes
    -----
    Biased variance.  One group is layer norm, C groups are instance norm.  Wu & He 2018.
    """
    require_images(x)
    if groups < 1 or x.shape[1] % groups:
        raise ValueError(f"groups is {groups}, needs to divide the {x.shape[1]} channels: choose one of their divisors")
    return norm_forward(x, scale, shift, groups, eps)


def groupnorm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of group norm.

    Takes grad_y like y and the cache of `groupnorm_forward`; returns grad_x, grad_scale and grad_shift like x, scale
    and shift.
    """
    return norm_backward(grad_y, cache)


def norm_forward(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, groups: int, eps: float
) -> tuple[np.ndarray, tuple]:
    """Normalize each of the groups of axis 1, together with the axes after it, then scale and shift along axis 1."""
    require_shape("scale", scale, x.shape[1:2], "one factor for each channel")
    require_shape("shift", shift, x.shape[1:2], "one offset for each channel")
    grouped = x.reshape(len(x), groups, x.shape[1] // groups, *x.shape[2:])  # a view: an axis is only split
    x_hat, factor = standardize_over(grouped, tuple(range(2, grouped.ndim)), eps)
    x_hat = x_hat.reshape(x.shape)
    y = x_hat * along_channels(scale, x) + along_channels(shift, x)
    return y, (x_hat, factor, scale, grouped.shape)


def norm_backward(grad_y: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients of `norm_forward`."""
    x_hat, factor, scale, grouped = cache
    require_shape("grad_y", grad_y, x_hat.shape, "one upstream number for each output")
    grad_hat = (grad_y * along_channels(scale, x_hat)).reshape(grouped)
    grad_x = standardize_over_backward(grad_hat, x_hat.reshape(grouped), factor, tuple(range(2, len(grouped))))
    others = (0, *range(2, x_hat.ndim))
    return grad_x.reshape(x_hat.shape), (grad_y * x_hat).sum(axis=others), grad_y.sum(axis=others)


def along_channels(vector: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Shape a vector of C numbers so that it multiplies axis 1 of x."""
    return vector.reshape(-1, *[1] * (x.ndim - 2))
