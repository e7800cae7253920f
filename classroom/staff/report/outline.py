"""The outline of an assignment: its graded cells in the notebook's order, the heading above each, where to read on."""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from classroom.call.script import check_cell
from classroom.fault import Fault
from classroom.staff.declare.declaration import Assignment, Section
from classroom.staff.declare.loader import declaration_files, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import void_of

_HEADING = re.compile(r"^#{1,3} (?P<text>.+)$", re.MULTILINE)
_NUMBER = re.compile(r"^\d+ · ")
_POINTS = re.compile(r"\s*\(\d[^()]*points?\)$")


@dataclass(frozen=True)
class Item:
    """A graded cell.

    cell : its grade id; exercise : the exercise that it checks, "" for an answer that a person grades
    void : "full" where everybody has full points, "out" where it is out of the sum
    answer : grade id of the answer cell above it; functions : those that the exercise asks for
    heading : of the part of the notebook that it belongs to, without number and points
    section : of the lecture that explains it
    """

    cell: str
    exercise: str
    heading: str
    points: float
    section: Section | None = None
    answer: str = ""
    functions: tuple[str, ...] = ()
    void: str = ""

    @property
    def name(self) -> str:
        """What the row of a table is called."""
        return self.exercise or self.cell


@dataclass(frozen=True)
class Outline:
    """The graded cells of an assignment in the order of its released notebook."""

    name: str
    title: str
    items: tuple[Item, ...]
    number: int = 0

    @property
    def points(self) -> float:
        """All points that there are."""
        return sum(item.points for item in self.items)

    def in_order(self, cells: Collection[str]) -> list[str]:
        """Return cells as the notebook has them; those that it has no more stand last."""
        known = [item.cell for item in self.items if item.cell in cells]
        return known + [cell for cell in cells if cell not in known]


def read_outline(course: Folders, name: str) -> Outline:
    """Read the outline of a released assignment.

    Raises
    ------
    Fault
        If it is not released.
    """
    path = course.folder("release") / name / f"{name}.ipynb"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Fault(f"{name} is not released: {path} does not exist; run  classroom release {name}") from None
    declared = _declared(course.folder("source") / name)
    return Outline(name, declared.title, tuple(_items(notebook, declared)), declared.number)


def _items(notebook: Mapping[str, Any], declared: Assignment) -> list[Item]:
    heading, answer, found = "", "", []
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        marks = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] == "markdown" and (headings := _HEADING.findall(source)):
            heading = _POINTS.sub("", _NUMBER.sub("", headings[-1].strip()))
        if marks.get("solution"):
            answer = marks["grade_id"]
        if marks.get("grade"):
            called = None if marks["solution"] else check_cell(source)
            exercise = called[0] if called else ""
            section = declared.section_of(exercise) if exercise else None
            asked = next((one for one in declared.exercises if one.id == exercise), None)
            functions = tuple(getattr(asked, "subject", ()))
            points = float(marks.get("points", 0))
            found.append(
                Item(
                    marks["grade_id"], exercise, heading, points, section, answer, functions, void_of(cell["metadata"])
                )
            )
    return found


def _declared(folder: Path) -> Assignment:
    """Load a declaration once for as long as its files stay as they are."""
    stamps = tuple((str(path), path.stat().st_mtime_ns) for path in declaration_files(folder))
    return _loaded(folder, stamps)


@lru_cache(maxsize=32)
def _loaded(folder: Path, stamps: tuple[tuple[str, int], ...]) -> Assignment:
    return load_assignment(folder)
