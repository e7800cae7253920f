"""Formgrader's lists with the points that count, as nbgrader's export has them.

nbgrader's gradebook holds what lateness takes off, but its API sums the points for formgrader's lists without it, and
no setting names another API.  So ours, which extends it, is put where formgrader looks for it.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from nbgrader.api import SubmittedNotebook
from nbgrader.apps.api import NbGraderAPI
from nbgrader.server_extensions.formgrader import base

Rows = list[dict[str, Any]]


def count_lateness() -> None:
    """Let formgrader's lists show the points that count; for nbgrader_config.py, in formgrader's own process."""
    base.NbGraderAPI = CountingAPI


class CountingAPI(NbGraderAPI):
    """nbgrader's API, with lateness taken off each total and each average; points by kind stay what was earned."""

    def get_assignment(self, assignment_id: str, *args: Any, **options: Any) -> dict[str, Any] | None:
        """Describe an assignment."""
        found: dict[str, Any] | None = super().get_assignment(assignment_id, *args, **options)
        if found is not None:
            _lower_average(found, self._late(assignment_id))
        return found

    def get_notebooks(self, assignment_id: str) -> Rows:
        """Describe the notebooks of an assignment."""
        found: Rows = super().get_notebooks(assignment_id)
        for one in found:
            _lower_average(one, [late for late in self._late(assignment_id) if late.notebook == one["name"]])
        return found

    def get_submission(self, assignment_id: str, *args: Any, **options: Any) -> dict[str, Any] | None:
        """Describe a student's submission."""
        found = super().get_submission(assignment_id, *args, **options)
        return None if found is None else _lowered([found], "student", self._by_student(assignment_id))[0]

    def get_submissions(self, assignment_id: str) -> Rows:
        """Describe all submissions of an assignment."""
        return _lowered(super().get_submissions(assignment_id), "student", self._by_student(assignment_id))

    def get_notebook_submissions(self, assignment_id: str, notebook_id: str) -> Rows:
        """Describe all submissions of a notebook."""
        return _lowered(super().get_notebook_submissions(assignment_id, notebook_id), "id", self._by_notebook())

    def get_student_notebook_submissions(self, student_id: str, assignment_id: str) -> Rows:
        """Describe the notebooks of a student's submission."""
        return _lowered(super().get_student_notebook_submissions(student_id, assignment_id), "id", self._by_notebook())

    def get_student(self, student_id: str, *args: Any, **options: Any) -> dict[str, Any] | None:
        """Describe a student."""
        found = super().get_student(student_id, *args, **options)
        return None if found is None else _lowered([found], "id", self._by_student())[0]

    def get_students(self) -> Rows:
        """Describe all students."""
        return _lowered(super().get_students(), "id", self._by_student())

    def _late(self, assignment: str = "") -> list["Late"]:
        """Read what lateness takes off, of one assignment or of all."""
        with self.gradebook as gradebook:
            rows = gradebook.db.query(SubmittedNotebook).filter(SubmittedNotebook.late_submission_penalty > 0).all()
            late = [
                Late(
                    assignment=one.assignment.name,
                    notebook=one.name,
                    student=one.student.id,
                    submission=one.id,
                    taken=min(one.late_submission_penalty, one.score),
                    submissions=one.notebook.num_submissions,
                )
                for one in rows
            ]
        return [one for one in late if assignment in ("", one.assignment)]

    def _by_student(self, assignment: str = "") -> Mapping[str, float]:
        taken: dict[str, float] = defaultdict(float)
        for one in self._late(assignment):
            taken[one.student] += one.taken
        return taken

    def _by_notebook(self) -> Mapping[str, float]:
        return {one.submission: one.taken for one in self._late()}


@dataclasses.dataclass(frozen=True)
class Late:
    """One submission of a notebook from which lateness takes something off.

    submission : number of the row
    taken : points, never more than were earned
    submissions : how many there are of this notebook, late or not
    """

    assignment: str
    notebook: str
    student: str
    submission: str
    taken: float
    submissions: int


def _lowered(rows: Rows, key: str, taken: Mapping[str, float]) -> Rows:
    for row in rows:
        row["score"] = max(0.0, row["score"] - taken.get(row[key], 0.0))
    return rows


def _lower_average(described: dict[str, Any], late: Iterable[Late]) -> None:
    described["average_score"] -= sum(one.taken / one.submissions for one in late)
