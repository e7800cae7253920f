"""Hints go by the part that fails, and end with the bug."""

import dataclasses

import pytest
from bugs import LINEAR, judged, plain_backward, visible

from classroom.judge.hint import ladder
from classroom.staff.declare.exercise import edit

HINTED = dataclasses.replace(
    LINEAR, hints=["Look at the shapes.", "grad_weight is x.T @ grad_y.", "grad_bias sums over the examples."]
)
SHEET = visible(HINTED)


@pytest.mark.parametrize(
    ("slip", "left"),
    [
        (("sum(axis=0)", "max(axis=0)"), [0, 2]),
        (("x.T @ grad_y", "x.T @ grad_y + 1"), [0, 1]),
        (("grad_y @ weight.T", "grad_y @ weight.T + 1"), [0]),
        (("grad_y @ weight.T", "grad_y @ weight"), [0, 1, 2]),
    ],
)
def test_a_hint_about_a_part_that_is_right_is_left_out(slip, left):
    verdict = judged(HINTED, linear_backward=edit(plain_backward, *slip))
    hints = [hint for hint in ladder(SHEET, verdict) if not hint.startswith("What is seen")]
    assert hints == [HINTED.hints[index] for index in left]


def test_the_last_one_names_the_bug():
    verdict = judged(HINTED, linear_backward=edit(plain_backward, "sum(axis=0)", "mean(axis=0)"))
    assert ladder(SHEET, verdict)[-1] == "The bug: The bias enters every example: sum, do not average."


def test_before_any_check_every_hint_may_help():
    assert ladder(SHEET, None) == list(HINTED.hints)


def test_what_is_changed_in_place_needs_no_hint_about_the_formula():
    def backward(grad_y, cache):
        answer = plain_backward(grad_y, cache)
        grad_y *= 0
        return answer

    (only,) = ladder(SHEET, judged(HINTED, linear_backward=backward))
    assert only.startswith("What is seen: grad_y is changed by your function. grad_y -= a")
