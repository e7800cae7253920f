"""nbgrader's exchange: a folder for each hand-in, with its time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from classroom.staff.collect.exchange import read


@pytest.mark.parametrize(
    ("when", "moment"),
    [
        ("2026-03-02 11:30:00.123456 UTC", "2026-03-02T11:30:00"),
        ("2026-03-02 11:30:00 CEST", "2026-03-02T10:30:00"),  # in the zone of the course, which is in winter then
        ("2026-03-02 11:30:00 +0530", "2026-03-02T06:00:00"),
    ],
)
def test_student_and_time_stand_in_the_folders_name(when, moment):
    name = f"inbound/anna+small+{when}+x7f/answers/small.ipynb"
    (piece,) = read({name: None}, "small", ZoneInfo("Europe/Berlin")).pieces[name]
    assert (piece.called, piece.file) == ("anna", "answers/small.ipynb")
    assert piece.moment.replace(microsecond=0).isoformat() == f"{moment}+00:00"


def test_the_work_of_another_assignment_and_the_time_are_told():
    names = ["anna+large+2026-03-02 11:30:00 UTC/large.ipynb", "anna+small+2026-03-02 11:30:00 UTC/timestamp.txt"]
    found = read(dict.fromkeys(names), "small", dt.UTC)
    assert found.pieces == {}
    assert found.notes == {names[0]: "of another assignment, large", names[1]: "the time of a hand-in"}
