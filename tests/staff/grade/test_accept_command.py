"""`classroom accept`, typed: what it says, and what it refuses."""

import pytest
from small_course import answered, hand_in

from classroom.fault import Fault
from classroom.staff.grade.accept_command import accept
from classroom.staff.grade.accepted_text import accepted

pytestmark = pytest.mark.slow


def test_it_says_when_the_answer_counts_and_where_the_reason_stands(course, capsys):
    hand_in(course.root, "ada", answered())
    accept("ada", "small", "double", "she showed me her drafts", root=course.root)
    assert capsys.readouterr().out == (
        "double of ada counts from the next  classroom grade small  on; the log says why\n"
    )
    assert [*accepted(course, "small").values()] == [["double"]]


MISTAKES = {"no exercise 'triple'": ("ada", "triple"), "name the student": ("", "double"), "bob has": ("bob", "double")}


@pytest.mark.parametrize("fault", MISTAKES)
def test_a_mistake_accepts_nothing(course, fault):
    student, exercise = MISTAKES[fault]
    hand_in(course.root, "ada", answered())
    with pytest.raises(Fault, match=fault):
        accept(student, "small", exercise, "why not", root=course.root)
    assert accepted(course, "small") == {}
