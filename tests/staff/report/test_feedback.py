"""A student's page of feedback: what it says, when it is written again, and that nothing in it acts or is loaded."""

import re
import sqlite3
from contextlib import closing
from html.parser import HTMLParser

import pytest
import small_course
from small_course import RIGHT, answered, cell, cells, hand_in, notebook

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.feedback import write_feedback
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def hostile():
    content = cells({**RIGHT, "answer-double": f"def double(x):\n    raise ValueError({SCRIPT!r})", "explain": SCRIPT})
    content.insert(2, cell(f"{SCRIPT} and $x^2$", "markdown"))
    content.insert(3, cell(f"print({SCRIPT!r})"))
    return notebook(content)


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A small class, graded; nobody changes it."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    wrong = {**RIGHT, "answer-relu": RIGHT["answer-relu"].replace("np.where(cache, grad_y, 0)", "grad_y")}
    hand_in(root, "anna", answered())
    hand_in(root, "ben", answered(wrong), "2026-03-03 05:30:00 UTC")
    hand_in(root, "carla", b"no notebook")
    hand_in(root, "mallory", hostile())
    (hand_in(root, "zoe", answered()) / "submission_secret.txt").write_text("of the exchange")
    with closing(sqlite3.connect(root / "class/gradebook.db")) as gradebook, gradebook:
        gradebook.execute(
            "insert into student (id, first_name, last_name, lms_user_id) values ('anna', 'محمد', 'حداد', null)"
        )
    grade_assignment(root, "small", workers=1)
    write_feedback(Folders.of(root), "small")
    return root


@pytest.fixture
def course(graded, tmp_path):
    return small_course.copy_course(graded, tmp_path / "small")


def page(root, student):
    return (root / "class/feedback" / student / "small/small.html").read_text()


def words(markup):
    """The text of a page without its style sheet."""
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", markup, flags=re.S)).split())


class Parts(HTMLParser):
    """Tags, attributes and whether everything is closed."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in {"meta", "img", "br", "hr"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def change(root, statement, *values):
    with closing(sqlite3.connect(root / "class/gradebook.db")) as gradebook, gradebook:
        assert gradebook.execute(statement, values).rowcount > 0


def test_the_first_screen_says_whose_it_is_what_was_earned_and_what_there_is_to_gain(graded):
    text = words(page(graded, "ben"))
    assert text.startswith("A small assignment · ben A small assignment ben 3 of 10 points")
    assert "handed in Tue 3 Mar 2026, 05:30 (UTC), 1 day 5 hours late , which costs nothing" in text
    assert "due Mon 2 Mar 2026, 00:00 (UTC)" in text
    first, rest = text.index("To gain: 7 points"), text.index("All points")
    assert first < text.index("relu_backward Small ✗ 0 of 4") < text.index("explain Small 0 of 3 no answer") < rest
    assert rest < text.index("double ✓ 2 of 2") < text.index("quiz_1 ✓ 1 of 1") < text.index("The notebook")
    assert "relative error" in text[first:rest]


def test_each_row_leads_to_its_cell(graded):
    markup = page(graded, "ben")
    places = re.findall(r'<a href="#([^"]+)">', markup)
    assert places == ["relu_backward", "explain", "double", "quiz_1"]
    assert all(markup.count(f'id="{place}"') == 1 for place in places)


def test_names_of_any_direction_stand_apart(graded):
    assert "<bdi>محمد حداد</bdi>" in page(graded, "anna")


def test_a_file_that_could_not_be_read_has_its_reason(graded):
    text = words(page(graded, "carla"))
    assert "0 of 10 points" in text and "This submission was not graded: the file is not JSON" in text


@pytest.mark.parametrize("student", ["anna", "ben", "carla", "mallory"])
def test_nothing_acts_and_nothing_is_loaded(graded, student):
    """This course's lectures have no address; where they have one, links lead there, and to nothing else outside."""
    found = Parts(page(graded, student))
    assert found.open == []
    assert not set(found.tags) & {"script", "link", "iframe", "object", "svg", "img"}
    assert not [name for name, _ in found.attributes if name.startswith("on") or name == "src"]
    assert all(value.startswith("#") for name, value in found.attributes if name == "href")
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in found.attributes


