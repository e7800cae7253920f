"""Cells that have lost their metadata: recognised by their ids, by their text, or by what they define."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from classroom.notebook_file import text_of
from classroom.staff.grade.exam import Exam, RecordCell

NAMED = 4  # cells in a sentence
LOST = "cells without metadata, recognised by"
_DEFINED = re.compile(r"^(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)


def recognised(raw: Sequence[Any], names: Mapping[int, str], exam: Exam, notes: list[str]) -> dict[int, str]:
    """Find staff's cells among those that carry no grade id, for instance after nbstripout or another editor.

    Parameters
    ----------
    raw : the cells of the file
    names : grade id by place, "" where there is none
    exam : the assignment
    notes : takes a sentence for what was found

    Returns
    -------
    dict
        Grade id by place, for cells that have none and are one of the record's cells all the same.
    """
    carried = set(names.values())
    missing = [record for record in exam.cells if record.grade_id not in carried]
    loose = {place: raw[place] for place, name in names.items() if name not in exam.by_id}
    found: dict[int, str] = {}
    names_in = functools.cache(
        lambda place: set(defined(_text(raw[place])))
    )  # of thousands of cells, each is read once
    by_definitions = functools.partial(_by_definitions, names_in)
    ways = (("their ids", _by_cell_id), ("their text", _by_text), ("what they define", by_definitions))
    for way, find in ways:
        told = []
        for record in missing:
            place = find(record, {place: cell for place, cell in loose.items() if place not in found})
            if place is not None:
                found[place] = record.grade_id
                told.append(record.grade_id)
        missing = [record for record in missing if record.grade_id not in told]
        answers = [name for name in told if not exam.by_id[name].locked]
        if answers:
            notes.append(_told(answers, way))
    return found | _by_neighbour(missing, names, found, raw, exam, notes)


def _by_cell_id(record: RecordCell, loose: Mapping[int, Any]) -> int | None:
    places = [place for place, cell in loose.items() if record.cell_id and cell.get("id") == record.cell_id]
    return places[0] if len(places) == 1 else None


def _by_text(record: RecordCell, loose: Mapping[int, Any]) -> int | None:
    """Find a locked cell, which is the same in all notebooks; an answer that says the same is only a stub."""
    wanted = record.source.strip()
    places = [
        place
        for place, cell in loose.items()
        if wanted and cell.get("cell_type") == record.cell_type and _text(cell).strip() == wanted
    ]
    return places[0] if places else None


def _by_definitions(names_in: Callable[[int], set[str]], record: RecordCell, loose: Mapping[int, Any]) -> int | None:
    """Find the last code cell that defines all that the released answer cell defines."""
    wanted = set(defined(record.source)) if record.cell_type == "code" and not record.locked else set()
    places = [
        place
        for place, cell in loose.items()
        if wanted and cell.get("cell_type") == "code" and wanted <= names_in(place)
    ]
    return places[-1] if places else None


def _by_neighbour(
    missing: Sequence[RecordCell],
    names: Mapping[int, str],
    found: Mapping[int, str],
    raw: Sequence[Any],
    exam: Exam,
    notes: list[str],
) -> dict[int, str]:
    """Find written answers: text in the place where the released notebook has the answer."""
    places = {name: place for place, name in {**names, **found}.items() if name}
    written: dict[int, str] = {}
    for record in missing:
        before = [one.grade_id for one in exam.cells[: exam.cells.index(record)]]
        place = places[before[-1]] + 1 if before and before[-1] in places else None
        if record.locked or record.cell_type != "markdown" or place is None or names.get(place, "-"):
            continue
        if place not in found and raw[place].get("cell_type") == "markdown":
            written[place] = record.grade_id
            notes.append(_told([record.grade_id], "their place"))
    return written


def _told(answers: Sequence[str], way: str) -> str:
    """Say by what answer cells were recognised; of many, a few names are enough."""
    more = f" and {len(answers) - NAMED} more" if len(answers) > NAMED else ""
    return f"{LOST} {way}: {', '.join(answers[:NAMED])}{more}"


def is_told(note: str) -> bool:
    """Whether a note says that cells were recognised: staff should know of it too."""
    return note.startswith(LOST)


def defined(source: str) -> Iterator[str]:
    """Name what a cell defines at its top level; a cell that is no Python yet defines something too."""
    for match in _DEFINED.finditer(source):
        yield match[1] or match[2]


def _text(cell: Mapping[str, Any]) -> str:
    return text_of(cell) or ""
