"""What the gradebook holds of a class, read with three queries: points, a person's comments, and lateness."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders


@dataclass(frozen=True)
class Mark:
    """The points of one graded cell.

    auto : of the check; manual : of a person, who has the last word; extra : what a person gave on top
    waiting : whether a person has still to look at it
    """

    points: float
    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waiting: bool = False

    @property
    def score(self) -> float:
        """The points that count."""
        given = self.manual if self.manual is not None else self.auto
        return (given or 0.0) + self.extra


@dataclass
class Marks:
    """What the gradebook holds of one student's submission.

    submitted, due : in UTC, without a zone; due is the student's own, extension included
    penalty : points that lateness costs
    marks, comments : by grade id of the cell
    """

    student: str
    name: str
    submitted: dt.datetime | None = None
    due: dt.datetime | None = None
    penalty: float = 0.0
    marks: dict[str, Mark] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def earned(self) -> float:
        """The points before lateness is taken off."""
        return sum(mark.score for mark in self.marks.values())

    @property
    def score(self) -> float:
        """The points that count."""
        return max(0.0, self.earned - self.penalty)

    @property
    def points(self) -> float:
        """The points that there are."""
        return sum(mark.points for mark in self.marks.values())

    @property
    def late(self) -> dt.timedelta:
        """How long after the student's own deadline it was handed in."""
        if self.submitted is None or self.due is None:
            return dt.timedelta()
        return max(self.submitted - self.due, dt.timedelta())


_HANDED_IN = """submitted_assignment
    join assignment on assignment.id = submitted_assignment.assignment_id
    join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id"""
_SUBMISSIONS = f"""
    select submitted_assignment.student_id, student.first_name, student.last_name, submitted_assignment.timestamp,
           submitted_assignment.extension, assignment.duedate, submitted_notebook.late_submission_penalty
    from {_HANDED_IN}
    join student on student.id = submitted_assignment.student_id
    where assignment.name = :assignment"""
_MARKS = f"""
    select submitted_assignment.student_id, base_cell.name, grade_cells.max_score, grade.auto_score,
           grade.manual_score, grade.extra_credit, grade.needs_manual_grade
    from {_HANDED_IN}
    join grade on grade.notebook_id = submitted_notebook.id
    join base_cell on base_cell.id = grade.cell_id
    join grade_cells on grade_cells.id = base_cell.id
    where assignment.name = :assignment"""
_COMMENTS = f"""
    select submitted_assignment.student_id, base_cell.name, comment.manual_comment
    from {_HANDED_IN}
    join comment on comment.notebook_id = submitted_notebook.id
    join base_cell on base_cell.id = comment.cell_id
    where assignment.name = :assignment and comment.manual_comment is not null"""


def read_marks(course: Folders, name: str, students: Sequence[str] = ()) -> dict[str, Marks]:
    """Read what the gradebook holds of an assignment, by student, in the order of their ids.

    Parameters
    ----------
    course : the course
    name : the assignment
    students : only these; none means everybody who has handed in

    Raises
    ------
    Fault
        If the gradebook does not know the assignment.
    """
    from sqlalchemy import Boolean, DateTime, Float, Interval, String, create_engine, inspect, text

    engine = create_engine(course.db_url)
    who = " and submitted_assignment.student_id = :student" if len(students) == 1 else ""
    values = {"assignment": name, **({"student": students[0]} if who else {})}
    moments = {"timestamp": DateTime, "duedate": DateTime, "extension": Interval, "late_submission_penalty": Float}
    numbers = {"max_score": Float, "auto_score": Float, "manual_score": Float, "extra_credit": Float}
    try:
        with engine.connect() as connection:
            known = inspect(connection).has_table("assignment")
            if (
                not known
                or not connection.execute(text("select id from assignment where name = :assignment"), values).first()
            ):
                raise Fault(f"{name} is not in the gradebook: run  classroom release {name}")
            found = {
                row.student_id: _of(row)
                for row in connection.execute(text(_SUBMISSIONS + who).columns(student_id=String, **moments), values)
            }
            question = text(_MARKS + who).columns(student_id=String, **numbers, needs_manual_grade=Boolean)
            for student, cell, points, auto, manual, extra, waiting in connection.execute(question, values):
                found[student].marks[cell] = Mark(points, auto, manual, extra or 0.0, bool(waiting))
            for student, cell, comment in connection.execute(text(_COMMENTS + who), values):
                if comment.strip():
                    found[student].comments[cell] = comment
    finally:
        engine.dispose()
    return {student: found[student] for student in sorted(found) if not students or student in students}


def _of(row: Any) -> Marks:
    due = row.duedate and row.duedate + (row.extension or dt.timedelta())
    named = " ".join(filter(None, (row.first_name, row.last_name)))
    penalty = row.late_submission_penalty or 0.0
    return Marks(row.student_id, named or row.student_id, row.timestamp, due, penalty)


def read_students(course: Folders) -> dict[str, str]:
    """Read the names of everybody whom the gradebook knows, by student id; without a name the id is used."""
    from sqlalchemy import create_engine, text

    engine = create_engine(course.db_url)
    try:
        with engine.connect() as connection:
            rows = connection.execute(text("select id, first_name, last_name from student"))
            return {student: " ".join(filter(None, names)) or student for student, *names in rows}
    finally:
        engine.dispose()
