"""Which cells of a lecture stay open on its page: the experiments.  The rest is folded behind the word "code"."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FOLDED = "hide-input"  # the tag of a cell whose code is folded, as the site's builder knows it
SHARE = 1 / 3  # of a page's lines of code that stay open, at most
_CALLS = {"claim", "predict", "print"}  # what is said of an experiment
_DRAWING = {"figure", "fig", "axis", "axes", "left", "right", "ledger", "plt"}


def fold(cells: Sequence[dict[str, Any]]) -> None:
    """Tag the cells that are folded: claims, predictions, imports, drawings, and what goes beyond a third of the page.

    Of the experiments those stay open that are measured by a claim in the same cell or the next one, the shortest
    first.
    """
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    room = SHARE * sum(map(_lines, code))
    measured = [_is_measured(code, place) for place in range(len(code))]
    experiments = [place for place, cell in enumerate(code) if is_experiment("".join(cell["source"]))]
    kept = set()
    for place in sorted(experiments, key=lambda place: (not measured[place], _lines(code[place]))):
        if _lines(code[place]) <= room:
            room -= _lines(code[place])
            kept.add(place)
    for place, cell in enumerate(code):
        if place not in kept:
            cell.setdefault("metadata", {}).setdefault("tags", []).append(FOLDED)


def is_experiment(source: str) -> bool:
    """Say whether more than half of a cell's lines compute something, rather than import, draw or report."""
    own = bookkeeping = 0
    for statement in ast.parse(source).body:
        lines = (statement.end_lineno or statement.lineno) - statement.lineno + 1
        if _is_bookkeeping(statement):
            bookkeeping += lines
        else:
            own += lines
    return own > bookkeeping


def _is_bookkeeping(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return True
    return any(name in _DRAWING for name in _roots(statement)) or (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id in _CALLS
    )


def _roots(statement: ast.stmt) -> Iterator[str]:
    """Yield the names whose attributes are used: `axis` of `axis.plot(...)`."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Subscript):
            value = node.value.value if isinstance(node.value, ast.Subscript) else node.value
            if isinstance(value, ast.Name):
                yield value.id


def _is_measured(code: Sequence[Mapping[str, Any]], place: int) -> bool:
    return any("claim(" in "".join(cell["source"]) for cell in code[place : place + 2])


def _lines(cell: Mapping[str, Any]) -> int:
    return len("".join(cell["source"]).splitlines())
