"""A student's day with a released assignment on the site of `classroom lite`.

In headless Chromium, with no other host, below a folder of a web server.
"""

import functools
import hashlib
import http.server
import json
import re
import shutil
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from declared import checks, points
from pyodide_release import pyodide_release
from test_browser import CHROMIUM, WAIT, Page, browser  # noqa: F401  (a fixture)
from test_site import Quiet

from classroom.staff.folders import Folders
from classroom.staff.grade.exam import load_exam
from classroom.staff.grade.examine import Settings
from classroom.staff.grade.store import from_bytes
from classroom.staff.grade.worker import Worker
from classroom.staff.lite.pyodide import CDN, CORE
from classroom.staff.lite.site import build_site

NAME = "activations"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def course(released, tmp_path_factory):
    """The course, in which one assignment is released as `classroom release` does it."""
    return Path(shutil.copytree(released(NAME), tmp_path_factory.mktemp("course") / "course"))


@pytest.fixture(scope="module")
def site(course, tmp_path_factory):
    """The site with Pyodide in it, served below /somewhere/course/; gives its address and its folder."""
    folder = tmp_path_factory.mktemp("www") / "somewhere" / "course"
    build_site(Folders.of(course), [NAME], folder, pyodide=pyodide_release())
    show_all_cells(folder)
    handler = functools.partial(Quiet, directory=str(folder.parents[1]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/somewhere/course/", folder
    server.shutdown()
    server.server_close()


def show_all_cells(folder):
    """Have JupyterLite keep all cells in the page, also those below the fold: a test does not scroll."""
    path = folder / "jupyter-lite.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    overrides = settings["jupyter-config-data"]["settingsOverrides"]
    overrides["@jupyterlab/notebook-extension:tracker"] = {"windowingMode": "none"}
    path.write_text(json.dumps(settings), encoding="utf-8")


# Whether the notebook as this browser keeps it has a text in it; what is not saved yet has not.
SAVED = """([path, text]) => new Promise((tell) => {
    const asked = indexedDB.open(`JupyterLite Storage - ${location.pathname.replace(/notebooks\\/.*/, "")}`);
    asked.onsuccess = () => {
        const file = asked.result.transaction("files").objectStore("files").get(path);
        file.onsuccess = () => {
            asked.result.close();
            tell(JSON.stringify(file.result?.content ?? "").includes(text));
        };
    };
})"""


class LitePage(Page):
    """The notebook of an assignment, opened from the start page."""

    # Each of the three says so for an instant before there is a kernel; together they do not.
    KERNEL = """() => document.querySelector('.jp-Toolbar-kernelName')?.innerText === 'Python (Pyodide)'
        && document.querySelector('.jp-NotebookKernelStatus')?.innerText === ''
        && document.querySelector('.jp-KernelStatus-success') !== null"""

    def __init__(self, page):
        self.page = page
        self.page.click("a.open")
        self.ready()

    def save(self, text):
        """Save the notebook and wait until what is kept has this text in it."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Control+S")
        for _ in range(WAIT // 100):
            if self.page.evaluate(SAVED, [f"{NAME}/{NAME}.ipynb", text]):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"the notebook was not saved with {text} in it")


def test_a_notebook_whose_network_is_cut_before_it_has_started_says_so(site, browser):  # noqa: F811
    context = browser.new_context()
    page = context.new_page()
    page.goto(site[0])
    page.click("a.open")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=WAIT)
    context.set_offline(True)
    page.wait_for_selector("#network:has-text('127.0.0.1')", timeout=WAIT)
    assert "does not answer. A notebook needs the network to open" in page.inner_text("#network")
    assert "reload this page when the network is back" in page.inner_text("#network")
    context.set_offline(False)
    page.wait_for_selector("#network:has-text('The network is back: reload this page')", timeout=WAIT)
    context.close()


FORWARD = "def relu_forward(x):\n    return np.maximum(x, 0), x\n\n\n"
WRONG = f"{FORWARD}def relu_backward(grad_y, cache):\n    return grad_y * (cache >= 0)"
RIGHT = f"{FORWARD}def relu_backward(grad_y, cache):\n    return np.where(cache > 0, grad_y, 0)"


def test_a_students_day_in_the_browser(site, course, browser):  # noqa: F811
    address, folder = site
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True)
    asked = set()
    context.on("request", lambda request: asked.add(request.url))
    start = context.new_page()
    start.goto(address)
    exercises = f"{points(NAME):g} points in {checks(NAME)} exercises"
    assert exercises in start.inner_text("body") and "lives in this browser" in start.inner_text("body")
    start.wait_for_selector(".work[aria-busy=false]", state="attached")  # it has looked for the reader's files
    assert not start.locator(".work button").count()

    day = LitePage(start)
    for text in ("This cell installs the course", "check.open("):
        day.run(day.cell(text))
    answer, check = day.cell("def relu_forward"), day.cell('check("relu_backward"')
    day.write(answer, WRONG)
    day.run(check)
    assert "✗ relu_backward" in day.shown(check) and "0 of 4" in day.shown(check)
    day.write(answer, RIGHT)
    day.run(check)
    assert "✓ relu_backward" in day.shown(check) and "4 of 4" in day.shown(check)

    # It says that this cell has to be saved first, unless the browser has done so by itself.
    handing_in = day.add("check.submit()")
    day.save("check.submit()")
    day.run(handing_in)
    receipt = day.shown(handing_in)
    assert f"checks    {checks(NAME)} in place, 8 of {points(NAME):g} points shown here" in receipt
    assert "Nothing has been sent" in receipt
    with day.page.expect_download() as download:
        handing_in.locator("a[download]").first.click()
    handed = download.value.path().read_bytes()
    assert download.value.suggested_filename == f"{NAME}.ipynb" and hashlib.sha256(handed).hexdigest() in receipt
    assert {urlsplit(url).hostname for url in asked} - {None} == {"127.0.0.1"}, "nothing comes from another host"
    visited = {folder.parents[1] / urlsplit(url).path[1:] for url in asked}
    megabytes = sum(path.stat().st_size for path in visited if path.is_file()) / 1e6
    page = Path(__file__).parents[1] / "docs" / "where-to-work.md"
    told = re.search(r"the first visit brings (\d+) MB", page.read_text(encoding="utf-8"))
    assert abs(float(told[1]) - megabytes) < 3, megabytes

    worker = Worker(load_exam(Folders.of(course), NAME), Settings())
    try:
        graded = from_bytes(worker.grade(handed))
    finally:
        worker.close()
    shown = {
        name: float(earned) for name, earned in re.findall(r"^  (\w+) +([\d.]+) of [\d.]+$", receipt, re.MULTILINE)
    }
    assert len(shown) == checks(NAME) and {name: graded["scores"][name] for name in shown} == shown

    # The site is built again with a new release; the student's file stays, and says that there is a newer one.
    # This time Pyodide comes from its own host, which a stand-in answers for: no test leaves this machine.
    change_a_locked_cell(course)
    build_site(Folders.of(course), [NAME], folder)
    show_all_cells(folder)
    brought = []
    context.route(f"{CDN}**", lambda route: from_the_release(route, brought))
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector(".work button")
    assert "A newer release is out since you began. Your file is kept" in again.inner_text(".work")
    with again.expect_download() as download:
        again.click(".work button >> nth=0")
    assert "np.where(cache > 0, grad_y, 0)" in download.value.path().read_text(encoding="utf-8")
    day = LitePage(again)
    day.add(f"import numpy as np\nfrom classroom import check\ncheck.open({NAME!r})")
    day.run(day.cell("def relu_forward"))
    check = day.cell('check("relu_backward"')
    day.run(check)
    assert "✓ relu_backward" in day.shown(check) and "4 of 4" in day.shown(check)
    assert set(CORE) <= set(brought)
    assert {urlsplit(url).hostname for url in asked} - {None} == {"127.0.0.1", urlsplit(CDN).hostname}
    context.close()


def change_a_locked_cell(course):
    """Make the release one with another text in a locked cell."""
    path = course / "class" / "release" / NAME / f"{NAME}.ipynb"
    made = json.loads(path.read_text(encoding="utf-8"))
    first = next(cell for cell in made["cells"] if cell["metadata"].get("nbgrader", {}).get("locked"))
    first["metadata"]["nbgrader"]["checksum"] = "another"
    path.write_text(json.dumps(made), encoding="utf-8")


def from_the_release(route, brought):
    """Answer for Pyodide's host from the unpacked release."""
    name = urlsplit(route.request.url).path.rpartition("/")[2]
    brought.append(name)
    route.fulfill(path=pyodide_release() / name, headers={"Access-Control-Allow-Origin": "*"})
