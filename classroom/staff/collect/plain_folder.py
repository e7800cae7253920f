"""Folders that are named after students, as nbgrader's own `submitted` is, or one notebook named after each."""

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePosixPath

from classroom.fault import Fault
from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece
from classroom.staff.records.moment import read_moment


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of a folder."""
    found, stamps = Handover(), {}
    for name, entry in entries.items():
        student, file = _whose(PurePosixPath(name), assignment)
        if not student:
            continue
        if PurePosixPath(file).name == "timestamp.txt":
            found.notes[name] = "the time of a hand-in"
            stamps[student] = _moment(entry)
        else:
            found.add(name, Piece({"student": student}, student, file, origin=name))
    for name, (piece,) in found.pieces.items():
        moment = stamps.get(piece.called)
        found.pieces[name] = [Piece(piece.who, piece.called, piece.file, moment=moment, origin=name)]
    return found


def _whose(path: PurePosixPath, assignment: str) -> tuple[str, str]:
    """Return the student and the name of the file; "" if nobody is named."""
    parts = path.parts
    if assignment in parts[1:-1]:
        place = parts.index(assignment, 1)
        return parts[place - 1], "/".join(parts[place + 1 :])
    if len(parts) >= 2:
        return parts[0], "/".join(parts[1:])
    if path.suffix == ".ipynb" and path.stem != assignment:
        return path.stem, path.name
    return "", ""


def _moment(entry: Entry) -> dt.datetime | None:
    """Read nbgrader's time stamp; without a zone it is in UTC, as everywhere in nbgrader."""
    try:
        return read_moment(entry.read().decode("utf-8", "replace").strip(), dt.UTC)
    except Fault:
        return None
