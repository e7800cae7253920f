"""The five source lectures and every item of theirs, with the places in the course where it lives."""

import html
from collections.abc import Iterator, Mapping
from typing import Any

from links import Crossings, claim_link, exercise_link

_INTRODUCTION = """\
# The sources

The course takes its items from five lectures, given in Russian and Slovak, and measures what they say. The sentences,
the code and the figures are the course's own. Where a statement of a source does not hold as written, the course says
so because its readers will meet the same statement elsewhere; it says nothing about the lectures, which are good.

{decks}

Remarks C1 to C40 are about statements that two sources make differently, or that do not hold as written.
"""
_DECKS = {
    "S0": ("Neural networks, lecture 3: layers beside the convolution", "I. E. Ivanov", "MaTIS, 13 October 2023"),
    "S1": (
        "Neural networks for computer vision: training neural networks I",
        "Zuzana Černeková and Viktor Kocur",
        "in Slovak; the slides name no university and no date",
    ),
    "S2": (
        "Class 6: convolutional networks and their main components",
        "Dmitry V. Girdyuk",
        "St Petersburg State University (PM-PU), 29 March 2025",
    ),
    "S3": (
        "Lecture 1: convolutional neural networks",
        "Alexander Yu. Avdyushenko",
        "St Petersburg State University, faculty of mathematics and computer science, 17 February 2022",
    ),
    "S4": ("Lecture 3: fully connected neural networks", "not named on the slides", "in Russian, without a date"),
}
_HEADINGS = {
    "S0": "S0 · Layers beside the convolution",
    "S1": "S1 · Training",
    "S2": "S2 · Convolutional networks",
    "S3": "S3 · History, convolution, ReLU, momentum",
    "S4": "S4 · From the neuron to optimizers",
    "C": "Remarks",
}


def sources_page(crossings: Crossings, lectures: Mapping[str, str]) -> str:
    """Write the page; `lectures` gives for each claim its lecture."""
    decks = ["| id | lecture | by | where, when |", "|---|---|---|---|"]
    decks += [f"| {id} | {' | '.join(words)} |" for id, words in _DECKS.items()]
    parts = [_INTRODUCTION.format(decks="\n".join(decks))]
    for start, heading in _HEADINGS.items():
        rows = [
            (id, row)
            for id, row in crossings.rows.items()
            if id.startswith(start) and id[len(start) :][:1] in "-0123456789"
        ]
        body = "".join(_row(id, row, lectures) for id, row in rows)
        parts.append(f'## {heading}\n\n<table class="sources"><tbody>{body}</tbody></table>\n')
    return "\n".join(parts)


def _row(id: str, row: Mapping[str, Any], lectures: Mapping[str, str]) -> str:
    what, places = html.escape(row["what"]), " · ".join(_places(row, lectures))
    return f'<tr id="{id}"><td>{id}</td><td>{what}</td><td>{places}</td></tr>\n'


def _places(row: Mapping[str, Any], lectures: Mapping[str, str]) -> Iterator[str]:
    if claims := [claim_link(claim, lectures[claim]) for claim in row.get("claim", ()) if claim in lectures]:
        yield ", ".join(claims)
    if exercises := row.get("exercise"):
        yield ", ".join(map(exercise_link, exercises))
    for place in (*row.get("place", ()), *row.get("question", ())):
        lecture = place.partition(":")[0]
        yield f'<a href="lectures/{lecture}.html">lecture {int(lecture[:2])}</a>'
