"""The one writer of nbgrader's gradebook: one transaction a submission."""

import datetime
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.lateness import Lateness, Penalty
from classroom.staff.grade.tables import Tables
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


@dataclass(frozen=True)
class Recorded:
    """What recording one submission has done.

    standing : what the gradebook now holds of it
    changes : the grader's score of each cell that changed, old and new
    before, after : points of the submission after lateness; None if there were none before
    """

    standing: Standing
    changes: dict[str, tuple[float | None, float | None]]
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Total:
    """A student's points after lateness, and what lateness takes, as they are and as they would be."""

    student: str
    old: float | None
    old_penalty: float | None
    new: float
    new_penalty: float


def _late_plugin(folders: Folders) -> Any:
    """Return the plugin that nbgrader's settings name for late submissions; None when they name none, or ours."""
    if not {"AssignLatePenalties", "LateSubmissionPlugin"} & set(folders.config):
        return None
    if str(folders.config.AssignLatePenalties.get("plugin_class", "")).startswith("classroom."):
        return None  # without importing nbgrader, which takes as long as to grade ten submissions
    import_nbgrader()
    from nbgrader.preprocessors import AssignLatePenalties

    preprocessor = AssignLatePenalties(config=folders.config)
    preprocessor.init_plugin()
    plugin = preprocessor.plugin_inst
    return None if type(plugin).__module__.startswith("classroom.") else plugin


