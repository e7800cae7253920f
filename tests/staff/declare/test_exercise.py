"""Declarations: what is computed from them, and the sentence for each that cannot work."""

import dataclasses

import numpy as np
import pytest
from bugs import LINEAR, RELU, linear_case, plain_backward

from classroom.fault import Fault
from classroom.judge.answer_sheet import SheetQuiz
from classroom.staff.declare.exercise import (
    Assignment,
    Case,
    Conserved,
    Equal,
    Exercise,
    Mutant,
    Property,
    Quiz,
    Terms,
    answer_sheet,
    edit,
    full_sheet,
    seed_of,
)
from solutions.activation import relu_backward, relu_forward
from solutions.fast import conv2d_forward

pytestmark = pytest.mark.slow


def sheet_of(exercise):
    return answer_sheet(Assignment("small", "Small", [exercise])).exercises[exercise.id]


def test_expected_outputs_come_from_the_reference():
    case = sheet_of(RELU).cases[0]
    assert np.array_equal(case.expected["grad_x"], case.inputs["grad_y"] * (case.inputs["x"] > 0))


def test_a_student_sheet_has_no_hidden_case_and_a_full_one_has():
    assert not any(case.hidden for case in sheet_of(LINEAR).cases)
    full = full_sheet(Assignment("small", "Small", [LINEAR]), "secret").exercises["linear_backward"]
    assert sum(case.hidden for case in full.cases) == 2
    assert [case.name for case in full.visible().cases] == ["tiny", "small", "large", "odd shapes", "float32"]
    assert len(full.visible().mutants[0].answers) == 5


def test_seeds_depend_on_secret_assignment_and_exercise():
    seeds = {seed_of(s, a, e) for s in ("one", "two") for a in ("a", "b") for e in ("x", "y")}
    assert len(seeds) == 8


DOUBLED = Property(
    Equal("again", "y"),
    title="relu twice is relu once",
    calls=["y, _ = relu_forward(x)", "again, _ = relu_forward(y)"],
    inputs=lambda rng: {"x": rng.normal(size=4)},
)


def test_a_hidden_property_draws_its_inputs_for_the_class():
    exercise = dataclasses.replace(RELU, properties=[DOUBLED], hidden_properties=[DOUBLED.drawn("other numbers")])
    inputs = []
    for secret in ("one", "two", "two"):
        full = full_sheet(Assignment("small", "Small", [exercise]), secret).exercises["relu_backward"]
        visible, hidden = full.properties
        assert (visible.hidden, hidden.hidden, hidden.kind) == (False, True, "other numbers")
        assert full.visible().properties == [visible]
        inputs += [visible.inputs["x"], hidden.inputs["x"]]
    assert np.array_equal(inputs[0], inputs[2]) and np.array_equal(inputs[3], inputs[5])
    assert not np.array_equal(inputs[0], inputs[1]) and not np.array_equal(inputs[1], inputs[3])


def test_a_property_without_inputs_of_its_own_cannot_be_hidden():
    fixed = Property(Equal("y", "x"), title="twice is once", calls=["y = f(x)"], inputs={"x": 1.0})
    with pytest.raises(Fault, match="'twice is once' draws nothing: make inputs= a function of an rng"):
        fixed.drawn("other numbers")


def test_an_edit_changes_the_text_once():
    slip = edit(relu_backward, "x > 0", "x >= 0")
    _, cache = relu_forward(np.array([0.0]))
    assert slip(np.array([1.0]), cache) == 1
    assert slip.__name__ == "relu_backward"


@pytest.mark.parametrize(("old", "count"), [("no such text", 0), ("grad_y", 0)])
def test_an_edit_that_does_not_fit_once_says_so(old, count):
    with pytest.raises(Fault, match="needs once"):
        edit(relu_backward, old, "x")


def conv_case(name="a", shape=(2, 3, 5, 6), **changes):
    inputs = {"x": np.ones(shape), "weight": np.ones((4, 3, 2, 3)), "bias": np.ones(4)}
    return Case(name, inputs, ["y, cache = conv2d_forward(x, weight, bias)"], ("y",), **changes)


def conv(case, **changes):
    return Exercise("conv", 1, {"conv2d_forward": conv2d_forward}, ("conv2d_forward",), [case], **changes)


def relu(**changes):
    return dataclasses.replace(RELU, **changes)


def with_grad(grad_y):
    return dataclasses.replace(RELU.cases[1], inputs={**RELU.cases[1].inputs, "grad_y": grad_y})


