"""A student's page of feedback: what was earned and what there is to gain, and below it the graded notebook."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from classroom.judge.message import SIGNS, message
from classroom.judge.verdict import Verdict
from classroom.staff.grade import markdown
from classroom.staff.report.lecture_link import Lectures
from classroom.staff.report.marks import Mark, Marks
from classroom.staff.report.outline import Item, Outline
from classroom.staff.report.page import coloured, environment, style_of_code

TEMPLATE = "feedback_page.html"
# How a page begins, up to what it was made from: enough of a file to tell whether it is stale.
HEAD_BYTES = 400


@dataclass(frozen=True)
class Sources:
    """All that a page of feedback is made from.

    key : of the stored result, which identifies the notebook and the verdicts
    reason : why it could not be graded
    submitted, due : in words, in the course's time zone; "" where there is none
    """

    marks: Marks
    outline: Outline
    key: str
    reason: str = ""
    submitted: str = ""
    due: str = ""
    lectures: Lectures = dataclasses.field(default_factory=Lectures)

    @property
    def digest(self) -> str:
        """A hash of the sources and of what lays the page out; when it changes, the page is stale."""
        said = json.dumps(dataclasses.asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(f"{_layout_digest()}\0{said}".encode()).hexdigest()[:32]


@cache
def _layout_digest() -> str:
    here = Path(__file__)
    files = [
        here,
        here.with_name(TEMPLATE),
        here.with_name("lecture_link.py"),
        here.with_name("page.py"),
        Path(markdown.__file__),
    ]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()


def is_stale(path: Path, sources: Sources) -> bool:
    """Whether a page has still to be written, or was made from something else."""
    try:
        with open(path, "rb") as file:
            return f'content="{sources.digest}"'.encode() not in file.read(HEAD_BYTES)
    except FileNotFoundError:
        return True


def render(sources: Sources, result: Mapping[str, Any]) -> str:
    """Lay out a page.

    Parameters
    ----------
    sources : marks, outline and lateness
    result : of `classroom.staff.grade.examine`, with its ``notebook`` and ``verdicts``

    Returns
    -------
    str
        One HTML file: no script, nothing that is loaded; whatever a student wrote in it is text.
    """
    verdicts = {grade_id: Verdict.from_json(made) for grade_id, made in result["verdicts"].items()}
    rows = [_row(item, sources, verdicts.get(item.cell)) for item in sources.outline.items]
    return str(
        environment()
        .get_template(TEMPLATE)
        .render(
            title=sources.outline.title,
            digest=sources.digest,
            marks=sources.marks,
            submitted=sources.submitted,
            due=sources.due,
            late=duration(sources.marks.late),
            open=[row for row in rows if row["gain"] > 0],
            done=[row for row in rows if row["gain"] <= 0],
            reason=sources.reason,
            notes=result.get("notes", []),
            cells=[_cell(cell, verdicts, sources.marks) for cell in result["notebook"]["cells"]],
            colours=style_of_code(),
        )
    )


def _row(item: Item, sources: Sources, verdict: Verdict | None) -> dict[str, Any]:
    """Return the row of an exercise: its points, and the first line of what was found."""
    mark = sources.marks.marks.get(item.cell, Mark(item.points))
    outcome, first = "", ""
    if verdict is not None:
        outcome = verdict.outcome
        first = next((line for line in message(verdict).open if line.strip()), "")
    elif not item.exercise:
        first = "a person has still to look at this" if mark.waiting else "" if mark.manual is not None else "no answer"
    return {
        "item": item,
        "sign": SIGNS.get(outcome, ""),
        "outcome": outcome,
        "score": mark.score,
        "points": mark.points,
        "gain": round(mark.points - mark.score, 4),
        "by_hand": mark.manual is not None or mark.extra != 0,
        "line": _VOID.get(item.void, first),
        "comment": sources.marks.comments.get(item.cell, ""),
        "link": sources.lectures.link(item.section),
    }


_VOID = {"full": "void: everybody has full points", "out": "void: it is not counted"}


def _cell(cell: Mapping[str, Any], verdicts: Mapping[str, Verdict], marks: Marks) -> dict[str, Any]:
    """Return what the template shows of a cell."""
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    metadata = cell.get("metadata", {})
    noted = metadata.get("nbgrader", {})
    grade_id = str(noted.get("grade_id", ""))
    shown: dict[str, Any] = {"id": grade_id, "kind": cell["cell_type"], "comment": marks.comments.get(grade_id, "")}
    shown["mark"] = marks.marks.get(grade_id) if noted.get("grade") else None
    shown["answer"] = bool(noted.get("solution"))
    if cell["cell_type"] != "code":
        rendered = metadata.get("rendered")
        return shown | {"html": (markdown.sanitized if rendered else markdown.to_html)(source)}
    shown["code"] = coloured(source)
    verdict = verdicts.get(grade_id)
    if verdict is not None:
        return shown | {"message": message(verdict), "outcome": verdict.outcome.replace(" ", "-"), "outputs": []}
    return shown | {"message": None, "outputs": [one for output in cell["outputs"] for one in _output(output)]}


def _output(output: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a student's cell showed: text and pictures, nothing else."""
    kind = output["output_type"]
    if kind == "stream":
        text = output["text"]
        return [{"kind": "text", "text": text if isinstance(text, str) else "".join(text)}]
    if kind == "error":
        return [{"kind": "error", "text": "\n".join(output["traceback"])}]
    data = output.get("data", {})
    if "image/png" in data:
        alt = str(output.get("metadata", {}).get("alt", "")) or "a figure of this notebook"
        return [{"kind": "picture", "text": "".join(data["image/png"].split()), "alt": alt}]
    return [{"kind": "text", "text": str(data.get("text/plain", ""))}]


def duration(span: dt.timedelta) -> str:
    """Say a length of time in words; empty for none.

    Examples
    --------
    >>> duration(dt.timedelta(days=1, hours=3, minutes=20))
    '1 day 3 hours'
    """
    if span <= dt.timedelta():
        return ""
    minutes = max(1, round(span.total_seconds() / 60))
    parts = [(minutes // 1440, "day"), (minutes % 1440 // 60, "hour"), (minutes % 60, "minute")]
    said = [f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in parts if count]
    return " ".join(said[:2])
