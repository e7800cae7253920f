"""The changes that turn right code into code that is probably wrong, each at one place of its syntax tree.

No operator knows an exercise.  Each is called with a node and yields the nodes that may stand in its place.
"""

import ast
import copy
from collections.abc import Callable, Iterator, Mapping

Change = tuple[str, ast.AST]  # what was done, in a word or two, and the new node
Operator = Callable[[ast.AST], Iterator[Change]]

OTHER_SIGNS: Mapping[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div, ast.Mult),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
OTHER_COMPARISONS: Mapping[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
# Names that are taken for each other, of numpy's functions and methods and of Python's.
CONFUSED = (
    ("sum", "mean"),
    ("sum", "prod"),
    ("max", "min"),
    ("argmax", "argmin"),
    ("maximum", "minimum"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("floor", "ceil"),
    ("exp", "expm1"),
    ("log", "log1p"),
    ("sqrt", "square"),
    ("var", "std"),
    ("sin", "cos"),
    ("abs", "square"),
    ("any", "all"),
    ("standard_normal", "random"),
    ("normal", "uniform"),
    ("upper", "lower"),
    ("vstack", "hstack"),
)
OTHER_NAMES: dict[str, list[str]] = {}
for _one, _other in CONFUSED:
    OTHER_NAMES.setdefault(_one, []).append(_other)
    OTHER_NAMES.setdefault(_other, []).append(_one)
UFUNCS = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _with(node: ast.AST, **changed: object) -> ast.AST:
    """Return a shallow copy of a node with some fields changed."""
    made = copy.copy(node)
    for name, value in changed.items():
        setattr(made, name, value)
    return made


def arithmetic(node: ast.AST) -> Iterator[Change]:
    """Exchange a sign, change places of its two sides, or drop one of them."""
    if isinstance(node, ast.BinOp):
        for sign in OTHER_SIGNS.get(type(node.op), ()):
            yield "another sign", _with(node, op=sign())
        yield "a term dropped", node.left
        yield "a term dropped", node.right
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
            yield "sides exchanged", _with(node, left=node.right, right=node.left)
    elif isinstance(node, ast.AugAssign):
        for sign in OTHER_SIGNS.get(type(node.op), ()):
            yield "another sign", _with(node, op=sign())
        yield "= for +=", ast.Assign([node.target], node.value, lineno=0)
    elif isinstance(node, ast.UnaryOp):
        yield "a sign dropped", node.operand


def condition(node: ast.AST) -> Iterator[Change]:
    """Exchange a comparison, turn a condition, leave out one of several, or take one branch always."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for comparison in OTHER_COMPARISONS[type(node.ops[0])]:
            yield "another comparison", _with(node, ops=[comparison()])
    elif isinstance(node, ast.BoolOp):
        yield "and for or", _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        for value in node.values:
            yield "a condition alone", value
    elif isinstance(node, ast.IfExp):
        yield "always the first branch", node.body
        yield "always the second branch", node.orelse
    elif isinstance(node, ast.If | ast.While):
        yield "a condition turned", _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        if isinstance(node, ast.If):
            yield "always the first branch", _with(node, test=ast.Constant(True))
            yield "always the second branch", _with(node, test=ast.Constant(False))


def constant(node: ast.AST) -> Iterator[Change]:
    """Change a number a little."""
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield "another constant", ast.Constant(not value)
    elif isinstance(value, int):
        for other in dict.fromkeys((value + 1, value - 1, 0)):
            if other != value:
                yield "another constant", _number(other)
    elif isinstance(value, float):
        for number in dict.fromkeys((2 * value, 10 * value, -value, 0.0)):
            if number != value:
                yield "another constant", _number(number)


def _number(value: float) -> ast.expr:
    return _parsed(repr(value))


def axes(node: ast.AST) -> Iterator[Change]:
    """Leave an item out of a tuple or list, or exchange two: axes, shapes, index tuples, outputs, arguments."""
    if not isinstance(node, ast.Tuple | ast.List) or isinstance(node.ctx, ast.Store) or not node.elts:
        return
    for index in range(len(node.elts)):
        if len(node.elts) > 1:
            yield "an item dropped", _with(node, elts=[*node.elts[:index], *node.elts[index + 1 :]])
        if index:
            exchanged = [*node.elts[: index - 1], node.elts[index], node.elts[index - 1], *node.elts[index + 1 :]]
            yield "items exchanged", _with(node, elts=exchanged)


def slices(node: ast.AST) -> Iterator[Change]:
    """Move or drop a bound, drop or turn a step, leave out an index."""
    if isinstance(node, ast.Slice):
        if node.lower is not None:
            yield "a bound dropped", _with(node, lower=None)
            yield "a bound moved", _with(node, lower=ast.BinOp(node.lower, ast.Add(), ast.Constant(1)))
        if node.upper is not None:
            yield "a bound dropped", _with(node, upper=None)
            yield "a bound moved", _with(node, upper=ast.BinOp(node.upper, ast.Sub(), ast.Constant(1)))
        if node.step is not None:
            yield "a step dropped", _with(node, step=None)
        elif node.lower is None and node.upper is None:
            yield "the first left out", _with(node, lower=ast.Constant(1))
            yield "turned round", _with(node, step=_parsed("-1"))
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield "an index left out", node.value


def calls(node: ast.AST) -> Iterator[Change]:
    """Call another function, leave a call or an option out, exchange two arguments."""
    if not isinstance(node, ast.Call):
        return
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for other in OTHER_NAMES.get(called, ()):
        func = ast.Name(other, ast.Load()) if isinstance(node.func, ast.Name) else _with(node.func, attr=other)
        yield "another function", _with(node, func=func)
    for index, keyword in enumerate(node.keywords):
        yield f"{keyword.arg}= left out", _with(node, keywords=[*node.keywords[:index], *node.keywords[index + 1 :]])
    for index in range(1, len(node.args)):
        exchanged = [*node.args[: index - 1], node.args[index], node.args[index - 1], *node.args[index + 1 :]]
        yield "arguments exchanged", _with(node, args=exchanged)
        yield "an argument left out", _with(node, args=[*node.args[:index], *node.args[index + 1 :]])
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield "a call left out", node.args[0]
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") not in ("np", "math", "rng"):
        yield "a method left out", node.func.value  # .copy(), .T and .astype() among them


def attributes(node: ast.AST) -> Iterator[Change]:
    """Leave a transposition out."""
    if isinstance(node, ast.Attribute) and node.attr == "T" and isinstance(node.ctx, ast.Load):
        yield ".T left out", node.value


def statements(node: ast.AST) -> Iterator[Change]:
    """Remove a statement, stop a loop after one turn, write into what was given instead of into something new."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr | ast.Raise | ast.For | ast.If):
        yield "a statement removed", ast.Pass()
    if isinstance(node, ast.For | ast.While):
        yield "one turn only", _with(node, body=[*node.body, ast.Break()])
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and type(node.value.op) in UFUNCS:
        left = node.value.left
        if isinstance(left, ast.Name):
            ufunc = ast.Attribute(ast.Name("np", ast.Load()), UFUNCS[type(node.value.op)], ast.Load())
            written = ast.Call(ufunc, [left, node.value.right], [ast.keyword("out", left)])
            yield "in place", _with(node, value=written)


def outputs(node: ast.AST) -> Iterator[Change]:
    """Return another precision, or something that was changed in place."""
    if not isinstance(node, ast.Return) or node.value is None:
        return
    values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
    for index, value in enumerate(values):
        for dtype in ("float32", "float64"):
            cast = ast.Call(_parsed(f"np.{dtype}"), [value], [])
            changed = [*values[:index], cast, *values[index + 1 :]]
            whole: ast.expr = ast.Tuple(changed, ast.Load()) if isinstance(node.value, ast.Tuple) else cast
            yield f"to {dtype}", _with(node, value=whole)
        if isinstance(value, ast.BinOp) and isinstance(value.left, ast.Name) and type(value.op) in UFUNCS:
            ufunc = ast.Attribute(ast.Name("np", ast.Load()), UFUNCS[type(value.op)], ast.Load())
            written = ast.Call(ufunc, [value.left, value.right], [ast.keyword("out", value.left)])
            changed = [*values[:index], written, *values[index + 1 :]]
            whole = ast.Tuple(changed, ast.Load()) if isinstance(node.value, ast.Tuple) else written
            yield "in place", _with(node, value=whole)


def names(node: ast.AST) -> Iterator[Change]:
    """Draw from a generator of one's own."""
    if isinstance(node, ast.Name) and node.id == "rng" and isinstance(node.ctx, ast.Load):
        yield "a generator of its own", _parsed("np.random.default_rng(0)")


OPERATORS: tuple[Operator, ...] = (
    arithmetic,
    condition,
    constant,
    axes,
    slices,
    calls,
    attributes,
    statements,
    outputs,
    names,
)
