"""Mutants written as text: each entry becomes one edit of the reference, and a bad entry is refused by name."""

import numpy as np
import pytest

from classroom.fault import Fault
from classroom.staff.declare.textual_mutants import textual_mutants
from solutions.activation import relu_backward, relu_forward

pytestmark = pytest.mark.slow


def test_an_entry_is_a_name_an_edit_and_a_sentence():
    (mutant,) = textual_mutants(
        relu_backward,
        """
        sign_at_zero: (x > 0) => (x >= 0)
            At x = 0 you pass
            the gradient on.
        """,
    )
    assert (mutant.name, mutant.sentence, mutant.tag) == (
        "sign_at_zero",
        "At x = 0 you pass the gradient on.",
        "visible",
    )
    assert mutant.functions(np.array([5.0]), (np.array([0.0]),)) == 5.0


def test_long_replacement_and_line_breaks():
    first, second = textual_mutants(
        relu_forward,
        r"""
        double_precision: return np.maximum(x, 0)
            => y = x.astype(float)\n    return np.maximum(y, 0)
            You return float64.
        absolute: np.maximum(x, 0) => np.abs(x)
            Negative inputs come out positive.
        """,
    )
    assert (first.name, second.name) == ("double_precision", "absolute")
    assert first.functions(np.float32([1]))[0].dtype == np.float64


def test_a_slip_in_two_places():
    (mutant,) = textual_mutants(
        relu_backward,
        """
        doubled_and_turned: grad_y *
            => 2 * grad_y *
            and (x > 0) => (x < 0)
            Two things
            are wrong.
        """,
    )
    assert mutant.sentence == "Two things are wrong."
    assert mutant.functions(np.array([5.0]), (np.array([-1.0]),)) == 10.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("zeros: grad_y * (x > 0) => 0 * grad_y", "sentence"),
        ("zeros: grad_y * (x > 0)\n    You return zeros.", "old => new"),
        ("zeros: grad_y * (x > 0) => 0 * grad_y\n    and x\n    => y\n    and z => z", "sentence"),
        ("zeros: nowhere => 0\n    You return zeros.", "occurs 0 times, needs once: copy it from the reference"),
    ],
)
def test_a_bad_entry_is_refused(text, says):
    with pytest.raises(Fault, match=says):
        textual_mutants(relu_backward, text)
