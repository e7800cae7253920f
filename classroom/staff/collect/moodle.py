"""Moodle, "Download all submissions": in folders or flat, with names or blind; without any time."""

import datetime as dt
import re
from collections.abc import Mapping

from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, named_like

# Full name, number of the participant in this assignment, plugin; before Moodle 4.1 the folder ends in "_".
NAME = re.compile(
    r"(?P<folder>(?P<name>[^/_]+)_(?P<participant>\d+)_assignsubmission_(?P<plugin>file|onlinetext)_?)(?:/|(?<=_))"
    r"(?P<file>.+)"
)
_BLIND = {"participant", "teilnehmer", "participante", "partecipante", "deelnemer", "teilnehmerin"}


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of an archive."""
    found = Handover()
    for name, match in named_like(NAME, entries):
        if match["plugin"] == "onlinetext":
            found.notes[name] = "a text that was typed into Moodle, no file"
            continue
        blind = match["name"].casefold() in _BLIND
        who = {"participant": f"{assignment}:{match['participant']}"} | ({} if blind else {"name": match["name"]})
        called = f"{match['name']} {match['participant']}" if blind else match["name"]
        folder = match["folder"]
        found.add(name, Piece(who=who, called=called, file=match["file"], origin=f"{folder}/{match['file']}"))
    return found
