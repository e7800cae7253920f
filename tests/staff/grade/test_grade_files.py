"""Grades go out as each learning system takes them: filled, never blanked, disarmed, and under class/ alone."""

import csv
import datetime as dt
import io
import subprocess
import sys
import zipfile

import pytest
import small_course
from archives import make_zip
from small_course import answered

from classroom.fault import Fault
from classroom.staff.collect.collection import collect
from classroom.staff.collect.enrolment import enrol
from classroom.staff.export.feedback_zip import zip_feedback
from classroom.staff.export.gradebook_file import export_grades
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.nbgrader_import import import_nbgrader

pytestmark = pytest.mark.slow

ROSTER = (
    "Student,ID,SIS User ID,SIS Login ID,Section\n"
    '"Doe, Jane",1,u1,jdoe,A\n"=HYPERLINK(""http://x""), \'t",2,u2,evil,A\n'
    '"Li, 伟",3,u3,liwei,A\n"No, Show",4,u4,noshow,A\n'
)
# Jane is a day late; what evil wrote waits for a person.
CLASS = {"jdoe": (6.0, 0.0, "2026-03-02 12:00"), "evil": (2.625, None, "2026-03-01"), "liwei": (7.0, 0.0, "2026-03-01")}
SCORES = {"jdoe": 5.0, "evil": 2.625, "liwei": 7.0}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A class with a roster and a gradebook of three, one of them late; nothing had to be examined for it."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    course = Folders.of(root)
    (root / "roster.csv").write_text(ROSTER)
    enrol(course, root / "roster.csv", {}, "", "")
    set_dates(course, "small", late="1 point/day")
    gradebook = Gradebook(course, small_course.exam_of(root))
    for student, (points, written, moment) in CLASS.items():
        scores = {"double": 0.0, "relu_backward": points, "quiz_1": 0.0, "explain": written}
        gradebook.record(student, {"scores": scores, "comments": {}}, dt.datetime.fromisoformat(moment))
    gradebook.close()
    return root


@pytest.fixture
def course(template, tmp_path):
    return Folders.of(small_course.copy_course(template, tmp_path / "small"))


def written(outcome, encoding="utf-8", delimiter=","):
    with open(outcome.path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (501),small (502),Final Score\n"
    ",,,,,Manual Posting,,\n"
    "    Points Possible,,,,,5,10,(read only)\n"
    '"Doe, Jane",1,u1,jdoe,A,4,4.5,80\n'
    '"=HYPERLINK(""http://x""), \'t",2,u2,evil,A,,,\n'
    '"Li, 伟",3,u3,liwei,A,3,7.00,\n'
    '"No, Show",4,u4,noshow,A,,3,\n'
    '"Stranger, A",99,u99,stranger,A,,2,\n'
    '"Student, Test",7,,x,A,,,\n'
)


def test_canvass_own_file_is_filled_and_only_what_belongs_goes_back(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS)
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    rows = written(outcome)
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small (502)"]
    assert rows[2] == ["    Points Possible", "", "", "", "", "10"]
    assert [row[5] for row in rows[3:]] == ["5", "2.63", "7.00", "3", "2", ""]  # nothing that stood there is blank
    assert rows[4][0].startswith("'=HYPERLINK")
    assert [(one.student, one.old, one.new) for one in outcome.filled.changes] == [
        ("jdoe", "4.5", "5"),
        ("evil", "", "2.63"),
    ]
    assert outcome.filled.strangers == ["Stranger, A 99"] and outcome.waiting == {"small": 1}
    assert (tmp_path / "export.csv").read_text() == CANVAS


def test_a_dry_run_shows_all_and_writes_nothing(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS)
    before = sorted(course.class_folder.rglob("*"))
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv", dry_run=True)
    assert len(outcome.filled.changes) == 2
    assert sorted(course.class_folder.rglob("*")) == before


def test_whoever_is_excused_stays_excused(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("A,4,4.5,80", "A,4,EX,80"))
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    assert outcome.filled.kept == {"jdoe": "Canvas has EX there"} and written(outcome)[3][5] == "EX"


def test_other_points_in_the_system_are_a_question(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("5,10,(read only)", "5,100,(read only)"))
    with pytest.raises(Fault, match="small has 10 points here and 100 in Canvas"):
        export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv", scale=True)
    assert [row[5] for row in written(outcome)[3:6]] == ["50", "26.25", "70"]


