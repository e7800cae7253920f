"""Convolution as a matrix, by Fourier and by Winograd: all are the same convolution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close

from solutions.convolution import conv2d_fft, conv2d_winograd, conv_as_matrix
from solutions.fast import conv2d_forward

SMALL = st.integers(1, 3)
PADDING = st.tuples(st.integers(0, 2), st.integers(0, 2))


def arrays(*shapes, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in shapes]


def test_the_matrix_of_the_lecture():
    a, b, c, d = 1, 2, 3, 4
    matrix = conv_as_matrix(np.array([[[[a, b], [c, d]]]]), (1, 3, 3))
    assert matrix.tolist() == [
        [a, b, 0, c, d, 0, 0, 0, 0],
        [0, a, b, 0, c, d, 0, 0, 0],
        [0, 0, 0, a, b, 0, c, d, 0],
        [0, 0, 0, 0, a, b, 0, c, d],
    ]


@given(SMALL, SMALL, SMALL, SMALL, st.tuples(SMALL, SMALL), PADDING)
def test_the_matrix_convolves(c, f, kh, kw, stride, padding):
    x, weight = arrays((1, c, kh + 3, kw + 2), (f, c, kh, kw))
    y, _ = conv2d_forward(x, weight, np.zeros(f), stride=stride, padding=padding)
    assert_close(conv_as_matrix(weight, x.shape[1:], stride, padding) @ x.ravel(), y.ravel())


def test_the_matrix_is_doubly_block_toeplitz():
    (weight,) = arrays((1, 1, 3, 2))
    blocks = conv_as_matrix(weight, (1, 6, 5)).reshape(4, 4, 6, 5)  # row of y, column of y, row of x, column of x
    assert np.array_equal(blocks[1:, :, 1:], blocks[:-1, :, :-1])
    assert np.array_equal(blocks[:, 1:, :, 1:], blocks[:, :-1, :, :-1])


@given(SMALL, SMALL, SMALL, SMALL, SMALL, st.tuples(SMALL, SMALL), PADDING)
def test_fourier(n, c, f, kh, kw, stride, padding):
    x, weight, bias = arrays((n, c, kh + 3, kw + 2), (f, c, kh, kw), (f,))
    y, _ = conv2d_forward(x, weight, bias, stride=stride, padding=padding)
    assert_close(conv2d_fft(x, weight, bias, stride=stride, padding=padding), y)


@given(SMALL, SMALL, SMALL, st.integers(3, 8), st.integers(3, 8), PADDING)
def test_winograd(n, c, f, h, w, padding):
    x, weight, bias = arrays((n, c, h, w), (f, c, 3, 3), (f,))
    assert_close(conv2d_winograd(x, weight, bias, padding=padding), conv2d_forward(x, weight, bias, padding=padding)[0])


@pytest.mark.parametrize("convolve", [conv2d_fft, conv2d_winograd])
def test_inputs_stay_and_so_does_float32(convolve):
    x, weight, bias = (array.astype(np.float32) for array in arrays((2, 3, 5, 6), (4, 3, 3, 3), (4,)))
    before = x.copy(), weight.copy(), bias.copy()
    y = convolve(x, weight, bias, padding=1)
    assert y.dtype == np.float32
    assert_close(y, conv2d_forward(x, weight, bias, padding=1)[0], rtol=1e-5)
    assert all(np.array_equal(now, then) for now, then in zip((x, weight, bias), before, strict=True))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv_as_matrix(np.zeros((1, 2, 3, 3)), (1, 5, 5)), "x has 1 channels, weight .* takes 2"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 3, 3)), (1, 2, 5)), "reaches over 3 pixels"),
        (lambda: conv_as_matrix(np.zeros((1, 1, 3, 3)), (1, 5, 5), 0), "stride is 0"),
        (lambda: conv2d_fft(np.zeros((1, 1, 2, 2)), np.zeros((1, 1, 3, 3)), np.zeros(1)), "reaches over 3 pixels"),
        (lambda: conv2d_fft(np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 3, 3)), np.zeros(2)), "bias has shape"),
        (lambda: conv2d_winograd(np.zeros((1, 1, 4, 4)), np.zeros((1, 1, 5, 5)), np.zeros(1)), r"need to be \(3, 3\)"),
        (lambda: conv2d_winograd(np.zeros((1, 1, 2, 4)), np.zeros((1, 1, 3, 3)), np.zeros(1)), "reaches over 3"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
