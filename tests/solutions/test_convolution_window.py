"""Convolution with a loop over the windows."""

import numpy as np
import pytest

from solutions.convolution import conv2d_backward, conv2d_forward


def arrays(*shapes, dtype=float):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def test_float32_stays_and_so_do_the_inputs():
    inputs = arrays((1, 2, 4, 5), (3, 2, 2, 3), (3,), dtype=np.float32)
    before = [array.copy() for array in inputs]
    y, cache = conv2d_forward(*inputs, padding=1)
    gradients = conv2d_backward(y, cache)
    assert {array.dtype for array in (y, *gradients)} == {np.dtype(np.float32)}
    assert all(np.array_equal(now, then) for now, then in zip(inputs, before, strict=True))


def test_errors_name_the_rule():
    x, weight, bias = arrays((1, 3, 5, 4), (2, 3, 3, 2), (2,))
    with pytest.raises(ValueError, match="x has 3 channels"):
        conv2d_forward(x, weight[:, :1], bias)
    with pytest.raises(ValueError, match="one upstream number for each output"):
        conv2d_backward(np.zeros((1, 2, 2, 2)), conv2d_forward(x, weight, bias)[1])
