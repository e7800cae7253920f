"""Optimizers: hand-computed steps, torch's trajectories, and how the conventions translate."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from probe import assert_close

from solutions import optimizer as rules

RATE = 0.05
TORCH = {
    "sgd": (partial(rules.sgd, rate=RATE), partial(torch.optim.SGD, lr=RATE)),
    "momentum": (partial(rules.momentum, rate=RATE, momentum=0.8), partial(torch.optim.SGD, lr=RATE, momentum=0.8)),
    "momentum_ema": (
        partial(rules.momentum_ema, rate=RATE, momentum=0.8),
        partial(torch.optim.SGD, lr=RATE * (1 - 0.8), momentum=0.8),
    ),
    "nesterov_shifted": (
        partial(rules.nesterov_shifted, rate=RATE, momentum=0.8),
        partial(torch.optim.SGD, lr=RATE, momentum=0.8, nesterov=True),
    ),
    "adagrad": (partial(rules.adagrad, rate=RATE), partial(torch.optim.Adagrad, lr=RATE, eps=1e-8)),
    "rmsprop": (
        partial(rules.rmsprop, rate=RATE, decay=0.9),
        partial(torch.optim.RMSprop, lr=RATE, alpha=0.9, eps=1e-8),
    ),
    "adam": (
        partial(rules.adam, rate=RATE, beta1=0.8, beta2=0.95),
        partial(torch.optim.Adam, lr=RATE, betas=(0.8, 0.95)),
    ),
    "adamw": (
        partial(rules.adamw, rate=RATE, decay=0.1),
        partial(torch.optim.AdamW, lr=RATE, weight_decay=0.1),
    ),
}


def quadratic(seed, size=6):
    """Gradient of an ill-conditioned quadratic, and a start."""
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((size, size))
    matrix = root @ root.T / size + 0.1 * np.eye(size)
    return lambda w: matrix @ w - 1.0, rng.standard_normal(size)


def walk(rule, gradient, weight, steps, rates=None):
    path, state = [], None
    for step in range(steps):
        options = {} if rates is None else {"rate": rates[step]}
        weight, state = rule(weight, gradient(weight), state, **options)
        path.append(weight)
    return np.array(path)


@pytest.mark.parametrize("name", TORCH)
def test_fifty_steps_are_torch_s(name):
    rule, make = TORCH[name]
    gradient, start = quadratic(0)
    ours = walk(rule, gradient, start, 50)
    twin = torch.tensor(start, requires_grad=True)
    optimizer = make([twin])
    theirs = []
    for _ in range(50):
        twin.grad = torch.tensor(gradient(twin.detach().numpy()))
        optimizer.step()
        theirs.append(twin.detach().numpy().copy())
    # Where a rule swings about the minimum, each step enlarges the last digit of the one before.
    assert_close(ours, np.array(theirs), rtol=1e-8)


@pytest.mark.parametrize("name", TORCH)
@given(shape=hnp.array_shapes(min_dims=0, max_dims=3, max_side=4), seed=st.integers(0, 99))
def test_nothing_passed_in_changes_and_float32_stays(name, shape, seed):
    rng = np.random.default_rng(seed)
    rule = TORCH[name][0]
    for dtype in (np.float64, np.float32):
        weight = np.asarray(rng.standard_normal(shape)).astype(dtype)
        grad = np.asarray(rng.standard_normal(shape)).astype(dtype)
        before = weight.copy(), grad.copy()
        new, state = rule(weight, grad, None)
        kept = [np.copy(part) for part in (state if isinstance(state, tuple) else [state])]
        again, _ = rule(new, grad, state)
        assert np.array_equal(before[0], weight)
        assert np.array_equal(before[1], grad)
        assert all(
            np.array_equal(old, now)
            for old, now in zip(kept, state if isinstance(state, tuple) else [state], strict=True)
        )
        assert new.dtype == again.dtype == dtype
        assert new.shape == again.shape == shape


# One weight 1.0, gradients 0.5 and then -0.25, rate 0.1: both steps by hand.
BY_HAND = {
    "sgd": ({}, 1 - 0.05, 1 - 0.05 + 0.025),
    "momentum": ({"momentum": 0.9}, 1 - 0.05, 0.95 - (0.045 - 0.025)),
    "momentum_ema": ({"momentum": 0.9}, 1 - 0.005, 0.995 - 0.1 * (0.045 - 0.025)),
    "nesterov_shifted": ({"momentum": 0.9}, 1 - 0.05 - 0.9 * 0.05, 0.905 + 0.025 - 0.9 * 0.02),
    "adagrad": ({"eps": 0.0}, 1 - 0.1, 0.9 + 0.1 * 0.25 / np.sqrt(0.25 + 0.0625)),
    "rmsprop": ({"decay": 0.5, "eps": 0.0}, 1 - 0.1 / np.sqrt(0.5), 1 - 0.1 / np.sqrt(0.5) + 0.025 / np.sqrt(0.09375)),
    "adam": (
        {"beta1": 0.5, "beta2": 0.5, "eps": 0.0},
        0.9,
        0.9 - 0.1 * ((0.125 - 0.125) / 0.75) / np.sqrt((0.0625 + 0.03125) / 0.75),
    ),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_two_steps_by_hand(name):
    options, first, second = BY_HAND[name]
    rule = partial(getattr(rules, name), rate=0.1, **options)
    weight, state = rule(np.array([1.0]), np.array([0.5]), None)
    assert weight == pytest.approx([first])
    assert rule(weight, np.array([-0.25]), state)[0] == pytest.approx([second])


def test_ema_and_classical_walk_the_same_path_at_a_constant_rate():
    gradient, start = quadratic(1)
    ema = walk(partial(rules.momentum_ema, rate=0.2, momentum=0.9), gradient, start, 100)
    rate = rules.ema_to_classical_rate(0.2, 0.9)
    assert rate == pytest.approx(0.02)
    np.testing.assert_allclose(ema, walk(partial(rules.momentum, rate=rate, momentum=0.9), gradient, start, 100))


def test_ema_and_classical_part_when_the_rate_drops():
    def slope(weight):
        return np.ones(1)

    last_steps = {}
    for rule, scale in ((rules.momentum, 1.0), (rules.momentum_ema, 10.0)):
        rates = [scale * rate for rate in [0.01] * 60 + [0.001]]
        path = walk(partial(rule, momentum=0.9), slope, np.zeros(1), 61, rates)[:, 0]
        last_steps[rule.__name__] = (path[-1] - path[-2]) / (path[-2] - path[-3])
    assert last_steps["momentum_ema"] == pytest.approx(0.1, rel=0.01)  # takes the new rate at once
    assert last_steps["momentum"] == pytest.approx(0.91, rel=0.01)  # still carries the old one


@given(st.integers(0, 99), st.floats(0, 0.95))
def test_nesterov_in_the_shifted_variable_is_pytorch_s_form(seed, momentum):
    gradient, start = quadratic(seed)
    weight, shifted, state, shifted_state = start, start, None, None
    for _ in range(30):
        weight, state = rules.nesterov(weight, gradient, state, rate=RATE, momentum=momentum)
        shifted, shifted_state = rules.nesterov_shifted(
            shifted, gradient(shifted), shifted_state, rate=RATE, momentum=momentum
        )
        np.testing.assert_allclose(shifted, weight - momentum * state, rtol=1e-9, atol=1e-11)


def test_nesterov_asks_for_the_gradient_at_the_point_ahead():
    asked = []

    def gradient(weight):
        asked.append(weight.item())
        return np.array([1.0])

    weight, state = rules.nesterov(np.array([1.0]), gradient, None, rate=0.1, momentum=0.5)
    rules.nesterov(weight, gradient, state, rate=0.1, momentum=0.5)
    assert asked == pytest.approx([1.0, 0.9 - 0.05])


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_adam_s_first_step_is_the_rate_whatever_the_gradient(size):
    grad = size * np.array([1.0, -3.0])
    weight, _ = rules.adam(np.zeros(2), grad, None, rate=0.1, eps=0.0)
    np.testing.assert_allclose(weight, [-0.1, 0.1], rtol=1e-12)


def test_without_bias_correction_the_first_step_would_be_3_16_rates():
    _, (_, mean, square) = rules.adam(np.zeros(1), np.ones(1), None, rate=0.1)
    assert (mean / np.sqrt(square)).item() == pytest.approx(np.sqrt(10), rel=1e-3)


def test_adagrad_s_rate_never_grows():
    rng = np.random.default_rng(0)
    weight, state, effective = np.zeros(3), None, []
    for _ in range(40):
        weight, state = rules.adagrad(weight, rng.standard_normal(3) * [1, 0.1, 0.001], state, rate=1.0)
        effective.append(1 / np.sqrt(state))
    assert (np.diff(effective, axis=0) <= 0).all()


def test_adamw_decays_the_weight_and_adam_with_l2_does_not():
    weight = np.array([1.0, 100.0])
    shrunk, _ = rules.adamw(weight, np.zeros(2), None, rate=0.1, decay=0.5)
    np.testing.assert_allclose(shrunk, 0.95 * weight)
    through_gradient, _ = rules.adam(weight, rules.weight_decay(weight, np.zeros(2), 0.5), None, rate=0.1)
    np.testing.assert_allclose(through_gradient, weight - 0.1, rtol=1e-6)


def test_weight_decay_is_the_gradient_of_the_penalty():
    weight, grad = np.array([1.0, -2.0]), np.array([0.5, 0.5])
    np.testing.assert_allclose(rules.weight_decay(weight, grad, 0.1), [0.6, 0.3])


@given(st.lists(hnp.arrays(float, 3, elements=st.floats(-5, 5)), min_size=1, max_size=3), st.floats(0.1, 10))
def test_clipping_limits_the_joint_length_and_keeps_the_direction(grads, max_norm):
    before = [grad.copy() for grad in grads]
    clipped = rules.clip_gradients(grads, max_norm)
    joint, old = np.concatenate(clipped), np.concatenate(before)
    assert np.linalg.norm(joint) <= max_norm * (1 + 1e-12)
    if np.linalg.norm(old) <= max_norm:
        assert np.array_equal(joint, old)
    else:
        np.testing.assert_allclose(joint * np.linalg.norm(old), old * max_norm, atol=1e-9)
    assert all(np.array_equal(grad, copy) for grad, copy in zip(grads, before, strict=True))


def test_stochastic_descent_enters_the_confusion_region_and_stays():
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.5, 2, 20), rng.standard_normal(20)
    low, high = rules.confusion_region(a, b)
    assert (low, high) == ((b / a).min(), (b / a).max())
    x, inside = np.array(20.0), []
    for i in rng.integers(0, 20, 500):
        x, _ = rules.sgd(x, a[i] * (a[i] * x - b[i]), rate=0.2)
        inside.append(low <= x <= high)
    first = inside.index(True)
    assert first < 60
    assert all(inside[first:])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rules.sgd(np.ones(2), np.ones(1), rate=1), r"grad has shape \(1,\), needs \(2,\)"),
        (lambda: rules.momentum(np.ones(1), np.ones(1), rate=1, momentum=1.0), "momentum is 1.0, needs at least 0 and"),
        (lambda: rules.momentum_ema(np.ones(1), np.ones(1), rate=1, momentum=-0.1), "momentum is -0.1"),
        (lambda: rules.nesterov(np.ones(1), lambda w: np.ones(2), rate=1), "grad has shape"),
        (lambda: rules.rmsprop(np.ones(1), np.ones(1), rate=1, decay=2), "decay is 2"),
        (lambda: rules.adam(np.ones(1), np.ones(1), rate=1, beta2=1), "beta2 is 1"),
        (lambda: rules.adamw(np.ones(2), np.ones(2), None, rate=0.1, decay=-1), "decay is -1, needs at least 0"),
        (lambda: rules.weight_decay(np.ones(1), np.ones(1), -1), "decay is -1, needs at least 0"),
        (lambda: rules.clip_gradients([np.ones(1)], 0), "max_norm is 0, needs to be above 0"),
        (lambda: rules.confusion_region(np.zeros(2), np.ones(2)), "no zero"),
        (lambda: rules.confusion_region(np.ones(2), np.ones(3)), "one b for each a"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