class Gradebook:
    """nbgrader's gradebook, opened once, for one exam."""

    def __init__(self, folders: Folders, exam: Exam) -> None:
        self._tables = Tables()
        self._exam = exam
        self._folders = folders
        self._url = folders.db_url
        self._lateness = Lateness(folders, exam.assignment, self._tables, _late_plugin(folders))
        self._engine = self._patiently(self._open)
        self._cells: dict[str, str] = {}  # grade id -> id of the grade's cell
        self._answers: dict[str, str] = {}
        try:
            self._patiently(self._read_assignment)
        except BaseException:
            self.close()
            raise

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
            query = select(known.assignment.c.id).where(known.assignment.c.name == exam.assignment)
            self._assignment = tx.execute(query).scalar()
            if self._assignment is None:
                raise Fault(unknown)
            query = select(known.notebook.c.name, known.notebook.c.id)
            notebooks = tx.execute(query.where(known.notebook.c.assignment_id == self._assignment)).all()
            self._notebooks = {name: row_id for name, row_id in notebooks}
            if exam.notebook not in self._notebooks:
                raise Fault(unknown)
            query = select(known.cell.c.id, known.cell.c.name, known.cell.c.type)
            rows = tx.execute(query.where(known.cell.c.notebook_id == self._notebooks[exam.notebook])).all()
            points = tx.execute(select(known.worth.c.id, known.worth.c.max_score)).all()
        worth = {row_id: score for row_id, score in points}
        self._cells = {name: row_id for row_id, name, kind in rows if kind == "GradeCell"}
        self._answers = {name: row_id for row_id, name, kind in rows if kind == "SolutionCell"}
        if {name: float(worth[row_id]) for name, row_id in self._cells.items()} != exam.max_scores():
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

    def scores(self, student: str) -> dict[str, tuple[float | None, float | None]]:
        """Return what the gradebook holds for a student's graded cells: the grader's score, and a person's."""
        from sqlalchemy import select

        submitted, notebook, grade = self._tables.submission, self._tables.submitted, self._tables.grade
        base = self._tables.cell

        def read() -> dict[str, tuple[float | None, float | None]]:
            joined = submitted.join(notebook, notebook.c.assignment_id == submitted.c.id)
            joined = joined.join(grade, grade.c.notebook_id == notebook.c.id).join(base, base.c.id == grade.c.cell_id)
            query = select(base.c.name, grade.c.auto_score, grade.c.manual_score).select_from(joined)
            query = query.where(submitted.c.assignment_id == self._assignment, submitted.c.student_id == student)
            with self._engine.begin() as tx:
                return {name: (score, manual) for name, score, manual in tx.execute(query)}

        return self._patiently(read)

    def record(self, student: str, result: dict[str, Any], timestamp: datetime.datetime | None) -> Recorded:
        """Write one submission's scores, comments and lateness in one transaction."""

        def write() -> Recorded:
            with self._engine.begin() as tx:
                return self._record(tx, student, result, timestamp)

        return self._patiently(write)

    def settle(self) -> list[Penalty]:
        """Put right what lateness costs, for all that is in the gradebook; return what that has changed."""

        def write() -> list[Penalty]:
            with self._engine.begin() as tx:
                return self._lateness.settle(tx)

        return self._patiently(write)

    def foresee(self, records: Sequence[tuple[str, dict[str, Any], datetime.datetime | None]]) -> list[Total]:
        """Return whose total would change if these results were recorded, and all lateness put right; nothing is."""

        def look() -> list[Total]:
            with self._engine.connect() as connection, connection.begin() as tx:
                before = self._totals(connection)
                for student, result, timestamp in records:
                    self._record(connection, student, result, timestamp)
                self._lateness.settle(connection)
                after = self._totals(connection)
                tx.rollback()
            found = []
            for student, (new, new_penalty) in sorted(after.items()):
                old, old_penalty = before.get(student, (None, None))
                if (old, old_penalty) != (new, new_penalty):
                    found.append(Total(student, old, old_penalty, new, new_penalty))
            return found

        return self._patiently(look)

    def _totals(self, tx: Any) -> dict[str, tuple[float, float]]:
        """Return each student's points after lateness, and what lateness has taken."""
        rows = self._lateness.rows(tx, self._assignment)
        return {row.student: (max(0.0, row.earned - (row.penalty or 0.0)), row.penalty or 0.0) for row in rows}

    def _record(self, tx: Any, student: str, result: dict[str, Any], timestamp: datetime.datetime | None) -> Recorded:
        from sqlalchemy import insert, select, update

        students, submitted = self._tables.student, self._tables.submission
        if tx.execute(select(students.c.id).where(students.c.id == student)).first() is None:
            tx.execute(insert(students).values(id=student))
        mine = (submitted.c.assignment_id == self._assignment) & (submitted.c.student_id == student)
        row = tx.execute(select(submitted.c.id).where(mine)).scalar()
        before = None
        if row is None:
            row = uuid.uuid4().hex
            fresh = {"id": row, "assignment_id": self._assignment, "student_id": student, "timestamp": timestamp}
            tx.execute(insert(submitted).values(**fresh))
        else:
            before = self._lateness.total(tx, row)
            tx.execute(update(submitted).where(submitted.c.id == row).values(timestamp=timestamp))
        changes: dict[str, tuple[float | None, float | None]] = {}
        for name, row_id in self._notebooks.items():
            scores = result["scores"] if name == self._exam.notebook else {}
            comments = result["comments"] if name == self._exam.notebook else {}
            changes |= self._record_notebook(tx, row, row_id, scores, comments)
        self._lateness.settle(tx, student)
        total = sum(score or 0.0 for score in result["scores"].values())
        return Recorded(Standing(row, str(timestamp), total), changes, before, self._lateness.total(tx, row))

    def _record_notebook(
        self, tx: Any, row: str, notebook: str, scores: dict[str, float | None], comments: dict[str, str]
    ) -> dict[str, tuple[float | None, float | None]]:
        from sqlalchemy import insert, select

        table = self._tables.submitted
        mine = (table.c.assignment_id == row) & (table.c.notebook_id == notebook)
        row_id = tx.execute(select(table.c.id).where(mine)).scalar()
        if row_id is None:
            row_id = uuid.uuid4().hex
            tx.execute(insert(table).values(id=row_id, assignment_id=row, notebook_id=notebook, flagged=False))
        changes = self._record_grades(tx, row_id, scores)
        self._record_comments(tx, row_id, comments)
        return changes

    def _record_grades(
        self, tx: Any, notebook: str, scores: dict[str, float | None]
    ) -> dict[str, tuple[float | None, float | None]]:
        """Write the scores; what a person has given stays. Return the grader's scores that changed, old and new."""
        from sqlalchemy import bindparam, insert, select, update

        table = self._tables.grade
        query = select(table.c.cell_id, table.c.id, table.c.manual_score, table.c.auto_score)
        mine = (table.c.notebook_id == notebook) & table.c.cell_id.in_(self._cells.values())  # as nbgrader's index is
        known = {row[0]: row[1:] for row in tx.execute(query.where(mine))}
        fresh, changed, changes = [], [], {}
        for name, score in scores.items():
            cell = self._cells[name]
            row_id, manual, old = known.get(cell, (None, None, None))
            # As nbgrader does: a person looks again at what a person had graded.
            values = {"auto_score": score, "needs_manual_grade": manual is not None or score is None}
            if old != score:
                changes[name] = (old, score)
            if row_id is None:
                fresh.append({"id": uuid.uuid4().hex, "cell_id": cell, "notebook_id": notebook, **values})
            else:
                changed.append({"row": row_id, **values})
        if fresh:
            tx.execute(insert(table), fresh)
        if changed:
            tx.execute(update(table).where(table.c.id == bindparam("row")), changed)
        return changes

    def _record_comments(self, tx: Any, notebook: str, comments: dict[str, str]) -> None:
        from sqlalchemy import bindparam, insert, select, update

        table = self._tables.comment
        mine = (table.c.notebook_id == notebook) & table.c.cell_id.in_(self._answers.values())
        known = {cell: row_id for cell, row_id in tx.execute(select(table.c.cell_id, table.c.id).where(mine))}
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

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()


KEPT = "what is graded is kept, so run the same command again"
