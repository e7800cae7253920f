"""An edit, a substitute, and a question as they are declared."""

import numpy as np
import pytest
from bugs import LINEAR, plain_backward

from classroom.fault import Fault
from classroom.staff.declare.exercise import (
    edit,
)
from solutions.activation import relu_backward, relu_forward

pytestmark = pytest.mark.slow


def test_an_edit_changes_the_text_once():
    slip = edit(relu_backward, "x > 0", "x >= 0")
    _, cache = relu_forward(np.array([0.0]))
    assert slip(np.array([1.0]), cache) == 1
    assert slip.__name__ == "relu_backward"


@pytest.mark.parametrize(("old", "count"), [("no such text", 0), ("grad_y", 0)])
def test_an_edit_that_does_not_fit_once_says_so(old, count):
    with pytest.raises(Fault, match="needs once"):
        edit(relu_backward, old, "x")


def test_a_function_of_another_name_replaces_the_subject():
    assert LINEAR.replaced(plain_backward)["linear_backward"] is plain_backward
