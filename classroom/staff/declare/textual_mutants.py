"""Mutants written as text: each is an edit of a reference, with the sentence that explains it."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

from classroom.fault import Fault
from classroom.staff.declare.declaration import Mutant, edit

_HEAD = re.compile(r"(?P<name>\w+): (?P<change>.+)")


def textual_mutants(function: Callable[..., Any], text: str) -> list[Mutant]:
    r"""Read mutants that are a small edit away from a reference.

    Parameters
    ----------
    function : the reference
    text : for each mutant a line ``name: old => new`` and, indented below it, the sentence that the student reads.
        A long new text may stand on the next line, behind its ``=>``.  A mutant that differs in two places has its
        second edit on a line of its own, ``and old => new``.  The two characters ``\n`` stand for a new line,
        in a raw string.

    Returns
    -------
    list of Mutant

    Raises
    ------
    Fault
        If an entry lacks one of its parts, or an old text does not occur in the function exactly once.

    Examples
    --------
    >>> from solutions.activation import relu_backward
    >>> [mutant.name for mutant in textual_mutants(relu_backward, '''
    ...     sign_at_zero: grad_y * (x > 0) => grad_y * (x >= 0)
    ...         At x = 0 you pass the gradient on. The course sets the derivative there to 0.
    ... ''')]
    ['sign_at_zero']
    """
    made = []
    for entry in filter(str.strip, re.split(r"\n(?=\S)", textwrap.dedent(text).strip("\n"))):
        lines = [line.strip() for line in entry.splitlines()]
        behind = 1 + max((at for at, line in enumerate(lines) if "=> " in line), default=0)
        edits, sentence = _edits(lines[:behind]), " ".join(lines[behind:]).strip()
        head = _HEAD.fullmatch(edits[0])
        changes = [head["change"] if head else "", *edits[1:]]
        if head is None or not sentence or not all(" => " in change for change in changes):
            raise Fault(
                f"{function.__name__}: a mutant reads 'name: old => new' with its sentence indented below, "
                f"not {lines[0]!r}"
            )
        texts = [side.replace(r"\n", "\n") for change in changes for side in change.split(" => ", 1)]
        changed = edit(function, *texts)
        made.append(Mutant(head["name"], changed, sentence))
    return made


def _edits(lines: list[str]) -> list[str]:
    """Put the lines of each edit together: a new text may be written below its old one."""
    edits = [lines[0]]
    for line in lines[1:]:
        if line.startswith("and "):
            edits.append(line.removeprefix("and "))
        else:
            edits[-1] += f" {line}"
    return edits
