"""Regions of the plane, cut out by neurons."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from solutions import neuron


def regular_polygon(sides, middle=(0.0, 0.0)):
    """Unit inner radius; normals point inwards."""
    angles = 2 * np.pi * np.arange(sides) / sides + 0.1
    normals = -np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return normals, 1 - normals @ np.array(middle)


@given(st.integers(3, 8), st.integers(0, 99))
def test_polygon_agrees_with_all_sides_one_by_one(sides, seed):
    x = np.random.default_rng(seed).uniform(-2, 2, (200, 2))
    normals, offsets = regular_polygon(sides)
    inside = neuron.halfplane_polygon(x, normals, offsets)
    assert inside.dtype == bool
    naive = [all(n @ point + o > 0 for n, o in zip(normals, offsets, strict=True)) for point in x]
    assert inside.tolist() == naive
    radius = np.hypot(*x.T)
    assert inside[radius < 1].all()
    assert not inside[radius > 1 / np.cos(np.pi / sides)].any()


def test_a_point_on_the_border_is_outside():
    square = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), np.ones(4)
    assert neuron.halfplane_polygon(np.array([[1.0, 0.0], [0.999, 0.0]]), *square).tolist() == [False, True]


def test_union_may_be_disconnected():
    x = np.random.default_rng(0).uniform(-4, 4, (500, 2))
    parts = [regular_polygon(3, (-2, 0)), regular_polygon(5, (2, 1))]
    separate = [neuron.halfplane_polygon(x, *part) for part in parts]
    assert not (separate[0] & separate[1]).any()
    assert np.array_equal(neuron.polygon_union(x, parts), separate[0] | separate[1])
