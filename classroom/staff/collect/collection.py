"""Collecting: what a learning system handed over becomes attempts of students, and each file says what it became."""

import contextlib
import dataclasses
import datetime as dt
import errno
import hashlib
import itertools
import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path, PurePosixPath

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.notebook_file import FILE_BYTES
from classroom.staff.collect.archive import Contents, Entry, open_bytes, open_contents
from classroom.staff.collect.handover import Piece
from classroom.staff.collect.recognition import TITLES, recognise
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import own_due
from classroom.staff.grade.exam import Exam, read_record
from classroom.staff.grade.notebook_choice import choose_notebook
from classroom.staff.grade.submissions_folder import handed, keep_attempt, read_regular
from classroom.staff.records.attempts import Attempt, Attempts
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.dates import POLICY_WORDS, Dates
from classroom.staff.records.kept_names import kept_names
from classroom.staff.records.moment import as_text, read_moment, spoken
from classroom.staff.records.roster import Roster
from classroom.staff.records.student_id import composed, objection, shown

FILES = 200  # of one hand-in
HAND_IN_BYTES = 128 << 20
ALL_BYTES = 8 << 30
# What the names of one student's files may end in; a full disk is everybody's, and stops the command.
_OF_ONE = {errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTEMPTY}


@dataclasses.dataclass
class Collected:
    """What became of an archive.

    system : the learning system
    became : file to sentence, in the order of the archive
    refused : file to reason
    unknown : what nobody on the roster answers to, and where it was put
    students : who has handed in something in it
    fresh, known : attempts that are new, and those that were there already
    told : sentences that a person should read
    system_files : files of operating systems, left out
    """

    system: str = ""
    became: dict[str, str] = dataclasses.field(default_factory=dict)
    refused: dict[str, str] = dataclasses.field(default_factory=dict)
    unknown: dict[str, str] = dataclasses.field(default_factory=dict)
    students: set[str] = dataclasses.field(default_factory=set)
    fresh: int = 0
    known: int = 0
    told: list[str] = dataclasses.field(default_factory=list)
    system_files: int = 0


@dataclasses.dataclass
class _HandIn:
    """The files of one attempt of one student."""

    student: str
    attempt: tuple[str | int, ...]
    pieces: list[tuple[str, Piece]] = dataclasses.field(default_factory=list)  # by the entry's name

    @property
    def moment(self) -> dt.datetime | None:
        return next((piece.moment for _, piece in self.pieces if piece.moment is not None), None)

    @property
    def has_notebook(self) -> bool:
        return any(piece.file.casefold().endswith((".ipynb", ".zip")) for _, piece in self.pieces)


def collect(
    course: Folders, assignment: str, source: Path, *, system: str = "", times: Mapping[str, str] | None = None
) -> Collected:
    """Collect an assignment from what a learning system handed over.

    Parameters
    ----------
    course, assignment : where it goes
    source : a zip, a folder, or a folder of zips
    system : the learning system, when it is to be another than the names say
    times : student to time, where the system tells none

    Returns
    -------
    Collected

    Raises
    ------
    Fault
        If the source cannot be read at all or comes from no known system, or the assignment is not released.
    """
    record = read_record(course, assignment)
    dates = Dates.of(course)
    moments = {student: read_moment(text, dates.zone) for student, text in (times or {}).items()}
    with ExitStack() as stack:
        contents = open_contents(source, stack)
        system, handover, around = recognise(contents.entries, assignment, dates.zone, system)
        run = _Collection(course, record, dates, system, contents, around)
        run.outcome.told += handover.told
        for name in contents.entries:
            inner = name.removeprefix(around)
            if inner in handover.notes:
                run.outcome.became[shown(inner)] = handover.notes[inner]
            elif inner not in handover.pieces:
                run.outcome.refused[shown(inner)] = f"{TITLES[system]} names no file like this: it was left out"
        run.take(handover.pieces, moments)
    return run.outcome


