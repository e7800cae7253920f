"""The receptive field, measured by a gradient."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions.fast import conv2d_backward, conv2d_forward
from solutions.receptive_field import receptive_field

pytestmark = pytest.mark.slow

LAYER = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(0, 2), st.integers(1, 2))


def pixels_seen(layers, index, size=80):
    """First and last row with a gradient from one output; the image is one column wide."""
    x, caches = np.zeros((1, 1, size, 1)), []
    for kernel, stride, padding, dilation in layers:
        options = {"stride": (stride, 1), "padding": (padding, 0), "dilation": (dilation, 1)}
        x, cache = conv2d_forward(x, np.ones((1, 1, kernel, 1)), np.zeros(1), **options)
        caches.append(cache)
    grad = np.zeros(x.shape)
    grad[0, 0, index] = 1
    for cache in reversed(caches):
        grad = conv2d_backward(grad, cache)[0]
    rows = np.nonzero(grad[0, 0, :, 0])[0]
    return rows[0], rows[-1]


@given(st.lists(LAYER, min_size=1, max_size=3))
def test_it_is_where_the_gradient_reaches(layers):
    size, jump, start = receptive_field(layers)
    index = next(i for i in range(40) if start + i * jump >= 0)  # the first output that sees no padding
    first = start + index * jump
    assert pixels_seen(layers, index) == (first, first + size - 1)


def test_the_examples_of_the_lecture():
    assert receptive_field([(3, 1, 1, 1)] * 2) == (5, 1, -2)
    assert receptive_field([(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)]) == (15, 1, -7)
    assert receptive_field([(7, 2, 3, 1), (3, 2, 1, 1)]) == (11, 4, -5)
    assert receptive_field([]) == (1, 1, 0)


@pytest.mark.parametrize("layer", [(3, 1, 1), (0, 1, 0, 1), (3, 0, 0, 1), (3, 1, -1, 1), (3, 1, 0, 0)])
def test_errors_name_the_rule(layer):
    with pytest.raises(ValueError, match="needs four numbers: kernel, stride and dilation of at least 1"):
        receptive_field([layer])
