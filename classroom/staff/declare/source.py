"""A function as self-contained text: itself, and every name of its modules that it needs."""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from classroom.fault import Fault

_BUILTINS = frozenset(dir(__import__("builtins")))


@dataclass(frozen=True)
class _Module:
    """A module's text and the statement that gives each of its top-level names."""

    lines: tuple[str, ...]
    names: dict[str, ast.stmt]
    postponed: bool  # whether annotations are text (from __future__ import annotations)


@dataclass
class _Collected:
    imports: dict[str, None] = field(default_factory=dict)
    blocks: dict[tuple[str, int], str] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)


def self_contained(function: Callable[..., Any]) -> str:
    """Return source that defines the function and all it needs, importing nothing but numpy and the standard library.

    Parameters
    ----------
    function : a function of a module, or one made by `classroom.staff.declare.exercise.edit`

    Returns
    -------
    source : str
        Imports first, then what the function needs, then the function: it can be pasted into a notebook cell.

    Raises
    ------
    Fault
        If its source cannot be found, or it needs a name that no top-level statement of its module gives.
    """
    written = getattr(function, "__self_contained__", None)
    if written is not None:
        return str(written)
    module = sys.modules.get(function.__module__)
    name = function.__name__
    if module is None or name not in _read(module).names:
        return _local(function)
    return _with_all_that_it_needs(module, name)


@cache
def _with_all_that_it_needs(module: ModuleType, name: str) -> str:
    """Return the source of a name of a module; every mutant of a reference asks for that of the reference."""
    collected = _Collected()
    _collect(module, name, collected)
    return _assemble(collected)


def _assemble(collected: _Collected) -> str:
    imports = sorted(collected.imports, key=lambda line: (not line.startswith("from __future__"), line))
    return (
        "\n\n\n".join(["\n".join(imports), *collected.blocks.values()] if imports else collected.blocks.values()) + "\n"
    )


@cache
def _read(module: ModuleType) -> _Module:
    try:
        text = inspect.getsource(module)
    except (OSError, TypeError):
        return _Module((), {}, False)
    tree = ast.parse(text)
    names: dict[str, ast.stmt] = {}
    postponed = False
    for statement in tree.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names[name] = statement
            case ast.ImportFrom(module="__future__"):
                postponed = True
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.split(".")[0]: statement for alias in aliases}
            case ast.Assign(targets=targets):
                names |= {leaf.id: statement for t in targets for leaf in ast.walk(t) if isinstance(leaf, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names[name] = statement
    return _Module(tuple(text.splitlines()), names, postponed)


def _collect(module: ModuleType, name: str, collected: _Collected) -> None:
    if (module.__name__, name) in collected.seen:
        return
    collected.seen.add((module.__name__, name))
    read = _read(module)
    statement = read.names[name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        _collect_import(module, statement, name, collected)
        return
    _leave_out_annotations(module, statement)
    for needed in _free_names(statement):
        if needed in read.names:
            _collect(module, needed, collected)
        elif needed not in _BUILTINS and not needed.startswith("__"):
            raise Fault(f"{module.__name__}.{name} needs {needed}, which its module does not define at top level")
    if read.postponed:
        collected.imports["from __future__ import annotations"] = None
    collected.blocks[(module.__name__, statement.lineno)] = _text_of(statement, read.lines)


def _leave_out_annotations(module: ModuleType, statement: ast.stmt) -> None:
    """Drop the decorators that gave back the very function: what they note of it is no part of what it does."""
    made = getattr(module, getattr(statement, "name", ""), None)
    if isinstance(statement, ast.FunctionDef) and isinstance(made, FunctionType):
        first = min([statement.lineno, *(decorator.lineno for decorator in statement.decorator_list)])
        if (made.__code__.co_filename, made.__code__.co_firstlineno) == (module.__file__, first):
            statement.decorator_list = []


def _collect_import(
    module: ModuleType, statement: ast.Import | ast.ImportFrom, name: str, collected: _Collected
) -> None:
    alias = next(alias for alias in statement.names if (alias.asname or alias.name.split(".")[0]) == name)
    renamed = f" as {alias.asname}" if alias.asname else ""
    if isinstance(statement, ast.Import):
        collected.imports[f"import {alias.name}{renamed}"] = None
        return
    source = resolve_name("." * statement.level + (statement.module or ""), module.__package__)
    top = source.split(".")[0]
    if top == "numpy" or top in sys.stdlib_module_names:
        collected.imports[f"from {source} import {alias.name}{renamed}"] = None
        return
    home = sys.modules.get(source) or __import__(source, fromlist=["*"])
    if alias.asname or alias.name not in _read(home).names:
        raise Fault(f"{module.__name__} imports {alias.name} from {source}: import it from where it is defined")
    _collect(home, alias.name, collected)


@cache
def _free_names(statement: ast.stmt) -> tuple[str, ...]:
    """Names that a statement reads and does not bind itself, in order of appearance."""
    bound: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                bound.add(name)
            case ast.arg(arg=name):
                bound.add(name)
            case ast.Name(id=name, ctx=ast.Store()):
                bound.add(name)
            case ast.ExceptHandler(name=str(name)):
                bound.add(name)
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                bound |= {alias.asname or alias.name.split(".")[0] for alias in aliases}
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
    found: dict[str, None] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in bound:
            found[node.id] = None
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            continue
    return tuple(found)


def _text_of(statement: ast.stmt, lines: tuple[str, ...]) -> str:
    first = min([statement.lineno, *(item.lineno for item in getattr(statement, "decorator_list", []))])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return "\n".join(lines[first - 1 : statement.end_lineno])


def _local(function: Callable[..., Any]) -> str:
    """Source of a function defined inside another one, or in no module; it may need numpy only."""
    try:
        # From 3.13 on, Python keeps the text of `python -c`, and takes it for that of every function without a file.
        if not Path(inspect.getfile(function)).is_file():
            raise OSError
        text = textwrap.dedent(inspect.getsource(function)).rstrip()
    except (OSError, TypeError):
        raise Fault(f"the source of {function.__name__} cannot be found: define it in a file") from None
    statement = ast.parse(text).body[0]
    needed = [name for name in _free_names(statement) if name not in _BUILTINS]
    if needed not in ([], ["np"]):
        raise Fault(
            f"{function.__name__} is defined inside another function and needs {', '.join(needed)}: move it out"
        )
    return f"import numpy as np\n\n\n{text}\n"


def define(source: str, name: str, origin: str) -> Callable[..., Any]:
    """Run self-contained source and return the function of that name.

    Parameters
    ----------
    source : what `self_contained` returned, perhaps edited
    name : the function wanted
    origin : shown as the file in tracebacks
    """
    import linecache

    filename = f"<{origin}>"
    namespace: dict[str, Any] = {"__name__": f"<{origin}>"}
    exec(compile(source, filename, "exec"), namespace)
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    function = namespace[name]
    function.__self_contained__ = source
    return function