class _Collection:
    """One run over an archive."""

    def __init__(
        self, course: Folders, record: Exam, dates: Dates, system: str, contents: Contents, around: str
    ) -> None:
        self.course, self.record, self.dates, self.system = course, record, dates, system
        self.contents, self.around = contents, around
        self.roster = Roster.of(course)
        self.log = AuditLog(course, f"classroom collect {record.assignment}")
        self.outcome = Collected(system, system_files=contents.system)
        self.outcome.refused |= contents.refused
        self.bytes = 0
        self.aside: Counter[str] = Counter()  # files that are kept of each unknown student

    def take(self, pieces: Mapping[str, list[Piece]], moments: Mapping[str, dt.datetime]) -> None:
        """Turn all files into attempts, student by student."""
        hand_ins: dict[tuple[str, tuple[str | int, ...]], _HandIn] = {}
        for name, several in pieces.items():
            for piece in several:
                student = self._student(name, piece)
                if student:
                    key = (student, piece.attempt)
                    hand_ins.setdefault(key, _HandIn(student, piece.attempt)).pieces.append((name, piece))
        by_student: dict[str, list[_HandIn]] = defaultdict(list)
        for hand_in in hand_ins.values():
            by_student[hand_in.student].append(hand_in)
        unheard = sorted(moments.keys() - by_student.keys())
        if unheard:
            raise Fault(f"a time is given for {unheard[0]}, of whom nothing is in this archive")
        for student, attempts in sorted(by_student.items()):
            try:
                self._take_student(student, _with_notebooks(attempts), moments.get(student))
            except (Fault, OSError) as error:  # one student's files are in each other's way: the others' are taken
                if isinstance(error, OSError) and error.errno not in _OF_ONE:
                    raise
                why = str(error) if isinstance(error, Fault) else f"could not be kept: {error.strerror}"
                self.outcome.refused[shown(attempts[0].pieces[0][0])] = f"{shown(student)}: {why}"

    def _student(self, name: str, piece: Piece) -> str:
        """Return the student whose file it is; put the file aside when nobody can be found."""
        named_by_folder = "student" in piece.who
        if len(self.roster) and piece.who:
            student, doubt = self.roster.find(piece.who)
            if student:
                return student
            if not named_by_folder:
                return self._put_aside(name, piece, doubt)
            if not objection(composed(piece.called)):
                self._tell(f"{shown(piece.called)} is not on the roster, and was taken by the name of the folder")
        elif len(self.roster):
            return self._put_aside(name, piece, "the hand-in is anonymous")
        if why := objection(composed(piece.called)):
            return self._put_aside(name, piece, f"{shown(piece.called)!r} {why}, so it can be no student's id")
        return composed(piece.called)

    def _put_aside(self, name: str, piece: Piece, doubt: str) -> str:
        """Keep a file whose student is not known, beside whatever else came under its name."""
        self.aside[piece.called] += 1
        try:
            if self.aside[piece.called] > FILES:
                raise Fault(f"{shown(piece.called)} handed in more than {FILES} files")
            data = self._read(name)
        except Fault as fault:
            self.outcome.refused[shown(name)] = str(fault)
            return ""
        path = next(path for path in self._aside(name) if not path.exists() or path.read_bytes() == data)
        write_whole(path, data)
        kept = path.relative_to(self.course.root)
        self.outcome.unknown[shown(name)] = f"{doubt}: kept as {shown(str(kept))}"
        return ""

    def _aside(self, name: str) -> Iterator[Path]:
        """Yield the paths under which a file is kept whose student is not known, the first free one being its own."""
        place = self.course.class_folder / "unknown" / self.record.assignment / self.system
        path = place / kept_names([name])[name]
        yield path
        for number in itertools.count(2):
            yield path.with_name(f"{path.stem} ({number}){path.suffix}")

    def _no_longer_aside(self, name: str) -> None:
        """Remove what was kept of a file while its student was not known: it lies with the student's attempts now."""
        for path in itertools.takewhile(Path.is_file, self._aside(name)):
            if path.read_bytes() == self.contents.entries[self.around + name].read():
                path.unlink()
                with contextlib.suppress(OSError):  # others are in it
                    os.removedirs(path.parent)
                return

    def _read(self, name: str) -> bytes:
        entry: Entry = self.contents.entries[self.around + name]
        data = entry.read()
        self.bytes += len(data)
        if self.bytes > ALL_BYTES:
            raise Fault(f"everything before it has {ALL_BYTES >> 30} GB already")
        return data

    def _tell(self, sentence: str) -> None:
        if sentence not in self.outcome.told:
            self.outcome.told.append(sentence)

    # --- one student ------------------------------------------------------------------------------------------------

    def _take_student(self, student: str, hand_ins: list[_HandIn], moment: dt.datetime | None) -> None:
        attempts = self._attempts(student)
        self.outcome.students.add(student)
        before = attempts.counted
        for number, hand_in in enumerate(hand_ins):
            last = number == len(hand_ins) - 1
            self._take_hand_in(attempts, hand_in, hand_in.moment or (moment if last else None))
        self._count(student, attempts, before)
        attempts.save()
        for name in (name for hand_in in hand_ins for name, _ in hand_in.pieces):
            if shown(name) not in self.outcome.refused:
                self._no_longer_aside(name)

    def _attempts(self, student: str) -> Attempts:
        """Return a student's attempts, including what lies in the submitted/ folder."""
        place = self.course.folder("submitted") / student / self.record.assignment
        if not place.is_dir():
            return Attempts.of(self.course, self.record.assignment, student)
        one = handed(self.course, self.record, student)
        return keep_attempt(self.course, self.record, one, read_regular(one.path, FILE_BYTES + 1), one.moment)

    def _take_hand_in(self, attempts: Attempts, hand_in: _HandIn, moment: dt.datetime | None) -> None:
        files, of = self._files(hand_in)
        name, note = choose_notebook(files, self.record)
        student = hand_in.student
        if not name:
            self._keep_without_notebook(student, files, note, of)
            return
        digest = hashlib.sha256(files[name]).hexdigest()
        known = attempts.known(digest, moment)
        piece = next(piece for entry, piece in hand_in.pieces if entry == of[name])
        if known is not None:
            self.outcome.known += 1
            known.origin, known.source = piece.origin, self.system  # feedback goes to where it came from last
            if known.moment is None and moment is not None:
                known.moment = moment
                self._log_attempt(student, known)
            said = f"attempt {known.number} of {shown(student)}, known already"
        else:
            late = any(piece.said_late for _, piece in hand_in.pieces)
            beside = [(other, data) for other, data in files.items() if other != name]
            known = attempts.add(
                files[name], moment, origin=piece.origin, source=self.system, said_late=late, beside=beside
            )
            attempts.by_hand = False
            self.outcome.fresh += 1
            self._log_attempt(student, known)
            said = f"attempt {known.number} of {shown(student)}"
            if late and moment is None:
                self._tell(
                    f"{shown(student)} is late by {TITLES[self.system]}'s word, which gives no time: "
                    f"say it with  --time '{student}=2026-10-03 23:59'"
                )
        when = f", {spoken(moment, self.dates.zone)}" if moment is not None else ""
        self.outcome.became[shown(of[name])] = said + when + (f": {note}" if note else "")
        for other in files:
            if other != name:
                kept = f"kept beside attempt {known.number} of {shown(student)}"
                self.outcome.became.setdefault(shown(of[other]), kept)
        if note:
            self._tell(f"{shown(student)}: {note}")

    def _files(self, hand_in: _HandIn) -> tuple[dict[str, bytes], dict[str, str]]:
        """Return the files of a hand-in by their own names, and which entry each came from; zips are looked into."""
        files: dict[str, bytes] = {}
        of: dict[str, str] = {}
        size = 0
        for entry, piece in hand_in.pieces:
            if len(files) >= FILES:
                self.outcome.refused[shown(entry)] = f"{shown(hand_in.student)} handed in more than {FILES} files"
                continue
            try:
                found = self._unpacked(entry, piece.file, self._read(entry))
                size += sum(map(len, found.values()))
                if size > HAND_IN_BYTES:
                    raise Fault(f"the hand-in of {shown(hand_in.student)} has more than {HAND_IN_BYTES >> 20} MB")
            except Fault as fault:
                self.outcome.refused[shown(entry)] = str(fault)
                continue
            for name, data in found.items():
                if files.get(name) == data:
                    self.outcome.became.setdefault(shown(entry), f"the same file as {shown(of[name])}")
                    continue
                own = next(one for one in _numbered(name) if one not in files)
                files[own], of[own] = data, entry
        return files, of

    def _unpacked(self, entry: str, file: str, data: bytes) -> dict[str, bytes]:
        """Return a file, or the files of a zip that a student has made."""
        if not file.casefold().endswith(".zip"):
            return {file: data}
        try:
            inner = open_bytes(data, shown(entry))
        except Fault:
            return {file: data}
        self.outcome.refused |= {f"{shown(entry)}: {name}": reason for name, reason in inner.refused.items()}
        found, size = {}, 0
        for name, one in list(inner.entries.items())[:FILES]:
            try:
                found[name] = one.read()
                size += len(found[name])
            except Fault as fault:
                self.outcome.refused[f"{shown(entry)}: {shown(name)}"] = str(fault)
            if size > HAND_IN_BYTES:
                raise Fault(f"unpacks to more than {HAND_IN_BYTES >> 20} MB")
        return found

    def _keep_without_notebook(
        self, student: str, files: Mapping[str, bytes], note: str, of: Mapping[str, str]
    ) -> None:
        """Keep a hand-in that holds no notebook: it is graded as missing, and says what was there instead."""
        place = self.course.folder("submitted") / student / self.record.assignment
        kept = kept_names(files)
        for name, data in files.items():
            write_whole(place / kept[name], data)
            self.outcome.became[shown(of[name])] = f"kept in {shown(student)}'s folder: no notebook"
        if files:
            self._tell(f"{shown(student)}: {note}")

    def _log_attempt(self, student: str, attempt: Attempt) -> None:
        handed_in = as_text(attempt.moment) or ""
        self._log("collected", student, attempt, origin=attempt.origin, source=attempt.source, handed_in=handed_in)

    def _log(self, event: str, student: str, attempt: Attempt, **more: str) -> None:
        of = {"assignment": self.record.assignment, "student": student}
        self.log.write(event, **of, attempt=attempt.number, sha256=attempt.sha256, **more)

    def _count(self, student: str, attempts: Attempts, before: int | None) -> None:
        """Put the attempt that the rule asks for where grading finds it."""
        policy = self.dates.policy(self.record.assignment)
        due = own_due(self.course, self.record.assignment, student) if policy == "in-time" else None
        chosen = attempts.choose(policy, due)
        if chosen is None:
            return
        place = self.course.folder("submitted") / student / self.record.assignment
        if policy == "best" and len(attempts.all) > 1:
            self._tell(f"{shown(student)} has {len(attempts.all)} attempts: grading tells which is the best")
        attempts.place(chosen, place)
        if chosen.number != before:
            self._log("counted", student, chosen, why=POLICY_WORDS[policy])


def _numbered(name: str) -> Iterator[str]:
    """Yield a file's name, and those that it has where another file has it already."""
    yield name
    path = PurePosixPath(name)
    for number in itertools.count(2):
        yield str(path.with_name(f"{path.stem} ({number}){path.suffix}"))


def _with_notebooks(hand_ins: list[_HandIn]) -> list[_HandIn]:
    """Return the hand-ins in order; files without any notebook belong to the latest that has one."""
    order = sorted(hand_ins, key=lambda one: (one.moment or dt.datetime.max.replace(tzinfo=dt.UTC), str(one.attempt)))
    order.sort(key=lambda one: [(isinstance(part, str), part) for part in one.attempt])
    full = [one for one in order if one.has_notebook]
    if not full:
        return order
    for one in order:
        if one not in full:
            full[-1].pieces += one.pieces
    return full
