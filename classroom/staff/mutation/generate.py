"""All mutants of a function: its self-contained text, changed at one place."""

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classroom.staff.declare.declaration import Exercise
from classroom.staff.declare.source import define, self_contained
from classroom.staff.mutation.operator import OPERATORS


@dataclass(frozen=True)
class AutomaticMutant:
    """A changed text of a function.

    name : of the function that the exercise asks for
    version : which right version of it was changed: "reference", or the name of an alternative
    change : what was done, in a few words
    before, after : the line that was changed
    source : self-contained
    defines : what the function is called in it; an alternative has a name of its own.  By default `name`
    """

    name: str
    version: str
    change: str
    before: str
    after: str
    source: str
    defines: str = ""

    def function(self) -> Callable[..., Any]:
        """Run the text and return the function that it defines."""
        return define(self.source, self.defines or self.name, "mutant")

    def __str__(self) -> str:
        return f"{self.name} [{self.version}] {self.change}: `{self.before}` → `{self.after}`"


Place = tuple[ast.AST, str, int | None]  # a node, the name of its field, and the index where that is a list


class Text:
    """The self-contained text of a right function, and all that may be changed in it.

    Parameters
    ----------
    function : with source
    name : that it goes by in its exercise
    version : where it comes from: "reference", or the name of an alternative
    """

    def __init__(self, function: Callable[..., Any], name: str, version: str = "reference") -> None:
        self.name, self.version, self.defines = name, version, function.__name__
        self._tree = _bare(self_contained(function))
        self._right = ast.unparse(self._tree)
        self._changes = [
            (place, change, other)
            for place in list(_places(self._tree))
            for operator in OPERATORS
            for change, other in operator(_node_at(place))
        ]

    def __len__(self) -> int:
        """Return how many changes there are, a few of which give one text or no Python."""
        return len(self._changes)

    def mutant(self, number: int) -> AutomaticMutant | None:
        """Make one of the changes; None where it makes no Python, or nothing that differs."""
        place, change, other = self._changes[number]
        node = _node_at(place)
        _put(place, other)
        try:
            source = ast.unparse(ast.fix_missing_locations(self._tree))
            compile(source, "<mutant>", "exec")
        except (SyntaxError, TypeError, ValueError, AttributeError):
            return None  # such as a number that would be assigned to
        finally:
            _put(place, node)
        if source == self._right:
            return None
        before, after = _differing_lines(self._right, source)
        return AutomaticMutant(self.name, self.version, change, before, after, source, self.defines)

    def unchanged(self) -> AutomaticMutant:
        """Return the text as it is: it has to pass, or nothing that is said of its mutants is true."""
        return AutomaticMutant(self.name, self.version, "nothing", "", "", self._right, self.defines)


def texts_of(exercise: Exercise) -> list[Text]:
    """Return every right version of the functions that an exercise asks for."""
    found = [Text(exercise.functions[name], name) for name in exercise.subject]
    for alternative in exercise.alternatives:
        versions = exercise.replaced(alternative.functions)
        found += [
            Text(versions[name], name, alternative.name)
            for name in exercise.subject
            if versions[name] is not exercise.functions[name]
        ]
    return found


def draw_mutants(texts: Sequence[Text], count: int, rng: np.random.Generator) -> list[AutomaticMutant]:
    """Draw mutants of these texts, each text once; all of them where there are no more than `count`."""
    every = [(text, number) for text in texts for number in range(len(text))]
    drawn: dict[tuple[str, str, str], AutomaticMutant] = {}
    for index in rng.permutation(len(every)):
        text, number = every[index]
        mutant = text.mutant(number)
        if mutant is not None:
            drawn.setdefault((mutant.name, mutant.version, mutant.source), mutant)
        if len(drawn) == count:
            break
    return list(drawn.values())


def _bare(source: str) -> ast.Module:
    """Parse a text and leave out what does not compute: docstrings, annotations, guards that only raise."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            kept = [statement for statement in node.body if not _is_guard(statement) and not _is_text(statement)]
            node.body, node.returns = kept or [ast.Pass()], None
            for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                argument.annotation = None
    return tree


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _is_guard(statement: ast.stmt) -> bool:
    """Whether it does nothing but refuse wrong arguments."""
    return isinstance(statement, ast.If) and not statement.orelse and isinstance(statement.body[0], ast.Raise)


def _places(tree: ast.Module) -> Iterator[Place]:
    """Yield where each node of the functions stands; imports are left alone."""
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        for parent in ast.walk(statement):
            for field, value in ast.iter_fields(parent):
                if isinstance(value, list):
                    yield from ((parent, field, index) for index, item in enumerate(value) if isinstance(item, ast.AST))
                elif isinstance(value, ast.expr):
                    yield parent, field, None


def _node_at(place: Place) -> ast.AST:
    parent, field, index = place
    held = getattr(parent, field)
    return held if index is None else held[index]


def _put(place: Place, node: ast.AST) -> None:
    parent, field, index = place
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _differing_lines(right: str, source: str) -> tuple[str, str]:
    """Return the first line that differs, before and after; an empty one where it is gone."""
    one, other = right.splitlines(), source.splitlines()
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return (one[at].strip() if at < len(one) else ""), (other[at].strip() if at < len(other) else "")
