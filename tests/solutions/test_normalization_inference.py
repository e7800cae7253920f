"""Batch norm at inference: folded into the layer in front, and counted."""

import numpy as np
from probe import assert_close
from twins import arrays_of

from solutions.fast import batchnorm_forward, conv2d_forward
from solutions.linear import linear_forward
from solutions.normalization import (
    batchnorm_param_count,
    fold_batchnorm,
)


def running_of(channels):
    rng = np.random.default_rng(1)
    return rng.standard_normal(channels), rng.random(channels) + 0.5


def test_folded_into_a_linear_layer():
    x, weight, bias, scale, shift = arrays_of((5, 4), (4, 3), (3,), (3,), (3,))(np.random.default_rng(0))
    running = running_of(3)
    y, *_ = batchnorm_forward(linear_forward(x, weight, bias)[0], scale, shift, running, training=False)
    assert_close(linear_forward(x, *fold_batchnorm(weight, bias, scale, shift, running))[0], y)


def test_folded_into_a_convolution():
    x, weight, bias, scale, shift = arrays_of((2, 4, 6, 5), (3, 2, 3, 2), (3,), (3,), (3,))(np.random.default_rng(0))
    weight = np.concatenate([weight, weight[:, ::-1]], axis=1)
    running = running_of(3)
    y, *_ = batchnorm_forward(conv2d_forward(x, weight, bias)[0], scale, shift, running, training=False, eps=0.01)
    folded = fold_batchnorm(weight, bias, scale, shift, running, eps=0.01)
    assert_close(conv2d_forward(x, *folded)[0], y)


def test_four_numbers_for_each_channel():
    assert batchnorm_param_count(16) == (32, 32)
