"""Draws are judged by bounds that are theorems: right ones never fail."""

import math

import numpy as np
import pytest
from declared import ROOT, declared
from draws import drawn

from classroom.judge.draw import FALSE_ALARM, _table_of_erf, deviation
from classroom.judge.measure import Distribution
from classroom.staff.declare.exercise import Exercise
from classroom.staff.declare.loader import declared_assignments

pytestmark = pytest.mark.slow


def test_copies_are_told_before_what_follows_from_them():
    """Twenty draws have no far tails, and need not have the right spread: that is not what is wrong with them."""
    weight = np.tile(np.random.default_rng(0).normal(size=20), (200, 1))
    problem = Distribution([200, 20], "normal", 1.0).judge({"weight": weight}, {})
    assert problem.text == "weight has 20 different entries of 4000: draw every one"


def test_the_bounds_are_theorems_and_still_narrow():
    """A spread that is wrong by a fifth is seen in some thousand draws: Xavier for Kaiming, say, is wrong by 41 %."""
    assert len(drawn("normal", lambda rng, shape: 0.6 * rng.normal(size=shape), (60, 60))) == 100
    assert len(drawn("uniform", lambda rng, shape: rng.uniform(-1, 1, size=shape), (60, 60))) == 100
    assert FALSE_ALARM <= 1e-11


def test_the_bound_holds_where_the_binomial_distribution_is_known():
    n, p = 200, 0.3
    reach = deviation(n * p * (1 - p), 1.0)
    tail = sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if abs(k - n * p) > reach)
    assert tail < FALSE_ALARM


def test_the_table_of_the_error_function_is_as_exact_as_it_says():
    between = np.random.default_rng(0).uniform(-8, 8, 5000)
    assert np.abs(np.interp(between, *_table_of_erf()) - list(map(math.erf, between))).max() < 3e-7


def test_right_code_passes_all_measures_of_an_exercise():
    """Together they fail it with a chance of one in a billion at most: so many are asked, hidden ones included."""
    counts = {}
    for assignment in declared_assignments(ROOT / "assignments"):
        for exercise in declared(assignment).exercises:
            if isinstance(exercise, Exercise):
                hidden = exercise.hidden(np.random.default_rng(0)) if exercise.hidden is not None else []
                counts[exercise.id] = sum(case.measure is not None for case in [*exercise.cases, *hidden])
    assert 1 < max(counts.values()) < 1e-9 / FALSE_ALARM
