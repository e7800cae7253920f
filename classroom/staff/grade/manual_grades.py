"""What a person gives by hand, into the log of the class: when it is typed, or else when the next command finds it.

Formgrader writes into nbgrader's gradebook itself, which keeps no times.  Where the course's nbgrader_config.py calls
`watch`, its own process logs each change as it is saved.  What was changed by any other way is found by comparison, and
logged with the span of time in which it must have happened.
"""

import contextlib
import datetime as dt
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.moment import as_text, from_text

Place = tuple[str, str, str]  # assignment, student, grade id of the cell
Given = dict[str, Any]  # "manual_score", "extra_credit" and "manual_comment", as far as there are any
FIELDS = {"Grade": ("manual_score", "extra_credit"), "Comment": ("manual_comment",)}
_GRADES = """
    select assignment.name, submitted_assignment.student_id, base_cell.name, grade.manual_score, grade.extra_credit
    from grade join submitted_notebook on submitted_notebook.id = grade.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    join base_cell on base_cell.id = grade.cell_id
    where grade.manual_score is not null or grade.extra_credit is not null"""
_COMMENTS = """
    select assignment.name, submitted_assignment.student_id, base_cell.name, comment.manual_comment
    from comment join submitted_notebook on submitted_notebook.id = comment.notebook_id
    join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
    join assignment on assignment.id = submitted_assignment.assignment_id
    join base_cell on base_cell.id = comment.cell_id
    where comment.manual_comment is not null"""
_WATCHED: set[Path] = set()  # courses
_PENDING = "classroom: what a person gave"


def watch(root: Path) -> None:
    """Log what is saved through nbgrader's gradebook in this process; for nbgrader_config.py.

    Parameters
    ----------
    root : the folder of the course

    Notes
    -----
    Commands that have not imported nbgrader write no grades by hand, and pay nothing for this.
    """
    if "nbgrader" not in sys.modules:
        return
    from sqlalchemy import event
    from sqlalchemy.orm import Session

    _WATCHED.add(root.resolve())
    for name, listener in (("before_flush", _collect), ("after_commit", _write), ("after_rollback", _forget)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _collect(session: Any, *_: Any) -> None:
    """Note what is about to be saved, as it was and as it will be."""
    from sqlalchemy import inspect

    for one in session.dirty:
        fields = FIELDS.get(type(one).__name__, ()) if type(one).__module__ == "nbgrader.api" else ()
        changed = {}
        for name in fields:
            history = inspect(one).attrs[name].history
            old, new = (values[0] if values else None for values in (history.deleted, history.added))
            if history.added and _plain(name, old) != _plain(name, new):
                changed[name] = (_plain(name, old), _plain(name, new))
        if changed:
            handed = one.notebook.assignment
            place = (handed.assignment.name, handed.student_id, one.cell.name)
            session.info.setdefault(_PENDING, []).append((place, changed))


def _write(session: Any) -> None:
    """Log what was saved."""
    pending = session.info.pop(_PENDING, [])
    command = "formgrader" if "nbgrader.server_extensions.formgrader" in sys.modules else "nbgrader"
    # It is saved already: where it cannot be logged now, the next command finds it.
    with contextlib.suppress(Fault, OSError):
        if pending and (course := _course_of(session)) is not None:
            for place, changed in pending:
                _log(course, command, place, changed)


def _forget(session: Any) -> None:
    session.info.pop(_PENDING, None)


def _course_of(session: Any) -> Folders | None:
    """Return the watched course whose gradebook a session writes."""
    from sqlalchemy.engine import make_url

    url = session.get_bind().engine.url
    for root in [root for root in _WATCHED if (root / "nbgrader_config.py").is_file()]:
        course = Folders.of(root)
        known = make_url(course.db_url)
        files = [Path(one.database or "").resolve() for one in (url, known) if one.get_backend_name() == "sqlite"]
        if url == known or (len(files) == 2 and files[0] == files[1]):
            return course
    return None


def _plain(name: str, value: Any) -> Any:
    """Return a value as it is compared and kept: no extra credit is none, as is a blank comment."""
    if name == "manual_comment":
        return (value or "").strip() or None
    return None if value is None or (name == "extra_credit" and not value) else float(value)


def _log(course: Folders, command: str, place: Place, changed: Mapping[str, tuple[Any, Any]], since: str = "") -> None:
    assignment, student, cell = place
    attempts = Attempts.of(course, assignment, student)
    counted = attempts.get(attempts.counted)
    AuditLog(course, command).write(
        "given",
        assignment=assignment,
        student=student,
        cell=cell,
        sha256=counted.sha256 if counted is not None else "",
        changes={name: list(pair) for name, pair in changed.items()},
        since=since,
    )


# --- what nobody saw --------------------------------------------------------------------------------------------------


def note_manual_grades(course: Folders, command: str) -> int:
    """Log what a person gave that is not in the log yet; return how many cells that are."""
    path = course.workshop / "manual_grades.json"
    looked, known = _known(course, path)
    now = dt.datetime.now(dt.UTC)
    there = _in_gradebook(course)
    found = 0
    for place in sorted(known.keys() | there.keys()):
        old, new = known.get(place, {}), there.get(place, {})
        changed = {name: (old.get(name), new.get(name)) for name in (*old, *new) if old.get(name) != new.get(name)}
        if changed:
            _log(course, command, place, changed, since=looked or "the beginning")
            found += 1
    values = [[*place, given] for place, given in sorted(there.items())]
    write_whole(path, json.dumps({"looked": as_text(now), "values": values}, ensure_ascii=False).encode())
    return found


def _known(course: Folders, path: Path) -> tuple[str, dict[Place, Given]]:
    """Return what the last look found, and when it was, with what was logged since."""
    looked, known = "", dict[Place, Given]()
    if path.is_file():
        data = json.loads(path.read_text(encoding="utf-8"))
        looked = data["looked"]
        known = {(one[0], one[1], one[2]): one[3] for one in data["values"]}
    after = from_text(looked)
    for entry in AuditLog(course, "").read():
        if entry["act"] != "given" or (after is not None and (from_text(entry["time"]) or after) < after):
            continue
        given = known.setdefault((entry["assignment"], entry["student"], entry["cell"]), {})
        for name, (_, new) in entry["changes"].items():
            given[name] = new
    return looked, {place: _some(given.items()) for place, given in known.items()}


def _in_gradebook(course: Folders) -> dict[Place, Given]:
    from sqlalchemy import create_engine, inspect, text

    found: dict[Place, Given] = {}
    engine = create_engine(course.db_url)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("grade"):
                return {}
            for *place, manual, extra in connection.execute(text(_GRADES)):
                given = {"manual_score": manual, "extra_credit": extra}
                found[place[0], place[1], place[2]] = _some((name, _plain(name, one)) for name, one in given.items())
            for *place, comment in connection.execute(text(_COMMENTS)):
                given = found.setdefault((place[0], place[1], place[2]), {})
                given |= _some([("manual_comment", _plain("manual_comment", comment))])
    finally:
        engine.dispose()
    return {place: given for place, given in found.items() if given}


def _some(given: Iterable[tuple[str, Any]]) -> Given:
    return {name: value for name, value in given if value is not None}
