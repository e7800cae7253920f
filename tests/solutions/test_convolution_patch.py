"""Convolution as it is written down."""

import loops
import numpy as np
import pytest
from probe import assert_close

from solutions.convolution import conv2d_einsum, conv2d_naive, pad2d


def arrays(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"stride": (1, 3), "padding": (2, 0)}])
@pytest.mark.parametrize("convolve", [conv2d_naive, conv2d_einsum])
def test_loops_twin(convolve, options):
    x, weight, bias = arrays((2, 3, 7, 6), (4, 3, 3, 2), (4,))
    assert_close(convolve(x, weight, bias, **options), loops.convolution(x, weight, bias, **options))


def test_the_detector_of_the_lecture():
    image = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 0]])
    detector = np.array([[0, 0, 1], [0, 1, 1], [0, 0, 0]])
    y = conv2d_naive(image[None, None], detector[None, None], np.zeros(1))
    assert y[0, 0].tolist() == [[0, 1], [1, 3]]


@pytest.mark.parametrize("convolve", [conv2d_naive, conv2d_einsum])
def test_inputs_stay_and_so_does_float32(convolve):
    x, weight, bias = (array.astype(np.float32) for array in arrays((1, 2, 4, 5), (3, 2, 2, 3), (3,)))
    before = x.copy(), weight.copy(), bias.copy()
    assert convolve(x, weight, bias, padding=1).dtype == np.float32
    assert all(np.array_equal(now, then) for now, then in zip((x, weight, bias), before, strict=True))


def test_pad2d_frames_each_map_with_zeros_and_copies():
    (x,) = arrays((2, 3, 4, 5))
    padded = pad2d(x, (1, 2))
    assert padded.shape == (2, 3, 6, 9)
    assert np.array_equal(padded[:, :, 1:5, 2:7], x)
    assert np.count_nonzero(padded) == x.size
    assert not np.shares_memory(pad2d(x, 0), x)


@pytest.mark.parametrize("convolve", [conv2d_naive, conv2d_einsum])
@pytest.mark.parametrize(
    ("x", "weight", "bias", "options", "message"),
    [
        ((3, 5, 5), (4, 3, 3, 3), (4,), {}, r"needs \(N, C, H, W\)"),
        ((1, 3, 5, 5), (3, 3), (4,), {}, r"weight has shape \(3, 3\), needs \(F, C.*, kH, kW\)"),
        ((1, 3, 5, 5), (4, 1, 3, 3), (4,), {}, "x has 3 channels, weight .* takes 1.*: make "),
        ((1, 3, 5, 5), (4, 3, 3, 3), (3,), {}, "bias has shape"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"stride": 0}, "stride is 0"),
        ((1, 3, 5, 5), (4, 3, 3, 3), (4,), {"padding": -1}, "padding is -1"),
        ((1, 3, 5, 5), (4, 3, 6, 3), (4,), {}, "reaches over 6 pixels"),
    ],
)
def test_errors_name_the_rule(convolve, x, weight, bias, options, message):
    with pytest.raises(ValueError, match=message):
        convolve(np.zeros(x), np.zeros(weight), np.zeros(bias), **options)
