"""The lectures: their frame, their figures, their claims, and the place of every item of the sources."""

import copy
import json
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from classroom.claim import Claim
from classroom.ledger import read
from classroom.staff.author import claims_page
from classroom.staff.author.ledger_check import checked_ledger, what_differs

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "course"
LECTURES = [path.stem for path in sorted(COURSE.glob("[0-9][0-9]_*.py"))]
TABLE = tomllib.loads((ROOT / "coverage.toml").read_text())
ROWS = {**{seed: row for seed, row in TABLE.items() if seed != "contradictions"}, **TABLE["contradictions"]}
FRAME = (
    "you will see",
    "you need",
    "## What to remember",
    "## Exercises that follow",
    "## Further reading",
)


@cache
def notebook(lecture):
    return json.loads((COURSE / f"{lecture}.ipynb").read_text())


def outputs(lecture):
    return [output for cell in notebook(lecture)["cells"] for output in cell.get("outputs", [])]


def code(lecture):
    return ["".join(cell["source"]) for cell in notebook(lecture)["cells"] if cell["cell_type"] == "code"]


@cache
def prose(lecture):
    """What a reader reads, cells and outputs, as one line."""
    cells = ["".join(cell["source"]) for cell in notebook(lecture)["cells"]]
    shown = ["".join(output.get("data", {}).get("text/plain", "")) for output in outputs(lecture)]
    return re.sub(r"\s+", " ", " ".join(cells + shown))


@cache
def claims():
    return {placed.claim.id: placed for placed in claims_page.collect(COURSE)}


@cache
def questions(lecture):
    records = [output.get("metadata", {}).get("classroom", {}) for output in outputs(lecture)]
    return [record["prediction"]["question"] for record in records if "prediction" in record]


def test_there_are_thirteen_lectures():
    assert [lecture[:2] for lecture in LECTURES] == [f"{number:02d}" for number in range(13)]


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_has_the_frame(lecture):
    text = prose(lecture)
    assert re.match(rf"# {int(lecture[:2])} · \w", text), "the title is: number, middle dot, topic"
    positions = [text.lower().find(part.lower()) for part in FRAME]
    assert -1 not in positions, f"missing: {FRAME[positions.index(-1)]}"
    assert positions == sorted(positions)


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_can_be_read_in_an_hour(lecture):
    assert (COURSE / f"{lecture}.ipynb").stat().st_size < 400_000
    cells = notebook(lecture)["cells"]
    assert 20 <= len(cells) <= 60


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_cell_fits_on_a_screen(lecture):
    for source in code(lecture):
        lines = source.splitlines()
        assert len(lines) <= 20, f"{len(lines)} lines: {lines[0]}"
        assert max(map(len, lines)) <= 88, max(lines, key=len)


@pytest.mark.parametrize("lecture", LECTURES)
def test_every_figure_is_described_in_words(lecture):
    figures = [output for output in outputs(lecture) if "image/png" in output.get("data", {})]
    assert figures, "a lecture has a figure"
    for output in figures:
        alt = output["metadata"].get("image/png", {}).get("alt", "")
        assert len(alt.split()) >= 10, f"say more about this figure: {alt!r}"
        assert alt[0].isupper()
        assert alt.endswith(".")


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_asks_before_it_answers_and_is_committed_without_predictions(lecture):
    assert len(questions(lecture)) >= 2
    assert not [source for source in code(lecture) if "predict(" in source and "mine" in source]


@pytest.mark.parametrize("lecture", LECTURES)
def test_answers_cannot_be_read_before_the_question(lecture):
    """No cell says an answer, plain or encoded: the ledger does, and readers get it obscured."""
    words = read(COURSE / f"{lecture}.toml")
    told = [entry.explanation for entry in words.entries["prediction"].values() if entry.explanation]
    for source in code(lecture):
        assert not re.search(r"[A-Za-z0-9+/=]{60}", source), "encoded text"
        assert not [one for one in told if one in source]


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


@pytest.mark.parametrize("lecture", LECTURES)
def test_the_kernels_of_processors_are_nearer_to_each_other_than_the_tolerance_is_wide(lecture):
    for entry in read(COURSE / f"{lecture}.toml").entries["claim"].values():
        if entry.spread is not None and entry.tolerance is not None:
            assert entry.spread <= entry.tolerance, entry.place


@pytest.mark.parametrize("lecture", LECTURES)
def test_nothing_in_a_lecture_needs_a_network(lecture):
    for output in outputs(lecture):
        assert output["output_type"] != "error"
        assert output.get("name") != "stderr"
        shown = "".join(output.get("data", {}).get("text/html", ""))
        assert not re.search(r"<script|<iframe|src\s*=|@import", shown)


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_lecture_does_not_show_the_source_of_an_exercise(lecture):
    for source in code(lecture):
        assert not re.search(r"getsource|\?\?|%psource|%pycat|%load", source)


@pytest.mark.parametrize("lecture", LECTURES)
def test_claims_carry_the_number_of_their_lecture(lecture):
    own = [id for id, placed in claims().items() if placed.lecture == lecture]
    assert len(own) >= 5
    assert all(id.startswith(f"L{int(lecture[:2])}.") for id in own)


def test_the_course_has_at_least_a_hundred_claims():
    assert len(claims()) >= 100


@pytest.mark.parametrize("remark", ["C5", "C8", "C15", "C21", "C22", "C23", "C24", "C25", "C26", "C38"])
def test_where_the_sources_are_wrong_the_page_says_so(remark):
    verdicts = [p.claim.kind for p in claims().values() if re.search(rf"\b{remark}\b", p.claim.source)]
    assert set(verdicts) & {"does not hold", "holds only if"}


def test_the_page_of_claims_is_in_step():
    assert claims_page.out_of_step(COURSE) == ""


def test_sources_name_only_items_that_exist():
    for id, placed in claims().items():
        for seed in re.findall(r"\b(?:S\d-\d+|C\d{1,2})\b", placed.claim.source):
            assert seed in ROWS, f"claim {id} names {seed}"


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "L" in row.get("marks", "")])
def test_every_experiment_of_the_sources_has_its_place(seed):
    assert ROWS[seed].get("claim") or ROWS[seed].get("place"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", [seed for seed, row in ROWS.items() if "Q" in row.get("marks", "")])
def test_every_question_of_the_sources_is_asked(seed):
    assert ROWS[seed].get("question"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", list(TABLE["contradictions"]))
def test_every_contradiction_has_its_place(seed):
    assert ROWS[seed].get("claim") or ROWS[seed].get("place"), f"{seed}: {ROWS[seed]['what']}"


@pytest.mark.parametrize("seed", list(ROWS))
def test_the_places_that_the_table_names_exist(seed):
    row = ROWS[seed]
    for id in row.get("claim", []):
        assert id in claims(), f"no claim {id}"
    sources = " ".join(claims()[id].claim.source for id in row.get("claim", []))
    assert not sources or re.search(rf"\b{seed}\b", sources) or row.get("place"), f"no claim of {seed} names it"
    for home in row.get("question", []):
        lecture, _, words = home.partition(": ")
        assert any(words in question for question in questions(lecture)), f"{lecture} does not ask: {words}"
    for home in row.get("place", []):
        lecture, _, words = home.partition(": ")
        assert words in prose(lecture), f"{lecture} does not say: {words}"
