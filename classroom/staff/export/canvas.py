"""Canvas's gradebook: what is written is what its importer reads, and nothing else goes back."""

import re
from collections.abc import Sequence

from classroom.staff.export.grade_column import GradeColumn, number
from classroom.staff.export.layout import Layout
from classroom.staff.records.roster import Member
from classroom.staff.records.table import Table, made_table

_ITEM = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)")
_STUDENT = {"student", "lastname", "firstname", "id", "section"}
_POINTS = "    Points Possible"  # the four blanks are Canvas's own


def _item(header: str) -> str | None:
    match = _ITEM.fullmatch(header.strip())
    return match["title"] if match else None


def _kept(table: Table, place: int) -> bool:
    """Keep the columns that identify a student; a blank in a grade column would be taken for a change."""
    name = table.header[place].strip().casefold()
    return name in _STUDENT or name.startswith(("sis ", "integration id", "root account"))


def _points(table: Table, place: int) -> float | None:
    """Return the points of Canvas's own row: an import writes them into the assignment."""
    for row in table.rows[:3]:
        if row[0].strip() == "Points Possible":
            try:
                return float(row[place])
            except ValueError:
                return None
    return None


def _is_student(row: list[str]) -> bool:
    return row[0].strip() not in {"", "Points Possible", "Manual Posting"} and row[0] != "Student, Test"


def _locked(table: Table, row: list[str], place: int) -> str:
    held = row[place].strip().upper()
    return f"Canvas has {held} there" if held in {"EX", "N/A"} else ""


def _make(columns: Sequence[GradeColumn], members: Sequence[Member]) -> Table:
    """Make the smallest file that Canvas accepts; a column that it does not know becomes a new assignment."""
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(column.name for column in columns)]
    rows = [[_POINTS, "", "", "", "", *(number(column.points) for column in columns)]]
    for member in members:
        scores = [number(one.scores[member.student]) if member.student in one.scores else "" for one in columns]
        name = ", ".join(filter(None, (member.last_name, member.first_name)))
        rows.append([name, *(member.keys.get(kind, "") for kind in ("canvas", "sis", "login")), "", *scores])
    return made_table(header, rows)


LAYOUT = Layout(
    title="Canvas",
    keys=(
        ("canvas", ("ID",)),
        ("login", ("SIS Login ID",)),
        ("sis", ("SIS User ID",)),
    ),
    item=_item,
    kept=_kept,
    points=_points,
    is_student=_is_student,
    locked=_locked,
    make=_make,
    needs=("canvas", "sis", "login"),
)
