"""Softplus as the limit of a sum of sigmoids; the pair itself is tested with the other activations."""

import math

import numpy as np
import pytest

from solutions import activation
from solutions.activation import softplus_forward, softplus_series


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
