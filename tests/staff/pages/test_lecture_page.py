"""A lecture as one HTML file: it loads nothing, folds what is no experiment, and shows all that the notebook shows."""

import base64
import html
import json
import re
from functools import cache
from pathlib import Path

import pytest

from classroom import ledger
from classroom.staff.explorers.placement import EXPLORERS
from classroom.staff.pages.edition import READING, RUNNING
from classroom.staff.pages.lecture_page import SCRIPT, contents_page, figure_html, lecture_page

COURSE = Path(__file__).parents[3] / "course"
LECTURES = sorted(path.stem for path in COURSE.glob("[0-9][0-9]_*.py"))


@cache
def built(lecture):
    return json.loads((COURSE / f"{lecture}.ipynb").read_text()), ledger.read(COURSE / f"{lecture}.toml")


@cache
def page(lecture):
    return lecture_page(built(lecture)[0], lecture, built(lecture)[1], READING)


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_page_shows_what_the_lecture_shows(lecture):
    notebook, words = built(lecture)
    text, outputs = page(lecture), [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    assert re.findall(r'<form class="prediction" id="predict-([\w-]+)"', text) == list(words.entries["prediction"])
    assert re.findall(r'<div id="(L[^"]+)" class="claim"', text) == [
        output["metadata"]["classroom"]["claim"]["id"]
        for output in outputs
        if '"claim"' in json.dumps(output.get("metadata", {}))
    ]
    pictures = [output["metadata"]["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(re.findall(r'<img alt="[^"]{20,}" width="\d+" height="\d+" src="data:', text)) == len(pictures)
    told = [entry.explanation for entry in words.entries["prediction"].values() if entry.explanation]
    assert [one for one in told if html.escape(one)[:40] in text or one[:40] in text] == []
    assert text.count('<figure class="explorer"') == sum(one.lecture == lecture for one in EXPLORERS)


def test_a_drawing_is_svg_on_the_page_and_a_measurement_is_png():
    shown = {"image/png": {"alt": "A neuron with two inputs.", "width": 422, "height": 300}}
    data = {"image/png": "UE5H", "image/svg+xml": ["<svg>\n", "</svg>\n"]}
    drawn = figure_html(data, shown)
    assert base64.b64decode(re.search(r'src="data:image/svg\+xml;base64,([^"]+)"', drawn)[1]) == b"<svg>\n</svg>\n"
    assert 'alt="A neuron with two inputs." width="422"' in drawn and "UE5H" not in drawn
    assert 'src="data:image/png;base64,UE5H"' in figure_html({"image/png": "UE5H\n"}, shown)


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_page_loads_nothing_and_every_formula_is_set(lecture):
    text = page(lecture)
    assert "default-src 'none'" in text
    assert re.findall(r'(?:src|<link[^>]* href)="(?!data:)[^"]*"', text) == []
    words = re.sub(r"<(pre|script|style)\b.*?</\1>", "", text, flags=re.DOTALL)
    assert re.findall(r"\$[^$\n]*\\\w+[^$\n]*\$|<code>[^<]*\\\w[^<]*</code>", words) == []


def test_code_is_folded_but_for_the_experiment_and_the_script_has_the_switch():
    text = page("04_linear")
    folded = re.findall(r'<details class="hide"><summary>code</summary><pre class="code">(.*?)</pre>', text, re.DOTALL)
    opened = re.findall(r'(?<!</summary>)<pre class="code">(.*?)</pre>', text, re.DOTALL)
    lines = [sum(len(one.splitlines()) for one in some) for some in (folded, opened)]
    assert 0 < lines[1] <= lines[0] / 2 + 1
    assert SCRIPT.read_text() in text and "open all code" in SCRIPT.read_text()


def test_papers_are_linked():
    assert '<a href="https://arxiv.org/abs/1412.6980"' in page("07_optimizer")


@pytest.mark.parametrize("edition, says", [(READING, "This page is for reading."), (RUNNING, "an edition that runs.")])
def test_a_page_says_which_of_the_two_it_is(edition, says):
    notebook, words = built("00_start")
    head = lecture_page(notebook, "00_start", words, edition).partition("</h1>")[2][:200]
    assert says in head
    contents = contents_page({"00_start": "0 · How to use this course"}, edition)
    assert ("These lectures run:" if edition.runs else "These lectures are for reading:") in contents
