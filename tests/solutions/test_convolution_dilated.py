"""Dilated convolution as it is written down: loops, torch, and what it refuses."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from twins import Twin, arrays_of, check

from solutions.convolution import conv2d_forward, dilated_conv_backward, dilated_conv_forward

ARRAYS = arrays_of((2, 3, 9, 8), (4, 3, 3, 2), (4,))


@pytest.mark.parametrize("options", [{}, {"dilation": 3}, {"stride": 2, "padding": 1, "dilation": 2}], ids=str)
def test_loops_and_torch_compute_the_same(options):
    pair = dilated_conv_forward, dilated_conv_backward
    check(Twin("dilated", *pair, ARRAYS, torch=F.conv2d, loops=loops.convolution, options=options, linear=True))


def test_dilation_1_is_the_ordinary_convolution():
    arrays = ARRAYS(np.random.default_rng(0))
    np.testing.assert_allclose(dilated_conv_forward(*arrays)[0], conv2d_forward(*arrays)[0])


@pytest.mark.parametrize(
    ("options", "message"),
    [({"dilation": 5}, "reaches over 11 pixels"), ({"dilation": 0}, "dilation is 0"), ({"stride": 0}, "stride is 0")],
)
def test_errors_name_the_rule(options, message):
    with pytest.raises(ValueError, match=message):
        dilated_conv_forward(*ARRAYS(np.random.default_rng(0)), **options)
