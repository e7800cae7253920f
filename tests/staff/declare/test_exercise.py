"""Declarations: what is computed from them, and the sentence for each that cannot work."""

import dataclasses

import numpy as np
import pytest
from bugs import RELU, conv, conv_case, sheet_of

from classroom.fault import Fault
from classroom.staff.declare.exercise import (
    Conserved,
    Equal,
    Mutant,
    Property,
    Terms,
    edit,
)
from solutions.activation import relu_backward, relu_forward

pytestmark = pytest.mark.slow


def relu(**changes):
    return dataclasses.replace(RELU, **changes)


def with_grad(grad_y):
    return dataclasses.replace(RELU.cases[1], inputs={**RELU.cases[1].inputs, "grad_y": grad_y})


BAD = {
    "ones": (relu(cases=[with_grad(np.ones((2, 3)))]), "grad_y is the same number everywhere.*draw it at random"),
    "square": (conv(conv_case(shape=(2, 3, 5, 5))), "a square image or kernel.*choose another height"),
    "no such function": (
        relu(cases=[dataclasses.replace(RELU.cases[0], calls=["y = nobody(x)"])]),
        "calls nobody, which is none of its functions: mend it, or add that function",
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
