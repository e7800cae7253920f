"""Gradients along random directions: quiet for right code, loud for wrong."""

import numpy as np
import pytest

from classroom.judge.gradient import LIMIT, LINEAR_LIMIT, directional_errors


def errors(gradient, x, *, f=np.tanh, linear=False, seed=0):
    rng = np.random.default_rng(1)
    upstream = rng.normal(size=x.shape)
    slopes = directional_errors(
        lambda moved: float((f(moved["x"]) * upstream).sum()),
        {"x": x},
        {"x": gradient(x) * upstream},
        linear=linear,
        seed=seed,
    )
    return slopes[0].error


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("spread", [1e-3, 1.0, 1e3])
def test_right_code_stays_far_below_the_limit(seed, spread):
    x = np.random.default_rng(seed).normal(size=(5, 7)) * spread

    def f(x):
        return np.tanh(x / spread)

    assert errors(lambda x: (1 - f(x) ** 2) / spread, x, f=f, seed=seed) < LIMIT / 30


@pytest.mark.parametrize("seed", range(20))
def test_one_wrong_entry_is_seen_from_every_seed(seed):
    x = np.random.default_rng(seed).normal(size=(5, 7))

    def gradient(x):
        right = 1 - np.tanh(x) ** 2
        right[2, 3] *= 1.01
        return right

    assert errors(gradient, x, seed=seed) > LIMIT


def test_two_entries_that_changed_places_are_seen():
    x = np.random.default_rng(0).normal(size=30)

    def gradient(x):
        right = 1 - np.tanh(x) ** 2
        right[[3, 4]] = right[[4, 3]]
        return right

    assert all(errors(gradient, x, seed=seed) > LIMIT for seed in range(30))


def test_a_step_of_one_is_exact_for_linear_functions():
    x = np.random.default_rng(0).normal(size=(4, 6))
    assert errors(lambda x: np.full(x.shape, 3.0), x, f=lambda x: 3 * x + 2, linear=True) < LINEAR_LIMIT / 1000


def test_linear_functions_can_be_checked_in_single_precision():
    x = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    weight = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)

    def phi(moved):
        return float((moved["x"] @ weight).sum())

    right = np.broadcast_to(weight.sum(axis=1), x.shape)
    (slope,) = directional_errors(phi, {"x": x}, {"x": right}, linear=True)
    assert slope.error < 1e-5
    (slope,) = directional_errors(phi, {"x": x}, {"x": right * 1.01}, linear=True)
    assert slope.error > 1e-4


def test_nan_counts_as_an_infinite_error():
    x = np.ones(3)
    assert errors(lambda x: np.full(3, np.nan), x) == np.inf
