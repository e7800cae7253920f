"""The start page of a site in the browser: the assignments with points and deadlines, and the reader's own work."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from classroom.staff.author.title import Title
from classroom.staff.lite.pyodide import MARK

HERE = Path(__file__).parent
SCRIPT = "start_page.js"


@dataclass(frozen=True)
class OnSite:
    """An assignment as the start page lists it.

    folder : Path
        Where its release lies.
    checksums : dict of str to str
        Of its locked cells, by which the page knows that a reader began with another release.
    """

    name: str
    title: Title
    points: float
    exercises: int
    due: str
    folder: Path
    checksums: dict[str, str]


def write_start_page(site: Path, assignments: Sequence[OnSite]) -> None:
    """Write index.html and its script into the folder of a site, and the mark by which the folder is known."""
    import jinja2

    template = jinja2.Template(
        (HERE / "start_page.html").read_text(encoding="utf-8"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    page = template.render(assignments=assignments, points=sum(one.points for one in assignments))
    (site / "index.html").write_text(page, encoding="utf-8")
    shutil.copyfile(HERE / SCRIPT, site / SCRIPT)
    listed = {one.name: one.checksums for one in assignments}
    (site / MARK).write_text(json.dumps({"assignments": listed}, sort_keys=True, indent=1), encoding="utf-8")
