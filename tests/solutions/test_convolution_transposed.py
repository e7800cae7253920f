"""Transposed convolution as it is written down: loops, torch, the adjoint, and what it refuses."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from twins import Twin, arrays_of, check

from solutions.convolution import conv2d_forward, conv2d_transpose_backward, conv2d_transpose_forward

ARRAYS = arrays_of((2, 3, 4, 5), (3, 2, 3, 4), (2,))
PAIR = conv2d_transpose_forward, conv2d_transpose_backward


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"stride": 4}], ids=str)
def test_loops_and_torch_compute_the_same(options):
    theirs = {"torch": F.conv_transpose2d, "loops": loops.transposed_convolution}
    check(Twin("transposed", *PAIR, ARRAYS, **theirs, options=options, linear=True))


def test_it_is_the_transpose_of_the_convolution_that_goes_the_other_way():
    x, weight, _ = ARRAYS(np.random.default_rng(0))
    y, _ = conv2d_transpose_forward(x, weight, np.zeros(2), stride=2)
    g = np.random.default_rng(1).standard_normal(y.shape)
    assert np.sum(y * g) == pytest.approx(np.sum(x * conv2d_forward(g, weight, np.zeros(3), stride=2)[0]))


def test_nothing_left_of_the_output_is_refused():
    with pytest.raises(ValueError, match="make padding smaller"):
        conv2d_transpose_forward(*ARRAYS(np.random.default_rng(0)), padding=3)
    with pytest.raises(ValueError, match="C the 2 channels of x"):
        conv2d_transpose_forward(np.ones((1, 2, 3, 3)), np.ones((3, 2, 2, 2)), np.ones(2))
