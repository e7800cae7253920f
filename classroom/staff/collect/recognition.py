"""Which learning system an archive comes from: the one whose names it has."""

import datetime as dt
from collections.abc import Mapping
from types import ModuleType

from classroom.fault import Fault
from classroom.staff.collect import (
    blackboard,
    brightspace,
    canvas,
    exchange,
    gradescope,
    moodle,
    plain_folder,
)
from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover

# Those with the most telling names first; a plain folder is what no system has named.
SYSTEMS: dict[str, ModuleType] = {
    "moodle": moodle,
    "brightspace": brightspace,
    "blackboard": blackboard,
    "gradescope": gradescope,
    "exchange": exchange,
    "canvas": canvas,
    "folder": plain_folder,
}
TITLES = {"moodle": "Moodle", "brightspace": "Brightspace", "blackboard": "Blackboard", "gradescope": "Gradescope"}
TITLES |= {"exchange": "nbgrader's exchange", "canvas": "Canvas", "folder": "folders of students"}


def recognise(
    entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo, system: str = ""
) -> tuple[str, Handover, str]:
    """Read an archive in the manner of the system that it comes from.

    Parameters
    ----------
    entries : the files by name
    assignment, zone : the assignment, and the course's time zone
    system : one of `SYSTEMS` when it is known; by default the one that reads the most notebooks

    Returns
    -------
    system : str
    handover : Handover
    around : str
        The folder around everything, with its slash, which the names in `handover` lack; mostly "".

    Raises
    ------
    Fault
        If no system has such names.
    """
    if system and system not in SYSTEMS:
        raise Fault(f"{system!r} is no learning system that is read: write one of {', '.join(SYSTEMS)}")
    around = _around(entries)
    best: tuple[int, str, Handover, str] = (0, "", Handover(), "")
    for name in [system] if system else SYSTEMS:
        if name == "folder" and best[0]:
            break
        for stripped in ("", around) if around else ("",):
            inner = {key.removeprefix(stripped): entry for key, entry in entries.items()}
            handover = SYSTEMS[name].read(inner, assignment, zone)
            # A folder around everything is nobody's, if several people's folders lie in it.
            better = name == "folder" and stripped and len(_students(handover)) > max(1, len(_students(best[2])))
            if len(handover.pieces) > best[0] or better:
                best = (len(handover.pieces), name, handover, stripped)
    if not best[0]:
        first = ", ".join(list(entries)[:3]) or "nothing"
        raise Fault(f"no learning system names files like these, and no folder is named after a student: {first}")
    return best[1:]


def _students(handover: Handover) -> set[str]:
    """Return the students who have a folder; a notebook that is named after somebody is not one."""
    return {piece.called for name, pieces in handover.pieces.items() if "/" in name for piece in pieces}


def _around(entries: Mapping[str, Entry]) -> str:
    """Return the one folder in which everything lies, with its slash; "" if there is none."""
    tops = {name.partition("/")[0] if "/" in name else "" for name in entries}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
