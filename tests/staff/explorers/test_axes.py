"""Squares of one number share a mean, as the solutions compute it."""

import numpy as np
import pytest

from classroom.staff.explorers.axes import shares
from solutions.normalization import groupnorm_forward, instancenorm_forward, layernorm_forward


@pytest.mark.parametrize(
    "norm, forward",
    [
        ("layer", layernorm_forward),
        ("instance", instancenorm_forward),
        ("group of 2", lambda x, one, zero: groupnorm_forward(x, one, zero, 3)),
        ("group of 3", lambda x, one, zero: groupnorm_forward(x, one, zero, 2)),
    ],
)
def test_squares_of_one_number_share_a_mean(norm, forward):
    """The numbers that the drawing gives a share have mean 0 once they are normalized."""
    x = np.random.default_rng(0).standard_normal((4, 6, 3, 3)) + np.arange(6)[:, None, None]
    scale = np.ones(x.shape[1:] if norm == "layer" and forward is None else 6)
    y, _ = forward(x, scale, np.zeros_like(scale))
    for share in np.unique(shares(norm)):
        assert abs(y[shares(norm) == share].mean()) < 1e-10
