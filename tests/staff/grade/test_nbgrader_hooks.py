"""nbgrader's own commands on this engine: autograde, the call behind formgrader's button, feedback, export."""

import csv
import json
import sqlite3
from contextlib import closing

import pytest
import small_course
from five_students import totals
from small_course import RIGHT, answered, cells, hand_in, notebook

from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.feedback import write_feedback
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
    # nbgrader itself adds a submission in a way that SQLAlchemy warns of.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
HOOKS = """
c.Autograde.sanitize_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Examine"]
c.Autograde.autograde_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Record"]
c.GenerateFeedback.exporter_class = "classroom.staff.report.feedback_exporter.FeedbackExporter"
"""
CLASS = {
    "anna": answered(),
    "ben": answered({**RIGHT, "answer-double": "def double(x):\n    raise ValueError('<script>alert(1)</script>')"}),
    "carla": notebook(cells()),
    "o'brienseán": answered(),
}
TOTALS = {"anna": 7.0, "ben": 5.0, "carla": 0.0, "o'brienseán": 7.0}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    with open(root / "nbgrader_config.py", "a") as file:
        file.write(HOOKS)
    for student, data in CLASS.items():
        beside = hand_in(root, student, data)
        (beside / "page.html").write_text("<script>alert(1)</script>")
        (beside / "more").mkdir()
        (beside / "more/page.html").write_text("<script>alert(1)</script>")
    return root


def api_of(course):
    """What formgrader's buttons call."""
    import_nbgrader()
    from nbgrader.apps import NbGraderAPI
    from traitlets.config.loader import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(course)).load_config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_url = f"sqlite:///{course}/class/gradebook.db"
    return NbGraderAPI(config=config)


@pytest.fixture(scope="module")
def api(course):
    return api_of(course)


@pytest.fixture(scope="module")
def autograded(course, api):
    return {student: api.autograde("small", student) for student in CLASS}


def test_the_button_of_formgrader_grades_with_this_engine(course, autograded):
    assert [one["success"] for one in autograded.values()] == [True] * len(CLASS), autograded
    assert totals(course) == TOTALS
    graded = json.loads((course / "class/autograded/ben/small/small.ipynb").read_text())
    assert "0 of 2 points" in json.dumps(graded["cells"][3]["outputs"])


def test_what_lay_beside_the_notebook_is_not_put_where_formgrader_serves_it(course, autograded):
    for student in CLASS:
        place = course / "class/autograded" / student / "small"
        assert sorted(path.name for path in place.iterdir()) == ["small.ipynb", "timestamp.txt"]


@pytest.mark.parametrize("graded_before", [False, True])
def test_whose_folder_is_no_student_id_is_refused_and_enters_no_gradebook(template, tmp_path, graded_before):
    """nbgrader enters whoever it converts; what somebody had recorded before stays."""
    root = small_course.copy_course(template, tmp_path / "small")
    with open(root / "nbgrader_config.py", "a") as file:
        file.write(HOOKS)
    hand_in(root, "a*b", answered())
    if graded_before:
        with import_nbgrader().Gradebook(f"sqlite:///{root}/class/gradebook.db", "small") as gradebook:
            gradebook.update_or_create_student("a*b")
            gradebook.update_or_create_submission("small", "a*b")
            gradebook.find_grade("explain", "small", "small", "a*b").manual_score = 2.0
            gradebook.db.commit()
    assert not api_of(root).autograde("small", "a*b")["success"]
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        students = connection.execute("select id from student").fetchall()
        submissions = connection.execute("select student_id from submitted_assignment").fetchall()
    assert students == submissions == ([("a*b",)] if graded_before else [])
    assert not (root / "class/autograded/a*b/small").exists()


def test_the_command_finds_what_the_button_recorded(course, autograded):
    summary = grade_assignment(course, "small", workers=1)
    assert (summary.graded, summary.recorded, summary.unchanged) == (0, 0, len(CLASS))
    assert totals(course) == TOTALS


def test_the_button_grades_what_the_command_has_graded(course, autograded, api):
    grade_assignment(course, "small", workers=1, students=["ben"])
    assert api.autograde("small", "ben", force=True)["success"]
    assert totals(course) == TOTALS


def test_formgrader_lists_what_was_graded(course, autograded, api):
    submission = {one["student"]: one for one in api.get_submissions("small")}
    assert {student: one["score"] for student, one in submission.items()} == TOTALS
    assert {one["autograded"] for one in submission.values()} == {True}
    assert api.get_autograded_students("small") == set(CLASS)


def test_nbgrader_writes_the_page_that_the_command_writes(course, autograded, api):
    said = api.generate_feedback("small", "ben")
    assert said["success"], said
    page = course / "class/feedback/ben/small/small.html"
    made = page.read_bytes()
    assert b"0 of 2 points" in made and b"<script" not in made and b"alert(1)" in made
    assert write_feedback(Folders.of(course), "small", ["ben"]).unchanged == ["ben"]
    write_feedback(Folders.of(course), "small", ["ben"], again=True)
    assert page.read_bytes() == made


def test_the_grades_are_exported(course, autograded, tmp_path):
    from nbgrader.plugins import CsvExportPlugin

    exporter = CsvExportPlugin()
    exporter.to = str(tmp_path / "grades.csv")
    with import_nbgrader().Gradebook(f"sqlite:///{course}/class/gradebook.db", "small") as gradebook:
        exporter.export(gradebook)
    with open(tmp_path / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(row["score"]) for student, row in rows.items()} == TOTALS
    assert {row["max_score"] for row in rows.values()} == {"10.0"}
