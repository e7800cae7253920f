"""What is near to the course's own text is found for staff; what equals it, or is somebody's own, is not."""

import ast
import re
from pathlib import Path

import pytest

from classroom.judge.course_text import functions_of
from classroom.staff.declare.shipped import shipped_forms, shipped_statements
from classroom.staff.report.nearness import NEAR, near_course

SOURCE = Path(__file__).parents[3] / "assignments"
GIVEN = (SOURCE / "capstone/given_layers.py").read_text()
FUNCTIONS = dict(functions_of(ast.parse(GIVEN)))


def near(text):
    return near_course([("adam", text)], shipped_statements(SOURCE), shipped_forms(SOURCE))


def renamed(function):
    text = ast.unparse(FUNCTIONS[function])
    return re.sub(r"\b(given|result|inputs|first|second|count)\b", r"my_\1", text)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_one_statement_more_is_near_and_names_do_not_matter(function):
    lines = renamed(function).splitlines()
    (one,) = near("\n".join([*lines[:-1], "    more = 2 + 3 * 4", lines[-1]]))
    assert (one.exercise, one.function, one.course) == ("adam", function, f"given_layers.{function}")
    assert NEAR <= one.share < 1


def test_what_equals_it_has_been_told_already_and_what_is_another_text_is_not_near():
    assert near(renamed("adam")) == []
    own = """
def adam(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    if state is None:
        state = np.zeros_like(weight), np.zeros_like(weight), 0
    mean, square, step = state
    step += 1
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad**2
    mean_hat = mean / (1 - beta1**step)
    square_hat = square / (1 - beta2**step)
    return weight - rate * mean_hat / (np.sqrt(square_hat) + eps), (mean, square, step)
"""
    assert near(own) == []


@pytest.mark.parametrize("text", ["def f(:", "", "x = 1\x00", "(" * 5000])
def test_what_is_no_python_is_near_to_nothing(text):
    assert near(text) == []
