"""How a learning system's grade file is laid out, and how one that it exported is filled."""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

from classroom.fault import Fault
from classroom.staff.export.grade_column import GradeColumn, number
from classroom.staff.records.roster import Member, Roster
from classroom.staff.records.table import Table, disarmed


@dataclasses.dataclass(frozen=True)
class Layout:
    """One system's file.

    title : of the system
    keys : headers by which a row's student is known, and what each is in the roster, the surest first
    item : the title of the assignment that a header is about; None for columns about students
    kept : whether a column that is not filled goes back too
    points : the most points of a column as the file says; None where it does not
    is_student : whether a row is a student's
    locked : why the cell of a row must not be written; "" if it may
    make : a file for those who have none of the system's; None where the system takes only its own
    needs : names and numbers of a student, one of which such a file must have
    """

    title: str
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    item: Callable[[str], str | None]
    kept: Callable[[Table, int], bool]
    points: Callable[[Table, int], float | None]
    is_student: Callable[[list[str]], bool] = lambda row: True
    locked: Callable[[Table, list[str], int], str] = lambda table, row, place: ""
    make: Callable[[Sequence[GradeColumn], Sequence[Member]], Table] | None = None
    needs: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class GradeChange:
    """A cell of a grade file, before and after."""

    student: str
    column: str
    old: str
    new: str


@dataclasses.dataclass
class Filled:
    """A grade file with the class's grades in it.

    changes : cells that differ from the file as it was
    strangers : rows whose student is not known here; they stay as they are
    absent : students with grades who are not in the file
    kept : why a cell was left alone, by student
    """

    table: Table
    changes: list[GradeChange] = dataclasses.field(default_factory=list)
    strangers: list[str] = dataclasses.field(default_factory=list)
    absent: list[str] = dataclasses.field(default_factory=list)
    kept: dict[str, str] = dataclasses.field(default_factory=dict)


def fill(
    table: Table,
    layout: Layout,
    columns: Sequence[GradeColumn],
    roster: Roster,
    *,
    named: Mapping[str, str],
    scale: bool = False,
) -> Filled:
    """Fill a file that a learning system has exported; only the columns with grades go back.

    Parameters
    ----------
    table : as it was exported; it is changed
    layout : of the system
    columns : the grades
    roster : ties rows to students
    named : header in the file by name of the column, where it cannot be found by its title
    scale : bring the points to the most that the file says

    Raises
    ------
    Fault
        If a column is not in the file, or has other points there.
    """
    places = {column.name: _place(table, layout, column, named) for column in columns}
    factors = {column.name: _factor(table, layout, column, places[column.name], scale) for column in columns}
    filled, seen = Filled(table), set()
    for row in table.rows:
        if not layout.is_student(row):
            continue
        student = _student(table, layout, row, roster, columns)
        if not student:
            filled.strangers.append(" ".join(row[:2]).strip())
            continue
        seen.add(student)
        for column in columns:
            if student in column.scores:
                value = column.scores[student] * factors[column.name]
                _write(filled, layout, row, places[column.name], GradeChange(student, column.name, "", number(value)))
    everybody = {student for column in columns for student in column.scores}
    filled.absent = sorted(everybody - seen)
    keep = [place for place in range(len(table.header)) if place in places.values() or layout.kept(table, place)]
    table.header = [table.header[place] for place in keep]
    table.rows = [[disarmed(row[place]) for place in keep] for row in table.rows]
    return filled


def _place(table: Table, layout: Layout, column: GradeColumn, named: Mapping[str, str]) -> int:
    items = {place: item for place, header in enumerate(table.header) if (item := layout.item(header)) is not None}
    wanted = {named[column.name]} if column.name in named else set(column.titles)
    folded = {one.casefold() for one in wanted}
    found = [place for place, item in items.items() if {item.casefold(), table.header[place].casefold()} & folded]
    if len(found) == 1:
        return found[0]
    there = ", ".join(table.header[place] for place in items) or "no column for grades"
    what = "is there more than once" if found else "is not there"
    raise Fault(
        f"the column of {column.name} {what}: the file of {layout.title} has {there}; "
        f"say which it is with  --column '{column.name}=HEADER'"
    )


def _factor(table: Table, layout: Layout, column: GradeColumn, place: int, scale: bool) -> float:
    points = layout.points(table, place)
    if points is None or abs(points - column.points) < 0.005:
        return 1.0
    if not scale:
        raise Fault(
            f"{column.name} has {column.points:g} points here and {points:g} in {layout.title}: change one of them, "
            "or let the grades be brought to that with  --scale"
        )
    return points / column.points


def _student(table: Table, layout: Layout, row: list[str], roster: Roster, columns: Sequence[GradeColumn]) -> str:
    """Return the student of a row, by the roster or by the system's own id."""
    for kind, names in layout.keys:
        place = table.place(*names)
        value = row[place].strip().removeprefix("#") if place is not None else ""
        if not value:
            continue
        found, _ = roster.find({kind: value})
        if not found and any(value in column.scores for column in columns):
            found = value
        if found:
            return found
    return ""


def _write(filled: Filled, layout: Layout, row: list[str], place: int, change: GradeChange) -> None:
    old = row[place].strip()
    if why := layout.locked(filled.table, row, place):
        filled.kept[change.student] = why
        return
    decimal = "," if any(re.fullmatch(r"\d+,\d+", one[place].strip()) for one in filled.table.rows) else "."
    new = change.new.replace(".", decimal)
    if _same(old, change.new):
        return
    row[place] = new
    filled.changes.append(dataclasses.replace(change, old=old, new=new))


def _same(old: str, new: str) -> bool:
    try:
        return abs(float(old.replace(",", ".")) - float(new)) < 0.005
    except ValueError:
        return False


def value_after(text: str, mark: str) -> float | None:
    """Return the number that follows a mark in a header, as in ``[Total Pts: 120 Score]``; None without one."""
    _, found, rest = text.partition(mark)
    digits = rest.strip().split(" ")[0].rstrip("]>,").replace(",", ".")
    try:
        return float(digits) if found else None
    except ValueError:
        return None
