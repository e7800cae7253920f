"""The website of the lectures: built, then opened in a real browser at two widths, without any other host."""

import functools
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}
PAGES = ("index.html", "lectures/08_initialization.html", "claims.html", "glossary.html")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site from a copy and serve it on loopback; give its address and folder."""
    copy = tmp_path_factory.mktemp("site")
    for folder in ("site", "course"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("_build"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    made = subprocess.run(
        ["make", "-C", str(copy / "site")], capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    html = copy / "site" / "_build" / "html"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(html)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", html
    server.shutdown()
    server.server_close()


def test_every_lecture_has_a_page_and_a_download(site):
    _, html = site
    lectures = sorted((html.parents[2] / "course").glob("[0-9][0-9]_*.ipynb"))
    assert lectures
    for lecture in lectures:
        assert f"_downloads/{lecture.name}" in (html / "lectures" / f"{lecture.stem}.html").read_text()
        assert (html / "_downloads" / lecture.name).read_bytes() == lecture.read_bytes()


def test_no_page_names_another_host_for_something_it_loads(site):
    _, html = site
    loads = re.compile(r'(?:<script[^>]* src|<img[^>]* src|<link[^>]*rel="stylesheet"[^>]* href)="(https?:)?//')
    assert [path.name for path in html.rglob("*.html") if loads.search(path.read_text())] == []


def test_every_figure_of_the_site_has_a_description(site):
    _, html = site
    for path in (html / "lectures").glob("*.html"):
        images = re.findall(r"<img\b[^>]*>", path.read_text())
        assert all(re.search(r'alt="[^"]{10,}"', image) for image in images), path.name


@pytest.fixture(scope="module")
def browser():
    """Start Chromium once for all pages."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page_name", PAGES)
def test_a_page_opens_whole_and_alone(site, browser, page_name, width):
    address, _ = site
    problems, elsewhere = [], []
    with browser.new_page(viewport=dict(zip(("width", "height"), WIDTHS[width], strict=True))) as page:
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: elsewhere.append(request.url))
        page.on("response", lambda answer: problems.append(answer.url) if answer.status >= 400 else None)
        page.goto(f"{address}/{page_name}", wait_until="networkidle")
        broken = page.evaluate("[...document.images].filter(i => !i.complete || i.naturalWidth == 0).length")
        overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        formulas = page.evaluate("document.querySelectorAll('mjx-container').length")
    assert problems == []
    assert [url for url in elsewhere if not url.startswith((address, "data:", "blob:"))] == []
    assert broken == 0
    assert overflow <= 1, f"{page_name} is {overflow} pixels wider than a {width}"
    if page_name.startswith("lectures/"):
        assert formulas > 0
