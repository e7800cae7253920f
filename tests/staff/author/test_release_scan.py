"""A bundle that answers an exercise that is open is refused; whoever lets it through stands in the log."""

import pytest
import small_course

from classroom.fault import Fault
from classroom.staff.author.release_scan import open_assignments, refuse_answers
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.records.audit_log import AuditLog, sentence
from classroom.staff.records.dates import Dates

pytestmark = pytest.mark.slow  # each search is a process of its own
LEAK = {"given_sum.py": b"def twice(x):\n    return x + x\n"}


@pytest.fixture
def course(tmp_path):
    return Folders.of(small_course.make_course(tmp_path / "small"))


def test_a_planted_answer_is_refused_until_it_is_let_through_by_name(course):
    with pytest.raises(Fault, match=r"given_sum\.twice answers double of small") as refused:
        refuse_answers(LEAK, course, "small")
    assert "classroom release small --despite given_sum.twice" in str(refused.value)
    assert refuse_answers(LEAK, course, "small", ["given_sum.twice"]) == {"given_sum.twice": "double of small"}
    assert refuse_answers(LEAK, course, "small", ["given_sum"]) == {"given_sum": "double of small"}


def test_a_name_that_answers_nothing_is_told(course):
    with pytest.raises(Fault, match="--despite given_sun: nothing of that name in small answers"):
        refuse_answers(LEAK, course, "small", ["given_sun"])


def test_a_declaration_lets_through_with_its_reason(course):
    face = course.folder("source") / "small/exercises/__init__.py"
    text = face.read_text()
    assert text.rstrip().endswith(")")
    face.write_text(text.rstrip()[:-1] + '    despite={"given_sum": "they need it"},\n)\n')
    assert refuse_answers(LEAK, course, "small") == {"given_sum": "double of small (they need it)"}


def test_what_is_closed_may_be_answered(course):
    assert open_assignments(course, "small") == ["small"]
    set_dates(course, "small", due="2020-10-03")
    assert open_assignments(course, "small") == ["small"]  # late work still counts
    set_dates(course, "small", late="nothing after the deadline")
    assert open_assignments(course, "small") == []
    set_dates(course, "small", extend={"anna": "2199-01-01"})
    assert open_assignments(course, "small") == ["small"]  # hers does
    set_dates(course, "small", extend={"anna": "none"})
    assert refuse_answers(LEAK, course, "small") == {}


def test_the_log_says_what_went_out(course):
    log = AuditLog(course, "classroom release small --despite given_sum")
    log.write("released", assignment="small", sha256="1" * 64, despite={"given_sum": "double of small"})
    (entry,) = log.read()
    assert "given_sum went out though it answers double of small." in sentence(entry, Dates.of(course).zone)
