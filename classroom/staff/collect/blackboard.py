"""Blackboard, "Assignment file download": flat, every name with its time, and a text beside each hand-in."""

import datetime as dt
import re
from collections.abc import Mapping

from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, local_moment, named_like

NAME = re.compile(r"(?P<before>[^/]+)_attempt_(?P<when>\d{4}(?:-\d\d){5})(?:_(?P<file>[^/]+)|\.txt)")


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of an archive."""
    found = Handover()
    for name, match in named_like(NAME, entries):
        if match["file"] is None:
            found.notes[name] = "Blackboard's own description of a hand-in"
            continue
        user = username(match["before"], assignment)
        found.add(
            name,
            Piece(
                who={"username": user, "login": user, "number": user},
                called=user,
                file=match["file"],
                attempt=(match["when"],),
                moment=moment(match["when"], zone),
                origin=name,
            ),
        )
    return found


def username(before: str, assignment: str) -> str:
    """Return who is named before ``_attempt_``: what follows the assignment's name, or else the last word.

    Examples
    --------
    >>> username("activations_jane_doe", "activations"), username("Home work_jdoe", "activations")
    ('jane_doe', 'jdoe')
    """
    head = f"{assignment}_".casefold()
    return before[len(head) :] if before.casefold().startswith(head) else before.rpartition("_")[2]


def moment(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Read ``2025-10-02-09-05-33``; None if it is not a time."""
    try:
        return local_moment(dt.datetime.strptime(text, "%Y-%m-%d-%H-%M-%S"), zone)
    except ValueError:
        return None