def test_a_column_that_is_not_found_can_be_named(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS.replace("small (502)", "Week 2 (502)"))
    with pytest.raises(Fault, match=r"the file of Canvas has Homework 1 \(501\), Week 2 \(502\)"):
        export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    named = {"small": "Week 2 (502)"}
    outcome = export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv", named=named)
    assert written(outcome)[3][5] == "5"


def test_without_canvass_file_a_safe_one_is_made(course):
    rows = written(export_grades(course, "canvas", ["small"]))
    assert rows[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "small"],
        ["    Points Possible", "", "", "", "", "10"],
    ]
    assert [(row[1], row[5]) for row in rows[2:]] == [("2", "2.63"), ("1", "5"), ("3", "7")]


MOODLE = (
    "\ufeffIdentifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (grade),Feedback comments\n"
    'Participant 9001,Jane Doe,u1,,Submitted,,"10,00",Yes,-,\n'
    'Participant 9003,伟 Li,u3,,Submitted,"6,50","10,00",No,-,\n'
    'Participant 9002,x,u2,,Submitted,"1,00","10,00",Yes,-,\n'
)


def test_moodles_worksheet_is_filled_in_its_own_manner(course, tmp_path):
    path = tmp_path / "worksheet.csv"
    path.write_text(MOODLE.replace("ID number", "SIS"))
    (tmp_path / "more.csv").write_text("Full name,ID number,SIS Login ID\nx,u2,evil\ny,u1,jdoe\nz,u3,liwei\n")
    enrol(course, tmp_path / "more.csv", {"login": "SIS Login ID"}, "", "")
    path.write_text(MOODLE)
    outcome = export_grades(course, "moodle", ["small"], into=path)
    rows = written(outcome, "utf-8-sig")
    assert outcome.path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row[0] for row in rows] == ["Identifier", "Participant 9001", "Participant 9003", "Participant 9002"]
    assert [row[5] for row in rows[1:]] == ["5", "6,50", "2,63"]
    assert rows[0] == next(csv.reader(io.StringIO(MOODLE.removeprefix("\ufeff"))))
    assert outcome.filled.kept == {"liwei": "Moodle says that the grade cannot be changed"}


def test_a_german_worksheet_has_german_headers_and_commas(course, tmp_path):
    text = "ID-Nummer;Vollständiger Name;Bewertung;Bestwertung\nu1;Jane Doe;;10,00\nu2;x;1,00;10,00\n"
    (tmp_path / "more.csv").write_text("ID number,SIS Login ID\nu2,evil\nu1,jdoe\n")
    enrol(course, tmp_path / "more.csv", {"login": "SIS Login ID"}, "", "")
    (tmp_path / "blatt.csv").write_text(text)
    rows = written(export_grades(course, "moodle", ["small"], into=tmp_path / "blatt.csv"), delimiter=";")
    assert [row[2] for row in rows] == ["Bewertung", "5", "2,63"]


def test_brightspace_gets_its_marks(course, tmp_path):
    (tmp_path / "list.csv").write_text("Username,OrgDefinedId,SIS Login ID\n#jd,#u1,jdoe\n#li,#u3,liwei\n")
    enrol(course, tmp_path / "list.csv", {"login": "SIS Login ID"}, "", "")
    rows = written(export_grades(course, "brightspace", ["small"]))
    assert rows[0] == ["OrgDefinedId", "Username", "small Points Grade", "End-of-Line Indicator"]
    assert rows[1:] == [["#u1", "#jd", "5", "#"], ["#u3", "#li", "7", "#"]]
    header = "OrgDefinedId,Username,Quiz Points Grade <Numeric MaxPoints:5>,small Points Grade <Numeric MaxPoints:10>"
    (tmp_path / "grades.csv").write_text(f"{header},End-of-Line Indicator\n#u1,#jd,1,3,#\n")
    outcome = export_grades(course, "brightspace", ["small"], into=tmp_path / "grades.csv")
    assert written(outcome)[1] == ["#u1", "#jd", "5", "#"] and outcome.filled.absent == ["evil", "liwei"]


