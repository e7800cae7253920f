"""Softplus as the limit of a sum of sigmoids; the pair itself is tested with the other activations."""

import math

import numpy as np
import pytest
from probe import assert_close

from solutions import activation
from solutions.activation import softplus_forward, softplus_series
from solutions.gradient_check import numerical_gradient


def test_softplus_is_the_series_that_starts_at_one():
    x = np.linspace(-10, 10, 2001)
    exact = softplus_forward(x)[0]
    assert np.abs(softplus_series(x, 60) - exact).max() == pytest.approx(0.0106, abs=1e-4)
    as_printed = softplus_series(x, 60) + activation.sigmoid(x + 0.5)
    assert np.abs(as_printed - exact).max() == pytest.approx(1.0, abs=1e-3)
    assert np.abs(as_printed - softplus_forward(x + 1)[0]).max() == pytest.approx(0.0106, abs=1e-4)


def test_softplus_series_by_hand_and_its_error():
    y = softplus_series(np.array([0.0]), 2)
    assert y == pytest.approx(1 / (1 + math.exp(0.5)) + 1 / (1 + math.exp(1.5)))
    with pytest.raises(ValueError, match="n is 0, needs at least 1"):
        softplus_series(np.zeros(2), 0)


def test_elu_keeps_the_digits_of_tiny_numbers():
    assert activation.elu_forward(np.array([-1e-12]))[0] == pytest.approx(-1e-12, rel=1e-10)


def test_numeric_gradient_of_selu_at_scale():
    x = np.array([-1.3, 0.4])
    numeric = numerical_gradient(lambda x: activation.selu_forward(x)[0].sum(), x)
    assert_close(activation.selu_backward(np.ones(2), activation.selu_forward(x)[1]), numeric, rtol=1e-8)


@pytest.mark.parametrize("scale", [1, 3])
def test_selu_keeps_mean_and_variance(scale):
    rng = np.random.default_rng(0)
    h = rng.standard_normal((2000, 400))
    for _ in range(2 * scale):
        h, _ = activation.selu_forward(h @ (rng.standard_normal((400, 400)) / 20))
    assert abs(h.mean()) < 0.05
    assert abs(h.std() - 1) < 0.08