GIVEN = {"calls": RELU.cases[0].calls, "inputs": RELU.cases[0].inputs}
BAD = {
    "ones": (relu(cases=[with_grad(np.ones((2, 3)))]), "grad_y is the same number everywhere.*draw it at random"),
    "square": (conv(conv_case(shape=(2, 3, 5, 5))), "a square image or kernel.*choose another height"),
    "no such function": (
        relu(cases=[dataclasses.replace(RELU.cases[0], calls=["y = nobody(x)"])]),
        "calls nobody, add it to functions",
    ),
    "no such input": (
        relu(cases=[dataclasses.replace(RELU.cases[0], calls=["y, cache = relu_forward(z)"], outputs=("y",))]),
        "uses z, which is no input and no earlier target",
    ),
    "no such output": (relu(cases=[dataclasses.replace(RELU.cases[0], outputs=("z",))]), "the output z is given by no"),
    "a property about nothing": (
        relu(properties=[Property(Equal("y", "z"), calls=["y, cache = relu_forward(x)"], inputs={"x": 1.0})]),
        "is about z, which is neither a target of its calls nor an input",
    ),
    "parts": (relu(parts={"grad_y": 1}), "parts and the cases' parts differ in grad_x, grad_y"),
    "reference stops": (
        relu(functions={"relu_forward": relu_forward, "relu_backward": lambda g, c: 1 / 0}),
        "the reference stops in 'grad_x = relu_backward.*ZeroDivisionError",
    ),
    "reference changes": (
        relu(functions={"relu_forward": relu_forward, "relu_backward": lambda g, c: np.multiply(g, 2, out=g)}),
        "the reference changes grad_y in place",
    ),
    "strange mutant": (
        relu(mutants=[Mutant("m", {"sigmoid": relu_backward}, "s")]),
        "replaces sigmoid, which the exercise does not have",
    ),
    "mistyped mutant": (
        relu(mutants=[Mutant("m", edit(relu_backward, "x > 0", "xx > 0"), "s")]),
        "'m' is no bug but a typing error: name 'xx'",
    ),
    "false property": (
        relu(
            properties=[Property(Conserved("grad_x", "grad_y"), calls=RELU.cases[0].calls, inputs=RELU.cases[0].inputs)]
        ),
        "the reference does not have it",
    ),
    "property that stops": (
        relu(properties=[Property(Equal("y", "x"), calls=["y = relu_forward(x, 7)"], inputs={"x": 1.0})]),
        "the reference does not have it: y = relu_forward.* stops with TypeError",
    ),
    "false terms": (
        relu(terms=Terms("grad_x", lambda x, grad_y: {"all": grad_y}, {"all": "s"})),
        "the terms do not add up to grad_x",
    ),
    "a script that is none": (
        relu(cases=[dataclasses.replace(RELU.cases[0], calls=["y = x + 1"])]),
        "is not a call",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_declaration_is_an_error_that_says_what_to_do(name):
    exercise, said = BAD[name]
    with pytest.raises((Fault, ValueError), match=said):
        sheet_of(exercise)


def test_a_measure_or_a_relation_by_name_fails_where_it_is_written():
    with pytest.raises(Fault, match="measure='luck' is no measure"):
        dataclasses.replace(RELU.cases[0], measure="luck")
    with pytest.raises(Fault, match="'beauty' is no relation"):
        Property("beauty")


def test_an_identity_lets_pass_what_the_cases_let_pass():
    kept = Property(Equal("y", "x"), calls=["y, cache = relu_forward(x)"], inputs={"x": np.ones(3)})
    assert sheet_of(relu(properties=[kept], tolerance=1e-3)).properties[0].relation.limit == 1e-3


def test_a_square_image_is_allowed_where_the_case_says_so():
    assert sheet_of(conv(conv_case(shape=(2, 3, 5, 5), square=True))).cases


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        (lambda rng: [linear_case("nameless", 2, 3, 4)], "needs a kind"),
        (
            lambda rng: [dataclasses.replace(linear_case("odd", 2, 3, 4, "odd"), part="extra")],
            "occurs in hidden cases only",
        ),
    ],
)
def test_a_bad_hidden_case_is_an_error_that_says_what_to_do(hidden, said):
    exercise = dataclasses.replace(LINEAR, hidden=hidden, cases=[*LINEAR.cases, linear_case("odd", 3, 2, 4, "odd")])
    with pytest.raises(Fault, match=said):
        full_sheet(Assignment("small", "Small", [exercise]), "secret")


QUIZ = Quiz("quiz_1", 2, "Which?", {"a": "this", "b": "that"}, right="b", because={"a": "No.", "b": "Yes."})


def test_a_question_keeps_its_answer_as_a_hash():
    quiz = sheet_of(QUIZ).quiz
    assert quiz.hash_of_right == SheetQuiz.hash_of(quiz.salt, "b") != SheetQuiz.hash_of(quiz.salt, "a")


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"right": "c"}, "none of a, b"), ({"because": {"a": "No."}}, "no sentence for the choice 'b'")],
)
def test_a_bad_question_is_an_error(changes, said):
    with pytest.raises(Fault, match=said):
        sheet_of(dataclasses.replace(QUIZ, **changes))


def test_a_function_of_another_name_replaces_the_subject():
    assert LINEAR.replaced(plain_backward)["linear_backward"] is plain_backward
