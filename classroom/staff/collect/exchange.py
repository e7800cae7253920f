"""nbgrader's exchange, its folder `inbound`: student, assignment, time and a random word, with + between them."""

import datetime as dt
import re
from collections.abc import Mapping

from classroom.fault import Fault
from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, named_like
from classroom.staff.records.moment import read_moment

NAME = re.compile(
    r"(?:.*/)?(?P<folder>(?P<student>[^/]+)\+(?P<assignment>[^/+]+)\+"
    r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^/+]*(?:\+\d{4})?)(?:\+[^/+]+)?)/(?P<file>[^/].*)"
)


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of a folder."""
    found = Handover()
    for name, match in named_like(NAME, entries):
        if match["assignment"] != assignment:
            found.notes[name] = f"of another assignment, {match['assignment']}"
            continue
        if match["file"] == "timestamp.txt":
            found.notes[name] = "the time of a hand-in"
            continue
        student = match["student"]
        when = _moment(match["when"], zone)
        attempt = (match["when"],)
        found.add(name, Piece({"student": student}, student, match["file"], attempt, when, False, match["folder"]))
    return found


def _moment(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    try:
        return read_moment(text, zone)
    except Fault:
        # An abbreviation such as CEST is the zone in which the exchange was set to write, which is the course's.
        try:
            return read_moment(text[:19], zone)
        except Fault:
            return None
