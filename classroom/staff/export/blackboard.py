"""Blackboard's grade center: only its own file can be filled: it knows a column by the number in the header."""

import re

from classroom.staff.export.layout import Layout, value_after

_ITEM = re.compile(r"(?P<title>.*?)(?: \[Total Pts: [^\]]*\])?(?: Score)? ?\|(?P<id>\d+)")
_STUDENT = {"last name", "first name", "username", "student id"}


def _item(header: str) -> str | None:
    match = _ITEM.fullmatch(header.strip())
    return match["title"] if match else None


LAYOUT = Layout(
    title="Blackboard",
    keys=(("username", ("Username",)), ("number", ("Student ID",)), ("login", ("Username",))),
    item=_item,
    kept=lambda table, place: table.header[place].strip().casefold() in _STUDENT,
    points=lambda table, place: value_after(table.header[place], "Total Pts:"),
)
