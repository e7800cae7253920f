"""What lateness takes off: computed in one place, from the gradebook's times and the course's dates."""

import dataclasses
import datetime as dt
from collections import defaultdict
from typing import Any

from classroom.staff.folders import Folders
from classroom.staff.grade.tables import Tables
from classroom.staff.records.dates import Dates
from classroom.staff.records.moment import span_words


@dataclasses.dataclass(frozen=True)
class Row:
    """A submission's notebook in the gradebook.

    due : as the gradebook holds it, in UTC without a zone; None if there is no deadline
    longer : the student's extension; None if there is none
    stored : the extension as the gradebook has it
    earned : points that the grader and a person gave, with extra credit
    worth : points of the assignment
    """

    notebook: str
    submission: str
    student: str
    assignment: str
    due: dt.datetime | None
    handed_in: dt.datetime | None
    longer: dt.timedelta | None
    stored: dt.timedelta | None
    penalty: float | None
    earned: float
    worth: float


@dataclasses.dataclass(frozen=True)
class Penalty:
    """A late penalty that has changed, and why it is what it is now."""

    student: str
    assignment: str
    old: float | None
    new: float | None
    why: str


class Lateness:
    """The late penalties of an assignment, and of all others as far as they share a student's late days.

    Parameters
    ----------
    folders, assignment : the course and what is being graded
    tables : of the gradebook
    plugin : nbgrader's own, for assignments without a late rule of the course; None if there is none
    """

    def __init__(self, folders: Folders, assignment: str, tables: Tables, plugin: Any) -> None:
        self._dates = Dates.of(folders)
        self._assignment, self._tables, self._plugin = assignment, tables, plugin

    def rows(self, tx: Any, assignment_id: str = "", student: str = "", submission: str = "") -> list[Row]:
        """Read submissions: of an assignment, of a student, or a single one."""
        from sqlalchemy import func, select

        known = self._tables
        assignment, handed, book = known.assignment, known.submission, known.submitted
        given = func.coalesce(known.grade.c.manual_score, known.grade.c.auto_score, 0.0)
        earned = func.coalesce(func.sum(given + func.coalesce(known.grade.c.extra_credit, 0.0)), 0.0)
        columns = [book.c.id, handed.c.id, handed.c.student_id, assignment.c.name, assignment.c.duedate]
        columns += [handed.c.timestamp, handed.c.extension, book.c.late_submission_penalty]
        joined = book.join(handed, book.c.assignment_id == handed.c.id)
        joined = joined.join(assignment, assignment.c.id == handed.c.assignment_id)
        # By way of the cells: nbgrader has an index of grades by cell and notebook, and none by notebook alone.
        joined = joined.outerjoin(known.cell, known.cell.c.notebook_id == book.c.notebook_id)
        of_cell = (known.grade.c.cell_id == known.cell.c.id) & (known.grade.c.notebook_id == book.c.id)
        joined = joined.outerjoin(known.grade, of_cell)
        query = select(*columns, earned).select_from(joined).group_by(*columns)
        if assignment_id:
            query = query.where(handed.c.assignment_id == assignment_id)
        if student:
            query = query.where(handed.c.student_id == student)
        if submission:
            query = query.where(handed.c.id == submission)
        found = tx.execute(query).all()
        worth = self._worth(tx) if found else {}
        return [self._row(values, worth.get(values[3], 0.0)) for values in found]

    def _row(self, values: Any, worth: float) -> Row:
        """Fill in what the course's dates say and the gradebook does not."""
        notebook, submission, student, name, due, handed_in, stored, penalty, earned = values
        if due is None and (own := self._dates.due(name)) is not None:
            due = own.replace(tzinfo=None)
        longer = self._dates.longer(name, student, due.replace(tzinfo=dt.UTC)) if due is not None else None
        longer = stored if longer is None else longer
        return Row(notebook, submission, student, name, due, handed_in, longer, stored, penalty, float(earned), worth)

    def _worth(self, tx: Any) -> dict[str, float]:
        from sqlalchemy import func, select

        known = self._tables
        joined = known.worth.join(known.cell, known.cell.c.id == known.worth.c.id)
        joined = joined.join(known.notebook, known.notebook.c.id == known.cell.c.notebook_id)
        joined = joined.join(known.assignment, known.assignment.c.id == known.notebook.c.assignment_id)
        query = select(known.assignment.c.name, func.sum(known.worth.c.max_score)).select_from(joined)
        return {name: float(points) for name, points in tx.execute(query.group_by(known.assignment.c.name))}

    def total(self, tx: Any, submission: str) -> float:
        """Return the points of a submission after lateness."""
        rows = self.rows(tx, submission=submission)
        return sum(max(0.0, row.earned - (row.penalty or 0.0)) for row in rows)

    def settle(self, tx: Any, student: str = "") -> list[Penalty]:
        """Write what lateness costs, of a student or of all; return what that has changed."""
        from sqlalchemy import select, update

        shared = self._dates.late_days > 0
        row_id = ""
        if not shared:
            query = select(self._tables.assignment.c.id).where(self._tables.assignment.c.name == self._assignment)
            row_id = tx.execute(query).scalar()
        by_student: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows(tx, row_id, student):
            by_student[row.student].append(row)
        changed = []
        book, handed = self._tables.submitted, self._tables.submission
        for rows in by_student.values():
            for row, penalty, why in self.penalties(rows):
                if row.longer != row.stored:
                    mine = handed.c.id == row.submission
                    tx.execute(update(handed).where(mine).values(extension=row.longer))
                if penalty != row.penalty:
                    changed.append(Penalty(row.student, row.assignment, row.penalty, penalty, why))
                    mine = book.c.id == row.notebook
                    tx.execute(update(book).where(mine).values(late_submission_penalty=penalty))
        return changed

    def penalties(self, rows: list[Row]) -> list[tuple[Row, float | None, str]]:
        """Return what lateness costs one student, deadline by deadline: free late days go to the first ones."""
        left = self._dates.late_days
        found = []
        for row in sorted(rows, key=lambda row: (row.due or dt.datetime.max, row.assignment)):
            rule = self._dates.late_rule(row.assignment)
            late = dt.timedelta()
            if row.due is not None and row.handed_in is not None:
                late = max(row.handed_in - row.due - (row.longer or dt.timedelta()), late)
            if rule is None:
                found.append((row, self._by_plugin(row, late), "by the settings of nbgrader"))
                continue
            days = rule.late_days(late, left) if row.earned > 0 else 0
            left -= days
            penalty = rule.penalty(late, row.earned, row.worth, days) or None
            why = "in time" if not late else f"{span_words(_whole(late))} late"
            if days:
                why += f", {days} free late day{'s' if days > 1 else ''} spent"
            found.append((row, penalty, why))
        return found

    def _by_plugin(self, row: Row, late: dt.timedelta) -> float | None:
        if self._plugin is None or not late:
            return None
        penalty = self._plugin.late_submission_penalty(row.student, row.earned, late.total_seconds())
        return None if penalty is None else min(max(penalty, 0.0), row.earned)


def _whole(span: dt.timedelta) -> dt.timedelta:
    """Round a length of time down to what is worth saying."""
    seconds = int(span.total_seconds())
    step = 3600 if seconds >= 86400 else 60
    return dt.timedelta(seconds=max(seconds // step * step, min(seconds, 60)))
