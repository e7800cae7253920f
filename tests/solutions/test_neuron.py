"""Neurons: truth tables, regions of the plane, the worked network."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, probe

from solutions import neuron
from solutions.gradient_check import relative_error
from solutions.loss import mse_backward, mse_forward

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


def regular_polygon(sides, middle=(0.0, 0.0)):
    """Unit inner radius; normals point inwards."""
    angles = 2 * np.pi * np.arange(sides) / sides + 0.1
    normals = -np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return normals, 1 - normals @ np.array(middle)


@given(st.integers(3, 8), st.integers(0, 99))
def test_polygon_agrees_with_all_sides_one_by_one(sides, seed):
    x = np.random.default_rng(seed).uniform(-2, 2, (200, 2))
    normals, offsets = regular_polygon(sides)
    inside = neuron.halfplane_polygon(x, normals, offsets)
    assert inside.dtype == bool
    naive = [all(n @ point + o > 0 for n, o in zip(normals, offsets, strict=True)) for point in x]
    assert inside.tolist() == naive
    radius = np.hypot(*x.T)
    assert inside[radius < 1].all()
    assert not inside[radius > 1 / np.cos(np.pi / sides)].any()


def test_a_point_on_the_border_is_outside():
    square = np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]), np.ones(4)
    assert neuron.halfplane_polygon(np.array([[1.0, 0.0], [0.999, 0.0]]), *square).tolist() == [False, True]


def test_union_may_be_disconnected():
    x = np.random.default_rng(0).uniform(-4, 4, (500, 2))
    parts = [regular_polygon(3, (-2, 0)), regular_polygon(5, (2, 1))]
    separate = [neuron.halfplane_polygon(x, *part) for part in parts]
    assert not (separate[0] & separate[1]).any()
    assert np.array_equal(neuron.polygon_union(x, parts), separate[0] | separate[1])


def worked_example(rng, n=5, d=3, h=4, m=2):
    return [rng.standard_normal(shape) for shape in ((n, d), (d, h), (h,), (h, m), (m,))]


@given(*[st.integers(1, 4)] * 4, st.integers(0, 99))
def test_two_layer_pair_on_any_shape(n, d, h, m, seed):
    rng = np.random.default_rng(seed)
    probe(neuron.two_layer_forward, neuron.two_layer_backward, worked_example(rng, n, d, h, m), rng)


def test_two_layer_is_torch_s():
    rng = np.random.default_rng(0)
    args = worked_example(rng)
    y, cache = neuron.two_layer_forward(*args)
    x, w1, b1, w2, b2 = twins = [torch.tensor(arg, requires_grad=True) for arg in args]
    twin_y = torch.sigmoid(torch.sigmoid(x @ w1 + b1) @ w2 + b2)
    grad_y = rng.standard_normal(y.shape)
    twin_y.backward(torch.tensor(grad_y))
    assert_close(y, twin_y.detach())
    for ours, twin in zip(neuron.two_layer_backward(grad_y, cache), twins, strict=True):
        assert_close(ours, twin.grad)


def test_two_layer_gradients_are_the_slides_sums():
    rng = np.random.default_rng(3)
    x, w1, b1, w2, b2 = worked_example(rng, n=1)
    target = rng.random((1, 2))
    a, cache = neuron.two_layer_forward(x, w1, b1, w2, b2)
    _, loss_cache = mse_forward(a, target)
    _, grad_w1, _, grad_w2, _ = neuron.two_layer_backward(mse_backward(1.0, loss_cache), cache)
    u = [1 / (1 + math.exp(-(sum(x[0, j] * w1[j, h] for j in range(3)) + b1[h]))) for h in range(4)]
    eps_m = [(a[0, m] - target[0, m]) * a[0, m] * (1 - a[0, m]) for m in range(2)]
    eps_h = [sum(eps_m[m] * w2[h, m] for m in range(2)) * u[h] * (1 - u[h]) for h in range(4)]
    assert relative_error(grad_w2, np.array([[u[h] * eps_m[m] for m in range(2)] for h in range(4)])) < 1e-12
    assert relative_error(grad_w1, np.array([[x[0, j] * eps_h[h] for h in range(4)] for j in range(3)])) < 1e-12


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: neuron.neuron_forward(CORNERS, np.ones(3), 0.0), r"x \(4, 2\) and weight \(3,\) do not fit"),
        (lambda: neuron.neuron_forward(CORNERS, np.ones((2, 3)), np.zeros(2)), "one bias for each neuron"),
        (lambda: neuron.neuron_forward(CORNERS, np.ones(2), 0.0, activation="tan"), "activation is 'tan', needs one"),
        (lambda: neuron.logic_gate("xor"), "xor needs more than one neuron"),
        (lambda: neuron.xor_feature(np.zeros((2, 3))), "XOR has two inputs"),
        (lambda: neuron.xor_net(np.zeros((2, 3))), "do not fit"),
        (lambda: neuron.halfplane_polygon(CORNERS, np.ones((3, 2)), np.ones(2)), "one offset for each row"),
        (lambda: neuron.polygon_union(CORNERS, []), "needs at least one"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
