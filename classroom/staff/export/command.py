"""`classroom grades`, and what it shows."""

from pathlib import Path
from typing import Annotated

import typer

from classroom.fault import Fault
from classroom.staff.records.student_id import shown

LISTED = 60


def grades(
    names: Annotated[list[str] | None, typer.Argument(help="assignments; none means all that are graded")] = None,
    to: Annotated[str, typer.Option(help="canvas, moodle, brightspace, blackboard or csv")] = "csv",
    into: Annotated[Path | None, typer.Option(help="the file that the system exported, to be filled")] = None,
    column: Annotated[list[str] | None, typer.Option(help="assignment=header, where the titles differ")] = None,
    exercises: Annotated[bool, typer.Option("--exercises", help="a column for each exercise too")] = False,
    scale: Annotated[bool, typer.Option("--scale", help="bring points to the most that the file says")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="show what would change, write nothing")] = False,
    root: Annotated[Path, typer.Option(help="folder with nbgrader_config.py")] = Path("."),
) -> None:
    """Write the grades as a learning system takes them, under class/grades, and show what that changes."""
    from classroom.staff.export.gradebook_file import export_grades
    from classroom.staff.folders import Folders
    from classroom.staff.grade.manual_grades import note_manual_grades

    named = {}
    for text in column or []:
        name, equals, header = text.partition("=")
        if not equals or not header:
            raise Fault(f"--column takes assignment=header, not {text!r}")
        named[name.strip()] = header.strip()
    course = Folders.of(root)
    if not dry_run:
        note_manual_grades(course, f"classroom grades --to {to}")
    outcome = export_grades(
        course, to, names or [], into=into, named=named, exercises=exercises, scale=scale, dry_run=dry_run
    )
    filled = outcome.filled
    for change in filled.changes[:LISTED]:
        print(f"  {shown(change.student)}  {change.column}: {change.old or 'blank'} → {change.new}")
    if len(filled.changes) > LISTED:
        print(f"  ... and {len(filled.changes) - LISTED} more")
    for student, why in filled.kept.items():
        print(f"  ! {shown(student)} is left as it is: {why}")
    if filled.absent:
        print(f"  ! graded, and not in the file: {', '.join(map(shown, filled.absent[:20]))}")
    if filled.strangers:
        print(f"  ! in the file, and not known here: {', '.join(map(shown, filled.strangers[:20]))}")
    for name, count in outcome.waiting.items():
        print(f"  ! {name}: {count} wait for a person's grade, and are written without it")
    what = "would be written" if dry_run else "written"
    print(f"{len(filled.changes)} grades {what}: {outcome.path}")
