"""After a tick: what was built, where it is used next, and where the lecture explains it."""

import pytest

from classroom.staff.declare.exercise import Exercise, load_assignment
from classroom.staff.declare.explanation import explanation


@pytest.mark.parametrize(
    ("assignment", "exercise", "said"),
    [
        (
            "activations",
            "tanh_forward",
            "you have built this: Squash into (-1, 1), zero-centred: y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)) · "
            "used next in tanh_backward · lecture 3, The component at work",
        ),
        ("softmax", "hunt_softmax", "lecture 4, Softmax"),
    ],
)
def test_one_line_says_it(assignment, exercise, said):
    made = load_assignment(assignment)
    assert explanation(made.exercise(exercise), made) == said


def test_what_no_later_exercise_uses_leads_to_a_lecture():
    made = load_assignment("initializers")
    assert "used next in lecture 9" in explanation(made.exercise("kaiming_normal"), made)


@pytest.mark.parametrize("name", ["neurons", "convolution", "normalization"])
def test_every_exercise_has_a_line(name):
    made = load_assignment(name)
    for exercise in made.exercises:
        if isinstance(exercise, Exercise):
            assert "lecture " in explanation(exercise, made), exercise.id
