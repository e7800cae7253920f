"""Weight standardization: the kernels are normalized instead of the maps."""

import numpy as np

from solutions.normalization.standardization import standardize_over, standardize_over_backward
from solutions.validation import require_shape


def weight_standardize_forward(weight: np.ndarray, *, eps: float = 1e-5) -> tuple[np.ndarray, tuple]:
    """Give each kernel mean 0 and variance 1 over its input channels, height and width.

    Parameters
    ----------
    weight : array of shape (F, C, kH, kW)
    eps : float
        Added to the variance, inside the square root.

    Returns
    -------
    standardized : array of shape (F, C, kH, kW)
    cache : tuple
        For `weight_standardize_backward`.

    Raises
    ------
    ValueError
        If weight is not (F, C, kH, kW) or eps is not positive.

    Notes
    -----
    Biased variance.  The outputs of such kernels grow with the square root of C kH kW, so a normalization must follow.
    Qiao et al. 2019.
    """
    if np.ndim(weight) != 4:
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (F, C, kH, kW): kernels of a convolution")
    standardized, factor = standardize_over(weight, (1, 2, 3), eps)
    return standardized, (standardized, factor)


def weight_standardize_backward(grad_standardized: np.ndarray, cache: tuple) -> np.ndarray:
    """Gradient with respect to the weight before standardization.

    Takes grad_standardized of shape (F, C, kH, kW) and the cache of `weight_standardize_forward`; returns grad_weight
    of the same shape.
    """
    standardized, factor = cache
    require_shape("grad_standardized", grad_standardized, standardized.shape, "one upstream number for each weight")
    return standardize_over_backward(grad_standardized, standardized, factor, (1, 2, 3))
