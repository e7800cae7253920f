"""Deadlines and extensions where nbgrader has them too: set in the course's dates, and told to the gradebook."""

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import DATES
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.dates import POLICY_WORDS, Dates, Extension
from classroom.staff.records.moment import as_text, span_words, spoken
from classroom.staff.records.roster import Roster
from classroom.staff.records.student_id import objection, shown


def due_of(course: Folders, assignment: str) -> dt.datetime | None:
    """Return the deadline, in UTC: the gradebook's, which formgrader can change, or else that of the course's dates."""
    from sqlalchemy import create_engine, inspect, select
    from sqlalchemy.engine import make_url

    from classroom.staff.grade.tables import Tables

    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and not _is_file(url.database):
        return Dates.of(course).due(assignment)
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            table = Tables().assignment
            query = select(table.c.duedate).where(table.c.name == assignment)
            found = connection.execute(query).scalar() if inspect(connection).has_table("assignment") else None
    finally:
        engine.dispose()
    return Dates.of(course).due(assignment) if found is None else found.replace(tzinfo=dt.UTC)


def _is_file(path: str | None) -> bool:
    from pathlib import Path

    return path is not None and Path(path).is_file()


def own_due(course: Folders, assignment: str, student: str) -> dt.datetime | None:
    """Return a student's own last moment, extension and grace included; None if there is no deadline."""
    due, dates = due_of(course, assignment), Dates.of(course)
    if due is None:
        return None
    rule = dates.late_rule(assignment)
    longer = dates.longer(assignment, student, due) or dt.timedelta()
    return due + longer + (rule.grace if rule else dt.timedelta())


def closes(course: Folders, assignment: str) -> dt.datetime | None:
    """Return the last moment at which anybody's work still counts, extensions included; None if it counts for ever."""
    due, dates = due_of(course, assignment), Dates.of(course)
    rule = dates.late_rule(assignment)
    if due is None or rule is None or rule.accepted is None:
        return None
    longest = max((one.beyond(due) for one in dates.extensions(assignment).values()), default=dt.timedelta())
    return due + longest + rule.accepted + rule.grace


def set_dates(
    course: Folders,
    assignment: str | None,
    *,
    due: str = "",
    late: str = "",
    count: str = "",
    extend: Mapping[str, str] = {},
    zone: str = "",
    late_days: int | None = None,
    command: str = "classroom dates",
) -> list[str]:
    """Set what is given, all of it or nothing, and tell nbgrader's gradebook.

    Returns
    -------
    list of str
        A sentence for each thing that was set, as it will be applied.

    Raises
    ------
    Fault
        If one of the texts is not understood; nothing is set then.
    """
    dates = Dates.of(course)
    old_zone = str(dates.zone)
    if zone:
        dates.set_zone(zone)
    before = _state(dates, assignment) | {("the time zone", ""): old_zone}
    if late_days is not None:
        dates.set_late_days(late_days)
    if late:
        dates.set_late(assignment, late)
    if count:
        dates.set_policy(assignment, count)
    if assignment is None and (due or extend):
        raise Fault("a deadline and an extension belong to an assignment: name it, as in  classroom dates activations")
    if assignment is not None:
        if due:
            dates.set_due(assignment, due)
        for student, text in extend.items():
            if why := objection(student):
                raise Fault(f"{shown(student)!r} {why}, so nobody is called that")
            dates.extend(assignment, student, text)
    dates.save()
    after = _state(dates, assignment)
    log = AuditLog(course, command)
    for what, new in after.items():
        if before.get(what) != new:
            log.write(
                "dates", assignment=assignment or "", student=what[1], what=what[0], old=before.get(what), new=new
            )
    if assignment is not None and (due or extend):
        _tell_gradebook(course, dates, assignment, due=bool(due))
    return describe(course, assignment)


def _state(dates: Dates, assignment: str | None) -> dict[tuple[str, str], str]:
    """Return what is set, in words, by what it is and the student whom it concerns."""
    state = {("the time zone", ""): str(dates.zone), ("the free late days", ""): str(dates.late_days)}
    name = assignment or ""
    state["the late rule", ""] = dates.late_text(name)
    state["which attempt counts", ""] = dates.policy(name)
    if assignment is not None:
        due = dates.due(assignment)
        state["the deadline", ""] = spoken(due, dates.zone) if due else "none"
        for student, extension in dates.extensions(assignment).items():
            state["the extension", student] = _words(extension, dates)
    return state


def _words(extension: Extension, dates: Dates) -> str:
    if extension.until is not None:
        return f"until {spoken(extension.until, dates.zone)}"
    return span_words(extension.by) if extension.by else "none"


