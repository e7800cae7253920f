"""`nbgrader export`, with the columns that it always has: names with commas stay one cell, and no cell is a formula."""

from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

from classroom.atomic_write import write_whole
from classroom.staff.records.table import made_table

HEADER = ["assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email"]
HEADER += ["raw_score", "late_submission_penalty", "score", "max_score"]


class SafeExport(ExportPlugin):
    """What nbgrader's CsvExportPlugin writes, written by a library that knows the format."""

    def export(self, gradebook: Any) -> None:
        """Write the grades of all students in all assignments, or of those that are named."""
        rows = []
        for assignment in gradebook.assignments:
            if self.assignment and assignment.name not in self.assignment:
                continue
            for student in gradebook.students:
                if not self.student or student.id in [str(one) for one in self.student]:
                    rows.append(_row(gradebook, assignment, student))
        write_whole(Path(self.to or "grades.csv"), made_table(HEADER, rows).to_bytes(), 0o600)
        self.log.info("Exported grades to %s", self.to or "grades.csv")


def _row(gradebook: Any, assignment: Any, student: Any) -> list[str]:
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
        timestamp, raw = submission.timestamp, submission.score
        penalty = submission.late_submission_penalty
    except MissingEntry:
        timestamp, raw, penalty = None, 0.0, 0.0
    values = [assignment.name, assignment.duedate, timestamp, student.id, student.last_name, student.first_name]
    values += [student.email, raw, penalty, max(0.0, raw - penalty), assignment.max_score]
    return ["" if value is None else str(value) for value in values]
