"""A roster ties the names and numbers of the systems to students."""

import pytest
import typer
from archives import make_zip, names_of
from handed_in import CANVAS_GRADEBOOK, answered_with, submitted
from small_course import answered
from typer.testing import CliRunner

from classroom.fault import Fault
from classroom.staff.collect import command
from classroom.staff.collect.collection import collect
from classroom.staff.collect.enrolment import enrol

pytestmark = pytest.mark.slow


def test_a_roster_ties_the_systems_numbers_to_students(course, tmp_path):
    (tmp_path / "gradebook.csv").write_text(CANVAS_GRADEBOOK)
    enrolled = enrol(course, tmp_path / "gradebook.csv", {}, "", "")
    assert enrolled.nobody == ["Student, Test"]
    assert [(one.student, one.name) for one in enrolled.roster] == [("jdoe", "Jane Doe"), ("o'neil", "Seán O'Neil")]
    names = [*names_of("canvas", "small"), "stranger_4711_5_small.ipynb"]
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", {name: answered() for name in names}))
    assert outcome.students == {"jdoe", "o'neil"}
    ((unknown, why),) = outcome.unknown.items()
    assert unknown == names[-1] and "canvas 4711" in why
    assert (course.class_folder / "unknown/small/canvas" / unknown).read_bytes() == answered()
    (tmp_path / "late.csv").write_text('Student,ID,SIS Login ID,Section\n"Stranger, A",4711,astranger,A\n')
    assert enrol(course, tmp_path / "late.csv", {}, "", "").fresh == 1
    assert collect(course, "small", tmp_path / "in.zip").students == {"jdoe", "o'neil", "astranger"}
    assert not (course.class_folder / "unknown").exists()


def test_every_file_of_a_large_class_and_every_stranger_in_it_is_named(course, tmp_path):
    lines = [f'"Doe, Jane{number}",{1000 + number},jdoe{number},A\n' for number in range(70)]
    (tmp_path / "gradebook.csv").write_text("Student,ID,SIS Login ID,Section\n" + "".join(lines))
    enrol(course, tmp_path / "gradebook.csv", {}, "", "")
    known = [f"doejane{number}_{1000 + number}_5_small.ipynb" for number in range(70)]
    strangers = [f"stranger{number}_{5000 + number}_5_small.ipynb" for number in range(70)]
    source = make_zip(tmp_path / "in.zip", {name: answered() for name in known + strangers})
    commands = typer.Typer()
    commands.command()(command.collect)
    said = CliRunner().invoke(commands, ["small", str(source), "--root", str(course.root)]).stdout
    assert [name for name in known if f"  {name} → " not in said] == []
    assert [name for name in strangers if f"  {name} ? " not in said] == []


def test_nothing_of_a_stranger_replaces_anything_else(course, tmp_path):
    (tmp_path / "list.csv").write_text("Username,OrgDefinedId\njdoe,1\n")
    enrol(course, tmp_path / "list.csv", {}, "", "")
    folder = "9-{} - A Stranger - Oct {}, 2025 905 AM/small.ipynb"
    attempts = {folder.format(number, number): answered_with(str(number)) for number in (1, 2)}
    collect(course, "small", make_zip(tmp_path / "in.zip", attempts))
    # A later archive has the same name for something else.
    collect(course, "small", make_zip(tmp_path / "in.zip", {folder.format(1, 1): answered_with("3")}))
    kept = [path.read_bytes() for path in sorted((course.class_folder / "unknown").rglob("*.ipynb"))]
    assert sorted(kept) == sorted(answered_with(number) for number in "123")


def test_the_gradebook_knows_the_roster(course, tmp_path):
    from classroom.staff.nbgrader_import import import_nbgrader

    (tmp_path / "gradebook.csv").write_text(CANVAS_GRADEBOOK)
    for _ in range(2):
        enrol(course, tmp_path / "gradebook.csv", {}, "", "")
    with import_nbgrader().Gradebook(course.db_url, "small") as gradebook:
        known = [(one.id, one.first_name, one.last_name, one.lms_user_id) for one in gradebook.students]
    assert known == [("jdoe", "Jane", "Doe", "1234"), ("o'neil", "Seán", "O'Neil", "77")]


def test_students_of_one_name_are_not_confused(course, tmp_path):
    (tmp_path / "moodle.csv").write_text(
        "First name,Last name,ID number,Email address\nJane,Doe,1,j1@x.edu\nJane,Doe,2,j2@x.edu\n李,伟,3,li@x.edu\n"
    )
    enrol(course, tmp_path / "moodle.csv", {}, "", "")
    files = {
        "Jane Doe_9001_assignsubmission_file/small.ipynb": answered_with("a"),
        "Jane Doe_9002_assignsubmission_file/small.ipynb": answered_with("b"),
        "李 伟_9003_assignsubmission_file/small.ipynb": answered_with("c"),
    }
    source = make_zip(tmp_path / "in.zip", files)
    outcome = collect(course, "small", source)
    assert outcome.students == {"3"} and len(outcome.unknown) == 2
    assert "2 students have the name Jane Doe: 1, 2" in next(iter(outcome.unknown.values()))
    # The worksheet of the assignment tells them apart.
    (tmp_path / "worksheet.csv").write_text(
        "Identifier,Full name,ID number,Email address,Grade\n"
        "Participant 9001,Jane Doe,2,j2@x.edu,\nParticipant 9002,Jane Doe,1,j1@x.edu,\n"
    )
    with pytest.raises(Fault, match="--for"):
        enrol(course, tmp_path / "worksheet.csv", {}, "", "")
    enrol(course, tmp_path / "worksheet.csv", {}, "", "small")
    assert collect(course, "small", source).students == {"1", "2", "3"}
    assert submitted(course, "2")[0] == answered_with("a")
