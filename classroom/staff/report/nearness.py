"""What is near to the course's own text without being it: a reason for staff to look, and no verdict.

What equals it, names apart, earns nothing (`classroom.judge.course_text`).  Here single statements may differ.
Students are not told, and it costs nothing: people who write the same steps come near each other.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from classroom.judge.course_text import functions_of, normal_form, statement_forms

# The right answers of all assignments, other right ones and known wrong ones included, are below 0.7; the course's text
# with one statement in eight changed is at 0.88.
NEAR = 0.75


@dataclass(frozen=True)
class Near:
    """A function of a student, and the course's function that most of its statements are like.

    exercise : in whose answer it stands; "" in a cell of the student's own
    share : of the statements of both that are alike, names apart, in the same order
    """

    exercise: str
    function: str
    course: str
    share: float


def near_course(
    sources: Iterable[tuple[str, str]], shipped: Mapping[str, Sequence[str]], own: Mapping[str, str]
) -> list[Near]:
    """Find what is near to the course's own text, the nearest first.

    Parameters
    ----------
    sources : pairs (exercise, text of a cell)
    shipped : forms of the statements of the course's functions, by name
    own : names of the course's functions by normal form: whoever equals one has been told
    """
    found = [
        Near(exercise, name, *nearest)
        for exercise, source in sources
        for name, form, statements in _functions(source)
        if form not in own and (nearest := _nearest(statements, shipped))
    ]
    return sorted(found, key=lambda one: -one.share)


@lru_cache(maxsize=4096)
def _functions(source: str) -> list[tuple[str, str, tuple[str, ...]]]:
    try:
        functions = list(functions_of(ast.parse(source)))
        return [(name, normal_form(function), statement_forms(function)) for name, function in functions]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _nearest(statements: Sequence[str], shipped: Mapping[str, Sequence[str]]) -> tuple[str, float] | None:
    counted = Counter(statements)
    best = ("", NEAR)
    for name, others in shipped.items():
        both = len(statements) + len(others)
        if 2 * min(len(statements), len(others)) < best[1] * both:
            continue
        most = 2 * (counted & Counter(others)).total() / both  # in whatever order
        if most >= best[1]:
            share = SequenceMatcher(None, statements, others, autojunk=False).ratio()
            best = (name, share) if share >= best[1] else best
    return best if best[0] else None
