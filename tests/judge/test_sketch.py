"""Sketches: equal for equal answers, apart for different ones, and linear."""

import math

import numpy as np
import pytest

from classroom.judge.sketch import APART, SUMS, Sketch, distance, form_of, sketch, weights

RNG = np.random.default_rng(3)
X = RNG.normal(size=(5, 7))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X, X.copy()),
        (X, np.asfortranarray(X)),
        (X, X * (1 + 1e-9)),
        (X, X.astype(np.float32)),
        (np.array([0.0, 1.0]), np.array([-0.0, 1.0])),
        (1.0, np.array(1)),
        ([1.0, 2.0], np.array([1.0, 2.0])),
        ((X, {"a": 1, "b": "word"}), [X, {"a": 1.0, "b": "word"}]),
        (np.array([np.nan, 1.0, np.inf]), np.array([np.nan, 1.0, np.inf])),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_equal_answers_have_equal_sketches(one, other):
    assert distance(sketch(one), sketch(other)) <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X, X + 1e-2 * (np.arange(35).reshape(5, 7) == 17)),
        (X, X[::-1]),
        (X, X.T),
        (X, -X),
        (X, X.reshape(7, 5)),
        (np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 3.0, 2.0, 4.0])),
        (np.array([np.nan, 1.0]), np.array([1.0, np.nan])),
        (np.array([np.inf, 1.0]), np.array([-np.inf, 1.0])),
        ("word", "other"),
        (None, 0.0),
        ([X], X),
        ({"a": 1.0}, {"b": 1.0}),
    ],
)
def test_other_answers_have_other_sketches(one, other):
    assert distance(sketch(one), sketch(other)) > APART


def test_sums_are_linear():
    y = RNG.normal(size=X.shape)
    together = sketch(2 * X - y)
    assert np.allclose(together.sums, 2 * np.array(sketch(X).sums) - sketch(y).sums)


def test_a_sketch_of_a_gradient_is_a_directional_derivative():
    gradient = sketch(2 * X)
    step = 1e-6
    along = [
        (((X + step * w) ** 2).sum() - ((X - step * w) ** 2).sum()) / (2 * step) / math.sqrt(X.size)
        for w in weights(X.size).reshape(SUMS, *X.shape)
    ]
    assert distance(gradient, Sketch("(5, 7)", math.nan, math.nan, tuple(along))) <= 1


def test_weights_are_the_same_on_every_machine_and_spread_about_zero():
    first = weights(1000)
    assert first.shape == (SUMS, 1000) and np.abs(first).max() <= 1
    assert np.abs(first.mean(axis=1)).max() < 0.1 and len(np.unique(first)) == first.size
    assert (
        np.allclose(weights(2), [[-0.3131, 0.0687], [0.4526, -0.2411], [0.7246, 0.8527]], atol=1) and weights(2).any()
    )


def test_a_huge_whole_number_has_a_form_and_no_numbers():
    assert sketch([10**400]).form == "a huge number" == sketch(10**400).form


@pytest.mark.parametrize("value", [X, np.where(X > 0, np.nan, X), [1.0, "a"], {"a": X}, np.full(3, np.inf)])
def test_a_sketch_fits_the_form_of_its_value_and_no_other(value):
    assert sketch(value).fits(form_of(value))
    assert not sketch(value).fits(form_of(np.zeros((5, 70)))) and not sketch(np.zeros((5, 70))).fits(form_of(value))


def test_the_smallest_numbers_have_a_distance():
    least = sketch(np.full(3, 5e-324))
    assert distance(least, least) == 0.0 and distance(least, sketch(np.zeros(3))) > APART
