"""A notebook's file: read with one sentence for each way in which it can be broken, its cells by their ids.

Nothing but the standard library is needed, so it works wherever a notebook does.
"""

import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from classroom.call.clock import IN_BROWSER
from classroom.fault import Fault

Cell = dict[str, Any]
FILE_BYTES = 20 << 20  # of a notebook that is graded; one of text and a few figures has under one million
CELL_CHARS = 400_000  # of the text of one cell
NOTEBOOK_CHARS = 1_000_000  # of the text of all cells, outputs aside: an assignment of this course has a tenth
STUB = "raise NotImplementedError"  # what an answer says that nobody has written


def read_notebook(path: Path, content: bytes | None = None) -> dict[str, Any]:
    """Read a notebook.

    Parameters
    ----------
    path : of the file
    content : its bytes, where they were read already

    Returns
    -------
    notebook : dict
        Its "cells" are a list of dicts.

    Raises
    ------
    Fault
        If it is empty, holds a merge conflict, was cut off, or is something else; the sentence says how to mend that.
    """
    content = path.read_bytes() if content is None else content
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Fault(f"{path.name} is not text in UTF-8, so it is no notebook: {_saved_copy(path)}") from None
    if not text.strip():
        raise Fault(f"{path.name} is empty: {_saved_copy(path)}")
    if conflict := re.search(r"^(<{7}|>{7}) .*$", text, re.MULTILINE):
        line = text.count("\n", 0, conflict.start()) + 1
        raise Fault(
            f"{path.name} holds a merge conflict (line {line}, {conflict[0][:40]!a}): take one of the two versions "
            f"whole, with  git checkout --ours {path.name}  or  git checkout --theirs {path.name}"
        )
    try:
        notebook = json.loads(text)
    except RecursionError:
        raise Fault(f"{path.name} is nested too deeply to be a notebook: {_saved_copy(path)}") from None
    except ValueError as error:
        cut = text.lstrip().startswith("{") and not text.rstrip().endswith("}")
        what = "ends in the middle" if cut else f"is no notebook ({str(error)[:60]})"
        raise Fault(f"{path.name} {what}: {_saved_copy(path)}") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise Fault(f"{path.name} is no notebook: {_saved_copy(path)}")
    return dict(notebook)


def _saved_copy(path: Path) -> str:
    """Say where an earlier state of a file may be found."""
    checkpoint = path.parent / ".ipynb_checkpoints" / f"{path.stem}-checkpoint.ipynb"
    if checkpoint.is_file() and checkpoint.stat().st_size:
        return f"Jupyter kept an earlier one, {checkpoint.relative_to(path.parent)}: copy it to {path.name}"
    return f"copy it from where you last had it whole, or {released_again()} and paste your answers"


def released_again() -> str:
    """Say how the assignment is had as it was released, beside one's own copy."""
    if IN_BROWSER:
        return "rename yours, open the assignment from the start page again"
    return "unpack the assignment again"


def text_of(cell: Any) -> str | None:
    """Return the text of a cell as it is handed in, which may be written as a list of lines; None where there is none.

    Halves of surrogate pairs, which no file can hold, become question marks.
    """
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source.encode("utf-8", "replace").decode("utf-8") if isinstance(source, str) else None


def source_of(cell: Cell) -> str:
    """Return the text of a cell with the same ends of lines everywhere; "" where there is none."""
    return (text_of(cell) or "").replace("\r\n", "\n")


def noted(cell: Any) -> dict[str, Any]:
    """Return what nbgrader has noted of a cell; some editors write other things there."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}


def grade_id(cell: Any) -> str:
    """Return the name under which a cell is graded; "" of cells that are nobody's but the student's."""
    return str(noted(cell).get("grade_id", ""))


def is_stub(cell: Cell) -> bool:
    """Whether an answer is still to be written."""
    return STUB in source_of(cell)


def checksum(cell: Cell) -> str:
    """Digest a cell as nbgrader does when it releases an assignment."""
    marks = noted(cell)
    flags = (str(bool(marks.get(flag))) for flag in ("grade", "solution", "locked"))
    parts = [source_of(cell), str(cell.get("cell_type")), *flags, str(marks.get("grade_id"))]
    if marks.get("grade"):
        parts.append(_points(marks.get("points")))
    return hashlib.md5("".join(parts).encode()).hexdigest()


def _points(value: Any) -> str:
    """Write points as nbgrader digests them; what is no number equals none."""
    try:
        return str(float(value))
    except (TypeError, ValueError, OverflowError):
        return ascii(value)[:20]


def described(cells: list[Any], place: int) -> str:
    """Say which cell is meant, so that a reader finds it: its number and how it begins."""
    first = next((line for line in source_of(cells[place]).splitlines() if line.strip()), "")
    return f"cell {place + 1}" + (f" ({first.strip()[:40]!r})" if first else "")


def skip_address_grammars() -> None:
    """Spare what imports jsonschema, as nbformat does, the 2 s that it spends on grammars of addresses.

    No notebook has a field whose form is that of an address in other letters than ours.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
