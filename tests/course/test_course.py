"""The built lectures: what they show, and the place of every item of the sources.

What a lecture owes its reader is asked by the build itself, `classroom.staff.author.lecture_check`.
"""

import copy
import functools
import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from classroom import ledger
from classroom.claim import Claim
from classroom.staff.author import build, claims_page
from classroom.staff.author.ledger_check import checked_ledger, what_differs

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "course"
LECTURES = [path.stem for path in sorted(COURSE.glob("[0-9][0-9]_*.py"))]
TABLE = tomllib.loads((ROOT / "coverage.toml").read_text())
ROWS = {**{seed: row for seed, row in TABLE.items() if seed != "contradictions"}, **TABLE["contradictions"]}
SMALLEST = 8  # points of a figure's words
# What explains rather than measures is drawn in lines that stay sharp: SVG.
DRAWINGS = {
    "00_start": ["chain"],
    "01_neuron": ["neuron-and-network", "two-bars"],
    "02_backprop": ["graph"],
    "05_convolution": ["matches", "three-channels", "first-windows", "windows-as-rows"],
    "06_pooling": ["windows"],
    "07_optimizer": ["parabolas"],
    "09_normalization": ["graph"],
    "10_dropout": ["thinned-networks"],
    "11_residual": ["blocks", "paths"],
    "12_network": ["timeline"],
}


@cache
def notebook(lecture):
    return json.loads((COURSE / f"{lecture}.ipynb").read_text())


def outputs(lecture):
    return [output for cell in notebook(lecture)["cells"] for output in cell.get("outputs", [])]


@cache
def prose(lecture):
    """What a reader reads, cells and outputs, as one line."""
    cells = ["".join(cell["source"]) for cell in notebook(lecture)["cells"]]
    shown = ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs(lecture)]
    return re.sub(r"\s+", " ", " ".join(cells + shown))


@cache
def claims():
    return {placed.claim.id: placed for placed in claims_page.collect(COURSE)}


def test_there_are_fourteen_lectures():
    assert [lecture[:2] for lecture in LECTURES] == [f"{number:02d}" for number in range(14)]


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_is_what_its_build_accepts(lecture):
    """Frame, cells, alt texts, evidence and the places of the sources, and in step with its text."""
    (pair,) = build.pairs(ROOT, [lecture])
    assert build.out_of_step(pair) == ""
    assert pair.notebook.stat().st_size <= build.LARGEST_LECTURE


@pytest.mark.parametrize("lecture", LECTURES)
def test_every_figure_has_its_description_beside_the_picture(lecture):
    for output in outputs(lecture):
        if "image/png" in output.get("data", {}):
            assert output["metadata"]["image/png"]["alt"] == output["metadata"]["classroom"]["alt"]


@pytest.mark.parametrize("lecture", LECTURES)
def test_the_words_of_a_figure_are_legible_on_a_phone(lecture):
    """A page of 390 px leaves 358 px to a figure; words of 8 points are to be shown at 9 px or more."""
    for output in outputs(lecture):
        if "image/png" in output.get("data", {}):
            width = output["metadata"]["image/png"]["width"]
            assert SMALLEST * 96 / 72 * min(1, 358 / width) >= 9, f"{width} px: use figure.NARROW"
    sizes = re.findall(r"(?:font|label)size=([\d.]+)", (COURSE / f"{lecture}.py").read_text())
    assert [size for size in sizes if float(size) < SMALLEST] == []


@pytest.mark.parametrize("lecture", LECTURES)
def test_what_explains_is_drawn_as_svg(lecture):
    words = ledger.read(COURSE / f"{lecture}.toml").entries["figure"]
    drawn = [
        output["metadata"]["classroom"]["alt"]
        for output in outputs(lecture)
        if "image/svg+xml" in output.get("data", {})
    ]
    assert drawn == [words[name].alt for name in DRAWINGS.get(lecture, [])]


