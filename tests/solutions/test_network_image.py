"""Layers for images: sizes, costs, and groups that must divide."""

import numpy as np
import pytest

from solutions.network import AvgPool2d, Conv2d, ConvTranspose2d, GlobalAvgPool, MaxPool2d

RNG = np.random.default_rng(0)


def test_groups_must_divide():
    with pytest.raises(ValueError, match="groups is 2, needs to divide the 3 channels"):
        Conv2d(3, 4, 3, RNG, groups=2)


def test_the_window_and_the_cost_of_each_layer():
    conv = Conv2d(4, 6, (3, 2), RNG, stride=2, padding=1, groups=2)
    assert conv.window() == ((3, 2), 2, 1, 1)
    assert conv.output_shape((4, 9, 7)) == (6, 5, 4)
    assert conv.flops((4, 9, 7)) == 2 * (6 * 2 * 3 * 2) * 5 * 4
    assert MaxPool2d(2).flops((3, 4, 6)) == 3 * 2 * 3 * 4
    assert AvgPool2d(3, 2, 1).window() == (3, 2, 1, 1)
    assert GlobalAvgPool().output_shape((5, 3, 2)) == (5,) and GlobalAvgPool().flops((5, 3, 2)) == 30
    up = ConvTranspose2d(3, 2, 4, RNG, stride=2, padding=1, output_padding=1)
    assert up.output_shape((3, 4, 5)) == (2, 9, 11) and up.flops((3, 4, 5)) == 2 * (3 * 2 * 16) * 20


def test_the_first_layer_can_leave_out_the_gradient_of_the_images():
    conv, x = Conv2d(2, 3, 3, RNG, dtype=np.float64), RNG.standard_normal((2, 2, 5, 6))
    grad_y = RNG.standard_normal(conv.forward(x).shape)
    assert conv.backward(grad_y).shape == x.shape
    whole = conv.grads
    assert conv.backward(grad_y, input_grad=False) is None
    assert all(np.array_equal(whole[name], conv.grads[name]) for name in ("weight", "bias"))
