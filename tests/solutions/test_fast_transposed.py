"""Transposed convolution."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check, same_as_torch

from solutions.convolution import conv_as_matrix
from solutions.fast import conv2d_backward, conv2d_forward, conv2d_transpose_backward, conv2d_transpose_forward


def transposed(name, x, weight, **options):
    pair, arrays = (conv2d_transpose_forward, conv2d_transpose_backward), arrays_of(x, weight, weight[1:2])
    plainly = loops.transposed_convolution
    return Twin(f"conv2d_transpose {name}", *pair, arrays, F.conv_transpose2d, plainly, options, linear=True)


TWINS = [
    transposed("plain", (2, 3, 4, 5), (3, 2, 3, 2)),
    transposed("stamps that overlap", (2, 3, 4, 5), (3, 2, 4, 4), stride=2, padding=1),
    transposed("stamps side by side", (1, 2, 3, 4), (2, 3, 2, 2), stride=2),
    transposed("stamps with gaps", (2, 2, 3, 2), (2, 1, 2, 1), stride=3),
    transposed("output padding", (2, 3, 4, 3), (3, 2, 3, 3), stride=(3, 2), padding=(0, 1), output_padding=(2, 1)),
    transposed("all sizes 1", (1, 1, 1, 1), (1, 1, 1, 1)),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@given(st.data())
def test_any_shape_is_as_in_torch(data):
    small = st.integers(1, 3)
    n, channels, filters, *rest = (data.draw(small) for _ in range(9))
    kernel, stride, size = rest[:2], tuple(rest[2:4]), rest[4:]
    padding = tuple(data.draw(st.integers(0, (k - 1) // 2)) for k in kernel)
    extra = tuple(data.draw(st.integers(0, s - 1)) for s in stride)
    options = {"stride": stride, "padding": padding, "output_padding": extra}
    rng = np.random.default_rng(0)
    same_as_torch(
        lambda *arrays: conv2d_transpose_forward(*arrays, **options),
        conv2d_transpose_backward,
        arrays_of((n, channels, *size), (channels, filters, *kernel), (filters,))(rng),
        lambda *tensors: F.conv_transpose2d(*tensors, **options),
        rng,
    )


def test_it_is_the_gradient_of_the_convolution_with_respect_to_its_input():
    rng = np.random.default_rng(0)
    x, weight = arrays_of((2, 3, 7, 8), (4, 3, 3, 3))(rng)
    y, cache = conv2d_forward(x, weight, np.zeros(4), stride=2, padding=1)
    grad_x = conv2d_backward(y, cache)[0]
    back, _ = conv2d_transpose_forward(y, weight, np.zeros(3), stride=2, padding=1, output_padding=(0, 1))
    assert_close(back, grad_x)


def test_its_matrix_is_the_transposed_matrix():
    y, weight = arrays_of((1, 4, 3, 2), (4, 2, 3, 3))(np.random.default_rng(0))
    matrix = conv_as_matrix(weight, (2, 7, 5), stride=2)
    back, _ = conv2d_transpose_forward(y, weight, np.zeros(2), stride=2)
    assert_close(back.ravel(), matrix.T @ y.ravel())


@pytest.mark.parametrize(
    ("x", "weight", "bias", "options", "message"),
    [
        ((3, 5, 5), (3, 4, 3, 3), (4,), {}, r"needs \(N, C, H, W\)"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (3,), {}, r"needs \(C, F, kH, kW\): C the 3 channels of x"),
        ((1, 3, 5, 5), (3, 4, 3, 3), (3,), {}, r"bias has shape \(3,\), needs \(4,\)"),
        ((1, 3, 5, 5), (3, 4, 3, 3), (4,), {"stride": 0}, "stride is 0, needs an integer of at least 1"),
        ((1, 3, 5, 5), (3, 4, 3, 3), (4,), {"stride": 2, "output_padding": 2}, "needs to be less than the stride"),
        ((1, 3, 1, 1), (3, 4, 3, 3), (4,), {"padding": 2}, "output would have size .* make padding smaller"),
    ],
)
def test_errors_name_the_rule(x, weight, bias, options, message):
    with pytest.raises(ValueError, match=message):
        conv2d_transpose_forward(np.zeros(x), np.zeros(weight), np.zeros(bias), **options)


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache = conv2d_transpose_forward(np.zeros((1, 2, 3, 3)), np.zeros((2, 3, 2, 2)), np.zeros(3), stride=2)
    with pytest.raises(ValueError, match=r"grad_y has shape \(1, 3, 5, 6\), needs \(1, 3, 6, 6\)"):
        conv2d_transpose_backward(np.zeros((1, 3, 5, 6)), cache)
