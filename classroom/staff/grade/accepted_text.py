"""What staff has accepted as a student's own, though it equals text of the course; `class/accepted_text.json`."""

import copy
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam
from classroom.staff.records.audit_log import AuditLog


def _place(course: Folders) -> Path:
    return course.class_folder / "accepted_text.json"


def accepted(course: Folders, assignment: str) -> dict[str, list[str]]:
    """Return the exercises that are accepted, by the sha256 of the notebook that was handed in."""
    place = _place(course)
    if not place.is_file():
        return {}
    try:
        records = json.loads(place.read_text(encoding="utf-8"))
        mine = [one for one in records if one["assignment"] == assignment]
        return {
            sha: sorted({one["exercise"] for one in mine if one["sha256"] == sha})
            for sha in sorted({one["sha256"] for one in mine})
        }
    except (ValueError, TypeError, KeyError):
        raise Fault(f"{place} is damaged: restore it, or remove it and accept again what was accepted") from None


def with_accepted(course: Folders, exam: Exam) -> Exam:
    """Return an exam that knows what staff has accepted, and what this one has read of its sheet."""
    knowing = copy.copy(exam)
    knowing.accepted = accepted(course, exam.assignment)
    return knowing


def accept(course: Folders, student: str, assignment: str, exercise: str, because: str) -> None:
    """Let an answer count that was taken for the course's own text: of the notebook that is handed in now.

    Raises
    ------
    Fault
        If nothing is handed in, or no reason is given.
    """
    notebook = course.folder("submitted") / student / assignment / f"{assignment}.ipynb"
    if not notebook.is_file():
        raise Fault(f"{student} has handed in no {assignment}: {notebook} does not exist")
    if not because.strip():
        raise Fault("write why it counts:  --because 'she showed me her drafts'; it stands in the log of the class")
    accepted(course, assignment)  # a damaged record is told before anything is written
    place = _place(course)
    records = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else []
    sha256 = hashlib.sha256(notebook.read_bytes()).hexdigest()
    entry: Mapping[str, str] = {
        "assignment": assignment,
        "student": student,
        "exercise": exercise,
        "sha256": sha256,
        "because": because,
    }
    write_whole(place, json.dumps([*records, entry], ensure_ascii=False, indent=1).encode(), 0o600)
    log = AuditLog(course, f"classroom accept {student} {assignment} {exercise}")
    log.write("accepted", assignment=assignment, student=student, exercise=exercise, sha256=sha256, because=because)
