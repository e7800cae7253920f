"""A training step on parts that are handed in."""

import numpy as np
import pytest
from declared import asked_at_home
from given_network import given_parts

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from solutions.capstone import build_cnn, evaluate, my_parts, train_step

pytestmark = pytest.mark.slow


PARTS = given_parts()


def same(one, two):
    return all(
        a.keys() == b.keys() and all(np.array_equal(a[key], b[key]) for key in a) for a, b in zip(one, two, strict=True)
    )


def batch(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(8, 2, 6, 5)), rng.integers(3, size=8)


def test_own_parts_and_given_parts_train_alike():
    x, labels = batch()
    layers = build_cnn(["CONV", "BN", "RELU", "POOL", "DROPOUT", "SOFTMAX"], (2, 6, 5), 3, np.random.default_rng(1), 4)
    one, loss = train_step(layers, PARTS, x, labels, 0.1, np.random.default_rng(2))
    two, other = train_step(layers, my_parts(), x, labels, 0.1, np.random.default_rng(2))
    assert abs(loss - other) < 1e-12
    assert np.allclose(one[0]["weight"], two[0]["weight"]) and np.allclose(one[1]["mean"], two[1]["mean"])


def test_a_step_and_an_evaluation_leave_the_network_as_it_was():
    x, labels = batch()
    layers = build_cnn(["CONV", "BN", "RELU", "POOL", "SOFTMAX"], (2, 6, 5), 3, np.random.default_rng(1), 4)
    before = [{key: np.copy(value) for key, value in layer.items()} for layer in layers]
    stepped, _ = train_step(layers, PARTS, x, labels, 0.1, np.random.default_rng(2))
    evaluate(layers, PARTS, x, labels)
    assert same(layers, before) and not same([stepped[1] | {"state": 0}], [before[1] | {"state": 0}])


def test_an_image_is_judged_alike_in_every_batch():
    x, labels = batch()
    layers = build_cnn(["CONV", "BN", "RELU", "DROPOUT", "SOFTMAX"], (2, 6, 5), 3, np.random.default_rng(1), 4)
    for seed in range(5):
        layers, _ = train_step(layers, PARTS, x, labels, 0.1, np.random.default_rng(seed))
    alone = np.mean([evaluate(layers, PARTS, x[i : i + 1], labels[i : i + 1]) for i in range(8)])
    assert evaluate(layers, PARTS, x, labels) == alone


def test_a_step_on_arrays_in_another_order_of_memory_earns_full_points():
    """Other sums are rounded differently there, and nothing that is asked for may consist of rounding alone."""

    def turned(part):
        def called(*arguments, **options):
            y, *others = part(*arguments, **options)
            return np.asfortranarray(y), *others

        return called

    def step(layers, parts, x, labels, rate, rng):
        forwards = {name: turned(part) for name, part in parts.items() if name.endswith("_forward")}
        return train_step(layers, parts | forwards, x, labels, rate, rng)

    verdict = judge(asked_at_home("capstone", "train_step"), LocalCaller({"train_step": step}))
    assert verdict.outcome == "right", verdict.findings


def test_a_step_that_calls_parts_of_its_own_is_found_out():
    def step(layers, parts, *more):
        return train_step(layers, PARTS, *more)

    verdict = judge(asked_at_home("capstone", "train_step"), LocalCaller({"train_step": step}))
    assert verdict.points == 0 and verdict.findings[0].case == "another optimizer"
