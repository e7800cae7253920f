"""The one writer of nbgrader's gradebook: one transaction a submission."""

import datetime
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam
from classroom.staff.nbgrader_import import import_nbgrader

T = TypeVar("T")
PATIENCE = 30.0  # seconds that a locked or restarting gradebook is waited for
BUSY_SECONDS = 5.0  # of these, what SQLite waits by itself


@dataclass(frozen=True)
class Standing:
    """What the gradebook holds of one student's submission."""

    row: str
    timestamp: str
    total: float


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


class Gradebook:
    """nbgrader's gradebook, opened once, for one exam."""

    def __init__(self, folders: Folders, exam: Exam) -> None:
        self._tables = Tables()
        self._exam = exam
        self._folders = folders
        self._url = folders.db_url
        self._late = self._late_plugin(folders)
        self._engine = self._patiently(self._open)
        self._cells: dict[str, str] = {}  # grade id -> id of the grade's cell
        self._answers: dict[str, str] = {}
        self._patiently(self._read_assignment)

    def _open(self) -> Any:
        from sqlalchemy import create_engine, event
        from sqlalchemy.engine import make_url

        sqlite = make_url(self._url).get_backend_name() == "sqlite"
        engine = create_engine(
            self._url, connect_args={"timeout": BUSY_SECONDS} if sqlite else {}, pool_pre_ping=not sqlite
        )
        if sqlite:
            # Take the lock when a transaction begins: a reader that turns writer in mid-way can only fail.
            event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
            event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        return engine

    @staticmethod
    def _late_plugin(folders: Folders) -> Any:
        """Return the plugin that nbgrader's settings name for late submissions; None when they say nothing of it."""
        if not {"AssignLatePenalties", "LateSubmissionPlugin"} & set(folders.config):
            return None
        import_nbgrader()
        from nbgrader.preprocessors import AssignLatePenalties

        preprocessor = AssignLatePenalties(config=folders.config)
        preprocessor.init_plugin()
        return preprocessor.plugin_inst

    def _patiently(self, work: Callable[[], T]) -> T:
        """Do something with the database; wait for one that is locked or restarting, explain one that is not there."""
        from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError

        until = time.monotonic() + PATIENCE
        while True:
            try:
                return work()
            except (OperationalError, InterfaceError) as error:
                text = str(error.orig)
                if "readonly" in text or "read-only" in text:
                    raise Fault(f"the gradebook {self._shown()} is read-only: make it writable; {KEPT}") from None
                if "unable to open" in text:
                    raise Fault(
                        f"the gradebook {self._shown()} cannot be opened: does its folder exist? {KEPT}"
                    ) from None
                if "full" in text:
                    raise Fault(f"the disk of the gradebook {self._shown()} is full: make room; {KEPT}") from None
                if "I/O error" in text:
                    raise Fault(
                        f"the disk of the gradebook {self._shown()} cannot be read or written; {KEPT}"
                    ) from None
                if time.monotonic() > until:
                    what = "locked by another program" if "locked" in text else f"out of reach ({text.splitlines()[0]})"
                    raise Fault(f"the gradebook {self._shown()} is {what}; {KEPT}") from None
                time.sleep(0.2)
            except DatabaseError as error:
                raise Fault(
                    f"the gradebook {self._shown()} cannot be used: {str(error.orig).splitlines()[0]}"
                ) from None

    def _shown(self) -> str:
        from sqlalchemy.engine import make_url

        return make_url(self._url).render_as_string(hide_password=True)

    def _read_assignment(self) -> None:
        """Look up the rows of the assignment, and make sure that they are those of the released notebook."""
        from sqlalchemy import inspect, select

        exam, known = self._exam, self._tables
        unknown = f"{exam.assignment} is not in the gradebook: run  classroom release {exam.assignment}"
        with self._engine.begin() as tx:
            if not inspect(tx).has_table("assignment"):
                raise Fault(unknown)
            query = select(known.assignment.c.id, known.assignment.c.duedate)
            assignment = tx.execute(query.where(known.assignment.c.name == exam.assignment)).first()
            if assignment is None:
                raise Fault(unknown)
            self._assignment, self._due = assignment
            query = select(known.notebook.c.name, known.notebook.c.id)
            notebooks = tx.execute(query.where(known.notebook.c.assignment_id == self._assignment)).all()
            self._notebooks = {name: identity for name, identity in notebooks}
            if exam.notebook not in self._notebooks:
                raise Fault(unknown)
            query = select(known.cell.c.id, known.cell.c.name, known.cell.c.type)
            rows = tx.execute(query.where(known.cell.c.notebook_id == self._notebooks[exam.notebook])).all()
            points = tx.execute(select(known.worth.c.id, known.worth.c.max_score)).all()
        worth = {identity: score for identity, score in points}
        self._cells = {name: identity for identity, name, kind in rows if kind == "GradeCell"}
        self._answers = {name: identity for identity, name, kind in rows if kind == "SolutionCell"}
        if {name: float(worth[identity]) for name, identity in self._cells.items()} != exam.max_scores():
            raise Fault(
                f"the released {exam.notebook}.ipynb and the gradebook have different graded cells: "
                f"run  classroom release {exam.assignment}"
            )

    def standings(self) -> dict[str, Standing]:
        """Return what the gradebook holds of every student's submission."""
        from sqlalchemy import func, select

        submitted, notebook, grade = self._tables.submission, self._tables.submitted, self._tables.grade

        joined = submitted.join(notebook, notebook.c.assignment_id == submitted.c.id)
        joined = joined.join(grade, grade.c.notebook_id == notebook.c.id)

        def read() -> dict[str, Standing]:
            query = (
                select(
                    submitted.c.student_id,
                    submitted.c.id,
                    submitted.c.timestamp,
                    func.coalesce(func.sum(grade.c.auto_score), 0.0),
                )
                .select_from(
                    submitted.join(notebook, notebook.c.assignment_id == submitted.c.id).join(
                        grade, grade.c.notebook_id == notebook.c.id
                    )
                )
                .where(submitted.c.assignment_id == self._assignment)
                .group_by(submitted.c.student_id, submitted.c.id, submitted.c.timestamp)
            )
            with self._engine.begin() as tx:
                return {
                    student: Standing(row, str(timestamp), float(total))
                    for student, row, timestamp, total in tx.execute(query)
                }

        return self._patiently(read)

    def auto_scores(self, student: str) -> dict[str, float | None]:
        """Return the scores that the gradebook holds for a student's graded cells."""
        from sqlalchemy import select

        submitted, notebook, grade = self._tables.submission, self._tables.submitted, self._tables.grade
        base = self._tables.cell

        def read() -> dict[str, float | None]:
            joined = submitted.join(notebook, notebook.c.assignment_id == submitted.c.id)
            joined = joined.join(grade, grade.c.notebook_id == notebook.c.id).join(base, base.c.id == grade.c.cell_id)
            query = select(base.c.name, grade.c.auto_score).select_from(joined)
            query = query.where(submitted.c.assignment_id == self._assignment, submitted.c.student_id == student)
            with self._engine.begin() as tx:
                return {name: score for name, score in tx.execute(query)}

        return self._patiently(read)

    def record(self, student: str, result: dict[str, Any], timestamp: datetime.datetime | None) -> Standing:
        """Write one submission's scores and comments in one transaction.

        Returns
        -------
        Standing
            What the gradebook now holds of it.
        """
        return self._patiently(lambda: self._record(student, result, timestamp))

    def _record(self, student: str, result: dict[str, Any], timestamp: datetime.datetime | None) -> Standing:
        from sqlalchemy import insert, select, update

        students, submitted = self._tables.student, self._tables.submission
        with self._engine.begin() as tx:
            if tx.execute(select(students.c.id).where(students.c.id == student)).first() is None:
                tx.execute(insert(students).values(id=student))
            mine = (submitted.c.assignment_id == self._assignment) & (submitted.c.student_id == student)
            known = tx.execute(select(submitted.c.id, submitted.c.extension).where(mine)).first()
            if known is None:
                row, extension = uuid.uuid4().hex, None
                fresh = {"id": row, "assignment_id": self._assignment, "student_id": student, "timestamp": timestamp}
                tx.execute(insert(submitted).values(**fresh))
            else:
                row, extension = known
                tx.execute(update(submitted).where(submitted.c.id == row).values(timestamp=timestamp))
            for name, identity in self._notebooks.items():
                scores = result["scores"] if name == self._exam.notebook else {}
                comments = result["comments"] if name == self._exam.notebook else {}
                late = self._seconds_late(timestamp, extension)
                self._record_notebook(tx, student, row, identity, scores, comments, late)
        total = sum(score or 0.0 for score in result["scores"].values())
        return Standing(row, str(timestamp), total)

    def _record_notebook(
        self,
        tx: Any,
        student: str,
        row: str,
        notebook: str,
        scores: dict[str, float | None],
        comments: dict[str, str],
        late: float,
    ) -> None:
        from sqlalchemy import insert, select, update

        table = self._tables.submitted
        mine = (table.c.assignment_id == row) & (table.c.notebook_id == notebook)
        identity = tx.execute(select(table.c.id).where(mine)).scalar()
        if identity is None:
            identity = uuid.uuid4().hex
            tx.execute(insert(table).values(id=identity, assignment_id=row, notebook_id=notebook, flagged=False))
        earned = self._record_grades(tx, identity, scores)
        self._record_comments(tx, identity, comments)
        penalty = None
        if late > 0 and self._late is not None:
            penalty = self._late.late_submission_penalty(student, earned, late)
            penalty = None if penalty is None else min(max(penalty, 0.0), earned)
        tx.execute(update(table).where(table.c.id == identity).values(late_submission_penalty=penalty))

    def _record_grades(self, tx: Any, notebook: str, scores: dict[str, float | None]) -> float:
        """Write the scores; what a person has given stays. Return the notebook's score."""
        from sqlalchemy import bindparam, insert, select, update

        table = self._tables.grade
        query = select(table.c.cell_id, table.c.id, table.c.manual_score, table.c.extra_credit)
        known = {row[0]: row[1:] for row in tx.execute(query.where(table.c.notebook_id == notebook))}
        fresh, changed, earned = [], [], 0.0
        for name, score in scores.items():
            cell = self._cells[name]
            identity, manual, extra = known.get(cell, (None, None, None))
            # As nbgrader does: a person looks again at what a person had graded.
            values = {"auto_score": score, "needs_manual_grade": manual is not None or score is None}
            earned += (manual if manual is not None else score or 0.0) + (extra or 0.0)
            if identity is None:
                fresh.append({"id": uuid.uuid4().hex, "cell_id": cell, "notebook_id": notebook, **values})
            else:
                changed.append({"row": identity, **values})
        if fresh:
            tx.execute(insert(table), fresh)
        if changed:
            tx.execute(update(table).where(table.c.id == bindparam("row")), changed)
        return earned

    def _record_comments(self, tx: Any, notebook: str, comments: dict[str, str]) -> None:
        from sqlalchemy import bindparam, insert, select, update

        table = self._tables.comment
        query = select(table.c.cell_id, table.c.id).where(table.c.notebook_id == notebook)
        known = {cell: identity for cell, identity in tx.execute(query)}
        fresh, changed = [], []
        for name, cell in self._answers.items():
            text = comments.get(name)
            if cell in known:
                changed.append({"row": known[cell], "auto_comment": text})
            else:
                row = {"id": uuid.uuid4().hex, "cell_id": cell, "notebook_id": notebook, "auto_comment": text}
                fresh.append(row)
        if fresh:
            tx.execute(insert(table), fresh)
        if changed:
            tx.execute(update(table).where(table.c.id == bindparam("row")), changed)

    def _seconds_late(self, timestamp: datetime.datetime | None, extension: datetime.timedelta | None) -> float:
        if timestamp is None or self._due is None:
            return 0.0
        return max(0.0, (timestamp - self._due - (extension or datetime.timedelta())).total_seconds())

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


KEPT = "what is graded is kept, so run the same command again"
