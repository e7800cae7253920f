"""An assignment's title is read from its text, and its number goes into the name of its bundle."""

from pathlib import Path

import pytest

from classroom.staff.author.title import Title, title_of

ASSIGNMENTS = Path(__file__).parents[3] / "assignments"


def test_the_title_and_its_number_are_read():
    title = title_of("# %% [markdown]\n# # Assignment 2 · Gradient check\n#\n# ## Not this\n")
    assert title == Title("Assignment 2 · Gradient check", 2)
    assert title.numbered("activations") == "02-activations"


@pytest.mark.parametrize(("text", "title"), [("# # My own\n", Title("My own")), ("x = 1  # no heading\n", Title())])
def test_an_assignment_without_a_number_keeps_its_name(text, title):
    assert title_of(text) == title and title.numbered("mine") == "mine"


def test_the_assignments_of_the_course_are_numbered_from_one():
    texts = [path.read_text(encoding="utf-8") for path in ASSIGNMENTS.glob("*/*.py") if path.stem == path.parent.name]
    assert sorted(title_of(text).number for text in texts) == list(range(1, len(texts) + 1))
