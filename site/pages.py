"""Prepare what Sphinx reads: a download on each lecture, alt text on each figure, a page for the glossary."""

import json
import sys
from pathlib import Path

from classroom import ledger


def add_download(notebook: dict, name: str) -> None:
    """Put links to the notebook and to its ledger below the title of a lecture."""
    first = notebook["cells"][0]
    lines = "".join(first["source"]).split("\n")
    words = Path(name).with_suffix(ledger.OBSCURED)
    link = (
        f'<p class="download"><a href="../_downloads/{name}" download>Download this lecture as a notebook</a>, and <a '
        f'href="../_downloads/{words}" download>its ledger</a> (the words of its claims and predictions) beside it</p>'
    )
    first["source"] = "\n".join([lines[0], "", link, *lines[1:]])


def describe_figures(notebook: dict) -> None:
    """Show each figure as HTML with its description: the notebook keeps it where Sphinx does not look."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data, alt = output.get("data", {}), output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt and "image/png" in data:
                image = "".join(data.pop("image/png")).replace("\n", "")
                text = alt.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
                data["text/html"] = f'<img alt="{text}" src="data:image/png;base64,{image}">'


def glossary(notebook: dict) -> str:
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


def main(source: Path, course: Path) -> None:
    """Rewrite the copied notebooks in place, obscure their ledgers and write the glossary."""
    downloads = source / "downloads" / "_downloads"
    downloads.mkdir(parents=True)
    for path in sorted((source / "lectures").glob("*.ipynb")):
        (downloads / path.name).write_bytes(path.read_bytes())
        words = (course / path.name).with_suffix(ledger.SUFFIX).read_text(encoding="utf-8")
        (downloads / path.name).with_suffix(ledger.OBSCURED).write_text(ledger.write_obscured(words))
        notebook = json.loads(path.read_text())
        if path.name.startswith("00_"):
            (source / "glossary.md").write_text(glossary(notebook))
        add_download(notebook, path.name)
        describe_figures(notebook)
        path.write_text(json.dumps(notebook))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
