"""A roster is read from any table that names students."""

import pytest
from handed_in import CANVAS_GRADEBOOK

from classroom.fault import Fault
from classroom.staff.collect.enrolment import enrol
from classroom.staff.records.roster import Roster

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("text", "options", "students"),
    [
        ("Username,OrgDefinedId,First Name,Last Name,Email\n#jdoe,#55501,Jane,Doe,j@x\n", {}, ["jdoe"]),
        ("First Name,Last Name,SID,Email\nJane,Doe,55501,j@x\n", {}, ["55501"]),
        ("Vorname;Nachname;E-Mail-Adresse\nAna;Müller;m@x\n", {}, ["m@x"]),
        ("Matrikel\tWer\n7\tAna Müller\n", {"mapping": {"student": "Matrikel", "name": "Wer"}}, ["7"]),
        (CANVAS_GRADEBOOK, {"id_from": "SIS User ID"}, ["55501", "55502"]),
        ("Group,Username,Last Name\n,jdoe,Doe\nA,müller,\n,,\n", {}, ["jdoe", "müller"]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_table_can_be_a_roster(course, tmp_path, text, options, students, encoding):
    (tmp_path / "roster.csv").write_bytes(text.encode(encoding))
    options = {"mapping": {}, "id_from": ""} | options
    enrol(course, tmp_path / "roster.csv", options["mapping"], options["id_from"], "")
    assert sorted(Roster.of(course).members) == students
    assert "MÃ" not in (course.class_folder / "roster.csv").read_text()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("what,ever\n1,2\n", "no column that names a student: it has what, ever"),
        ("Username,Email\na*b,x@y\n", "has '\\*', which makes it a pattern"),
        ("Username,Email\njdoe,x@y\njdoe,z@y\n", "'jdoe' 2 times"),
        ("Username,Email\n", "names no student"),
        ("", "is no table"),
    ],
)
def test_a_table_that_is_no_roster_is_one_sentence(course, tmp_path, text, fault):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(Fault, match=fault):
        enrol(course, tmp_path / "roster.csv", {}, "", "")
    assert not (course.class_folder / "roster.csv").exists()


def test_what_a_terminal_would_obey_is_written_out(course, tmp_path):
    (tmp_path / "list.csv").write_text('Username,First name,Last name\njdoe,Jane\x1b[2J,"Doe\u202e\nRoe"\n')
    enrol(course, tmp_path / "list.csv", {}, "", "")
    (member,) = Roster.of(course)
    assert member.name == "Jane‹U+001B›[2J Doe‹U+202E›‹U+000A›Roe"
