"""What gives the same answers everywhere is told from what does not, however seldom."""

import dataclasses

import numpy as np
import pytest

from classroom.call.caller import LocalCaller
from classroom.staff.declare.exercise import Case, Distribution, Exercise, Generator, edit, sheet_exercise
from classroom.staff.mutation.differential import difference
from solutions.activation import leaky_relu_backward, leaky_relu_forward
from solutions.gradient_check import relative_error


def found(right, changed, *, inputs, calls, outputs=("y",), measure=None):
    """Compare two versions of the functions called, on variations of one case."""
    case = Case("a case", inputs, calls, outputs, measure=measure)
    exercise = Exercise("one", 1, right, [next(iter(right))], [case])
    cases = sheet_exercise(exercise, "none").cases
    callers = (LocalCaller(right), LocalCaller({**right, **changed}))
    return difference(cases, *callers, 1e-6, np.random.default_rng(0))


LEAKY = {
    "right": {"leaky_relu_forward": leaky_relu_forward},
    "inputs": {"x": np.array([-1.0, 2.0, 0.5]), "slope": 0.2},
    "calls": ["y, cache = leaky_relu_forward(x, slope=slope)"],
}


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("slope: float = 0.01", "slope: float = 0.1", "called 'y, cache = leaky_relu_forward(x)'"),
        ("np.where(x > 0, x, slope * x)", "np.maximum(x, slope * x)", "slope="),
        ("np.where(x > 0, x, slope * x)", "np.where(x > 0, x, slope * x) + 0 * x[1]", "cut to"),
        ("np.where(x > 0, x, slope * x)", "np.where(x < 1e3, np.where(x > 0, x, slope * x), 0)", "1000"),
    ],
)
def test_a_difference_is_found_where_it_shows(old, new, where):
    changed = edit(leaky_relu_forward, old, new)
    assert where in found(changed={"leaky_relu_forward": changed}, **LEAKY)


@pytest.mark.parametrize("asked", [True, False])
def test_a_dtype_is_a_difference_where_a_case_asks_for_it(asked):
    x = np.array([-1.0, 2.0, 0.5], np.float32 if asked else np.float64)
    changed = edit(leaky_relu_forward, "np.where(x > 0, x, slope * x)", "np.where(x > 0, x, slope * x).astype(float)")
    text = found(changed={"leaky_relu_forward": changed}, **LEAKY | {"inputs": {"x": x, "slope": 0.2}})
    assert text == ("'a case', as it is: y comes out in another dtype" if asked else "")


def test_a_dtype_of_a_plain_number_is_none():
    """The right version that is changed may return a number of numpy's; the check compares with the reference's."""
    inputs = {"x": np.ones(3, np.float32)}
    cases = [Case("a case", inputs, ["loss = total(x)"], ("loss",))]
    sheet = sheet_exercise(Exercise("one", 1, {"total": lambda x: float(x.sum())}, ["total"], cases), "none")
    narrow, wide = LocalCaller({"total": lambda x: x.sum()}), LocalCaller({"total": lambda x: np.float64(x.sum())})
    assert difference(sheet.cases, narrow, wide, 1e-6, np.random.default_rng(0)) == ""


def test_options_may_be_arrays_in_tuples():
    trial = {
        "right": {"f": lambda pair, x: pair[0] + x},
        "inputs": {"pair": (np.ones(3), np.ones(2)), "x": np.zeros(3)},
        "calls": ["y = f(pair, x)"],
    }
    assert found(changed={"f": lambda pair, x: x + pair[0]}, **trial) == ""


def test_the_same_function_written_otherwise_shows_none():
    changed = edit(leaky_relu_forward, "x > 0, x, slope * x", "x <= 0, x * slope, x")
    assert found(changed={"leaky_relu_forward": changed}, **LEAKY) == ""


def test_what_is_changed_in_place_is_a_difference():
    changed = edit(
        leaky_relu_forward, "np.where(x > 0, x, slope * x)", "np.multiply(x, np.where(x > 0, 1, slope), out=x)"
    )
    assert found(changed={"leaky_relu_forward": changed}, **LEAKY) == "'a case', as it is: x is changed in place"


def test_a_cache_that_is_spoiled_shows_in_a_second_call():
    def spoils(grad_y, cache):
        grad_x = leaky_relu_backward(grad_y, cache)
        cache[0][...] = 1
        return grad_x

    trial = {
        "right": {"leaky_relu_backward": leaky_relu_backward, "leaky_relu_forward": leaky_relu_forward},
        "inputs": {"x": np.array([[-1.0, 2.0, 0.5]]), "grad_y": np.array([[1.0, 2.0, 3.0]])},
        "calls": ["y, cache = leaky_relu_forward(x)", "grad_x = leaky_relu_backward(grad_y, cache)"],
        "outputs": ("grad_x",),
    }
    text = found(changed={"leaky_relu_backward": spoils}, **trial)
    assert "changed" in text or "twice" in text


ERROR = {
    "right": {"relative_error": relative_error},
    "inputs": {"a": np.array([1.0, 2.0]), "b": np.array([1.0, 3.0])},
    "calls": ["y = relative_error(a, b)"],
}


def test_arrays_without_entries_are_tried():
    changed = edit(relative_error, "if a.size == 0:", "if a.size == -1:")
    assert "cut to 0" in found(changed={"relative_error": changed}, **ERROR)


def test_what_the_right_code_refuses_says_nothing():
    unguarded = edit(relative_error, "if a.shape != b.shape:", "if False:")
    assert found(changed={"relative_error": unguarded}, **ERROR) == ""


def uniform(shape, rng):
    return rng.uniform(-1, 1, shape)


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        (lambda shape, rng: 2 * rng.random(shape) - 1, True),
        (lambda shape, rng: rng.uniform(-1, 1, shape[::-1]).T, True),
        (lambda shape, rng: rng.uniform(-1, 0.8, shape), False),
        (lambda shape, rng: rng.normal(0, 3**-0.5, shape), False),
    ],
)
def test_draws_differ_where_their_law_does(changed, same):
    trial = {
        "right": {"draw": uniform},
        "inputs": {"shape": (40, 30), "rng": Generator(1)},
        "calls": ["y = draw(shape, rng)"],
        "measure": Distribution((40, 30), "uniform", 3**-0.5, output="y"),
    }
    assert (found(changed={"draw": changed}, **trial) == "") == same


def test_large_cases_are_left_alone():
    case = Case("large", {"x": np.zeros(300_000)}, ["y = f(x)"], ("y",))
    exercise = Exercise("one", 1, {"f": np.abs}, ["f"], [case])
    cases = [dataclasses.replace(one) for one in sheet_exercise(exercise, "none").cases]
    callers = (LocalCaller({"f": np.abs}), LocalCaller({"f": np.sign}))
    assert difference(cases, *callers, 1e-6, np.random.default_rng(0)) == ""
