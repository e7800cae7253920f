"""Moodle: its worksheet is filled in its own manner and language."""

import csv
import io

import pytest
from graded_class import written

from classroom.staff.collect.enrolment import enrol
from classroom.staff.export.gradebook_file import export_grades

pytestmark = pytest.mark.slow


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
