"""A lecture as one HTML file that loads nothing: formulas in MathML, its style and its script inside."""

import base64
import copy
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classroom import ledger
from classroom.staff.explorers.placement import placed
from classroom.staff.grade import markdown
from classroom.staff.pages.edition import Edition, below_title
from classroom.staff.pages.folding import FOLDED, fold
from classroom.staff.pages.paper_link import link_papers
from classroom.staff.pages.prediction_form import prediction_form
from classroom.staff.report.page import coloured, environment, style_of_code

SCRIPT = Path(__file__).with_name("page.js")  # shared with the site
STYLE = Path(__file__).with_name("page.css")


def lecture_page(notebook: Mapping[str, Any], lecture: str, words: ledger.Ledger, edition: Edition) -> str:
    """Lay out a built lecture.

    Parameters
    ----------
    notebook : as nbformat has it, with its outputs
    lecture : ``"07_optimizer"``
    words : its ledger
    edition : which says what the page is

    Returns
    -------
    str
        One HTML file.  Experiments stay open; the code of claims, predictions, imports and figures is folded.
    """
    cells = copy.deepcopy(notebook["cells"])
    title = "".join(cells[0]["source"]).partition("\n")[0].removeprefix("# ")
    cells[0]["source"] = below_title(cells[0]["source"], edition.note_on_page(lecture))
    fold(cells)
    return _page(title, [_shown(cell, words) for cell in placed(cells, lecture)])


def contents_page(titles: Mapping[str, str], edition: Edition) -> str:
    """Lay out the list of a bundle's lectures.

    Parameters
    ----------
    titles : for each lecture its title, in the order of the course
    edition : which says what the bundle is
    """
    links = "".join(
        f'<li><a href="{lecture}.html">{html.escape(title)}</a> '
        f'(<a href="{lecture}.ipynb">{"notebook" if edition.runs else "as a notebook, to read"}</a>)</li>'
        for lecture, title in titles.items()
    )
    says = (
        "These lectures run: the solutions are in the bundle, and README.txt says what to install."
        if edition.runs
        else "These lectures are for reading: predictions can be answered and sliders moved on each page."
    )
    body = f'<h1>Lectures</h1><p>{says}</p><ul class="contents">{links}</ul>'
    return _page("Lectures", [{"kind": "text", "html": body}])


def _page(title: str, cells: Sequence[Mapping[str, Any]]) -> str:
    script, style = (path.read_text(encoding="utf-8") for path in (SCRIPT, STYLE))
    template = environment(Path(__file__).parent).get_template("lecture_page.html")
    return str(template.render(title=title, cells=cells, script=script, style=style, colours=style_of_code()))


def _shown(cell: Mapping[str, Any], words: ledger.Ledger) -> dict[str, Any]:
    """Return what the template shows of a cell."""
    source, metadata = "".join(cell["source"]), cell.get("metadata", {})
    if "explorer" in metadata:
        return {"kind": "text", "html": source}
    if cell["cell_type"] == "markdown":
        return {"kind": "text", "html": markdown.to_html(link_papers(source))}
    return {
        "kind": "code",
        "code": coloured(source),
        "folded": FOLDED in metadata.get("tags", []),
        "outputs": [_output(output, words) for output in cell.get("outputs", [])],
    }


def _output(output: Mapping[str, Any], words: ledger.Ledger) -> str:
    """Return the HTML of what a cell of the course showed."""
    data, metadata = output.get("data", {}), output.get("metadata", {})
    record = metadata.get("classroom", {})
    if "prediction" in record:
        return prediction_form(words.prediction(record["prediction"]["id"]))
    if "claim" in record:
        return "".join(data["text/html"]).replace("<div ", f'<div id="{html.escape(record["claim"]["id"])}" ', 1)
    if "image/png" in data:
        return figure_html(data, metadata)
    return f'<pre class="output">{html.escape("".join(output.get("text", data.get("text/plain", ""))))}</pre>'


def figure_html(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """Return a figure with its words; a drawing as SVG."""
    shown = metadata["image/png"]
    if "image/svg+xml" in data:
        kind, content = "svg+xml", base64.b64encode("".join(data["image/svg+xml"]).encode()).decode("ascii")
    else:
        kind, content = "png", "".join("".join(data["image/png"]).split())
    return (
        f'<div class="figure"><img alt="{html.escape(shown["alt"])}" width="{shown["width"]}" '
        f'height="{shown["height"]}" src="data:image/{kind};base64,{content}"></div>'
    )
