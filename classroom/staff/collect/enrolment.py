"""Enrolment: the file of the roster, the students of nbgrader's gradebook, and an attempt that somebody chose."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.roster import Member, Roster
from classroom.staff.records.roster_file import import_roster


@dataclasses.dataclass(frozen=True)
class Enrolled:
    """The roster after a file was read, and what the file has changed.

    missing : who is on the roster and not in the file
    back : who had left and is in the file
    nobody : names in the file that stand for no student
    """

    roster: Roster
    path: Path
    fresh: int
    known: int
    missing: list[str]
    back: list[str]
    nobody: list[str]


def enrol(course: Folders, file: Path, mapping: Mapping[str, str], id_from: str, assignment: str) -> Enrolled:
    """Read a file of students, keep who is in it, and give nbgrader's gradebook their names.

    Raises
    ------
    Fault
        If the file names no students, or numbers of Moodle's participants without their assignment.
    """
    new, nobody = import_roster(file, mapping, id_from)
    if any("participant" in one.keys for one in new):
        if not assignment:
            raise Fault(
                f"{file.name} is Moodle's worksheet of one assignment, whose participants have numbers of their own "
                "there: say which with  --for activations"
            )
        new = Roster({one.student: _numbered(one, assignment) for one in new})
    old = Roster.of(course)
    merged = old.merged(new)
    path = merged.save(course)
    _tell_gradebook(course, merged)
    in_file = {merged.find({"student": one.student, **one.keys})[0] for one in new}
    missing = sorted(old.members.keys() - in_file)
    back = sorted(old.left.keys() - merged.left.keys())
    fresh = len(merged) - len(old) - len(back)
    log = AuditLog(course, f"classroom roster {file.name}")
    log.write("enrolled", students=len(merged), fresh=fresh)
    for student in back:
        log.write("back", student=student)
    return Enrolled(merged, path, fresh, len(new) - fresh, missing, back, nobody)


def _numbered(member: Member, assignment: str) -> Member:
    keys = dict(member.keys)
    if "participant" in keys:
        keys["participant"] = f"{assignment}:{keys['participant']}"
    return dataclasses.replace(member, keys=keys)


def _tell_gradebook(course: Folders, roster: Roster) -> None:
    """Enter the students with their names, so that reports and formgrader know also who handed nothing in."""
    nbgrader = import_nbgrader()
    course.class_folder.mkdir(parents=True, exist_ok=True)
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        known = {student.id: student for student in gradebook.students}
        for member in roster:
            student = known.get(member.student)
            if student is None:
                student = nbgrader.Student(id=member.student)
                gradebook.db.add(student)
            student.first_name = member.first_name or student.first_name
            student.last_name = member.last_name or student.last_name
            student.email = member.email or student.email
            student.lms_user_id = member.keys.get("canvas") or member.keys.get("number") or student.lms_user_id
        gradebook.db.commit()


def count_attempt(course: Folders, assignment: str, student: str, number: int) -> None:
    """Let an attempt count whatever the rule says, until another one arrives.

    Raises
    ------
    Fault
        If there is no such attempt.
    """
    attempts = Attempts.of(course, assignment, student)
    chosen = attempts.get(number)
    if chosen is None:
        there = ", ".join(str(one.number) for one in attempts.all) or "none"
        raise Fault(f"{student} has no attempt {number} at {assignment}: there are {there}")
    attempts.place(chosen, course.folder("submitted") / student / assignment)
    attempts.by_hand = True
    attempts.save()
    log = AuditLog(course, f"classroom attempts {assignment} {student} --count {number}")
    why = "an instructor has chosen it"
    log.write("counted", assignment=assignment, student=student, attempt=number, sha256=chosen.sha256, why=why)
