"""What a claim is computed from: the statements of a lecture that lead to its numbers, by following names backwards."""

import ast
from collections.abc import Iterable, Iterator

_SCOPES = ast.FunctionDef | ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def lineage(tree: ast.Module, id: str) -> ast.Module:
    """Return the statements of a lecture that the claim of this id is computed from, its own the last of them.

    A statement belongs to them when it gives a value to a name that a later one of them reads.  A name counts from
    where it was last assigned as a whole, so that another experiment's `found` is none of this one's.
    """
    own = next((place for place, statement in enumerate(tree.body) if id in _claims(statement)), None)
    if own is None:
        return ast.Module([], [])
    kept, wanted = [tree.body[own]], _read(tree.body[own])
    for statement in reversed(tree.body[:own]):
        if made := _made(statement) & wanted:
            kept.append(statement)
            if isinstance(statement, ast.Assign | ast.FunctionDef) and made <= _made_whole(statement):
                wanted -= made
            wanted |= _read(statement)
    return ast.Module(kept[::-1], [])


def _claims(statement: ast.stmt) -> Iterator[str]:
    for call in (node for node in ast.walk(statement) if isinstance(node, ast.Call)):
        if ast.unparse(call.func) == "claim" and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)


def _read(statement: ast.stmt) -> set[str]:
    """Return the names that a statement takes from outside of itself."""
    names = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    scopes: list[ast.AST] = [node for node in ast.walk(statement) if isinstance(node, _SCOPES)]
    scopes += [node.target for node in ast.walk(statement) if isinstance(node, ast.For)]
    return {node.id for node in names if isinstance(node.ctx, ast.Load)} - set(_bound(scopes))


def _bound(scopes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the parameters of functions, and the names that these, comprehensions and loops run over give values to."""
    for node in (node for scope in scopes for node in ast.walk(scope)):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _made(statement: ast.stmt) -> set[str]:
    """Return the names that a statement gives a value to, whole or in part: `found`, `found[0]`, `found.append`."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    inner = {id(node) for scope in ast.walk(statement) if isinstance(scope, _SCOPES) for node in ast.walk(scope)}
    made = set()
    for node in ast.walk(statement):
        if id(node) in inner:
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            made.add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            made |= _base(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            made |= _base(node.value.func)
    return made


def _made_whole(statement: ast.Assign | ast.FunctionDef) -> set[str]:
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    targets = [node for target in statement.targets for node in ast.walk(target)]
    return {node.id for node in targets if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _base(node: ast.expr) -> set[str]:
    """Return the name at the root of `name[…].part`, unless the node is a name alone."""
    root = node
    while isinstance(root, ast.Subscript | ast.Attribute):
        root = root.value
    return {root.id} if root is not node and isinstance(root, ast.Name) else set()
