"""Blackboard's names: whose a file is, when it came, and what is no work."""

import datetime as dt
from zoneinfo import ZoneInfo

from classroom.staff.collect.blackboard import read

NAMES = (
    "Homework_jdoe_attempt_2025-10-02-09-05-33_small.ipynb",
    "Homework_jdoe_attempt_2025-10-02-09-05-33.txt",
    "small_jane_doe_attempt_2025-13-40-09-05-33_a.ipynb",
    "readme.md",
)


def test_names_are_read_as_blackboard_writes_them():
    found = read(dict.fromkeys(NAMES), "small", ZoneInfo("Europe/Berlin"))
    assert sorted(found.pieces) == [NAMES[0], NAMES[2]] and list(found.notes) == [NAMES[1]]
    (piece,) = found.pieces[NAMES[0]]
    assert (piece.called, piece.file, piece.origin) == ("jdoe", "small.ipynb", NAMES[0])
    assert piece.moment == dt.datetime(2025, 10, 2, 7, 5, 33, tzinfo=dt.UTC)


def test_the_assignments_name_may_hold_the_users_and_a_time_may_be_none():
    (piece,) = read(dict.fromkeys(NAMES), "small", dt.UTC).pieces[NAMES[2]]
    assert (piece.called, piece.moment) == ("jane_doe", None)
