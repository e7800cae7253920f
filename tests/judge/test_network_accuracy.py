"""What a trained network is worth, computed on the trusted side: right for networks, refused for anything else."""

import numpy as np
import pytest
from given_network import given_parts

from classroom.judge.network_accuracy import accuracy
from solutions.capstone import build_cnn, evaluate
from solutions.network import expand_pattern

PATTERN = "[CONV-BN-LRELU-POOL]*2-CONV-RELU-AVGPOOL-GAP-DROPOUT-FC-RELU-SOFTMAX"


@pytest.fixture
def network():
    rng = np.random.default_rng(3)
    layers = build_cnn(expand_pattern(PATTERN), (3, 17, 13), 4, rng, 4, 9)
    for layer in layers:
        layer |= {k: rng.uniform(0.5, 1.5, v.shape) for k, v in layer.items() if k != "weight" and np.ndim(v) == 1}
    return layers


def test_it_is_what_evaluate_finds(network):
    rng = np.random.default_rng(4)
    images, labels = rng.normal(size=(120, 3, 17, 13)), rng.integers(4, size=120)
    assert accuracy(network, images, labels) == evaluate(network, given_parts(), images, labels)


def without_bias(layers):
    del layers[0]["bias"]


def of_words(layers):
    layers[0]["weight"] = np.array(["a"])


def too_wide(layers):
    layers[0] |= {"weight": np.zeros((200_000, 3, 3, 3)), "bias": np.zeros(200_000)}


def swollen(layers):
    layers[-1] |= {"weight": np.zeros((len(layers[-1]["weight"]), 200_000)), "bias": np.zeros(200_000)}


def of_many_texts(layers):
    layers[0]["weight"] = ["a" * 1_000_000, *[""] * 5_000]


def not_fitting(layers):
    layers[1]["scale"] = np.ones(5)


def unknown(layers):
    layers[2]["kind"] = "MAGIC"


def not_finite(layers):
    layers[-1]["bias"] = np.full(4, np.nan)


def too_deep(layers):
    layers[2:2] = [{"kind": "RELU"}] * 200


def pooled_away(layers):
    layers[2:2] = [{"kind": "POOL"}] * 9


@pytest.mark.parametrize(
    "spoil",
    [
        without_bias,
        of_words,
        of_many_texts,
        too_wide,
        swollen,
        not_fitting,
        unknown,
        not_finite,
        too_deep,
        pooled_away,
        list.clear,
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(spoil, network):
    spoil(network)
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        accuracy(network, np.zeros((2, 3, 17, 13)), np.zeros(2, int))


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (lambda layers: (layers, 0.3), "layer 0 is list of 16, needs a dict: are the layers all that is returned"),
        (lambda layers: [*layers[:-1], {"kind": "SOFTMAX"}], "layer 15 has the kind 'SOFTMAX', needs one of CONV, FC"),
        (lambda layers: [*layers[:-1], layers[-1] | {"bias": np.full(4, np.inf)}], "the loss grew .* lower the rate"),
        (lambda layers: layers[:8], "needs one number for each image and class"),
    ],
)
def test_what_students_return_at_midnight_is_told_to_them(network, returned, told):
    with pytest.raises(ValueError, match=told):
        accuracy(returned(network), np.zeros((2, 3, 17, 13)), np.zeros(2, int))
