"""Momentum in its forms: which walk the same path, and where they part."""

from functools import partial

import numpy as np
import pytest
from descent import quadratic, walk
from hypothesis import given
from hypothesis import strategies as st

from solutions import optimizer as rules

RATE = 0.05


def test_ema_and_classical_walk_the_same_path_at_a_constant_rate():
    gradient, start = quadratic(1)
    ema = walk(partial(rules.momentum_ema, rate=0.2, momentum=0.9), gradient, start, 100)
    rate = rules.ema_to_classical_rate(0.2, 0.9)
    assert rate == pytest.approx(0.02)
    np.testing.assert_allclose(ema, walk(partial(rules.momentum, rate=rate, momentum=0.9), gradient, start, 100))


def test_ema_and_classical_part_when_the_rate_drops():
    def slope(weight):
        return np.ones(1)

    last_steps = {}
    for rule, scale in ((rules.momentum, 1.0), (rules.momentum_ema, 10.0)):
        rates = [scale * rate for rate in [0.01] * 60 + [0.001]]
        path = walk(partial(rule, momentum=0.9), slope, np.zeros(1), 61, rates)[:, 0]
        last_steps[rule.__name__] = (path[-1] - path[-2]) / (path[-2] - path[-3])
    assert last_steps["momentum_ema"] == pytest.approx(0.1, rel=0.01)  # takes the new rate at once
    assert last_steps["momentum"] == pytest.approx(0.91, rel=0.01)  # still carries the old one


@given(st.integers(0, 99), st.floats(0, 0.95))
def test_nesterov_in_the_shifted_variable_is_pytorch_s_form(seed, momentum):
    gradient, start = quadratic(seed)
    weight, shifted, state, shifted_state = start, start, None, None
    for _ in range(30):
        weight, state = rules.nesterov(weight, gradient, state, rate=RATE, momentum=momentum)
        shifted, shifted_state = rules.nesterov_shifted(
            shifted, gradient(shifted), shifted_state, rate=RATE, momentum=momentum
        )
        np.testing.assert_allclose(shifted, weight - momentum * state, rtol=1e-9, atol=1e-11)


def test_nesterov_asks_for_the_gradient_at_the_point_ahead():
    asked = []

    def gradient(weight):
        asked.append(weight.item())
        return np.array([1.0])

    weight, state = rules.nesterov(np.array([1.0]), gradient, None, rate=0.1, momentum=0.5)
    rules.nesterov(weight, gradient, state, rate=0.1, momentum=0.5)
    assert asked == pytest.approx([1.0, 0.9 - 0.05])
