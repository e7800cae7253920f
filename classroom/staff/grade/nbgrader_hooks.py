"""The same engine for `nbgrader autograde` and the button of formgrader: preprocessors that nbgrader_config.py names.

nbgrader converts every notebook twice: the first pass examines it, the second records what was found.
"""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.accepted_text import with_accepted
from classroom.staff.grade.counting import Counting, Person
from classroom.staff.grade.exam import Exam, load_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.pool import OneByOne
from classroom.staff.grade.record import Recorder
from classroom.staff.grade.store import Store, result_key
from classroom.staff.grade.submissions_folder import SECRET, handed
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.student_id import objection
from classroom.staff.sandbox.sandbox import capabilities


class _Hook(NbGraderPreprocessor):
    """What both passes know: the course, the exam and the submission."""

    def look(self, resources: Any) -> "Look":
        """Find the submission that nbgrader is converting, read it, and tell the key of its result."""
        ids = resources["nbgrader"]
        folders = Folders.above(Path(resources["metadata"]["path"]))
        exam = with_accepted(folders, load_exam(folders, ids["assignment"]))
        if ids["notebook"] != exam.notebook:
            raise Fault(f"{ids['assignment']} has one notebook, {exam.notebook}.ipynb: {ids['notebook']} is none of it")
        if objection(ids["student"]):
            _forget(folders, ids["student"])
        log = AuditLog(folders, f"nbgrader autograde {exam.assignment}")
        counting = Counting(folders, exam, log, write=True)
        person = counting.person(handed(folders, exam, ids["student"]))
        key = result_key(person.data, exam.digest_for(person.data), POINTS_ONLY, capabilities().mode)
        return Look(folders, exam, person, counting, log, key)


def _forget(folders: Folders, student: str) -> None:
    """Take what is no student id out of the gradebook, where nbgrader has just entered it; grades stay."""
    with import_nbgrader().Gradebook(folders.db_url, folders.course_id) as gradebook:
        known = gradebook.find_student(student)
        grades = [grade for one in known.submissions for notebook in one.notebooks for grade in notebook.grades]
        if all(grade.auto_score is None and grade.manual_score is None for grade in grades):
            gradebook.remove_student(student)


@dataclasses.dataclass(frozen=True)
class Look:
    """The course, the exam, the student whose submission nbgrader converts, and the key of its result."""

    folders: Folders
    exam: Exam
    person: Person
    counting: Counting
    log: AuditLog
    key: str

    @property
    def store(self) -> Store:
        """The results of the assignment."""
        return Store(self.folders.workshop / self.exam.assignment)


class Examine(_Hook):
    """First pass: examine what was handed in, in the sandbox; nbgrader writes the graded notebook."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the graded notebook in the place of the submitted one."""
        look = self.look(resources)
        exam, store = look.exam, look.store
        result = store.get(look.key)
        if result is None:
            store.put(look.key, _process(exam).grade(look.person.data))
            result = store.get(look.key)
        if result is None:
            raise Fault(f"{store.folder} keeps no results: is its disk full?")
        return nbformat.from_dict(result["notebook"]), resources


_PROCESSES: dict[str, OneByOne] = {}  # by the digest of the exam: autograde converts a whole class in one process


def _process(exam: Exam) -> OneByOne:
    """Return the process that examines this exam, with the limits of every other one; it ends with this one."""
    if exam.digest not in _PROCESSES:
        for digest in list(_PROCESSES):
            _PROCESSES.pop(digest).close()
        _PROCESSES[exam.digest] = OneByOne(exam, POINTS_ONLY)
    return _PROCESSES[exam.digest]


class Record(_Hook):
    """Second pass: scores and messages go into the gradebook, as `classroom grade` writes them."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Record the result, and leave the notebook as it is."""
        look = self.look(resources)
        exam, store, person = look.exam, look.store, look.person
        one = person.handed
        result = store.get(look.key)
        if result is None:
            raise Fault(f"the result of {one.student} is gone from {store.folder}: autograde again")
        recorder = Recorder(look.folders, exam, store, look.log)
        try:
            recorder.record(one, look.key, result, person.data)
        finally:
            recorder.close()
        if person.attempts.counted is not None:
            look.counting.note(person, person.attempts.counted, result)
        _leave(recorder.place(one.student), {f"{exam.notebook}.ipynb", "timestamp.txt", SECRET, *exam.files})
        return nb, resources


def _leave(folder: Path, names: set[str]) -> None:
    """Remove what a student put beside the notebook: nbgrader copies it, and formgrader serves it as its own."""
    for path in folder.iterdir():
        if path.name not in names:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
