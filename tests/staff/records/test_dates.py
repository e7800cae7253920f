"""What an instructor has said about time: kept in a file, of an assignment before that of the course."""

import datetime as dt

import pytest

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.dates import Dates


@pytest.fixture
def course(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    return Folders.of(tmp_path)


def test_nothing_is_said_at_first(course):
    dates = Dates.of(course)
    assert (dates.due("small"), dates.late_rule("small"), dates.policy("small")) == (None, None, "last")
    assert (str(dates.zone), dates.late_days, dates.extensions("small")) == ("UTC", 0, {})


def test_all_that_was_said_is_there_the_next_time(course):
    dates = Dates.of(course)
    dates.set_zone("Europe/Berlin")
    dates.set_late_days(3)
    dates.set_due("small", "2026-03-02")
    dates.set_late(None, "10 %/day")
    dates.set_late("small", "none")
    dates.set_policy(None, "best")
    dates.extend("small", "anna", "2 days")
    dates.extend("small", "ben", "2026-03-04 12:00")
    dates.save()
    again = Dates.of(course)
    assert again.due("small") == dt.datetime(2026, 3, 2, 22, 59, tzinfo=dt.UTC)
    assert (str(again.zone), again.late_days) == ("Europe/Berlin", 3)
    assert (again.late_text("small"), again.late_text("other")) == ("none", "10 %/day")
    assert (again.policy("small"), again.policy("other")) == ("best", "best")
    due = again.due("small")
    assert again.longer("small", "anna", due) == dt.timedelta(days=2)
    assert again.longer("small", "ben", due) == dt.timedelta(hours=36, minutes=1)
    assert again.longer("small", "eva", due) is None


def test_a_deadline_can_be_taken_away(course):
    dates = Dates.of(course)
    dates.set_due("small", "2026-03-02")
    assert dates.set_due("small", "none") is None and dates.due("small") is None


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda dates: dates.set_zone("Mars"), "there is no time zone 'Mars'"),
        (lambda dates: dates.set_policy(None, "worst"), "no rule for attempts: write one of last, best"),
        (lambda dates: dates.extend("small", "anna", "a while"), "is no extension: write  2 days"),
        (lambda dates: dates.set_late(None, "some"), "a late rule has parts"),
    ],
)
def test_what_is_not_understood_is_one_sentence(course, act, fault):
    with pytest.raises(Fault, match=fault):
        act(Dates.of(course))


def test_a_file_that_somebody_broke_is_one_sentence(course):
    course.class_folder.mkdir(exist_ok=True)
    (course.class_folder / "dates.json").write_text("{")
    with pytest.raises(Fault, match="is not JSON"):
        Dates.of(course)
