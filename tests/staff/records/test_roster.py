"""The roster: whom a system's names and numbers mean, and what becomes of it when another one is read."""

import pytest

from classroom.staff.folders import Folders
from classroom.staff.records.roster import Member, Roster

ANNA = Member("anna", "Anna", "Berg", {"canvas": "17", "login": "ab"})
LI = Member("liwei", "Wei", "Li", {"canvas": "18"})
OTHER_LI = Member("li2", "Wei", "Li", {"canvas": "19"})


def roster(*members):
    return Roster({one.student: one for one in members})


def test_a_student_is_found_by_the_surest_key():
    found = roster(ANNA, LI, OTHER_LI)
    assert found.find({"canvas": "17", "name": "Wei Li"}) == ("anna", "")
    assert found.find({"canvas": "", "login": "#AB "}) == ("anna", "")
    assert found.find({"name": "Wei Li"}) == ("", "2 students have the name Wei Li: li2, liwei")
    assert found.find({"canvas": "99"}) == ("", "nobody on the roster has canvas 99")


def test_who_has_left_is_told_and_can_come_back():
    smaller = roster(ANNA, LI).without(["anna"], "2026-10-03")
    assert len(smaller) == 1 and smaller.find({"login": "ab"}) == ("", "anna has left the class")
    assert smaller.with_back(["anna"]).find({"login": "ab"}) == ("anna", "")
    assert smaller.merged(roster(ANNA)).find({"login": "ab"}) == ("anna", "")


def test_another_file_adds_what_it_knows():
    both = roster(ANNA).merged(roster(Member("x", "", "", {"login": "ab", "email": "a@example.org"}), LI))
    assert sorted(both.members) == ["anna", "liwei"]
    assert both.members["anna"].keys == {"canvas": "17", "login": "ab", "email": "a@example.org"}
    assert (both.members["anna"].name, both.members["anna"].email) == ("Anna Berg", "a@example.org")


@pytest.mark.parametrize(("one", "other"), [("sis", "number"), ("login", "username")])
def test_one_number_has_another_header_in_each_system(one, other):
    known = roster(Member("anna", "Anna", "Berg", {one: "55501"}))
    assert known.find({other: "55501"}) == ("anna", "")
    assert list(known.merged(roster(Member("55501", "Anna", "Berg", {other: "55501"}))).members) == ["anna"]


@pytest.mark.parametrize("name", ["Berg", "=HYPERLINK(1)", "'t Hooft"])
def test_it_is_kept_whatever_a_name_looks_like(tmp_path, name):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    course = Folders.of(tmp_path)
    made = roster(Member("anna", "Anna", name, {"login": "ab"}), LI).without(["liwei"], "2026-10-03")
    made.save(course)
    again = Roster.of(course)
    assert (again.members, again.left) == (made.members, made.left)
