"""Properties of a sheet: hidden ones draw their inputs for the class."""

import dataclasses

import numpy as np
import pytest
from bugs import RELU

from classroom.fault import Fault
from classroom.staff.declare.exercise import (
    Assignment,
    Equal,
    Property,
    full_sheet,
)

pytestmark = pytest.mark.slow


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
        visible, hidden = (one for one in full.properties if one.title == DOUBLED.title)
        assert (visible.hidden, hidden.hidden, hidden.kind) == (False, True, "other numbers")
        assert [one.title for one in full.visible().properties].count(DOUBLED.title) == 1
        inputs += [visible.inputs["x"], hidden.inputs["x"]]
    assert np.array_equal(inputs[0], inputs[2]) and np.array_equal(inputs[3], inputs[5])
    assert not np.array_equal(inputs[0], inputs[1]) and not np.array_equal(inputs[1], inputs[3])


def test_a_property_without_inputs_of_its_own_cannot_be_hidden():
    fixed = Property(Equal("y", "x"), title="twice is once", calls=["y = f(x)"], inputs={"x": 1.0})
    with pytest.raises(Fault, match="'twice is once' draws nothing: make inputs= a function of an rng"):
        fixed.drawn("other numbers")
