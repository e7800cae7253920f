"""Random answers: right ones always pass, wrong ones do not."""

import math

import numpy as np
import pytest
from draws import drawn

from classroom.fault import Fault
from classroom.judge.measure import (
    AtMaxima,
    Distribution,
    Dropout,
    IndependentMasks,
    SameMask,
    UnitLayers,
)
from solutions.dropout import dropout_backward, dropout_forward

pytestmark = pytest.mark.slow


def nonzero(rng, *shape):
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.1, 2, size=shape)


def dropped(seed, drop, change=lambda y, x, drop, rng: y, shape=(40, 60)):
    rng = np.random.default_rng(seed)
    x = nonzero(rng, *shape)
    y, _ = dropout_forward(x, drop, rng, training=True)
    return Dropout().judge({"y": change(y, x, drop, rng)}, {"x": x, "drop": drop})


@pytest.mark.parametrize("drop", [0.1, 0.5, 0.95])
def test_right_dropout_never_fails(drop):
    assert [seed for seed in range(100) if dropped(seed, drop) is not None] == []


@pytest.mark.parametrize(
    "change",
    [
        lambda y, x, drop, rng: y * (1 - drop),
        lambda y, x, drop, rng: x * (rng.random(x.shape) < drop) / (1 - drop),
        lambda y, x, drop, rng: x * (rng.random(x.shape[1]) >= drop) / (1 - drop),
        lambda y, x, drop, rng: x * (rng.random((len(x), 1)) >= drop) / (1 - drop),
        lambda y, x, drop, rng: x,
        lambda y, x, drop, rng: y[:-1],
        lambda y, x, drop, rng: y * np.nan,
        lambda y, x, drop, rng: y.astype(np.float16),
        lambda y, x, drop, rng: np.where(rng.random(x.shape) < 0.01, x, y),
    ],
)
def test_wrong_dropout_always_fails(change):
    assert all(dropped(seed, 0.3, change) is not None for seed in range(20))


def mirrored(weight):
    """Let every second row be the one before it, turned round."""
    weight[1::2] = -weight[::2]
    return weight


@pytest.mark.parametrize("shape", [(3, 4), (40, 30), (200, 90), (16, 8, 3, 3)])
def test_right_draws_of_any_size_and_precision_never_fail(shape):
    bound = 0.5 * math.sqrt(3)
    for draw in (
        lambda rng, shape: 0.5 * rng.standard_normal(shape, np.float32),
        lambda rng, shape: 0.5 * np.random.RandomState(rng.integers(2**31)).randn(*shape),
        lambda rng, shape: 0.5 * np.sqrt(-2 * np.log(rng.random(shape))) * np.cos(2 * np.pi * rng.random(shape)),
    ):
        assert drawn("normal", draw, shape) == []
    assert drawn("uniform", lambda rng, shape: bound * (2 * rng.random(shape, np.float32) - 1), shape) == []


def test_right_draws_never_fail():
    assert drawn("normal", lambda rng, shape: 0.5 * rng.normal(size=shape)) == []
    bound = 0.5 * math.sqrt(3)
    assert drawn("uniform", lambda rng, shape: rng.uniform(-bound, bound, size=shape)) == []
    assert drawn("normal", lambda rng, shape: 2 + 0.5 * rng.normal(size=shape), mean=2.0) == []


