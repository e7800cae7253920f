"""nbgrader's own `zip_collect` on any learning system's archive: collectors for nbgrader_config.py and --collector."""

import datetime as dt
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from nbgrader.plugins import FileNameCollectorPlugin

from classroom.fault import Fault
from classroom.staff.collect.archive import Entry, open_contents
from classroom.staff.collect.handover import Handover, Piece
from classroom.staff.collect.recognition import recognise
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import read_record
from classroom.staff.grade.notebook_choice import choose_notebook
from classroom.staff.records.dates import Dates
from classroom.staff.records.roster import Roster
from classroom.staff.records.student_id import composed, objection


class AnySystem(FileNameCollectorPlugin):
    """Recognises the learning system by the names of the files; of several attempts the last one is collected."""

    system = ""

    def collect(self, submitted_file: str) -> dict[str, Any] | None:
        """Describe a file as nbgrader wants to know it; None for any other than the notebook that counts."""
        if not hasattr(self, "_known"):
            self._known = self._read()
        return self._known.get(Path(submitted_file))

    def _read(self) -> dict[Path, dict[str, Any]]:
        """Read all files of nbgrader's folder at once: a name is understood only together with the others."""
        app = self.parent
        course = Folders.of(app.coursedir.root)
        assignment = app.coursedir.assignment_id
        folder = Path(app._format_collect_path(app.extracted_directory))
        dates, roster, record = Dates.of(course), Roster.of(course), read_record(course, assignment)
        with ExitStack() as stack:
            entries = open_contents(folder, stack).entries
            handover, around = _recognise(entries, assignment, dates.zone, self.system)
            hand_ins: dict[str, dict[tuple[Any, ...], dict[str, Piece]]] = defaultdict(lambda: defaultdict(dict))
            for name, pieces in handover.pieces.items():
                for piece in pieces:
                    if student := self._student(name, piece, roster):
                        hand_ins[student][_order(piece)][name] = piece
            known = {}
            for student, attempts in hand_ins.items():
                last = attempts[max(attempts)]
                entry = {piece.file: name for name, piece in last.items()}
                chosen, note = choose_notebook({file: entries[around[entry[file]]].read() for file in entry}, record)
                if note:
                    self.log.warning("%s: %s", student, note)
                if chosen:
                    moment = last[entry[chosen]].moment
                    known[folder / around[entry[chosen]]] = _told(student, assignment, moment)
        return known

    def _student(self, name: str, piece: Piece, roster: Roster) -> str:
        if len(roster) and piece.who:
            student, doubt = roster.find(piece.who)
            if not student:
                self.log.warning("%s: %s", name, doubt)
            return student
        student = composed(piece.called)
        if why := objection(student):
            self.log.warning("%s: %r %s, so it can be no student's id", name, student, why)
            return ""
        return student


def _order(piece: Piece) -> tuple[Any, ...]:
    """Return what puts the attempts of one student in order."""
    moment = piece.moment or dt.datetime.min.replace(tzinfo=dt.UTC)
    return (moment, tuple(str(part).zfill(20) for part in piece.attempt))


def _told(student: str, assignment: str, moment: dt.datetime | None) -> dict[str, Any]:
    told: dict[str, Any] = {"student_id": student, "file_id": assignment}
    # A moment, not a text: of a text nbgrader takes the seconds for a time zone.
    return told | ({"timestamp": moment.replace(tzinfo=None)} if moment is not None else {})


def _recognise(
    entries: dict[str, Entry], assignment: str, zone: dt.tzinfo, system: str
) -> tuple[Handover, dict[str, str]]:
    """Read the names without the folder that nbgrader adds for each zip; with each comes its full name."""
    readings, faults = [], []
    for depth in (0, 1):
        names = {"/".join(name.split("/")[depth:]): name for name in entries if name.count("/") >= depth}
        try:
            within = {name: entries[real] for name, real in names.items()}
            found, handover, inner = recognise(within, assignment, zone, system)
        except Fault as fault:
            faults.append(fault)
        else:
            real = {name: names[inner + name] for name in handover.pieces}
            # A name that only one system gives says more than a folder's.
            readings.append(((found != "folder", len(handover.pieces), -depth), handover, real))
    if not readings:
        raise faults[0]
    return max(readings, key=lambda reading: reading[0])[1:]


class Canvas(AnySystem):
    """Canvas's "Download Submissions"."""

    system = "canvas"


class Moodle(AnySystem):
    """Moodle's "Download all submissions"."""

    system = "moodle"


class Brightspace(AnySystem):
    """Brightspace's "Download"."""

    system = "brightspace"


class Blackboard(AnySystem):
    """Blackboard's "Assignment file download"."""

    system = "blackboard"


class Gradescope(AnySystem):
    """Gradescope's "Export submissions"."""

    system = "gradescope"
