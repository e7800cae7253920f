"""Recording: the one place where results go into the gradebook and the autograded folder."""

import dataclasses
import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.gradebook import Gradebook, Recorded, Standing
from classroom.staff.grade.recognition import is_told
from classroom.staff.grade.store import Store
from classroom.staff.grade.submissions_folder import SECRET, Handed, read_regular
from classroom.staff.records.audit_log import AuditLog


@dataclass(frozen=True)
class Change:
    """What recording would change in the gradebook for one cell of one student.

    stands : a person's score, which counts whatever the grader finds; None if there is none
    """

    student: str
    cell: str
    old: float | None
    new: float | None
    stands: float | None = None


class Recorder:
    """The one writer: results into the gradebook and the autograded folder."""

    def __init__(self, folders: Folders, exam: Exam, store: Store, log: AuditLog) -> None:
        self.folders, self.exam, self.store, self._log = folders, exam, store, log
        self._gradebook: Gradebook | None = None
        self._standings: dict[str, Standing] = {}

    def open_gradebook(self) -> Gradebook:
        """Return the gradebook, opening it the first time: while the workers start, for example."""
        if self._gradebook is None:
            self._gradebook = Gradebook(self.folders, self.exam)
            self._standings = self._gradebook.standings()
        return self._gradebook

    def standing_reason(self, handed: Handed, key: str) -> tuple[bool, str, str]:
        """Tell whether the gradebook holds this very result, why the file could not be read, and what to tell of it."""
        student = handed.student
        note = self.store.recorded(student)
        if note.get("key") != key or note.get("timestamp") != handed.timestamp:
            return False, "", ""
        self.open_gradebook()
        standing = self._standings.get(student)
        if standing is None or standing.row != note.get("row") or abs(standing.total - note.get("total", -1)) > 1e-6:
            return False, "", ""
        stands = (self.place(student) / f"{self.exam.notebook}.ipynb").is_file()
        reason = "" if note.get("outcome") == "graded" else str(note.get("reason", ""))
        return stands, reason, str(note.get("told", ""))

    def changes(self, student: str, result: dict[str, Any]) -> list[Change]:
        """Return what recording a result would change."""
        known = self.open_gradebook().scores(student)
        changes = []
        for cell, score in result["scores"].items():
            old, stands = known.get(cell, (None, None))
            if old != score:
                changes.append(Change(student, cell, old, score, stands))
        return changes

    def place(self, student: str) -> Path:
        """Return the folder of a student's graded notebook."""
        return self.folders.folder("autograded") / student / self.exam.assignment

    def record(self, handed: Handed, key: str, result: dict[str, Any], data: bytes | None) -> None:
        """Put a result into the gradebook and the autograded folder.

        The files are staged before the transaction, and afterwards only renamed.  Whoever is killed between the two has
        not noted the record, so the next run writes both again.
        """
        student, place = handed.student, self.place(handed.student)
        staged = place.with_name(f".{place.name}.new")
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            text = json.dumps(result["notebook"], ensure_ascii=False, sort_keys=True)
            write_whole(staged / f"{self.exam.notebook}.ipynb", text.encode() + b"\n")
            if handed.timestamp:
                write_whole(staged / "timestamp.txt", handed.timestamp.encode() + b"\n")
            # nbgrader finds by it whose feedback goes where in its exchange.
            if secret := read_regular(handed.place / SECRET, 300):
                write_whole(staged / SECRET, secret)
            moment = handed.moment and handed.moment.replace(tzinfo=None)  # as nbgrader keeps it
            recorded = self.open_gradebook().record(student, result, moment)
            _swap(staged, place)
        except OSError as error:
            raise Fault(f"{place}: {error.strerror}: see to it, and run the same command again") from None
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        self._log_record(handed.student, result, data, recorded)
        note = dataclasses.asdict(recorded.standing) | {
            "key": key,
            "timestamp": handed.timestamp,
            "outcome": result["outcome"],
            "reason": result["reason"],
            "told": told(result),
        }
        self.store.note_recorded(student, note)

    def _log_record(self, student: str, result: dict[str, Any], data: bytes | None, recorded: Recorded) -> None:
        self._log.write(
            "recorded",
            assignment=self.exam.assignment,
            student=student,
            sha256="" if data is None else hashlib.sha256(data).hexdigest(),
            exam=self.exam.digest,
            reason=result["reason"],
            old=recorded.before,
            new=recorded.after,
            changes=recorded.changes,
        )

    def close(self) -> None:
        """Close the gradebook."""
        if self._gradebook is not None:
            self._gradebook.close()


def told(result: dict[str, Any]) -> str:
    """Return what staff should know of how a notebook was read."""
    return "; ".join(note for note in result["notes"] if is_told(note))


def _swap(staged: Path, place: Path) -> None:
    """Put the staged files into their place; each is there whole, the old one or the new one."""
    place.mkdir(parents=True, exist_ok=True)
    for path in staged.iterdir():
        os.replace(path, place / path.name)
