"""A student's day on the site of `classroom lite`: headless Chromium, no other host, below a folder of a web server."""

import functools
import hashlib
import http.server
import json
import threading
from urllib.parse import urlsplit

import pytest
from pyodide_release import pyodide_release
from small_course import cells, exam_of, make_course, notebook
from test_browser import CHROMIUM, WAIT, Page, browser  # noqa: F401  (a fixture)
from test_site import Quiet

from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade.examine import Settings
from classroom.staff.grade.store import from_bytes
from classroom.staff.grade.worker import Worker
from classroom.staff.lite.pyodide import CDN, CORE
from classroom.staff.lite.site import build_site

NAME = "small"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course in which one assignment is released."""
    root = make_course(tmp_path_factory.mktemp("course") / "course")
    release(root, cells())
    return root


def release(root, content):
    folder = root / "class" / "release" / NAME
    folder.mkdir(parents=True, exist_ok=True)
    made = json.loads(notebook(content))
    made["metadata"]["language_info"] = {"name": "python"}  # by which a browser's kernel is chosen
    (folder / f"{NAME}.ipynb").write_text(json.dumps(made, indent=1), encoding="utf-8")
    answer_sheet(load_assignment(root / "assignments" / NAME)).visible().save(folder / f"{NAME}.npz")


@pytest.fixture(scope="module")
def site(course, tmp_path_factory):
    """The site with Pyodide in it, served below /somewhere/course/; gives its address and its folder."""
    folder = tmp_path_factory.mktemp("www") / "somewhere" / "course"
    build_site(Folders.of(course), [NAME], folder, pyodide=pyodide_release())
    handler = functools.partial(Quiet, directory=str(folder.parents[1]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/somewhere/course/", folder
    server.shutdown()
    server.server_close()


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


def test_a_students_day_in_the_browser(site, course, browser):  # noqa: F811
    address, folder = site
    context = browser.new_context(viewport={"width": 1280, "height": 1400}, accept_downloads=True)
    asked = set()
    context.on("request", lambda request: asked.add(request.url))
    start = context.new_page()
    start.goto(address)
    assert "7 points in 3 exercises" in start.inner_text("body") and "lives in this browser" in start.inner_text("body")
    start.wait_for_selector(".work[aria-busy=false]", state="attached")  # it has looked for the reader's files
    assert not start.locator(".work button").count()

    day = LitePage(start)
    day.run(day.cell("check.open("))
    answer, check = day.cell("def double"), day.cell("check('double'")
    day.write(answer, "def double(x):\n    return x**2")
    day.run(check)
    assert "✗ double" in day.shown(check) and "0 of 2" in day.shown(check)
    day.write(answer, "def double(x):\n    return x + x")
    day.run(check)
    assert "✓ double" in day.shown(check) and "2 of 2" in day.shown(check)

    # It says that this cell has to be saved first, unless the browser has done so by itself.
    handing_in = day.add("check.submit()")
    day.save("check.submit()")
    day.run(handing_in)
    receipt = day.shown(handing_in)
    assert "checks    3 in place, 2 of 7 points shown here" in receipt and "Nothing has been sent" in receipt
    with day.page.expect_download() as download:
        handing_in.locator("a[download]").first.click()
    handed = download.value.path().read_bytes()
    assert download.value.suggested_filename == f"{NAME}.ipynb" and hashlib.sha256(handed).hexdigest() in receipt
    assert {urlsplit(url).hostname for url in asked} - {None} == {"127.0.0.1"}, "nothing comes from another host"

    worker = Worker(exam_of(course), Settings())
    try:
        graded = from_bytes(worker.grade(handed))
    finally:
        worker.close()
    assert (graded["scores"]["double"], graded["scores"]["relu_backward"], graded["scores"]["quiz_1"]) == (2, 0, 0)

    # The site is built again with a new release; the student's file stays, and says that there is a newer one.
    # This time Pyodide comes from its own host, which a stand-in answers for: no test leaves this machine.
    release(course, newer_cells())
    build_site(Folders.of(course), [NAME], folder)
    brought = []
    context.route(f"{CDN}**", lambda route: from_the_release(route, brought))
    again = context.new_page()
    again.goto(address)
    again.wait_for_selector(".work button")
    assert "A newer release is out since you began. Your file is kept" in again.inner_text(".work")
    with again.expect_download() as download:
        again.click(".work button >> nth=0")
    assert "return x + x" in download.value.path().read_text(encoding="utf-8")
    day = LitePage(again)
    asking = day.add("from classroom import check\ncheck.open('small')\ncheck('double', lambda x: x + x)")
    day.run(asking)
    assert "✓ double" in day.shown(asking) and "2 of 2" in day.shown(asking)
    assert set(CORE) <= set(brought)
    assert {urlsplit(url).hostname for url in asked} - {None} == {"127.0.0.1", urlsplit(CDN).hostname}
    context.close()


def newer_cells():
    """The assignment's cells in a release with another text in a locked cell."""
    made = cells()
    first = next(cell for cell in made if cell["metadata"].get("nbgrader", {}).get("locked"))
    first["metadata"]["nbgrader"]["checksum"] = "another"
    return made


def from_the_release(route, brought):
    """Answer for Pyodide's host from the unpacked release."""
    name = urlsplit(route.request.url).path.rpartition("/")[2]
    brought.append(name)
    route.fulfill(path=pyodide_release() / name, headers={"Access-Control-Allow-Origin": "*"})
