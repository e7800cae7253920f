"""Reading a submission: what of a student's file counts, and what is put back as staff released it."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.notebook_file import CELL_CHARS, FILE_BYTES, NOTEBOOK_CHARS, text_of
from classroom.staff.grade.exam import Exam, RecordCell
from classroom.staff.grade.recognition import recognised

CELLS = 2000


class Unreadable(Exception):
    """The file cannot be graded; the message tells the student why."""


@dataclass
class Cell:
    """One cell to be run, shown or judged: its text, and staff's record of it if it has one."""

    cell_type: str
    source: str
    record: RecordCell | None = None

    @property
    def is_check(self) -> bool:
        return self.record is not None and bool(self.record.exercise)


@dataclass
class Submission:
    """The cells in the order in which they are examined, and what was put right on the way."""

    cells: list[Cell]
    notes: list[str] = field(default_factory=list)
    answered: dict[str, bool] = field(default_factory=dict)  # answer cells: whether the student changed them


def read(data: bytes, exam: Exam) -> Submission:
    """Read a student's notebook and restore staff's cells.

    Notes
    -----
    The file contributes the text of answer cells, markdown and extra code cells, and nothing else: locked cells and
    all metadata come from the record, matched by grade id.  Of copies of a cell the last counts, as in nbgrader.

    Raises
    ------
    Unreadable
        If it is too large, not JSON, or no notebook.
    """
    return restore(_parse(data), exam)


def _parse(data: bytes) -> list[dict[str, Any]]:
    if len(data) > FILE_BYTES:
        # No more than this has been read of it, so how large it is cannot be said.
        raise Unreadable(f"the file has more than {FILE_BYTES / 1e6:.0f} MB: clear the outputs and save it again")
    if not data.strip():
        raise Unreadable("the file is empty: save the notebook again before it is handed in")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("the file is not text in UTF-8, so it is no notebook") from None
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("the file is not JSON, so it is no notebook: open it in Jupyter and save it again") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
            raise Unreadable("the notebook has the format of before 2014: open it in Jupyter and save it again")
        raise Unreadable("the file has no list of cells, so it is no notebook")
    if not notebook["cells"]:
        raise Unreadable("the notebook has no cells")
    if len(notebook["cells"]) > CELLS:
        raise Unreadable(f"the notebook has {len(notebook['cells'])} cells, at most {CELLS} are read")
    return notebook["cells"]


def _grade_id(cell: Mapping[str, Any]) -> str | None:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return grade_id if isinstance(grade_id, str) else None


def restore(raw: Sequence[Any], exam: Exam) -> Submission:
    """Put a student's cells and staff's cells together."""
    found = Submission([])
    names = {index: _grade_id(cell) or "" for index, cell in enumerate(raw) if isinstance(cell, dict)}
    names |= recognised(raw, names, exam, found.notes)
    last = {name: index for index, name in names.items()}
    cells: list[Cell] = []
    left = NOTEBOOK_CHARS
    seen_locked: dict[str, int] = {}
    for index, cell in enumerate(raw):
        if not isinstance(cell, dict):
            found.notes.append(f"entry {index + 1} of the file is no cell and was left out")
            continue
        source = text_of(cell)
        if source is None or len(source) > min(CELL_CHARS, left):
            found.notes.append(f"cell {index + 1} has no text, or too much of it, and was left out")
            source = ""
        left -= len(source)
        record = exam.by_id.get(names[index])
        if record is not None and last[record.grade_id] != index:
            both = cell.get("cell_type") == "code" and not record.locked  # a copy of an answer, or its first half
            what = "both run, and what both define counts as the last one has it" if both else "the last one counts"
            found.notes.append(f"cell {record.grade_id} is there more than once: {what}")
            record = None
            if cell.get("cell_type") == "code" and exam.by_id[names[index]].locked:
                continue  # a copy of a check or a setup cell has nothing of the student in it
        if record is None:
            kind = cell.get("cell_type")
            cells.append(Cell(kind if kind in ("code", "markdown", "raw") else "raw", source))
            continue
        if cell.get("cell_type") != record.cell_type:
            found.notes.append(
                f"cell {record.grade_id} was turned into {cell.get('cell_type')!a:.20} and is {record.cell_type} again"
            )
        if record.locked:
            if source != record.source:
                found.notes.append(f"cell {record.grade_id} is locked and was changed: staff's text was put back")
            seen_locked[record.grade_id] = len(cells)
        else:
            found.answered[record.grade_id] = source.strip() != record.source.strip()
        cells.append(Cell(record.cell_type, record.source if record.locked else source, record))
    found.cells = _in_order(cells, exam, found)
    return found


def _in_order(cells: list[Cell], exam: Exam, found: Submission) -> list[Cell]:
    """Return the cells with staff's in the places that the record gives them.

    A locked cell stays where the student left it, but never before the answers that precede it in the record, nor
    before an earlier locked cell.  A missing cell is put back: a locked one behind its predecessor, an answer as the
    stub that was released.
    """
    place = {cell.record.grade_id: index for index, cell in enumerate(cells) if cell.record is not None}
    order: dict[int, list[Cell]] = {}
    moved: set[int] = set()
    front = -1  # the latest place of anything of the record so far
    for record in exam.cells:
        at = place.get(record.grade_id)
        if at is None:
            found.notes.append(f"cell {record.grade_id} is missing: it was put back as it was released")
            found.answered.setdefault(record.grade_id, False) if not record.locked else None
            order.setdefault(front, []).append(Cell(record.cell_type, record.source, record))
        elif at < front and record.locked:
            found.notes.append(f"cell {record.grade_id} was moved: it is back behind what it needs")
            moved.add(at)
            order.setdefault(front, []).append(cells[at])
        else:
            front = max(front, at)
    result = list(order.get(-1, []))
    for index, cell in enumerate(cells):
        if index not in moved:
            result.append(cell)
        result += order.get(index, [])
    return result


def notebook_json(cells: list[dict[str, Any]], exam: Exam) -> dict[str, Any]:
    """Return a notebook with these cells and staff's own metadata."""
    return {"cells": cells, "metadata": copy.deepcopy(dict(exam.metadata)), "nbformat": 4, "nbformat_minor": 5}
