"""The page of all claims, made from what the built lectures show."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from classroom.atomic_write import write_whole
from classroom.claim import Claim
from classroom.fault import Fault

NAME = "claims.md"
HEADINGS = {
    "does not hold": "Claims that do not hold",
    "holds only if": "Claims that hold on a condition",
    "holds": "Claims that hold",
}
INTRODUCTION = """\
# All claims of the course

Every number below was measured by running the lectures. A lecture is built only if each of its claims stays within its
tolerance, so this page cannot say anything that was not measured. The verdict is about the sentence, as a slide or a
paper states it. `S1-17` is item 17 of source lecture 1, `C22` a remark on something that the sources say differently;
lecture 0 lists the sources.

*Does not hold* is said where the sentence is refuted under its own conditions; a sentence that fails under others
*holds only if* something is added. Each tolerance excludes the value that the opposite verdict would need. Where
trained methods are compared, each has the best of three rates or more, over three seeds or more, unless the sentence
itself names the rate.
"""


class Placed(NamedTuple):
    """A claim and the lecture that shows it."""

    lecture: str
    claim: Claim


def collect(course: Path) -> list[Placed]:
    """Read all claims from the built lectures, in the order of the course.

    Raises
    ------
    Fault
        If a notebook cannot be read, or two claims have the same id.
    """
    found = [placed for path in sorted(course.glob("[0-9][0-9]_*.ipynb")) for placed in _of_notebook(path)]
    lectures: dict[str, str] = {}
    for lecture, claim in found:
        if claim.id in lectures:
            raise Fault(
                f"claim {claim.id} occurs twice, in {lectures[claim.id]} and in {lecture}: give one another name"
            )
        lectures[claim.id] = lecture
    return found


def outputs(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the outputs of a built notebook.

    Raises
    ------
    Fault
        If the file is not a notebook.
    """
    try:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            yield from cell.get("outputs", [])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Fault(f"{path} is not a notebook, build it again") from None


def _of_notebook(path: Path) -> Iterator[Placed]:
    for output in outputs(path):
        record = output.get("metadata", {}).get("classroom", {}).get("claim")
        if record is not None:
            try:
                yield Placed(path.stem, Claim(**record))
            except TypeError:
                raise Fault(f"{path} was built by another version of the course, build it again") from None


def page(claims: Iterable[Placed]) -> str:
    """Write the page: those that do not hold first, then those with a condition, then the others."""
    claims = list(claims)
    sections = [INTRODUCTION]
    counts = [sum(placed.claim.kind == kind for placed in claims) for kind in HEADINGS]
    sections.append(
        f"{len(claims)} claims: {counts[0]} do not hold, {counts[1]} hold on a condition, {counts[2]} hold.\n"
    )
    for kind, heading in HEADINGS.items():
        rows = [_row(placed) for placed in claims if placed.claim.kind == kind]
        if rows:
            head = "| claim | stated | source | expected | measured | verdict |\n|---|---|---|---|---|---|\n"
            sections.append(f"## {heading}\n\n{head}{''.join(rows)}")
    return "\n".join(sections)


def _row(placed: Placed) -> str:
    claim = placed.claim
    cells = [claim.statement, claim.source, claim.expected, claim.measured, claim.verdict]
    return f"| [{claim.id}]({placed.lecture}.ipynb) | {' | '.join(map(_escape, cells))} |\n"


def _escape(text: str) -> str:
    """Make text safe inside a table of Markdown."""
    for letter in "\\|<*_[]$`":
        text = text.replace(letter, "&lt;" if letter == "<" else f"\\{letter}")
    return text


def write(course: Path) -> None:
    """Write the page beside the lectures, or nothing where no lecture has a claim."""
    if claims := collect(course):
        write_whole(course / NAME, page(claims).encode())


def out_of_step(course: Path) -> str:
    """Say in a few words how the page differs from the built lectures; empty where it does not."""
    claims = collect(course)
    path = course / NAME
    if not path.exists():
        return "was never written" if claims else ""
    return "" if path.read_text(encoding="utf-8") == page(claims) else "differs from the lectures, build them again"
