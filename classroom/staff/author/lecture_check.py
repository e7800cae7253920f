"""What a lecture owes its reader: cells that fit on a screen, figures told in words, answers that are not shown before
the question, and in a course with a table of its sources the frame that all lectures have.

All of it is asked of the text and its ledger, before an experiment runs.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classroom.ledger import Ledger
from classroom.staff.author.coverage_table import CoverageTable
from classroom.staff.author.evidence import unproven

LONGEST_CELL, WIDEST_LINE = 20, 88  # lines and columns that a reader sees at once
SHORTEST_ALT = 10  # words
FEWEST_CELLS, MOST_CELLS = 20, 66  # an hour
FEWEST = {"prediction": 2, "claim": 5, "figure": 1}
FRAME = (
    "you will see",
    "you need",
    "how to read it",
    "## The idea",
    "## The component at work",
    "## What to remember",
    "## Exercises that follow",
    "## Further reading",
    "## What comes next",
)
_ENCODED = re.compile(r"[A-Za-z0-9+/=]{60}")
_SOURCE_SHOWN = re.compile(r"getsource|\?\?|%psource|%pycat|%load")


def shortcomings(lecture: Path, notebook: Any, ledger: Ledger) -> list[str]:
    """Return what a lecture lacks, one sentence each that says where and how it is mended.

    Parameters
    ----------
    lecture : Path
        Its text, as course/03_activation.py.
    notebook : NotebookNode
        Its cells; the outputs are not looked at.
    ledger : Ledger

    Returns
    -------
    list of str
        Empty where it lacks nothing.  The frame, the number of cells, claims and predictions, and the places that
        coverage.toml names are asked of the lectures of a course that has one.
    """
    found = [*unproven(lecture, ledger), *_of_figures(ledger)]
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            found += [f"{lecture.name}, cell {number}: {lack}" for lack in _of_cell(cell.source, ledger)]
    if table := CoverageTable.beside(lecture):
        found += [f"{lecture.name}: {lack}" for lack in _of_frame(lecture, notebook, ledger)]
        found += table.missing(lecture.stem, ledger)
    return found


def _of_figures(ledger: Ledger) -> Iterator[str]:
    for entry in ledger.entries["figure"].values():
        words = len(entry.alt.split())
        if words < SHORTEST_ALT:
            yield f"{entry.place}: alt has {words} words, {SHORTEST_ALT} or more tell a reader what is to be seen"
        elif not entry.alt[0].isupper() or not entry.alt.endswith("."):
            yield f"{entry.place}: alt is whole sentences, from a capital letter to a full stop"


def _of_cell(source: str, ledger: Ledger) -> Iterator[str]:
    lines = source.splitlines()
    if len(lines) > LONGEST_CELL:
        yield f"{len(lines)} lines, at most {LONGEST_CELL} fit on a screen: make two cells of it"
    for line in lines:
        if len(line) > WIDEST_LINE:
            yield f"{len(line)} columns, at most {WIDEST_LINE} can be read: break the line {line.strip()[:30]!r}"
    if "predict(" in source and "mine" in source:
        yield "somebody's own prediction is in it: take mine=... out, the reader gives one"
    told = (entry.explanation for entry in ledger.entries["prediction"].values())
    if any(explanation and explanation in source for explanation in told) or _ENCODED.search(source):
        yield "it tells an answer, plain or encoded: answers stand in the ledger alone"
    if _SOURCE_SHOWN.search(source):
        yield "it shows the source of a function, which may be the answer to an exercise: write the formula instead"


def _of_frame(lecture: Path, notebook: Any, ledger: Ledger) -> Iterator[str]:
    text = re.sub(r"\s+", " ", " ".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown"))
    if not re.match(rf"# {int(lecture.name[:2])} · \w", text):
        yield f"the title is number, middle dot and topic: # {int(lecture.name[:2])} · Topic"
    places = [text.lower().find(part.lower()) for part in FRAME]
    if -1 in places:
        yield f"{FRAME[places.index(-1)]!r} is missing: every lecture has {', '.join(FRAME)}"
    elif places != sorted(places):
        yield f"the parts of the frame stand in the order {', '.join(FRAME)}"
    if not FEWEST_CELLS <= len(notebook.cells) <= MOST_CELLS:
        yield (
            f"{len(notebook.cells)} cells, a lecture of one part or of two has {FEWEST_CELLS} to {MOST_CELLS}: "
            "join cells that belong together, or make two lectures of it"
        )
    for kind, fewest in FEWEST.items():
        if (count := len(ledger.entries[kind])) < fewest:
            yield f"{count} {kind}s, a lecture has {fewest} or more: add to {ledger.name}"