def test_blackboard_takes_only_its_own_file(course, tmp_path):
    with pytest.raises(Fault, match="Blackboard takes only a file of its own"):
        export_grades(course, "blackboard", ["small"])
    text = "Last Name\tFirst Name\tUsername\tsmall [Total Pts: 10 Score] |77\tother |78\nDoe\tJane\tjdoe\t\t4\n"
    (tmp_path / "gc.xls").write_bytes(text.encode("utf-16"))
    outcome = export_grades(course, "blackboard", ["small"], into=tmp_path / "gc.xls")
    assert written(outcome, "utf-16", "\t")[1] == ["Doe", "Jane", "jdoe", "5"]


def test_a_file_that_would_name_nobody_is_refused(course):
    with pytest.raises(Fault, match="nobody's username, email, number is known, without which Moodle cannot tell"):
        export_grades(course, "moodle", ["small"])
    assert not (course.class_folder / "grades").exists()


def test_the_list_of_all_has_everybody_and_every_exercise(course):
    rows = written(export_grades(course, "csv", exercises=True))
    found = {(row[0], row[4]): row[5] for row in rows[1:]}
    assert found["jdoe", "small"] == "5" and found["jdoe", "small: relu_backward"] == "6"
    assert found["noshow", "small"] == ""
    assert "'=HYPERLINK" in next(row[2] + row[1] for row in rows if row[0] == "evil")
    assert "Li" in next(row[1] for row in rows if row[0] == "liwei")


def test_each_written_grade_is_in_the_log(course, tmp_path):
    from classroom.staff.records.audit_log import AuditLog

    (tmp_path / "export.csv").write_text(CANVAS)
    export_grades(course, "canvas", ["small"], into=tmp_path / "export.csv")
    entries = [one for one in AuditLog(course, "").read() if one["act"] == "exported"]
    assert [(one.get("student"), one.get("old"), one.get("new")) for one in entries] == [
        (None, None, None),
        ("jdoe", "4.5", "5"),
        ("evil", None, "2.63"),
    ]


