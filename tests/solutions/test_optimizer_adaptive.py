"""Adaptive methods: their first step, what never grows, and where the decay goes."""

import numpy as np
import pytest

from solutions import optimizer as rules


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_adam_s_first_step_is_the_rate_whatever_the_gradient(size):
    grad = size * np.array([1.0, -3.0])
    weight, _ = rules.adam(np.zeros(2), grad, None, rate=0.1, eps=0.0)
    np.testing.assert_allclose(weight, [-0.1, 0.1], rtol=1e-12)


def test_without_bias_correction_the_first_step_would_be_3_16_rates():
    _, (_, mean, square) = rules.adam(np.zeros(1), np.ones(1), None, rate=0.1)
    assert (mean / np.sqrt(square)).item() == pytest.approx(np.sqrt(10), rel=1e-3)


def test_adagrad_s_rate_never_grows():
    rng = np.random.default_rng(0)
    weight, state, effective = np.zeros(3), None, []
    for _ in range(40):
        weight, state = rules.adagrad(weight, rng.standard_normal(3) * [1, 0.1, 0.001], state, rate=1.0)
        effective.append(1 / np.sqrt(state))
    assert (np.diff(effective, axis=0) <= 0).all()


def test_adamw_decays_the_weight_and_adam_with_l2_does_not():
    weight = np.array([1.0, 100.0])
    shrunk, _ = rules.adamw(weight, np.zeros(2), None, rate=0.1, decay=0.5)
    np.testing.assert_allclose(shrunk, 0.95 * weight)
    through_gradient, _ = rules.adam(weight, rules.weight_decay(weight, np.zeros(2), 0.5), None, rate=0.1)
    np.testing.assert_allclose(through_gradient, weight - 0.1, rtol=1e-6)
