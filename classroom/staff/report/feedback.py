"""`classroom feedback`: the pages of a class, written where they are stale."""

import datetime as dt
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.store import Store
from classroom.staff.grade.submissions_folder import read_regular
from classroom.staff.records.dates import Dates
from classroom.staff.records.moment import spoken
from classroom.staff.report.feedback_page import Sources, is_stale, render
from classroom.staff.report.lecture_link import Lectures
from classroom.staff.report.marks import Marks, read_marks
from classroom.staff.report.outline import Outline, read_outline

_SECRET = "submission_secret.txt"


@dataclass
class Written:
    """What `write_feedback` did.

    written, unchanged : students whose page was stale, and those whose page was not
    failed : student to sentence
    """

    folder: Path
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


class Feedback:
    """The pages of one assignment: what a class has in common is read once."""

    def __init__(self, course: Folders, name: str) -> None:
        self.course, self.name = course, name
        self.outline: Outline = read_outline(course, name)
        self.lectures = Lectures.of(course)
        self.zone = Dates.of(course).zone
        self.store = Store(course.workshop / name)

    def page(self, student: str) -> Path:
        """Return where a student's page lies."""
        return self.course.folder("feedback") / student / self.name / f"{self.name}.html"

    def sources(self, marks: Marks) -> Sources:
        """Return what a student's page is made from.

        Raises
        ------
        Fault
            If the submission has not been graded by this engine.
        """
        note = self.store.recorded(marks.student)
        if not note.get("key"):
            raise Fault(f"{marks.student} has no result: run  classroom grade {self.name}")
        reason = "" if note.get("outcome") == "graded" else str(note.get("reason", ""))
        submitted, due = (self._spoken(moment) for moment in (marks.submitted, marks.due))
        return Sources(marks, self.outline, str(note["key"]), reason, submitted, due, self.lectures)

    def _spoken(self, moment: dt.datetime | None) -> str:
        return "" if moment is None else spoken(moment.replace(tzinfo=dt.UTC), self.zone)

    def render(self, sources: Sources) -> str:
        """Lay out a student's page.

        Raises
        ------
        Fault
            If the stored result is gone.
        """
        result = self.store.get(sources.key)
        if result is None:
            raise Fault(f"the result of {sources.marks.student} is gone: run  classroom grade {self.name}")
        return render(sources, result)

    def deliver_beside(self, marks: Marks) -> None:
        """Put beside a page what nbgrader's release_feedback reads there; without it, it stops.

        Whoever handed in through the exchange finds the page by the secret that was handed in with the work.  Of the
        others nobody knows the secret: a random one, so that nobody can guess where the page lies.
        """
        submitted = self.course.folder("submitted") / marks.student / self.name
        place = self.page(marks.student).parent
        moment = f"{marks.submitted or dt.datetime.min:%Y-%m-%d %H:%M:%S} UTC"
        unknown = read_regular(place / _SECRET, 4096) or secrets.token_hex(16).encode()
        write_whole(place / "timestamp.txt", read_regular(submitted / "timestamp.txt", 4096) or moment.encode())
        write_whole(place / _SECRET, read_regular(submitted / _SECRET, 4096) or unknown, 0o600)


def write_feedback(
    course: Folders, name: str, students: Sequence[str] = (), *, again: bool = False, step: Any = None
) -> Written:
    """Write the pages of an assignment that are missing or were made from something else.

    Parameters
    ----------
    course : the course
    name : the assignment
    students : only these; none means everybody who has handed in
    again : write also what is up to date
    step : called after each student

    Raises
    ------
    Fault
        If nothing is graded, or a student has handed nothing in.
    """
    feedback = Feedback(course, name)
    found = read_marks(course, name, students)
    if not found and not students:
        raise Fault(f"nobody's {name} has been graded: run  classroom grade {name}  first")
    for student in students:
        if student not in found:
            raise Fault(f"{student} has no graded {name}: run  classroom grade {name} {student}  first")
    done = Written(course.folder("feedback"))
    for student, marks in found.items():
        try:
            sources, page = feedback.sources(marks), feedback.page(student)
            if not again and not is_stale(page, sources):
                done.unchanged.append(student)
                continue
            write_whole(page, feedback.render(sources).encode())
            feedback.deliver_beside(marks)
            done.written.append(student)
        except Fault as fault:
            done.failed[student] = str(fault)
        finally:
            if step is not None:
                step()
    return done
