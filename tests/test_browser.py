"""The student's day with the released bundle: JupyterLab in a real browser, then the command line."""

import hashlib
import json
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from student_machine import alone, clean, install, released, run, unpack

from classroom.staff.author import build
from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.demo.classmaker import Answers, Classmaker

NAME = "activations"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]
WAIT = 300_000  # milliseconds; generous, because nothing here is about speed


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The released bundle, unpacked as a student does it, and a maker of finished notebooks."""
    root = tmp_path_factory.mktemp("course")
    folder = unpack(released(NAME, root), tmp_path_factory.mktemp("student"))
    (pair,) = build.pairs(root, [NAME])
    assignment = load_assignment(pair.text.parent)
    return folder, Classmaker(assignment, folder / f"{NAME}.ipynb", pair.notebook, answer_sheet(assignment))


@pytest.fixture(scope="module")
def programs(bundle, tmp_path_factory):
    """The programs of the student's small install."""
    return install(sys.executable, bundle[0], tmp_path_factory.mktemp("environment")) / "bin"


@pytest.fixture(scope="module")
def lab(bundle, programs, tmp_path_factory):
    """The JupyterLab of the small install over the student's folder, run by an ordinary user; gives its address."""
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
        **clean(settings),
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    # The browser is outside, so the two share the network of this machine.
    command = [*alone(network=True), str(programs / "jupyter"), "lab", "--no-browser", f"--port={port}"]
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
        # The notebook's own sign is idle also before there is a kernel, and then nothing would be run.
        self.page.wait_for_selector("text=/Python 3 .ipykernel. \\| Idle/", timeout=WAIT)
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
    # A backward pass whose forward pass is missing says what it needs.
    assert shown.count("not started") + shown.count("which is not written") >= 20
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


def test_the_students_day(bundle, programs, lab, browser, tmp_path):
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

    looked = run([programs / "classroom", "preflight", f"{NAME}.ipynb"], folder, tmp_path)
    assert f"{NAME}.ipynb: ready to hand in" in looked and ": 8 of 120" in looked
    written = run([programs / "classroom", "submit", "--no-run", f"{NAME}.ipynb"], folder, tmp_path)
    handed = (folder / "hand-in" / f"{NAME}.ipynb").read_bytes()
    assert handed == (folder / f"{NAME}.ipynb").read_bytes() and hashlib.sha256(handed).hexdigest() in written
