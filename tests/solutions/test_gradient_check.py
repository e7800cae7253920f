"""Finite differences against known derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from solutions.gradient_check import numerical_gradient, relative_error


@given(hnp.array_shapes(min_dims=0, max_dims=3, max_side=4), st.integers(0, 99))
def test_gradient_of_a_cubic_on_any_shape(shape, seed):
    x = np.asarray(np.random.default_rng(seed).standard_normal(shape))
    before = x.copy()
    grad = numerical_gradient(lambda z: (z**3).sum(), x)
    assert grad.shape == shape
    assert relative_error(grad, 3 * x**2) < 1e-7
    assert np.array_equal(x, before)


def test_each_difference_is_central_and_sees_one_coordinate():
    calls = []
    numerical_gradient(lambda z: calls.append(z.tolist()) or 0.0, np.array([1.0, 5.0]), h=0.5)
    assert calls == [[1.5, 5.0], [0.5, 5.0], [1.0, 5.5], [1.0, 4.5]]


def test_exact_for_quadratics_at_any_step():
    grad = numerical_gradient(lambda z: 3 * z[0] ** 2 + z[1], np.array([2.0, 1.0]), h=1.0)
    assert grad.tolist() == [12.0, 1.0]


def test_works_in_float64_whatever_comes():
    grad = numerical_gradient(lambda z: (z**2).sum(), np.array([1, 2]))
    np.testing.assert_allclose(grad, [2, 4], rtol=1e-8)
    assert numerical_gradient(lambda z: z.sum(), np.ones(2, np.float32)).dtype == np.float64


def test_a_function_may_change_what_it_gets():
    def greedy(z):
        z *= 2
        return z.sum()

    np.testing.assert_allclose(numerical_gradient(greedy, np.ones(3)), 2, rtol=1e-8)


def test_relative_error_by_hand():
    assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 0.5
    assert relative_error(np.array([1.0, 1e-12]), np.array([1.0, 0.0])) == pytest.approx(1e-12)
    assert relative_error(np.zeros(3), np.full(3, 1e-15)) == pytest.approx(1e-7)
    assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
    assert relative_error(np.zeros((0, 2)), np.zeros((0, 2))) == 0.0


@given(hnp.arrays(float, 4, elements=st.floats(-10, 10)), hnp.arrays(float, 4, elements=st.floats(-10, 10)))
def test_relative_error_is_symmetric_and_at_most_two(a, b):
    assert relative_error(a, b) == relative_error(b, a) <= 2.0


def test_errors_name_the_rule():
    with pytest.raises(ValueError, match="h is 0, needs to be positive"):
        numerical_gradient(np.sum, np.ones(2), h=0)
    with pytest.raises(ValueError, match=r"shape \(2,\) and b \(1,\)"):
        relative_error(np.ones(2), np.ones(1))
