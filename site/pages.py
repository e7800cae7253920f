"""Prepare what Sphinx reads: lectures, assignments, claims, sources, guides and the glossary, linked with each other.

`python pages.py SOURCE ROOT` fills the folder SOURCE from the course in ROOT.
"""

import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

from assignment_page import assignment_page
from claims_page import claims_page
from lecture_page import glossary, lecture_page
from links import Crossings
from sources_page import sources_page

from classroom import ledger
from classroom.staff.author import claims_page as claims
from classroom.staff.declare.declaration import Assignment
from classroom.staff.declare.loader import declared_assignments, load_assignment
from classroom.staff.pages.edition import READING
from classroom.staff.pages.lecture_page import SCRIPT, STYLE

GUIDES = ("teaching", "students", "instructors", "class", "authoring", "security", "where-to-work")


def main(source: Path, root: Path) -> None:
    """Write all pages but the first one, which is written by hand."""
    course = root / "course"
    crossings = Crossings(tomllib.loads((root / "coverage.toml").read_text(encoding="utf-8")))
    placed = claims.collect(course)
    lectures = {claim.id: lecture for lecture, claim in placed}
    assignments = [load_assignment(root / "assignments" / name) for name in declared_assignments(root / "assignments")]
    write_lectures(source, course, {exercise.id: one.name for one in assignments for exercise in one.exercises})
    write_assignments(source, root, assignments, crossings, lectures)
    (source / "claims.md").write_text(claims_page(placed, crossings), encoding="utf-8")
    (source / "sources.md").write_text(sources_page(crossings, lectures), encoding="utf-8")
    write_guides(source, root / "docs")
    for shared in (SCRIPT, STYLE):
        shutil.copy(shared, source / "static")


def write_lectures(source: Path, course: Path, exercises: dict[str, str]) -> None:
    """Write the lectures, their downloads, and the glossary of lecture 0."""
    downloads = source / "downloads" / "_downloads"
    downloads.mkdir(parents=True)
    (source / "lectures").mkdir()
    for path in sorted(course.glob("[0-9][0-9]_*.ipynb")):
        words = ledger.read(path.with_suffix(ledger.SUFFIX))
        notebook = json.loads(path.read_text(encoding="utf-8"))
        to_read = READING.notebook(notebook, path.stem, words)
        (downloads / path.name).write_text(json.dumps(to_read, ensure_ascii=False, indent=1), encoding="utf-8")
        if path.name.startswith("00_"):
            (source / "glossary.md").write_text(glossary(notebook), encoding="utf-8")
        lecture_page(notebook, path.stem, words, exercises)
        (source / "lectures" / path.name).write_text(json.dumps(notebook), encoding="utf-8")


def write_assignments(
    source: Path, root: Path, assignments: list[Assignment], crossings: Crossings, lectures: dict[str, str]
) -> None:
    """Write the text of each assignment, in the order of the course, and the list of them."""
    (source / "assignments").mkdir()
    for one in assignments:
        notebook = json.loads((root / "assignments" / one.name / f"{one.name}.ipynb").read_text(encoding="utf-8"))
        page = assignment_page(notebook, one, crossings, lectures)
        (source / "assignments" / f"{one.name}.ipynb").write_text(json.dumps(page), encoding="utf-8")
    order = "\n".join(one.name for one in sorted(assignments, key=lambda one: one.number))
    text = f"# Assignments\n\n```{{toctree}}\n:maxdepth: 1\n\n{order}\n```\n"
    (source / "assignments" / "index.md").write_text(text, encoding="utf-8")


def write_guides(source: Path, docs: Path) -> None:
    """Copy the guides that there are; links to files that are no page keep their words alone."""
    (source / "guides").mkdir()
    found = [name for name in GUIDES if (docs / f"{name}.md").exists()]
    for name in found:
        text = (docs / f"{name}.md").read_text(encoding="utf-8")
        kept = re.sub(r"\[([^\]]+)\]\((?!https?:|#)([^)]+)\)", lambda link: _kept(link, found), text)
        (source / "guides" / f"{name}.md").write_text(kept, encoding="utf-8")
    for picture in docs.glob("*.png"):
        shutil.copy(picture, source / "guides")


def _kept(link: re.Match[str], guides: list[str]) -> str:
    page, _, _ = link[2].rpartition("/")[2].partition("#")
    name = page.removesuffix(".md")
    return f"[{link[1]}]({page})" if name in guides or link[2].endswith(".png") else link[1]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
