"""`classroom dates` and `classroom log`, typed: what they say, and what they refuse."""

import pytest

from classroom.fault import Fault
from classroom.staff.grade.dates_command import dates, log
from classroom.staff.records.dates import Dates

pytestmark = pytest.mark.slow


def test_what_is_set_is_shown_now_and_later_and_students_are_to_be_told(course, capsys):
    dates("small", late="1 point/day", extend=["ben=2 days"], root=course.root)
    said = capsys.readouterr().out
    assert "Late work loses 1 point for each day" in said and "ben has an extension: 2 days." in said
    assert "! what students have of small tells other dates: write it anew with  classroom release small" in said
    dates("small", root=course.root)
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("assignment", "extend", "fault"),
    [
        ("large", None, "there is no assignment 'large': there are small"),
        ("small", ["ben"], "--extend takes student=2 days, not 'ben'"),
        ("small", ["=2 days"], "--extend takes student=2 days"),
    ],
)
def test_a_mistake_sets_nothing(course, assignment, extend, fault):
    with pytest.raises(Fault, match=fault):
        dates(assignment, late="1 point/day", extend=extend, root=course.root)
    assert not (course.class_folder / "dates.json").exists()


def test_the_log_tells_what_concerns_a_student_and_says_when_there_is_nothing(course, capsys):
    dates("small", extend=["ben=2 days"], root=course.root)
    assert "ben" in capsys.readouterr().out and Dates.of(course).zone
    with pytest.raises(Fault, match="the log says nothing of anna"):
        log("anna", root=course.root)
