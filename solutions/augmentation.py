"""Augmentation: images changed at random in ways that leave their class alone."""

import numpy as np


def flip(images: np.ndarray, rng: np.random.Generator, probability: float = 0.5) -> np.ndarray:
    """Mirror each image left to right with a probability.

    Parameters
    ----------
    images : array of shape (N, C, H, W)
    rng : np.random.Generator
    probability : float
        From 0 to 1.

    Returns
    -------
    flipped : array like images

    Raises
    ------
    ValueError
        If images are not (N, C, H, W) or probability is outside [0, 1].

    Notes
    -----
    Part of AlexNet's recipe.
    """
    _require_images(images)
    if not 0 <= probability <= 1:
        raise ValueError(f"probability is {probability}, needs 0 to 1")
    chosen = rng.random(len(images)) < probability
    return np.where(chosen[:, None, None, None], images[..., ::-1], images)


def pad_and_crop(images: np.ndarray, rng: np.random.Generator, padding: int) -> np.ndarray:
    """Surround each image by zeros and cut a window of the old size at a random place.

    Takes images and a generator as `flip` does, and padding, the pixels on each side and the largest shift; returns an
    array like images.  A negative padding is a ValueError.
    """
    _require_images(images)
    if padding < 0:
        raise ValueError(f"padding is {padding}, needs at least 0: pixels added on each side")
    height, width = images.shape[2:]
    padded = np.pad(images, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    tops, lefts = rng.integers(0, 2 * padding + 1, size=(2, len(images)))
    cropped = np.empty_like(images)
    for n, (top, left) in enumerate(zip(tops, lefts, strict=True)):
        cropped[n] = padded[n, :, top : top + height, left : left + width]
    return cropped


def color_jitter(images: np.ndarray, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Multiply each channel of each image by a random factor near 1.

    Takes images and a generator as `flip` does, and the strength, from 0 to below 1: factors are uniform in
    [1 - strength, 1 + strength].  Returns an array like images, not clipped to any range; another strength is a
    ValueError.
    """
    _require_images(images)
    if not 0 <= strength < 1:
        raise ValueError(f"strength is {strength}, needs at least 0 and below 1: a factor of 0 erases the channel")
    factors = rng.uniform(1 - strength, 1 + strength, size=(*images.shape[:2], 1, 1))
    return images * factors.astype(np.result_type(images, np.float32), copy=False)


def _require_images(images: np.ndarray) -> None:
    if images.ndim != 4:
        raise ValueError(f"images have shape {images.shape}, need (N, C, H, W)")
