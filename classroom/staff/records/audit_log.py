"""The log of a class: one line of JSON for every act, appended and never changed; `class/log.jsonl`."""

import datetime as dt
import fcntl
import getpass
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from classroom.staff.folders import Folders
from classroom.staff.records.moment import as_text, from_text, spoken
from classroom.staff.records.student_id import shown


class AuditLog:
    """Who did what, to whose submission, and what that changed in the gradebook."""

    def __init__(self, course: Folders, command: str) -> None:
        self._path = course.class_folder / "log.jsonl"
        self._command = command

    def write(self, act: str, *, assignment: str = "", student: str = "", **details: Any) -> None:
        """Append an act.

        Parameters
        ----------
        act : what was done: one of `_SENTENCES`, or "enrolled"
        assignment, student : whom it concerns; empty for all
        details : plain data
        """
        entry = {"time": as_text(dt.datetime.now(dt.UTC)), "who": _who(), "command": self._command, "act": act}
        entry |= {"assignment": assignment, "student": student, **details}
        line = json.dumps({key: value for key, value in entry.items() if value != ""}, ensure_ascii=True) + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.write(handle, line.encode())
        finally:
            os.close(handle)

    def read(self) -> Iterator[dict[str, Any]]:
        """Read the acts in their order; a line that a dying machine left unfinished is passed over."""
        if not self._path.is_file():
            return
        with open(self._path, encoding="utf-8") as file:
            for line in file:
                try:
                    yield dict(json.loads(line))
                except ValueError:
                    continue


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return str(os.getuid())


def sentence(entry: Mapping[str, Any], zone: dt.tzinfo) -> str:
    """Say an act as a sentence."""
    moment = from_text(str(entry["time"]))
    assert moment is not None
    when = spoken(moment.replace(microsecond=0), zone)
    say = _SENTENCES.get(str(entry["act"]))
    what = say(entry, zone) if say else json.dumps(dict(entry), ensure_ascii=False)
    return f"{when}: {entry['who']} ran {entry['command']}: {what}"


def _digest(entry: Mapping[str, Any], name: str) -> str:
    return str(entry.get(name) or "")[:12]


def _collected(entry: Mapping[str, Any], zone: dt.tzinfo) -> str:
    moment = from_text(entry.get("handed_in"))
    when = f", handed in {spoken(moment.replace(microsecond=0), zone)}" if moment else ", time of handing in unknown"
    origin = shown(str(entry.get("origin") or "class/submitted"))
    return (
        f"attempt {entry['attempt']} of {entry['assignment']} came from {origin} "
        f"(sha256 {_digest(entry, 'sha256')}){when}."
    )


def _counted(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    which = f"attempt {entry['attempt']} of {entry['assignment']}"
    return f"{which} counts (sha256 {_digest(entry, 'sha256')}): {entry['why']}."


def _recorded(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    changes = entry.get("changes") or {}
    cells = ", ".join(f"{cell} {_points(old)} → {_points(new)}" for cell, (old, new) in changes.items())
    reason = f"; not graded: {entry['reason']}" if entry.get("reason") else ""
    return (
        f"{entry['assignment']} went from {_points(entry.get('old'))} to {_points(entry.get('new'))} points "
        f"(submission {_digest(entry, 'sha256') or 'none'}, exam {_digest(entry, 'exam')}){reason}"
        f"{': ' + cells if cells else ''}."
    )


def _penalty(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    return (
        f"the late penalty of {entry['assignment']} went from {entry['old'] or 0:g} to {entry['new'] or 0:g} points "
        f"({entry['why']})."
    )


def _dates(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    of = f" of {entry['assignment']}" if entry.get("assignment") else ""
    return f"{entry['what']}{of}: {entry.get('old') or 'not set'} → {entry['new']}."


def _exported(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    if "new" in entry:
        before = entry.get("old") or "blank"
        return f"{entry['assignment']} was written as {entry['new']} for {entry['to']} (before: {before})."
    return f"grades were written for {entry['to']} to {entry['file']}."


def _released(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    given = [f"; {name} went out though it answers {what}" for name, what in (entry.get("despite") or {}).items()]
    return f"{entry['assignment']} was released (sha256 of the bundle {_digest(entry, 'sha256')}){''.join(given)}."


def _given(entry: Mapping[str, Any], zone: dt.tzinfo) -> str:
    words = {
        "manual_score": "a person's points",
        "extra_credit": "extra credit",
        "manual_comment": "a person's comment",
    }
    said = [f"{words[name]} {_value(old)} → {_value(new)}" for name, (old, new) in entry["changes"].items()]
    what = (
        f"{entry['cell']} of {entry['assignment']}: {', '.join(said)} (submission {_digest(entry, 'sha256') or 'none'})"
    )
    if not (since := str(entry.get("since") or "")):
        return f"{what}."
    moment = None if since == "the beginning" else from_text(since)
    begin = since if moment is None else spoken(moment.replace(microsecond=0), zone)
    return f"found {what}, given in some other way between {begin} and now."


def _value(value: Any) -> str:
    return f"“{value}”" if isinstance(value, str) else _points(value)


def _left(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    return "the student has left the class; all that is known of them is kept."


def _back(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    return "the student is in the class again."


def _accepted(entry: Mapping[str, Any], _: dt.tzinfo) -> str:
    return (
        f"{entry['exercise']} of {entry['assignment']} counts though it equals text of the course "
        f"(sha256 {_digest(entry, 'sha256')}): {entry['because']}."
    )


def _points(value: Any) -> str:
    return "–" if value is None else f"{value:g}"


_SENTENCES = {
    "collected": _collected,
    "counted": _counted,
    "recorded": _recorded,
    "penalty": _penalty,
    "dates": _dates,
    "exported": _exported,
    "released": _released,
    "accepted": _accepted,
    "given": _given,
    "left": _left,
    "back": _back,
}
