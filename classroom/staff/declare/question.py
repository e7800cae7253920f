"""A question and its choices, written as text."""

import re
import textwrap

from classroom.fault import Fault
from classroom.staff.declare.declaration import Quiz


def question(identifier: str, text: str, choices: str, *, right: str, points: float) -> Quiz:
    r"""Read a question with its choices.

    Parameters
    ----------
    identifier : the id of its check
    text : the question
    choices : for each choice a line ``letter: choice`` and, indented below it, the sentences that a student reads who
        has chosen it
    right : the letter of the right choice
    points : what it is worth

    Raises
    ------
    Fault
        If a choice lacks one of its parts, or the right one is none of them.

    Examples
    --------
    >>> question("sum", "What is 1 + 1?", '''
    ...     a: 2
    ...         Yes.
    ...     b: 11
    ...         These are numbers, no words.
    ... ''', right="a", points=2).choices
    {'a': '2', 'b': '11'}
    """
    said: dict[str, str] = {}
    because: dict[str, str] = {}
    for entry in re.split(r"\n(?=\S)", textwrap.dedent(choices).strip("\n")):
        first, *rest = (line.strip() for line in entry.splitlines())
        letter, colon, choice = first.partition(": ")
        if not colon or not rest or letter in said:
            raise Fault(
                f"{identifier}: a choice reads 'letter: choice', each letter once, with the sentences for who chooses "
                f"it indented below, not {first!r}"
            )
        said[letter], because[letter] = choice, " ".join(rest)
    if right not in said:
        raise Fault(f"{identifier}: the right choice {right!r} is none of {', '.join(said)}")
    return Quiz(id=identifier, points=points, question=text, choices=said, right=right, because=because)
