"""The one writer of nbgrader's gradebook: one transaction a submission."""

import datetime
import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from classroom.fault import Fault
from classroom.staff.exam import Exam
from classroom.staff.folders import Folders

T = TypeVar("T")
PATIENCE = 30.0  # seconds that a locked or restarting gradebook is waited for
BUSY_SECONDS = 5.0  # of these, what SQLite waits by itself


def import_nbgrader() -> Any:
    """Import nbgrader's tables, without the 2 s that jsonschema spends on parsers for addresses nobody has here."""
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # nbgrader calls alembic by its name when it makes a gradebook; it lies beside this Python.
    beside = os.path.join(sys.prefix, "bin")
    if beside not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join(filter(None, [os.environ.get("PATH"), beside]))
    import nbgrader.api

    return nbgrader.api


@dataclass(frozen=True)
class Standing:
    """What the gradebook holds of one student's submission."""

    row: str
    timestamp: str
    total: float


class Gradebook:
    """nbgrader's gradebook, opened once, for one exam."""

    def __init__(self, folders: Folders, exam: Exam) -> None:
        self._api = import_nbgrader()
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

        gradebook = self._api.Gradebook(self._url, self._folders.course_id)  # makes the tables of a new gradebook
        gradebook.close()
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
        """Return the plugin that nbgrader's settings name for late submissions."""
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
                if time.monotonic() > until:
                    what = "locked by another program" if "locked" in text else f"out of reach ({text.splitlines()[0]})"
                    raise Fault(f"the gradebook {self._shown()} is {what}; {KEPT}") from None
                time.sleep(0.2)
            except DatabaseError as error:
                raise Fault(f"the gradebook {self._shown()} is damaged: {str(error.orig).splitlines()[0]}") from None

    def _shown(self) -> str:
        from sqlalchemy.engine import make_url

        return make_url(self._url).render_as_string(hide_password=True)

    def _read_assignment(self) -> None:
        """Look up the rows of the assignment, and make sure that they are those of the released notebook."""
        from sqlalchemy import select

        api, exam = self._api, self._exam
        with self._engine.begin() as tx:
            assignment = tx.execute(
                select(api.Assignment.id, api.Assignment.duedate).where(api.Assignment.name == exam.assignment)
            ).first()
            if assignment is None:
                raise Fault(f"{exam.assignment} is not in the gradebook: run  classroom release {exam.assignment}")
            self._assignment, self._due = assignment
            notebooks = tx.execute(
                select(api.Notebook.name, api.Notebook.id).where(api.Notebook.assignment_id == self._assignment)
            ).all()
            self._notebooks = {name: identity for name, identity in notebooks}
            if exam.notebook not in self._notebooks:
                raise Fault(f"the gradebook has no notebook {exam.notebook}: run  classroom release {exam.assignment}")
            base = api.BaseCell.__table__
            rows = tx.execute(
                select(base.c.id, base.c.name, base.c.type).where(base.c.notebook_id == self._notebooks[exam.notebook])
            ).all()
            points = tx.execute(select(api.GradeCell.__table__.c.id, api.GradeCell.__table__.c.max_score)).all()
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

        api = self._api
        submitted, notebook, grade = (
            api.SubmittedAssignment.__table__,
            api.SubmittedNotebook.__table__,
            api.Grade.__table__,
        )

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

        api = self._api
        submitted, notebook, grade, base = (
            api.SubmittedAssignment.__table__,
            api.SubmittedNotebook.__table__,
            api.Grade.__table__,
            api.BaseCell.__table__,
        )

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

        api = self._api
        students, submitted = api.Student.__table__, api.SubmittedAssignment.__table__
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

        table = self._api.SubmittedNotebook.__table__
        mine = (table.c.assignment_id == row) & (table.c.notebook_id == notebook)
        identity = tx.execute(select(table.c.id).where(mine)).scalar()
        if identity is None:
            identity = uuid.uuid4().hex
            tx.execute(insert(table).values(id=identity, assignment_id=row, notebook_id=notebook, flagged=False))
        earned = self._record_grades(tx, identity, scores)
        self._record_comments(tx, identity, comments)
        penalty = None
        if late > 0:
            penalty = self._late.late_submission_penalty(student, earned, late)
            penalty = None if penalty is None else min(max(penalty, 0.0), earned)
        tx.execute(update(table).where(table.c.id == identity).values(late_submission_penalty=penalty))

    def _record_grades(self, tx: Any, notebook: str, scores: dict[str, float | None]) -> float:
        """Write the scores; what a person has given stays. Return the notebook's score."""
        from sqlalchemy import bindparam, insert, select, update

        table = self._api.Grade.__table__
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

        table = self._api.Comment.__table__
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
