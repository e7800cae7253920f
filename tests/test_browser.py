"""The student's day with the released bundle: JupyterLab in a real browser, then the command line."""

import hashlib
import json
import shutil
from urllib.parse import urlsplit

import pytest
from declared import declared, points
from lab_server import served
from student_machine import alone, bundle_of, clean, run, unpack

from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build
from classroom.staff.demo.classmaker import Answers, Classmaker

NAME = "activations"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]
WAIT = 120_000  # milliseconds; generous, because nothing here is about speed
TAKEN = 5_000  # a key that was taken shows within this time, in milliseconds; one that was not is pressed again


@pytest.fixture(scope="module")
def bundle(released, tmp_path_factory):
    """The released bundle, unpacked as a student does it, and a maker of finished notebooks."""
    course = released(NAME)
    folder = unpack(bundle_of(course), tmp_path_factory.mktemp("student"))
    (pair,) = build.pairs(course, [NAME])
    sheet = AnswerSheet.load(folder / f"{NAME}.npz")
    return folder, Classmaker(declared(NAME), folder / f"{NAME}.ipynb", pair.notebook, sheet)


@pytest.fixture(scope="module")
def lab(bundle, student_programs, tmp_path_factory):
    """The JupyterLab of the small install over the student's folder, run by an ordinary user; gives its address."""
    settings = tmp_path_factory.mktemp("jupyter")
    choices = {
        "notebook-extension/tracker": {"windowingMode": "none"},  # all cells in the page, also those below the fold
        "docmanager-extension/plugin": {"autosave": False},  # what one test has run is not in the file of the next
    }
    for name, choice in choices.items():
        file = settings / "config" / "lab" / "user-settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(choice))
    environment = {
        **clean(settings),
        "JUPYTER_CONFIG_DIR": str(settings / "config"),
        "JUPYTER_DATA_DIR": str(settings / "data"),
        "JUPYTER_RUNTIME_DIR": str(settings / "runtime"),
        "IPYTHONDIR": str(settings / "ipython"),
    }
    # The browser is outside, so the two share the network of this machine.
    command = [*alone(network=True), str(student_programs / "jupyter"), "lab", "--LabApp.news_url="]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    with served(command, bundle[0], environment, settings / "log") as (address, token):
        yield f"{address}/lab/tree/{{}}?reset&token={token}"


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class Page:
    """A notebook open in JupyterLab."""

    # The kernel and its state, in the bar at the bottom.
    KERNEL = """() => [...document.querySelectorAll('.jp-StatusBar-TextItem')].some(
        item => item.innerText === 'Python 3 (ipykernel) | Idle')"""

    def __init__(self, browser, address):
        self.page = browser.new_page(viewport={"width": 1280, "height": 1400})
        self.hosts = set()
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname))
        self.page.goto(address)
        self.ready()

    def ready(self):
        """Wait until a notebook that was opened has a kernel, and the kernel has nothing to do.

        The notebook's own sign is idle also before there is a kernel, and then a key that runs a cell runs nothing.
        """
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=WAIT)
        self.page.wait_for_function(self.KERNEL, timeout=WAIT)
        self.idle()

    def idle(self):
        """Wait until the kernel has nothing to do."""
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=WAIT, state="attached")

    def run_all(self):
        """Run a notebook that was just opened, and wait until every code cell has its number."""
        prompts = self.page.locator(".jp-CodeCell .jp-InputPrompt")
        assert not any(letter.isdigit() for letter in "".join(prompts.all_inner_texts())), "no cell was run before"
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

    def run(self, cell):
        """Run a cell and wait until it has another number than before: it was run, and is done."""
        prompt = cell.locator(".jp-InputPrompt").first
        before = prompt.inner_text()
        self.press_run(cell)
        for waited in range(100, WAIT, 100):
            self.page.wait_for_timeout(100)
            shown = prompt.inner_text()
            if any(letter.isdigit() for letter in shown) and shown != before:
                break
            if waited % TAKEN == 0 and "*" not in shown:
                self.press_run(cell)
        else:
            raise AssertionError(f"the cell did not finish: {cell.inner_text()}")
        self.idle()

    def press_run(self, cell):
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def cell(self, text):
        """Find the code cell whose source holds this text."""
        return self.page.locator(".jp-CodeCell", has=self.page.locator(".jp-InputArea", has_text=text)).first

    def write(self, cell, source):
        """Put another source into a cell and run it."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(source)
        self.run(cell)

    def add(self, source):
        """Write a new cell below the selected one, run it and return it."""
        count = self.page.locator(".jp-Cell").count()
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector(".jp-Notebook.jp-mod-commandMode", timeout=WAIT)
        self.page.keyboard.press("b")
        self.page.wait_for_function(f"document.querySelectorAll('.jp-Cell').length === {count + 1}", timeout=WAIT)
        added = self.page.locator(".jp-Cell.jp-mod-selected").first
        self.write(added, source)
        return added

    def ask(self, source):
        """Run a line in a new cell below the selected one and give what it shows."""
        return self.shown(self.add(source))

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


def test_the_students_day(bundle, student_programs, lab, browser, tmp_path):
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
    assert hints[0].startswith("hint 1 for") and "hint 2 for" in hints[1] and hints[0] != hints[1]

    page.write(answer, right)
    page.run(check)
    assert "✓ relu_backward" in page.shown(check) and "4 of 4" in page.shown(check)
    progress = page.ask("check.progress()")
    assert "relu_backward" in progress and "right" in progress

    closing = page.cell("pairs = {")
    page.run(closing)
    assert closing.locator("img").count() == 1

    handing_in = page.add("check.submit()")
    told = page.shown(handing_in)
    assert "this cell is not in the saved file: save the notebook (Ctrl+S), then run this again" in told
    assert not (folder / "hand-in").exists()
    page.page.wait_for_selector(".jp-mod-dirty", timeout=WAIT)
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Control+S")
    page.page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=WAIT)
    page.run(handing_in)
    receipt = page.shown(handing_in)
    assert f"8 of {points(NAME):g} points shown here" in receipt and "Nothing has been sent" in receipt
    with page.page.expect_download() as download:
        handing_in.locator("a[download]").first.click()
    downloaded = download.value.path().read_bytes()
    assert download.value.suggested_filename == f"{NAME}.ipynb" and hashlib.sha256(downloaded).hexdigest() in receipt
    assert downloaded == (folder / f"{NAME}.ipynb").read_bytes()
    page.page.close()

    looked = run([student_programs / "classroom", "preflight", f"{NAME}.ipynb"], folder, tmp_path)
    assert f"{NAME}.ipynb: can be handed in, with " in looked and f": 8 of {points(NAME):g}" in looked
    written = run([student_programs / "classroom", "submit", "--no-run", f"{NAME}.ipynb"], folder, tmp_path)
    handed = (folder / "hand-in" / f"{NAME}.ipynb").read_bytes()
    assert handed == (folder / f"{NAME}.ipynb").read_bytes() and hashlib.sha256(handed).hexdigest() in written
