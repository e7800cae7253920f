"""Moodle's names: a participant of the assignment, named or blind."""

import datetime as dt

import pytest

from classroom.staff.collect.moodle import read


@pytest.mark.parametrize("end", ["_/", "/"])
def test_a_participant_is_known_by_number_and_name(end):
    name = f"Jane Doe_9001_assignsubmission_file{end}small.ipynb"
    (piece,) = read({name: None}, "small", dt.UTC).pieces[name]
    assert piece.who == {"participant": "small:9001", "name": "Jane Doe"}
    assert (piece.called, piece.file) == ("Jane Doe", "small.ipynb")


def test_of_a_blind_participant_the_number_alone_is_known():
    name = "Participant_9001_assignsubmission_file_/small.ipynb"
    (piece,) = read({name: None}, "small", dt.UTC).pieces[name]
    assert piece.who == {"participant": "small:9001"} and piece.called == "Participant 9001"


def test_a_text_that_was_typed_in_is_no_work():
    name = "Jane Doe_9001_assignsubmission_onlinetext_/onlinetext.html"
    found = read({name: None, "other.txt": None}, "small", dt.UTC)
    assert found.pieces == {} and list(found.notes) == [name]
