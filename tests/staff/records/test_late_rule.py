"""Late rules: what they take off, how they are written, and how they are said."""

import datetime as dt

import pytest

from classroom.fault import Fault
from classroom.staff.records.late_rule import read_late_rule

RULE = "10 %/day, at most 3 days, 30 minutes of grace"


DAY, HOUR, MINUTE = 86400, 3600, 60


# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


@pytest.mark.parametrize(
    ("seconds", "penalty"),
    [
        (0, 0.0),
        (30 * MINUTE, 0.0),
        (31 * MINUTE, 10.0),
        (DAY, 10.0),
        (DAY + 30 * MINUTE, 10.0),
        (DAY + 31 * MINUTE, 20.0),
        (3 * DAY + 30 * MINUTE, 30.0),
        (3 * DAY + 31 * MINUTE, 80.0),  # all that was earned
    ],
)
def test_a_rule_takes_off_what_it_says(seconds, penalty):
    assert read_late_rule(RULE).penalty(dt.timedelta(seconds=seconds), earned=80, worth=100) == penalty


@pytest.mark.parametrize(
    ("text", "penalty"),
    [
        ("10 % of earned/day", 16.0),
        ("10% of the points earned per day", 16.0),
        ("10 %/day, at most 15 %", 15.0),
        ("2 points/hour", 56.0),
        ("5 percent each week", 5.0),
        ("50 %/day", 80.0),
        ("nothing after the deadline", 80.0),
        ("nothing after the deadline, 2 days of grace", 0.0),
        ("none", 0.0),
    ],
)
def test_a_rule_can_be_said_in_other_units(text, penalty):
    assert read_late_rule(text).penalty(dt.timedelta(hours=28), earned=80, worth=100) == penalty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "10 %",
        "10 %/fortnight",
        "110 %/day",
        "0 %/day",
        "10 %/day, 5 %/day",
        "10 %/day, at most many days",
        "at most 30 %",
        "30 minutes of grace",
        "ten percent a day",
        "10 %/day; at most 3 days",
        "-5 %/day",
        "none, 5 %/day",
    ],
)
def test_a_rule_that_is_not_understood_says_how_to_write_one(text):
    with pytest.raises(Fault, match=r"a late rule has parts with commas between them:  10 %/day"):
        read_late_rule(text)


@pytest.mark.parametrize(
    "text", [RULE, "2 points/hour", "nothing after the deadline", "none", "10 %/day, at most 30 %"]
)
def test_a_rule_is_said_in_a_sentence(text):
    assert read_late_rule(text).sentence().startswith("Late work ")
