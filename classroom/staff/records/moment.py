"""Points in time: read strictly in the course's time zone, kept in UTC, shown in the course's time zone."""

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from classroom.fault import Fault

UTC = dt.UTC
_WHEN = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?)?"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d|[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)?"
)
_SPAN = re.compile(r"(\d+(?:\.\d+)?) ?(minutes?|min|hours?|h|days?|d|weeks?|w)")
_YEARS = range(1990, 2200)  # in which somebody hands something in; beyond them no zone can be told
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def read_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name; raise Fault if no zone is called that."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Fault(f"there is no time zone {name!r}: write one as Europe/Berlin, America/New_York or UTC") from None


def read_moment(text: str, zone: dt.tzinfo, *, end_of_day: bool = False) -> dt.datetime:
    """Read a point in time; without a zone it is in the course's.

    Parameters
    ----------
    text : ``2026-10-03 23:59``, with seconds, offset or zone if wanted; or a day alone
    zone : the course's time zone
    end_of_day : a day alone means its last minute, as deadlines do, not its first

    Returns
    -------
    datetime
        In UTC.  Where the clock is turned back, the first of two equal times is meant.

    Raises
    ------
    Fault
        If it is none.

    Examples
    --------
    >>> read_moment("2026-10-03 23:59", ZoneInfo("Europe/Berlin")).isoformat()
    '2026-10-03T21:59:00+00:00'
    >>> read_moment("2026-10-03", UTC, end_of_day=True).isoformat()
    '2026-10-03T23:59:00+00:00'
    """
    found = _WHEN.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        clock = found["time"] or ("23:59" if end_of_day else "00:00")
        naive = dt.datetime.fromisoformat(f"{found['day']}T{clock}")
        written = found["zone"]
        if written and written[0] in "+-Z":
            aware = dt.datetime.fromisoformat(f"{naive.isoformat()}{written}")
        else:
            aware = naive.replace(tzinfo=read_zone(written) if written else zone)
        if (moment := believable(aware)) is None:
            raise ValueError
        return moment
    except ValueError:
        raise Fault(
            f"{text!r} is no time: write it as 2026-10-03 23:59, or with a zone as 2026-10-03 23:59 UTC"
        ) from None


def believable(moment: dt.datetime) -> dt.datetime | None:
    """Return a time with a zone in UTC; None where it lies in no year of ours, as of a clock that was never set.

    Examples
    --------
    >>> believable(dt.datetime(1, 1, 1, tzinfo=UTC)), believable(dt.datetime(2026, 10, 3, tzinfo=UTC)).year
    (None, 2026)
    """
    return moment.astimezone(UTC) if moment.year in _YEARS else None


def read_span(text: str) -> dt.timedelta | None:
    """Read a length of time, such as ``2 days`` or ``30 min``; None if it is none."""
    found = _SPAN.fullmatch(text.strip().lower())
    return dt.timedelta(seconds=float(found[1]) * _SECONDS[found[2][0]]) if found else None


def span_words(span: dt.timedelta) -> str:
    """Say a length of time in its largest whole unit.

    Examples
    --------
    >>> span_words(dt.timedelta(days=3)), span_words(dt.timedelta(minutes=90))
    ('3 days', '90 minutes')
    """
    seconds = span.total_seconds()
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size and seconds % size == 0:
            count = int(seconds // size)
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds:g} seconds"


def spoken(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """Say a point in time in the course's zone, and which zone that is.

    Examples
    --------
    >>> spoken(dt.datetime(2026, 10, 3, 21, 59, tzinfo=UTC), ZoneInfo("Europe/Berlin"))
    'Sat 3 Oct 2026, 23:59 (Europe/Berlin)'
    """
    local = moment.astimezone(zone)
    day = f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"
    seconds = f":{local.second:02}" if local.second else ""
    return f"{day}, {local:%H:%M}{seconds} ({zone})"


# Not strftime's, which speaks the language of the machine.
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def as_text(moment: dt.datetime | None) -> str | None:
    """Write a moment for a file."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def from_text(text: str | None) -> dt.datetime | None:
    """Read what `as_text` wrote."""
    return dt.datetime.fromisoformat(text) if text else None
