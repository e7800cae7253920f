"""The worked network of two layers: torch's gradients, and the sums of the slides."""

import math

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions import neuron
from solutions.gradient_check import relative_error
from solutions.loss import mse_backward, mse_forward


def worked_example(rng, n=5, d=3, h=4, m=2):
    return [rng.standard_normal(shape) for shape in ((n, d), (d, h), (h,), (h, m), (m,))]


@given(*[st.integers(1, 4)] * 4, st.integers(0, 99))
def test_two_layer_pair_on_any_shape(n, d, h, m, seed):
    rng = np.random.default_rng(seed)
    probe(neuron.two_layer_forward, neuron.two_layer_backward, worked_example(rng, n, d, h, m), rng)


def test_two_layer_is_torch_s():
    rng = np.random.default_rng(0)
    args = worked_example(rng)
    y, cache = neuron.two_layer_forward(*args)
    x, w1, b1, w2, b2 = twins = [torch.tensor(arg, requires_grad=True) for arg in args]
    twin_y = torch.sigmoid(torch.sigmoid(x @ w1 + b1) @ w2 + b2)
    grad_y = rng.standard_normal(y.shape)
    twin_y.backward(torch.tensor(grad_y))
    assert_close(y, twin_y.detach())
    for ours, twin in zip(neuron.two_layer_backward(grad_y, cache), twins, strict=True):
        assert_close(ours, twin.grad)


def test_two_layer_gradients_are_the_slides_sums():
    rng = np.random.default_rng(3)
    x, w1, b1, w2, b2 = worked_example(rng, n=1)
    target = rng.random((1, 2))
    a, cache = neuron.two_layer_forward(x, w1, b1, w2, b2)
    _, loss_cache = mse_forward(a, target)
    _, grad_w1, _, grad_w2, _ = neuron.two_layer_backward(mse_backward(1.0, loss_cache), cache)
    u = [1 / (1 + math.exp(-(sum(x[0, j] * w1[j, h] for j in range(3)) + b1[h]))) for h in range(4)]
    eps_m = [(a[0, m] - target[0, m]) * a[0, m] * (1 - a[0, m]) for m in range(2)]
    eps_h = [sum(eps_m[m] * w2[h, m] for m in range(2)) * u[h] * (1 - u[h]) for h in range(4)]
    assert relative_error(grad_w2, np.array([[u[h] * eps_m[m] for m in range(2)] for h in range(4)])) < 1e-12
    assert relative_error(grad_w1, np.array([[x[0, j] * eps_h[h] for h in range(4)] for j in range(3)])) < 1e-12
