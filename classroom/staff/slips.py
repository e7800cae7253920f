"""Many mutants in little space: each an edit of one reference, written as text."""

import re
import textwrap
from collections.abc import Callable
from typing import Any

from classroom.fault import Fault
from classroom.staff.exercise import Mutant, edit

_HEAD = re.compile(r"(?P<name>\w+)(?P<hidden> \[hidden\])?: (?P<change>.+)")


def slips(function: Callable[..., Any], text: str) -> list[Mutant]:
    r"""Read mutants that are one edit away from a reference.

    Parameters
    ----------
    function : the reference
    text : for each mutant a line ``name: old => new`` and, indented below it, the sentence that the student reads.
        ``name [hidden]:`` tags a mutant that only hidden cases catch.  A long new text may stand on the next line,
        behind its ``=>``.  The two characters ``\n`` stand for a new line, in a raw string.

    Returns
    -------
    list of Mutant

    Raises
    ------
    Fault
        If an entry lacks one of its parts, or its old text does not stand in the function exactly once.

    Examples
    --------
    >>> from solutions.activation import relu_backward
    >>> [mutant.name for mutant in slips(relu_backward, '''
    ...     sign_at_zero: grad_y * (x > 0) => grad_y * (x >= 0)
    ...         At x = 0 you pass the gradient on. The course sets the derivative there to 0.
    ... ''')]
    ['sign_at_zero']
    """
    made = []
    for entry in re.split(r"\n(?=\S)", textwrap.dedent(text).strip("\n")):
        first, *rest = (line.strip() for line in entry.splitlines())
        if rest and rest[0].startswith("=>"):
            first = f"{first} {rest.pop(0)}"
        head = _HEAD.fullmatch(first)
        old, arrow, new = (head["change"] if head else "").partition(" => ")
        sentence = " ".join(rest).strip()
        if head is None or not arrow or not sentence:
            raise Fault(
                f"{function.__name__}: a slip reads 'name: old => new' with its sentence indented below, not {first!r}"
            )
        changed = edit(function, old.replace(r"\n", "\n"), new.replace(r"\n", "\n"))
        made.append(Mutant(head["name"], changed, sentence, tag="hidden" if head["hidden"] else "visible"))
    return made
