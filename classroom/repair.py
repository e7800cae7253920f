"""`classroom repair`: put the cells of a notebook that grading needs back, as they were released, and keep all answers.

The notebook as it was released lies in the answer sheet beside it.
"""

import copy
import json
from dataclasses import dataclass, field
from pathlib import Path

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.notebook_file import Cell, checksum, grade_id, is_stub, noted, read_notebook, released_again, source_of


@dataclass
class Repaired:
    """What was done.

    notebook : the file; backup : where its old content lies, None if nothing had to be done
    done : one sentence for each cell
    """

    notebook: Path
    backup: Path | None = None
    done: list[str] = field(default_factory=list)

    def to_text(self) -> str:
        """Lay it out for a terminal."""
        if self.backup is None:
            return f"{self.notebook.name}: nothing to repair, all cells are in place"
        lines = [f"{self.notebook.name}: repaired", *(f"  {one}" for one in self.done)]
        return "\n".join([*lines, f"  what it was before lies in {self.backup.name}"])


def repair(path: Path) -> Repaired:
    """Repair a notebook; where there is nothing to do, the file is left as it is.

    Parameters
    ----------
    path : the notebook; its answer sheet (.npz) lies beside it

    Raises
    ------
    Fault
        If the file cannot be read, or the sheet does not hold the notebook as it was released.
    """
    content = path.read_bytes()
    notebook = read_notebook(path, content)
    sheet = AnswerSheet.load(path.with_suffix(".npz"))
    if not sheet.notebook:
        raise Fault(
            f"{path.stem}.npz does not hold the notebook as it was released: {released_again()} and paste your "
            "answers into the new notebook"
        )
    released = [cell for cell in json.loads(sheet.notebook)["cells"] if grade_id(cell)]
    found = Repaired(path)
    cells = _mend(notebook["cells"], released, found.done)
    if found.done:
        found.backup = _free_name(path)
        write_whole(found.backup, content)
        mended = {**notebook, "cells": cells}
        # Halves of surrogate pairs stay what they are: JSON writes them with a backslash too.
        write_whole(path, (json.dumps(mended, ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace"))
    return found


def _free_name(path: Path) -> Path:
    """Return a name for the backup that is not taken: no earlier backup is written over."""
    number, backup = 1, path.with_name(f"{path.stem}.before-repair.ipynb")
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.stem}.before-repair-{number}.ipynb")
    return backup


def _mend(cells: list[Cell], released: list[Cell], done: list[str]) -> list[Cell]:
    """Return the cells with those that were released in their place, and say what was done."""
    by_id = {grade_id(cell): cell for cell in released}
    cells = _recognised(cells, by_id, done)
    mended: list[Cell] = []
    met: set[str] = set()
    for cell in cells:
        right = by_id.get(grade_id(cell))
        if right is None:
            mended.append(cell)
        elif grade_id(cell) in met:
            mended += _copy_of(cell, right, done)
        else:
            met.add(grade_id(cell))
            mended += _in_place(cell, right, done)
    return _with_missing(mended, released, done)


def _recognised(cells: list[Cell], by_id: dict[str, Cell], done: list[str]) -> list[Cell]:
    """Give cells whose notes were lost, as some editors lose them, their notes back."""
    known = {grade_id(cell) for cell in cells}
    lost = {name: cell for name, cell in by_id.items() if name not in known}
    found = []
    for cell in cells:
        match = next((name for name, right in lost.items() if not grade_id(cell) and _same_cell(cell, right)), "")
        if match:
            cell = {**cell, "metadata": copy.deepcopy(lost.pop(match)["metadata"])}
            done.append(f"{match}: its notes for grading were lost, and are back")
        found.append(cell)
    return found


def _same_cell(cell: Cell, right: Cell) -> bool:
    if "id" in cell and cell["id"] == right.get("id"):
        return True
    return bool(noted(right).get("locked")) and source_of(cell) == source_of(right)


def _in_place(cell: Cell, right: Cell, done: list[str]) -> list[Cell]:
    """Return a cell as it should be: an answer keeps its text, a locked cell gets back the one it was released with."""
    name = grade_id(right)
    if not noted(right).get("locked"):
        if noted(cell) != noted(right) or cell.get("cell_type") != right["cell_type"]:
            done.append(f"{name}: your answer is kept, its notes for grading are back")
            return [_of_type(cell, right)]
        return [cell]
    if noted(cell) == noted(right) and checksum(cell) == checksum(right):
        return [cell]
    put_back = [{**copy.deepcopy(right), **({"id": cell["id"]} if "id" in cell else {})}]
    if source_of(cell).strip() and source_of(cell) != source_of(right):
        done.append(f"{name}: put back as it was released; what you had written there stands below it, as text")
        return [*put_back, _as_text(cell, name)]
    done.append(f"{name}: put back as it was released")
    return put_back


def _of_type(cell: Cell, right: Cell) -> Cell:
    """Return a cell with the text that it has, in the form of another one."""
    extra: Cell = {"outputs": [], "execution_count": None} if right["cell_type"] == "code" else {}
    kept = {key: value for key, value in cell.items() if key in ("id", "source", *extra)}
    return {**extra, **kept, "cell_type": right["cell_type"], "metadata": copy.deepcopy(right["metadata"])}


def _as_text(cell: Cell, name: str) -> Cell:
    """Keep the text of a cell where it neither runs nor is graded."""
    text = f"What stood in the cell {name} before it was repaired:\n\n{source_of(cell)}"
    return {"cell_type": "raw", "metadata": {}, "source": text} | (
        {"id": f"{name[:50]}-before"} if "id" in cell else {}
    )


def _copy_of(cell: Cell, right: Cell, done: list[str]) -> list[Cell]:
    """Return what becomes of a second cell of one name: nothing, unless somebody has written in it."""
    name = grade_id(right)
    if source_of(cell) == source_of(right) or (not noted(right).get("locked") and is_stub(cell)):
        done.append(f"{name}: it was there twice, the copy is gone")
        return []
    if noted(right).get("locked"):
        done.append(f"{name}: it was there twice; what the copy said stands there as text")
        return [_as_text(cell, f"{name}-copy")]
    done.append(f"{name}: it was there twice; the second one is kept as a cell of your own")
    return [{**cell, "metadata": {}}]


def _with_missing(cells: list[Cell], released: list[Cell], done: list[str]) -> list[Cell]:
    """Put each cell that is missing behind the one that it followed when it was released."""
    present = {grade_id(cell) for cell in cells}
    before = ""
    for right in released:
        name = grade_id(right)
        if name not in present:
            place = next((i + 1 for i, cell in enumerate(cells) if before and grade_id(cell) == before), 0)
            cells.insert(place, copy.deepcopy(right))
            empty = "" if noted(right).get("locked") else ", empty as it was released"
            done.append(f"{name}: it was missing and is back{empty}")
        before = name
    return cells
