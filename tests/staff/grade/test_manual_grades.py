"""What a person gives by hand is in the log: when it is saved, or with the span of time in which it happened."""

import datetime as dt

import pytest
import small_course
from sqlalchemy import create_engine, text

from classroom.staff.folders import Folders
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.grade.manual_grades import note_manual_grades, watch
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog, sentence

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    gradebook = Gradebook(Folders.of(root), small_course.exam_of(root))
    scores = {"double": 2.0, "relu_backward": 4.0, "quiz_1": 1.0, "explain": None}
    gradebook.record("anna", {"scores": scores, "comments": {}}, dt.datetime(2026, 3, 1))
    gradebook.close()
    return root


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


def give(course, **values):
    """Save what a person gives, as formgrader does."""
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        grade = gradebook.find_grade("explain", "small", "small", "anna")
        comment = gradebook.find_comment("explain", "small", "small", "anna")
        for name, value in values.items():
            setattr(comment if name == "manual_comment" else grade, name, value)
        gradebook.db.commit()


def given(course):
    return [entry for entry in AuditLog(course, "").read() if entry["act"] == "given"]


def test_what_is_saved_in_a_watched_process_is_logged_at_once(course):
    watch(course.root)
    give(course, manual_score=2.5, manual_comment="Well said.")
    give(course, manual_score=3.0)
    give(course, manual_score=3.0)
    scores = [entry["changes"].get("manual_score") for entry in given(course)]
    assert [one for one in scores if one] == [[None, 2.5], [2.5, 3.0]]
    said = "\n".join(sentence(entry, dt.UTC) for entry in given(course))
    assert "explain of small: a person's points – → 2.5" in said
    assert "explain of small: a person's comment – → “Well said.”" in said
    assert note_manual_grades(course, "classroom grade small") == 0


def test_what_is_not_saved_is_not_logged(course):
    watch(course.root)
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        gradebook.find_grade("explain", "small", "small", "anna").manual_score = 2.0
        gradebook.db.flush()
        gradebook.db.rollback()
    assert given(course) == []


def test_another_courses_gradebook_is_not_logged_here(course, template, tmp_path):
    watch(course.root)
    give(Folders.of(small_course.copy_course(template, tmp_path / "other")), manual_score=1.0)
    assert given(course) == []


def test_what_nobody_saw_is_found_with_its_span_of_time(course):
    give(course, manual_score=2.5, extra_credit=0.0)
    assert note_manual_grades(course, "classroom grade small") == 1
    engine = create_engine(course.db_url)
    with engine.begin() as connection:
        connection.execute(text("update grade set manual_score = 1.5, extra_credit = 1 where manual_score = 2.5"))
    engine.dispose()
    assert note_manual_grades(course, "classroom log") == 1
    assert note_manual_grades(course, "classroom log") == 0
    first, second = given(course)
    assert first["since"] == "the beginning" and first["changes"] == {"manual_score": [None, 2.5]}
    assert second["changes"] == {"manual_score": [2.5, 1.5], "extra_credit": [None, 1.0]}
    assert second["since"] < second["time"] and second["since"] >= first["time"][:19]
    said = sentence(second, dt.UTC)
    assert "ran classroom log: found explain of small: a person's points 2.5 → 1.5, extra credit – → 1" in said
    assert "given in some other way between" in said and said.endswith(" and now.")


def test_what_is_taken_back_is_logged_too(course):
    give(course, manual_score=2.5)
    note_manual_grades(course, "classroom grade small")
    give(course, manual_score=None)
    assert note_manual_grades(course, "classroom grade small") == 1
    assert given(course)[-1]["changes"] == {"manual_score": [2.5, None]}