@pytest.mark.parametrize(
    ("system", "options", "fault"),
    [
        ("ilias", {}, "'ilias' is no system that is written for"),
        ("csv", {"into": "x.csv"}, "leave it out for csv"),
        ("moodle", {"into": "x.csv", "exercises": True}, "is that of one assignment"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(course, tmp_path, system, options, fault):
    (tmp_path / "x.csv").write_text(CANVAS)
    if "into" in options:
        options = options | {"into": tmp_path / options["into"]}
    with pytest.raises(Fault, match=fault):
        export_grades(course, system, ["small"], **options)


# --- feedback ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "names", "pages"),
    [
        (
            "canvas",
            ["doejane_LATE_1_20_small-1.ipynb", "liwei_3_21_my_work.ipynb"],
            ["doejane_LATE_1_20_small-1.html", "liwei_3_21_my_work.html"],
        ),
        (
            "moodle",
            ["Jane Doe_9001_assignsubmission_file_/small.ipynb", "伟 Li_9003_assignsubmission_file_x.ipynb"],
            ["Jane Doe_9001_assignsubmission_file_/small.html", "伟 Li_9003_assignsubmission_file_/small.html"],
        ),
    ],
)
def test_pages_go_back_under_the_names_that_uploads_know(course, tmp_path, system, names, pages):
    collect(course, "small", make_zip(tmp_path / "in.zip", {name: answered() for name in names}))
    for student in ("jdoe", "liwei", "evil"):
        place = course.folder("feedback") / student / "small"
        place.mkdir(parents=True)
        (place / "small.html").write_text(f"<p>{student}")
    zipped = zip_feedback(course, "small", system)
    with zipfile.ZipFile(zipped.path) as archive:
        assert sorted(archive.namelist()) == sorted(pages)
        assert archive.read(pages[0]) == b"<p>jdoe"
    assert zipped.left_out == {"evil": f"this was not handed in through {system}"}


def test_there_is_no_zip_of_nothing(course):
    with pytest.raises(Fault, match="no page of small can go back to moodle"):
        zip_feedback(course, "small", "moodle")
    with pytest.raises(Fault, match="there are canvas and moodle"):
        zip_feedback(course, "small", "brightspace")


# --- nbgrader's own commands ------------------------------------------------------------------------------------------


def test_nbgraders_export_keeps_commas_and_disarms(course):
    from classroom.staff.export.nbgrader_export import HEADER, SafeExport

    exporter = SafeExport()
    exporter.to = str(course.class_folder / "grades.csv")
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        exporter.export(gradebook)
    rows = list(csv.reader(io.StringIO((course.class_folder / "grades.csv").read_text())))
    assert rows[0] == HEADER and {len(row) for row in rows} == {len(HEADER)}
    found = {row[3]: row for row in rows[1:]}
    assert found["jdoe"][7:] == ["6.0", "1.0", "5.0", "10.0"]
    assert found["evil"][4].startswith("'=HYPERLINK") and found["noshow"][9] == "0.0"


@pytest.mark.parametrize(
    ("system", "names"),
    [
        ("Canvas", {"doejane_1_20_small-1.ipynb": "b", "doejane_1_10_small.ipynb": "a"}),
        ("Moodle", {"Jane Doe_9001_assignsubmission_file/my work.ipynb": "b"}),
        (
            "Brightspace",
            {
                "u1-8 - Jane Doe - Oct 2, 2025 905 AM/small.ipynb": "a",
                "u1-9 - Jane Doe - Oct 3, 2025 1105 PM/small.ipynb": "b",
            },
        ),
        (
            "Blackboard",
            {
                "small_jdoe_attempt_2025-10-03-23-05-00_small.ipynb": "b",
                "small_jdoe_attempt_2025-10-02-09-05-10_s.ipynb": "a",
            },
        ),
    ],
)
def test_nbgraders_own_zip_collect_knows_each_system(course, system, names):
    """The collector's part of nbgrader's command, with nbgrader's own code around it."""
    import_nbgrader()
    from nbgrader.apps.zipcollectapp import ZipCollectApp
    from traitlets.config import Config

    (course.root / "more.csv").write_text("Username,OrgDefinedId,SIS Login ID\n#jdoe,#u1,jdoe\n")
    enrol(course, course.root / "more.csv", {"login": "SIS Login ID"}, "", "")
    set_dates(course, None, zone="Europe/Berlin")
    contents = {name: answered({"answer-quiz_1": f"answer_1 = {letter!r}"}) for name, letter in names.items()}
    make_zip(course.class_folder / "downloaded/small/archive/submissions.zip", contents)
    config = Config()
    config.CourseDirectory = course.config.CourseDirectory.copy()
    config.CourseDirectory.root, config.CourseDirectory.assignment_id = str(course.root), "small"
    config.ZipCollectApp.downloaded_directory = "class/downloaded"
    config.ZipCollectApp.collector_plugin = f"classroom.staff.collect.nbgrader_collector.{system}"
    app = ZipCollectApp(config=config, parent=None)
    app.coursedir = __import__("nbgrader.coursedir", fromlist=["CourseDirectory"]).CourseDirectory(config=config)
    app.init_plugins()
    app.extract_archive_files()
    app.process_extracted_files()
    place = course.folder("submitted") / "jdoe/small"
    assert (place / "small.ipynb").read_bytes() == answered({"answer-quiz_1": "answer_1 = 'b'"})
    stamp = (place / "timestamp.txt").read_text() if (place / "timestamp.txt").exists() else ""
    assert stamp == ("2025-10-03 21:05:00" if system in ("Brightspace", "Blackboard") else "")


def test_the_configuration_that_ships_names_collector_exporter_and_late_rule():
    from pathlib import Path

    from traitlets.utils.importstring import import_item

    config = Folders.of(Path(__file__).parents[3]).config
    for name in (
        config.ZipCollectApp.collector_plugin,
        config.ExportApp.plugin_class,
        config.AssignLatePenalties.plugin_class,
    ):
        assert import_item(name).__module__.startswith("classroom.staff.")


def test_the_command_shows_what_it_wrote(course, tmp_path):
    (tmp_path / "export.csv").write_text(CANVAS)
    command = [sys.executable, "-m", "classroom.cli", "grades", "small", "--to", "canvas"]
    command += ["--into", str(tmp_path / "export.csv"), "--root", str(course.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "jdoe  small: 4.5 → 5" in done.stdout and "2 grades written" in done.stdout
    assert "small: 1 wait for a person's grade" in done.stdout
