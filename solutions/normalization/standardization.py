"""Mean 0 and variance 1 over chosen axes: what layer, instance and group norm and weight standardization share."""

import numpy as np


def standardize_over(x: np.ndarray, axes: tuple[int, ...], eps: float) -> tuple[np.ndarray, np.ndarray]:
    """Return (x - mean) / sqrt(variance + eps) and the factor 1 / sqrt(variance + eps), with biased variance."""
    if not eps > 0:
        raise ValueError(
            f"eps is {eps}, needs to be positive: it keeps the division from 0 where all numbers are equal"
        )
    centered = x - x.mean(axis=axes, keepdims=True)
    factor = 1 / np.sqrt(np.square(centered).mean(axis=axes, keepdims=True) + eps)
    return centered * factor, factor


def standardize_over_backward(
    grad_hat: np.ndarray, x_hat: np.ndarray, factor: np.ndarray, axes: tuple[int, ...]
) -> np.ndarray:
    """Gradient of `standardize_over`: what only shifts or scales all numbers together is taken out."""
    shift = grad_hat.mean(axis=axes, keepdims=True)
    scale = (grad_hat * x_hat).mean(axis=axes, keepdims=True)
    return factor * (grad_hat - shift - x_hat * scale)
