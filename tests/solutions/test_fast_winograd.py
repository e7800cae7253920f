"""Winograd's algorithm inside the convolution: the same numbers as the sum over patches."""

import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import arrays_of, same_as_torch

from solutions.convolution import conv2d_einsum, conv2d_einsum_backward
from solutions.fast import conv2d_backward, conv2d_forward
from solutions.fast.correlation import pad_channels_last
from solutions.fast.winograd import (
    OUTPUTS,
    POINTS,
    tile_blocks,
    tiles_of,
    transforms,
    winograd_gather,
    winograd_pays,
    winograd_weight_gradient,
    with_roots,
)

CHANNELS = {3: 32, 5: 16, 7: 12}  # for each size of kernel, how many are enough


def test_a_polynomial_is_0_at_its_roots_and_nowhere_else():
    assert [float(number) for number in with_roots([1, -1, 2])] == [2, -1, -2, 1]


@pytest.mark.parametrize("r", POINTS)
def test_one_tile_gives_four_outputs_of_a_filter(r):
    to_input, to_kernel, to_output = transforms(r, np.dtype(float))
    tile, kernel = arrays_of((OUTPUTS + r - 1,), (r,))(np.random.default_rng(0))
    assert len(to_input) == len(tile)
    assert_close(to_output @ ((to_input @ tile) * (to_kernel @ kernel)), np.correlate(tile, kernel))


@given(st.sampled_from(list(POINTS)), *[st.integers(1, 3)] * 3, *[st.integers(0, 6)] * 2, st.integers(0, 99))
def test_any_size_is_the_sum_over_patches(r, n, c, f, rows, columns, seed):
    rng = np.random.default_rng(seed)
    x, weight, bias = arrays_of((n, c, r + rows, r + columns), (f, c, r, r), (f,))(rng)
    padded = pad_channels_last(x, (0, 0))
    y = winograd_gather(padded, weight, bias)
    assert_close(y.transpose(0, 3, 1, 2), conv2d_einsum(x, weight, bias))
    grad = rng.standard_normal(y.shape)
    gradient = winograd_weight_gradient(padded, grad, r)
    assert np.sum(gradient * weight) == pytest.approx(np.sum(grad * (y - bias)), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("r", POINTS)
@pytest.mark.parametrize("padding", [0, 1, 2, 7, (2, 0)])
def test_convolutions_with_many_channels_take_it_and_are_as_in_torch(r, padding):
    rng = np.random.default_rng(0)
    assert winograd_pays((CHANNELS[r] + 2, CHANNELS[r], r, r), (3, 4), (1, 1), (1, 1))
    same_as_torch(
        lambda *arrays: conv2d_forward(*arrays, padding=padding),
        conv2d_backward,
        arrays_of((2, CHANNELS[r], r + 2, r + 3), (CHANNELS[r] + 2, CHANNELS[r], r, r), (CHANNELS[r] + 2,))(rng),
        lambda *tensors: F.conv2d(*tensors, padding=padding),
        rng,
    )


@pytest.mark.parametrize(
    ("weight", "size", "stride", "dilation"),
    [
        ((64, 64, 4, 4), (8, 8), (1, 1), (1, 1)),
        ((64, 64, 3, 5), (8, 8), (1, 1), (1, 1)),
        ((64, 64, 3, 3), (8, 8), (2, 2), (1, 1)),
        ((64, 64, 3, 3), (8, 8), (1, 1), (2, 2)),
        ((64, 64, 3, 3), (1, 8), (1, 1), (1, 1)),
        ((64, 3, 7, 7), (8, 8), (1, 1), (1, 1)),
    ],
)
def test_other_windows_do_not_take_it(weight, size, stride, dilation):
    assert not winograd_pays(weight, size, stride, dilation)


@pytest.mark.parametrize("r", POINTS)
def test_float32_stays_and_keeps_four_digits_of_the_largest_entry(r):
    rng = np.random.default_rng(0)
    x, weight, bias = arrays_of((4, 32, 16, 16), (64, 32, r, r), (64,))(rng)
    exact = conv2d_einsum(x, weight, bias, padding=r // 2)
    (grad_y,) = arrays_of(exact.shape)(rng)
    exact_grads = conv2d_einsum_backward(grad_y, x, weight, padding=r // 2)
    x, weight, bias, grad_y = (array.astype(np.float32) for array in (x, weight, bias, grad_y))
    y, cache = conv2d_forward(x, weight, bias, padding=r // 2)
    for ours, right in zip((y, *conv2d_backward(grad_y, cache)), (exact, *exact_grads), strict=True):
        assert ours.dtype == np.float32
        assert np.abs(ours - right).max() < 1e-4 * np.abs(right).max()


def test_whole_numbers_are_not_cut_off():
    x, weight = np.arange(32 * 25).reshape(1, 32, 5, 5), np.ones((32, 32, 3, 3), int)
    y, _ = conv2d_forward(x, weight, np.zeros(32))
    assert_close(y, conv2d_einsum(x, weight, np.zeros(32)))


def test_blocks_cover_all_images_and_fit_the_cache():
    tiles = tiles_of(np.zeros((40, 10, 10, 32), np.float32), 3)
    slices = tile_blocks(tiles, 64)
    assert np.concatenate([np.arange(40)[part] for part in slices]).tolist() == list(range(40))
    images = slices[0].stop - slices[0].start
    assert images * 36 * 4 * 64 * 4 <= 2**20
