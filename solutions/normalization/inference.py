"""Batch norm at inference: what it stores, and how it disappears in the layer before it."""

import numpy as np

from solutions.validation import require_shape


def fold_batchnorm(
    weight: np.ndarray,
    bias: np.ndarray,
    scale: np.ndarray,
    shift: np.ndarray,
    running: tuple[np.ndarray, np.ndarray],
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray]:
    """Put the batch norm that follows a layer into the layer's own weight and bias, for inference.

    Parameters
    ----------
    weight : array of shape (D, M) or (F, C, kH, kW)
        Of the linear layer or convolution in front of the batch norm.
    bias : array of shape (M,) or (F,)
    scale, shift : arrays like bias
    running : (mean, var), arrays like bias
    eps : float

    Returns
    -------
    weight, bias : arrays
        Of the one layer that does the work of both.

    Raises
    ------
    ValueError
        If weight has neither shape or a vector does not fit it.

    Notes
    -----
    At inference batch norm is scale / sqrt(var + eps) * (y - mean) + shift, which is linear.
    """
    if np.ndim(weight) not in (2, 4):
        raise ValueError(f"weight has shape {np.shape(weight)}, needs (D, M) or (F, C, kH, kW)")
    outputs = weight.shape[1] if weight.ndim == 2 else weight.shape[0]
    mean, var = running
    for name, vector in (("bias", bias), ("scale", scale), ("shift", shift), ("mean", mean), ("var", var)):
        require_shape(name, vector, (outputs,), "one number for each output")
    factor = scale / np.sqrt(var + eps)
    folded = weight * factor if weight.ndim == 2 else weight * factor[:, None, None, None]
    return folded, (bias - mean) * factor + shift


def batchnorm_param_count(channels: int) -> tuple[int, int]:
    """Count what batch norm holds: scale and shift are trained, mean and variance are measured.

    Parameters
    ----------
    channels : int

    Returns
    -------
    trained, buffers : int
        Together four numbers for each channel.

    Raises
    ------
    ValueError
        If channels is less than 1.
    """
    if channels < 1:
        raise ValueError(f"channels is {channels}, needs to be at least 1")
    return 2 * channels, 2 * channels
