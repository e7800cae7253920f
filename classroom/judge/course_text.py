"""The course's own text, recognised when it is handed in: what every student receives is nobody's answer.

Compared are functions in a normal form, without names, comments, annotations and formatting.  Only functions of eight
statements or more are in question, so that nobody is taken for a copyist who has written the obvious line.
"""

import ast
import base64
import codecs
import contextlib
import dataclasses
import hashlib
import itertools
import linecache
import textwrap
import warnings
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.verdict import Finding, Verdict

STATEMENTS = 8  # a function needs so many to be recognised
_SHORT = 100  # characters of a text that defines no function of eight statements
_LONGEST = 200_000  # bytes that a packed text is unpacked to
_LINKS = 500_000  # between the names of a notebook; those of a course's notebook have a few hundred
_UNREAD = 1000  # characters from which more than a line or two can be put together
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Definition:
    """What a name of a notebook is given by: the normal forms in it, and the names that it uses."""

    forms: frozenset[str]
    uses: frozenset[str]
    written: frozenset[str] = frozenset()  # its texts and numbers, of each statement in one

    def __or__(self, other: "Definition") -> "Definition":
        return Definition(self.forms | other.forms, self.uses | other.uses, self.written | other.written)


def normal_form(function: _Function) -> str:
    """Return a short digest of a function that does not depend on names, comments, annotations and formatting."""
    numbers: dict[str, str] = {}
    digest = hashlib.blake2b(digest_size=8)
    for token in _tokens(function, numbers):
        digest.update(f"{token}\0".encode())
    return digest.hexdigest()


def statements(function: _Function) -> int:
    """Count the statements of a function that do something, those of functions inside it included."""
    found = [node for node in ast.walk(function) if isinstance(node, ast.stmt) and not _is_idle(node)]
    return len(found) - 1


def statement_forms(function: _Function) -> tuple[str, ...]:
    """Return a form for each statement of a function that does something, in their order; a block's is its first line.

    Names are counted anew in each, so that one statement more or less leaves the others as they are.
    """
    return tuple(" ".join(_tokens(_head(node), {})) for node in _in_order(function))


def _in_order(node: ast.AST) -> Iterator[ast.stmt]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.stmt) and not _is_idle(part):
            yield part
        yield from _in_order(part)


def _head(node: ast.stmt) -> ast.stmt:
    blocks = {"body", "orelse", "finalbody", "handlers", "cases"}
    return type(node)(**{name: [] if name in blocks else part for name, part in ast.iter_fields(node)})


def functions_of(tree: ast.AST) -> Iterator[tuple[str, _Function]]:
    """Yield every function that is long enough to be recognised, with its name."""
    for node in ast.walk(tree):
        if isinstance(node, _Function) and statements(node) >= STATEMENTS:
            yield node.name, node


def _is_idle(node: ast.stmt) -> bool:
    return isinstance(node, ast.Pass | ast.Import | ast.ImportFrom) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _tokens(node: ast.AST, numbers: dict[str, str]) -> Iterator[str]:
    """Write a tree as words, each name as the number of its first appearance, texts and messages left out."""

    def number(name: str) -> str:
        return numbers.setdefault(name, f"n{len(numbers)}")

    match node:
        case ast.Name(id=name):
            yield number(name)
        case ast.Constant(value=value):
            plain = float(value) if isinstance(value, int) and not isinstance(value, bool) else value
            yield "text" if isinstance(value, str | bytes) else repr(plain)
        case ast.JoinedStr():
            yield "text"
        case ast.Raise():
            yield "raise"
        case _:
            yield type(node).__name__.replace("AnnAssign", "Assign")
            for field in ("name", "arg", "attr", "rest"):
                said = getattr(node, field, None)
                if isinstance(said, str):
                    yield number(said)
            for part in _parts(node):
                yield from _tokens(part, numbers)
            yield "."


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """Return the parts of a node in their order, without what only a reader sees."""
    skipped = {"decorator_list", "returns", "annotation", "type_comment", "type_params", "ctx"}
    targets = [node.target] if isinstance(node, ast.AnnAssign) else []
    yield from targets
    for field, value in ast.iter_fields(node):
        if field in skipped or value in targets:
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not (isinstance(part, ast.stmt) and _is_idle(part)):
                yield part


