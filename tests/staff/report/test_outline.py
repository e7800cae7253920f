"""The outline of an assignment: its graded cells in order, with heading, points and functions."""

import json
import shutil

import pytest

from classroom.fault import Fault
from classroom.staff.report.outline import read_outline


def test_graded_cells_stand_in_the_notebooks_order(course):
    outline = read_outline(course, "small")
    assert (outline.name, outline.title, outline.points) == ("small", "A small assignment", 10)
    assert [(item.name, item.points) for item in outline.items] == [
        ("double", 2),
        ("relu_backward", 4),
        ("quiz_1", 1),
        ("explain", 3),
    ]
    first = outline.items[0]
    assert (first.answer, first.functions, first.heading) == ("answer-double", ("double",), "Small")
    assert outline.items[-1].exercise == ""


def test_a_heading_is_told_without_number_and_points(course):
    path = course.folder("release") / "small/small.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = "# Small\n\nWords.\n\n## 3 · Rectify (4 points)"
    path.write_text(json.dumps(notebook))
    assert {item.heading for item in read_outline(course, "small").items} == {"Rectify"}


def test_what_is_not_released_is_named(course):
    shutil.rmtree(course.folder("release") / "small")
    with pytest.raises(Fault, match=r"small is not released: .* run  classroom release small"):
        read_outline(course, "small")
