"""`classroom roster`, `classroom collect` and `classroom attempts`, and what they show."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classroom.fault import Fault
from classroom.staff.records.student_id import shown

if TYPE_CHECKING:
    from classroom.staff.folders import Folders

Root = Annotated[Path, typer.Option(help="folder with nbgrader_config.py")]
REFUSED = 60  # lines of files that were refused; an archive may hold thousands of them


def roster(
    file: Annotated[
        Path | None, typer.Argument(help="Canvas's gradebook, Moodle's participants, ...; none shows the roster")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="field=header for other tables, e.g. student=Matriculation")
    ] = None,
    id_from: Annotated[str, typer.Option("--id", help="header of the column that names a student's folder")] = "",
    assignment: Annotated[str, typer.Option("--for", help="the assignment of a Moodle grading worksheet")] = "",
    drop: Annotated[list[str] | None, typer.Option(help="a student who has left; shows what that means")] = None,
    drop_missing: Annotated[
        bool, typer.Option("--drop-missing", help="everybody who is not in the file has left; shows what that means")
    ] = False,
    back: Annotated[list[str] | None, typer.Option(help="a student who had left and is back")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do what --drop or --drop-missing has shown")] = False,
    root: Root = Path("."),
) -> None:
    """Read who is in the class, so that a learning system's numbers become students with names."""
    from classroom.staff.collect.departure import come_back
    from classroom.staff.collect.enrolment import enrol
    from classroom.staff.folders import Folders

    course = Folders.of(root)
    going = list(drop or [])
    if drop_missing and file is None:
        raise Fault(
            "--drop-missing compares the roster with a file: say which, as in  classroom roster FILE --drop-missing"
        )
    if file is not None:
        outcome = enrol(course, file, _pairs(mapping or [], "--map"), id_from, assignment)
        print(f"{len(outcome.roster)} students: {outcome.fresh} new, {outcome.known} known already; {outcome.path}")
        if outcome.nobody:
            print(f"left out, because a learning system adds it to each class: {_some(outcome.nobody)}")
        if outcome.back:
            print(f"in the class again: {_some(outcome.back)}")
        if drop_missing:
            going += outcome.missing
        elif outcome.missing:
            print(f"not in this file, and kept: {_some(outcome.missing)}; if they have left, add  --drop-missing")
    if back:
        come_back(course, back)
        print(f"in the class again: {_some(back)}")
    if going:
        _drop(course, going, yes=yes)
    if file is None and not going and not back:
        _show_roster(course)


def _show_roster(course: "Folders") -> None:
    from classroom.staff.records.roster import Roster

    members = Roster.of(course)
    for member in members:
        print("  ".join(filter(None, (shown(member.student), member.name, member.email))))
    gone = [f"{shown(one.student)} ({one.left})" for one in members.left.values()]
    print(f"{len(members)} students" + (f"; who has left: {', '.join(gone)}" if gone else ""))


def _drop(course: "Folders", students: Sequence[str], *, yes: bool) -> None:
    """Show what it means that students have left, and take them off if that was asked for."""
    from classroom.staff.collect.departure import departures, leave

    for one in departures(course, students):
        print(f"  {one.words()}")
    print(
        "Whoever has left is in no report, no grade file and no zip of feedback.  Nothing is deleted: hand-ins, "
        "points, comments and the log stay, formgrader goes on to show them, and  --back  undoes it."
    )
    if not yes:
        print(f"nothing is changed yet: {len(set(students))} would leave; say it again with  --yes")
        return
    left = leave(course, students)
    print(f"{len(set(students))} have left: {len(left)} students")


def collect(
    assignment: Annotated[str, typer.Argument(help="e.g. activations; it must be released")],
    source: Annotated[Path, typer.Argument(help="a zip, a folder, or a folder of zips")],
    lms: Annotated[str, typer.Option(help="canvas, moodle, ...; by default the names of the files tell")] = "",
    time: Annotated[
        list[str] | None, typer.Option("--time", help="student=2026-10-03 23:59, where the system tells no time")
    ] = None,
    root: Root = Path("."),
) -> None:
    """Take what students handed in from what a learning system gives, and say for each file what it became."""
    from classroom.staff.collect.collection import collect as take
    from classroom.staff.collect.recognition import TITLES
    from classroom.staff.folders import Folders

    outcome = take(Folders.of(root), assignment, source, system=lms, times=_pairs(time or [], "--time"))
    print(f"from {TITLES[outcome.system]}:")
    _list(outcome.became, "→")
    _list(outcome.unknown, "?")
    _list(dict(list(outcome.refused.items())[:REFUSED]), "✗")
    if len(outcome.refused) > REFUSED:
        print(f"  ... and {len(outcome.refused) - REFUSED:,} more ✗")
    for sentence in outcome.told:
        print(f"  ! {sentence}")
    words = [f"{len(outcome.students)} students", f"{outcome.fresh} new attempts", f"{outcome.known} known already"]
    words += [f"of UNKNOWN students: {len(outcome.unknown)}"] if outcome.unknown else []
    words += [f"{len(outcome.refused)} refused"] if outcome.refused else []
    words += [f"{outcome.system_files} system files left out"] if outcome.system_files else []
    print(f"{assignment}: {', '.join(words)}")
    if outcome.unknown:
        print("make them known with  classroom roster FILE,  and run this command again")
    raise typer.Exit(1 if outcome.unknown or outcome.refused else 0)


def attempts(
    assignment: Annotated[str, typer.Argument(help="e.g. activations")],
    student: Annotated[str, typer.Argument(help="the student's id")],
    count: Annotated[int | None, typer.Option(help="number of the attempt that is to count, whatever the rule")] = None,
    root: Root = Path("."),
) -> None:
    """Show all that a student has handed in for an assignment, and which attempt counts."""
    from classroom.staff.collect.enrolment import count_attempt
    from classroom.staff.folders import Folders
    from classroom.staff.records.attempts import Attempts
    from classroom.staff.records.dates import Dates
    from classroom.staff.records.moment import spoken

    course = Folders.of(root)
    if count is not None:
        count_attempt(course, assignment, student, count)
    found = Attempts.of(course, assignment, student)
    if not found.all:
        raise Fault(f"{shown(student)} has no attempt at {assignment}")
    zone = Dates.of(course).zone
    for one in found.all:
        when = spoken(one.moment, zone) if one.moment else "time unknown"
        points = "not examined" if one.points is None else f"{one.points:g} points"
        mark = "counts" if one.number == found.counted else ""
        print("  ".join(filter(None, (f"{one.number}", when, one.sha256[:12], points, mark))))


def _pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    pairs = {}
    for text in texts:
        name, equals, value = text.rpartition("=") if option == "--time" else text.partition("=")
        if not equals or not name or not value:
            raise Fault(f"{option} takes name=value, not {text!r}")
        pairs[name.strip()] = value.strip()
    return pairs


def _list(sentences: Mapping[str, str], mark: str) -> None:
    for name, sentence in sentences.items():
        print(f"  {name} {mark} {sentence}")


def _some(names: Sequence[str]) -> str:
    return ", ".join(map(shown, names[:10])) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
