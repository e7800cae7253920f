"""Activations against loops over numbers, torch, finite differences and the extremes."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from probe import assert_close, probe

from solutions import activation

F = torch.nn.functional


# name: options, the formula for one number, torch's function
ELEMENTWISE = {
    "sigmoid": ({}, lambda x: 1 / (1 + math.exp(-x)), torch.sigmoid),
    "tanh": ({}, math.tanh, torch.tanh),
    "relu": ({}, lambda x: max(0.0, x), F.relu),
    "leaky_relu": ({"slope": 0.2}, lambda x: x if x > 0 else 0.2 * x, lambda x: F.leaky_relu(x, 0.2)),
    "elu": ({"alpha": 1.7}, lambda x: x if x > 0 else 1.7 * (math.exp(x) - 1), lambda x: F.elu(x, 1.7)),
    "softplus": ({}, lambda x: math.log(1 + math.exp(x)), lambda x: F.softplus(x, threshold=1000)),
    "silu": ({}, lambda x: x / (1 + math.exp(-x)), F.silu),
    "gelu": (
        {},
        lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        lambda x: F.gelu(x, approximate="tanh"),
    ),
    "selu": (
        {},
        lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * (math.exp(x) - 1)),
        F.selu,
    ),
}


def pair(name):
    options = ELEMENTWISE[name][0]
    forward, backward = getattr(activation, f"{name}_forward"), getattr(activation, f"{name}_backward")
    return lambda x: forward(x, **options), backward


def away_from_kinks(rng, shape):
    """Shuffled numbers none of which is within a step of 0."""
    count = int(np.prod(shape))
    return rng.permutation(np.linspace(-3, 3, 2 * count)[::2] + 0.011).reshape(shape)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_forward_is_the_formula_for_each_number(name):
    x = np.random.default_rng(0).standard_normal((4, 3))
    y, _ = pair(name)[0](x)
    naive = [[ELEMENTWISE[name][1](float(number)) for number in row] for row in x]
    assert_close(y, naive, rtol=1e-12)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_and_gradients_are_torch_s(name):
    rng = np.random.default_rng(1)
    x, grad_y = rng.standard_normal((2, 5, 3, 4)) * 3, rng.standard_normal((2, 5, 3, 4))
    forward, backward = pair(name)
    y, cache = forward(x)
    twin = torch.tensor(x, requires_grad=True)
    twin_y = ELEMENTWISE[name][2](twin)
    twin_y.backward(torch.tensor(grad_y))
    assert_close(y, twin_y.detach())
    assert_close(backward(grad_y, cache), twin.grad)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(shape=hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), seed=st.integers(0, 99))
def test_every_pair_on_any_shape(name, shape, seed):
    rng = np.random.default_rng(seed)
    probe(*pair(name), [away_from_kinks(rng, shape)], rng)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_finite_at_plus_and_minus_a_thousand(name, dtype):
    x = np.array([-1000.0, -100.0, 100.0, 1000.0], dtype)
    forward, backward = pair(name)
    y, cache = forward(x)
    grad_x = backward(np.ones_like(x), cache)
    assert y.dtype == grad_x.dtype == dtype
    limits = {"sigmoid": (0, 1), "tanh": (-1, 1), "leaky_relu": (-200, 1000), "elu": (-1.7, 1000)}
    low, high = limits.get(name, (0, 1000))
    if name == "selu":
        low, high = -1.7580993408473766, 1050.7009873554805
    np.testing.assert_allclose(y[[0, -1]], [low, high], rtol=1e-6)
    assert np.isfinite(grad_x).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_backward_refuses_a_gradient_of_another_shape(name):
    forward, backward = pair(name)
    _, cache = forward(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"grad_y has shape \(3,\), needs \(2, 3\)"):
        backward(np.ones(3), cache)
