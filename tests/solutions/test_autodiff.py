"""The tape: every operation, shared nodes, deep chains."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from solutions.autodiff import Value, tape_gradient, topological_order

UNARY = {"neg": torch.neg, "relu": torch.relu, "tanh": torch.tanh, "exp": torch.exp, "log": torch.log}
BINARY = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}


@pytest.mark.parametrize("op", UNARY)
@pytest.mark.parametrize("x", [0.3, 2.0])
def test_unary_operations_are_torch_s(op, x):
    value, grads = tape_gradient([[op, 0]], [x])
    twin = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    twin_y = UNARY[op](twin)
    twin_y.backward()
    assert value == pytest.approx(twin_y.item(), rel=1e-12)
    assert grads == pytest.approx([twin.grad.item()], rel=1e-12)


@pytest.mark.parametrize("op", BINARY)
def test_binary_operations_are_torch_s(op):
    value, grads = tape_gradient([[op, 0, 1]], [1.5, -0.7])
    twins = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in (1.5, -0.7)]
    twin_y = BINARY[op](*twins)
    twin_y.backward()
    assert value == pytest.approx(twin_y.item(), rel=1e-12)
    assert grads == pytest.approx([twin.grad.item() for twin in twins], rel=1e-12)


@st.composite
def programs(draw):
    """Random graphs with much sharing; tanh in between keeps the numbers small."""
    count = draw(st.integers(1, 3))
    program = []
    for size in range(count, count + draw(st.integers(1, 12))):
        op = draw(st.sampled_from(["add", "sub", "mul", "tanh", "neg"]))
        nodes = [draw(st.integers(0, size - 1)) for _ in range(2 if op in BINARY else 1)]
        program.append([op, *nodes])
    return program, [draw(st.floats(-1, 1)) for _ in range(count)]


@given(programs())
def test_random_graphs_are_torch_s(case):
    program, inputs = case
    program = [*program, ["tanh", len(inputs) + len(program) - 1]]
    value, grads = tape_gradient(program, inputs)
    nodes = leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    for op, *operands in program:
        nodes = [*nodes, (UNARY | BINARY)[op](*[nodes[i] for i in operands])]
    expected = torch.autograd.grad(nodes[-1], leaves, allow_unused=True)
    assert value == pytest.approx(nodes[-1].item(), rel=1e-10, abs=1e-12)
    assert grads == pytest.approx([0.0 if g is None else g.item() for g in expected], rel=1e-8, abs=1e-10)


def test_a_node_used_twice_receives_both_parts():
    value, grads = tape_gradient([["mul", 0, 0], ["add", 1, 0]], [3.0])
    assert (value, grads.tolist()) == (12.0, [7.0])


def test_a_diamond_needs_the_topological_order():
    x = Value(2.0)
    left = x * 3
    right = left * left
    result = left + right  # left is finished only after right has sent its part
    result.backward()
    assert x.grad == 3 + 2 * 6 * 3
    order = topological_order(result)
    assert order[-1] is result
    places = {id(node): place for place, node in enumerate(order)}
    assert all(places[id(p)] < places[id(node)] for node in order for p in node.parents)
    assert len(order) == len(places)


def test_a_chain_of_twenty_thousand_values():
    value, grads = tape_gradient([["add", 0, i] for i in range(20_000)], [1.0])
    assert (value, grads.tolist()) == (20_001.0, [20_001.0])


def test_backward_twice_gives_the_same():
    x = Value(2.0)
    y = x**3
    y.backward()
    y.backward()
    assert x.grad == 12.0


def test_plain_numbers_on_either_side():
    x = Value(4.0)
    y = (1 + x * 2 - 3) / 2 + (10 - 2 * x) + 8 / x - (-x)
    y.backward()
    assert y.data == 3 + 2 + 2 + 4
    assert x.grad == 1 - 2 - 0.5 + 1


@pytest.mark.parametrize(("exponent", "x"), [(2, -3.0), (0.5, 4.0), (-1, 2.0), (0, 0.0), (1, 0.0)])
def test_powers(exponent, x):
    value, grads = tape_gradient([["pow", 0, exponent]], [x])
    slope = exponent * x ** (exponent - 1) if exponent else 0.0
    assert (value, grads.tolist()) == (x**exponent, [slope])


def test_relu_at_zero_has_slope_zero():
    assert tape_gradient([["relu", 0]], [0.0])[1].tolist() == [0.0]


def test_the_last_input_is_the_result_of_an_empty_program():
    value, grads = tape_gradient([], [5.0, 6.0])
    assert (value, grads.tolist()) == (6.0, [0.0, 1.0])


def test_inputs_and_program_are_not_changed():
    program, inputs = [["mul", 0, 1]], [2.0, 3.0]
    tape_gradient(program, inputs)
    assert (program, inputs) == ([["mul", 0, 1]], [2.0, 3.0])
    assert isinstance(tape_gradient(program, inputs)[1], np.ndarray)


@pytest.mark.parametrize(
    ("program", "inputs", "message"),
    [
        ([["mod", 0, 0]], [1.0], "operation is 'mod', needs one of add"),
        ([["add", 0]], [1.0], "has 1 operands, add needs 2"),
        ([["add", 0, 1]], [1.0], "uses node 1, but only 0 to 0 exist"),
        ([["neg", -1]], [1.0], "uses node -1"),
        ([], [], "at least one node"),
        ([["log", 0]], [0.0], "log"),
        ([["exp", 0]], [1000.0], "above the largest float64"),
        ([["pow", 0, 0.5]], [-1.0], "not a real number"),
        ([["div", 0, 1]], [1.0, 0.0], "keep the base away from 0"),
    ],
)
def test_errors_name_the_rule(program, inputs, message):
    with pytest.raises(ValueError, match=message):
        tape_gradient(program, inputs)


def test_a_value_as_exponent_is_refused():
    with pytest.raises(ValueError, match="plain number"):
        Value(2.0) ** Value(3.0)


def test_repr_shows_value_and_gradient():
    x = Value(math.pi)
    x.backward()
    assert repr(x) == "Value(data=3.14159, grad=1)"
