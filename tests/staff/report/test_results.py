"""What is read back from a gradebook for reports: the same as was recorded, and what a person has changed in it."""

import ast
import inspect

import pytest
import small_course
from small_course import RIGHT, STUBS, answered, hand_in

from classroom.fault import Fault
from classroom.judge.compare import compare
from classroom.judge.course_text import functions_of
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.feedback import write_feedback
from classroom.staff.report.results import read_graded, report
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


# A function of the toolkit with a statement more, which is near to the course's own text.
(CLOSE,) = [node for name, node in functions_of(ast.parse(inspect.getsource(compare))) if name == "compare"]
CLOSE.body.insert(-1, ast.parse("shown = 1 + 2").body[0])
NEARLY = f"Value = Comparison = object\n\n\n{ast.unparse(CLOSE)}\n\n\n"


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    hand_in(root, "bea", answered({**RIGHT, "answer-relu": STUBS["answer-relu"]}), "2026-03-05 12:00:00 UTC")
    hand_in(root, "ann", answered())
    hand_in(root, "cem", b"no notebook")
    hand_in(root, "dee", answered({**RIGHT, "answer-double": f"{NEARLY}{RIGHT['answer-double']}"}))
    grade_assignment(root, "small", workers=1)
    return Folders.of(root)


def test_scores_verdicts_and_reasons_come_back(graded_course):
    ann, bea, cem, dee = read_graded(graded_course, "small")
    assert [one.student for one in (ann, bea, cem, dee)] == ["ann", "bea", "cem", "dee"]
    assert dict(ann.scores) == {"double": 2, "relu_backward": 4, "quiz_1": 1, "explain": 0}
    assert dict(ann.max_scores) == {"double": 2, "relu_backward": 4, "quiz_1": 1, "explain": 3}
    assert ann.verdicts["double"]["outcome"] == "right" and not ann.late
    assert bea.verdicts["relu_backward"]["outcome"] == "not started" and bea.late and bea.total == 3
    assert cem.total == 0 and cem.outcome == "unreadable" and "not JSON" in cem.reason


def test_what_a_person_gave_counts(graded_course):
    nbgrader = import_nbgrader()
    with nbgrader.Gradebook(graded_course.db_url, graded_course.course_id) as gradebook:
        gradebook.find_grade("explain", "small", "small", "ann").manual_score = 2.5
        gradebook.update_or_create_student("ann", first_name="Ann", last_name="Lee")
        gradebook.db.commit()
    ann = read_graded(graded_course, "small")[0]
    assert ann.scores["explain"] == 2.5 and ann.name == "Ann Lee"


def test_what_is_near_to_the_course_s_text_is_shown_to_staff_and_costs_nothing(graded_course, tmp_path):
    ann, _, _, dee = read_graded(graded_course, "small")
    (near,) = dee.near
    assert (near.exercise, near.function, near.course) == ("double", "compare", "classroom.judge.compare.compare")
    assert dee.scores["double"] == 2 and not ann.near
    assert "classroom.judge.compare.compare" in report(graded_course, page=tmp_path / "page.html").read_text()
    done = write_feedback(graded_course, "small", ["dee"])
    page = (done.folder / "dee" / "small/small.html").read_text()
    assert "classroom.judge.compare" not in page and "own text" not in page


def test_the_report_of_a_class_needs_no_demo(graded_course, tmp_path):
    page = report(graded_course, page=tmp_path / "page.html")
    text = page.read_text()
    assert "A small assignment" in text and "bea" in text and "cem" in text
    assert report(graded_course) == graded_course.root / "class" / "report.html"


def test_what_cannot_be_reported_is_said(graded_course, tmp_path):
    with pytest.raises(Fault, match="there is no assignment 'large': there are small"):
        report(graded_course, ["large"])
    with pytest.raises(Fault, match="large is not in the gradebook"):
        read_graded(graded_course, "large")
    empty = Folders.of(small_course.make_course(tmp_path / "empty"))
    with pytest.raises(Fault, match="nothing has been graded yet"):
        report(empty)
