"""Twins of wrong forward passes: their gradients are measured, and only where they say something new."""

import numpy as np
import pytest

from classroom.judge.sketch import distance, sketch
from classroom.staff.declare.exercise import Case, Exercise, Mutant, edit, sheet_exercise
from classroom.staff.declare.twin import slopes
from solutions.activation import tanh_backward, tanh_forward

X = np.random.default_rng(1).normal(size=(3, 4))
CALLS = ["y, cache = tanh_forward(x)", "grad_x = tanh_backward(grad_y, cache)"]


def plain(x):
    return np.tanh(x), np.tanh(x)


def exercise(asked, calls, outputs, mutants):
    cases = [
        Case(name, {"x": scale * X, "grad_y": X[::-1] + 0.1}, calls, outputs)
        for name, scale in (("small", 0.3), ("middle", 1.0), ("large", 2.0))
    ]
    functions = {"tanh_forward": tanh_forward, "tanh_backward": tanh_backward}
    return Exercise(asked, 4, functions, (asked,), cases, mutants=mutants)


FORWARD = exercise(
    "tanh_forward",
    CALLS[:1],
    ("y",),
    [
        Mutant("doubled", edit(plain, "return np.tanh(x)", "return np.tanh(2 * x)"), "It is of 2 x."),
        Mutant("in_place", edit(plain, "return np.tanh(x)", "return np.tanh(x, out=x)"), "It changes x."),
    ],
)
BACKWARD = exercise("tanh_backward", CALLS, ("grad_x",), [])


def test_gradients_are_found_by_their_names():
    (slope,) = slopes(sheet_exercise(BACKWARD, "small").cases[0])
    assert (slope.gradient, slope.argument, slope.result, slope.upstream) == ("grad_x", "x", "y", "grad_y")


def test_a_twin_has_the_gradient_of_the_mistake():
    sheet = sheet_exercise(BACKWARD, "small", siblings=[FORWARD, BACKWARD])
    (twin,) = sheet.mutants  # what is right but for its input has none
    assert twin.name == "doubled, both ways" and twin.tag == "twin"
    assert twin.sentence == "The gradient is that of a forward pass with this mistake: It is of 2 x."
    for case, answer in zip(sheet.cases, twin.answers, strict=True):
        x, grad_y = case.inputs["x"], case.inputs["grad_y"]
        assert distance(answer.sketches["grad_x"], sketch(2 * (1 - np.tanh(2 * x) ** 2) * grad_y)) <= 1


def test_at_a_kink_nothing_is_measured():
    def folded(x):
        return np.maximum(x, 0), None

    mutant = Mutant("folded", {"tanh_forward": folded}, "It is a relu.")
    forward = exercise("tanh_forward", CALLS[:1], ("y",), [mutant])
    backward = exercise("tanh_backward", CALLS, ("grad_x",), [])
    for case in backward.cases:
        case.inputs["x"][...] = np.where(np.abs(case.inputs["x"]) < 0.3, 0.0, case.inputs["x"])
    assert sheet_exercise(backward, "small", siblings=[forward]).mutants == []


@pytest.mark.parametrize("siblings", [[], [BACKWARD]])
def test_without_the_exercise_of_the_forward_pass_there_are_none(siblings):
    assert sheet_exercise(BACKWARD, "small", siblings=siblings).mutants == []
