"""A piece of a student's answer that can be shown to the class: the function alone, without a word of its author."""

import ast
from collections.abc import Collection, Iterable

LINES = 24  # of an example; a longer one is no example


class _Wordless(ast.NodeTransformer):
    """Takes out what may name its author: docstrings, and the text of strings."""

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return ast.Constant("…")

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("…") if isinstance(node.value, str | bytes) else node


def excerpt(source: str, names: Collection[str]) -> str:
    """Return the functions of these names without comments, docstrings and texts; "" if there are none to show.

    Parameters
    ----------
    source : of an answer cell
    names : the functions that an exercise asks for
    """
    try:
        tree = ast.parse(source)
        kept = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
        found = "\n\n".join(ast.unparse(_bare(node)) for node in kept)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # a hostile or broken answer is no example
    return found if 0 < found.count("\n") + 1 <= LINES else ""


def _bare(node: ast.FunctionDef) -> ast.AST:
    made = _Wordless().visit(node)
    made.body = made.body or [ast.Pass()]
    return ast.fix_missing_locations(made)


def shortest(sources: Iterable[str], names: Collection[str]) -> str:
    """Return the shortest excerpt of several answers: what is not about the mistake distracts from it."""
    return min(
        filter(None, (excerpt(source, names) for source in sources)), key=lambda text: (len(text), text), default=""
    )
