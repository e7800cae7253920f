"""Staff lets an answer count that was taken for the course's own text, of that notebook alone, and the log says so."""

import hashlib
import json

import pytest
from small_course import exam_of, make_course

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.accepted_text import accept, accepted, with_accepted
from classroom.staff.records.audit_log import AuditLog, sentence
from classroom.staff.records.dates import Dates


@pytest.fixture
def course(tmp_path):
    made = Folders.of(make_course(tmp_path / "course"))
    notebook = made.folder("submitted") / "ada" / "small" / "small.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_bytes(b"hers")
    return made


def test_what_is_accepted_is_known_by_the_notebook_and_stands_in_the_log(course):
    accept(course, "ada", "small", "double", "she showed me her drafts")
    accept(course, "ada", "small", "relu_backward", "and these")
    sha = hashlib.sha256(b"hers").hexdigest()
    assert accepted(course, "small") == {sha: ["double", "relu_backward"]} and accepted(course, "other") == {}
    said = [sentence(entry, Dates.of(course).zone) for entry in AuditLog(course, "").read()]
    assert any("double of small counts though it equals text of the course" in one for one in said)
    assert any("she showed me her drafts" in one for one in said)


def test_only_results_of_that_notebook_get_another_key(course):
    before = exam_of(course.root)
    accept(course, "ada", "small", "double", "hers")
    after = with_accepted(course, before)
    assert (after.accepted_of(b"hers"), after.accepted_of(b"another"), after.accepted_of(None)) == (["double"], [], [])
    assert after.digest == before.digest and after.digest_for(b"another") == before.digest_for(b"another")
    assert after.digest_for(b"hers") != before.digest_for(b"hers")
    assert type(after).from_bytes(after.to_bytes()).accepted_of(b"hers") == ["double"]


def test_nothing_is_accepted_without_a_notebook_and_a_reason(course):
    with pytest.raises(Fault, match="bob has handed in no small"):
        accept(course, "bob", "small", "double", "why not")
    with pytest.raises(Fault, match="write why it counts"):
        accept(course, "ada", "small", "double", " ")
    assert not (course.class_folder / "accepted_text.json").exists()


def test_a_damaged_record_is_told_and_kept(course):
    place = course.class_folder / "accepted_text.json"
    place.write_text(json.dumps([{"assignment": "small"}]))
    with pytest.raises(Fault, match="is damaged"):
        accept(course, "ada", "small", "double", "hers")
    assert json.loads(place.read_text()) == [{"assignment": "small"}]
