"""What was handed in: the folders of the students, read without trusting what lies in them."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam

# What a folder of a student may be called: the name reaches web pages, paths and the gradebook.
STUDENT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")


@dataclass(frozen=True)
class Handed:
    """One submission as it lies in the folder of the submitted."""

    student: str
    path: Path
    timestamp: str


def handed_in(folders: Folders, exam: Exam, students: Sequence[str], failed: dict[str, str]) -> Iterator[Handed]:
    """List the submissions, in the order of the students' names."""
    folder = folders.folder("submitted")
    names = sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []
    if students:
        missing = sorted(set(students) - set(names))
        if missing:
            raise Fault(f"{missing[0]} handed nothing in: {folder / missing[0]} does not exist")
        names = sorted(set(students))
    for name in names:
        try:
            if name.startswith(".") or not (folder / name / exam.assignment).is_dir():
                continue
            one = handed(folders, exam, name)
        except (Fault, OSError) as error:
            why = str(error) if isinstance(error, Fault) else f"the folder cannot be read: {error.strerror}"
            failed[re.sub(r"[^A-Za-z0-9_.@ -]", "?", name)[:60]] = why
        else:
            yield one


def handed(folders: Folders, exam: Exam, student: str) -> Handed:
    """Return where a student's submission lies, and when it was handed in.

    Raises
    ------
    Fault
        If the folder's name is no student id, or the folder is a link, which may lead to somebody else's work.
    """
    place = folders.folder("submitted") / student / exam.assignment
    if not STUDENT_ID.fullmatch(student):
        raise Fault("the name of the folder is no student id (letters, digits, _ . - @): rename it")
    if place.parent.is_symlink() or place.is_symlink():
        raise Fault("the folder is a link, which may lead to somebody else's work: put a copy in its place")
    return Handed(student, place / f"{exam.notebook}.ipynb", _timestamp(place / "timestamp.txt"))


def _timestamp(path: Path) -> str:
    try:
        return (read_regular(path, 200) or b"").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def read_regular(path: Path, limit: int) -> bytes | None:
    """Read at most `limit` bytes of a regular file; None if there is none.

    Neither a link nor a pipe nor a device nor a folder is read: a submission's folder was filled by somebody else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        with open(handle, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(handle)
