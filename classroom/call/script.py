"""The scripts of checks: calls written as one line of Python each, read without running them.

    y, cache = relu_forward(x)
    grad_x = relu_backward(grad_y, cache)

A line is `targets = function(arguments)`, or `targets = parts["name"](arguments)` for a function in a dict.  Arguments
are names of inputs or earlier targets, literals, and tuples or lists of these; targets are names or nested tuples of
names, and `_` ignores what it is given.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

Target = str | tuple["Target", ...]


@dataclass(frozen=True)
class Name:
    """An argument that is the value of an input or of an earlier target."""

    name: str


@dataclass(frozen=True)
class Literal:
    """An argument that is written in the script itself."""

    value: Any


@dataclass(frozen=True)
class Group:
    """A tuple or list of arguments."""

    items: tuple["Argument", ...]
    is_list: bool


Argument = Name | Literal | Group


@dataclass(frozen=True)
class Call:
    """One line of a script.

    function : the name of what is called, or of the dict that holds it under the key `item`
    """

    text: str
    targets: Target
    function: str
    arguments: tuple[Argument, ...]
    keywords: tuple[tuple[str, Argument], ...]
    item: str = ""

    @cached_property
    def defines(self) -> tuple[str, ...]:
        """The names that this line gives a value to."""
        return target_names(self.targets)

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The names of inputs and earlier targets among its arguments."""
        found: list[str] = []
        for argument in (*self.arguments, *(argument for _, argument in self.keywords)):
            found += names_in(argument)
        return tuple(found)


def target_names(target: Target) -> tuple[str, ...]:
    """Return the names in a target, `_` left out."""
    if isinstance(target, str):
        return () if target == "_" else (target,)
    return tuple(name for item in target for name in target_names(item))


def names_in(argument: Argument) -> list[str]:
    """Return the names that an argument refers to."""
    if isinstance(argument, Name):
        return [argument.name]
    if isinstance(argument, Group):
        return [name for item in argument.items for name in names_in(item)]
    return []


@lru_cache(maxsize=4096)
def parse_call(text: str) -> Call:
    """Read one line of a script.

    Raises
    ------
    ValueError
        If the line is not of the form `targets = function(arguments)`.
    """
    rule = "a line of a script reads  targets = function(arguments)  with names and literals only"
    try:
        statements = ast.parse(text.strip()).body
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not Python ({error.msg}): {rule}") from None
    statement = statements[0] if len(statements) == 1 else None
    match statement:
        case ast.Assign(targets=[target], value=ast.Call(func=ast.Name() | ast.Subscript() as called) as call):
            function, item = _called(called, text, rule)
            keywords = []
            for keyword in call.keywords:
                if keyword.arg is None:
                    raise ValueError(f"{text!r} holds **: {rule}")
                keywords.append((keyword.arg, _argument(keyword.value, text)))
            arguments = tuple(_argument(argument, text) for argument in call.args)
            return Call(text.strip(), _target(target, text), function, arguments, tuple(keywords), item)
    raise ValueError(f"{text!r} is not a call: {rule}")


def parse(script: Sequence[str]) -> tuple[Call, ...]:
    """Read a script given line by line."""
    return tuple(map(parse_call, script))


def _called(node: ast.Name | ast.Subscript, text: str, rule: str) -> tuple[str, str]:
    match node:
        case ast.Name(id=name):
            return name, ""
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str(item))) if item:
            return name, item
    raise ValueError(f"{text!r} calls what has no name: {rule}")


def _target(node: ast.expr, text: str) -> Target:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(_target(item, text) for item in items)
    raise ValueError(f"{text!r} assigns to something that is no name: targets are names or tuples of names")


def _argument(node: ast.expr, text: str) -> Argument:
    match node:
        case ast.Name(id=name):
            return Name(name)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return Group(tuple(_argument(item, text) for item in items), isinstance(node, ast.List))
    try:
        return Literal(ast.literal_eval(node))
    except ValueError:
        raise ValueError(f"{text!r} has an argument that is no name and no literal: make it an input") from None


def statements_of(source: str) -> list[ast.stmt]:
    """Return the statements of a cell; none of what the parser cannot read: no Python yet, or nested without end."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def written_anew(node: ast.AST) -> str | None:
    """Return the source of a part of a cell as the parser sees it; None where it is nested too deeply."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return None


def check_cell(source: str) -> tuple[str, tuple[str, ...]] | None:
    """Read a check cell, `check("exercise", name, ...)`: its exercise and the names it passes; None for other cells."""
    for statement in statements_of(source):
        match statement:
            case ast.Expr(
                value=ast.Call(func=ast.Name(id="check"), args=[ast.Constant(value=str(exercise)), *names])
            ) if all(isinstance(name, ast.Name) for name in names):
                return exercise, tuple(name.id for name in names if isinstance(name, ast.Name))
    return None
