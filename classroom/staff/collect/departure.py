"""Students who leave: they are out of reports and grade files, and all that is known of them stays where it is."""

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.dates import Dates
from classroom.staff.records.roster import Member, Roster
from classroom.staff.records.student_id import shown


@dataclasses.dataclass(frozen=True)
class Departure:
    """What is known of a student who leaves, and is kept.

    attempts : by assignment, how many
    grades : by assignment, points after lateness and of how many
    """

    member: Member
    attempts: Mapping[str, int]
    grades: Mapping[str, tuple[float, float]]

    def words(self) -> str:
        """Describe it in one line."""
        who = shown(self.member.student) + (f" ({self.member.name})" if self.member.name else "")
        said = [f"{points:g} of {whole:g} points in {name}" for name, (points, whole) in self.grades.items()]
        said += [f"{number} attempts at {name}" for name, number in self.attempts.items() if name not in self.grades]
        return f"{who}: {', '.join(said) or 'nothing handed in'}"


def departures(course: Folders, students: Collection[str]) -> list[Departure]:
    """Say what is known of students who are to leave; nothing is changed.

    Raises
    ------
    Fault
        If one of them is not known, or has left already.
    """
    roster = Roster.of(course)
    known = _gradebook(course)
    found = []
    for student in dict.fromkeys(students):
        if student in roster.left:
            raise Fault(f"{shown(student)} has left already, on {roster.left[student].left}")
        named, grades = known.get(student, (None, {}))
        member = roster.members.get(student) or named
        if member is None:
            raise Fault(f"nobody here is called {shown(student)}: see  classroom roster")
        place = course.class_folder / "attempts"
        names = sorted(path.parent.name for path in place.glob("*/*") if path.name == student)
        attempts = {name: len(Attempts.of(course, name, student).all) for name in names}
        found.append(Departure(member, attempts, grades))
    return found


def _gradebook(course: Folders) -> dict[str, tuple[Member, dict[str, tuple[float, float]]]]:
    """Return everybody in the gradebook, with their points."""
    nbgrader = import_nbgrader()
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        return {
            one.id: (Member(one.id, one.first_name or "", one.last_name or ""), _grades(one))
            for one in gradebook.students
        }


def _grades(student: Any) -> dict[str, tuple[float, float]]:
    found = {}
    for one in student.submissions:
        penalty = sum(notebook.late_submission_penalty or 0.0 for notebook in one.notebooks)
        found[one.name] = (max(0.0, one.score - penalty), one.max_score)
    return dict(sorted(found.items()))


def leave(course: Folders, students: Collection[str]) -> Roster:
    """Take students off the roster, and return it.

    Their submissions, attempts, points, comments and pages stay, and so does their line in `class/roster.csv`, with the
    day.

    Raises
    ------
    Fault
        As `departures`.
    """
    roster = Roster.of(course)
    going = {one.member.student: one.member for one in departures(course, students)}
    day = dt.datetime.now(Dates.of(course).zone).date().isoformat()
    remaining = Roster({**roster.left, **roster.members, **going}).without(going, day)
    remaining.save(course)
    _log(course, going, "left")
    return remaining


def come_back(course: Folders, students: Collection[str]) -> Roster:
    """Put students who had left on the roster again, and return it.

    Raises
    ------
    Fault
        If one of them had not left.
    """
    roster = Roster.of(course)
    if strange := [student for student in students if student not in roster.left]:
        there = ", ".join(map(shown, roster.left)) or "nobody"
        raise Fault(f"{shown(strange[0])} has not left: who has is {there}")
    full = roster.with_back(students)
    full.save(course)
    _log(course, students, "back")
    return full


def _log(course: Folders, students: Collection[str], act: str) -> None:
    log = AuditLog(course, "classroom roster")
    for student in students:
        log.write(act, student=student)
