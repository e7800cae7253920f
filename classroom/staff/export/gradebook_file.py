"""Grades for a learning system: its own file, filled in, or a safe new one; always written under class/."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.export import blackboard, brightspace, canvas, grade_list, moodle
from classroom.staff.export.grade_column import GradeColumn, read_columns
from classroom.staff.export.layout import Filled, GradeChange, Layout, fill
from classroom.staff.folders import Folders
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.roster import Roster
from classroom.staff.records.table import read_table

LAYOUTS: dict[str, Layout] = {
    "canvas": canvas.LAYOUT,
    "moodle": moodle.LAYOUT,
    "brightspace": brightspace.LAYOUT,
    "blackboard": blackboard.LAYOUT,
}


@dataclasses.dataclass
class Exported:
    """What was written, or would be.

    waiting : students who wait for a person's grade, by assignment
    """

    path: Path
    filled: Filled
    waiting: Mapping[str, int]
    written: bool


def export_grades(
    course: Folders,
    system: str,
    names: Sequence[str] = (),
    *,
    into: Path | None = None,
    named: Mapping[str, str] | None = None,
    exercises: bool = False,
    scale: bool = False,
    dry_run: bool = False,
) -> Exported:
    """Write the grades of a class for a learning system.

    Parameters
    ----------
    course : the course
    system : one of `LAYOUTS`, or "csv"
    names : assignments; none means all that are graded
    into : the file that the system exported, to be filled; it is only read
    named : header in that file by name of the assignment
    exercises : a column for each exercise too
    scale : bring points to the most that the file says
    dry_run : write nothing

    Raises
    ------
    Fault
        If the file does not fit, or the system takes only its own.
    """
    if system != "csv" and system not in LAYOUTS:
        raise Fault(f"{system!r} is no system that is written for: take one of {', '.join([*LAYOUTS, 'csv'])}")
    columns, waiting = read_columns(course, names, exercises=exercises)
    roster = Roster.of(course)
    if into is not None:
        filled = _filled(system, into, columns, roster, named or {}, scale)
    else:
        filled = _made(system, columns, roster)
    what = "-".join(names) if names else "all"
    path = course.class_folder / "grades" / f"{system}-{what}.csv"
    if not dry_run:
        write_whole(path, filled.table.to_bytes(), 0o600)
        log = AuditLog(course, f"classroom grades --to {system}")
        log.write("exported", to=system, file=path.name, assignments=[column.name for column in columns])
        for change in filled.changes:
            log.write(
                "exported", assignment=change.column, student=change.student, to=system, old=change.old, new=change.new
            )
    return Exported(path, filled, waiting, not dry_run)


def _filled(
    system: str, into: Path, columns: Sequence[GradeColumn], roster: Roster, named: Mapping[str, str], scale: bool
) -> Filled:
    if system == "csv":
        raise Fault("--into is for a file of Canvas, Moodle, Brightspace or Blackboard: leave it out for csv")
    table = read_table(into)
    if system == "moodle":
        if len(columns) > 1:
            raise Fault("Moodle's worksheet is that of one assignment: name it, without --exercises")
        named = {columns[0].name: "grade", **named}
    return fill(table, LAYOUTS[system], columns, roster, named=named, scale=scale)


def _made(system: str, columns: Sequence[GradeColumn], roster: Roster) -> Filled:
    """Make a new file, and note the students whose number the system would not know."""
    graded = {student for column in columns for student in column.scores}
    if system == "csv":
        return Filled(grade_list.make(columns, roster), _all_new(columns, graded))
    layout = LAYOUTS[system]
    if layout.make is None:
        raise Fault(f"{layout.title} takes only a file of its own: download its grades and give that with  --into FILE")
    members = [one for one in roster if one.student in graded and any(one.keys.get(kind) for kind in layout.needs)]
    if not members:
        raise Fault(
            f"nobody's {', '.join(layout.needs)} is known, without which {layout.title} cannot tell whose grade it is: "
            "read the class with  classroom roster FILE,  or fill a file that it exported with  --into FILE"
        )
    known = {one.student for one in members}
    return Filled(layout.make(columns, members), _all_new(columns, known), absent=sorted(graded - known))


def _all_new(columns: Sequence[GradeColumn], students: set[str]) -> list[GradeChange]:
    return [
        GradeChange(student, column.name, "", f"{score:g}")
        for column in columns
        for student, score in sorted(column.scores.items())
        if student in students
    ]
