"""Each copy of a lecture says which of the two it is, and tells nobody to run what does not run."""

import copy
import json
from pathlib import Path

import pytest

from classroom import ledger
from classroom.staff.pages.edition import READING, RUNNING

COURSE = Path(__file__).parents[3] / "course"
LECTURES = sorted(path.stem for path in COURSE.glob("[0-9][0-9]_*.py"))


def built(lecture):
    return json.loads((COURSE / f"{lecture}.ipynb").read_text()), ledger.read(COURSE / f"{lecture}.toml")


@pytest.mark.parametrize("edition, says", [(READING, "**This copy is for reading"), (RUNNING, "**This copy runs")])
def test_a_copy_says_below_its_title_what_it_is(edition, says):
    notebook, words = built("02_backprop")
    before = copy.deepcopy(notebook)
    first = edition.notebook(notebook, "02_backprop", words)["cells"][0]["source"].split("\n")
    assert first[0] == "# 2 · Computation graphs and backpropagation"
    assert first[2].startswith(says)
    assert notebook == before, "the built lecture is left as it is"


@pytest.mark.parametrize("lecture", LECTURES)
def test_a_copy_to_read_asks_for_no_cell_to_be_run(lecture):
    notebook, words = built(lecture)
    shown = json.dumps([cell.get("outputs") for cell in READING.notebook(notebook, lecture, words)["cells"]])
    assert shown.count("make your prediction first") == 2 * len(words.entries["prediction"])
    assert "run the cell" not in shown


def test_a_copy_that_runs_has_its_outputs_and_its_code_as_they_were_built():
    notebook, words = built("02_backprop")
    assert RUNNING.notebook(notebook, "02_backprop", words)["cells"][1:] == notebook["cells"][1:]
