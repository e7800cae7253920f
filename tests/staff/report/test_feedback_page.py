"""Parts of a student's page of feedback that need no class."""

import datetime as dt

import pytest

from classroom.staff.declare.declaration import Section
from classroom.staff.report.feedback_page import Sources, duration, render
from classroom.staff.report.lecture_link import Lectures
from classroom.staff.report.marks import Mark, Marks
from classroom.staff.report.outline import Item, Outline


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"seconds": 0}, ""),
        ({"seconds": 5}, "1 minute"),
        ({"hours": 2, "minutes": 5}, "2 hours 5 minutes"),
        ({"days": 13, "hours": 12}, "13 days 12 hours"),
    ],
)
def test_lateness_in_words(span, said):
    assert duration(dt.timedelta(**span)) == said


def test_each_row_leads_to_the_lectures_section_whether_its_points_are_open_or_not():
    sections = [Section("03_activation", heading) for heading in ("Dying ReLU", "Softmax")]
    items = tuple(Item(name, name, "Part", 4, one) for name, one in zip(("open", "done"), sections, strict=True))
    lectures = Lectures("https://lectures.example/", (("03_activation", ("6 · Dying ReLU", "7 · Softmax")),))
    marks = Marks("anna", "Anna", marks={"open": Mark(4, 1.0), "done": Mark(4, 4.0)})
    sources = Sources(marks, Outline("small", "Small", items), "key", lectures=lectures)
    found = render(sources, {"verdicts": {}, "notebook": {"cells": []}})
    gain, done = found.split("<h2>All points</h2>")
    assert '<a href="https://lectures.example/03_activation.html#6--dying-relu">lecture 3, “Dying ReLU”</a>' in gain
    assert '<a href="https://lectures.example/03_activation.html#7--softmax">lecture 3, “Softmax”</a>' in done
