"""Identities written as equations: each form becomes the property it means, and any other line is refused."""

import numpy as np
import pytest

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.fault import Fault
from classroom.judge.relation import Equal
from classroom.staff.declare.identity import identity


def doubled(x):
    return 2 * x


def square(x):
    return x * x


X = np.array([1.0, -2.0, 3.0])


def judged(function, *lines, **options):
    made = identity("", *lines, inputs={"x": X}, **options)
    return made.relation.judge(LocalCaller({"f": function}), parse(made.calls), made.inputs)


def test_an_equation_of_names():
    made = identity("even", "y = f(x)", "z = f(-x)", "y == z", inputs={"x": X}, part="y", limit=1e-6)
    assert (made.relation, made.title, made.part) == (Equal("y", "z", limit=1e-6), "even", "y")
    assert (made.calls, made.inputs) == (["y = f(x)", "z = f(-x)"], {"x": X})


def test_a_factor_may_be_worked_out():
    made = identity("", "y = f(x)", "-0.5 * y + 2 * (3 - 1 / 4) * x - z == -7.5", inputs={"x": X})
    assert made.relation.terms == {"y": -0.5, "x": 5.5, "z": -1}
    assert made.relation.right == -7.5


@pytest.mark.parametrize(
    "equation",
    ["y - x == x", "-y + 2 * x == 0", "sum(y) == 4", "sum(y, 0) == 4", "sum(y * y) == sum(y * y)", "y != x"],
)
def test_what_holds_is_no_problem(equation):
    assert judged(doubled, "y = f(x)", equation, why="") is None


@pytest.mark.parametrize(
    "equation", ["y - x == x", "-y + 2 * x == 0", "sum(y) == 4", "sum(y * x) == sum(x * x)", "y == x"]
)
def test_what_does_not_hold_is_told(equation):
    assert judged(square, "y = f(x)", equation) is not None


@pytest.mark.parametrize(
    "equation",
    [
        "y",
        "y = x",
        "y < x",
        "y == x == z",
        "y * x == 0",
        "y + y == x",
        "y == x + z",
        "y != 0",
        "sum(y) == x",
        "sum(y, 0) == sum(x, 1)",
        "sum(y * x) == 3",
        "mean(y) == 3",
        "2 * y == 'x'",
    ],
)
def test_any_other_line_is_refused(equation):
    with pytest.raises(Fault, match="an identity ends in an equation"):
        identity("", "y = f(x)", equation, inputs={})
