"""The student's day with the released bundle: JupyterLab in a real browser, then the command line."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from classroom.staff import build, release
from classroom.staff.classmaker import Answers, Classmaker
from classroom.staff.exercise import answer_sheet, load_assignment
from classroom.staff.folders import Folders

ROOT = Path(__file__).parents[1]
NAME = "activations"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium")
WAIT = 120_000  # milliseconds; generous, because nothing here is about speed


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The released bundle, unpacked as a student does it, and a maker of finished notebooks."""
    root = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    packed = release.release(Folders.at(root), NAME)
    home = tmp_path_factory.mktemp("student")
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(home)
    (pair,) = build.pairs(root, [NAME])
    assignment = load_assignment(pair.text.parent)
    return home / NAME, Classmaker(assignment, home / NAME / f"{NAME}.ipynb", pair.notebook, answer_sheet(assignment))


@pytest.fixture(scope="module")
def lab(bundle, tmp_path_factory):
    """A JupyterLab over the student's folder, with settings of its own; gives its address with the token."""
    settings = tmp_path_factory.mktemp("jupyter")
    tracker = settings / "config" / "lab" / "user-settings" / "@jupyterlab" / "notebook-extension"
    tracker.mkdir(parents=True)
    # All cells in the page, also those below the fold.
    (tracker / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", f"--port={port}"]
    command += [f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={bundle[0]}", "--LabApp.news_url="]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with open(settings / "log", "w") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        for _ in range(200):
            assert server.poll() is None, (settings / "log").read_text()
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/status?token={token}", timeout=5):
                    break
            except OSError:
                time.sleep(0.3)
        yield f"http://127.0.0.1:{port}/lab/tree/{{}}?reset&token={token}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Page:
    """A notebook open in JupyterLab."""

    def __init__(self, browser, address):
        self.page = browser.new_page(viewport={"width": 1280, "height": 1400})
        self.hosts = set()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.goto(address)
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=WAIT)
        self.idle()

    def idle(self):
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=WAIT, state="attached")

    def run_all(self):
        """Run a notebook that was just opened, and wait until every code cell has its number."""
        self.page.click(".lm-MenuBar-item:has-text('Run')")
        self.page.click(".lm-Menu-item:has-text('Run All Cells') >> nth=0")
        self.page.wait_for_function(
            """() => {
                const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')];
                return prompts.length > 0 && prompts.every(prompt => /[0-9]/.test(prompt.innerText));
            }""",
            timeout=WAIT,
        )
        self.idle()

    def finished(self, cell, before):
        """Wait until a cell has another number than before: it was run, and is done."""
        prompt = cell.locator(".jp-InputPrompt").first
        for _ in range(WAIT // 100):
            shown = prompt.inner_text()
            if any(letter.isdigit() for letter in shown) and shown != before:
                break
            self.page.wait_for_timeout(100)
        else:
            raise AssertionError(f"the cell did not finish: {cell.inner_text()}")
        self.idle()

    def cell(self, text):
        """Find the code cell whose source holds this text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".jp-InputArea", has_text=text)).first

    def write(self, cell, source):
        """Put another source into a cell and run it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        self.run(cell)

    def run(self, cell):
        before = cell.locator(".jp-InputPrompt").first.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")
        self.finished(cell, before)

    def ask(self, source):
        """Run a line in a new cell below the selected one and give what it shows."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("b")
        self.page.keyboard.press("Enter")
        self.page.keyboard.insert_text(source)
        self.page.keyboard.press("Control+Enter")
        asked = self.page.locator(".jp-Cell.jp-mod-selected").first
        self.finished(asked, "")
        return self.shown(asked)

    def shown(self, cell):
        return cell.locator(".jp-OutputArea").first.inner_text()

    def outputs(self):
        return "\n".join(self.page.locator(".jp-Notebook .jp-OutputArea-output").all_inner_texts())

    def errors(self):
        return self.page.locator("[data-mime-type='application/vnd.jupyter.error']").count()


def test_a_stub_runs_and_is_told_kindly_that_nothing_is_written_yet(bundle, lab, browser):
    page = Page(browser, lab.format(f"{NAME}.ipynb"))
    page.run_all()
    assert page.errors() == 0
    shown = page.outputs()
    assert shown.count("not started") >= 20
    assert "Traceback" not in shown
    assert page.hosts == {"127.0.0.1"}, "nothing is fetched from elsewhere"
    page.page.close()


def test_the_reference_runs_and_every_check_passes(bundle, lab, browser):
    folder, maker = bundle
    answers = Answers("reference", choices={name: quiz.right for name, quiz in maker.quizzes.items()})
    (folder / "finished.ipynb").write_bytes(maker.notebook(answers, "reference"))
    page = Page(browser, lab.format("finished.ipynb"))
    page.run_all()
    assert page.errors() == 0
    shown = page.outputs()
    assert "✗" not in shown and "not started" not in shown
    passed = [exercise for exercise in maker.sheet.exercises if f"✓ {exercise}" in " ".join(shown.split())]
    assert len(passed) == len(maker.sheet.exercises)
    assert page.page.locator(".jp-OutputArea-output img").count() >= 2, "the closing figures are drawn"
    page.page.close()


def test_the_students_day(bundle, lab, browser):
    folder, maker = bundle
    bug = next(m for m in maker.assignment.exercise("relu_backward").mutants if m.name == "sign_at_zero")
    wrong = Answers("mixed", choices=dict.fromkeys(maker.quizzes))
    wrong.functions = {"relu_backward": bug.functions}
    right = maker._cell("answer-relu", "", Answers("mixed"))
    page = Page(browser, lab.format(f"{NAME}.ipynb"))
    page.run_all()
    answer, check = page.cell("def relu_forward"), page.cell('check("relu_backward"')

    page.write(answer, maker._cell("answer-relu", "", wrong))
    page.run(check)
    message = page.shown(check)
    assert "✗ relu_backward" in message and "0 of 4" in message
    assert bug.sentence not in message, "the name of the bug is only a hint"

    hints = [page.ask('check.hint("relu_backward")'), page.ask('check.hint("relu_backward")')]
    assert hints[0].startswith("hint 1 of") and hints[1].startswith("hint 2 of") and hints[0] != hints[1]

    page.write(answer, right)
    page.run(check)
    assert "✓ relu_backward" in page.shown(check) and "4 of 4" in page.shown(check)
    progress = page.ask("check.progress()")
    assert "relu_backward" in progress and "right" in progress

    closing = page.cell("pairs = {")
    page.run(closing)
    assert closing.locator("img").count() == 1

    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Control+S")
    page.page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=WAIT)
    page.page.close()

    def classroom(*arguments):
        command = [sys.executable, "-m", "classroom.cli", *arguments, f"{NAME}.ipynb"]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)

    looked = classroom("preflight")
    assert looked.returncode == 0, looked.stdout + looked.stderr
    assert f"{NAME}.ipynb: ready to hand in" in looked.stdout and ": 8 of 120" in looked.stdout
    written = classroom("submit", "--no-run")
    assert written.returncode == 0 and "sha256" in written.stdout
    assert (folder / "hand-in" / f"{NAME}.ipynb").read_bytes() == (folder / f"{NAME}.ipynb").read_bytes()
