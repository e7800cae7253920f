"""What late work costs: one rule, read from a sentence, for every command that asks."""

import dataclasses
import datetime as dt
import math
import re

from classroom.fault import Fault
from classroom.staff.records.moment import read_span, span_words

_DAY = dt.timedelta(days=1)
_UNITS = {"minute": dt.timedelta(minutes=1), "hour": dt.timedelta(hours=1), "day": _DAY, "week": 7 * _DAY}
_COST = re.compile(
    r"(?P<number>\d+(?:\.\d+)?) ?(?P<what>%|percent|points?)(?P<earned> of (?:the )?(?:points )?earned(?: points)?)? ?"
    r"(?:/|per|a|each|every) ?(?P<unit>minute|hour|day|week)"
)
_HOW = (
    "a late rule has parts with commas between them:  10 %/day  (or  10 % of earned/day,  2 points/hour),  "
    "at most 3 days  (later counts nothing),  at most 30 %  (of penalty),  30 minutes of grace;  "
    "or it is  none  or  nothing after the deadline"
)


@dataclasses.dataclass(frozen=True)
class LateRule:
    """What is taken off late work.

    amount : percent or points taken off for each unit that has begun
    points : the amount is points, not percent
    of_earned : percent of the points earned, not of all points of the assignment
    unit : after which the amount is taken again
    accepted : later than this counts nothing; None takes work for ever
    most : percent of all points that a penalty is at most
    grace : so late is not late; every unit begins that much later
    """

    amount: float = 0.0
    points: bool = False
    of_earned: bool = False
    unit: dt.timedelta = _DAY
    accepted: dt.timedelta | None = None
    most: float | None = None
    grace: dt.timedelta = dt.timedelta()

    @property
    def costs(self) -> bool:
        """Whether late work ever loses points."""
        return self.amount > 0 or self.accepted is not None

    def late_days(self, late: dt.timedelta, free: int) -> int:
        """Return how many of a student's free late days this lateness takes."""
        if self._over(late):
            return 0
        return min(free, math.ceil(max(late - self.grace, dt.timedelta()) / _DAY))

    def penalty(self, late: dt.timedelta, earned: float, worth: float, days: int = 0) -> float:
        """Return the points that are taken off.

        Parameters
        ----------
        late : since the deadline, the student's extension included
        earned, worth : points of the submission, and of the assignment
        days : free late days that are spent on it

        Returns
        -------
        float
            From 0 to `earned`.
        """
        if earned <= 0 or late <= self.grace:
            return 0.0
        if self._over(late):
            return earned
        units = math.ceil(max(late - self.grace - days * _DAY, dt.timedelta()) / self.unit)
        lost = units * self.amount if self.points else units * self.amount / 100 * (earned if self.of_earned else worth)
        if self.most is not None:
            lost = min(lost, self.most / 100 * worth)
        return round(min(lost, earned), 4)

    def _over(self, late: dt.timedelta) -> bool:
        return self.accepted is not None and late > self.grace and late > self.accepted + self.grace

    def sentence(self) -> str:
        """Say the rule so that a student can reckon with it."""
        if not self.costs:
            return "Late work loses nothing."
        if self.accepted == dt.timedelta():
            said = "Late work counts nothing"
        else:
            what = f"{self.amount:g} point{'s' if self.amount != 1 else ''}" if self.points else f"{self.amount:g} %"
            of = "" if self.points else f" of {'the points earned' if self.of_earned else 'all points'}"
            unit = next(name for name, span in _UNITS.items() if span == self.unit)
            said = f"Late work loses {what}{of} for each {unit} that has begun" if self.amount else "Late work is taken"
            said += f", at most {self.most:g} % of all points" if self.most is not None else ""
            said += f"; more than {span_words(self.accepted)} late counts nothing" if self.accepted else ""
        return said + (f"; {span_words(self.grace)} of grace" if self.grace else "") + "."


def read_late_rule(text: str) -> LateRule:
    """Read a late rule.

    Raises
    ------
    Fault
        If a part of it is not understood, or is written twice.

    Examples
    --------
    >>> read_late_rule("10 %/day, at most 3 days").sentence()
    'Late work loses 10 % of all points for each day that has begun; more than 3 days late counts nothing.'
    >>> read_late_rule("none").costs
    False
    """
    found: dict[str, object] = {}
    parts = [" ".join(part.lower().split()) for part in text.split(",")]
    if parts == ["none"]:
        return LateRule()
    for part in parts:
        read = _read_part(part)
        if read is None or read.keys() & found.keys():
            raise Fault(f"{part!r} is not understood{' twice' if read else ''}: {_HOW}")
        found |= read
    rule = LateRule(**found)  # type: ignore[arg-type]  # each part has its own field
    if not rule.costs:
        raise Fault(f"{text!r} takes nothing off: {_HOW}")
    return rule


def _read_part(part: str) -> dict[str, object] | None:
    if part == "nothing after the deadline":
        return {"accepted": dt.timedelta()}
    if cost := _COST.fullmatch(part):
        points = cost["what"].startswith("point")
        if (points and cost["earned"]) or (not points and float(cost["number"]) > 100) or float(cost["number"]) == 0:
            return None
        unit = _UNITS[cost["unit"]]
        return {"amount": float(cost["number"]), "points": points, "of_earned": bool(cost["earned"]), "unit": unit}
    if most := re.fullmatch(r"at most (\d+(?:\.\d+)?) ?(?:%|percent)", part):
        return {"most": float(most[1])} if 0 < float(most[1]) <= 100 else None
    if part.startswith("at most ") and (span := read_span(part.removeprefix("at most ").removesuffix(" late"))):
        return {"accepted": span}
    if part.endswith(" grace") and (span := read_span(part.removesuffix(" grace").removesuffix(" of"))):
        return {"grace": span}
    return None
