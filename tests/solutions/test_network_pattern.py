"""Patterns written out and built."""

import numpy as np
import pytest

from solutions.network import Conv2d, build, expand_pattern
from solutions.network.pattern import POINTWISE

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("FC-SOFTMAX", "FC SOFTMAX"),
        ("[[CONV-RELU]*2-POOL]*2-[FC-RELU]*1-SOFTMAX", "CONV RELU CONV RELU POOL " * 2 + "FC RELU SOFTMAX"),
        ("[conv - relu]*3", "CONV RELU " * 3),
        ("[[FC]*2-[TANH]*2]", "FC FC TANH TANH"),
        ("[CONV]*0-FC-SOFTMAX", "FC SOFTMAX"),
        ("FC-[[RELU]*0-FC]*2-SOFTMAX", "FC FC FC SOFTMAX"),
        ("FC-[RELU]*0-SOFTMAX", "FC SOFTMAX"),
    ],
)
def test_patterns_written_out(pattern, words):
    assert expand_pattern(pattern) == words.split()


@pytest.mark.parametrize(
    "pattern", ["", "FC-", "[FC", "FC]", "FC*2", "[FC]*", "FC--RELU", "[[FC]*999]*999", "[]", "FC-[FC]*-1", "FC-2"]
)
def test_broken_patterns_are_refused(pattern):
    with pytest.raises(ValueError, match="pattern"):
        expand_pattern(pattern)


def test_build_makes_the_layers_that_the_pattern_names():
    net = build("INPUT-[[CONV-BN-RELU]*2-POOL]*2-[FC-RELU-DROPOUT]*1-SOFTMAX", (3, 12, 8), 7, RNG, channels=4, width=9)
    kinds = [type(layer).__name__ for layer in net.layers]
    block = ["Conv2d", "BatchNorm", "ReLU"]
    assert kinds == (2 * block + ["MaxPool2d"]) * 2 + ["Linear", "ReLU", "Dropout", "Linear"]
    filters = [layer.params["weight"].shape[:2] for layer in net.layers if isinstance(layer, Conv2d)]
    assert filters == [(4, 3), (4, 4), (8, 4), (8, 8)]
    assert net.output_shape((3, 12, 8)) == (7,)
    x = RNG.standard_normal((2, 3, 12, 8)).astype(np.float32)
    y = net.forward(x)
    assert (y.shape, y.dtype) == ((2, 7), np.float32)
    assert np.array_equal(net.forward(x), y)


@pytest.mark.parametrize("word", [*POINTWISE, "AVGPOOL", "BN", "PRELU", "POOL"])
def test_every_word_builds_a_layer_that_runs(word):
    net = build(f"CONV-{word}-SOFTMAX", (2, 4, 4), 3, RNG, channels=5)
    assert net.forward(np.ones((2, 2, 4, 4), np.float32)).shape == (2, 3)


def test_global_average_pooling_takes_any_resolution():
    net = build("CONV-RELU-POOL-CONV-RELU-GAP-SOFTMAX", (1, 8, 8), 3, RNG)
    assert net.forward(np.ones((1, 1, 12, 20), np.float32)).shape == (1, 3)


@pytest.mark.parametrize(
    ("pattern", "options", "message"),
    [
        ("CONV-FOO-SOFTMAX", {}, "word 'FOO' is unknown, use one of CONV"),
        ("SOFTMAX-FC", {}, "SOFTMAX in the middle"),
        ("CONV-SOFTMAX", {"kernel": 4}, "kernel is 4, needs an odd number"),
        ("[POOL]*4-SOFTMAX", {}, "kernel"),
        ("FC-CONV-SOFTMAX", {}, r"needs \(\d+, H, W\)"),
    ],
)
def test_errors_of_build_name_the_rule(pattern, options, message):
    with pytest.raises(ValueError, match=message):
        build(pattern, (1, 8, 8), 10, RNG, **options)
