"""What an archive says of its entries: several may belong to one hand-in, and one to several students."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

from classroom.staff.collect.handover import Handover, Piece, local_moment, named_like


def test_one_entry_of_a_group_belongs_to_several():
    found = Handover()
    for student in ("anna", "ben"):
        found.add("group/small.ipynb", Piece({"student": student}, student, "small.ipynb"))
    assert [piece.called for piece in found.pieces["group/small.ipynb"]] == ["anna", "ben"]


def test_only_whole_names_match():
    pattern = re.compile(r"(?P<who>\w+)\.ipynb")
    names = ["anna.ipynb", "x/anna.ipynb", "anna.ipynb.bak", "ben.ipynb"]
    assert [(name, match["who"]) for name, match in named_like(pattern, names)] == [
        ("anna.ipynb", "anna"),
        ("ben.ipynb", "ben"),
    ]


def test_of_two_equal_times_in_autumn_the_first_is_meant():
    moment = local_moment(dt.datetime(2026, 10, 25, 2, 30), ZoneInfo("Europe/Berlin"))
    assert moment == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)
