"""Gradescope, "Export submissions": a folder for each submission, and a list of who submitted which."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from classroom.fault import Fault
from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, local_moment

_LIST = "submission_metadata.yml"
_NAME = re.compile(r"(?P<submission>submission_\d+)/(?P<file>.+)")


def read(entries: Mapping[str, Entry], assignment: str, zone: dt.tzinfo) -> Handover:
    """Read the names of an export and the list in it.

    Raises
    ------
    Fault
        If the list cannot be read.
    """
    found = Handover()
    if _LIST not in entries:
        return found
    listed = _listed(entries[_LIST])
    found.notes[_LIST] = "Gradescope's own list"
    for name in entries:
        match = _NAME.fullmatch(name)
        if match is None:
            continue
        about = listed.get(match["submission"])
        if not isinstance(about, dict):
            continue
        submitters = about.get(":submitters")
        for one in submitters if isinstance(submitters, list) else []:
            sid, email, called = (str(one.get(key) or "") for key in (":sid", ":email", ":name"))
            found.add(
                name,
                Piece(
                    who={"number": sid, "email": email, "name": called},
                    called=sid or email or called,
                    file=match["file"],
                    attempt=(int(match["submission"].removeprefix("submission_")),),
                    moment=_moment(about.get(":created_at"), zone),
                    origin=name,
                ),
            )
    return found


def _listed(entry: Entry) -> Mapping[str, Any]:
    import yaml

    try:
        listed = yaml.safe_load(entry.read())
    except (yaml.YAMLError, ValueError) as error:
        raise Fault(f"{_LIST} cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(listed, dict):
        raise Fault(f"{_LIST} lists no submissions: export them again")
    return listed


def _moment(value: Any, zone: dt.tzinfo) -> dt.datetime | None:
    if not isinstance(value, dt.datetime):
        return None
    return value.astimezone(dt.UTC) if value.tzinfo else local_moment(value, dt.UTC)
