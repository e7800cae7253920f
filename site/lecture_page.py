"""A lecture as a page: downloads, folded code, predictions to answer, claims with anchors, figures with words."""

import html
import re
from collections.abc import Mapping
from typing import Any

from links import link_sources

from classroom import ledger
from classroom.staff.explorers.placement import placed
from classroom.staff.pages.edition import below_title
from classroom.staff.pages.folding import fold
from classroom.staff.pages.lecture_page import figure_html
from classroom.staff.pages.paper_link import link_papers
from classroom.staff.pages.prediction_form import prediction_form

_CODE_NAME = re.compile(r"`(\w+)`")


def lecture_page(notebook: dict[str, Any], name: str, words: ledger.Ledger, exercises: Mapping[str, str]) -> None:
    """Rewrite a built lecture in place.

    Parameters
    ----------
    notebook : as nbformat has it
    name : of the lecture, ``"07_optimizer"``
    words : its ledger
    exercises : for the name of each exercise its assignment
    """
    fold(notebook["cells"])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = _text("".join(cell["source"]), exercises)
        for output in cell.get("outputs", []):
            _show(output, words)
    add_download(notebook, name)
    notebook["cells"] = list(placed(notebook["cells"], name))


def add_download(notebook: dict[str, Any], name: str) -> None:
    """Put what the page is, and a link to the notebook, below the title of a lecture."""
    first = notebook["cells"][0]
    link = (
        f'<p class="download"><a href="../_downloads/{name}.ipynb" download>Download this lecture as a notebook to '
        "read</a>. Here predictions can be answered and sliders moved; running the code needs the solutions: see "
        '<a href="../guides/teaching.html#running-the-lectures">running the lectures</a>.</p>'
    )
    first["source"] = below_title(first["source"], link)


def _text(source: str, exercises: Mapping[str, str]) -> str:
    if "## Exercises that follow" in source:
        before, heading, after = source.partition("## Exercises that follow")
        section, next_heading, rest = after.partition("\n## ")
        section = _CODE_NAME.sub(lambda found: _exercise(found[1], exercises) or found[0], section)
        source = before + heading + section + next_heading + rest
    return link_papers(source)


def _exercise(name: str, exercises: Mapping[str, str]) -> str:
    """Link an exercise by its id, or by the operation whose forward pass it begins with."""
    id = next((id for id in (name, f"{name}_forward") if id in exercises), "")
    return id and f'<a href="../assignments/{exercises[id]}.html#exercise-{id}"><code>{name}</code></a>'


def _show(output: dict[str, Any], words: ledger.Ledger) -> None:
    data, metadata = output.get("data", {}), output.get("metadata", {})
    record = metadata.get("classroom", {})
    if "prediction" in record:
        data["text/html"] = prediction_form(words.prediction(record["prediction"]["id"]))
    if "claim" in record:
        data["text/html"] = _claim("".join(data["text/html"]), record["claim"])
    if "alt" in metadata.get("image/png", {}):
        data["text/html"] = figure_html(data, metadata)
        for kind in ("image/png", "image/svg+xml"):
            data.pop(kind, None)


def _claim(block: str, claim: Mapping[str, Any]) -> str:
    """Give a claim its anchor, a link to its row on the page of all claims, and links to its sources."""
    id, source = claim["id"], html.escape(claim["source"])
    block = block.replace('<div class="claim"', f'<div class="claim" id="{id}"', 1)
    block = block.replace(f"<code>{html.escape(id)}</code>", f'<a href="../claims.html#row-{id}">{html.escape(id)}</a>')
    return block.replace(f"<em>[{source}]</em>", f"<em>[{link_sources(source, '../')}]</em>")


def glossary(notebook: Mapping[str, Any]) -> str:
    """Take the glossary out of lecture 0: the cells from its heading to the next heading of the same rank."""
    cells, taking = [], False
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and text.lstrip().startswith("## "):
            taking = "glossary" in text.split("\n")[0].lower()
        if taking and cell["cell_type"] == "markdown":
            cells.append(text)
    if not cells:
        raise SystemExit("lecture 0 has no section whose heading names the glossary")
    return "# Glossary\n\n" + "\n\n".join(cells).split("\n", 1)[1]
