"""Inputs that the cases of many exercises draw."""

import numpy as np

from classroom.staff.declare.inputs import in_float32, shuffled


def test_sizes_change_places_only():
    drawn = [shuffled(np.random.default_rng(seed), 2, 3, 5) for seed in range(20)]
    assert all(sorted(sizes) == [2, 3, 5] for sizes in drawn)
    assert len({tuple(sizes) for sizes in drawn}) > 1
    assert all(type(size) is int for size in drawn[0])


def test_arrays_and_nothing_else_become_float32():
    inputs = {"x": np.ones(2), "stride": 2, "slope": 0.5}
    made = in_float32(inputs)
    assert made["x"].dtype == np.float32 and inputs["x"].dtype == np.float64
    assert (made["stride"], made["slope"]) == (2, 0.5)
