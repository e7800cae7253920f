"""All rules: hand-computed steps, torch's trajectories, and what they refuse."""

from functools import partial

import numpy as np
import pytest
import torch
from descent import quadratic, walk
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


# numpy 1 makes float64 of a single float32 and a number of Python's: there a weight has at least one axis.
FEWEST_AXES = 1 if np.__version__.startswith("1.") else 0


@pytest.mark.parametrize("name", TORCH)
@given(shape=hnp.array_shapes(min_dims=FEWEST_AXES, max_dims=3, max_side=4), seed=st.integers(0, 99))
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
