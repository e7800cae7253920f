"""Students who leave: out of what is shown and sent, and nothing of theirs is lost."""

import datetime as dt

import pytest
import small_course
import typer
from archives import make_zip
from small_course import answered
from typer.testing import CliRunner

from classroom.fault import Fault
from classroom.staff.collect import command
from classroom.staff.collect.collection import collect
from classroom.staff.collect.departure import come_back, departures, leave
from classroom.staff.collect.enrolment import enrol
from classroom.staff.export.gradebook_file import export_grades
from classroom.staff.folders import Folders
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.records.roster import Roster
from classroom.staff.report.results import report

pytestmark = pytest.mark.slow

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section\n"
JANE, LI = '"Doe, Jane",1234,u1,jdoe,A\n', '"Li, 伟",77,u2,liwei,A\n'


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A class of two with points, one of whom also handed in twice."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    course = Folders.of(root)
    (root / "roster.csv").write_text(HEADER + JANE + LI)
    enrol(course, root / "roster.csv", {}, "", "")
    collect(course, "small", make_zip(root / "in.zip", {"doejane_1234_5_small.ipynb": answered()}))
    gradebook = Gradebook(course, small_course.exam_of(root))
    for student, points in (("jdoe", 4.0), ("liwei", 2.5)):
        scores = {"double": 0.0, "relu_backward": points, "quiz_1": 0.0, "explain": 0.0}
        gradebook.record(student, {"scores": scores, "comments": {}}, dt.datetime(2026, 3, 1))
    gradebook.close()
    return root


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


def everything(course):
    """Return what lies under class/, the roster, the log and the gradebook's journal aside."""
    kept = ("roster.csv", "log.jsonl", "gradebook.db")
    return {
        path: path.read_bytes() for path in course.class_folder.rglob("*") if path.is_file() and path.name not in kept
    }


def test_its_effect_is_shown_first(course):
    before = Roster.of(course).members
    (one,) = departures(course, ["jdoe"])
    assert one.words() == "jdoe (Jane Doe): 4 of 10 points in small"
    assert (one.attempts, one.grades) == ({"small": 1}, {"small": (4.0, 10.0)})
    assert Roster.of(course).members == before


def test_who_has_left_is_in_nothing_that_is_shown_or_sent_and_nothing_is_lost(course):
    kept = everything(course)
    leave(course, ["jdoe"])
    assert everything(course) == kept
    assert list(Roster.of(course).members) == ["liwei"] and list(Roster.of(course).left) == ["jdoe"]
    table = export_grades(course, "csv").path.read_text()
    assert "liwei" in table and "jdoe" not in table
    page = report(course).read_text()
    assert "伟 Li" in page and "Jane Doe" not in page
    outcome = collect(course, "small", course.root / "in.zip")
    assert list(outcome.unknown.values()) == [
        "jdoe has left the class: kept as class/unknown/small/canvas/doejane_1234_5_small.ipynb"
    ]
    said = [(one["act"], one["student"]) for one in AuditLog(course, "").read() if one["act"] == "left"]
    assert said == [("left", "jdoe")]


@pytest.mark.parametrize("again", ["by name", "by a file that names them"])
def test_who_comes_back_has_everything_again(course, again):
    before, table = Roster.of(course).members, export_grades(course, "csv").path.read_text()
    leave(course, ["jdoe"])
    if again == "by name":
        come_back(course, ["jdoe"])
    else:
        assert enrol(course, course.root / "roster.csv", {}, "", "").back == ["jdoe"]
    assert Roster.of(course).members == before and not Roster.of(course).left
    assert export_grades(course, "csv").path.read_text() == table


def test_another_file_takes_nobody_off_unless_it_is_asked_to(course):
    (course.root / "now.csv").write_text(HEADER + LI)

    def type_in(*words):
        commands = typer.Typer()
        commands.command()(command.roster)
        return CliRunner().invoke(commands, [*words, "--root", str(course.root)], catch_exceptions=False).output

    now = str(course.root / "now.csv")
    assert "not in this file, and kept: jdoe; if they have left, add  --drop-missing" in type_in(now)
    shown = type_in(now, "--drop-missing")
    assert "jdoe (Jane Doe): 4 of 10 points in small" in shown and "nothing is changed yet" in shown
    assert len(Roster.of(course)) == 2
    assert "1 have left: 1 students" in type_in(now, "--drop-missing", "--yes")
    assert "1 students; who has left: jdoe (" in type_in()
    assert "not in this file" not in type_in(now)
    assert "in the class again: jdoe" in type_in("--back", "jdoe")


def test_somebody_whom_only_the_gradebook_knows_can_leave(course):
    from classroom.staff.nbgrader_import import import_nbgrader

    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        gradebook.update_or_create_student("o'brien")
    leave(course, ["o'brien"])
    assert "o'brien" not in report(course).read_text() and len(Roster.of(course)) == 2


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (lambda course: leave(course, ["nobody"]), "nobody here is called nobody"),
        (lambda course: leave(course, ["jdoe"]) and leave(course, ["jdoe"]), "jdoe has left already, on 20"),
        (lambda course: come_back(course, ["liwei"]), "liwei has not left: who has is nobody"),
    ],
)
def test_a_mistake_is_one_sentence(course, act, fault):
    with pytest.raises(Fault, match=fault):
        act(course)
