"""An assignment as a page: its text and its stubs, without answers, with an anchor for each exercise."""

from collections.abc import Iterator, Mapping
from typing import Any

from links import Crossings, claim_link

from classroom.staff.author.notebook import stubbed
from classroom.staff.declare.declaration import Assignment
from classroom.staff.pages.edition import below_title
from classroom.staff.pages.paper_link import link_papers

_SAYS = (
    '<p class="download">This is the text of the assignment, with stubs where the answers go. Students get it as a '
    'notebook with its checks: see <a href="../guides/students.html">the guide for students</a>.</p>'
)


def assignment_page(
    notebook: Mapping[str, Any], assignment: Assignment, crossings: Crossings, lectures: Mapping[str, str]
) -> dict[str, Any]:
    """Return the notebook that a reader of the site sees.

    Parameters
    ----------
    notebook : the built assignment
    assignment : its declaration
    crossings : what belongs to the same item of the sources
    lectures : for each claim its lecture
    """
    cells = list(_cells(notebook, assignment, crossings, lectures))
    cells[0]["source"] = below_title(cells[0]["source"], _SAYS)
    return {**notebook, "cells": cells}


def _cells(
    notebook: Mapping[str, Any], assignment: Assignment, crossings: Crossings, lectures: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        grading = cell.get("metadata", {}).get("nbgrader", {})
        if cell["cell_type"] == "markdown":
            yield {**cell, "source": link_papers(source), "metadata": {}}
            continue
        if grading.get("grade"):
            id = grading["grade_id"]
            claims = crossings.claims.get(f"{assignment.name}/{id}", ())
            yield _markdown(
                _anchor(id, grading["points"], assignment.section_of(id), claims, lectures), f"exercise-{id}"
            )
        folded = [] if grading.get("solution") or grading.get("grade") else ["hide-input"]
        yield {**cell, "source": stubbed(source), "outputs": [], "metadata": {"tags": folded}}


def _anchor(id: str, points: float, section: Any, claims: Any, lectures: Mapping[str, str]) -> str:
    """Return the line above a check: its name, its points, where it is explained and what was claimed about it."""
    said = [f"<strong><code>{id}</code></strong>, {points:g} points"]
    if section is not None:
        said.append(
            f'explained in <a href="../lectures/{section.lecture}.html">lecture {section.number}</a>, '
            f"<em>{section.heading}</em>"
        )
    if shown := [claim_link(claim, lectures[claim], "../") for claim in claims if claim in lectures]:
        said.append(f"claims {', '.join(shown)}")
    return f'<p class="exercise" id="exercise-{id}">{" · ".join(said)}</p>'


def _markdown(source: str, id: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source, "id": id}
