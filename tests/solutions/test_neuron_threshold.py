"""Neurons that fire or not: their sums, truth tables, and XOR."""

import math

import numpy as np
import pytest
from probe import assert_close

from solutions import neuron

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


@pytest.mark.parametrize(("name", "table"), [("and", [0, 0, 0, 1]), ("or", [0, 1, 1, 1])])
def test_truth_table_of_a_gate(name, table):
    assert neuron.neuron_forward(CORNERS, *neuron.logic_gate(name)).tolist() == table


def test_not_has_one_input():
    assert neuron.neuron_forward(np.array([[0.0], [1.0]]), *neuron.logic_gate("not")).tolist() == [1, 0]


@pytest.mark.parametrize("xor", [neuron.xor_net, neuron.xor_difference, neuron.xor_feature])
def test_three_ways_to_xor(xor):
    before = CORNERS.copy()
    assert xor(CORNERS).tolist() == [0, 1, 1, 0]
    assert xor(CORNERS[::-1]).tolist() == [0, 1, 1, 0]
    assert np.array_equal(CORNERS, before)


def test_one_neuron_gets_three_of_four_xor_right_at_best():
    grid = np.linspace(-2, 2, 41)
    w1, w2, b = np.meshgrid(grid, grid, grid, indexing="ij")
    right = sum(((w1 * x1 + w2 * x2 + b > 0) == (x1 != x2)).astype(int) for x1, x2 in CORNERS)
    assert right.max() == 3


@pytest.mark.parametrize(
    ("activation", "formula"),
    [
        ("step", lambda z: float(z > 0)),
        ("sign", lambda z: 1.0 if z > 0 else -1.0),
        ("sigmoid", lambda z: 1 / (1 + math.exp(-z))),
        ("relu", lambda z: max(z, 0.0)),
        ("identity", lambda z: z),
    ],
)
def test_a_neuron_is_a_weighted_sum_and_a_function(activation, formula):
    rng = np.random.default_rng(0)
    x, weight, bias = rng.standard_normal((7, 3)), rng.standard_normal(3), 0.3
    y = neuron.neuron_forward(x, weight, bias, activation=activation)
    naive = [formula(sum(x[n, d] * weight[d] for d in range(3)) + bias) for n in range(7)]
    assert_close(y, naive)
    layer = neuron.neuron_forward(x, np.stack([weight, -weight], 1), np.array([bias, 0.0]), activation=activation)
    assert_close(layer[:, 0], naive)


def test_a_sum_of_zero_does_not_fire():
    zero = np.zeros((1, 2))
    assert neuron.neuron_forward(zero, np.ones(2), 0.0).item() == 0
    assert neuron.neuron_forward(zero, np.ones(2), 0.0, activation="sign").item() == -1
