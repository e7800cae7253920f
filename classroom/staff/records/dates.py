"""The dates of a course: deadlines, extensions, late rules, late days, and which attempt counts."""

import dataclasses
import datetime as dt
import json
from pathlib import Path
from typing import Any, Literal, cast, get_args

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.records.late_rule import LateRule, read_late_rule
from classroom.staff.records.moment import as_text, from_text, read_moment, read_span, read_zone

Policy = Literal["last", "best", "first", "in-time"]
POLICIES: tuple[str, ...] = get_args(Policy)
POLICY_WORDS = {
    "last": "the last attempt counts",
    "best": "the attempt with the most points, lateness taken off, counts",
    "first": "the first attempt counts",
    "in-time": "the last attempt before the deadline counts",
}


@dataclasses.dataclass(frozen=True)
class Extension:
    """More time for one student: so much longer than the others, or until a day of their own."""

    by: dt.timedelta | None = None
    until: dt.datetime | None = None

    def beyond(self, due: dt.datetime) -> dt.timedelta:
        """Return how much longer than the others the student has."""
        return self.by if self.by is not None else max((self.until or due) - due, dt.timedelta())


class Dates:
    """What an instructor has said about time; `class/dates.json`."""

    def __init__(self, path: Path, content: dict[str, Any], zone: str) -> None:
        self._path, self._content = path, content
        self._zone = zone

    @classmethod
    def of(cls, course: Folders) -> "Dates":
        """Read the dates of a course; there are none at first.

        Raises
        ------
        Fault
            If somebody has edited the file and it is no JSON any more.
        """
        path = course.class_folder / "dates.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            content = {}
        except ValueError as error:
            raise Fault(f"{path} is not JSON ({error}): mend it, or delete it and set the dates again") from None
        # The zone that nbgrader's own exchange writes, unless the course says another.
        return cls(path, content, str(course.config.Exchange.get("timezone", "UTC")))

    def save(self) -> None:
        """Write the file."""
        write_whole(
            self._path, json.dumps(self._content, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"
        )

    # --- the course -------------------------------------------------------------------------------------------------

    @property
    def zone(self) -> dt.tzinfo:
        """The course's time zone: times without a zone are read in it, and all times are shown in it."""
        return read_zone(self._content.get("zone", self._zone))

    def set_zone(self, name: str) -> None:
        """Say in which time zone the course is."""
        read_zone(name)
        self._content["zone"] = name

    @property
    def late_days(self) -> int:
        """Days late that each student has free, over the whole course."""
        return int(self._content.get("late_days", 0))

    def set_late_days(self, days: int) -> None:
        """Give each student this many days late free, over the whole course."""
        self._content["late_days"] = days

    # --- an assignment ----------------------------------------------------------------------------------------------

    def _of(self, assignment: str) -> dict[str, Any]:
        return cast(dict[str, Any], self._content.setdefault("assignments", {}).setdefault(assignment, {}))

    @property
    def assignments(self) -> list[str]:
        """The assignments of which something was said."""
        return sorted(self._content.get("assignments", {}))

    def due(self, assignment: str) -> dt.datetime | None:
        """Return the deadline, in UTC; None if there is none."""
        return from_text(self._of(assignment).get("due"))

    def set_due(self, assignment: str, text: str) -> dt.datetime | None:
        """Set the deadline, read in the course's time zone; ``none`` takes it away."""
        moment = None if text == "none" else read_moment(text, self.zone, end_of_day=True)
        self._of(assignment)["due"] = as_text(moment)
        return moment

    def late_text(self, assignment: str) -> str:
        """Return the late rule as it was written: of the assignment, or else of the course."""
        return str(self._of(assignment).get("late", self._content.get("late", "")))

    def late_rule(self, assignment: str) -> LateRule | None:
        """Return the late rule; None if nobody has set one."""
        text = self.late_text(assignment)
        return read_late_rule(text) if text else None

    def set_late(self, assignment: str | None, text: str) -> None:
        """Set the late rule of an assignment, or of all that have none of their own."""
        read_late_rule(text)
        (self._of(assignment) if assignment else self._content)["late"] = text

    def policy(self, assignment: str) -> Policy:
        """Return which attempt counts."""
        return cast(Policy, self._of(assignment).get("count", self._content.get("count", "last")))

    def set_policy(self, assignment: str | None, name: str) -> None:
        """Say which attempt counts, for an assignment or for all that have no rule of their own."""
        if name not in POLICIES:
            raise Fault(f"{name!r} is no rule for attempts: write one of {', '.join(POLICIES)}")
        (self._of(assignment) if assignment else self._content)["count"] = name

    def extensions(self, assignment: str) -> dict[str, Extension]:
        """Return the extensions by student."""
        return {
            student: Extension(dt.timedelta(seconds=said["by"]) if "by" in said else None, from_text(said.get("until")))
            for student, said in self._of(assignment).get("extensions", {}).items()
        }

    def extend(self, assignment: str, student: str, text: str) -> Extension:
        """Give a student more time: ``2 days``, a point in time, or ``none``.

        Raises
        ------
        Fault
            If the text is neither.
        """
        span = dt.timedelta() if text == "none" else read_span(text)
        extension = Extension(span) if span is not None else Extension(until=self._until(text))
        said = {"by": span.total_seconds()} if span is not None else {"until": as_text(extension.until)}
        self._of(assignment).setdefault("extensions", {})[student] = said
        return extension

    def _until(self, text: str) -> dt.datetime:
        try:
            return read_moment(text, self.zone, end_of_day=True)
        except Fault:
            raise Fault(f"{text!r} is no extension: write  2 days,  36 hours,  2026-10-06 23:59  or  none") from None

    def longer(self, assignment: str, student: str, due: dt.datetime) -> dt.timedelta | None:
        """Return how much longer than the others a student has; None if nobody has said so."""
        extension = self.extensions(assignment).get(student)
        return None if extension is None else extension.beyond(due)
