"""Dates are set, told to staff and students, and kept."""

import datetime as dt
import json

import pytest

from classroom.deadline import deadline
from classroom.fault import Fault
from classroom.staff.grade.dates_command import log
from classroom.staff.grade.deadlines import describe, notice, set_dates, untold
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.roster import Member, Roster

RULE = "10 %/day, at most 3 days, 30 minutes of grace"


# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def test_dates_are_set_told_and_kept(course):
    said = set_dates(
        course,
        "small",
        due="2026-10-03",
        late=RULE,
        count="best",
        zone="Europe/Berlin",
        extend={"李伟": "2 days", "ben": "2026-10-09 12:00"},
        late_days=5,
    )
    assert said == describe(course, "small")
    assert said[1] == "small is due Sat 3 Oct 2026, 23:59 (Europe/Berlin)."
    assert said[-2:] == [
        "ben has an extension: until Fri 9 Oct 2026, 12:00 (Europe/Berlin).",
        "李伟 has an extension: 2 days.",
    ]
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        known = gradebook.find_assignment("small")
        assert known.duedate == dt.datetime(2026, 10, 3, 21, 59)
        known.duedate = dt.datetime(2026, 10, 4, 21, 59)  # as formgrader moves it
        gradebook.db.commit()
    moved = "small is due Sun 4 Oct 2026, 23:59 (Europe/Berlin)."
    assert moved in describe(course, "small")
    everything = describe(course, None)
    assert everything[-1].startswith(f"{moved} Late work loses 10 % of all points")
    assert "No late rule is set for the whole course." in everything


def test_an_extension_for_somebody_who_is_not_on_the_roster_is_told(course):
    Roster({"anna": Member("anna")}).save(course)
    said = set_dates(course, "small", due="2026-10-03", extend={"anna": "1 day", "annna": "1 day", "ben": "none"})
    assert said[-3:] == [
        "anna has an extension: 1 day.",
        "annna has an extension: 1 day, and nobody on the roster is called that.",
        "ben has no extension, and nobody on the roster is called that.",
    ]


def test_the_log_of_somebody_unknown_is_one_sentence(course, capsys):
    set_dates(course, "small", due="2026-10-03")
    with pytest.raises(Fault, match="the log says nothing of nobody"):
        log("nobody", root=course.root)
    assert capsys.readouterr().out == ""


def test_another_time_zone_is_in_the_log(course):
    set_dates(course, None, zone="Europe/Berlin")
    (entry,) = AuditLog(course, "").read()
    assert (entry["what"], entry["old"], entry["new"]) == ("the time zone", "UTC", "Europe/Berlin")


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({"due": "soon"}, "'soon' is no time"),
        ({"late": "much"}, "'much' is not understood"),
        ({"count": "worst"}, "'worst' is no rule for attempts: write one of last, best, first, in-time"),
        ({"zone": "Middle/Earth"}, "no time zone"),
        ({"extend": {"anna": "a while"}}, "'a while' is no extension"),
        ({"extend": {"a*b": "2 days"}}, "so nobody is called that"),
    ],
)
def test_a_mistake_sets_nothing(course, options, fault):
    with pytest.raises(Fault, match=fault):
        set_dates(course, "small", **{"due": "2026-10-03", **options})
    assert not (course.class_folder / "dates.json").exists()


def test_a_release_that_tells_other_dates_is_named(course):
    assert untold(course) == ["small"]  # the gradebook has a deadline, and this release was made without one
    released = course.folder("release") / "small" / "dates.json"
    released.write_text(json.dumps(notice(course, "small")))
    assert untold(course) == []
    set_dates(course, "small", late="1 point/day")
    assert untold(course) == ["small"]


def test_students_are_told_the_dates(course, tmp_path):
    set_dates(course, "small", due="2026-10-03", late="10 %/day", zone="Europe/Berlin", late_days=2)
    told = notice(course, "small")
    (tmp_path / "dates.json").write_text(json.dumps(told))
    said = deadline(tmp_path / "small.ipynb", dt.datetime(2026, 10, 1, 21, 0, tzinfo=dt.UTC))
    assert said.startswith("Due Sat 3 Oct 2026, 23:59 (Europe/Berlin). Late work loses 10 % of all points for each day")
    assert "2 days late cost nothing" in said and "2 days left" in said
    assert "3 hours ago" in deadline(tmp_path / "small.ipynb", dt.datetime(2026, 10, 4, 1, 0, tzinfo=dt.UTC))
    assert deadline(tmp_path / "none" / "small.ipynb") == ""
