"""Brightspace, "Download submissions": a folder for every attempt, named with its time."""

import datetime as dt
import re
from collections.abc import Mapping

from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, local_moment
from classroom.staff.records.moment import as_text

NAME = re.compile(
    r"(?P<folder>(?P<number>[^/]+?)-(?P<submission>\d+) - (?P<name>[^/]+) - "
    r"(?P<when>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{3,4} [AP]M))/(?P<file>.+)"
)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of an archive."""
    found = Handover()
    for name in entries:
        match = NAME.fullmatch(name)
        if match is None:
            if name == "index.html":
                found.notes[name] = "Brightspace's own list"
            continue
        number, when = match["number"], moment(match["when"], zone)
        found.add(
            name,
            Piece(
                who={"number": number, "username": number, "name": match["name"]},
                called=number,
                file=match["file"],
                # The second number may be that of the assignment, the same in all folders: the time tells them apart.
                attempt=(as_text(when) or "", int(match["submission"]), match["when"]),
                moment=when,
                origin=f"{match['folder']}/{match['file']}",
            ),
        )
    return found


def moment(text: str, zone: dt.tzinfo) -> dt.datetime | None:
    """Read ``Oct 2, 2025 905 AM``; None if it is not a time.

    Examples
    --------
    >>> moment("Oct 2, 2025 905 AM", dt.UTC).isoformat(), moment("Oct 2, 2025 1230 AM", dt.UTC).isoformat()
    ('2025-10-02T09:05:00+00:00', '2025-10-02T00:30:00+00:00')
    """
    month, day, year, clock, half = text.replace(",", "").split()
    hour = int(clock[:-2]) % 12 + 12 * (half == "PM")
    try:
        naive = dt.datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, int(clock[-2:]))
    except ValueError:
        return None
    return local_moment(naive, zone)
