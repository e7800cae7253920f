"""The teacher's pages in a real browser: the list, the Autograde button, a submission; and no script of a student's."""

import json
import os
import shutil
import sys

import pytest
import small_course
from lab_server import served
from small_course import RIGHT, answered, cell, cells, hand_in, notebook

from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.nbgrader_import import import_nbgrader, module_command
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.report.marks import read_marks
from classroom.staff.sandbox import sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
WAIT = 120_000
HOOKS = """
import sys
from pathlib import Path
from classroom.staff.grade.manual_grades import watch
if "nbgrader.server_extensions.formgrader" in sys.modules:
    from classroom.staff.report.formgrader_lists import count_lateness
    count_lateness()
watch(Path(__file__).parent)
c.HTMLExporter.preprocessors = ["classroom.staff.report.formgrader_total.TotalOnTop"]
c.Autograde.sanitize_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Examine"]
c.Autograde.autograde_preprocessors = ["classroom.staff.grade.nbgrader_hooks.Record"]
"""
SCRIPT = "<script>window.stolen = 1</script><img src=x onerror='window.stolen = 1'>"


def with_scripts() -> bytes:
    """Return a submission that tries to run a script on the page of whoever looks at it."""
    wrong = f"def double(x):\n    raise type('<b>', (Exception,), {{}})({SCRIPT!r})"
    content = cells({**RIGHT, "answer-double": wrong, "explain": SCRIPT + "[x](javascript:window.stolen=1)"})
    content.insert(2, cell(SCRIPT, "markdown"))
    content.insert(3, cell(SCRIPT, "raw"))
    content.insert(4, cell(f"from IPython.display import HTML, display\ndisplay(HTML({SCRIPT!r}))\nprint({SCRIPT!r})"))
    return notebook(content)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    with open(root / "nbgrader_config.py", "a") as file:
        file.write(HOOKS)
    hand_in(root, "anna", answered())
    hand_in(root, "mallory", with_scripts())
    hand_in(root, "zoe", answered({**RIGHT, "answer-quiz_1": "answer_1 = 'a'"}))
    # Both are 25 hours late, by the deadline of all; one of them has two days more.
    hand_in(root, "late", answered({**RIGHT, "explain": "Words."}), "2026-03-03 01:00:00 UTC")
    hand_in(root, "longer", answered(), "2026-03-03 01:00:00 UTC")
    set_dates(Folders.of(root), "small", late="1 point/day", extend={"longer": "2 days"})
    grade_assignment(root, "small", workers=1, students=["anna", "mallory", "late", "longer"])
    return root


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    settings = tmp_path_factory.mktemp("jupyter")
    environment = {**os.environ, "PATH": f"{sys.prefix}/bin:{os.environ.get('PATH', '')}"}
    environment |= {f"JUPYTER_{kind}_DIR": str(settings / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [*module_command("jupyterlab"), "--allow-root"]
    with served(command, course, environment, settings / "log") as (address, token):
        yield f"{address}/formgrader/{{}}?token={token}"


@pytest.fixture(scope="module")
def page(address):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 1400})
        page.set_default_timeout(WAIT)
        page.goto(address.format(""))
        yield page
        browser.close()


def listed(page, address, student):
    """Open the list of submissions; return the student's row."""
    page.goto(address.format("manage_submissions/small"))
    row = page.locator("tr", has_text=student)
    row.wait_for()
    return row


def test_the_list_knows_the_class(page, address):
    assert "7" in listed(page, address, "anna").locator(".score").inner_text()


def test_the_autograde_button_grades_a_submission(page, address):
    listed(page, address, "zoe").locator(".autograde a").click()
    page.locator(".modal-body", has_text="Successfully autograded").wait_for()
    assert "6" in listed(page, address, "zoe").locator(".score").inner_text()


def test_a_submission_opens_with_points_and_messages_and_no_script_runs(page, address):
    page.goto(address.format("gradebook/small/small"))
    page.locator("a", has_text="Submission #").first.wait_for()
    links = [link.get_attribute("href") for link in page.locator("a", has_text="Submission #").all()]
    assert len(links) == 5
    base = address.split("/formgrader/")[0]
    told = []
    for link in links:
        page.goto(base + link.split("?")[0])
        page.locator("#notebook-container, .jp-Notebook, #toc").first.wait_for()
        told.append(page.content())
        assert page.evaluate("window.stolen") is None
        assert page.locator("[onerror]").count() == 0
        assert page.locator("a[href^='javascript:window']").count() == 0
    assert any("2 of 2 points" in text for text in told)
    assert any("window.stolen" in text for text in told)  # as words


