"""Depthwise, pointwise and separable convolution as they are written down: each is a convolution with fewer weights."""

import numpy as np
import pytest
from probe import assert_close
from twins import arrays_of

from solutions.convolution import (
    conv2d_einsum,
    depthwise_conv_forward,
    pointwise_conv_forward,
    separable_conv_backward,
    separable_conv_forward,
)


def test_depthwise_is_as_many_groups_as_channels():
    x, weight, bias = arrays_of((2, 3, 7, 6), (3, 1, 3, 2), (3,))(np.random.default_rng(0))
    y, _ = depthwise_conv_forward(x, weight, bias, stride=2, padding=1)
    assert_close(y, conv2d_einsum(x, weight, bias, stride=2, padding=1, groups=3))


def test_pointwise_is_a_kernel_of_one_pixel():
    x, weight, bias = arrays_of((2, 5, 3, 4), (3, 5), (3,))(np.random.default_rng(0))
    assert_close(pointwise_conv_forward(x, weight, bias)[0], conv2d_einsum(x, weight[:, :, None, None], bias))


def test_separable_is_one_convolution_with_kernels_of_rank_1():
    x, depthwise, pointwise, bias = arrays_of((2, 3, 8, 7), (3, 1, 5, 5), (6, 3), (6,))(np.random.default_rng(0))
    y, cache = separable_conv_forward(x, depthwise, pointwise, bias, padding=2)
    assert_close(y, conv2d_einsum(x, pointwise[:, :, None, None] * depthwise[:, 0], bias, padding=2))
    grads = separable_conv_backward(y, cache)
    assert [grad.shape for grad in grads] == [x.shape, depthwise.shape, pointwise.shape, bias.shape]


def test_errors_name_the_rule():
    with pytest.raises(ValueError, match=r"needs \(3, 1, kH, kW\): a kernel a channel"):
        depthwise_conv_forward(np.ones((1, 3, 4, 4)), np.ones((3, 3, 2, 2)), np.ones(3))
    with pytest.raises(ValueError, match=r"needs \(F, C\): C the 3 channels of x"):
        pointwise_conv_forward(np.ones((1, 3, 4, 4)), np.ones((3, 2)), np.ones(3))
