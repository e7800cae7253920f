"""Patches as rows, and back."""

import loops
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close

from solutions.convolution import col2im, conv2d_im2col, im2col

TWO = st.tuples(st.integers(1, 3), st.integers(1, 3))


@given(TWO, TWO, TWO, st.tuples(st.integers(0, 2), st.integers(0, 2)), TWO)
def test_rows_are_torchs_unfold_and_col2im_its_fold(counts, kernel, stride, padding, more):
    size = [max(1, kernel[a] - 2 * padding[a]) + more[a] for a in (0, 1)]
    x = np.random.default_rng(0).standard_normal((*counts, *size))
    cols = im2col(x, kernel, stride, padding)
    settings = {"kernel_size": kernel, "stride": stride, "padding": padding}
    theirs = torch.nn.functional.unfold(torch.tensor(x), **settings)  # (N, C kH kW, H' W')
    assert np.array_equal(cols.reshape(len(x), -1, cols.shape[3]), theirs.numpy().transpose(0, 2, 1))
    folded = torch.nn.functional.fold(theirs, size, **settings)
    assert_close(col2im(cols, x.shape, kernel, stride, padding), folded.numpy())


@given(TWO, TWO, st.integers(0, 1), st.integers(0, 99))
def test_col2im_is_the_transpose_of_im2col(kernel, stride, padding, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, 3, 5, 6))
    cols = im2col(x, kernel, stride, padding)
    other = rng.standard_normal(cols.shape)
    assert np.sum(cols * other) == pytest.approx(np.sum(x * col2im(other, x.shape, kernel, stride, padding)), abs=1e-10)


def test_a_row_is_a_patch_in_the_order_of_the_kernel():
    x = np.arange(24.0).reshape(1, 2, 3, 4)
    assert im2col(x, 2)[0, 1, 2].tolist() == x[0, :, 1:3, 2:4].ravel().tolist()


def test_side_by_side_windows_come_back_unchanged():
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 6))
    assert np.array_equal(col2im(im2col(x, (2, 3), (2, 3)), x.shape, (2, 3), (2, 3)), x)


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"stride": (1, 3), "padding": (2, 0)}])
def test_convolution_by_one_matrix_product(options):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((2, 3, 7, 6), (4, 3, 3, 2), (4,))]
    assert_close(conv2d_im2col(*arrays, **options), loops.convolution(*arrays, **options))
    assert conv2d_im2col(*(array.astype(np.float32) for array in arrays), **options).dtype == np.float32


def test_inputs_stay():
    x = np.random.default_rng(0).standard_normal((2, 1, 4, 4))
    cols = im2col(x, 3)
    x_before, cols_before = x.copy(), cols.copy()
    col2im(cols, x.shape, 3)
    cols[...] = 0
    assert np.array_equal(x, x_before)
    assert cols_before.any()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: im2col(np.zeros((3, 4)), 2), r"needs \(N, C, H, W\)"),
        (lambda: im2col(np.zeros((1, 1, 3, 4)), 5), "reaches over 5 pixels"),
        (lambda: im2col(np.zeros((1, 1, 3, 4)), 0), "kernel is 0"),
        (lambda: im2col(np.zeros((1, 1, 3, 4)), 2, 0), "stride is 0"),
        (lambda: im2col(np.zeros((1, 1, 3, 4)), 2, 1, -1), "padding is -1"),
        (lambda: col2im(np.zeros((1, 2, 3, 5)), (1, 1, 3, 4), 2), r"cols has shape .* needs \(1, 2, 3, 4\)"),
        (lambda: conv2d_im2col(np.zeros((1, 1, 3, 4)), np.zeros((1, 2, 2, 2)), np.zeros(1)), "x has 1 channels"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
