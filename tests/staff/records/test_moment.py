"""Points in time are read strictly, in the zone of the course."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from classroom.fault import Fault
from classroom.staff.records.moment import read_moment

# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-03 23:59", "2026-10-03T21:59:00"),
        ("2026-10-03", "2026-10-03T21:59:00"),
        ("2026-10-03T23:59:30+05:30", "2026-10-03T18:29:30"),
        ("2026-10-03 23:59 UTC", "2026-10-03T23:59:00"),
        ("2026-10-03 23:59 America/New_York", "2026-10-04T03:59:00"),
        ("2026-10-25 02:30", "2026-10-25T00:30:00"),  # the clock shows it twice that night
        ("2026-12-03 23:59", "2026-12-03T22:59:00"),
    ],
)
def test_a_time_is_meant_in_the_courses_zone(text, moment):
    found = read_moment(text, ZoneInfo("Europe/Berlin"), end_of_day=True)
    assert found.isoformat() == f"{moment}+00:00"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "03.10.2026",
        "2026-13-01",
        "2026-10-03 25:00",
        "2026-10-03 12:00 Mars",
        "0001-01-01 00:00",
        "9999-12-31 23:59 -1200",
    ],
)
def test_what_is_no_time_is_one_sentence(text):
    with pytest.raises(Fault, match=r"is no time|no time zone"):
        read_moment(text, dt.UTC)
