"""The reference of the capstone: modes, nothing changed in place, and the accuracy that full points ask for."""

import time

import numpy as np
import pytest
from given_network import given_parts

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.data import shapes
from classroom.judge.measure import NetworkAccuracy
from classroom.judge.network_accuracy import accuracy
from classroom.judge.relation import Differ, Equal
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Assignment, answer_sheet, load_assignment
from solutions.capstone import build_cnn, evaluate, my_parts, train_cnn, train_step

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


def test_the_reference_reaches_full_points_in_a_third_of_the_time():
    train, test = shapes(600, seed=11), shapes(400, seed=12)
    began = time.process_time()
    layers = train_cnn(train.images, train.labels, PARTS, np.random.default_rng(0))
    assert time.process_time() - began < 20  # CPU seconds, of which the task allows 60
    assert accuracy(layers, test.images, test.labels) >= 0.93


def test_a_network_between_two_thresholds_keeps_the_lower_part():
    layers = build_cnn(["SOFTMAX"], (3, 16, 16), 6, np.random.default_rng(0))
    thresholds = {"good": 0.0, "better": 0.9, "best": 0.95}
    problem = NetworkAccuracy(60, 3, np.arange(6), thresholds).judge({"layers": layers}, {})
    assert problem.parts == ("better", "best") and "90% are asked for" in problem.text


def test_what_is_no_network_costs_every_part():
    problem = NetworkAccuracy(6, 0, np.arange(6), {}).judge({"layers": 7}, {})
    assert problem.parts == () and "needs a list" in problem.text


def test_two_parts_of_one_s_own_earn_two_shares():
    exercise = load_assignment("capstone").exercise("my_parts")
    sheet = answer_sheet(Assignment("capstone", "Capstone", [exercise])).exercises["my_parts"]
    reference = my_parts()

    def only_relu():
        return {name: reference[name] for name in ("relu_forward", "relu_backward")}

    verdict = judge(sheet, LocalCaller({"my_parts": only_relu}))
    assert verdict.outcome == "wrong" and verdict.points == round(5 * 2 / 22, 2)
    assert [name for name, earned in verdict.parts.items() if earned] == ["relu_forward", "relu_backward"]


def sheet_of(identity):
    exercise = load_assignment("capstone").exercise(identity)
    return answer_sheet(Assignment("capstone", "Capstone", [exercise])).exercises[identity]


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

    verdict = judge(sheet_of("train_step"), LocalCaller({"train_step": step}))
    assert verdict.outcome == "right", verdict.findings


def test_a_step_that_calls_parts_of_its_own_is_found_out():
    def step(layers, parts, *more):
        return train_step(layers, PARTS, *more)

    verdict = judge(sheet_of("train_step"), LocalCaller({"train_step": step}))
    assert verdict.points == 0 and verdict.findings[0].case == "another optimizer"


@pytest.mark.parametrize("seed", [0, None])
def test_weights_from_anywhere_but_rng_are_found_out(seed):
    def wrong(words, shape, classes, rng, *more, **named):
        return build_cnn(words, shape, classes, np.random.default_rng(seed), *more, **named)

    verdict = judge(sheet_of("build_cnn"), LocalCaller({"build_cnn": wrong}))
    assert verdict.points == 0 and [finding.stage for finding in verdict.findings] == ["property"]


@pytest.mark.parametrize(
    ("generators", "stage"),
    [
        (lambda rng: rng, None),
        (lambda rng: np.random.default_rng(0), Differ),
        (lambda rng: np.random.default_rng(), Equal),
    ],
)
def test_training_that_cannot_be_repeated_or_ignores_its_generator_is_found_out(generators, stage):
    def train(images, labels, parts, rng):
        return build_cnn(["CONV", "RELU", "SOFTMAX"], images.shape[1:], 6, generators(rng), 2)

    exercise = load_assignment("capstone").exercise("train_cnn")
    failed = []
    for item in exercise.properties:
        inputs = item.inputs(np.random.default_rng(1))
        if item.relation.judge(LocalCaller({"train_cnn": train}), parse(item.calls), inputs) is not None:
            failed.append(type(item.relation))
    assert failed == ([stage] if stage else [])
