"""Convolution, the fast way: its twins, its options and what it refuses."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check, same_as_torch

from solutions.convolution import conv2d_einsum, conv2d_einsum_backward
from solutions.fast import conv2d_backward, conv2d_forward


def conv(name, x, weight, **options):
    pair, arrays = (conv2d_forward, conv2d_backward), arrays_of(x, weight, weight[:1])
    return Twin(f"conv2d {name}", *pair, arrays, F.conv2d, loops.convolution, options, linear=True)


TWINS = [
    conv("plain", (2, 3, 7, 6), (4, 3, 3, 2)),
    conv("stride and padding", (2, 3, 7, 6), (4, 3, 3, 2), stride=2, padding=1),
    conv("stride with a remainder", (2, 2, 8, 7), (3, 2, 3, 3), stride=3),
    conv("pairs", (2, 2, 9, 8), (3, 2, 2, 3), stride=(2, 1), padding=(0, 2), dilation=(1, 2)),
    conv("overlapping dilation", (1, 2, 7, 8), (2, 2, 3, 3), stride=1, dilation=2, padding=2),
    conv("stride unlike dilation", (2, 2, 11, 10), (2, 2, 3, 2), stride=3, dilation=2),
    conv("groups", (2, 6, 5, 4), (4, 3, 3, 2), groups=2, padding=1),
    conv("depthwise", (2, 3, 5, 4), (6, 1, 3, 2), groups=3),
    conv("1 by 1", (2, 5, 3, 4), (3, 5, 1, 1)),
    conv("whole image", (3, 2, 4, 5), (3, 2, 4, 5)),
    conv("all sizes 1", (1, 1, 1, 1), (1, 1, 1, 1)),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@st.composite
def convolutions(draw):
    """Shapes and options of a convolution that fits."""
    small = st.integers(1, 3)
    groups, n = draw(small), draw(small)
    channels, filters = groups * draw(small), groups * draw(small)
    kernel, stride, dilation = ((draw(small), draw(small)) for _ in range(3))
    padding = (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
    reach = [dilation[a] * (kernel[a] - 1) + 1 for a in (0, 1)]
    size = [max(1, reach[a] - 2 * padding[a]) + draw(st.integers(0, 4)) for a in (0, 1)]
    options = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return (n, channels, *size), (filters, channels // groups, *kernel), options


@given(convolutions(), st.integers(0, 99))
def test_any_shape_is_as_in_torch(case, seed):
    x, weight, options = case
    rng = np.random.default_rng(seed)
    arrays = arrays_of(x, weight, weight[:1])(rng)
    same_as_torch(
        lambda *arrays: conv2d_forward(*arrays, **options),
        conv2d_backward,
        arrays,
        lambda *tensors: F.conv2d(*tensors, **options),
        rng,
    )


@given(convolutions(), st.integers(0, 99))
def test_forward_and_backward_are_adjoint(case, seed):
    x_shape, weight_shape, options = case
    rng = np.random.default_rng(seed)
    x, weight = arrays_of(x_shape, weight_shape)(rng)
    y, cache = conv2d_forward(x, weight, np.zeros(len(weight)), **options)
    grad_y = rng.standard_normal(y.shape)
    grad_x, grad_weight, _ = conv2d_backward(grad_y, cache)
    product = np.sum(y * grad_y)
    assert np.sum(x * grad_x) == pytest.approx(product, rel=1e-10, abs=1e-10)
    assert np.sum(weight * grad_weight) == pytest.approx(product, rel=1e-10, abs=1e-10)


@given(convolutions(), st.integers(0, 99))
def test_the_version_to_teach_computes_the_same(case, seed):
    x_shape, weight_shape, options = case
    if options.pop("groups") > 1:
        weight_shape = (weight_shape[0], x_shape[1], *weight_shape[2:])
    rng = np.random.default_rng(seed)
    x, weight, bias = arrays_of(x_shape, weight_shape, weight_shape[:1])(rng)
    y, cache = conv2d_forward(x, weight, bias, **options)
    assert_close(conv2d_einsum(x, weight, bias, **options), y)
    grad_y = rng.standard_normal(y.shape)
    for taught, fast in zip(
        conv2d_einsum_backward(grad_y, x, weight, **options), conv2d_backward(grad_y, cache), strict=True
    ):
        assert_close(taught, fast)


def test_dilation_is_a_kernel_stuffed_with_zeros():
    x, weight, bias = arrays_of((2, 3, 9, 8), (4, 3, 3, 2), (4,))(np.random.default_rng(0))
    stuffed = np.zeros((4, 3, 5, 4))
    stuffed[:, :, ::2, ::3] = weight
    dilated, _ = conv2d_forward(x, weight, bias, dilation=(2, 3))
    assert_close(dilated, conv2d_forward(x, stuffed, bias)[0])


def test_groups_are_convolutions_side_by_side():
    x, weight, bias = arrays_of((2, 6, 5, 4), (4, 3, 3, 3), (4,))(np.random.default_rng(0))
    halves = [
        conv2d_forward(x[:, 3 * g : 3 * g + 3], weight[2 * g : 2 * g + 2], bias[2 * g : 2 * g + 2])[0] for g in (0, 1)
    ]
    assert_close(conv2d_forward(x, weight, bias, groups=2)[0], np.concatenate(halves, axis=1))


def test_a_shifted_image_gives_shifted_maps():
    x, weight, bias = arrays_of((1, 2, 8, 9), (3, 2, 3, 3), (3,))(np.random.default_rng(0))
    y, shifted = (conv2d_forward(image, weight, bias)[0] for image in (x, np.roll(x, (1, 2), axis=(2, 3))))
    assert_close(shifted[:, :, 1:, 2:], y[:, :, :-1, :-2])


def test_many_images_are_worked_through_in_several_pieces():
    x, weight, bias = arrays_of((9, 16, 20, 19), (3, 16, 3, 3), (3,))(np.random.default_rng(0))
    y, cache = conv2d_forward(x, weight, bias, padding=1)
    assert_close(y[4:5], conv2d_forward(x[4:5], weight, bias, padding=1)[0])
    grads = conv2d_backward(y, cache)
    for ours, plain in zip(grads, conv2d_einsum_backward(y, x, weight, padding=1), strict=True):
        assert_close(ours, plain)


def test_an_empty_batch_gives_an_empty_output_and_zero_gradients():
    y, cache = conv2d_forward(np.zeros((0, 2, 4, 4)), np.ones((3, 2, 3, 3)), np.ones(3))
    assert y.shape == (0, 3, 2, 2)
    grad_x, grad_weight, grad_bias = conv2d_backward(y, cache)
    assert grad_x.shape == (0, 2, 4, 4)
    assert not grad_weight.any()
    assert not grad_bias.any()


def test_whole_numbers_stay_exact():
    y, _ = conv2d_forward(np.arange(16).reshape(1, 1, 4, 4), np.ones((1, 1, 2, 2), int), np.zeros(1))
    assert y[0, 0, 0].tolist() == [10, 14, 18]


@pytest.mark.parametrize("channels_last", [False, True])
def test_outputs_are_channels_last_in_memory(channels_last):
    x = np.ones((2, 5, 4, 3))
    x = x.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2) if channels_last else x
    y, cache = conv2d_forward(x, np.ones((6, 5, 3, 3)), np.zeros(6), padding=1)
    assert y.transpose(0, 2, 3, 1).flags.c_contiguous
    assert conv2d_backward(y, cache)[0].strides[1] == y.itemsize


@pytest.mark.parametrize(
    ("x", "weight", "bias", "options", "message"),
    [
        ((3, 5, 5), (4, 3, 3, 3), (4,), {}, r"x has shape \(3, 5, 5\), needs \(N, C, H, W\)"),
        ((1, 3, 5, 5), (4, 3, 3), (4,), {}, r"weight has shape \(4, 3, 3\), needs \(F, C / groups, kH, kW\)"),
        ((1, 3, 5, 5), (4, 2, 3, 3), (4,), {}, "x has 3 channels, weight .* takes 2 in 1 groups: make"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (1,), {}, r"bias has shape \(1,\), needs \(4,\): one number for each kernel"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"groups": 2}, "groups is 2, needs to divide the 3 channels"),
        ((1, 4, 5, 5), (3, 2, 3, 3), (3,), {"groups": 2}, "groups is 2, needs to divide .* the 3 kernels"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"groups": 0}, "groups is 0, needs to divide"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"stride": 0}, "stride is 0, needs an integer of at least 1"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"stride": 1.5}, "stride is 1.5, needs an integer"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"padding": -1}, "padding is -1, needs an integer of at least 0"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"padding": (1, 1, 1)}, "padding is .* or a pair"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"dilation": 0}, "dilation is 0, needs an integer of at least 1"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"dilation": 3}, "reaches over 7 pixels, the padded input has 5: make"),
        ((1, 3, 2, 5), (4, 3, 3, 3), (4,), {}, "reaches over 3 pixels, the padded input has 2: make"),
    ],
)
def test_errors_name_the_rule_what_came_and_the_fix(x, weight, bias, options, message):
    with pytest.raises(ValueError, match=message):
        conv2d_forward(np.zeros(x), np.zeros(weight), np.zeros(bias), **options)


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache = conv2d_forward(np.zeros((1, 2, 5, 5)), np.zeros((3, 2, 3, 3)), np.zeros(3))
    with pytest.raises(ValueError, match=r"grad_y has shape \(1, 3, 5, 5\), needs \(1, 3, 3, 3\)"):
        conv2d_backward(np.zeros((1, 3, 5, 5)), cache)
