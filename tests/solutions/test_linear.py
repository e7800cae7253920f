"""The fully connected layer."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions.linear import linear_backward, linear_forward


def example(rng, n, shape, m):
    d = int(np.prod(shape))
    return [rng.standard_normal((n, *shape)), rng.standard_normal((d, m)), rng.standard_normal(m)]


@given(st.integers(1, 4), st.lists(st.integers(1, 4), max_size=3), st.integers(1, 4), st.integers(0, 99))
def test_every_pair_on_any_rank(n, shape, m, seed):
    rng = np.random.default_rng(seed)
    probe(linear_forward, linear_backward, example(rng, n, shape, m), rng, linear=True)


def test_loop_and_torch_twins():
    rng = np.random.default_rng(0)
    x, weight, bias = args = example(rng, 3, (2, 2), 5)
    y, cache = linear_forward(*args)
    flat = x.reshape(3, 4)
    naive = [[sum(flat[n, d] * weight[d, m] for d in range(4)) + bias[m] for m in range(5)] for n in range(3)]
    assert_close(y, naive)
    grad_y = rng.standard_normal(y.shape)
    twins = [torch.tensor(arg, requires_grad=True) for arg in args]
    torch.nn.functional.linear(twins[0].flatten(1), twins[1].T, twins[2]).backward(torch.tensor(grad_y))
    for ours, twin in zip(linear_backward(grad_y, cache), twins, strict=True):
        assert_close(ours, twin.grad)


def test_an_empty_batch_gives_zero_gradients():
    y, cache = linear_forward(np.zeros((0, 3)), np.ones((3, 2)), np.ones(2))
    grad_x, grad_weight, grad_bias = linear_backward(y, cache)
    assert (y.shape, grad_x.shape) == ((0, 2), (0, 3))
    assert not grad_weight.any()
    assert not grad_bias.any()


@pytest.mark.parametrize(
    ("x", "weight", "bias", "message"),
    [
        ((2, 4), (3, 5), (5,), r"x \(2, 4\) has 4 features, weight \(3, 5\) needs 3"),
        ((2, 3), (3,), (1,), r"weight has shape \(3,\), needs \(D, M\)"),
        ((2, 3), (3, 5), (1,), r"bias has shape \(1,\), needs \(5,\)"),
        ((), (1, 5), (5,), "the first axis is the batch"),
    ],
)
def test_errors_name_the_rule(x, weight, bias, message):
    with pytest.raises(ValueError, match=message):
        linear_forward(np.zeros(x), np.zeros(weight), np.zeros(bias))


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache = linear_forward(np.zeros((2, 3)), np.zeros((3, 5)), np.zeros(5))
    with pytest.raises(ValueError, match="grad_y has shape"):
        linear_backward(np.zeros((1, 5)), cache)
