"""Deadlines, late rules, extensions and late days: read strictly, applied to what is graded, the same everywhere."""

import csv
import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import small_course
from small_course import answered, hand_in

from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.grade.lateness import Lateness, Row
from classroom.staff.grade.tables import Tables
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog, sentence
from classroom.staff.sandbox import sandbox

RULE = "10 %/day, at most 3 days, 30 minutes of grace"


needs_sandbox = pytest.mark.skipif(
    sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"
)


# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def row(assignment, due, late, earned=80.0, longer=None):
    """Return one student's submission of an assignment that is due on this day of October, so many hours late."""
    moment = dt.datetime(2026, 10, due)
    handed = moment + dt.timedelta(hours=late)
    return Row("n", "s", "anna", assignment, moment, handed, longer, longer, None, earned, 100.0)


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
    assert "the late penalty of small went from 0 to 2 points (25 hours late)." in story
