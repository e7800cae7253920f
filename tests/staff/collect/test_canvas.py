"""Canvas: versions of one name are attempts."""

import pytest
from archives import make_zip
from handed_in import answered_with, attempts, submitted

from classroom.staff.collect.collection import collect

pytestmark = pytest.mark.slow


def test_of_two_versions_in_canvas_the_later_attachment_is_the_later_attempt(course, tmp_path):
    files = {
        "doejane_1234_20_small-1.ipynb": answered_with("b"),
        "doejane_1234_10_small.ipynb": answered_with("a"),
        "doejane_1234_11_notes.pdf": b"%PDF",
    }
    outcome = collect(course, "small", make_zip(tmp_path / "in.zip", files))
    assert submitted(course, "1234")[0] == answered_with("b") and len(attempts(course, "1234").all) == 2
    assert outcome.became["doejane_1234_11_notes.pdf"] == "kept beside attempt 2 of 1234"
