"""The special convolutions with a loop over the kernel: the same numbers as the fast ones."""

import numpy as np
import pytest
from probe import assert_close

from solutions import convolution, kernel_loops, separable, transposed


def arrays(*shapes, dtype=float):
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


def assert_same_pair(slow, fast, inputs, options):
    """The pair named `slow` of kernel_loops does forward and backward what the fast pair does."""
    forward, backward = (getattr(kernel_loops, f"{slow}_{way}") for way in ("forward", "backward"))
    before = [array.copy() for array in inputs]
    y, cache = forward(*inputs, **options)
    fast_y, fast_cache = fast[0](*inputs, **options)
    tolerance = 1e-10 if y.dtype == np.float64 else 1e-5
    assert_close(y, fast_y, tolerance)
    (grad_y,) = arrays(y.shape, dtype=y.dtype)
    for mine, theirs in zip(backward(grad_y, cache), fast[1](grad_y, fast_cache), strict=True):
        assert mine.dtype == inputs[0].dtype
        assert_close(mine, theirs, tolerance)
    assert all(np.array_equal(now, then) for now, then in zip(inputs, before, strict=True))


PAIRS = {
    "dilated_conv": (
        (convolution.conv2d_forward, convolution.conv2d_backward),
        [(2, 3, 8, 9), (4, 3, 3, 2), (4,)],
        [{}, {"stride": 2, "padding": 1, "dilation": 3}],
    ),
    "conv2d_transpose": (
        (transposed.conv2d_transpose_forward, transposed.conv2d_transpose_backward),
        [(2, 3, 4, 5), (3, 2, 3, 2), (2,)],
        [{}, {"stride": 2, "padding": 1}, {"stride": 4}],
    ),
    "depthwise_conv": (
        (separable.depthwise_conv_forward, separable.depthwise_conv_backward),
        [(2, 3, 7, 6), (3, 1, 3, 2), (3,)],
        [{}, {"stride": 2, "padding": 1}],
    ),
    "separable_conv": (
        (separable.separable_conv_forward, separable.separable_conv_backward),
        [(2, 3, 7, 6), (3, 1, 3, 2), (4, 3), (4,)],
        [{}, {"stride": 2, "padding": 1}],
    ),
}


@pytest.mark.parametrize(
    ("name", "options"), [(name, options) for name, (_, _, several) in PAIRS.items() for options in several]
)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_forward_and_backward_agree_with_the_fast_pair(name, options, dtype):
    fast, shapes, _ = PAIRS[name]
    assert_same_pair(name, fast, arrays(*shapes, dtype=dtype), options)


def test_errors_name_the_rule():
    x, weight, bias = arrays((1, 3, 5, 4), (2, 3, 3, 2), (2,))
    with pytest.raises(ValueError, match="reaches over 7 pixels"):
        kernel_loops.dilated_conv_forward(x, weight, bias, dilation=3)
    with pytest.raises(ValueError, match=r"needs \(C, F, kH, kW\)"):
        kernel_loops.conv2d_transpose_forward(x, weight, bias)
    with pytest.raises(ValueError, match="make padding smaller"):
        kernel_loops.conv2d_transpose_forward(x, np.ones((3, 2, 1, 1)), bias, padding=2)
    with pytest.raises(ValueError, match="a kernel a channel"):
        kernel_loops.depthwise_conv_forward(x, weight, bias)
    with pytest.raises(ValueError, match="one upstream number for each output"):
        kernel_loops.dilated_conv_backward(
            np.zeros((1, 2, 2, 2)), kernel_loops.dilated_conv_forward(x, weight, bias)[1]
        )
