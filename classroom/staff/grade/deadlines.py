"""Deadlines and extensions where nbgrader has them too: set in the course's dates, and told to the gradebook."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.dates import POLICY_WORDS, Dates, Extension
from classroom.staff.records.moment import as_text, span_words, spoken
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
    if zone:
        dates.set_zone(zone)
    before = _state(dates, assignment)
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
    return describe(dates, assignment)


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


def describe(dates: Dates, assignment: str | None) -> list[str]:
    """Say all that holds for an assignment, or for the course, as sentences."""
    said = [f"Times are in {dates.zone}."]
    if assignment is not None:
        due = dates.due(assignment)
        said.append(f"{assignment} is due {spoken(due, dates.zone)}." if due else f"{assignment} has no deadline.")
    rule = dates.late_rule(assignment or "")
    said.append(rule.sentence() if rule else "No late rule is set.")
    if dates.late_days:
        said.append(late_days_sentence(dates.late_days))
    said.append(POLICY_WORDS[dates.policy(assignment or "")].capitalize() + ".")
    if assignment is not None:
        for student, extension in sorted(dates.extensions(assignment).items()):
            said.append(f"{shown(student)} has an extension: {_words(extension, dates)}.")
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
