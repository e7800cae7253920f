"""The recipe that trains a network, and the accuracy that full points ask for."""

import time

import numpy as np
import pytest
from declared import asked_at_home, declared
from given_network import given_parts

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.data import shapes
from classroom.judge.network_accuracy import accuracy
from classroom.judge.relation import Differ, Equal
from classroom.judge.verdict import judge
from solutions.capstone import build_cnn, my_parts, train_cnn

pytestmark = pytest.mark.slow


PARTS = given_parts()


def test_the_reference_reaches_full_points_in_a_third_of_the_time():
    train, test = shapes(600, seed=11), shapes(400, seed=12)
    began = time.process_time()
    layers = train_cnn(train.images, train.labels, PARTS, np.random.default_rng(0))
    assert time.process_time() - began < 20  # CPU seconds, of which the task allows 60
    assert accuracy(layers, test.images, test.labels) >= 0.93


def test_two_parts_of_one_s_own_earn_two_shares():
    sheet = asked_at_home("capstone", "my_parts")
    reference = my_parts()

    def only_relu():
        return {name: reference[name] for name in ("relu_forward", "relu_backward")}

    verdict = judge(sheet, LocalCaller({"my_parts": only_relu}))
    assert verdict.outcome == "wrong" and verdict.points == round(5 * 2 / 22, 2)
    assert [name for name, earned in verdict.parts.items() if earned] == ["relu_forward", "relu_backward"]


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

    exercise = declared("capstone").exercise("train_cnn")
    failed = []
    for item in exercise.properties:
        inputs = item.inputs(np.random.default_rng(1))
        if item.relation.judge(LocalCaller({"train_cnn": train}), parse(item.calls), inputs) is not None:
            failed.append(type(item.relation))
    assert failed == ([stage] if stage else [])
