"""Interleaved calls: two cases made one, in which both go forward before either goes back, as layers do."""

import ast
from collections.abc import Mapping, Sequence

from classroom.call import script
from classroom.staff.declare.declaration import Case


def with_interleaved(cases: Sequence[Case], first: int = 0, second: int = 1) -> list[Case]:
    """Return the cases, and one more that interleaves two of them; no option should be the same in both."""
    return [*cases, interleaved("two layers in turn", cases[first], cases[second])]


def interleaved(name: str, first: Case, second: Case, kind: str = "") -> Case:
    """Return a case that runs the first call of both cases, and then the rest of both.

    What a forward pass keeps belongs in its cache: a backward pass that looks elsewhere, in a variable of the notebook
    say, finds what the other one left there.

    Parameters
    ----------
    name, kind : of the new case
    first, second : cases of at least two calls; inputs, targets and outputs of the second get a 2 behind their names
    """
    later = _renamed(second)
    calls = [first.calls[0], later.calls[0], *first.calls[1:], *later.calls[1:]]
    part = _parts(first) | _parts(later, second)
    return Case(
        name, {**first.inputs, **later.inputs}, calls, (*first.outputs, *later.outputs), kind, part, square=first.square
    )


def _parts(case: Case, before: Case | None = None) -> dict[str, str]:
    """The part of the points that each output counts for, by default that of its own name before it was renamed."""
    names = (before or case).outputs
    if isinstance(case.part, Mapping):
        return {new: case.part[old] for new, old in zip(case.outputs, names, strict=True)}
    return {new: case.part or old for new, old in zip(case.outputs, names, strict=True)}


def _renamed(case: Case) -> Case:
    trees = [ast.parse(call) for call in case.calls]
    called = {call.function for call in script.parse(case.calls)}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id not in called and node.id != "_":
                node.id += "2"
    return Case(
        case.name,
        {f"{name}2": value for name, value in case.inputs.items()},
        [ast.unparse(tree) for tree in trees],
        tuple(f"{name}2" for name in case.outputs),
        part=case.part,
    )
