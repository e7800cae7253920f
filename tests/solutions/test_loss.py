"""Losses: torch twins, extremes, and the identities of softmax."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from probe import assert_close

from solutions.activation import sigmoid
from solutions.gradient_check import numerical_gradient, relative_error
from solutions.loss import (
    binary_cross_entropy,
    l2_penalty,
    log_softmax,
    mse_backward,
    mse_forward,
    softmax,
    softmax_cross_entropy,
)

F = torch.nn.functional
shapes = hnp.array_shapes(min_dims=1, max_dims=4, max_side=4)


@given(shapes, st.integers(0, 99))
def test_mse_is_half_the_sum_of_squares_over_the_batch(shape, seed):
    rng = np.random.default_rng(seed)
    y, target = rng.standard_normal((2, *shape))
    loss, cache = mse_forward(y, target)
    naive = sum(0.5 * (a - b) ** 2 for a, b in zip(y.flat, target.flat, strict=True)) / shape[0]
    assert loss == pytest.approx(naive, rel=1e-12)
    twin = torch.tensor(y, requires_grad=True)
    (F.mse_loss(twin, torch.tensor(target), reduction="sum") / 2 / shape[0] * 3).backward()
    assert_close(mse_backward(3.0, cache), twin.grad)


def test_mse_of_one_example_is_the_worked_se():
    loss, cache = mse_forward(np.array([[0.5, 1.0]]), np.array([[1.0, 0.0]]))
    assert loss == 0.5 * (0.25 + 1.0)
    assert mse_backward(1.0, cache).tolist() == [[-0.5, 1.0]]


@given(shapes, st.integers(0, 99))
def test_softmax_is_torch_s_and_sums_to_one(shape, seed):
    x = 5 * np.random.default_rng(seed).standard_normal(shape)
    before = x.copy()
    probability = softmax(x)
    assert_close(probability, torch.softmax(torch.tensor(x), -1))
    assert_close(log_softmax(x), torch.log_softmax(torch.tensor(x), -1))
    np.testing.assert_allclose(probability.sum(axis=-1), 1, rtol=1e-14)
    assert np.array_equal(x, before)


@pytest.mark.parametrize("shift", [-1e4, -3.0, 1e4])
def test_a_shift_of_all_logits_changes_nothing(shift):
    x = np.random.default_rng(0).integers(-8, 8, (4, 5)) / 4  # exact under the shift
    assert np.array_equal(softmax(x + shift), softmax(x))
    assert np.array_equal(log_softmax(x + shift), log_softmax(x))


def test_softmax_of_z_and_zero_is_the_sigmoid():
    z = np.linspace(-1000, 1000, 41)
    both = softmax(np.stack([z, np.zeros_like(z)], axis=1))
    np.testing.assert_allclose(both[:, 0], sigmoid(z), rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_logits_stay_finite_and_keep_their_type(dtype):
    x = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4]], dtype)
    np.testing.assert_allclose(softmax(x), [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)
    np.testing.assert_allclose(log_softmax(x), [[0, -2e4, -1e4], [-math.log(3)] * 3], rtol=1e-6)
    loss, grad = softmax_cross_entropy(x, np.array([1, 0]))
    assert loss == pytest.approx((2e4 + math.log(3)) / 2, rel=1e-6)
    binary, binary_grad = binary_cross_entropy(x, np.zeros_like(x))
    assert math.isfinite(binary)
    assert np.isfinite(grad).all()
    assert softmax(x).dtype == log_softmax(x).dtype == grad.dtype == binary_grad.dtype == dtype


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_cross_entropy_is_torch_s_and_agrees_with_differences(n, classes, seed):
    rng = np.random.default_rng(seed)
    logits, labels = 3 * rng.standard_normal((n, classes)), rng.integers(0, classes, n)
    loss, grad = softmax_cross_entropy(logits, labels)
    twin = torch.tensor(logits, requires_grad=True)
    twin_loss = F.cross_entropy(twin, torch.tensor(labels))
    twin_loss.backward()
    assert loss == pytest.approx(twin_loss.item(), rel=1e-10, abs=1e-14)
    np.testing.assert_allclose(grad, twin.grad, rtol=1e-9, atol=1e-12)
    numeric = numerical_gradient(lambda z: softmax_cross_entropy(z, labels)[0], logits)
    assert relative_error(grad, numeric, floor=1e-3) < 1e-6
    np.testing.assert_allclose(grad.sum(axis=1), 0, atol=1e-15)


def test_cross_entropy_of_equal_logits_is_the_log_of_their_number():
    assert softmax_cross_entropy(np.zeros((4, 10)), np.arange(4))[0] == pytest.approx(math.log(10))


@given(shapes, st.integers(0, 99))
def test_binary_cross_entropy_is_torch_s(shape, seed):
    rng = np.random.default_rng(seed)
    logits, targets = 3 * rng.standard_normal(shape), rng.random(shape)
    loss, grad = binary_cross_entropy(logits, targets)
    twin = torch.tensor(logits, requires_grad=True)
    twin_loss = F.binary_cross_entropy_with_logits(twin, torch.tensor(targets))
    twin_loss.backward()
    assert loss == pytest.approx(twin_loss.item(), rel=1e-10)
    assert_close(grad, twin.grad)


def test_binary_cross_entropy_takes_whole_targets_in_float32():
    _, grad = binary_cross_entropy(np.zeros(2, np.float32), np.array([0, 1]))
    assert grad.dtype == np.float32
    assert grad.tolist() == [0.25, -0.25]


@given(shapes, st.floats(0, 2), st.integers(0, 99))
def test_l2_penalty_and_its_gradient(shape, strength, seed):
    weight = np.random.default_rng(seed).standard_normal(shape)
    penalty, grad = l2_penalty(weight, strength)
    assert penalty == pytest.approx(sum(strength / 2 * w**2 for w in weight.flat))
    assert np.array_equal(grad, strength * weight)
    assert l2_penalty(weight.astype(np.float32), strength)[1].dtype == np.float32


@pytest.mark.parametrize(
    ("function", "args", "message"),
    [
        (mse_forward, (np.zeros((2, 3)), np.zeros(3)), r"target has shape \(3,\), needs \(2, 3\)"),
        (mse_forward, (np.zeros((0, 3)), np.zeros((0, 3))), "mean over examples"),
        (softmax, (np.zeros((2, 0)),), "C at least 1"),
        (log_softmax, (np.array(1.0),), "last axis holds the classes"),
        (softmax_cross_entropy, (np.zeros(3), np.zeros(3, int)), r"need \(N, C\)"),
        (softmax_cross_entropy, (np.zeros((2, 3)), np.zeros((2, 3), int)), "one class for each row"),
        (softmax_cross_entropy, (np.zeros((2, 3)), np.array([0, 3])), "integers from 0 to 2"),
        (softmax_cross_entropy, (np.zeros((2, 3)), np.array([0, -1])), "integers from 0 to 2"),
        (softmax_cross_entropy, (np.zeros((2, 3)), np.zeros(2)), "class numbers, not one-hot"),
        (binary_cross_entropy, (np.zeros(2), np.zeros(3)), "one target for each logit"),
        (binary_cross_entropy, (np.zeros(2), np.array([0, 2])), "probabilities from 0 to 1"),
        (l2_penalty, (np.zeros(2), -1.0), "strength is -1.0, needs at least 0"),
    ],
)
def test_errors_name_the_rule(function, args, message):
    with pytest.raises(ValueError, match=message):
        function(*args)
