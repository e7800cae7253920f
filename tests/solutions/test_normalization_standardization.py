"""Mean 0 and variance 1 over chosen axes."""

import numpy as np
import pytest
from probe import assert_close, probe

from solutions.normalization.standardization import standardize_over, standardize_over_backward


@pytest.mark.parametrize("axes", [(0,), (1, 2), (0, 2)])
def test_standardized_numbers_and_their_gradient(axes):
    rng = np.random.default_rng(0)
    x = 3 * rng.standard_normal((4, 3, 5)) + 1

    def forward(x):
        x_hat, factor = standardize_over(x, axes, 1e-5)
        return x_hat, (x_hat, factor)

    x_hat, _ = probe(forward, lambda grad, cache: standardize_over_backward(grad, *cache, axes), [x], rng)
    assert_close(x_hat, (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + 1e-5))


def test_equal_numbers_become_0():
    assert not standardize_over(np.full((2, 3), 7.0), (1,), 1e-5)[0].any()


def test_the_division_needs_eps():
    with pytest.raises(ValueError, match="eps is 0, needs to be positive"):
        standardize_over(np.ones((2, 3)), (1,), 0)
