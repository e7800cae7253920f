"""All that a student has handed in is kept, and a rule or a person chooses what counts."""

import pytest
from archives import make_zip
from handed_in import THREE, answered_with, attempts, submitted
from small_course import hand_in

from classroom.fault import Fault
from classroom.staff.collect.collection import collect
from classroom.staff.collect.enrolment import count_attempt
from classroom.staff.grade.deadlines import set_dates

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("policy", "letter"), [("last", "c"), ("first", "a"), ("in-time", "b"), ("best", "c")])
def test_the_rule_chooses_the_attempt_and_keeps_the_others(course, tmp_path, policy, letter):
    set_dates(course, "small", count=policy, due="2025-10-05")
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    found = attempts(course, "55501")
    assert [found.content(one) for one in found.all] == [answered_with(letter) for letter in "abc"]
    assert submitted(course, "55501")[0] == answered_with(letter)


def test_a_new_archive_adds_an_attempt_and_what_lay_there_is_one_too(course, tmp_path):
    hand_in(course.root, "1234", answered_with("a"), "2026-03-01 12:00:00 UTC")
    collect(course, "small", make_zip(tmp_path / "in.zip", {"doejane_1234_20_small.ipynb": answered_with("b")}))
    assert [one.source for one in attempts(course, "1234").all] == ["", "canvas"]
    assert submitted(course, "1234") == (answered_with("b"), "")


def test_an_instructor_may_let_another_attempt_count_until_one_arrives(course, tmp_path):
    collect(course, "small", make_zip(tmp_path / "in.zip", THREE))
    count_attempt(course, "small", "55501", 1)
    collect(course, "small", tmp_path / "in.zip")
    assert submitted(course, "55501") == (answered_with("a"), "2025-10-02 09:05:00 UTC")
    with pytest.raises(Fault, match="no attempt 4 at small: there are 1, 2, 3"):
        count_attempt(course, "small", "55501", 4)
    more = {"55501-14 - Jane Doe - Oct 10, 2025 905 AM/small.ipynb": answered_with("d")}
    collect(course, "small", make_zip(tmp_path / "more.zip", more))
    assert submitted(course, "55501")[0] == answered_with("d")
