"""The three maps behind every convolution, on channels-last images."""

import numpy as np
import pytest
from probe import assert_close

from solutions.convolution import conv2d_einsum, conv2d_einsum_backward
from solutions.fast.correlation import gather, outputs_together, pad_channels_last, patch_blocks, patches_of, scatter
from solutions.fast.correlation import weight_gradient as weight_gradient_of

KERNEL, STRIDE, DILATION = (3, 2), (2, 1), (1, 2)


def example():
    rng = np.random.default_rng(0)
    padded, weight = rng.standard_normal((2, 8, 9, 3)), rng.standard_normal((4, 3, *KERNEL))
    y = gather(padded, weight, STRIDE, DILATION)
    return padded, weight, y, rng.standard_normal(y.shape)


def test_gather_is_the_sum_over_patches():
    padded, weight, y, _ = example()
    assert_close(y[1, 2, 3], np.einsum("ijc,fcij->f", padded[1, 4:7:1, 3:6:2], weight))


def test_scatter_is_the_transpose_of_gather():
    padded, weight, y, grad = example()
    back = scatter(grad, weight, padded.shape[1:3], STRIDE, (0, 0), DILATION)
    assert np.sum(back * padded) == pytest.approx(np.sum(grad * y), rel=1e-12)


def test_the_gradient_of_the_weight_is_the_transpose_in_the_weight():
    padded, weight, y, grad = example()
    gradient = weight_gradient_of(padded, grad, KERNEL, STRIDE, DILATION)
    assert gradient.shape == weight.shape
    assert np.sum(gradient * weight) == pytest.approx(np.sum(grad * y), rel=1e-12)


def test_patches_are_a_view():
    padded, *_ = example()
    assert np.shares_memory(patches_of(padded, KERNEL, STRIDE, DILATION), padded)


def test_padding_is_a_frame_of_zeros_around_channels_last_images():
    x = np.arange(1, 13.0).reshape(1, 2, 2, 3)
    padded = pad_channels_last(x, (1, 2))
    assert padded.shape == (1, 4, 7, 2)
    assert padded.sum() == x.sum()
    assert np.array_equal(padded[0, 1:3, 2:5].transpose(2, 0, 1), x[0])


def test_patches_of_a_few_images_fit_the_cache_and_large_ones_come_alone():
    few = patches_of(np.zeros((64, 18, 18, 32), np.float32), (3, 3), (1, 1), (1, 1))
    assert few[patch_blocks(few)[0]].size * 4 <= 2**19
    assert len(patch_blocks(patches_of(np.zeros((2, 200, 200, 64)), (3, 3), (1, 1), (1, 1)))) == 2


@pytest.mark.parametrize(
    ("filters", "channels", "kernel", "columns", "together"),
    [(16, 8, 3, 8, 2), (8, 16, 3, 7, 1), (6, 1, 5, 8, 2), (6, 3, 5, 6, 2), (40, 2, 3, 8, 1), (16, 4, 1, 8, 1)],
)
def test_with_few_filters_neighbours_are_computed_together(filters, channels, kernel, columns, together):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, channels, kernel + 1, columns + kernel - 1))
    weight, bias = rng.standard_normal((filters, channels, kernel, kernel)), rng.standard_normal(filters)
    one = (1, 1)
    assert outputs_together(filters, kernel, (2, columns), one, one) == together
    padded = pad_channels_last(x, (0, 0))
    y = gather(padded, weight, one, one, bias)
    assert_close(y.transpose(0, 3, 1, 2), conv2d_einsum(x, weight, bias))
    grad = rng.standard_normal(y.shape)
    grad_x, grad_weight, _ = conv2d_einsum_backward(grad.transpose(0, 3, 1, 2), x, weight)
    assert_close(weight_gradient_of(padded, grad, (kernel, kernel), one, one), grad_weight)
    assert_close(scatter(grad, weight, x.shape[2:], one, (0, 0), one).transpose(0, 3, 1, 2), grad_x)