@dataclass(frozen=True)
class _Binding:
    """What one statement of a cell does to the names of the notebook.

    names : those that it gives; replaced : whether they have been nothing else then
    late, early : the names that it uses when it is called, and those that it has looked up at once
    changed : names of things that it writes into
    written : the texts and numbers in it
    dynamic : whether it can reach any name, by a text that is made as it runs
    runs : whether it runs a text that is made as it runs
    runners : names that it gives to modules which do so
    """

    names: frozenset[str]
    replaced: bool
    forms: frozenset[str]
    late: frozenset[str]
    early: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    dynamic: bool = False
    runs: bool = False
    runners: frozenset[str] = frozenset()


NOTHING = Definition(frozenset(), frozenset())
ANY = ""  # stands for the names that a notebook defines in no way that can be read
UNREAD = "unread"  # stands among the forms where a text is run that nobody can read
# Whoever uses one of these may reach any name of the notebook, or put anything in its place.
_RUNNING = {"exec", "eval", "compile", "run_cell", "run_cell_magic", "run_line_magic"}
# These lead to them, or do their work: the module of all builtins, and what dataclasses, typing and numpy run texts by.
_RUNNING |= {"builtins", "__builtins__", "f_builtins", "__self__", "__getattribute__", "_create_fn", "runstring"}
_RUNNING |= {"ForwardRef", "_eval_type"}
_METHODS = {"ex", "ev", "magic", "run_code", "run_ast_nodes", "run_cell_async"}  # of IPython's shell
_PLAIN_MAGICS = ("pip", "conda", "matplotlib", "cd")
_RUNNERS = """
bdb cProfile code codeop ctypes doctest marshal pdb pickle profile runpy timeit trace types
""".split()  # noqa: SIM905  modules that make code of what they are given
_LOOKING = {
    "get_ipython",
    "globals",
    "locals",
    "vars",
    "getattr",
    "setattr",
    "__import__",
    "gc",
    "In",
    "_ih",
    "_i",
    "get_type_hints",
}
_MODULES = {"__main__", "inspect", "builtins", "__builtins__", "importlib", "ctypes", "modules", "user_ns"}
_DYNAMIC = _RUNNING | _LOOKING | _MODULES | {"__dict__", "__code__", "__globals__", "f_globals", "f_locals"}
# Modules that look no names up.  Many others do by some function, and one that the notebook itself writes is another.
_PLAIN_MODULES = """
__future__ abc classroom collections contextlib copy dataclasses enum functools itertools math matplotlib numbers numpy
random time typing warnings
""".split()  # noqa: SIM905  one name a line would be 18 lines


def definitions(*sources: str, behind: Iterable[str] = ()) -> dict[str, Definition]:
    """Return what the texts of cells define, run in this order, by name; nothing of a text that is no Python.

    Cells `behind` those give no name anew, for a check has the names that there were before it; but they may write into
    what has one.

    Text inside a text counts too, for it may be run.  If names are looked up by a text that is made as it runs, every
    name uses all of them, and what stands in comments; so does one that nothing defines, which is `ANY` here.
    Chains of thousands of names are not followed to their end: such a notebook is one that nobody can read.
    """
    defined: dict[str, Definition] = {}
    every, dynamic, running, links = NOTHING, False, NOTHING, 0
    runners: set[str] = set()  # names by which a text may be run
    first: set[str] = set()
    behind = list(behind)
    before = [one for source in sources for one in _bindings(source)]
    for place, binding in enumerate([*before, *(one for source in behind for one in _bindings(source))]):
        if place == len(before):
            first = set(defined)
        given = Definition(binding.forms, binding.late | binding.early, binding.written)
        for name in binding.early & defined.keys():
            given |= defined[name]
        links += (1 + len(binding.names | binding.changed)) * len(given.uses)
        if links > _LINKS:
            return {ANY: Definition(frozenset({UNREAD}), frozenset())}
        for name in binding.names - first:
            defined[name] = given if binding.replaced else defined.get(name, NOTHING) | given
        for name in binding.changed & defined.keys():
            defined[name] |= given
        every, dynamic = every | given, dynamic or binding.dynamic
        runners |= binding.runners
        if binding.runs or runners & (binding.late | binding.early):
            runners |= binding.names
            running |= given
    if not dynamic:
        return defined
    every |= Definition(frozenset().union(*map(_commented, [*sources, *behind])), frozenset())
    if sum(map(len, _written_of(defined, running))) > _UNREAD:
        every |= Definition(frozenset({UNREAD}), frozenset())
    return {ANY: every} | {name: given | every for name, given in defined.items()}


