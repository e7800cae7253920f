"""What was handed in: the folders of the students, read without trusting what lies in them."""

import contextlib
import datetime as dt
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classroom.fault import Fault
from classroom.notebook_file import FILE_BYTES
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.notebook_choice import choose_notebook
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.attempts import Attempt, Attempts
from classroom.staff.records.kept_names import below
from classroom.staff.records.moment import believable
from classroom.staff.records.student_id import objection, shown

ATTEMPT_BYTES = 64 << 20  # of a notebook that is kept; one that is graded has at most 20 MB
SECRET = "submission_secret.txt"  # of nbgrader's exchange
_FILES = 200  # of one hand-in that are looked at for a notebook


@dataclass(frozen=True)
class Handed:
    """One submission as it lies in the submitted/ folder.

    path : the notebook, which may lie deeper in the folder `place`
    note : what a person has to know of it: a notebook with another name, or a choice between several
    """

    student: str
    path: Path
    timestamp: str
    note: str = ""
    place: Path = Path()

    @property
    def moment(self) -> dt.datetime | None:
        """When it was handed in, in UTC; None if its time stamp says nothing that is understood."""
        if not self.timestamp:
            return None
        try:
            naive: dt.datetime | None = dt.datetime.strptime(
                self.timestamp, "%Y-%m-%d %H:%M:%S UTC"
            )  # as nbgrader writes it
        except ValueError:
            naive = _read_stamp(self.timestamp)
        return None if naive is None else believable(naive.replace(tzinfo=dt.UTC))


# As `classroom collect` and nbgrader's exchange write a time stamp; any other nbgrader reads itself.
_STAMPS = ("%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%d %H:%M:%S.%f UTC")


@dataclass(frozen=True)
class NotTaken:
    """A student's folder that is not taken as a submission, and why."""

    student: str
    reason: str


def _read_stamp(text: str) -> dt.datetime | None:
    """Read a time stamp as nbgrader does, in UTC without a zone."""
    for form in _STAMPS:
        with contextlib.suppress(ValueError):
            return dt.datetime.strptime(text, form)
    import_nbgrader()
    from nbgrader.utils import parse_utc

    try:
        moment: dt.datetime = parse_utc(text)
    except Exception:  # untrusted text: parse_utc may raise anything
        return None
    return moment


def handing_in(folders: Folders, assignment: str, students: Sequence[str] = ()) -> list[str]:
    """Name the folders of those who handed in an assignment, in order; of `students` alone where some are named.

    Raises
    ------
    Fault
        If there is none, or one of `students` did not hand in.
    """
    folder = folders.folder("submitted")
    entries = sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []
    looked_at = [name for name in entries if not name.startswith(".") and name != "__MACOSX"]
    names = [name for name in looked_at if _takes_part(folder / name, assignment)]
    if missing := sorted(set(students) - set(names)):
        raise Fault(f"{missing[0]} handed nothing in: {folder / missing[0] / assignment} does not exist")
    if not names:
        raise Fault(
            f"nobody has handed in {assignment}: {folder} has no folder <student>/{assignment}; put the notebooks "
            f"there, or collect what your learning system gives with  classroom collect {assignment} FILE"
        )
    return sorted(set(students)) or names


def _takes_part(place: Path, assignment: str) -> bool:
    try:
        return _has_folder(place, assignment)
    except (Fault, OSError):  # what is wrong with it is told when it is its turn
        return True


def handed_in(folders: Folders, exam: Exam, names: Sequence[str]) -> Iterator[Handed | NotTaken]:
    """Give the submissions in these folders, one after the other, and the folders that are not taken."""
    for name in names:
        try:
            if not _has_folder(folders.folder("submitted") / name, exam.assignment):
                continue
            one = handed(folders, exam, name)
        except (Fault, OSError) as error:
            why = str(error) if isinstance(error, Fault) else f"the folder cannot be read: {error.strerror}"
            yield NotTaken(shown(name), why)
        else:
            yield one


def _has_folder(place: Path, assignment: str) -> bool:
    """Whether a student's folder holds the assignment; one whose name differs in its case alone is a mistake.

    Raises
    ------
    Fault
        If there is such a one.
    """
    if (place / assignment).is_dir():
        return True
    alike = [path.name for path in place.glob("*") if path.name.casefold() == assignment.casefold()]
    if alike:
        raise Fault(f"the folder {alike[0]} is not called {assignment}: rename it")
    return False


