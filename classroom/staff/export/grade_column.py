"""The grades that go out: a column for each assignment, and on request one for each exercise."""

import dataclasses
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from classroom.fault import Fault
from classroom.staff.declare.loader import declared_assignments, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.records.roster import Roster
from classroom.staff.report.marks import Marks, read_marks
from classroom.staff.report.outline import Outline, read_outline


@dataclasses.dataclass(frozen=True)
class GradeColumn:
    """The points of a class for one thing.

    name : of the assignment, or ``assignment: exercise``
    titles : what it may be called in a learning system
    points : the most that can be had
    scores : by student; whoever handed nothing in has none
    """

    name: str
    titles: tuple[str, ...]
    points: float
    scores: Mapping[str, float]


def read_columns(course: Folders, names: Sequence[str], *, exercises: bool) -> tuple[list[GradeColumn], dict[str, int]]:
    """Read the grades of assignments from the gradebook.

    Parameters
    ----------
    course : the course
    names : assignments; none means all that somebody has handed in
    exercises : also a column for each exercise, in the notebook's order and before lateness

    Students who have left the class are not among them.

    Returns
    -------
    columns : list of GradeColumn
    waiting : dict
        Students whose written answers a person has still to grade, by assignment.

    Raises
    ------
    Fault
        If an assignment is unknown or not graded.
    """
    known, gone = declared_assignments(course.folder("source")), Roster.of(course).left
    if strange := [name for name in names if name not in known]:
        raise Fault(f"there is no assignment {strange[0]!r}: there are {', '.join(known)}")
    begun = [name for name in known if (course.folder("release") / name).is_dir()]
    columns: list[GradeColumn] = []
    waiting: dict[str, int] = {}
    for name in names or begun:
        marks = {student: one for student, one in read_marks(course, name).items() if student not in gone}
        if not marks:
            if names:
                raise Fault(f"nobody's {name} has been graded: run  classroom grade {name}  first")
            continue
        title = load_assignment(course.folder("source") / name).title
        first = next(iter(marks.values()))
        scores = {student: round(one.score, 4) for student, one in marks.items()}
        columns.append(GradeColumn(name, (name, title), first.points, scores))
        columns += _exercises(read_outline(course, name), marks, first) if exercises else []
        if count := sum(any(mark.waiting for mark in one.marks.values()) for one in marks.values()):
            waiting[name] = count
    if not columns:
        raise Fault("nothing has been graded yet: run  classroom grade <assignment>  first")
    return columns, waiting


def _exercises(outline: Outline, marks: Mapping[str, Marks], first: Marks) -> list[GradeColumn]:
    name, columns = outline.name, []
    for cell in outline.in_order(first.marks):
        scores = {student: round(one.marks[cell].score, 4) for student, one in marks.items() if cell in one.marks}
        columns.append(GradeColumn(f"{name}: {cell}", (f"{name}: {cell}", cell), first.marks[cell].points, scores))
    return columns


def number(value: float, decimal: str = ".") -> str:
    """Write points with at most two decimals, as learning systems compare them; half a hundredth goes up.

    Examples
    --------
    >>> number(7.0), number(2.625), number(2.5, ",")
    ('7', '2.63', '2,5')
    """
    rounded = Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:.2f}".rstrip("0").rstrip(".").replace(".", decimal)
