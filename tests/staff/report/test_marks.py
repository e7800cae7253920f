"""Marks as the gradebook holds them: each cell's, their sum, and what lateness takes off."""

import pytest
import small_course
from small_course import CHECKS

from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.report.marks import read_marks, read_students

pytestmark = pytest.mark.slow


@pytest.fixture
def graded(course):
    gradebook = Gradebook(course, small_course.exam_of(course.root))
    scores = {"double": 2.0, "relu_backward": 1.5, "quiz_1": 0.0, "explain": None}
    gradebook.record("anna", {"scores": scores, "comments": {}}, None)
    gradebook.close()
    return course


def test_each_cell_has_its_mark_and_what_waits_for_a_person(graded):
    (anna,) = read_marks(graded, "small").values()
    assert {cell: mark.points for cell, mark in anna.marks.items()} == {
        **{name: points for name, (_, points) in CHECKS.items()},
        "explain": 3,
    }
    assert [cell for cell, mark in anna.marks.items() if mark.waiting] == ["explain"]
    assert (anna.earned, anna.score, anna.points) == (3.5, 3.5, 10)


def test_students_can_be_chosen(graded):
    assert list(read_marks(graded, "small", ["anna"])) == ["anna"] and read_marks(graded, "small", ["ben"]) == {}
    assert list(read_students(graded)) == ["anna"]


def test_an_assignment_without_marks_has_none(course):
    assert read_marks(course, "small") == {}
