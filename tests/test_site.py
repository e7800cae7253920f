"""The website: built, then opened in a real browser at two widths, without any other host."""

import ast
import functools
import html
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from classroom import ledger
from classroom.staff.explorers.placement import EXPLORERS
from classroom.staff.pages.lecture_page import SCRIPT

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium")
WIDTHS = {"phone": (390, 844), "desktop": (1280, 900)}
LECTURES = [path.stem for path in sorted((ROOT / "course").glob("[0-9][0-9]_*.py"))]
ASSIGNMENTS = sorted(path.parent.name for path in (ROOT / "assignments").glob("*/exercises"))
OTHERS = ("index", "claims", "sources", "glossary")
GUIDES = sorted(f"guides/{path.stem}" for path in (ROOT / "docs").glob("*.md") if path.stem != "architecture")
PAGES = [*OTHERS, *GUIDES, *(f"lectures/{one}" for one in LECTURES), *(f"assignments/{one}" for one in ASSIGNMENTS)]
# What `make site` and `make lite` wrote here: the second's pages are JupyterLite's own.
NOT_COPIED = shutil.ignore_patterns("_build", "_lite")
LONG_LINE = 30  # characters of an answer's line that stand on a page by no accident
# Where a slider teaches most, and the lecture in which it stands.
TOPICS = {
    "polygon": "01_neuron",
    "padding": "05_convolution",
    "view": "06_pooling",
    "step-size": "07_optimizer",
    "momentum": "07_optimizer",
    "gain": "08_initialization",
    "axes": "09_normalization",
    "masks": "10_dropout",
}
IN_BROWSER = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed: apt-get install chromium")


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site from a copy and serve it on loopback; give its address and folder."""
    copy = tmp_path_factory.mktemp("site")
    shutil.copy(ROOT / "coverage.toml", copy)
    for folder in ("site", "course", "assignments", "docs"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=NOT_COPIED)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    made = subprocess.run(
        ["make", "-C", str(copy / "site")], capture_output=True, text=True, env=os.environ | {"PATH": path}, check=False
    )
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    built = copy / "site" / "_build" / "html"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(built)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", built
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("made", [True, False])
def test_the_start_page_links_to_the_assignments_in_the_browser_where_they_were_built(tmp_path, made):
    shutil.copytree(ROOT / "site", tmp_path / "site", ignore=NOT_COPIED)
    assert NOT_COPIED("site", ["_build", "_lite", "index.md"]) == {"_build", "_lite"}
    if made:
        (tmp_path / "site" / "_lite").mkdir()
        (tmp_path / "site" / "_lite" / "index.html").write_text("assignments")
    (tmp_path / "programs").mkdir()
    for name in ("python3", "sphinx-build"):  # all pages but the start page
        (tmp_path / "programs" / name).write_text("#!/bin/sh\nmkdir -p _build/html\n")
        (tmp_path / "programs" / name).chmod(0o755)
    path = f"{tmp_path / 'programs'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(["make", "-C", str(tmp_path / "site")], check=True, env=os.environ | {"PATH": path})
    written = tmp_path / "site" / "_build"
    assert ('<a href="lite/index.html">' in (written / "source" / "index.md").read_text()) == made
    assert (written / "html" / "lite" / "index.html").is_file() == made


def page(site, name):
    return (site[1] / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("lecture", LECTURES)
def test_every_lecture_has_a_page_and_a_download(site, lecture):
    assert f"_downloads/{lecture}.ipynb" in page(site, f"lectures/{lecture}")
    downloaded = (site[1] / "_downloads" / f"{lecture}.ipynb").read_text(encoding="utf-8")
    assert "**This copy is for reading.**" in downloaded
    assert "and run the cell, or read the answer" not in downloaded


def test_no_page_names_another_host_for_something_it_loads(site):
    loads = re.compile(r'(?:<script[^>]* src|<img[^>]* src|<link[^>]*rel="stylesheet"[^>]* href)="(https?:)?//')
    assert [path.name for path in site[1].rglob("*.html") if loads.search(path.read_text())] == []


def test_every_figure_of_the_site_has_a_description(site):
    for path in (site[1] / "lectures").glob("*.html"):
        images = re.findall(r"<img\b[^>]*>", path.read_text())
        assert all(re.search(r'alt="[^"]{10,}"', image) for image in images), path.name


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_page_asks_each_prediction_and_no_answer_is_read_in_passing(site, lecture):
    text = page(site, f"lectures/{lecture}")
    words = ledger.read(ROOT / "course" / f"{lecture}.toml").entries["prediction"]
    assert re.findall(r'<form class="prediction" id="predict-([\w-]+)"', text) == list(words)
    assert [id for id, entry in words.items() if entry.explanation and entry.explanation[:40] in text] == []
    assert "write predict(" not in text


def test_links_inside_the_site_lead_to_what_is_there(site):
    """Every link between pages names a page, and an anchor that it has."""
    pages = {path.relative_to(site[1]).as_posix(): path.read_text(encoding="utf-8") for path in site[1].rglob("*.html")}
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', text)) for name, text in pages.items()}
    broken = []
    for name, text in pages.items():
        for link in re.findall(r'<a\b[^>]*href="([^"]*)"', text):
            target, _, anchor = link.partition("#")
            if re.match(r"[a-z]+:", target) or "_downloads/" in target:
                continue
            found = os.path.normpath(os.path.join(os.path.dirname(name), target)) if target else name
            if found not in pages or (anchor and anchor not in anchors[found]):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_claims_lectures_and_exercises_are_linked_both_ways(site):
    assert 'href="lectures/09_normalization.html#L9.1-std"' in page(site, "claims")
    assert 'href="../claims.html#row-L9.1-std"' in page(site, "lectures/09_normalization")
    assert "assignments/activations.html#exercise-tanh_forward" in page(site, "claims")
    assert "../assignments/activations.html#exercise-relu_forward" in page(site, "lectures/03_activation")
    assert 'href="../lectures/03_activation.html#L3' in page(site, "assignments/activations")


@pytest.mark.parametrize("lecture", LECTURES)
def test_every_claim_of_a_lecture_has_an_anchor_there_and_a_row_on_the_page_of_all(site, lecture):
    claims = list(ledger.read(ROOT / "course" / f"{lecture}.toml").entries["claim"])
    there, all_claims = page(site, f"lectures/{lecture}"), page(site, "claims")
    assert re.findall(r'<div class="claim" id="([^"]+)"', there) == claims
    assert [one for one in claims if f'href="../claims.html#row-{one}"' not in there] == []
    assert [one for one in claims if f'href="lectures/{lecture}.html#{one}"' not in all_claims] == []
    assert [one for one in claims if f'id="row-{one}"' not in all_claims] == []


@pytest.mark.parametrize("lecture", LECTURES)
def test_papers_are_links(site, lecture):
    text = page(site, f"lectures/{lecture}")
    named = set(re.findall(r"\barXiv:(\d{4}\.\d{4,5})", (ROOT / "course" / f"{lecture}.py").read_text()))
    assert [one for one in sorted(named) if f'href="https://arxiv.org/abs/{one}"' not in text] == []
    assert [one for one in re.findall(r"\bdoi:(10\.\S+\w)", text) if f'href="https://doi.org/{one}"' not in text] == []


def computing_lines(answer):
    """Yield the longer lines of an answer that compute something and stand in no stub."""
    for node in ast.walk(ast.parse(answer)):
        if isinstance(node, ast.Assign | ast.Return) and any(
            isinstance(n, ast.Call | ast.BinOp) for n in ast.walk(node)
        ):
            yield from (line for line in ast.get_source_segment(answer, node).splitlines() if len(line) >= LONG_LINE)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_the_text_of_an_assignment_holds_no_answer(site, name):
    text = page(site, f"assignments/{name}")
    assert "SOLUTION" not in text
    assert "NotImplementedError" in text
    shown = html.unescape(re.sub(r"<[^>]+>", "", text))
    source = json.loads((ROOT / "assignments" / name / f"{name}.ipynb").read_text())
    for cell in source["cells"]:
        for answer in re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", "".join(cell["source"]), re.DOTALL):
            assert [line for line in computing_lines(textwrap.dedent(answer)) if line in shown] == []


def test_each_explorer_is_small_and_there_are_eight_of_them(site):
    pages = [page(site, f"lectures/{lecture}") for lecture in LECTURES]
    figures = [one for text in pages for one in re.findall(r'<figure class="explorer".*?</figure>', text, re.DOTALL)]
    assert {explorer.name: explorer.lecture for explorer in EXPLORERS} == TOPICS
    assert len(figures) == len(TOPICS)
    assert max(len(figure.encode()) for figure in figures) < 300_000
    assert SCRIPT.stat().st_size < 20_000


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


# What is there only after the loading: formulas (a page without any has no MathJax), pictures, the layout for a width.
READY = """async () => {
    await window.MathJax?.startup?.promise
    await Promise.all([...document.images].map(one => one.decode().catch(() => null)))
    await new Promise(requestAnimationFrame)
}"""
# Scales: how large each figure is shown, of the size that it was drawn in.  Clipped: text that is wider than its box,
# which the page's width does not tell; what scrolls has room for it.
MEASURES = """() => ({
    formulas: document.querySelectorAll('mjx-container').length,
    broken: [...document.images].filter(one => !one.complete || one.naturalWidth == 0).length,
    overflow: document.documentElement.scrollWidth - window.innerWidth,
    scales: [...document.querySelectorAll('.figure img')].map(one => one.clientWidth / one.getAttribute('width')),
    clipped: [...document.querySelectorAll('p, li, h1, h2, h3, td, th, dd, label, output, summary, figcaption, .claim')]
        .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1)
        .filter(one => !/auto|scroll/.test(getComputedStyle(one).overflowX))
        .map(one => one.textContent.trim().slice(0, 60)),
})"""


class Opened:
    """A page in a tab, and what it has said and asked for since it was opened."""

    def __init__(self, browser, url):
        self.problems, self.asked = [], []
        self.tab = browser.new_page()
        self.tab.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        self.tab.on("pageerror", lambda error: self.problems.append(str(error)))
        self.tab.on("request", lambda request: self.asked.append(request.url))
        self.tab.on("response", lambda answer: self.problems.append(answer.url) if answer.status >= 400 else None)
        self.resize("phone")
        self.tab.goto(url)
        self.tab.evaluate(READY)

    def resize(self, width):
        across, down = WIDTHS[width]
        self.tab.set_viewport_size({"width": across, "height": down})

    def measures(self, width):
        """Measure the page as it is laid out for this width."""
        self.resize(width)
        self.tab.evaluate(READY)
        return self.tab.evaluate(MEASURES)


@pytest.fixture(scope="module")
def opened(site, browser):
    """Open a page once for all tests of it, since its formulas take seconds: `opened("claims")`."""
    return functools.cache(lambda name: Opened(browser, f"{site[0]}/{name}.html"))


@IN_BROWSER
@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_whole_and_alone(site, opened, name):
    there = opened(name)
    seen = {width: there.measures(width) for width in WIDTHS}
    assert there.problems == []
    assert [url for url in there.asked if not url.startswith((site[0], "data:", "blob:"))] == []
    for width, found in seen.items():
        assert found["broken"] == 0
        # Ticks have 8 points, 32/3 px, and are 9 px or more on a phone too.
        assert [scale for scale in found["scales"] if scale * 32 / 3 < 8.95] == []
        assert found["clipped"] == [], f"on a {width} these do not fit into their boxes"
        assert found["overflow"] <= 1, f"{name} is {found['overflow']} pixels wider than a {width}"
    if name.startswith("lectures/") and "$" in (ROOT / "course" / f"{name.partition('/')[2]}.py").read_text():
        assert seen["phone"]["formulas"] > 0


@pytest.fixture
def phone(opened):
    """Give a page as a phone shows it: `phone("claims")`.  Whatever a test does there, the page had no error."""
    used = []

    def as_on_a_phone(name):
        used.append(opened(name))
        used[-1].resize("phone")
        return used[-1].tab

    yield as_on_a_phone
    assert [problem for one in used for problem in one.problems] == []


@IN_BROWSER
def test_a_choice_is_predicted_on_the_page(phone):
    form = phone("lectures/10_dropout").locator("#predict-inverted")
    form.locator('input[value="a"]').check()
    form.locator("button").click()
    told = form.locator("output").inner_text()
    assert told.startswith("you said a · answer: b) the test-time network then needs no change")
    assert "The division happens in training only." in told
    form.locator('input[value="b"]').check()
    form.locator("button").click()
    assert form.locator("output").inner_text().startswith("✓ right")


# Answer the predictions of a page, [id, answer] each, and give what each then tells.
PREDICT = """predictions => predictions.map(([id, answer]) => {
    const form = document.getElementById(`predict-${id}`);
    const choice = form.querySelector(`input[value="${answer}"]`);
    if (choice) choice.checked = true; else form.querySelector("input").value = answer;
    form.querySelector("button").click();
    return [id, form.querySelector("output").innerText];
})"""


@IN_BROWSER
@pytest.mark.parametrize("lecture", LECTURES)
def test_every_prediction_of_a_lecture_answers(phone, lecture):
    """In one go, for the browser lays a page out anew for each click of a hand, as those beside this test are."""
    entries = ledger.read(ROOT / "course" / f"{lecture}.toml").entries["prediction"]
    told = phone(f"lectures/{lecture}").evaluate(PREDICT, [[id, str(entry.answer)] for id, entry in entries.items()])
    assert [id for id, _ in told] == list(entries)
    assert [(id, words) for id, words in told if not words.startswith("✓ right")] == []


@IN_BROWSER
def test_a_number_is_predicted_on_the_page_and_its_distance_is_told(phone):
    form = phone("lectures/13_pytorch").locator("#predict-twice")
    form.locator("input").fill("0.73")
    form.locator("input").press("Enter")
    assert form.locator("output").inner_text().startswith("off by 0.73, a factor 2.00 · answer: 1.46")


@IN_BROWSER
@pytest.mark.parametrize("explorer", EXPLORERS, ids=lambda explorer: explorer.name)
def test_an_explorer_moves_by_keyboard(phone, explorer):
    figure = phone(f"lectures/{explorer.lecture}").locator(f"#explore-{explorer.name}")
    first = next(iter(explorer.controls))
    before = figure.locator(".words").inner_text()
    figure.locator("input").first.press("Home")
    start = {**explorer.start, first: explorer.controls[first][0]}
    assert figure.locator("output").first.inner_text() == str(start[first])
    _, told = explorer.draw(**start)
    assert figure.locator(".words").inner_text() == told
    figure.locator("input").first.press("End")
    assert figure.locator(".words").inner_text() not in (told, before)
    assert figure.locator("svg").count() == 1
    scale = figure.evaluate("f => f.querySelector('svg').getBoundingClientRect().width / 640")
    sizes = figure.evaluate("f => [...f.querySelectorAll('text')].map(t => parseFloat(getComputedStyle(t).fontSize))")
    assert all(size * scale >= 9 for size in sizes), "the words of the drawing are too small on a phone"


@IN_BROWSER
def test_one_switch_opens_all_code(phone):
    tab = phone("lectures/08_initialization")
    folded = "[...document.querySelectorAll('details.hide')].filter(one => !one.open).length"
    shut = tab.evaluate(folded)
    assert shut > 10
    tab.get_by_role("button", name="open all code").click()
    assert tab.evaluate(folded) == 0
    tab.get_by_role("button", name="fold the code").click()
    assert tab.evaluate(folded) == shut


@IN_BROWSER
def test_the_verdict_of_a_claim_is_seen_on_a_phone(phone):
    tab = phone("claims")
    right = tab.evaluate(
        "Math.max(...[...document.querySelectorAll('.verdict')].map(v => v.getBoundingClientRect().right))"
    )
    assert right <= 390
