"""Rectifiers: at zero, with slopes above 1, and PReLU with a slope for each channel."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions import activation
from solutions.activation import prelu_backward, prelu_forward


def example(rng, shape):
    x = rng.standard_normal(shape)
    x = np.where(np.abs(x) < 1e-2, 0.5, x)  # nothing on the kink
    return [x, rng.uniform(-0.5, 2, shape[1])]


@given(st.lists(st.integers(1, 4), min_size=2, max_size=5), st.integers(0, 99))
def test_every_pair_on_any_shape(shape, seed):
    rng = np.random.default_rng(seed)
    probe(prelu_forward, prelu_backward, example(rng, shape), rng)


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4, 5)])
def test_values_and_gradients_are_torch_s(shape):
    rng = np.random.default_rng(0)
    x, slope = example(rng, shape)
    grad_y = rng.standard_normal(shape)
    y, cache = prelu_forward(x, slope)
    grad_x, grad_slope = prelu_backward(grad_y, cache)
    tx, ts = torch.tensor(x, requires_grad=True), torch.tensor(slope, requires_grad=True)
    ty = torch.nn.functional.prelu(tx, ts)
    ty.backward(torch.tensor(grad_y))
    assert_close(y, ty.detach())
    assert_close(grad_x, tx.grad)
    assert_close(grad_slope, ts.grad)


def test_loop_over_every_number_with_a_slope_above_one():
    x = np.array([[-1.0, 2.0], [3.0, -4.0]])
    y, cache = prelu_forward(x, np.array([2.0, 0.5]))
    assert y.tolist() == [[-2.0, 2.0], [3.0, -2.0]]
    grad_x, grad_slope = prelu_backward(np.array([[10.0, 20.0], [30.0, 40.0]]), cache)
    assert grad_x.tolist() == [[20.0, 20.0], [30.0, 20.0]]
    assert grad_slope.tolist() == [-10.0, -160.0]


def test_errors_name_the_rule():
    with pytest.raises(ValueError, match="axis 1 holds the channels"):
        prelu_forward(np.zeros(3), np.zeros(3))
    with pytest.raises(ValueError, match=r"slope has shape \(3,\), needs \(4,\)"):
        prelu_forward(np.zeros((2, 4, 3)), np.zeros(3))


def test_relu_and_leaky_relu_at_zero_take_the_side_of_the_negative_numbers():
    zero = np.zeros(1)
    assert activation.relu_backward(np.ones(1), activation.relu_forward(zero)[1]) == 0
    assert activation.leaky_relu_backward(np.ones(1), activation.leaky_relu_forward(zero, slope=0.2)[1]) == 0.2


def test_leaky_slope_above_one_is_not_the_maximum():
    x = np.array([-2.0, 3.0])
    assert activation.leaky_relu_forward(x, slope=1.5)[0].tolist() == [-3.0, 3.0]
