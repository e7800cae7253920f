"""Brightspace's grade file: ids with a #, and a last column that says where a line ends."""

import re
from collections.abc import Sequence

from classroom.staff.export.grade_column import GradeColumn, number
from classroom.staff.export.layout import Layout, value_after
from classroom.staff.records.roster import Member
from classroom.staff.records.table import Table, made_table

_ITEM = re.compile(r"(?P<title>.*) Points Grade(?: <.*>)?")
_END = "End-of-Line Indicator"
_STUDENT = {"orgdefinedid", "username", "last name", "first name", "email", _END.casefold()}


def _item(header: str) -> str | None:
    match = _ITEM.fullmatch(header.strip())
    return match["title"] if match else None


def _make(columns: Sequence[GradeColumn], members: Sequence[Member]) -> Table:
    header = ["OrgDefinedId", "Username", *(f"{column.name} Points Grade" for column in columns), _END]
    rows = []
    for member in members:
        scores = [number(one.scores[member.student]) if member.student in one.scores else "" for one in columns]
        number_of, username = member.keys.get("number", ""), member.keys.get("username", "")
        rows.append([number_of and f"#{number_of}", username and f"#{username}", *scores, "#"])
    return made_table(header, rows)


LAYOUT = Layout(
    title="Brightspace",
    keys=(("number", ("OrgDefinedId",)), ("username", ("Username",)), ("email", ("Email",))),
    item=_item,
    kept=lambda table, place: table.header[place].strip().casefold() in _STUDENT,
    points=lambda table, place: value_after(table.header[place], "MaxPoints:"),
    make=_make,
    needs=("number", "username"),
)
