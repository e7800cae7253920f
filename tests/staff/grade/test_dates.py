"""Deadlines, late rules, extensions and late days: read strictly, applied to what is graded, the same everywhere."""

import csv
import datetime as dt
import json
from zoneinfo import ZoneInfo

import pytest
import small_course
from small_course import RIGHT, answered, hand_in

from classroom.deadline import deadline
from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import describe, notice, set_dates
from classroom.staff.grade.lateness import Lateness, Row
from classroom.staff.grade.tables import Tables
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.attempts import Attempts
from classroom.staff.records.audit_log import AuditLog, sentence
from classroom.staff.records.dates import Dates
from classroom.staff.records.late_rule import read_late_rule
from classroom.staff.records.moment import read_moment
from classroom.staff.sandbox import sandbox

RULE = "10 %/day, at most 3 days, 30 minutes of grace"
DAY, HOUR, MINUTE = 86400, 3600, 60
needs_sandbox = pytest.mark.skipif(
    sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"
)
# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


# --- the rule --------------------------------------------------------------------------------------------------------


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
    "text", ["", "tomorrow", "03.10.2026", "2026-13-01", "2026-10-03 25:00", "2026-10-03 12:00 Mars"]
)
def test_what_is_no_time_is_one_sentence(text):
    with pytest.raises(Fault, match=r"is no time|no time zone"):
        read_moment(text, dt.UTC)


# --- late days over a course -----------------------------------------------------------------------------------------


def row(assignment, due, late, earned=80.0, longer=None):
    """Return one student's submission of an assignment that is due on this day of October, so many hours late."""
    moment = dt.datetime(2026, 10, due)
    handed = moment + dt.timedelta(hours=late)
    return Row("n", "s", "anna", assignment, moment, handed, longer, longer, None, earned, 100.0)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return small_course.make_course(tmp_path_factory.mktemp("course") / "small")


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


@pytest.mark.parametrize(
    ("rows", "penalties"),
    [
        ([row("a", 3, 20), row("b", 10, 20), row("c", 17, 20)], [None, None, 10.0]),
        ([row("c", 17, 20), row("a", 3, 30)], [None, 10.0]),  # the earlier deadline takes its days first
        ([row("a", 3, 50)], [10.0]),
        ([row("a", 3, 100), row("b", 10, 20)], [80.0, None]),  # too late for points takes no days
        ([row("a", 3, 20, earned=0.0), row("b", 10, 44)], [None, None]),
        ([row("a", 3, 70, longer=dt.timedelta(days=1)), row("b", 10, 20)], [None, 10.0]),
    ],
)
def test_free_late_days_go_to_the_first_deadlines(course, rows, penalties):
    set_dates(course, None, late="10 %/day, at most 3 days", late_days=2)
    found = Lateness(course, "a", Tables(), None).penalties(rows)
    assert [penalty for _, penalty, _ in sorted(found, key=lambda one: one[0].due)] == penalties


# --- what is set, and what is refused --------------------------------------------------------------------------------


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
    assert said == describe(Dates.of(course), "small")
    assert said[1] == "small is due Sat 3 Oct 2026, 23:59 (Europe/Berlin)."
    assert said[-2:] == [
        "ben has an extension: until Fri 9 Oct 2026, 12:00 (Europe/Berlin).",
        "李伟 has an extension: 2 days.",
    ]
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        assert gradebook.find_assignment("small").duedate == dt.datetime(2026, 10, 3, 21, 59)


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


def test_students_are_told_the_dates(course, tmp_path):
    set_dates(course, "small", due="2026-10-03", late="10 %/day", zone="Europe/Berlin", late_days=2)
    told = notice(course, "small")
    (tmp_path / "dates.json").write_text(json.dumps(told))
    said = deadline(tmp_path / "small.ipynb", dt.datetime(2026, 10, 1, 21, 0, tzinfo=dt.UTC))
    assert said.startswith("Due Sat 3 Oct 2026, 23:59 (Europe/Berlin). Late work loses 10 % of all points for each day")
    assert "2 days late cost nothing" in said and "2 days left" in said
    assert "3 hours ago" in deadline(tmp_path / "small.ipynb", dt.datetime(2026, 10, 4, 1, 0, tzinfo=dt.UTC))
    assert deadline(tmp_path / "none" / "small.ipynb") == ""


# --- the five students whose deadlines differ ------------------------------------------------------------------------

