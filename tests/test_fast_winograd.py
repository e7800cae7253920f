"""Winograd's algorithm inside the convolution: the same numbers as the sum over patches."""

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import arrays_of, same_as_torch

from solutions.convolution import conv2d_einsum
from solutions.fast import conv2d_backward, conv2d_forward
from solutions.fast.correlation import pad_channels_last, winograd_pays
from solutions.fast.winograd import INPUT, KERNEL, OUTPUT, tile_blocks, winograd_gather, winograd_weight_gradient


def test_one_tile_is_four_outputs_of_16_multiplications():
    tile, kernel = arrays_of((4, 4), (3, 3))(np.random.default_rng(0))
    outputs = OUTPUT @ ((INPUT @ tile.ravel()) * (KERNEL @ kernel.ravel()))
    assert_close(outputs.reshape(2, 2), conv2d_einsum(tile[None, None], kernel[None, None], np.zeros(1))[0, 0])


@given(*[st.integers(1, 3)] * 3, st.integers(3, 8), st.integers(3, 8), st.integers(0, 99))
def test_any_size_is_the_sum_over_patches(n, c, f, height, width, seed):
    rng = np.random.default_rng(seed)
    x, weight, bias = arrays_of((n, c, height, width), (f, c, 3, 3), (f,))(rng)
    padded = pad_channels_last(x, (0, 0))
    y = winograd_gather(padded, weight, bias)
    assert_close(y.transpose(0, 3, 1, 2), conv2d_einsum(x, weight, bias))
    grad = rng.standard_normal(y.shape)
    gradient = winograd_weight_gradient(padded, grad)
    assert np.sum(gradient * weight) == pytest.approx(np.sum(grad * (y - bias)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("padding", [0, 1, 2, 3, (2, 0)])
def test_convolutions_with_many_channels_take_it_and_are_as_in_torch(padding):
    rng = np.random.default_rng(0)
    assert winograd_pays((40, 32, 3, 3), (1, 1), (1, 1))
    same_as_torch(
        lambda *arrays: conv2d_forward(*arrays, padding=padding),
        conv2d_backward,
        arrays_of((3, 32, 5, 6), (40, 32, 3, 3), (40,))(rng),
        lambda *tensors: F.conv2d(*tensors, padding=padding),
        rng,
    )


@pytest.mark.parametrize(
    ("weight", "stride", "dilation"),
    [((64, 64, 5, 5), (1, 1), (1, 1)), ((64, 64, 3, 3), (2, 2), (1, 1)), ((64, 64, 3, 3), (1, 1), (2, 2))],
)
def test_other_windows_do_not_take_it(weight, stride, dilation):
    assert not winograd_pays(weight, stride, dilation)


def test_float32_stays_and_is_as_exact_as_the_sum():
    rng = np.random.default_rng(0)
    x, weight, bias = arrays_of((4, 32, 8, 8), (32, 32, 3, 3), (32,))(rng)
    exact = conv2d_einsum(x, weight, bias, padding=1)
    x, weight, bias = (array.astype(np.float32) for array in (x, weight, bias))
    y, cache = conv2d_forward(x, weight, bias, padding=1)
    assert y.dtype == np.float32
    assert [grad.dtype for grad in conv2d_backward(y, cache)] == [np.float32] * 3
    assert_close(y, exact, rtol=1e-6)


def test_parts_cover_all_images_and_fit_the_cache():
    padded = np.zeros((10, 10, 10, 32), np.float32)
    slices = tile_blocks(padded, 64)
    assert np.concatenate([np.arange(10)[part] for part in slices]).tolist() == list(range(10))
    images = slices[0].stop - slices[0].start
    assert images * 16 * 25 * 64 * 4 <= 2**19
