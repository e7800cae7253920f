"""Gradescope: earlier submissions are attempts, or told."""

import itertools

import pytest
from archives import make_zip
from handed_in import answered_with, attempts, submitted

from classroom.fault import Fault
from classroom.staff.collect.collection import collect

pytestmark = pytest.mark.slow


def gradescope_export(tmp_path, earlier):
    """Return an export of a student's third submission, with the folders of some of the earlier ones."""
    listed = (
        "submission_73:\n  :submitters:\n  - :name: Jane Doe\n    :sid: jdoe\n    :email: jane@uni.edu\n"
        "  :created_at: 2025-10-04 07:00:00.0 Z\n  :history:\n"
        "  - :id: 71\n    :created_at: 2025-10-02 07:05:33.4 Z\n    :score: 3.0\n"
        "  - :id: 72\n    :created_at: 2025-10-03 07:00:00.0 Z\n    :score: 5.0\n"
    )
    files = {f"submission_{number}/small.ipynb": answered_with(letter) for number, letter in [*earlier, (73, "c")]}
    return make_zip(tmp_path / "in.zip", {"submission_metadata.yml": listed, **files})


@pytest.mark.parametrize("moment", ["0001-01-01 00:00:00 +14:00", "9999-12-31 23:59:59 -12:00", "[0, 1]"])
def test_a_time_in_no_year_of_ours_is_none(course, tmp_path, moment):
    listed = f"submission_1:\n  :submitters:\n  - :sid: jdoe\n  :created_at: {moment}\n"
    files = {"submission_metadata.yml": listed, "submission_1/small.ipynb": answered_with("a")}
    collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "jdoe") == (answered_with("a"), "")


def test_a_list_that_is_nested_without_end_is_one_sentence(course, tmp_path):
    files = {"submission_metadata.yml": "a: " + "[" * 5000, "submission_1/small.ipynb": b""}
    with pytest.raises(Fault, match="cannot be read"):
        collect(course, "small", make_zip(tmp_path / "in.zip", files))


def test_a_name_that_repeats_itself_a_million_times_is_none(course, tmp_path):
    """Each list holds the one before it ten times: written out, the name has a hundred megabytes."""
    ten = {name: ", ".join([f"*{before}"] * 10) for before, name in itertools.pairwise("abcdefgh")}
    doubled = "".join(f"{name}: &{name} [{before}]\n" for name, before in ten.items())
    who = ":submitters:\n  - :name: *h\n    :sid: jdoe\n    :email: *h\n"
    listed = f"a: &a [x, x]\n{doubled}submission_1:\n  {who}"
    files = {"submission_metadata.yml": listed, "submission_1/small.ipynb": answered_with("a")}
    assert collect(course, "small", make_zip(tmp_path / "in.zip", files)).students == {"jdoe"}


def test_gradescopes_earlier_submissions_are_attempts_where_their_files_are_there(course, tmp_path):
    outcome = collect(course, "small", gradescope_export(tmp_path, [(71, "a"), (72, "b")]))
    assert (outcome.fresh, outcome.refused, outcome.told) == (3, {}, [])
    moments = [f"{one.moment:%d %H:%M:%S}" for one in attempts(course, "jdoe").all]
    assert moments == ["02 07:05:33", "03 07:00:00", "04 07:00:00"]
    assert submitted(course, "jdoe")[0] == answered_with("c")


def test_gradescopes_earlier_submissions_are_told_where_their_files_are_not(course, tmp_path):
    outcome = collect(course, "small", gradescope_export(tmp_path, []))
    assert outcome.fresh == 1
    assert "Jane Doe: Gradescope lists 2 earlier submissions, the last of Fri 3 Oct 2025, 07:00" in outcome.told[0]
