"""Maxout: the winning piece, ties, and the activations that it contains."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions.activation import leaky_relu_forward, maxout_backward, maxout_forward, relu_forward


def example(rng, n, d, m, k):
    return [rng.standard_normal((n, d)), rng.standard_normal((k, d, m)), rng.standard_normal((k, m))]


@given(*[st.integers(1, 4)] * 4, st.integers(0, 99))
def test_every_pair_on_any_shape(n, d, m, k, seed):
    rng = np.random.default_rng(seed)
    probe(maxout_forward, maxout_backward, example(rng, n, d, m, k), rng)


def test_loop_and_torch_twins():
    rng = np.random.default_rng(0)
    x, weight, bias = args = example(rng, 5, 4, 3, 2)
    y, cache = maxout_forward(*args)
    naive = [
        [max(sum(x[n, d] * weight[k, d, m] for d in range(4)) + bias[k, m] for k in range(2)) for m in range(3)]
        for n in range(5)
    ]
    assert_close(y, naive)
    grad_y = rng.standard_normal((5, 3))
    twins = [torch.tensor(arg, requires_grad=True) for arg in args]
    pieces = torch.einsum("nd,kdm->knm", twins[0], twins[1]) + twins[2][:, None]
    pieces.max(dim=0).values.backward(torch.tensor(grad_y))
    for ours, twin in zip(maxout_backward(grad_y, cache), twins, strict=True):
        assert_close(ours, twin.grad)


def test_a_tie_goes_to_the_first_piece():
    weight = np.ones((3, 1, 1))
    _, cache = maxout_forward(np.ones((2, 1)), weight, np.zeros((3, 1)))
    _, grad_weight, grad_bias = maxout_backward(np.ones((2, 1)), cache)
    assert grad_weight.ravel().tolist() == [2.0, 0.0, 0.0]
    assert grad_bias.ravel().tolist() == [2.0, 0.0, 0.0]


@pytest.mark.parametrize(("slope", "twin"), [(0.0, relu_forward), (0.01, leaky_relu_forward)])
def test_contains_relu_and_leaky_relu(slope, twin):
    x = np.random.default_rng(0).standard_normal((6, 1))
    y, _ = maxout_forward(x, np.array([[[1.0]], [[slope]]]), np.zeros((2, 1)))
    assert np.array_equal(y, twin(x)[0])


def test_errors_name_the_rule():
    x, weight, bias = example(np.random.default_rng(0), 2, 3, 4, 2)
    with pytest.raises(ValueError, match=r"needs \(k, D, M\)"):
        maxout_forward(x, weight[0], bias)
    with pytest.raises(ValueError, match=r"x has shape \(2, 2\), needs \(2, 3\)"):
        maxout_forward(x[:, :2], weight, bias)
    with pytest.raises(ValueError, match=r"x has shape \(\), needs"):
        maxout_forward(np.array(1.0), weight, bias)
    with pytest.raises(ValueError, match="one bias for each piece"):
        maxout_forward(x, weight, bias[0])