def test_what_a_student_wrote_is_text_and_formulas_are_mathml(graded):
    markup = page(graded, "mallory")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in markup and "<msup><mi>x</mi><mn>2</mn></msup>" in markup


def test_only_what_is_stale_is_written_again(course):
    folders = Folders.of(course)
    assert write_feedback(folders, "small").written == []
    change(
        course,
        "update comment set manual_comment = 'Look at $x = 0$ again.' where cell_id in "
        "(select id from base_cell where name = 'explain') and notebook_id in (select submitted_notebook.id from "
        "submitted_notebook join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id "
        "where student_id = 'ben')",
    )
    assert write_feedback(folders, "small").written == ["ben"]
    assert "Look at" in page(course, "ben") and "Look at" not in page(course, "anna")
    change(course, "update assignment set duedate = '2026-03-01 00:00:00.000000'")
    assert write_feedback(folders, "small").written == ["anna", "ben", "carla", "mallory", "zoe"]
    assert "12 hours late" in words(page(course, "anna"))


def test_a_regrade_makes_the_page_of_whoever_it_concerns_stale(course):
    hand_in(course, "ben", answered(), "2026-03-04 13:00:00 UTC")
    grade_assignment(course, "small", workers=1)
    assert write_feedback(Folders.of(course), "small").written == ["ben"]
    assert "7 of 10 points" in words(page(course, "ben"))


def test_lateness_and_a_persons_points_are_shown(course):
    of_ben = (
        "(select submitted_notebook.id from submitted_notebook join submitted_assignment on "
        "submitted_assignment.id = submitted_notebook.assignment_id where student_id = 'ben')"
    )
    change(course, f"update submitted_notebook set late_submission_penalty = 1.5 where id in {of_ben}")
    change(
        course,
        f"update grade set manual_score = 2.0, needs_manual_grade = 0 where notebook_id in {of_ben} and cell_id in "
        "(select id from base_cell where name = 'explain')",
    )
    write_feedback(Folders.of(course), "small", ["ben"])
    text = words(page(course, "ben"))
    assert "3.5 of 10 points earned 5 points, less 1.5 for lateness" in text
    assert "explain Small 2 of 3 by a person" in text


def test_nbgrader_releases_the_pages_through_its_exchange(course, tmp_path):
    """Whoever handed in through the exchange has a secret to find the page by; for the others nobody can guess it."""
    import_nbgrader()
    from nbgrader.apps import NbGraderAPI
    from nbgrader.utils import notebook_hash

    config = Folders.of(course).config
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course}/class/gradebook.db"
    config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    said = NbGraderAPI(config=config).release_feedback("small")
    assert said["success"], said
    released = {path.name: path.read_text() for path in (tmp_path / "exchange").rglob("*.html")}
    assert released[f"{notebook_hash(secret='of the exchange', notebook_id='small')}.html"] == page(course, "zoe")
    assert len(released) == 5  # each under a name of its own, though four have handed no secret in


def test_a_result_that_is_gone_costs_nobody_else_the_page(course):
    for path in (course / "class/grading/small/results").rglob("*.gz"):
        path.unlink()
    done = write_feedback(Folders.of(course), "small", again=True)
    assert done.written == [] and "is gone: run  classroom grade small" in done.failed["anna"]
    assert "7 of 10" in words(page(course, "anna"))


def test_who_handed_nothing_in_has_no_page(graded, tmp_path):
    with pytest.raises(Fault, match=r"dora has no graded small: run  classroom grade small dora  first"):
        write_feedback(Folders.of(graded), "small", ["dora"])
    empty = small_course.make_course(tmp_path / "small")
    with pytest.raises(Fault, match="nobody's small has been graded"):
        write_feedback(Folders.of(empty), "small")