def lists(page, address):
    """Return the points that formgrader's lists show: of the assignment, and of each student in all."""
    found = []
    for place in ("manage_submissions/small", "manage_students"):
        page.goto(address.format(place))
        points = page.locator("tbody td.score").filter(has_text="/")
        points.nth(4).wait_for()
        found.append(sorted(points.all_inner_texts()))
    return found


def open_submission(page, address, course, student):
    """Open the page of a student's submission."""
    with import_nbgrader().Gradebook(course.db_url, course.course_id) as gradebook:
        row = gradebook.find_submission_notebook("small", "small", student).id
    page.goto(address.format(f"submissions/{row}/"))
    page.locator(".nbgrader_cell").first.wait_for()
    return page.locator("body").inner_text()


def counted(course):
    """Return the points that count for each student, and the most that there are."""
    return {student: f"{one.score:g} / {one.points:g}" for student, one in read_marks(course, "small").items()}


def test_every_list_shows_the_points_that_count(page, address, course):
    course = Folders.of(course)
    shown = counted(course)
    assert (shown["late"], shown["longer"]) == ("5 / 10", "7 / 10")
    assert lists(page, address) == [sorted(shown.values())] * 2
    page.goto(address.format("gradebook/small/small"))
    points = page.locator("tbody td.score").filter(has_text="/")
    points.nth(4).wait_for()
    assert sorted(points.all_inner_texts()) == sorted(shown.values())
    for place in ("manage_students/late", "manage_students/late/small"):
        page.goto(address.format(place))
        page.locator("tbody td.score", has_text="5 / 10").wait_for()
    mean = sum(one.score for one in read_marks(course, "small").values()) / len(shown)
    for place in ("gradebook", "gradebook/small"):
        page.goto(address.format(place))
        page.locator("tbody td.score, tbody td.avg-score", has_text=f"{mean:g} / 10").wait_for()


def test_a_submissions_page_shows_what_lateness_takes_off(page, address, course):
    course = Folders.of(course)
    marks = read_marks(course, "small")
    assert (marks["late"].penalty, marks["longer"].penalty) == (2.0, 0.0)
    said = "5 of 10 points count: 7 earned, 2 taken off for being 1 day 1 hour late"
    assert said in open_submission(page, address, course, "late")
    assert "7 of 10 points count, as this page was opened" in open_submission(page, address, course, "longer")


def test_points_that_are_typed_enter_the_log_as_they_are_saved(page, address, course):
    course = Folders.of(course)
    open_submission(page, address, course, "late")
    box = page.locator("input.score.needs_manual_grade").first
    box.fill("2")
    with page.expect_response(lambda answer: "/api/grade/" in answer.url and answer.request.method == "PUT"):
        box.press("Tab")
    (entry,) = [one for one in AuditLog(course, "").read() if one["act"] == "given"]
    assert (entry["command"], entry["student"], entry["cell"]) == ("formgrader", "late", "explain")
    assert entry["changes"] == {"manual_score": [None, 2.0]}
    assert "7 of 10 points count: 9 earned, 2 taken off" in open_submission(page, address, course, "late")


def test_totals_agree_when_exercises_are_void(page, address, course):
    """One gives everybody full points, the other is out of the sum."""
    path = course / "class/release/small/small.ipynb"
    released = json.loads(path.read_text())
    by_id = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in released["cells"]}
    by_id["quiz_1"]["metadata"]["void"] = "full"
    by_id["double"]["metadata"]["void"] = "out"
    by_id["double"]["metadata"]["nbgrader"]["points"] = 0
    path.write_text(json.dumps(released))
    with import_nbgrader().Gradebook(Folders.of(course).db_url, "small") as gradebook:
        gradebook.update_or_create_grade_cell("double", "small", "small", max_score=0, cell_type="code")
    grade_assignment(course, "small", workers=1)
    shown = counted(Folders.of(course))
    assert lists(page, address) == [sorted(shown.values())] * 2
    assert shown["zoe"] == shown["longer"] == shown["late"] == "5 / 8"
