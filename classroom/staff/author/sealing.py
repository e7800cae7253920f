"""Predictions whose answer cannot be read in the cell that asks.

The text of a lecture says `predict("How many?", answer=75, because="...")`.  A reader of the notebook would see the
answer before the question has had time to work, so the build writes both in a form that only `predict` reads.
"""

import ast

from classroom.predict import seal

_SEALED = ("answer", "because")


def seal_predictions(source: str) -> str:
    """Replace the answers and reasons that a cell writes out in calls of predict.

    Parameters
    ----------
    source : str
        Of one code cell.  What it computes and does not write out stays as it is, and so does a cell that is not plain
        Python.

    Returns
    -------
    str
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    lines = [line.encode() for line in source.split("\n")]  # ast counts columns in bytes
    for node in sorted(_written_out(tree), key=lambda node: (node.lineno, node.col_offset), reverse=True):
        first, last = node.lineno - 1, node.end_lineno - 1
        sealed = repr(seal(ast.literal_eval(node))).replace("'", '"').encode()
        lines[first : last + 1] = [lines[first][: node.col_offset] + sealed + lines[last][node.end_col_offset :]]
    return b"\n".join(lines).decode()


def _written_out(tree: ast.AST) -> list[ast.expr]:
    """Give the literal answers and reasons of all calls of predict."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    calls = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "predict"]
    values = [keyword.value for call in calls for keyword in call.keywords if keyword.arg in _SEALED]
    return [value for value in values if _is_literal(value)]


def _is_literal(node: ast.expr) -> bool:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return False
    return isinstance(value, str | int | float) and not isinstance(value, bool)
