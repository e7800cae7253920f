"""Layers that normalize: what training keeps, and what they start from."""

import numpy as np

from solutions.network import BatchNorm, GroupNorm, InstanceNorm, LayerNorm


def test_inference_uses_the_statistics_that_training_has_seen():
    x = np.random.default_rng(0).standard_normal((8, 3))
    norm = BatchNorm(3, dtype=np.float64)
    np.testing.assert_allclose(norm.forward(x), x, rtol=1e-4)  # running mean 0, variance 1
    assert norm.buffers["mean"].tolist() == [0, 0, 0]
    norm.forward(x, training=True)
    np.testing.assert_allclose(norm.buffers["mean"], 0.1 * x.mean(axis=0))
    np.testing.assert_allclose(norm.buffers["var"], 0.9 + 0.1 * x.var(axis=0))


def test_scale_1_and_shift_0_at_the_start_and_four_operations_an_entry():
    for norm in (BatchNorm(4), LayerNorm(4), InstanceNorm(4), GroupNorm(4, 2)):
        assert norm.params["scale"].tolist() == [1] * 4 and norm.params["shift"].tolist() == [0] * 4
        assert norm.flops((4, 3, 5)) == 4 * 60
