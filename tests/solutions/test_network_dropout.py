"""The layer that drops: in training alone, and with its own generator."""

import numpy as np

from solutions.network import Dropout


def test_numbers_are_dropped_in_training_only():
    x = np.random.default_rng(1).standard_normal((8, 30))
    layer = Dropout(0.5, np.random.default_rng(0))
    assert np.array_equal(layer.forward(x), x)
    y = layer.forward(x, training=True)
    kept = y != 0
    assert 0.3 < kept.mean() < 0.7
    np.testing.assert_allclose(y[kept], 2 * x[kept])
    assert np.array_equal(layer.backward(np.ones_like(x)), 2.0 * kept)


def test_each_pass_draws_anew_and_equal_generators_draw_alike():
    x = np.ones((4, 50))
    one, two = (Dropout(0.5, np.random.default_rng(3)) for _ in range(2))
    first = one.forward(x, training=True)
    assert np.array_equal(first, two.forward(x, training=True))
    assert not np.array_equal(first, one.forward(x, training=True))
