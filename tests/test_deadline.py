"""What the dates beside a notebook say of its deadline."""

import datetime as dt
import json

import pytest

from classroom.deadline import FILE, deadline

DUE = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (dt.timedelta(days=3, hours=5), "3 days left"),
        (dt.timedelta(hours=47), "47 hours left"),
        (dt.timedelta(minutes=61), "1 hour left"),
        (dt.timedelta(seconds=90), "1 minute left"),
        (dt.timedelta(), "0 minutes left"),
        (dt.timedelta(minutes=-2), "2 minutes ago"),
        (dt.timedelta(days=-2), "2 days ago"),
    ],
)
def test_how_long_it_is_is_said_in_the_largest_unit_that_tells_it(tmp_path, before, words):
    (tmp_path / FILE).write_text(json.dumps({"text": "Due on Monday.", "due": DUE.isoformat()}))
    said = deadline(tmp_path / "small.ipynb", DUE - before)
    assert said == f"Due on Monday.  ({words}, as the dates were when you got the assignment)"


@pytest.mark.parametrize("content", [None, "no json", "[]", "{}", '{"text": "x", "due": "soon"}', '{"text": "x"}'])
def test_what_cannot_be_read_says_nothing(tmp_path, content):
    if content is not None:
        (tmp_path / FILE).write_text(content)
    assert deadline(tmp_path / "small.ipynb", DUE) == ""