@pytest.mark.parametrize(
    ("family", "draw"),
    [
        ("normal", lambda rng, shape: rng.normal(size=shape)),
        ("normal", lambda rng, shape: 0.5 * rng.normal(size=shape) + 0.2),
        ("normal", lambda rng, shape: rng.uniform(-0.5 * math.sqrt(3), 0.5 * math.sqrt(3), size=shape)),
        ("uniform", lambda rng, shape: 0.5 * rng.normal(size=shape)),
        ("uniform", lambda rng, shape: rng.uniform(-0.5, 0.5, size=shape)),
        ("uniform", lambda rng, shape: rng.uniform(0, 1, size=shape)),
        ("normal", lambda rng, shape: 0.5 * rng.normal(size=shape[::-1])),
        ("normal", lambda rng, shape: np.full(shape, np.nan)),
        ("normal", lambda rng, shape: np.clip(0.5 * rng.normal(size=shape), -1, 1)),
        ("normal", lambda rng, shape: np.sort(0.5 * rng.normal(size=shape), axis=0)),
        ("normal", lambda rng, shape: np.sort(0.5 * rng.normal(size=shape), axis=1)),
        ("normal", lambda rng, shape: np.tile(0.5 * rng.normal(size=shape[1]), (shape[0], 1))),
        ("normal", lambda rng, shape: np.repeat(0.5 * rng.normal(size=(shape[0] // 2, shape[1])), 2, axis=0)),
        ("normal", lambda rng, shape: rng.permuted(np.tile(0.5 * rng.normal(size=(8, shape[1])), (10, 1)), axis=None)),
        ("normal", lambda rng, shape: mirrored(0.5 * rng.normal(size=shape))),
        ("normal", lambda rng, shape: rng.laplace(scale=0.5 / math.sqrt(2), size=shape)),
    ],
)
def test_wrong_draws_always_fail(family, draw):
    assert len(drawn(family, draw)) == 100


def test_two_draws_that_agree_too_often_fail():
    rng = np.random.default_rng(0)
    x = nonzero(rng, 50, 60)
    y1, y2 = (dropout_forward(x, 0.4, rng, training=True)[0] for _ in range(2))
    measure = IndependentMasks("y1", "y2")
    assert measure.judge({"y1": y1, "y2": y2}, {"drop": 0.4}) is None
    assert measure.judge({"y1": y1, "y2": y1}, {"drop": 0.4}) is not None


def test_layers_of_unit_variance_have_to_be_orthogonal_too():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 8))
    inputs = {"x": x, "dims": [8, 20], "activation": "tanh"}
    drawn = rng.normal(size=(8, 20))
    turned = np.linalg.qr(rng.normal(size=(20, 8)))[0].T
    assert UnitLayers(0.02).judge({"weights": [turned / (x @ turned).std()]}, inputs) is None
    found = UnitLayers(0.02).judge({"weights": [drawn / (x @ drawn).std()]}, inputs)
    assert "weight 0 is not orthogonal: its singular values go from" in found.text


def test_the_mask_of_the_way_back_is_that_of_the_way_forward():
    rng = np.random.default_rng(0)
    x, grad_y = nonzero(rng, 7, 9), nonzero(rng, 7, 9)
    y, cache = dropout_forward(x, 0.4, rng, training=True)
    inputs = {"x": x, "grad_y": grad_y}
    measure = SameMask()
    assert measure.judge({"y": y, "grad_x": dropout_backward(grad_y, cache)}, inputs) is None
    _, other = dropout_forward(x, 0.4, rng, training=True)
    for wrong in (
        dropout_backward(grad_y, other),
        grad_y,
        0 * grad_y,
        dropout_backward(grad_y, cache) * 0.6,
        grad_y[1:],
    ):
        assert measure.judge({"y": y, "grad_x": wrong}, inputs) is not None


def test_every_way_to_break_a_tie_is_accepted_but_not_all_at_once():
    x = np.array([[[[1.0, 1.0, 2.0, 0.0], [0.0, 1.0, 2.0, 2.0]]]])
    inputs = {"x": x, "grad_y": np.array([[[[3.0, 6.0]]]])}

    def judge(rows, dtype=np.float64):
        return AtMaxima((2, 2), (2, 2)).judge({"grad_x": np.array([[rows]], dtype)}, inputs)

    assert judge([[3, 0, 6, 0], [0, 0, 0, 0]]) is None
    assert judge([[0, 0, 0, 0], [0, 3, 0, 6]]) is None
    assert judge([[1, 1, 2, 0], [0, 1, 2, 2]]) is None
    assert judge([[3, 3, 6, 0], [0, 3, 6, 6]]) is not None
    assert judge([[0, 0, 6, 0], [3, 0, 0, 0]]) is not None
    assert judge([[0.9, 2.1, 6, 0], [0, 0, 0, 0]], np.float32) is None
    assert judge([[0.9, 2.1, 6.01, 0], [0, 0, 0, 0]], np.float32) is not None


def test_what_cannot_be_measured_is_a_problem_and_no_error():
    problem = SameMask().judge({"y": "words", "grad_x": [[1.0], [2.0, 3.0]]}, {"x": np.ones(2), "grad_y": np.ones(2)})
    assert problem.text == "y and grad_x cannot be measured: 'words', list of 2"


def test_a_typo_fails_where_it_is_written():
    with pytest.raises(TypeError):
        Dropout(scales=1.0)
    with pytest.raises(Fault, match="neither 'normal' nor 'uniform'"):
        Distribution((3, 4), "gaussian", 1.0)