def _tell_gradebook(course: Folders, dates: Dates, assignment: str, *, due: bool) -> None:
    """Write deadline and extensions where nbgrader's formgrader shows them, as far as it knows the assignment."""
    from sqlalchemy.engine import make_url

    url = make_url(course.db_url)
    if url.get_backend_name() == "sqlite" and not _is_file(url.database):
        return
    nbgrader = import_nbgrader()
    with nbgrader.Gradebook(course.db_url, course.course_id) as gradebook:
        try:
            known: Any = gradebook.find_assignment(assignment)
        except nbgrader.MissingEntry:
            return
        moment = dates.due(assignment)
        if due:
            known.duedate = moment.replace(tzinfo=None) if moment else None
        if moment is not None:
            for submission in known.submissions:
                longer = dates.longer(assignment, submission.student_id, moment)
                if longer is not None:
                    submission.extension = longer
        gradebook.db.commit()


def share_deadline(course: Folders, assignment: str) -> None:
    """Give the gradebook the deadline of an assignment that it has only just come to know."""
    dates = Dates.of(course)
    if dates.due(assignment) is not None:
        _tell_gradebook(course, dates, assignment, due=True)


def describe(course: Folders, assignment: str | None) -> list[str]:
    """Say all that holds for an assignment, or for the course and each assignment with a deadline, as sentences."""
    dates = Dates.of(course)
    said = [f"Times are in {dates.zone}."]
    if assignment is not None:
        said.append(_due_sentence(course, dates, assignment))
    rule = dates.late_rule(assignment or "")
    said.append(rule.sentence() if rule else _no_late_rule(dates, assignment))
    if dates.late_days:
        said.append(late_days_sentence(dates.late_days))
    said.append(POLICY_WORDS[dates.policy(assignment or "")].capitalize() + ".")
    if assignment is not None:
        return said + _extension_sentences(course, dates, assignment)
    for name in dates.assignments:
        own = dates.late_rule(name)
        if due_of(course, name) or own != rule:
            said.append(_due_sentence(course, dates, name) + (f" {own.sentence()}" if own and own != rule else ""))
    return said


def _no_late_rule(dates: Dates, assignment: str | None) -> str:
    own = assignment is None and any(dates.late_rule(name) for name in dates.assignments)
    return "No late rule is set for the whole course." if own else "No late rule is set."


def _due_sentence(course: Folders, dates: Dates, assignment: str) -> str:
    due = due_of(course, assignment)
    return f"{assignment} is due {spoken(due, dates.zone)}." if due else f"{assignment} has no deadline."


def _extension_sentences(course: Folders, dates: Dates, assignment: str) -> list[str]:
    roster = Roster.of(course)
    said = []
    for student, extension in sorted(dates.extensions(assignment).items()):
        doubt = "" if not len(roster) or student in roster.members else ", and nobody on the roster is called that"
        has = (
            f"has an extension: {_words(extension, dates)}"
            if _words(extension, dates) != "none"
            else "has no extension"
        )
        said.append(f"{shown(student)} {has}{doubt}.")
    return said


def late_days_sentence(days: int) -> str:
    """Say how many late days are free."""
    return f"Over the whole course, {days} day{'s' if days > 1 else ''} late cost{'' if days > 1 else 's'} nothing."


def notice(course: Folders, assignment: str) -> dict[str, str]:
    """Return what students are told of the dates: ``text``, and ``due`` with its zone; empty without a deadline."""
    due, dates = due_of(course, assignment), Dates.of(course)
    if due is None:
        return {}
    text = f"Due {spoken(due, dates.zone)}."
    rule = dates.late_rule(assignment)
    if rule is not None:
        text += f" {rule.sentence()}"
        text += f" {late_days_sentence(dates.late_days)}" if dates.late_days and rule.costs else ""
    text += f" If you hand in more than once, {POLICY_WORDS[dates.policy(assignment)]}."
    local = due.astimezone(dates.zone)
    return {"text": text, "due": local.isoformat(), "due_utc": as_text(due) or ""}


def untold(course: Folders) -> list[str]:
    """Return the released assignments that tell students other dates than are set now."""
    found = []
    for notebook in sorted(course.folder("release").glob("*/*.ipynb")):
        place, name = notebook.parent / DATES, notebook.stem
        said = json.loads(place.read_text(encoding="utf-8")) if place.is_file() else {}
        if name == notebook.parent.name and said != notice(course, name):
            found.append(name)
    return found
