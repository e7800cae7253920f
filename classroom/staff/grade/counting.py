"""Which of a student's attempts counts: all are examined, one is recorded."""

import dataclasses
import datetime as dt
from collections.abc import Mapping
from typing import Any

from classroom.notebook_file import FILE_BYTES
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import due_of
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.submissions_folder import Handed, keep_attempt, put_in_place, read_regular
from classroom.staff.records.attempts import Attempt, Attempts
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.dates import POLICY_WORDS, Dates


class Counting:
    """The rule of an assignment for attempts, applied to one student after the other.

    Parameters
    ----------
    folders, exam : the course and the assignment
    log : where a choice is written down
    write : False leaves every file as it is, to see what would happen
    """

    def __init__(self, folders: Folders, exam: Exam, log: AuditLog, *, write: bool) -> None:
        self._folders, self._exam, self._log, self._write = folders, exam, log, write
        self._dates = Dates.of(folders)
        self.policy = self._dates.policy(exam.assignment)
        self._rule = self._dates.late_rule(exam.assignment)
        needs_due = self.policy in ("in-time", "best")
        self._due = due_of(folders, exam.assignment) if needs_due else None

    def person(self, handed: Handed) -> "Person":
        """Return a student with all attempts; what lies in the student's folder is one of them."""
        data = read_regular(handed.path, FILE_BYTES + 1)
        attempts = keep_attempt(self._folders, self._exam, handed, data, handed.moment)
        due = None if self._due is None else self._own(self._due, handed.student)
        person = Person(handed, attempts, data, due, attempts.counted)
        chosen = None if self.is_open(person) else attempts.choose(self.policy, due)
        return person if chosen is None else self.count(person, chosen)

    def _own(self, due: dt.datetime, student: str) -> dt.datetime:
        """Return a student's own last moment, extension and grace included."""
        longer = self._dates.longer(self._exam.assignment, student, due) or dt.timedelta()
        return due + longer + (self._rule.grace if self._rule else dt.timedelta())

    def is_open(self, person: "Person") -> bool:
        """Whether the choice needs the points of several attempts."""
        return self.policy == "best" and len(person.attempts.all) > 1 and not person.attempts.by_hand

    def best(self, person: "Person", points: Mapping[int, float]) -> Attempt | None:
        """Return the attempt that is worth most, its lateness taken off."""
        worth = {number: earned - self._lost(person, number, earned) for number, earned in points.items()}
        return person.attempts.choose(self.policy, person.due, worth)

    def _lost(self, person: "Person", number: int, earned: float) -> float:
        attempt = person.attempts.get(number)
        if self._rule is None or attempt is None or attempt.moment is None or person.due is None:
            return 0.0
        late = max(attempt.moment - person.due + self._rule.grace, dt.timedelta())
        return self._rule.penalty(late, earned, sum(self._exam.max_scores().values()))

    def count(self, person: "Person", chosen: Attempt) -> "Person":
        """Let an attempt count: it is put where the gradebook's submission lies."""
        data = person.attempts.content(chosen)[: FILE_BYTES + 1]
        wanted = person.handed.place / f"{self._exam.notebook}.ipynb"
        stamp = "" if chosen.moment is None else f"{chosen.moment:%Y-%m-%d %H:%M:%S} UTC"
        moved = data != person.data or person.handed.path != wanted
        handed = dataclasses.replace(person.handed, timestamp=stamp) if moved else person.handed
        if self._write and moved:
            handed = put_in_place(self._folders, self._exam, person.handed, person.attempts, chosen)
        if self._write and person.before is not None and person.before != chosen.number:
            self._log.write(
                "counted",
                assignment=self._exam.assignment,
                student=handed.student,
                attempt=chosen.number,
                sha256=chosen.sha256,
                why="an instructor has put it there" if person.attempts.by_hand else POLICY_WORDS[self.policy],
            )
        person.attempts.counted = chosen.number
        return dataclasses.replace(person, handed=handed, data=data, before=chosen.number)

    def note(self, person: "Person", number: int, result: Mapping[str, Any]) -> float:
        """Note the points of an attempt; return them."""
        points = float(sum(score or 0.0 for score in result["scores"].values()))
        attempt = person.attempts.get(number)
        if attempt is not None:
            attempt.points, attempt.exam = points, self._exam.digest
            if self._write:
                person.attempts.save()
        return points


@dataclasses.dataclass(frozen=True)
class Person:
    """A student, what counts of the attempts, and the others.

    data : of what counts; None if there is no notebook
    due : the student's own last moment; None if there is no deadline
    before : number of the attempt that counted before
    """

    handed: Handed
    attempts: Attempts
    data: bytes | None
    due: dt.datetime | None
    before: int | None

    @property
    def others(self) -> list[Attempt]:
        """The attempts that do not count."""
        return [one for one in self.attempts.all if one.number != self.attempts.counted]
