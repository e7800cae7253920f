"""The smallest case that fails, the tame ones first."""

import dataclasses

import numpy as np
from bugs import LINEAR, RELU, linear_case, plain_backward, visible

from classroom.call.caller import LocalCaller
from classroom.judge.failing_case import failing_case
from classroom.staff.declare.exercise import edit


def found(exercise, **functions):
    return failing_case(visible(exercise), LocalCaller({**exercise.functions, **functions}))


def test_the_smallest_case_that_fails_is_found_with_what_is_wrong_in_it():
    bias = edit(plain_backward, "grad_y.sum(axis=0)", "grad_y.sum(axis=0) * (1 if len(grad_y) < 7 else 2)")
    case = found(LINEAR, linear_backward=bias)
    assert len(case.case.inputs["x"]) == 7 and case.problem.startswith("grad_bias: relative error 1")


def test_a_crash_and_a_change_in_place_are_failures_too():
    def stops(grad_y, cache):
        raise ValueError("no")

    def changes(grad_y, cache):
        answer = grad_y * (cache[0] > 0)
        grad_y *= 0
        return answer

    assert found(RELU, relu_backward=stops).problem == "ValueError stops with: no"
    assert found(RELU, relu_backward=changes).problem == "grad_y changed in place"


def test_tame_numbers_come_before_a_smaller_case_of_huge_ones():
    huge = linear_case("huge", 1, 1, 1)
    huge = dataclasses.replace(huge, inputs={name: 1e6 * value for name, value in huge.inputs.items()})
    wrong = edit(plain_backward, "sum(axis=0)", "sum(axis=0) + 1")
    case = found(dataclasses.replace(LINEAR, cases=[huge, *LINEAR.cases]), linear_backward=wrong)
    assert max(np.abs(value).max() for value in case.case.inputs.values()) < 100


def test_the_lines_can_be_typed_again():
    case = found(RELU, relu_backward=lambda grad_y, cache: grad_y)
    lines = case.lines("relu_backward")
    assert lines[1:4] == [
        'x, grad_y = check.case("relu_backward")',
        "y, cache = relu_forward(x)",
        "grad_x = relu_backward(grad_y, cache)",
    ]
    assert lines[4].startswith("expected: grad_x = [")


def test_where_nothing_fails_that_is_said():
    assert found(LINEAR).problem == "" and found(LINEAR).lines("linear_backward")[0].startswith("no case of")
