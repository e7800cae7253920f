"""The tables of nbgrader's gradebook, by name and column."""

from typing import Any


class Tables:
    """The tables of nbgrader's schema, as far as grading reads and writes them.

    nbgrader's own classes are the same tables with relations; to import them takes as long as to grade ten submissions.
    """

    def __init__(self) -> None:
        from sqlalchemy import Boolean, DateTime, Float, Interval, String, Text, column, table

        def made(name: str, *columns: Any) -> Any:
            return table(name, *[column(*one) for one in columns])

        text, number = String, Float
        self.assignment = made("assignment", ("id", text), ("name", text), ("duedate", DateTime))
        self.notebook = made("notebook", ("id", text), ("name", text), ("assignment_id", text))
        self.cell = made("base_cell", ("id", text), ("name", text), ("type", text), ("notebook_id", text))
        self.worth = made("grade_cells", ("id", text), ("max_score", number))
        self.student = made("student", ("id", text))
        self.submission = made(
            "submitted_assignment",
            ("id", text),
            ("assignment_id", text),
            ("student_id", text),
            ("timestamp", DateTime),
            ("extension", Interval),
        )
        self.submitted = made(
            "submitted_notebook",
            ("id", text),
            ("assignment_id", text),
            ("notebook_id", text),
            ("flagged", Boolean),
            ("late_submission_penalty", number),
        )
        self.grade = made(
            "grade",
            ("id", text),
            ("notebook_id", text),
            ("cell_id", text),
            ("auto_score", number),
            ("manual_score", number),
            ("extra_credit", number),
            ("needs_manual_grade", Boolean),
        )
        self.comment = made("comment", ("id", text), ("notebook_id", text), ("cell_id", text), ("auto_comment", Text))
