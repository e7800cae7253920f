"""Depthwise, pointwise and separable convolution."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check

from solutions.convolution import pointwise_conv_backward, pointwise_conv_forward
from solutions.fast import (
    conv2d_backward,
    conv2d_forward,
    depthwise_conv_backward,
    depthwise_conv_forward,
    separable_conv_backward,
    separable_conv_forward,
)


def depthwise(name, x, kernel, **options):
    channels = x[1]
    return Twin(
        f"depthwise {name}",
        depthwise_conv_forward,
        depthwise_conv_backward,
        arrays_of(x, (channels, 1, *kernel), (channels,)),
        torch=lambda x, weight, bias, **o: F.conv2d(x, weight, bias, groups=channels, **o),
        loops=lambda x, weight, bias, **o: loops.convolution(x, weight, bias, groups=channels, **o),
        options=options,
        linear=True,
    )


def separable_in_torch(x, depthwise, pointwise, bias, **options):
    between = F.conv2d(x, depthwise, groups=x.shape[1], **options)
    return F.conv2d(between, pointwise[:, :, None, None], bias)


TWINS = [
    depthwise("plain", (2, 3, 5, 6), (3, 2)),
    depthwise("stride and padding", (2, 4, 7, 6), (3, 3), stride=2, padding=1),
    depthwise("pairs", (1, 2, 8, 7), (2, 3), stride=(1, 3), padding=(0, 2)),
    depthwise("all sizes 1", (1, 1, 1, 1), (1, 1)),
    Twin(
        "pointwise",
        pointwise_conv_forward,
        pointwise_conv_backward,
        arrays_of((2, 5, 3, 4), (3, 5), (3,)),
        torch=lambda x, weight, bias: F.conv2d(x, weight[:, :, None, None], bias),
        loops=lambda x, weight, bias: loops.convolution(x, weight[:, :, None, None], bias),
        linear=True,
    ),
    Twin(
        "separable",
        separable_conv_forward,
        separable_conv_backward,
        arrays_of((2, 3, 7, 6), (3, 1, 3, 2), (4, 3), (4,)),
        torch=separable_in_torch,
        options={"stride": 2, "padding": 1},
        linear=True,
    ),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@given(*[st.integers(1, 3)] * 6, st.integers(0, 1), st.integers(0, 99))
def test_depthwise_is_as_many_groups_as_channels(n, c, kh, kw, s, t, padding, seed):
    rng = np.random.default_rng(seed)
    x, weight, bias = arrays_of((n, c, kh + 3, kw + 2), (c, 1, kh, kw), (c,))(rng)
    options = {"stride": (s, t), "padding": padding}
    y, cache = depthwise_conv_forward(x, weight, bias, **options)
    grouped, grouped_cache = conv2d_forward(x, weight, bias, groups=c, **options)
    assert_close(y, grouped)
    grad_y = rng.standard_normal(y.shape)
    for ours, plain in zip(depthwise_conv_backward(grad_y, cache), conv2d_backward(grad_y, grouped_cache), strict=True):
        assert_close(ours, plain)


def test_separable_is_one_convolution_with_kernels_of_rank_1():
    x, depthwise, pointwise, bias = arrays_of((2, 3, 8, 7), (3, 1, 5, 5), (6, 3), (6,))(np.random.default_rng(0))
    y, _ = separable_conv_forward(x, depthwise, pointwise, bias, padding=2)
    assert_close(y, conv2d_forward(x, pointwise[:, :, None, None] * depthwise[:, 0], bias, padding=2)[0])


def test_a_kernel_of_rank_1_is_a_column_after_a_row():
    x, column, row = arrays_of((2, 1, 6, 7), (1, 1, 3, 1), (1, 1, 1, 3))(np.random.default_rng(0))
    once, _ = conv2d_forward(x, column * row, np.zeros(1))
    twice, _ = conv2d_forward(conv2d_forward(x, row, np.zeros(1))[0], column, np.zeros(1))
    assert_close(twice, once)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: depthwise_conv_forward(np.zeros((3, 4)), np.zeros((3, 1, 2, 2)), np.zeros(3)), "needs .N, C, H, W"),
        (
            lambda: depthwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((3, 3, 2, 2)), np.zeros(3)),
            r"weight has shape .* needs \(3, 1, kH, kW\): a kernel a channel",
        ),
        (
            lambda: depthwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((3, 1, 2, 2)), np.zeros(1)),
            "bias has shape",
        ),
        (
            lambda: depthwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((3, 1, 5, 2)), np.zeros(3)),
            "reaches over 5 pixels",
        ),
        (
            lambda: depthwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((3, 1, 2, 2)), np.zeros(3), stride=0),
            "stride is 0",
        ),
        (
            lambda: pointwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((3, 2)), np.zeros(3)),
            r"weight has shape \(3, 2\), needs \(F, C\): C the 3 channels",
        ),
        (lambda: pointwise_conv_forward(np.zeros((1, 3, 4, 4)), np.zeros((2, 3)), np.zeros(3)), "bias has shape"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("twin", [TWINS[0], TWINS[-2], TWINS[-1]], ids=str)
def test_backward_refuses_a_gradient_of_another_shape(twin):
    arrays = twin.arrays(np.random.default_rng(0))
    _, cache = twin.forward(*arrays, **twin.options)
    with pytest.raises(ValueError, match="grad_y has shape"):
        twin.backward(np.zeros((1, 1, 1, 1)), cache)