def handed(folders: Folders, exam: Exam, student: str) -> Handed:
    """Return where a student's submission lies, and when it was handed in.

    Raises
    ------
    Fault
        If the folder's name is no student id, or the folder is a link, which may lead to somebody else's work.
    """
    place = folders.folder("submitted") / student / exam.assignment
    if why := objection(student):
        raise Fault(f"the name of the folder is no student id, it {why}: rename it")
    if place.parent.is_symlink() or place.is_symlink():
        raise Fault("the folder is a link, which may lead to somebody else's work: put a copy in its place")
    path, note = _notebook(place, exam)
    return Handed(student, path, _timestamp(place / "timestamp.txt"), note, place)


def _notebook(place: Path, exam: Exam) -> tuple[Path, str]:
    """Return the notebook of a hand-in: the one with the right name, when it is the only one."""
    wanted = place / f"{exam.notebook}.ipynb"
    names = _files(place)
    notebooks = [name for name in names if name.casefold().endswith(".ipynb")]
    if notebooks == [wanted.name]:
        return wanted, ""
    files = dict.fromkeys(names, b"")
    left = ATTEMPT_BYTES  # of all notebooks together
    for name in sorted(notebooks, key=lambda name: name != wanted.name):
        files[name] = read_regular(place / name, min(FILE_BYTES + 1, left)) or b""
        left -= len(files[name])
    name, note = choose_notebook(files, exam)
    return place / name if name else wanted, note


def _files(place: Path) -> list[str]:
    """Return the names of the regular files of a hand-in, but for those of programs."""
    found: list[str] = []
    for path in below(place) if place.is_dir() else ():
        *around, name = path.relative_to(place).parts
        if name.startswith(".") or name in _OWN or any(part.startswith((".", "__")) for part in around):
            continue
        if not path.is_symlink() and path.is_file():
            found.append(path.relative_to(place).as_posix())
        if len(found) >= _FILES:
            break
    return found


_OWN = {"timestamp.txt", SECRET}


def keep_attempt(folders: Folders, exam: Exam, one: Handed, data: bytes | None, moment: dt.datetime | None) -> Attempts:
    """Keep what lies in a student's folder as an attempt, if it is none yet.

    Whoever puts something earlier there has chosen it: it counts until another one arrives.
    """
    attempts = Attempts.of(folders, exam.assignment, one.student)
    if data is None:
        return attempts
    if len(data) > FILE_BYTES:  # what is too large to be graded is kept all the same, whole
        data = read_regular(one.path, ATTEMPT_BYTES) or data
    digest = hashlib.sha256(data).hexdigest()
    counted = attempts.get(attempts.counted)
    if counted is not None and counted.sha256 == digest:
        counted.moment = moment
        return attempts
    known = attempts.known(digest, moment)
    latest = max((one.moment for one in attempts.all if one.moment is not None), default=None)
    attempts.by_hand = known is not None or (moment is not None and latest is not None and moment < latest)
    if known is None:
        known = attempts.add(data, moment, origin=one.path.name, beside=list(_beside(one)))
    attempts.counted = known.number
    return attempts


def _beside(one: Handed) -> Iterator[tuple[str, bytes]]:
    """Give the other notebooks of a hand-in: they are kept, and do not count."""
    if not one.note:
        return
    left = ATTEMPT_BYTES  # of all of them together
    for name in _files(one.place):
        if name.endswith(".ipynb") and one.place / name != one.path and left > 0:
            data = read_regular(one.place / name, min(FILE_BYTES + 1, left)) or b""
            left -= len(data)
            yield name, data


def put_in_place(folders: Folders, exam: Exam, one: Handed, attempts: Attempts, attempt: Attempt) -> Handed:
    """Put the attempt that counts into the student's folder; return it as it lies there."""
    place = folders.folder("submitted") / one.student / exam.assignment
    attempts.place(attempt, place)
    stamp = "" if attempt.moment is None else f"{attempt.moment:%Y-%m-%d %H:%M:%S} UTC"
    return Handed(one.student, place / f"{exam.notebook}.ipynb", stamp, one.note, place)


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
