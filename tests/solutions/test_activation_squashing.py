"""Sigmoid and tanh at numbers that are known."""

import numpy as np

from solutions import activation


def test_tanh_is_a_stretched_sigmoid():
    x = np.linspace(-6, 6, 101)
    np.testing.assert_allclose(activation.tanh_forward(x)[0], 2 * activation.sigmoid(2 * x) - 1, atol=1e-15)


def test_sigmoid_at_the_slides_numbers():
    values = activation.sigmoid(np.array([5.0, 10.0]))
    np.testing.assert_allclose(values, [0.9933, 0.9999], atol=6e-5)
