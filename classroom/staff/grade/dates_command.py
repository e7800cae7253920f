"""`classroom dates` and `classroom log`, and what they show."""

from pathlib import Path
from typing import Annotated

import typer

from classroom.fault import Fault

Root = Annotated[Path, typer.Option(help="folder with nbgrader_config.py")]


def dates(
    assignment: Annotated[str | None, typer.Argument(help="e.g. activations; none means the whole course")] = None,
    due: Annotated[str, typer.Option(help="2026-10-03 23:59 in the course's time zone, or none")] = "",
    late: Annotated[
        str, typer.Option(help="'10 %/day, at most 3 days, 30 minutes of grace', 'nothing after the deadline', none")
    ] = "",
    extend: Annotated[
        list[str] | None, typer.Option(help="student=2 days, student=2026-10-06 23:59 or student=none")
    ] = None,
    count: Annotated[str, typer.Option(help="the attempt that counts: last, best, first or in-time")] = "",
    zone: Annotated[str, typer.Option(help="the course's time zone, e.g. Europe/Berlin")] = "",
    late_days: Annotated[
        int | None, typer.Option(min=0, help="days late that cost nothing, over the whole course")
    ] = None,
    root: Root = Path("."),
) -> None:
    """Set or show deadlines, late rules and extensions; the next `classroom grade` applies them."""
    from classroom.staff.folders import Folders
    from classroom.staff.grade.deadlines import describe, set_dates, untold

    course = Folders.of(root)
    _refuse_unknown(course, assignment)
    pairs = {}
    for text in extend or []:
        student, equals, value = text.rpartition("=")
        if not equals or not student:
            raise Fault(f"--extend takes student=2 days, not {text!r}")
        pairs[student] = value.strip()
    if due or late or pairs or count or zone or late_days is not None:
        command = f"classroom dates {assignment or ''}".rstrip()
        options = {"due": due, "late": late, "count": count, "zone": zone, "late_days": late_days}
        said = set_dates(course, assignment, extend=pairs, command=command, **options)  # type: ignore[arg-type]
    else:
        said = describe(course, assignment)
    print("\n".join(said))
    for name in untold(course):
        print(f"! what students have of {name} tells other dates: write it anew with  classroom release {name}")


def _refuse_unknown(course: object, assignment: str | None) -> None:
    from classroom.staff.declare.loader import declared_assignments
    from classroom.staff.folders import Folders

    assert isinstance(course, Folders)
    if assignment is not None and assignment not in (known := declared_assignments(course.folder("source"))):
        raise Fault(f"there is no assignment {assignment!r}: there are {', '.join(known)}")


def log(
    student: Annotated[str, typer.Argument(help="the student's id")],
    assignment: Annotated[str, typer.Argument(help="only this assignment; none means all")] = "",
    root: Root = Path("."),
) -> None:
    """Tell all that was done with a student's work: what came when, what counted, and how the points changed."""
    from classroom.staff.folders import Folders
    from classroom.staff.grade.manual_grades import note_manual_grades
    from classroom.staff.records.audit_log import AuditLog, sentence
    from classroom.staff.records.dates import Dates
    from classroom.staff.records.student_id import shown

    course = Folders.of(root)
    note_manual_grades(course, "classroom log")
    zone = Dates.of(course).zone
    told, sentences = 0, []
    for entry in AuditLog(course, "").read():
        about_all = not entry.get("student") and entry["act"] in {"dates", "released"}
        if entry.get("student") != student and not about_all:
            continue
        if assignment and entry.get("assignment", assignment) != assignment:
            continue
        sentences.append(sentence(entry, zone))
        told += not about_all
    if not told:
        raise Fault(f"the log says nothing of {shown(student)}")
    print("\n".join(sentences))