HANDED = {  # hours after the deadline of 2026-03-02 00:00
    "anna": -3,
    "ben": 0.4,  # within the grace
    "carla": 25,
    "dan": 50,  # has two days more
    "eva": 100,
}


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    """The class after one run without any late rule; an extension was given before anything was handed in."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("graded") / "small")
    set_dates(Folders.of(root), "small", extend={"dan": "2 days"})
    for student, hours in HANDED.items():
        moment = dt.datetime(2026, 3, 2) + dt.timedelta(hours=hours)
        hand_in(root, student, answered(), f"{moment:%Y-%m-%d %H:%M:%S} UTC")
    grade_assignment(root, "small", workers=1)
    return root


@pytest.fixture
def late_class(graded, tmp_path):
    return Folders.of(small_course.copy_course(graded, tmp_path / "small"))


def penalties(course):
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        return {one.student_id: one.late_submission_penalty for one in gradebook.assignment_submissions("small")}


def regrade(course, **options):
    return grade_assignment(course.root, "small", workers=1, **options)


@needs_sandbox
def test_the_rule_is_applied_without_examining_again(late_class):
    assert set(penalties(late_class).values()) == {0.0}
    set_dates(late_class, "small", late=RULE)
    summary = regrade(late_class)
    assert (summary.graded, summary.recorded, len(summary.penalties)) == (0, 0, 3)
    assert penalties(late_class) == {"anna": 0.0, "ben": 0.0, "carla": 2.0, "dan": 1.0, "eva": 7.0}


@needs_sandbox
@pytest.mark.parametrize(
    ("moved", "expected"),
    [
        ({"due": "2026-03-03 01:00"}, {"anna": 0.0, "ben": 0.0, "carla": 0.0, "dan": 0.0, "eva": 7.0}),
        ({"due": "2026-03-01 12:00"}, {"anna": 1.0, "ben": 1.0, "carla": 2.0, "dan": 1.0, "eva": 7.0}),
        ({"due": "none"}, dict.fromkeys(HANDED, 0.0)),
        ({"extend": {"eva": "4 days", "dan": "none"}}, {"anna": 0.0, "ben": 0.0, "carla": 2.0, "dan": 3.0, "eva": 1.0}),
        ({"extend": {"carla": "2026-03-03 01:00"}}, {"anna": 0.0, "ben": 0.0, "carla": 0.0, "dan": 1.0, "eva": 7.0}),
        ({"late": "1 point/day"}, {"anna": 0.0, "ben": 1.0, "carla": 2.0, "dan": 1.0, "eva": 5.0}),
        ({"late_days": 2}, {"anna": 0.0, "ben": 0.0, "carla": 0.0, "dan": 0.0, "eva": 7.0}),
    ],
)
def test_whatever_moves_is_foreseen_and_then_applied(late_class, moved, expected):
    set_dates(late_class, "small", late=RULE)
    regrade(late_class)
    before = penalties(late_class)
    set_dates(late_class, "small", **moved)
    foreseen = regrade(late_class, diff=True)
    assert penalties(late_class) == before and foreseen.changes == []
    changed = {student for student in expected if before[student] != expected[student]}
    assert {one.student: one.new_penalty for one in foreseen.totals} == {one: expected[one] for one in changed}
    assert {one.student: one.new for one in foreseen.totals} == {one: 7.0 - expected[one] for one in changed}
    assert regrade(late_class).graded == 0
    assert penalties(late_class) == expected
    assert regrade(late_class).penalties == [] and regrade(late_class, diff=True).totals == []


@needs_sandbox
def test_a_deadline_that_formgrader_has_moved_counts(late_class):
    set_dates(late_class, "small", late="1 point/day")
    with import_nbgrader().Gradebook(late_class.db_url, "small") as gradebook:
        gradebook.update_or_create_assignment("small", duedate="2026-03-10 00:00:00 UTC")
    regrade(late_class)
    assert set(penalties(late_class).values()) == {0.0}


@needs_sandbox
def test_formgrader_and_export_show_the_same_penalty(late_class):
    from classroom.staff.author.release import nbgrader_api

    set_dates(late_class, "small", late=RULE)
    regrade(late_class)
    # What formgrader lists, and what its gradebook page and nbgrader's export make of it.
    api = nbgrader_api(late_class)
    expected = {"anna": 7.0, "ben": 7.0, "carla": 5.0, "dan": 6.0, "eva": 0.0}
    with api.gradebook as gradebook:
        known = gradebook.assignment_submissions("small")
        found = {one.student_id: one.score - one.late_submission_penalty for one in known}
        assert found == expected
    from nbgrader.plugins import CsvExportPlugin

    exporter = CsvExportPlugin()
    exporter.to = str(late_class.class_folder / "grades.csv")
    with import_nbgrader().Gradebook(late_class.db_url, "small") as gradebook:
        exporter.export(gradebook)
    with open(exporter.to, newline="") as file:
        assert {one["student_id"]: float(one["score"]) for one in csv.DictReader(file)} == expected


@needs_sandbox
def test_nbgraders_own_preprocessor_takes_off_the_same(late_class):
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets.config import Config

    set_dates(late_class, "small", late=RULE)
    regrade(late_class)
    expected = penalties(late_class)
    config = Config()
    config.AssignLatePenalties.plugin_class = "classroom.staff.grade.late_plugin.CoursePenalty"
    config.CourseDirectory.root = str(late_class.root)
    with import_nbgrader().Gradebook(late_class.db_url, "small") as gradebook:
        for one in gradebook.assignment_submissions("small"):
            one.notebooks[0].late_submission_penalty = None
        gradebook.db.commit()
    for student in HANDED:
        ids = {"student": student, "assignment": "small", "notebook": "small", "db_url": late_class.db_url}
        notebook = import_nbgrader() and __import__("nbformat").v4.new_notebook()
        AssignLatePenalties(config=config).preprocess(notebook, {"nbgrader": ids})
    assert penalties(late_class) == expected


@needs_sandbox
def test_the_log_tells_a_students_story(late_class):
    set_dates(late_class, "small", late=RULE, zone="Europe/Berlin")
    regrade(late_class)
    log = AuditLog(late_class, "")
    told = [sentence(one, ZoneInfo("Europe/Berlin")) for one in log.read() if one.get("student", "carla") == "carla"]
    story = "\n".join(told)
    assert "small went from – to 7 points (submission" in story
    assert "the late rule of small: not set → 10 %/day, at most 3 days, 30 minutes of grace." in story
    assert "the late penalty of small went from – to 2 points (25 hours late)." in story


# --- attempts --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def resubmitted(template, tmp_path_factory):
    """A student who handed in three times: most of it in time, all of it late, a little very late; all examined."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("resubmitted") / "small")
    for day, answers in (
        ("01", {**RIGHT, "answer-quiz_1": "answer_1 = None"}),
        ("02", RIGHT),
        ("04", {"answer-quiz_1": "answer_1 = 'b'"}),
    ):
        hand_in(root, "anna", answered(answers), f"2026-03-{day} 12:00:00 UTC")
        grade_assignment(root, "small", workers=1)
    return root


