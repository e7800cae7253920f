"""Whose answers are alike: whole assignments, compared by the form of what was written, never judged.

Fingerprints are those of copydetect (MIT): runs of tokens in which every name is the same, so that renaming changes
nothing.  Only answer cells count, without docstrings, comments and signatures; what the release gave and what half of
the class wrote is left out.  Short exercises have no fingerprint, and in one exercise innocent answers reach .93: so no
number is ever given for one.
"""

import ast
import itertools
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import median
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.store import Store
from classroom.staff.report.marks import read_marks
from classroom.staff.report.outline import Outline, read_outline

SMALLEST_CLASS = 8  # with fewer students half of the class is three, and a distribution no distribution
TOKENS = 25  # of a fingerprint: copydetect's own choice
FEW = 40  # fingerprints; whoever has fewer has written too little to be compared
_RARE = 0.1  # share of the class that makes a bug rare; at least two students


@dataclass(frozen=True)
class Work:
    """What one student wrote: by exercise the sources of its functions, and the bugs that were recognised."""

    student: str
    name: str
    answers: Mapping[str, str]
    bugs: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Pair:
    """Two students whose work is alike.

    share : of the fingerprints of whoever wrote less, those that the other has too
    exercises : those that carry the match, the most of it first
    bugs : exercise and name of rare known bugs that both made
    """

    first: Work
    second: Work
    share: float
    exercises: tuple[str, ...] = ()
    bugs: tuple[tuple[str, str], ...] = ()


@dataclass
class Ranking:
    """The pairs of a class, the most alike first, and how alike the class is among itself."""

    students: int
    pairs: list[Pair] = field(default_factory=list)
    short: list[Work] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median similarity of all pairs."""
        return median(pair.share for pair in self.pairs) if self.pairs else 0.0

    def quantile(self, level: float) -> float:
        """Return the similarity that this share of the pairs does not exceed."""
        ordered = sorted(pair.share for pair in self.pairs)
        return ordered[min(len(ordered) - 1, math.ceil(level * len(ordered)) - 1)] if ordered else 0.0


def rank(works: Sequence[Work], released: Mapping[str, str]) -> Ranking:
    """Compare everybody with everybody.

    Parameters
    ----------
    works : of the class
    released : by exercise, what the release gave in the place of an answer

    Raises
    ------
    Fault
        If there are fewer than eight students.
    """
    if len(works) < SMALLEST_CLASS:
        raise Fault(
            f"{len(works)} students have handed in: below {SMALLEST_CLASS} there is no class to compare with, "
            "so nothing is said"
        )
    given = set().union(*(fingerprints(source) for source in released.values()))
    written = [{name: fingerprints(source) - given for name, source in work.answers.items()} for work in works]
    frequent = _frequent(written)
    kept = [{name: found - frequent for name, found in one.items()} for one in written]
    whole = [set().union(*one.values()) for one in kept]
    ranking = Ranking(len(works), short=[work for work, all_ in zip(works, whole, strict=True) if len(all_) < FEW])
    rare = _rare_bugs(works)
    compared = [place for place, all_ in enumerate(whole) if len(all_) >= FEW]
    for one, other in itertools.combinations(compared, 2):
        share = len(whole[one] & whole[other]) / min(len(whole[one]), len(whole[other]))
        bugs = tuple(sorted(works[one].bugs & works[other].bugs & rare))
        ranking.pairs.append(Pair(works[one], works[other], share, _carriers(kept[one], kept[other]), bugs))
    ranking.pairs.sort(key=lambda pair: (-pair.share, pair.first.student, pair.second.student))
    return ranking


def _frequent(written: Iterable[Mapping[str, frozenset[int]]]) -> set[int]:
    """Return what half of the class shares: it comes from the exercise, not from a student."""
    students = list(written)
    counts = Counter(one for answers in students for one in set().union(*answers.values()))
    return {one for one, count in counts.items() if 2 * count >= len(students)}


def _carriers(one: Mapping[str, frozenset[int]], other: Mapping[str, frozenset[int]]) -> tuple[str, ...]:
    shared = {name: len(found & other.get(name, frozenset())) for name, found in one.items()}
    return tuple(sorted((name for name, count in shared.items() if count), key=lambda name: -shared[name]))


def _rare_bugs(works: Sequence[Work]) -> set[tuple[str, str]]:
    counts = Counter(bug for work in works for bug in work.bugs)
    return {bug for bug, count in counts.items() if count <= max(2, _RARE * len(works))}


@lru_cache(maxsize=4096)
def fingerprints(source: str) -> frozenset[int]:
    """Return the fingerprints of an answer: of every run of tokens, so that each run of the command finds the same.

    (Winnowing would keep those with the smallest hash, and Python's hashes are other ones in every process.)
    """
    text = _bodies(source)
    if not text.strip():
        return frozenset()
    try:
        from copydetect.utils import filter_code, get_document_fingerprints
    except ModuleNotFoundError:
        raise Fault("comparing work needs copydetect: pip install 'layerwise[similarity]'") from None
    tokens, _ = filter_code(text, "answer.py", "python")
    if len(tokens) < TOKENS:
        return frozenset()
    hashes, _ = get_document_fingerprints(tokens, TOKENS, 1, [])
    return frozenset(int(one) for one in hashes)


def _bodies(source: str) -> str:
    """Return the bodies of an answer's functions without docstrings and comments; a broken answer as it is."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source
    statements: list[ast.stmt] = []
    for node in tree.body:
        statements += node.body if isinstance(node, ast.FunctionDef) else [node]
    docstrings = set()
    for inner in ast.walk(tree):
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(inner) is not None:
            docstrings.add(inner.body[0])
            inner.body = inner.body[1:] or [ast.Pass()]
    statements = [
        one for one in statements if one not in docstrings and not isinstance(one, ast.Import | ast.ImportFrom)
    ]
    try:
        return "\n".join(ast.unparse(one) for one in statements)
    except RecursionError:
        return source


def read_works(course: Folders, name: str) -> tuple[list[Work], dict[str, str]]:
    """Read what a class wrote for an assignment, and what the release gave it to begin with."""
    outline, store = read_outline(course, name), Store(course.workshop / name)
    path = course.folder("release") / name / f"{name}.ipynb"
    released = _answers(json.loads(path.read_text(encoding="utf-8")), outline)
    works = []
    for student, marks in read_marks(course, name).items():
        result = store.get(str(store.recorded(student).get("key")))
        if result is not None and result["outcome"] == "graded":
            found = {cell: verdict["diagnosis"] for cell, verdict in result["verdicts"].items() if verdict["diagnosis"]}
            bugs = frozenset((cell, str(diagnosis["name"])) for cell, diagnosis in found.items())
            works.append(Work(student, marks.name, _answers(result["notebook"], outline), bugs))
    return works, released


def _answers(notebook: Mapping[str, Any], outline: Outline) -> dict[str, str]:
    """Return the answer cells' sources, each under the first exercise that checks it."""
    sources = {}
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        if cell["cell_type"] == "code":
            sources[cell["metadata"].get("nbgrader", {}).get("grade_id", "")] = source
    named: dict[str, str] = {}
    for item in outline.items:
        if item.exercise and item.answer in sources:
            named.setdefault(item.answer, item.exercise)
    return {exercise: sources[answer] for answer, exercise in named.items()}
