"""The log of a class: whatever was written can be said, also where a detail is blank."""

import datetime as dt

import pytest

from classroom.staff.folders import Folders
from classroom.staff.records import audit_log
from classroom.staff.records.audit_log import AuditLog, sentence

# Each act with as little as there ever is to say of it, and how that is said.
ACTS = {
    "collected": ({"attempt": 1, "sha256": "a" * 64, "origin": "", "handed_in": ""}, "time of handing in unknown"),
    "counted": ({"attempt": 1, "sha256": "", "why": "the last attempt counts"}, "attempt 1 of small counts"),
    "recorded": ({"sha256": "", "exam": "e" * 64, "reason": "", "old": None, "new": 0.0, "changes": {}}, "from – to 0"),
    "penalty": ({"old": None, "new": None, "why": "in time"}, "from 0 to 0 points (in time)"),
    "dates": ({"what": "the deadline", "old": "", "new": "none"}, "the deadline of small: not set → none"),
    "exported": ({"to": "canvas", "old": "", "new": "5"}, "written as 5 for canvas (before: blank)"),
    "released": ({"sha256": "b" * 64}, "small was released"),
    "accepted": (
        {"exercise": "double", "sha256": "b" * 64, "because": "she showed me her drafts"},
        "double of small counts though it equals text of the course (sha256 bbbbbbbbbbbb): she showed me her drafts",
    ),
    "given": ({"cell": "explain", "changes": {"manual_score": [None, 2.0]}, "since": ""}, "a person's points – → 2"),
    "left": ({}, "has left the class"),
    "back": ({}, "is in the class again"),
}


@pytest.fixture
def course(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.autograded_directory = "class/a"\n'
    )
    return Folders.of(tmp_path)


def test_every_act_is_tried():
    assert set(ACTS) == set(audit_log._SENTENCES)


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_said_with_whatever_is_known(course, act):
    details, said = ACTS[act]
    AuditLog(course, "classroom x").write(act, assignment="small", student="jdoe", **details)
    (entry,) = AuditLog(course, "").read()
    assert said in sentence(entry, dt.UTC)


def test_times_are_said_in_the_courses_zone(course):
    log = AuditLog(course, "classroom collect small")
    log.write("collected", assignment="small", student="jdoe", attempt=1, origin="x", handed_in="2026-10-04T18:00:00Z")
    berlin = dt.timezone(dt.timedelta(hours=2), "Europe/Berlin")
    assert "handed in Sun 4 Oct 2026, 20:00 (Europe/Berlin)" in sentence(next(log.read()), berlin)


def test_an_act_that_nobody_knows_yet_is_shown_as_it_is(course):
    log = AuditLog(course, "classroom later")
    log.write("invented", student="jdoe", detail=1)
    assert '"detail": 1' in sentence(next(log.read()), dt.UTC)