@needs_sandbox
@pytest.mark.parametrize(
    ("options", "number", "score"),
    [
        ({"count": "last"}, 3, 1.0),
        ({"count": "first"}, 1, 6.0),
        ({"count": "in-time"}, 1, 6.0),
        ({"count": "best"}, 2, 7.0),
        ({"count": "best", "late": "2 points/day"}, 1, 6.0),
        ({"count": "best", "late": "2 points/day", "extend": {"anna": "1 day"}}, 2, 7.0),
    ],
)
def test_the_rule_for_attempts_is_foreseen_and_then_applied(resubmitted, tmp_path, options, number, score):
    course = Folders.of(small_course.copy_course(resubmitted, tmp_path / "small"))
    set_dates(course, "small", **options)
    foreseen = regrade(course, diff=True)
    assert [one.new for one in foreseen.totals] == ([] if number == 3 else [score])
    summary = regrade(course)
    assert (summary.graded, summary.others, summary.failed) == (0, 0, {})
    attempts = Attempts.of(course, "small", "anna")
    assert attempts.counted == number and [one.points for one in attempts.all] == [6.0, 7.0, 1.0]
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        submission = gradebook.find_submission("small", "anna")
        assert submission.score - submission.late_submission_penalty == score
        assert submission.timestamp == attempts.get(number).moment.replace(tzinfo=None)
    assert regrade(course).unchanged == 1


@needs_sandbox
def test_an_attempt_that_is_put_back_by_hand_counts(resubmitted, tmp_path):
    course = Folders.of(small_course.copy_course(resubmitted, tmp_path / "small"))
    first = Attempts.of(course, "small", "anna")
    hand_in(course.root, "anna", first.content(first.all[0]), "2026-03-01 12:00:00 UTC")
    for _ in range(2):
        regrade(course)
        assert Attempts.of(course, "small", "anna").counted == 1
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        assert gradebook.find_submission("small", "anna").score == 6.0


@needs_sandbox
def test_a_file_with_an_earlier_time_that_is_put_there_by_hand_counts(resubmitted, tmp_path):
    course = Folders.of(small_course.copy_course(resubmitted, tmp_path / "small"))
    hand_in(course.root, "anna", answered({"answer-double": RIGHT["answer-double"]}), "2026-03-01 09:00:00 UTC")
    for _ in range(2):
        regrade(course)
        assert Attempts.of(course, "small", "anna").counted == 4


@needs_sandbox
def test_other_attempts_are_examined_once(template, tmp_path):
    from classroom.staff.records.moment import UTC

    course = Folders.of(small_course.copy_course(template, tmp_path / "small"))
    attempts = Attempts.of(course, "small", "anna")
    for day, letter in ((1, "a"), (2, "b")):
        attempts.add(answered({"answer-quiz_1": f"answer_1 = {letter!r}"}), dt.datetime(2026, 3, day, tzinfo=UTC))
    attempts.place(attempts.all[-1], course.folder("submitted") / "anna/small")
    summary = regrade(course)
    assert (summary.graded, summary.others) == (1, 1)
    assert [one.points for one in Attempts.of(course, "small", "anna").all] == [0.0, 1.0]
    assert (regrade(course).others, regrade(course, again=True).others) == (0, 1)
