"""Any text that a folder can hold names a student, and two never look the same."""

import pytest

from classroom.staff.records.student_id import composed, objection, shown


@pytest.mark.parametrize("name", ["李伟", "o'neil", "a+b@c", "UNI\\x", "Jane Doe", "x" * 200])
def test_a_name_that_a_folder_can_hold_is_an_id(name):
    assert objection(name) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is empty"),
        (" anna", "begins or ends with a space"),
        ("-rf", "begins with '-'"),
        (".hidden", "begins with '.'"),
        ("__MACOSX", "macOS"),
        ("a\tb", "cannot be printed"),
        ("a/b", "makes it a path"),
        ("a*", "a pattern for files"),
        ("<b>", "markup"),
        ("ä" * 101, "has 202 bytes, at most 200"),
    ],
)
def test_what_cannot_be_an_id_is_said(name, why):
    assert why in objection(name)


def test_what_cannot_be_printed_is_shown_by_its_number():
    assert shown("a\u202eb") == "a‹U+202E›b" and shown("Zoë") == "Zoë"


def test_both_ways_to_write_an_accent_are_one_name():
    assert composed("Zoe\u0308") == "Zoë"