def _written_of(defined: Mapping[str, Definition], running: Definition) -> frozenset[str]:
    """Return the texts and numbers from which what is run can be made."""
    waiting, seen, found = list(running.uses), set[str](), running.written
    while waiting:
        name = waiting.pop()
        if name not in seen and name in defined:
            seen.add(name)
            found |= defined[name].written
            waiting += defined[name].uses
    return found


@lru_cache(maxsize=512)
def _commented(source: str) -> frozenset[str]:
    """Return the normal forms of functions that stand in comments, for a cell can read itself."""
    lines = [line.strip() for line in source.splitlines()]
    blocks = itertools.groupby(lines, lambda line: line.startswith("#"))
    texts = ["\n".join(line[1:] for line in block) for comments, block in blocks if comments]
    return frozenset(form for text in texts for one in _bindings(textwrap.dedent(text)) for form in one.forms)


@lru_cache(maxsize=512)
def _bindings(source: str) -> tuple[_Binding, ...]:
    try:
        return tuple(one for statement in _parsed(source).body for one in _of_statement(statement))
    except (SyntaxError, ValueError):
        return ()
    except (RecursionError, MemoryError):  # whoever raises the limit runs it, and nobody has to follow
        return (_Binding(frozenset(), False, frozenset({UNREAD}), frozenset(), dynamic=True),)


def _parsed(source: str) -> ast.Module:
    """Read the text of a cell as IPython does: magics, prompts and an indented cell are no mistakes there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what there is to say of the text is said where the cell runs
        try:
            return ast.parse(source)
        except SyntaxError:
            try:
                from IPython.core.inputtransformer2 import TransformerManager
            except ImportError:
                raise SyntaxError from None
            try:
                return ast.parse(TransformerManager().transform_cell(source))
            except RuntimeError as error:  # of more than five hundred magics: IPython runs no such cell either
                raise SyntaxError(str(error)) from None


def _of_statement(statement: ast.stmt) -> Iterator[_Binding]:
    nodes = list(ast.walk(statement))
    for text in _texts(nodes):
        for one in _bindings(text):
            yield dataclasses.replace(one, replaced=False)
    used, written, forms = _loaded(nodes), _written(nodes), _forms(nodes)
    dynamic, runs = _is_dynamic(nodes, _DYNAMIC), _is_dynamic(nodes, _RUNNING)
    if isinstance(statement, _Function):
        outside = [*statement.decorator_list, *statement.args.defaults, *statement.args.kw_defaults]
        early = frozenset().union(*(_loaded(ast.walk(part)) for part in outside if part is not None))
        yield _Binding(frozenset({statement.name}), True, forms, used, early, frozenset(), written, dynamic, runs)
        taken = frozenset(name for node in nodes if isinstance(node, ast.Global) for name in node.names)
        yield _Binding(taken, False, forms, used)
    elif isinstance(statement, ast.ClassDef):
        yield _Binding(frozenset({statement.name}), True, forms, used, used, frozenset(), written, dynamic, runs)
    else:
        whole = isinstance(statement, ast.Assign | ast.AnnAssign)
        changed = _changed(nodes)
        stored, runners = _stored(nodes), _runners(nodes)
        yield _Binding(stored, whole, forms, used, used, changed, written, dynamic, runs, runners)


def _loaded(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _stored(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that a statement of these nodes gives, in whatever way Python has for it."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, _Function | ast.ClassDef | ast.MatchAs | ast.MatchStar | ast.ExceptHandler) and node.name:
            found.add(node.name)
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.add(node.rest)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
    return frozenset(found)


def _changed(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names of what a statement writes into: an item, an attribute, or by a method."""
    found = set()
    for node in nodes:
        into = isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store)
        inside = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node
        if into or inside is not node:
            while isinstance(inside, ast.Subscript | ast.Attribute):
                inside = inside.value
            found |= {inside.id} if isinstance(inside, ast.Name) else set()
    return frozenset(found)


