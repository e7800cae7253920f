"""Preparing the data: means, standard deviations, principal components and whitening.

All statistics are taken from the training set alone and then applied to every set.
"""

import numpy as np


def mean_image(images: np.ndarray) -> np.ndarray:
    """Average image of a set.

    Takes and refuses what `channel_stats` does; returns an array of shape (C, H, W).

    Notes
    -----
    What AlexNet subtracted.
    """
    _require_images(images)
    return images.mean(axis=0)


def channel_stats(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each channel over all images and positions.

    Parameters
    ----------
    images : array of shape (N, C, H, W)

    Returns
    -------
    mean, std : arrays of shape (C,)

    Raises
    ------
    ValueError
        If images are not (N, C, H, W) with N at least 1.

    Notes
    -----
    VGG subtracted the mean; ResNet also divided, by the standard deviation, not by the mean or the variance.
    """
    _require_images(images)
    return images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3))


def center(x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Subtract a mean.

    Parameters
    ----------
    x : array of shape (N, ...)
    mean : array of shape x.shape[1:] or (C,)
        One number for each feature, or for each channel (axis 1).

    Returns
    -------
    centered : array like x

    Raises
    ------
    ValueError
        If mean is neither.
    """
    return x - _per_feature("mean", mean, x)


def standardize(x: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
    """Subtract a mean and divide by a standard deviation.

    Parameters
    ----------
    x : array of shape (N, ...)
    mean, std : arrays of shape x.shape[1:] or (C,)
        One number for each feature, or for each channel (axis 1).

    Returns
    -------
    standardized : array like x

    Raises
    ------
    ValueError
        If mean or std has another shape, or a std is not above 0.

    Notes
    -----
    Dividing by the variance, as one slide prints it, leaves data of standard deviation 5 at 0.2.
    """
    if np.any(np.asarray(std) <= 0):
        raise ValueError("std has entries that are not above 0: drop the constant features, or use one std per channel")
    return (x - _per_feature("mean", mean, x)) / _per_feature("std", std, x)


def pca(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Find the k directions in which centred data vary most.

    Parameters
    ----------
    x : array of shape (N, D)
    k : int
        From 1 to D.

    Returns
    -------
    components : array of shape (k, D)
        Orthonormal rows, largest variance first; of each row the entry largest in absolute value is positive.
    variances : array of shape (k,)
        Variance of the data along each row (divided by N).

    Raises
    ------
    ValueError
        If x is not (N, D) with N at least 1, or k is outside 1 to D.

    Notes
    -----
    Eigenvectors of the covariance matrix.
    """
    if x.ndim != 2 or len(x) == 0:
        raise ValueError(f"x has shape {x.shape}, needs (N, D) with N at least 1: flatten images first")
    if not 1 <= k <= x.shape[1]:
        raise ValueError(f"k is {k}, needs 1 to {x.shape[1]}: there are as many components as features")
    centered = x - x.mean(axis=0)
    covariance = centered.T @ centered / len(x)  # (D, D)
    variances, vectors = np.linalg.eigh(covariance)  # smallest variance first
    components = vectors.T[::-1][:k]
    # An eigenvector may point either way: make the answer unique.
    largest = np.abs(components).argmax(axis=1)
    signs = np.sign(components[np.arange(k), largest])
    # Rounding can push a zero variance below 0.
    return components * signs[:, None], np.maximum(variances[::-1][:k], 0)


def pca_whiten(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Rotate to the principal components and divide each by its standard deviation.

    Parameters
    ----------
    x, eps
        As in `zca_whiten`, which also refuses what this does.

    Returns
    -------
    white : array of shape (N, D)
        Mean 0, covariance the identity matrix (as far as eps allows), largest variance first.
    """
    rotated, scale, _ = _principal_coordinates(x, eps)
    return rotated * scale


def zca_whiten(x: np.ndarray, eps: float = 1e-5) -> np.ndarray:
    """Whiten, then rotate back: the white data that stay closest to the original.

    Parameters
    ----------
    x : array of shape (N, D)
    eps : float
        Added to each variance, so that directions of noise are not blown up.

    Returns
    -------
    white : array of shape (N, D)
        Mean 0, covariance the identity matrix (as far as eps allows); images still look like images.

    Raises
    ------
    ValueError
        If x is not (N, D), or eps is negative, or eps is 0 and a variance is 0.

    Notes
    -----
    Bell & Sejnowski 1997.
    """
    rotated, scale, components = _principal_coordinates(x, eps)
    return rotated * scale @ components


def _principal_coordinates(x: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred data in principal coordinates (N, D), the factors that make them white (D,), the components (D, D)."""
    if eps < 0:
        raise ValueError(f"eps is {eps}, needs at least 0: it is added to each variance")
    components, variances = pca(x, x.shape[-1])
    if np.any(variances + eps == 0):
        raise ValueError("a variance is 0 and eps is 0: raise eps, or drop the constant features")
    rotated = (x - x.mean(axis=0)) @ components.T
    return rotated, 1 / np.sqrt(variances + eps), components


def _require_images(images: np.ndarray) -> None:
    if images.ndim != 4 or len(images) == 0:
        raise ValueError(f"images have shape {images.shape}, need (N, C, H, W) with N at least 1")


def _per_feature(name: str, value: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Shape a statistic so that it broadcasts over x: as it is, or one number for each channel of axis 1."""
    value = np.asarray(value)
    if value.shape == x.shape[1:]:
        return value
    if x.ndim > 2 and value.shape == x.shape[1:2]:
        return value.reshape(-1, *[1] * (x.ndim - 2))
    raise ValueError(f"{name} has shape {value.shape}, needs {x.shape[1:]} or {x.shape[1:2]} for x of shape {x.shape}")
