"""Brightspace's names: a folder for every attempt, with its time."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from classroom.staff.collect.brightspace import moment, read


def test_names_are_read_as_brightspace_writes_them():
    name = "55501-11 - Jane Doe - Oct 2, 2025 905 AM/answers/small.ipynb"
    found = read(dict.fromkeys([name, "index.html", "other.txt"]), "small", ZoneInfo("Europe/Berlin"))
    (piece,) = found.pieces[name]
    assert (piece.called, piece.file, piece.attempt[1]) == ("55501", "answers/small.ipynb", 11)
    assert piece.moment == dt.datetime(2025, 10, 2, 7, 5, tzinfo=dt.UTC)
    assert found.notes == {"index.html": "Brightspace's own list"} and len(found.pieces) == 1


def test_folders_of_one_number_are_attempts_in_the_order_of_their_times():
    """Between the hyphens stands a number of the submission, or of the assignment: then it is the same in all."""
    later, earlier = (f"55501-11 - Jane Doe - Oct {when}/small.ipynb" for when in ("3, 2025 905 AM", "2, 2025 1105 PM"))
    found = read(dict.fromkeys([later, earlier]), "small", dt.UTC)
    assert found.pieces[earlier][0].attempt < found.pieces[later][0].attempt


@pytest.mark.parametrize(
    ("text", "clock"), [("Oct 2, 2025 1230 AM", "00:30"), ("Oct 2, 2025 1205 PM", "12:05"), ("Feb 30, 2025 905 AM", "")]
)
def test_the_clock_has_twelve_hours(text, clock):
    found = moment(text, dt.UTC)
    assert (f"{found:%H:%M}" if found else "") == clock
