"""Each exercise leads to the section of a lecture that explains it."""

from pathlib import Path

import pytest

from classroom.fault import Fault
from classroom.staff.declare.declaration import Section
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.report.lecture_link import Lectures, anchor

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", declared_assignments(ROOT / "assignments"))
def test_every_exercise_names_a_section_that_exists(name):
    assignment = load_assignment(ROOT / "assignments" / name)
    lectures = Lectures.of(Folders.of(ROOT))
    named = [identity for identities in assignment.lectures.values() for identity in identities]
    assert sorted(named) == sorted(exercise.id for exercise in assignment.exercises)
    for exercise in assignment.exercises:
        section = assignment.section_of(exercise.id)
        assert lectures.full_heading(section), f"{exercise.id}: {section.lecture} has no section {section.heading!r}"


def test_a_section_is_linked_where_the_lectures_have_an_address():
    section = Section.of("03_activation: Dying ReLU")
    headings = (("03_activation", ("The idea", "6 · Dying ReLU")),)
    link = Lectures("https://lectures.example/", headings).link(section)
    assert link.text == "lecture 3, “Dying ReLU”"
    assert link.address == "https://lectures.example/03_activation.html#6--dying-relu"
    assert Lectures("", headings).link(section).address == ""
    assert Lectures("", headings).link(None) is None


def test_anchors_are_those_of_the_site():
    from myst_parser.mdit_to_docutils.base import default_slugify

    for _, headings in Lectures.of(Folders.of(ROOT)).headings:
        for heading in headings:
            assert anchor(heading) == default_slugify(heading)


def test_a_section_without_its_lecture_is_refused():
    with pytest.raises(Fault, match="a lecture's section reads '03_activation: Dying ReLU', not 'Dying ReLU'"):
        Section.of("Dying ReLU")
