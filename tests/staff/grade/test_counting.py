"""Which of several attempts counts, foreseen and then applied."""

import datetime as dt

import pytest
import small_course
from small_course import RIGHT, answered, hand_in

from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.attempts import Attempts
from classroom.staff.sandbox import sandbox

needs_sandbox = pytest.mark.skipif(
    sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"
)


# nbgrader itself adds a submission in a way that SQLAlchemy warns of.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")]


def regrade(course, **options):
    return grade_assignment(course.root, "small", workers=1, **options)


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
