"""The instructor's page: what it shows, that it needs nothing else, and that nothing a student wrote acts in it."""

import re
import shutil
from html.parser import HTMLParser

import pytest

from classroom.staff.declare.declaration import Section
from classroom.staff.report.instructor_report import Classwork, Surroundings, render
from classroom.staff.report.item_analysis import Graded
from classroom.staff.report.lecture_link import Lectures
from classroom.staff.report.outline import Item, Outline

pytestmark = pytest.mark.slow

VOID = {"meta", "br", "hr", "img", "input", "link"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
LECTURES = Lectures("https://lectures.example/", (("03_activation", ("6 · Dying ReLU",)),))
SECOND_FIRST = Outline(
    "small",
    "A small assignment",
    (
        Item("second", "second", "The second part", 6, Section("03_activation", "Dying ReLU"), "answer-second", ("f",)),
        Item("first", "first", "The first part", 4, None, "answer-first", ("g",)),
    ),
)
SIGN = {"name": "wrong_sign", "sentence": "The sign is wrong."}


class Balance(HTMLParser):
    """Follows the tags of a page, so that one that is not closed is found."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags, self.attributes = [], [], set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def submission(student, second, first=0.0, **more):
    verdicts = {
        "second": {"outcome": "right" if second == 6 else "wrong", "diagnosis": more.pop("diagnosis", None)},
        "first": {"outcome": "right" if first == 4 else "wrong", "diagnosis": None},
    }
    points = {"second": 6.0, "first": 4.0}
    name = more.pop("name", f"Student {student}")
    verdicts |= more.pop("verdicts", {})
    return Graded(student, name, "small", {"second": second, "first": first}, points, verdicts, **more)


def page(graded, roster=None, feedback=None):
    balance = Balance()
    around = Surroundings(roster or {}, LECTURES, "Sat 3 Oct 2026, 23:59 (UTC)", feedback or {})
    text = render("The class", [Classwork(SECOND_FIRST, graded, "Due Sat 3 Oct 2026, 23:59 (UTC).")], around)
    balance.feed(text)
    assert balance.open == []
    return text, " ".join(" ".join(balance.text).split()), balance


def test_the_page_shows_scores_difficulty_and_trouble():
    graded = [submission(f"s{i:02d}", float(i % 7)) for i in range(12)]
    graded.append(submission("s90", 0.0, outcome="unreadable", reason="it is not JSON"))
    graded.append(submission("s91", 6.0, 4.0, late=True, penalty=1.5, seconds=12.5))
    crash = {"outcome": "crashed", "findings": [{"error": {"name": "IndexError", "message": "out of range"}}]}
    graded.append(submission("s92", 0.0, verdicts={"first": crash}))
    _, text, _ = page(graded)
    assert "Due Sat 3 Oct 2026, 23:59 (UTC)." in text
    assert "15 students, 1 assignment . As of Sat 3 Oct 2026, 23:59 (UTC)" in text.replace(
        "assignment.", "assignment ."
    )
    assert "Could not be graded Student s90 : it is not JSON" in text
    assert "Student s92 , first : IndexError: out of range" in text
    assert "Slowest to grade: Student s91 12.5 s" in text
    assert "Student s91 s91 8.5 late" in text


def test_exercises_stand_in_the_notebooks_order_with_what_was_earned():
    _, text, _ = page([submission("a", 6.0, 1.0), submission("b", 3.0)])
    assert text.index("second The second part 6 75 %") < text.index("first The first part 4 12 %")


def test_everybody_of_the_class_is_there_also_who_handed_nothing_in():
    roster = {"a": "Ada", "b": "李伟", "c": "Zoe"}
    _, text, _ = page([submission("b", 6.0, 4.0, name="b")], roster)
    assert "3 students" in text and "1 of 3 handed in" in text
    assert "Nothing was handed in by Ada , Zoe" in text
    assert "Ada a – 0 0 %" in text and "李伟 b 10 10 100 %" in text


def test_what_to_reteach_has_an_example_without_its_author_and_the_lectures_section():
    long = 'def f(x):\n    """By Ada Lee."""\n    # Ada was here\n    y = x * 2\n    return -y\n\ndef other(): ...\n'
    short = "def f(x):\n    return -x  # Bea's\n"
    graded = [
        submission("a", 0.0, name="Ada", diagnosis=SIGN, answers={"second": long}),
        submission("b", 0.0, name="Bea", diagnosis=SIGN, answers={"second": short}),
    ]
    markup, text, _ = page(graded)
    lesson = text[text.index("What to reteach") : text.index("handed in")]
    assert "2 students · second · wrong sign The sign is wrong. def f ( x ): return - x" in re.sub(
        r"\s+", " ", lesson.replace("(x)", "( x )")
    ).replace("-x", "- x")
    assert "A small assignment, The second part · lecture 3, “Dying ReLU” · Ada , Bea" in lesson
    assert "Bea's" not in text and "here" not in lesson and "other" not in lesson
    assert "https://lectures.example/03_activation.html#6--dying-relu" in markup


def test_a_bug_of_one_student_alone_has_no_example_for_the_name_below_would_be_its_authors():
    answers = {"second": "def f(x):\n    return -x\n"}
    alone = submission("a", 0.0, name="Ada", diagnosis=SIGN, answers=answers)
    markup, text, _ = page([alone, submission("b", 6.0, name="Bea", answers=answers)])
    assert "1 student · second · wrong sign The sign is wrong. A small assignment" in text
    assert "lecture 3, “Dying ReLU” · Ada" in text and '<pre class="code">' not in markup
    markup, text, _ = page([alone, submission("b", 0.0, name="Bea", diagnosis=SIGN, answers=answers)])
    assert "2 students · second" in text and markup.count('<pre class="code">') == 1


def test_an_untouched_hunt_is_no_bug():
    shipped = {"name": "as_shipped", "sentence": "The fault is still there."}
    graded = [submission(str(i), 0.0, diagnosis=shipped, untouched=frozenset({"second"})) for i in range(3)]
    _, text, _ = page(graded)
    assert "None was recognised." in text and "still there" not in text
    assert "second The second part 6 0 % – 0 0 0 3" in text


def test_the_map_of_students_by_exercises_says_by_sign_and_by_word_how_each_was_met():
    _, text, found = page(
        [submission("a", 6.0, 2.0, name="محمد"), submission("b", 0.0, untouched=frozenset({"second"}))],
        feedback={("small", "a"): "feedback/a/small/small.html"},
    )
    assert "محمد ✓ ◐ 8" in text and "Student b ○ ✗ 0" in text
    titles = [value for name, value in found.attributes if name == "title"]
    assert titles[:2] == ["second: right, 6 of 6", "first: wrong, 2 of 4"]
    assert [value for name, value in found.attributes if value == "feedback/a/small/small.html"]


def test_names_of_any_direction_stand_apart():
    markup, _, _ = page(
        [submission("a", 0.0, name="محمد حداد", outcome="unreadable", reason="why")], {"a": "محمد حداد"}
    )
    assert markup.count("محمد حداد") == markup.count("<bdi>محمد حداد</bdi>") >= 4


def test_the_page_needs_nothing_from_elsewhere():
    markup, _, found = page([submission("a", 5.0, diagnosis=SIGN)])
    assert not found.tags & {"link", "img", "iframe"} and markup.count("<script>") == 1
    assert not [name for name, _ in found.attributes if name == "src" or name.startswith("on")]
    assert not re.search(r"@import|url\(", markup)


def test_what_a_student_wrote_does_not_act():
    evil = "<script>alert(1)</script>"
    graded = [
        submission("a", 5.0, name=evil, outcome="unreadable", reason=evil, diagnosis={"name": evil, "sentence": evil})
    ]
    markup, _, _ = page(graded, {"a": evil})
    assert markup.count("<script>") == 1 and "&lt;script&gt;" in markup


def test_an_error_does_not_turn_the_page_around():
    crash = {"outcome": "crashed", "findings": [{"error": {"name": "E", "message": "\u202e01 fo 01\x1b[2J"}}]}
    text, _, _ = page([submission("a", 0.0, verdicts={"first": crash})])
    assert "E: 01 fo 01" in text and not set("\u202e\x1b") & set(text)


def test_a_cell_that_is_no_python_is_not_told_as_a_missing_name():
    error = {"kind": "undefined", "name": "NameError", "message": "f is not defined: its cell is not valid Python: ..."}
    crash = {"outcome": "crashed", "findings": [{"error": error}]}
    text, _, _ = page([submission("a", 0.0, verdicts={"first": crash})])
    assert "f is not defined: its cell is not valid Python" in text and "NameError" not in text


def test_late_work_that_costs_nothing_says_so():
    _, text, _ = page([submission("a", 6.0, late=True), submission("b", 5.0, late=True, penalty=1.0)])
    assert "6 late (costs nothing)" in text and "4 late" in text and "4 late (costs nothing)" not in text


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
def test_columns_are_sorted_by_a_click_in_a_browser(tmp_path):
    from playwright.sync_api import sync_playwright

    crash = {"outcome": "crashed", "findings": [{"error": {"name": "ValueError", "message": "no"}}]}
    graded = [submission("a", 2.0, verdicts={"first": crash}), submission("b", 6.0, 4.0), submission("c", 3.0)]
    (tmp_path / "report.html").write_text(page(graded)[0])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened, said, asked = browser.new_page(), [], []
        opened.on("console", lambda message: said.append(message.text))
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto((tmp_path / "report.html").as_uri())
        table = opened.locator("#students ~ div table")
        orders = []
        for heading in ("total", "total", "student"):
            table.get_by_role("button", name=heading).click()
            orders.append([text.split()[1] for text in table.locator("tbody td.name").all_inner_texts()])
        # On paper the page is light, whatever the screen is, and what was folded can be read.
        opened.emulate_media(media="print", color_scheme="dark")
        shade = opened.evaluate("getComputedStyle(document.body).backgroundColor")
        folded = opened.locator("details").first.evaluate("one => one.lastElementChild.checkVisibility()")
        scheme = opened.evaluate("getComputedStyle(document.documentElement).colorScheme")
        browser.close()
    assert (shade, scheme, folded) == ("rgb(251, 251, 249)", "light", True)
    assert orders == [["b", "c", "a"], ["a", "c", "b"], ["a", "b", "c"]]
    assert said == [] and len(asked) == 1
