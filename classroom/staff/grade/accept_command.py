"""`classroom accept`: what was taken for the course's own text counts after all."""

from pathlib import Path
from typing import Annotated

import typer

from classroom.fault import Fault


def accept(
    student: Annotated[str, typer.Argument(help="the student's id")],
    assignment: Annotated[str, typer.Argument(help="e.g. convolution")],
    exercise: Annotated[str, typer.Argument(help="the exercise that is to count")],
    because: Annotated[str, typer.Option(help="why, for the log of the class")] = "",
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Let an answer count that was taken for the course's own text; the next `classroom grade` gives its points."""
    from classroom.staff.declare.loader import load_assignment
    from classroom.staff.folders import Folders
    from classroom.staff.grade.accepted_text import accept as record

    course = Folders.of(root)
    load_assignment(course.folder("source") / assignment).exercise(exercise)
    if not student:
        raise Fault("name the student:  classroom accept STUDENT ASSIGNMENT EXERCISE --because '...'")
    record(course, student, assignment, exercise, because)
    print(f"{exercise} of {student} counts from the next  classroom grade {assignment}  on; the log says why")
