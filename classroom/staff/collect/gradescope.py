"""Gradescope, "Export submissions": a folder for each submission, and a list of who submitted which.

The list has the earlier submissions of each student too, with their times; as a rule, only the last one has a folder.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from classroom.fault import Fault
from classroom.staff.collect.archive import Entry
from classroom.staff.collect.handover import Handover, Piece, local_moment
from classroom.staff.records.moment import believable, spoken
from classroom.staff.records.student_id import shown

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
    folders = {match["submission"] for match in map(_NAME.fullmatch, entries) if match}
    found.told += _told(listed, folders, zone)
    submissions = _with_earlier(listed)
    for name in entries:
        match = _NAME.fullmatch(name)
        about = submissions.get(match["submission"]) if match else None
        if match is None or about is None:
            continue
        for one in _submitters(about):
            sid, email, called = (_text(one.get(key)) for key in (":sid", ":email", ":name"))
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
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Fault(f"{_LIST} cannot be read: {str(error).splitlines()[0]}") from None
    if not isinstance(listed, dict):
        raise Fault(f"{_LIST} lists no submissions: export them again")
    return listed


def _with_earlier(listed: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return what is known of each submission by its folder, of earlier ones with whoever submitted the last."""
    found: dict[str, Mapping[str, Any]] = {}
    for folder, about in listed.items():
        for earlier in _earlier(about):
            found[f"submission_{earlier.get(':id')}"] = {**earlier, ":submitters": _submitters(about)}
        if isinstance(about, dict):
            found[str(folder)] = about
    return found


def _told(listed: Mapping[str, Any], folders: Collection[str], zone: dt.tzinfo) -> list[str]:
    """Say whose earlier submissions are listed and not in the export."""
    told = []
    for about in listed.values():
        absent = [one for one in _earlier(about) if f"submission_{one.get(':id')}" not in folders]
        if not absent:
            continue
        moments = [moment for one in absent if (moment := _moment(one.get(":created_at"), zone)) is not None]
        when = f", the last of {spoken(max(moments).replace(microsecond=0), zone)}" if moments else ""
        names = " and ".join(
            shown(_text(one.get(":name")) or _text(one.get(":sid")) or "somebody") for one in _submitters(about)
        )
        told.append(
            f"{names}: Gradescope lists {len(absent)} earlier submission{'s' if len(absent) > 1 else ''}{when}, and "
            "exports no files of them: if one should count, download it there and put it into class/submitted"
        )
    return told


def _earlier(about: Any) -> list[dict[str, Any]]:
    return _dicts(about, ":history")


def _submitters(about: Any) -> list[dict[str, Any]]:
    return _dicts(about, ":submitters")


def _dicts(about: Any, key: str) -> list[dict[str, Any]]:
    listed = about.get(key) if isinstance(about, dict) else None
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _text(value: Any) -> str:
    """Return a name or a number; what refers to itself again and again would become gigabytes of text."""
    return str(value) if isinstance(value, str | int) and value else ""


def _moment(value: Any, zone: dt.tzinfo) -> dt.datetime | None:
    if not isinstance(value, dt.datetime):
        return None
    return believable(value) if value.tzinfo else local_moment(value, dt.UTC)
