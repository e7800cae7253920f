"""Initial weights by measurement, and what initial weights do in depth."""

import numpy as np
import pytest

from solutions import initialization as init


def test_lsuv_gives_each_layer_std_one():
    rng = np.random.default_rng(0)
    x = 3 * rng.standard_normal((64, 30)) + 1
    before = x.copy()
    h, weights = x, init.lsuv([30, 50, 40, 20], "relu", x, rng, tolerance=0.02)
    assert [weight.shape for weight in weights] == [(30, 50), (50, 40), (40, 20)]
    for weight in weights:
        z = h @ weight
        assert abs(z.std() - 1) <= 0.02
        h = np.maximum(z, 0)
    assert np.array_equal(x, before)


def test_fixup_scale_by_hand():
    assert init.fixup_scale(16, layers=2) == 0.25
    assert init.fixup_scale(16, layers=3) == 0.5
    assert init.fixup_scale(1) == 1.0


# Exact values for infinitely wide layers.
WIDE = {
    ("tanh", 0.02): [0.4922, 0.2892, 0.1792, 0.1132, 0.0721, 0.0460],
    ("tanh", 0.1): [0.8717, 0.8530, 0.8498, 0.8493, 0.8492, 0.8492],
    ("tanh", "xavier_normal"): [0.6279, 0.4863, 0.4082, 0.3576, 0.3216, 0.2944],
    ("relu", "xavier_normal"): [0.5838 / 2 ** (layer / 2) for layer in range(6)],
    ("relu", "kaiming_normal"): [0.8256] * 6,
}


@pytest.mark.parametrize(("activation", "initializer"), WIDE)
def test_forward_stats_is_the_theory_of_wide_layers(activation, initializer):
    means, stds = init.forward_stats([1024] * 7, activation, initializer, np.random.default_rng(0), samples=64)
    tolerance = 0.03 if activation == "tanh" else 0.1
    np.testing.assert_allclose(stds, WIDE[activation, initializer], rtol=tolerance)
    if activation == "tanh":
        np.testing.assert_allclose(means, 0, atol=0.02)
    else:
        assert (means > 0).all()


def test_forward_stats_takes_functions_and_draws_the_inputs_first():
    def identity_weight(shape, rng):
        return np.eye(*shape)

    means, stds = init.forward_stats([5, 5, 5], lambda z: 2 * z, identity_weight, np.random.default_rng(3))
    x = np.random.default_rng(3).standard_normal((16, 5))
    np.testing.assert_allclose(stds, [2 * x.std(), 4 * x.std()])
    np.testing.assert_allclose(means, [2 * x.mean(), 4 * x.mean()])
