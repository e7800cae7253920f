"""The start page lists the assignments with points and deadlines, asks no other host, and escapes what it shows."""

import json
import re

from classroom.staff.author.title import Title
from classroom.staff.lite.start_page import OnSite, write_start_page


def listed(tmp_path, **changes):
    one = {"name": "activations", "title": Title("Assignment 2 · Activations", 2), "points": 120.0, "exercises": 25}
    one |= {"due": "due 14 September 2026, 22:00", "folder": tmp_path, "checksums": {"setup": "abc"}}
    write_start_page(tmp_path, [OnSite(**one | changes)])
    return (tmp_path / "index.html").read_text(encoding="utf-8")


def test_an_assignment_stands_there_with_its_points_its_deadline_and_a_link(tmp_path):
    page = listed(tmp_path)
    assert "120 points in 25 exercises · due 14 September 2026, 22:00" in page
    assert 'href="notebooks/index.html?path=activations/activations.ipynb">Assignment 2 · Activations</a>' in page
    assert "lives in this browser" in page and "Nothing is\nsent to anybody" in page


def test_without_a_deadline_none_is_spoken_of(tmp_path):
    assert "25 exercises</p>" in listed(tmp_path, due="")


def test_what_an_assignment_says_of_itself_is_escaped(tmp_path):
    page = listed(tmp_path, title=Title("<script>alert(1)</script>"), due="<b>soon</b>")
    assert "<script>alert" not in page and "<b>soon" not in page


def test_the_page_and_its_script_name_no_other_host_and_no_place_of_their_own(tmp_path):
    page = listed(tmp_path)
    script = (tmp_path / "start_page.js").read_text(encoding="utf-8")
    assert re.findall(r"https?://", page + script) == []
    assert not re.search(r'(?:href|src)="/', page)
    assert "layerwise-lite.json" in script
    assert json.loads((tmp_path / "layerwise-lite.json").read_text()) == {
        "assignments": {"activations": {"setup": "abc"}}
    }
