"""The instructor's page: what it shows, that it needs nothing else, and that nothing a student wrote acts in it."""

import re
from html.parser import HTMLParser

from classroom.staff.report.instructor_report import render, write_report
from classroom.staff.report.item_analysis import Graded

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Balance(HTMLParser):
    """Follows the tags of a page, so that one that is not closed is found."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags = [], [], set()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def submission(student, points, **more):
    verdict = {
        "outcome": "right" if points == 10 else "wrong",
        "diagnosis": more.pop("diagnosis", None),
        "findings": [],
    }
    name = more.pop("name", f"Student {student}")
    return Graded(
        student,
        name,
        "small",
        {"first": points},
        {"first": 10.0},
        {"first": verdict, **more.pop("verdicts", {})},
        **more,
    )


def page(graded, titles=None):
    balance = Balance()
    text = render("The class", graded, titles or {"small": "A small assignment"})
    balance.feed(text)
    assert balance.open == []
    return text, " ".join(" ".join(balance.text).split()), balance.tags


def test_the_page_shows_scores_bugs_difficulty_and_trouble():
    diagnosis = {"name": "wrong_sign", "sentence": "The sign is wrong."}
    graded = [submission(f"s{i:02d}", float(i % 11), diagnosis=diagnosis if i < 5 else None) for i in range(12)]
    graded.append(submission("s90", 0.0, outcome="unreadable", reason="it is not JSON"))
    graded.append(submission("s91", 10.0, late=True, seconds=12.5))
    crash = {"outcome": "crashed", "findings": [{"error": {"name": "IndexError", "message": "out of range"}}]}
    graded.append(submission("s92", 0.0, verdicts={"first": crash}))
    _, text, _ = page(graded)
    assert "15 students, 1 assignment." in text
    assert "wrong sign The sign is wrong." in text
    assert "Could not be graded Student s90: it is not JSON" in text
    assert "Student s92, first : IndexError: out of range" in text
    assert "Slowest to grade: Student s91 12.5 s" in text
    assert re.search(r"Student s91 s91 10 late", text)
    assert re.search(r"first 10 \d+ %", text)


def test_the_page_needs_nothing_from_elsewhere():
    text, _, tags = page([submission("a", 5.0)])
    assert not tags & {"script", "link", "img", "iframe"}
    assert not re.search(r"https?://|@import|url\(", text)


def test_what_a_student_wrote_does_not_act():
    evil = "<script>alert(1)</script>"
    graded = [
        submission("a", 5.0, name=evil, outcome="unreadable", reason=evil, diagnosis={"name": evil, "sentence": evil})
    ]
    text, _, tags = page(graded)
    assert "script" not in tags and "&lt;script&gt;" in text


def test_an_error_does_not_turn_the_page_around():
    crash = {"outcome": "crashed", "findings": [{"error": {"name": "E", "message": "\u202e01 fo 01\x1b[2J"}}]}
    text, _, _ = page([submission("a", 0.0, verdicts={"first": crash})])
    assert "E: 01 fo 01" in text and not set("\u202e\x1b") & set(text)


def test_a_student_without_a_submission_has_a_dash():
    graded = [submission("a", 5.0)]
    _, text, _ = page(graded, {"small": "Small", "other": "Other"})
    assert "Student a a 5 – 5 50 %" in text


def test_the_page_is_written_whole(tmp_path):
    write_report(tmp_path / "report.html", "The class", [submission("a", 5.0)], {"small": "Small"})
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")
