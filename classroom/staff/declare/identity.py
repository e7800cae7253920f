"""Identities that right code has, written as an equation behind the calls that it is about."""

import ast
import operator
from collections.abc import Mapping, Sequence

from classroom.call.value import Value
from classroom.fault import Fault
from classroom.judge.relation import Adjoint, Combination, Conserved, Differ, Equal, Relation
from classroom.staff.declare.declaration import Draw, Property

_RULE = (
    "an identity ends in an equation: names, sums of names with factors, or sum(name) and sum(name * name), "
    "on both sides of == (or !=)"
)

_ARITHMETIC = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def identity(
    title: str,
    *lines: str,
    inputs: Mapping[str, Value] | Draw,
    part: str | Sequence[str] | None = None,
    kind: str = "",
    hidden: str = "",
    limit: float | None = None,
    why: str = "",
) -> Property:
    """Declare an identity that needs no reference: calls, and in the last line what holds for their results.

    Parameters
    ----------
    title : what the student reads, in a few words
    lines : calls `targets = function(arguments)`, and at the end one equation of targets and inputs, in one of the
        forms of the examples
    inputs : plain data by name, or a function of an rng that draws it
    part : the part of the points, or several of them, that it costs; by default all
    kind : of an identity that can be a hidden one too, what the student is told when it fails
    hidden : the kind under which it is asked once more, on inputs drawn for each class; then `inputs` is a function
    limit : the relative error allowed, by default the tolerance of the exercise
    why : with an inequality, the end of the sentence that the student reads

    Returns
    -------
    Property

    Raises
    ------
    Fault
        If the last line is no such equation.

    Examples
    --------
    >>> zero = {"x": 0.0}
    >>> identity("odd", "y = f(x)", "z = f(-x)", "y + z == 0", inputs=zero).relation.terms
    {'y': 1, 'z': 1}
    >>> equations = ["y == x", "y != x", "2 * y - x == 3", "sum(y) == sum(x)", "sum(y, 0, 2) == 1"]
    >>> [type(identity("", "y = f(x)", equation, inputs=zero).relation).__name__ for equation in equations]
    ['Equal', 'Differ', 'Combination', 'Conserved', 'Conserved']
    >>> identity("", "y = f(x)", "sum(y * x) == sum(x * x)", inputs=zero).relation
    Adjoint(one=('y', 'x'), other=('x', 'x'), limit=None)
    """
    *calls, equation = lines
    relation = _relation(equation, limit, why)
    return Property(relation, title=title, part=part, kind=kind, hidden=hidden, calls=calls, inputs=inputs)


def _relation(equation: str, limit: float | None, why: str) -> Relation:
    """Read an equation."""
    match ast.parse(equation.strip()).body:
        case [ast.Expr(ast.Compare(left, [ast.Eq() | ast.NotEq() as sign], [right]))]:
            pass
        case _:
            raise Fault(f"{_RULE}, not {equation!r}")
    try:
        match sign, left, right:
            case ast.NotEq(), ast.Name(), ast.Name():
                return Differ(left.id, right.id, why)
            case ast.Eq(), ast.Name(), ast.Name():
                return Equal(left.id, right.id, limit=limit)
            case ast.Eq(), ast.Call(args=[ast.BinOp()]), ast.Call():
                return Adjoint(_product(left), _product(right), limit=limit)
            case ast.Eq(), ast.Call(ast.Name("sum"), [ast.Name(name), *axes]), _:
                over = tuple(int(_number(axis)) for axis in axes)
                return Conserved(name, _side(_summed(right, axes)), over, limit=limit)
            case ast.Eq(), _, _:
                return Combination(_terms(left), _side(right), limit=limit)
    except _Strange:
        pass
    raise Fault(f"{_RULE}, not {equation!r}")


class _Strange(Exception):
    """A part of an equation that has none of the known forms."""


def _product(call: ast.Call) -> tuple[str, str]:
    match call:
        case ast.Call(ast.Name("sum"), [ast.BinOp(ast.Name(first), ast.Mult(), ast.Name(second))], []):
            return first, second
    raise _Strange


def _summed(side: ast.expr, axes: list[ast.expr]) -> ast.expr:
    """Return what is summed on the right, over the same axes as on the left, or the number written there."""
    match side:
        case ast.Call(ast.Name("sum"), [ast.Name() as name, *others], []):
            if [_number(axis) for axis in others] != [_number(axis) for axis in axes]:
                raise _Strange
            return name
        case ast.Name():
            raise _Strange
    return side


def _side(side: ast.expr) -> str | float:
    return side.id if isinstance(side, ast.Name) else _number(side)


def _number(node: ast.expr) -> float:
    """Evaluate an expression of numbers."""
    match node:
        case ast.Constant(int() | float() as value):
            return value
        case ast.UnaryOp(ast.USub(), operand):
            return -_number(operand)
        case ast.BinOp(first, sign, second) if type(sign) in _ARITHMETIC:
            return _ARITHMETIC[type(sign)](_number(first), _number(second))
    raise _Strange


def _terms(node: ast.expr) -> dict[str, float]:
    """Return the factor of each name in a sum."""
    match node:
        case ast.Name(name):
            return {name: 1}
        case ast.UnaryOp(ast.USub(), operand):
            return {name: -factor for name, factor in _terms(operand).items()}
        case ast.BinOp(factor, ast.Mult(), ast.Name(name)):
            return {name: _number(factor)}
        case ast.BinOp(first, ast.Add() | ast.Sub() as sign, second):
            terms, more = _terms(first), _terms(second)
            if terms.keys() & more.keys():
                raise _Strange
            return terms | {name: factor if isinstance(sign, ast.Add) else -factor for name, factor in more.items()}
    raise _Strange