def test_nbval_compares_no_numbers_of_a_drawing():
    """Other versions of matplotlib write others; the pixels beside them are not compared either."""
    rules = re.findall(r"^regex: (.*)\nreplace: (.*)$", (COURSE / "nbval.cfg").read_text(), re.MULTILINE)
    drawings = ['<svg width="1"><g>\n<path d="M 0 0"/></g></svg>\n', '<svg width="1">\n<path d="M 0.1 0"/></svg>']
    assert {functools.reduce(lambda text, rule: re.sub(*rule, text), rules, one) for one in drawings} == {"a drawing"}


@pytest.mark.parametrize("lecture", LECTURES)
def test_what_a_lecture_shows_is_what_its_ledger_says(lecture):
    """Each claim's words, and that the number it prints lies in its tolerance; a changed digit fails."""
    words = checked_ledger(COURSE / f"{lecture}.py")
    assert what_differs(outputs(lecture), words) == ""
    records = [output for output in outputs(lecture) if "claim" in output.get("metadata", {}).get("classroom", {})]
    assert {output["metadata"]["classroom"]["claim"]["id"] for output in records} == set(words.entries["claim"])
    shown = records[0]["metadata"]["classroom"]["claim"]
    for change in ({"measured": re.sub(r"\d", "7", shown["measured"], count=1) + "3"}, {"verdict": "does not hold"}):
        output = copy.deepcopy(records[0])
        output["metadata"]["classroom"]["claim"].update(change)
        claim = Claim(**output["metadata"]["classroom"]["claim"])
        output["data"] |= {"text/plain": claim.to_text(), "text/html": claim.to_html()}
        assert (change.keys() == {"verdict"} and shown["verdict"] == "does not hold") or what_differs([output], words)


def test_the_glossary_names_a_lecture_that_uses_the_word():
    """In the text, or in a claim or a prediction; a word is recognised by its first six letters."""
    text = (COURSE / "00_start.py").read_text(encoding="utf-8").partition("# ## Glossary")[2]
    rows = re.findall(r"^# \| ([a-z][^|]+) \|.*\| (\d+) \|$", text, re.MULTILINE)
    assert len(rows) >= 40
    for words, number in rows:
        said = prose(LECTURES[int(number)]).lower()
        assert any(form[:6] in said for form in words.split(", ")), f"lecture {number} does not say {words!r}"


def test_the_course_has_at_least_a_hundred_claims():
    assert len(claims()) >= 100


@pytest.mark.parametrize("remark", ["C5", "C8", "C15", "C21", "C22", "C23", "C24", "C25", "C26", "C38"])
def test_where_the_sources_are_wrong_the_page_says_so(remark):
    verdicts = [p.claim.kind for p in claims().values() if re.search(rf"\b{remark}\b", p.claim.source)]
    assert set(verdicts) & {"does not hold", "holds only if"}


def test_the_page_of_claims_is_in_step():
    assert claims_page.out_of_step(COURSE) == ""


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "L" in row.get("marks", "")])
def test_every_experiment_of_the_sources_has_its_place(seed):
    assert ROWS[seed].get("claim") or ROWS[seed].get("place"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "Q" in row.get("marks", "")])
def test_every_question_of_the_sources_is_asked(seed):
    assert ROWS[seed].get("question"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "T" in row.get("marks", "")])
def test_every_item_that_is_told_has_its_place(seed):
    assert ROWS[seed].get("place") and ROWS[seed].get("keywords"), ROWS[seed]["what"]


@pytest.mark.parametrize("seed", list(TABLE["contradictions"]))
def test_every_contradiction_has_its_place(seed):
    assert ROWS[seed].get("claim") or ROWS[seed].get("place"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", list(ROWS))
def test_a_claim_that_the_table_names_names_the_row(seed):
    row = ROWS[seed]
    sources = " ".join(claims()[id].claim.source for id in row.get("claim", []))
    assert not sources or re.search(rf"\b{seed}\b", sources) or row.get("place"), f"no claim of {seed} names it"
