"""Regions of the plane that neurons with a step function cut out: convex polygons, and unions of them."""

import numpy as np

from solutions.neuron.threshold import neuron_forward
from solutions.validation import require_shape


def halfplane_polygon(x: np.ndarray, normals: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Tell which points lie inside a convex polygon, by one hidden layer and an AND neuron.

    Parameters
    ----------
    x : array of shape (N, D)
    normals : array of shape (K, D)
        One row for each side, pointing inwards.
    offsets : array of shape (K,)

    Returns
    -------
    inside : boolean array of shape (N,)
        True where normals @ x + offsets > 0 for all K sides.

    Raises
    ------
    ValueError
        If x, normals and offsets do not fit.

    Notes
    -----
    The AND of K sides fires where more than K - 1/2 of them fire.  With an AND on top a region is convex.
    """
    require_shape("offsets", offsets, normals.shape[:1], "one offset for each row of normals")
    sides = neuron_forward(x, normals.T, offsets)  # (N, K)
    count = len(offsets)
    return neuron_forward(sides, np.ones(count), 0.5 - count) > 0


def polygon_union(x: np.ndarray, polygons: list) -> np.ndarray:
    """Tell which points lie inside any of several convex polygons: a second hidden layer and an OR neuron.

    Parameters
    ----------
    x : array of shape (N, D)
    polygons : list of (normals, offsets)
        As in `halfplane_polygon`; at least one.

    Returns
    -------
    inside : boolean array of shape (N,)

    Raises
    ------
    ValueError
        If there is no polygon or its shapes do not fit.

    Notes
    -----
    The region may be non-convex or in pieces.
    """
    if len(polygons) == 0:
        raise ValueError("polygons is empty, needs at least one (normals, offsets)")
    inside = np.stack([halfplane_polygon(x, normals, offsets) for normals, offsets in polygons], axis=1)
    return neuron_forward(inside.astype(float), np.ones(len(polygons)), -0.5) > 0
