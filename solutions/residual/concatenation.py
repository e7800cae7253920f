"""Concatenation: branches side by side, joined along the channels."""

from collections.abc import Sequence

import numpy as np


def concat_channels_forward(xs: Sequence[np.ndarray]) -> tuple[np.ndarray, tuple]:
    """Lay the channels of several branches one after another.

    Parameters
    ----------
    xs : sequence of arrays of shape (N, C_i, H, W)

    Returns
    -------
    y : array of shape (N, sum of C_i, H, W)
    cache : tuple
        For `concat_channels_backward`.

    Raises
    ------
    ValueError
        If there is no array, or the arrays differ in more than the number of channels.

    Notes
    -----
    The join of an Inception module.  Szegedy et al. 2014.
    """
    if len(xs) == 0:
        raise ValueError("xs is empty, needs at least one array (N, C, H, W)")
    for x in xs:
        if np.ndim(x) < 2 or (x.shape[0], *x.shape[2:]) != (xs[0].shape[0], *xs[0].shape[2:]):
            raise ValueError(
                f"arrays {xs[0].shape} and {np.shape(x)} differ beside the channels: make N, H and W equal"
            )
    channels = [x.shape[1] for x in xs]
    return np.concatenate(xs, axis=1), (channels,)


def concat_channels_backward(grad_y: np.ndarray, cache: tuple) -> list[np.ndarray]:
    """Give each branch the gradient of its own channels.

    Takes grad_y like y and the cache of `concat_channels_forward`; returns a list of arrays of shape (N, C_i, H, W).
    """
    (channels,) = cache
    if grad_y.shape[1] != sum(channels):
        raise ValueError(
            f"grad_y has {grad_y.shape[1]} channels, needs {sum(channels)}: one for each channel of the output"
        )
    return np.split(grad_y, np.cumsum(channels)[:-1], axis=1)
