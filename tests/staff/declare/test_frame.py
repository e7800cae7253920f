"""What the frames of the declarations make of an exercise's function, and of what is written as text."""

from dataclasses import replace

import numpy as np
import pytest
from bugs import linear_case

from classroom.fault import Fault
from classroom.staff.declare.exercise import Conserved, Pair, PairGradient, Property, identity, with_interleaved
from classroom.staff.declare.frame import backward_of, described_mutants, exercise_of, hints_of
from solutions.activation import relu_backward, relu_forward
from solutions.linear import linear_backward, linear_forward


def relu_forward_kept(x):
    """Nothing changes, and negative
    entries stay.
    """
    return x, x


def linear_forward_by_einsum(x, weight, bias):
    return np.einsum("nd,dm->nm", x, weight) + bias, (x, weight)


def linear_backward_by_dot(grad_y, cache):
    x, weight = cache
    return np.dot(grad_y, weight.T), np.dot(x.T, grad_y), grad_y.sum(axis=0)


CASES = [linear_case("a", 2, 1, 3)]
GRADIENT = Property(PairGradient("linear_forward", "linear_backward"), inputs=CASES[0].inputs)
SHARES = Property(Conserved("grad_x", "x"), kind="shares", calls=CASES[0].calls, inputs=lambda rng: {})


def backward(**declared):
    return exercise_of(linear_backward, points=6, after=[linear_forward], cases=CASES, **declared)


def test_an_exercise_has_the_name_of_its_function_and_calls_what_comes_before_it():
    made = backward()
    assert (made.id, made.points, made.subject) == ("linear_backward", 6, ("linear_backward",))
    assert list(made.functions) == ["linear_forward", "linear_backward"]


def test_an_identity_is_asked_of_visible_and_of_hidden_inputs():
    made = backward(properties=[GRADIENT], identities=[SHARES])
    assert made.properties == [GRADIENT, SHARES] and made.hidden_properties == [SHARES]


def test_a_property_is_asked_again_under_the_kind_that_it_has_for_hidden_inputs():
    shares = Property(Conserved("x", "x"), hidden="shares", calls=CASES[0].calls, inputs=lambda rng: {})
    made = backward(properties=[shares, GRADIENT], hidden_properties=[SHARES])
    assert made.properties == [shares, GRADIENT]
    assert [item.kind for item in made.hidden_properties] == ["shares", "shares"]


def test_a_property_for_hidden_inputs_that_nothing_asks_is_refused():
    made = backward(properties=[replace(SHARES, hidden="shares")])
    with pytest.raises(Fault, match="linear_backward: the property '' is to be asked of hidden inputs too"):
        replace(made, hidden_properties=[])


def test_two_alternatives_of_one_name_are_refused():
    with pytest.raises(Fault, match="linear_backward: two alternatives are called linear_backward_by_dot"):
        backward(alternatives=[linear_backward_by_dot, linear_backward_by_dot])


def test_several_functions_are_asked_for_under_an_id():
    made = exercise_of([linear_forward, linear_backward], points=6, id="linear", cases=CASES)
    assert (made.id, made.subject) == ("linear", ("linear_forward", "linear_backward"))
    assert list(made.functions) == list(made.subject)


def test_an_alternative_replaces_the_function_or_all_of_them_and_has_their_names():
    one, both = backward(
        alternatives=[linear_backward_by_dot, (linear_forward_by_einsum, linear_backward_by_dot)]
    ).alternatives
    assert (one.name, one.functions) == ("linear_backward_by_dot", linear_backward_by_dot)
    assert both.name == "linear_forward_by_einsum, linear_backward_by_dot"
    assert both.functions == {"linear_forward": linear_forward_by_einsum, "linear_backward": linear_backward_by_dot}


def test_a_text_of_mutants_edits_the_reference():
    (mutant,) = backward(
        mutants="""
        mean: grad_y.sum(axis=0) => grad_y.mean(axis=0)
            A mean.
        """
    ).mutants
    assert mutant.name == "mean"
    grad_bias = mutant.functions(np.ones((4, 3)), linear_forward(np.ones((4, 2)), np.ones((2, 3)), np.ones(3))[1])[2]
    assert np.array_equal(grad_bias, np.ones(3))


def test_a_wrong_version_says_in_its_docstring_what_is_wrong():
    (mutant,) = described_mutants(relu_forward, relu_forward_kept)
    assert (mutant.name, mutant.sentence) == ("kept", "Nothing changes, and negative entries stay.")
    with pytest.raises(Fault, match=r"linear_forward_by_einsum: a wrong version of linear_forward .* docstring"):
        described_mutants(linear_forward, linear_forward_by_einsum)
    with pytest.raises(Fault, match=r"is called relu_forward_\.\.\."):
        described_mutants(relu_forward, linear_forward)


def test_a_line_is_a_hint_and_an_indented_one_continues_it():
    assert hints_of("\n    First.\n    Second, which\n        goes on.\n    ") == ["First.", "Second, which goes on."]
    assert hints_of("") == []


def test_a_backward_pass_is_asked_behind_its_forward_pass_and_for_its_slopes():
    inputs, more = {"x": np.ones((2, 3))}, identity("nothing", "y, cache = relu_forward(x)", "y == y", inputs={})
    relu = Pair(relu_forward, relu_backward)
    made = backward_of(relu, points=4, gradient=inputs, linear=True, properties=[more], cases=[])
    assert made.id == "relu_backward" and made.subject == ("relu_backward",)
    assert made.functions == relu.functions
    assert made.properties == [relu.gradient(inputs=inputs, linear=True), more]
    assert backward_of(relu, points=4, cases=[]).properties == []


def test_a_backward_pass_asks_two_of_its_cases_in_turn_where_they_are_named():
    pair, cases = Pair(linear_forward, linear_backward), [linear_case(name, 2, 1, 3) for name in "abc"]
    assert backward_of(pair, points=6, cases=cases).cases == cases
    *alone, both = backward_of(pair, points=6, cases=cases, interleaved=(0, 2)).cases
    assert alone == cases and both.calls == with_interleaved(cases, 0, 2)[-1].calls
