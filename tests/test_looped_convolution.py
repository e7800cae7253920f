"""Convolution with a loop over the windows: the same numbers as the fast one."""

import numpy as np
import pytest
from probe import assert_close

from solutions import convolution
from solutions.looped_convolution import conv2d_backward, conv2d_forward


def arrays(*shapes, dtype=float):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2)])
def test_forward_and_backward_agree_with_the_fast_convolution(stride, padding):
    x, weight, bias = arrays((2, 3, 8, 9), (4, 3, 3, 2), (4,))
    y, cache = conv2d_forward(x, weight, bias, stride=stride, padding=padding)
    fast_y, fast_cache = convolution.conv2d_forward(x, weight, bias, stride=stride, padding=padding)
    assert_close(y, fast_y)
    (grad_y,) = arrays(y.shape)
    for mine, fast in zip(conv2d_backward(grad_y, cache), convolution.conv2d_backward(grad_y, fast_cache), strict=True):
        assert_close(mine, fast)


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
