"""Two layers whose calls are interleaved: a backward pass must look into its own cache."""

import numpy as np
import pytest
from bugs import linear_case
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Quiz
from classroom.staff.declare.interleaved_calls import interleaved

BACK = [
    (name, exercise.id)
    for name in ("neurons", "activations", "softmax", "convolution", "pooling", "normalization", "residual")
    for exercise in declared(name).exercises
    if not isinstance(exercise, Quiz) and any(function.endswith("_backward") for function in exercise.functions)
    if not exercise.id.startswith("hunt")
]


def test_both_go_forward_before_either_goes_back():
    case = interleaved("two", linear_case("a", 2, 1, 3), linear_case("b", 4, 3, 2))
    assert case.calls == [
        "y, cache = linear_forward(x, weight, bias)",
        "y2, cache2 = linear_forward(x2, weight2, bias2)",
        "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)",
        "grad_x2, grad_weight2, grad_bias2 = linear_backward(grad_y2, cache2)",
    ]
    assert case.outputs == ("grad_x", "grad_weight", "grad_bias", "grad_x2", "grad_weight2", "grad_bias2")
    assert case.part["grad_x2"] == "grad_x" and np.shape(case.inputs["x2"]) == (4, 3)


@pytest.mark.parametrize(("name", "identity"), BACK)
def test_no_option_is_the_same_in_both_layers(name, identity):
    for case in declared(name).exercise(identity).cases:
        for option, value in case.inputs.items():
            if case.name == "two layers in turn" and f"{option}2" in case.inputs and not np.ndim(value):
                assert value != case.inputs[f"{option}2"], option


@pytest.mark.parametrize(("name", "identity"), BACK)
def test_a_cache_kept_in_a_variable_of_the_notebook_loses_points(name, identity, full_sheets):
    exercise = declared(name).exercise(identity)
    functions, kept = dict(exercise.functions), {}
    for forward in [function for function in functions if function.endswith("_forward")]:
        backward = forward.replace("_forward", "_backward")
        true, back = functions[forward], functions[backward]

        def remember(*arguments, true=true, **options):
            y, kept["cache"], *running = true(*arguments, **options)
            return y, None, *running

        functions |= {forward: remember, backward: lambda grad_y, cache, back=back: back(grad_y, kept["cache"])}
    sheet = full_sheets(name).exercises[identity].visible()
    assert judge(sheet, LocalCaller(functions), told=False).points < exercise.points
