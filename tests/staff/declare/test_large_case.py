"""Finite differences are no backward pass: on many numbers they cost more than any way to write one down."""

import dataclasses
import time
from pathlib import Path

import numpy as np
import pytest
from declared import declared

from classroom.call.caller import CallError, LocalCaller, Run
from classroom.judge.budget import FREE, TimesForward
from classroom.judge.verdict import judge
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.exercise import Exercise
from classroom.staff.declare.large_case import KIND
from classroom.staff.declare.loader import declared_assignments
from solutions.linear import linear_backward, linear_forward

ROOT = Path(__file__).parents[3]
EXEMPT = {
    "my_parts": "each of 22 parts is worth a quarter of a point",
    "vanilla_dropout": "its forward pass draws, so it cannot be run again with another number",
    "dropout": "its forward pass draws, so it cannot be run again with another number",
    "concat_channels": "its gradients are parts of grad_y: there is nothing to differentiate",
    "hunt_maxpool_backward": "the code around the bug is given",
}


def differences(forward, dawdle=0.0):
    """A pair whose backward pass runs the forward pass twice for every number."""

    def keeping(*arguments):
        until = time.process_time() + dawdle
        while time.process_time() < until:
            pass
        return forward(*arguments)[0], arguments

    def backward(grad_y, cache):
        arguments, grads = [np.array(value) for value in cache], []
        for array in arguments:
            grad, flat = np.zeros(array.size), array.reshape(-1)
            for i in range(array.size):
                before = flat[i]
                flat[i] = before + 1e-5
                up = forward(*arguments)[0]
                flat[i] = before - 1e-5
                grad[i] = np.vdot(grad_y, up - forward(*arguments)[0]) / 2e-5
                flat[i] = before
            grads.append(grad.reshape(array.shape))
        return tuple(grads)

    return keeping, backward


def loops(grad_y, cache):
    """Every product by itself."""
    x, weight = cache[:2]
    x, weight, grad = x.tolist(), weight.tolist(), grad_y.tolist()
    grad_x, grad_weight = [[0.0] * len(weight) for _ in x], [[0.0] * len(weight[0]) for _ in weight]
    for n in range(len(x)):
        for i in range(len(weight)):
            for j in range(len(weight[0])):
                grad_x[n][i] += grad[n][j] * weight[i][j]
                grad_weight[i][j] += x[n][i] * grad[n][j]
    return np.array(grad_x), np.array(grad_weight), grad_y.sum(axis=0)


@pytest.fixture(scope="module")
def linear():
    exercise = declared("softmax").exercise("linear_backward")
    cases = [case for case in exercise.cases if isinstance(case.budget, TimesForward)]
    alone = dataclasses.replace(exercise, cases=cases, hidden=None, properties=(), mutants=(), terms=None)
    sheet = sheet_exercise(alone, "softmax")
    sheet.properties = []
    return sheet


def verdict(exercise, forward, backward):
    return judge(exercise, LocalCaller({"linear_forward": forward, "linear_backward": backward}, 10.0))


@pytest.mark.slow
@pytest.mark.parametrize("dawdle", [0.0, 0.3])
def test_finite_differences_earn_nothing_and_are_told(linear, dawdle):
    found = verdict(linear, *differences(linear_forward, dawdle))
    assert found.points == 0
    assert found.findings[0].stage == "slow" and "finite differences" in found.findings[0].text


def test_a_backward_pass_may_be_written_with_loops(linear):
    def keeping(x, weight, bias):
        return linear_forward(x, weight, bias)[0], (x, weight)

    assert verdict(linear, keeping, loops).points == 12


def test_a_backward_pass_that_is_wrong_on_many_numbers_alone_is_wrong(linear):
    def backward(grad_y, cache):
        grads = linear_backward(grad_y, cache)
        return grads if len(grad_y) < 1000 else tuple(0 * grad for grad in grads)

    assert verdict(linear, linear_forward, backward).points == 0


def test_every_class_has_numbers_of_its_own_so_that_none_can_be_kept():
    exercise = dataclasses.replace(declared("softmax").exercise("linear_backward"), properties=(), mutants=())
    classes = [sheet_exercise(exercise, "softmax", np.random.default_rng(seed)) for seed in (1, 2)]
    large = [case for sheet in classes for case in sheet.cases if isinstance(case.budget, TimesForward)]
    assert [(case.hidden, case.kind) for case in large] == 2 * [(False, KIND), (True, KIND)]
    sums = {case.expected["few_x"].tobytes() for case in large}
    assert len(sums) == 3 and {case.inputs["draw_x"].params["shape"] for case in large} == {(3000, 6)}


def test_the_forward_pass_is_measured_only_where_it_matters():
    budget, asked = TimesForward(turns=1000), []

    def forward(seconds):
        asked.append(seconds)
        return Run(cpu_seconds=seconds)

    quick = Run(cpu_seconds=FREE)
    assert budget.keep(quick, lambda: forward(0.0)) is quick and not asked
    assert budget.keep(Run(cpu_seconds=60.0), lambda: forward(0.0)).error.kind == "slow"
    assert budget.keep(Run(cpu_seconds=60.0), lambda: forward(59.0)).error.kind == "slow", "a forward pass may dawdle"
    crashed, endless = (Run(error=CallError(kind)) for kind in ("crashed", "timeout"))
    assert budget.keep(crashed) is crashed and budget.keep(endless).error.kind == "slow"


@pytest.mark.parametrize("name", declared_assignments(ROOT / "assignments"))
def test_every_backward_exercise_has_such_a_case(name):
    for exercise in declared(name).exercises:
        if isinstance(exercise, Exercise) and exercise.id not in EXEMPT:
            backward = [one for one in exercise.functions if one.endswith("_backward")]
            assert not backward or any(isinstance(case.budget, TimesForward) for case in exercise.cases), exercise.id
