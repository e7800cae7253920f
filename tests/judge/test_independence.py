"""Draws that know of each other are told, and draws that do not never are."""

import itertools
import math

import numpy as np
import pytest

from classroom.judge.draw import FALSE_ALARM, not_drawn
from classroom.judge.independence import arrays_related, frames_related, lines_related, pair_sums
from classroom.judge.measure import IndependentDraws, IndependentFrames, IndependentSigns

DRAWS = {
    "normal": lambda rng, shape: rng.standard_normal(shape),
    "uniform": lambda rng, shape: rng.uniform(-math.sqrt(3), math.sqrt(3), shape),
}


@pytest.mark.parametrize("family", DRAWS)
@pytest.mark.parametrize("shape", [(2, 3), (60, 80), (200, 9), (3000,), (1, 50), (20, 12, 3, 5)])
def test_right_draws_have_lines_of_their_own(family, shape):
    for seed in range(40):
        assert lines_related(DRAWS[family](np.random.default_rng(seed), shape), family, 1e-9, "it") == ""


@pytest.mark.parametrize("shape", [(1, 5), (2, 3), (9, 4), (70, 2), (600, 3)])
def test_every_line_is_in_one_pair_of_a_distance(shape):
    lines = np.random.default_rng(0).normal(size=shape)
    lags = min(len(lines) // 2, 64)
    products, squares = pair_sums(lines, lags)
    assert products.shape == squares.shape == (lags,)
    for lag in range(1, lags + 1):
        pairs, free = [], list(range(len(lines)))
        while free and free[0] + lag < len(lines):  # the first line that has no partner takes the one behind it
            pairs.append((free[0], free[0] + lag))
            free = [line for line in free[1:] if line != pairs[-1][1]]
        assert products[lag - 1] == pytest.approx(sum(lines[one] @ lines[two] for one, two in pairs))
        assert squares[lag - 1] == pytest.approx(sum(lines[one] @ lines[one] for one, _ in pairs))


@pytest.mark.parametrize("family", DRAWS)
def test_the_bounds_are_hardly_left_at_a_chance_that_can_be_tried(family):
    """At one in ten they fail far less often than that: what is a theorem at 1e-11 is one here."""
    draw, rng = DRAWS[family], np.random.default_rng(1)
    failed = [bool(lines_related(draw(rng, (12, 15)), family, 0.1, "it")) for _ in range(300)]
    related = [arrays_related(draw(rng, 40), draw(rng, 40), family, 0.1) for _ in range(300)]
    frames = [bool(frames_related(orthogonal(rng, 20, 12), orthogonal(rng, 20, 12), 0.1)) for _ in range(300)]
    assert sum(failed) < 30 and sum(related) < 30 and sum(frames) < 30


def orthogonal(rng, rows, columns):
    return np.linalg.qr(rng.standard_normal((rows, columns)))[0]


def noisy(rng, array):
    return array * (1 + 1e-4 * rng.standard_normal(array.shape))


RELATED_LINES = {
    "two rows in turn": lambda rng, draw: noisy(rng, np.resize(draw(rng, (2, 70)), (60, 70))),
    "five rows in turn": lambda rng, draw: noisy(rng, np.resize(draw(rng, (5, 70)), (60, 70))),
    "one of two rows": lambda rng, draw: noisy(rng, draw(rng, (2, 70))[rng.integers(2, size=60)]),
    "one of two columns": lambda rng, draw: noisy(rng, draw(rng, (60, 2))[:, rng.integers(2, size=70)]),
    "rows of either sign": lambda rng, draw: noisy(
        rng, rng.choice([-1, 1], (60, 1)) * draw(rng, (3, 70))[rng.integers(3, size=60)]
    ),
    "the second half again": lambda rng, draw: noisy(rng, np.tile(draw(rng, (30, 70)), (2, 1))),
    "a vector again and again": lambda rng, draw: noisy(rng, np.tile(draw(rng, 50), 60)),
}


@pytest.mark.parametrize("family", DRAWS)
@pytest.mark.parametrize("how", RELATED_LINES)
def test_lines_that_repeat_are_told(family, how):
    for seed in range(20):
        array = RELATED_LINES[how](np.random.default_rng(seed), DRAWS[family])
        assert lines_related(array, family, FALSE_ALARM, "it")
        assert not_drawn(array, family, 0.0, 1.0, "it")


@pytest.mark.parametrize("family", DRAWS)
def test_two_draws_of_one_seed_are_told_though_they_are_noisy_or_shifted(family):
    draw, base = DRAWS[family], DRAWS[family](np.random.default_rng(0), (50, 40))
    measure = IndependentDraws("first", "second", family, 0.5)
    for seed in range(20):
        rng = np.random.default_rng(seed + 1)
        fresh = draw(rng, (50, 40))
        wrong = [noisy(rng, base), np.roll(base, seed, axis=0), np.sqrt(0.5) * (base + fresh), -base]
        for second in wrong:
            problem = measure.judge({"first": 0.5 * base, "second": 0.5 * second}, {})
            assert problem is not None and "draw every number from rng" in problem.text
        assert measure.judge({"first": 0.5 * base, "second": 0.5 * fresh}, {}) is None


FRAMES = {
    "the identity": lambda rng: np.eye(80, 50),
    "a permutation": lambda rng: rng.permutation(np.eye(80))[:, :50],
    "one matrix": lambda rng: orthogonal(np.random.default_rng(0), 80, 50),
    "one matrix, nearly": lambda rng: np.linalg.qr(noisy(rng, orthogonal(np.random.default_rng(0), 80, 50)))[0],
    "one matrix, either sign": lambda rng: orthogonal(np.random.default_rng(0), 80, 50) * rng.choice([-1, 1], 50),
}


@pytest.mark.parametrize("how", FRAMES)
def test_orthogonal_weights_that_are_not_drawn_are_told(how):
    for wide in (False, True):
        first, second = (FRAMES[how](np.random.default_rng(seed)) for seed in (1, 2))
        shape = [50, 80] if wide else [80, 50]
        pair = {"first": first.T if wide else first, "second": second.T if wide else second}
        assert IndependentFrames("first", "second", shape).judge(pair, {}) is not None


def test_orthogonal_weights_that_are_drawn_pass_however_they_are_made():
    def by_svd(rng):
        left, _, right = np.linalg.svd(rng.standard_normal((80, 50)), full_matrices=False)
        return left @ right

    makers = [lambda rng: orthogonal(rng, 80, 50), by_svd, lambda rng: np.abs(rng.normal()) * by_svd(rng)]
    measure = IndependentFrames("first", "second", [80, 50])
    for make in makers:
        drawn = [make(np.random.default_rng(seed)) for seed in range(20)]
        assert not [
            pair
            for pair in itertools.pairwise(drawn)
            if measure.judge(dict(zip(("first", "second"), pair, strict=True)), {})
        ]


def test_signs_that_do_not_follow_the_generator_are_told():
    rng = np.random.default_rng(0)
    measure = IndependentSigns("first", "second", 100)
    first = rng.standard_normal(100)
    assert measure.judge({"first": first, "second": noisy(rng, first)}, {}) is not None
    assert measure.judge({"first": first, "second": rng.standard_normal(100)}, {}) is None
    assert measure.judge({"first": first, "second": first[:50]}, {}).text.startswith("the two answers have shapes")
