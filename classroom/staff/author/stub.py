"""From the staff's notebook to the student's: the text between solution marks is removed."""

from typing import Any

from nbgrader.preprocessors import NbGraderPreprocessor

from classroom.fault import Fault
from classroom.staff.author.notebook import BEGIN, END

CODE = "raise NotImplementedError  # your code here"


def stubbed(source: str) -> str:
    """Replace each region between solution marks: inside a function by a stub, at the left margin by nothing.

    A cell without marks (a bug to be hunted, a drawing) stays as it is.  A region at the left margin is the value of an
    answer whose empty form is written above it, and a statement that raises would stop the whole notebook there.
    """
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        mark = line.strip()
        if mark == BEGIN:
            if inside:
                raise Fault(f"a solution begins inside a solution: {source.splitlines()[0]!r}")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            if indent:
                kept.append(indent + CODE)
        elif mark == END:
            if not inside:
                raise Fault(f"a solution ends that never began: {source.splitlines()[0]!r}")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise Fault(f"a solution begins and never ends: {source.splitlines()[0]!r}")
    return "\n".join(kept).rstrip("\n")


class Stub(NbGraderPreprocessor):
    """Make stubs when nbgrader generates an assignment; nbgrader_config.py names it."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> tuple[Any, Any]:
        """Clear the solution of one cell."""
        cell.source = stubbed(cell.source)
        return cell, resources