def _is_dynamic(nodes: Sequence[ast.AST], words: Collection[str]) -> bool:
    """Whether a statement looks names up, or runs a text, that is made as it runs: by one of these words."""
    plain = {id(node.func) for node in nodes if isinstance(node, ast.Call) and _is_written_down(node)}
    for node in nodes:
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in words and id(node) not in plain:
            return True
        if words is _DYNAMIC and not all(map(_is_plain_module, _modules(node))):
            return True
        if words is _RUNNING and isinstance(node, ast.Attribute) and node.attr in _METHODS:
            return True
    return False


def _modules(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _runners(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that a statement gives to modules, or what is in them, that make code of what they are given."""
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    return frozenset(
        alias.asname or alias.name.partition(".")[0]
        for node in imports
        for alias in node.names
        if ((node.module or "") if isinstance(node, ast.ImportFrom) else alias.name).partition(".")[0] in _RUNNERS
    )


def _is_plain_module(name: str) -> bool:
    return name.partition(".")[0] in _PLAIN_MODULES or name.startswith("given_")


def _written(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """Return the texts and numbers of a statement in one, without what is said of a function in words."""
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    values = [node.value for node in nodes if isinstance(node, ast.Constant) and id(node) not in said]
    return frozenset({"".join(value if isinstance(value, str) else repr(value) for value in values)})


def _is_written_down(call: ast.Call) -> bool:
    """Whether what a call runs is there to be read, or is no Python: %pip, a method called eval without a text."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in _RUNNING and not call.args and not call.keywords:
        return True
    if name == "run_line_magic" and call.args and getattr(call.args[0], "value", None) in _PLAIN_MAGICS:
        return True
    read = call.args[:1] if isinstance(call.func, ast.Name) else call.args  # a method of IPython runs the last one
    return bool(read) and all(isinstance(argument, ast.Constant) for argument in read)


def _forms(nodes: Iterable[ast.AST]) -> frozenset[str]:
    found = set()
    for node in nodes:
        if isinstance(node, _Function) and statements(node) >= STATEMENTS:
            with contextlib.suppress(RecursionError):  # it is nested deeper than anything that is shipped
                found.add(normal_form(node))
    return frozenset(found)


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    """Return the texts in these nodes that define functions, those that are only encoded too."""
    constants = [part.value for part in nodes if isinstance(part, ast.Constant)]
    long = [part.decode("latin-1") if isinstance(part, bytes) else part for part in constants]
    texts = [text for part in long if isinstance(part, str) and len(part) > _SHORT for text in _read(part)]
    return [textwrap.dedent(text) for text in texts if "def " in text and "\n" in text]


def _read(text: str) -> Iterator[str]:
    """Yield a text as it is, backwards, in the alphabet turned by 13, and decoded from base64, base85 and hex."""
    yield from (text, text[::-1], codecs.encode(text, "rot13"))
    for decode in (base64.b64decode, base64.b85decode, bytes.fromhex):
        with contextlib.suppress(ValueError):
            raw = decode(text)
            with contextlib.suppress(zlib.error):
                raw = zlib.decompressobj().decompress(raw, _LONGEST)
            yield raw.decode("utf-8")


def reached(
    defined: Mapping[str, Definition], names: Iterable[str], known: Mapping[str, str], without: Collection[str] = ()
) -> dict[str, str]:
    """Follow names through the definitions of a notebook; return those that are the course's text, and which.

    Parameters
    ----------
    defined : what the cells define, by name
    names : where to begin
    known : name of every function that the course ships, by normal form
    without : names that are not followed
    """
    known = {**known, UNREAD: UNREAD}
    waiting, seen, found = list(names), set(without), dict[str, str]()
    while waiting:
        name = waiting.pop()
        given = defined.get(name) or defined.get(ANY)
        if name in seen or given is None:
            continue
        seen.add(name)
        if forms := given.forms & known.keys():
            found[name] = known[min(forms)]
        waiting += sorted(given.uses)
    return found


def charged(
    verdict: Verdict,
    exercise: SheetExercise,
    sources: Iterable[str],
    known: Mapping[str, str],
    behind: Iterable[str] = (),
) -> tuple[Verdict, dict[str, str]]:
    """Take the points of what is the course's own text.

    Parameters
    ----------
    verdict, exercise : what was judged
    sources : the cells of the notebook before the check, in their order
    known : name of every function that the course ships, by normal form
    behind : the cells behind it

    Returns
    -------
    verdict : the same one where nothing is the course's
    found : names of the notebook, and of the course's function that each is
    """
    if not known or not verdict.points or exercise.quiz is not None:
        return verdict, {}
    sources, behind = tuple(sources), tuple(behind)
    forms, read = _gist((*sources, *behind))
    if read and forms.isdisjoint(known):
        return verdict, {}
    defined = definitions(*sources, behind=behind)
    by_part = {part: reached(defined, [part], known) for part in exercise.parts if part in defined}
    lost = {part for part, found in by_part.items() if found}
    found = reached(defined, exercise.subject, known, without=by_part.keys() - set(exercise.subject))
    if found:
        lost = set(verdict.parts)
    found |= {name: which for part in lost for name, which in by_part.get(part, {}).items()}
    return (_without(verdict, lost, found), found) if lost else (verdict, {})


@lru_cache(maxsize=8)
def _gist(cells: tuple[str, ...]) -> tuple[frozenset[str], bool]:
    """Return all forms in these cells, and whether they are all that can be in them, however their names are used.

    Most notebooks have none of the course's, and need not be followed name by name.  Whatever `definitions` finds to be
    unread is so here too: each name stands for all that it ever is, and whoever uses one that runs a text runs one.
    """
    bindings = [one for cell in cells for one in _bindings(cell)]
    forms = frozenset().union(*(one.forms for one in bindings), *map(_commented, cells))
    used = [one.late | one.early for one in bindings]
    links = sum(1 + len(one.names | one.changed) for one in bindings) * len(frozenset().union(*used))
    by_name: dict[str, list[int]] = {}
    users: dict[str, list[int]] = {}
    for place, one in enumerate(bindings):
        for name in one.names | one.changed:
            by_name.setdefault(name, []).append(place)
        for name in used[place]:
            users.setdefault(name, []).append(place)
    lent = frozenset().union(*(one.runners for one in bindings))
    running = _closure(
        [place for place, one in enumerate(bindings) if one.runs or lent & used[place]],
        lambda place: [later for name in bindings[place].names for later in users.get(name, ())],
    )
    behind = _closure(running, lambda place: [other for name in used[place] for other in by_name.get(name, ())])
    written = sum(map(len, frozenset().union(*(bindings[place].written for place in behind))))
    return forms, links <= _LINKS and written <= _UNREAD and UNREAD not in forms


def _closure(waiting: Iterable[int], more: Callable[[int], Iterable[int]]) -> set[int]:
    """Return all that is reached from some places."""
    found, waiting = set[int](), list(waiting)
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += more(place)
    return found


def _without(verdict: Verdict, lost: set[str], found: Mapping[str, str]) -> Verdict:
    parts = {name: right and name not in lost for name, right in verdict.parts.items()}
    earned, kept = (sum(verdict.weights[name] for name in which if which[name]) for which in (verdict.parts, parts))
    what = ", ".join(f"{name} is {which}" for name, which in sorted(found.items()) if which != UNREAD)
    text = (
        f"{what}, the course's own text, which everybody has: it earns no points. Write the steps in your own way. If "
        "they are your own, tell your teacher, who can let them count"
        if what
        else "your notebook runs a text that nobody can read, put together as it runs or nested without end, or it has "
        "names that use thousands of others: it earns no points. Write your functions as code. If you need such "
        "a text, tell your teacher, who can let it count"
    )
    finding = Finding("course", text, min(lost & set(verdict.parts), default=""))
    return dataclasses.replace(
        verdict,
        outcome="wrong",
        points=round(verdict.points * kept / earned, 2) if earned else 0.0,
        parts=parts,
        findings=[finding, *verdict.findings],
        bugs=[],
    )


def notebook_sources(namespace: Mapping[str, Any], module: str) -> list[str]:
    """Return the texts of the cells in which the functions and classes of a notebook were defined.

    Parameters
    ----------
    namespace : of the notebook
    module : the name of the module that a function of the notebook belongs to
    """
    files: dict[str, None] = {}
    for value in list(namespace.values()):
        if getattr(value, "__module__", None) != module:
            continue
        for one in (value, *vars(value).values()) if isinstance(value, type) else (value,):
            code = getattr(one, "__code__", None)
            if code is not None:
                files[code.co_filename] = None
    return ["".join(linecache.getlines(name)) for name in files]
