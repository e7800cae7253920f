"""Sizes and costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solutions.geometry import conv2d_flops, conv2d_param_count, conv_output_size
from solutions.validation import as_pair, require_images

SMALL = st.integers(1, 4)


@given(st.integers(1, 20), SMALL, SMALL, st.integers(0, 3), SMALL)
def test_output_size_counts_the_places_of_the_kernel(size, kernel, stride, padding, dilation):
    reach = dilation * (kernel - 1) + 1
    places = list(range(-padding, size + padding - reach + 1, stride))
    if places:
        assert conv_output_size(size, kernel, stride, padding, dilation) == len(places)
    else:
        with pytest.raises(ValueError, match=f"reaches over {reach} pixels, the padded input has"):
            conv_output_size(size, kernel, stride, padding, dilation)


def test_without_dilation_it_is_the_formula_of_the_lecture():
    assert [conv_output_size(32, 5), conv_output_size(7, 3, 2, 1), conv_output_size(12, 5)] == [28, 4, 8]


def test_parameters_of_a_convolution():
    assert conv2d_param_count(3, 6, 5) == 456
    assert conv2d_param_count(3, 6, (5, 1), bias=False) == 90


def test_flops_are_two_for_each_weight_at_each_output():
    assert conv2d_flops(3, 256, 5, 8) == 2 * 1_228_800
    assert conv2d_flops(3, 3, 5, 8, groups=3) + conv2d_flops(3, 256, 1, 8) == 2 * 53_952


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv_output_size(5, 0), "kernel is 0, needs to be at least 1"),
        (lambda: conv_output_size(5, 3, 0), "stride is 0, needs to be at least 1"),
        (lambda: conv_output_size(5, 3, 1, -1), "padding is -1, needs to be at least 0"),
        (lambda: conv_output_size(5, 3, 1, 0, 0), "dilation is 0, needs to be at least 1"),
        (lambda: conv2d_flops(3, 4, 3, 8, groups=2), "groups is 2, needs to divide 3 input and 4 output channels"),
        (lambda: require_images(np.zeros((3, 4, 4))), r"x has shape \(3, 4, 4\), needs \(N, C, H, W\)"),
        (lambda: as_pair("stride", "ab", 1), "stride is 'ab', needs an integer"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_pair_is_a_number_twice_or_two_numbers():
    assert as_pair("stride", 2, 1) == (2, 2)
    assert as_pair("stride", np.array([2, 3]), 1) == (2, 3)
