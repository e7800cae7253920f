"""The teacher's pages in a real browser: the list, the Autograde button, a submission; and no script of a student's."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
import small_course
from small_course import RIGHT, answered, cell, cells, hand_in, notebook

from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.sandbox import sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
WAIT = 120_000
HOOKS = """
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
    grade_assignment(root, "small", workers=1, students=["anna", "mallory"])
    return root


@pytest.fixture(scope="module")
def address(course, tmp_path_factory):
    settings = tmp_path_factory.mktemp("jupyter")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {**os.environ, "PATH": f"{sys.prefix}/bin:{os.environ.get('PATH', '')}"}
    environment |= {f"JUPYTER_{kind}_DIR": str(settings / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={course}"]
    with open(settings / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, cwd=course, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(200):
            assert server.poll() is None, (settings / "log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token={token}", timeout=5):
                    break
            except OSError:
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}/formgrader/{{}}?token={token}"
    finally:
        server.terminate()
        server.wait(30)


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


def test_the_list_knows_the_class(page, address):
    page.goto(address.format("manage_submissions/small"))
    row = page.locator("tr", has_text="anna")
    row.wait_for()
    assert "7" in row.locator(".score").inner_text()


def test_the_autograde_button_grades_a_submission(page, address):
    page.goto(address.format("manage_submissions/small"))
    row = page.locator("tr", has_text="zoe")
    row.locator(".autograde a").click()
    page.locator(".modal-body", has_text="Successfully autograded").wait_for()
    page.goto(address.format("manage_submissions/small"))
    row = page.locator("tr", has_text="zoe")
    row.wait_for()
    assert "6" in row.locator(".score").inner_text()


def test_a_submission_opens_with_points_and_messages_and_no_script_runs(page, address):
    page.goto(address.format("gradebook/small/small"))
    page.locator("a", has_text="Submission #").first.wait_for()
    links = [link.get_attribute("href") for link in page.locator("a", has_text="Submission #").all()]
    assert len(links) == 3
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
