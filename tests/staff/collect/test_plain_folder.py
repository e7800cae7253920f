"""Folders named after students: with their notebook, with nbgrader's time, or one notebook named after each."""

import datetime as dt
from types import SimpleNamespace

import pytest

from classroom.staff.collect.plain_folder import read


def entry(content=b""):
    return SimpleNamespace(read=lambda: content)


@pytest.mark.parametrize(
    ("name", "student", "file"),
    [
        ("anna/small.ipynb", "anna", "small.ipynb"),
        ("class/submitted/anna/small/answers/x.ipynb", "anna", "answers/x.ipynb"),
        ("anna.ipynb", "anna", "anna.ipynb"),
    ],
)
def test_a_student_is_named_by_a_folder_or_a_file(name, student, file):
    (piece,) = read({name: entry()}, "small", dt.UTC).pieces[name]
    assert (piece.called, piece.file, piece.moment) == (student, file, None)


def test_a_time_stamp_belongs_to_the_students_files():
    names = {"anna/small.ipynb": entry(), "anna/timestamp.txt": entry(b"2026-03-02 11:30:00 UTC\n")}
    found = read(names, "small", dt.UTC)
    assert found.pieces["anna/small.ipynb"][0].moment == dt.datetime(2026, 3, 2, 11, 30, tzinfo=dt.UTC)
    assert list(found.notes) == ["anna/timestamp.txt"]


def test_a_notebook_that_nobodys_name_is_on_belongs_to_nobody():
    assert read({"small.ipynb": entry(), "notes.txt": entry()}, "small", dt.UTC).pieces == {}
