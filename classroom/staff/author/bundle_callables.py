"""Everything in a bundle that can be called: of its modules, the cells of its notebook, the texts of its answer sheet.

Texts are run here, so it is done in a process of its own: see `classroom.staff.author.callable_answers`.
"""

import ast
import base64
import binascii
import contextlib
import importlib
import inspect
import io
import re
import sys
import textwrap
import types
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.call.time_limit import OutOfTime, time_limit
from classroom.staff.author.leak import texts_of, unpacked

SECONDS = 2.0  # processor time of a statement, or of a call
_TOOLKIT = re.compile(r".*\.whl!(classroom/.+)\.py")
_COMMANDS = ("classroom.__main__", "classroom.cli", "classroom.whole_run")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_DEEP = 3  # containers inside containers
_LIBRARIES = sys.stdlib_module_names | {"numpy", "matplotlib", "IPython"}


@dataclass(frozen=True)
class Home:
    """A place whose callables belong together: a forward pass and its backward pass stand in one.

    name : of the module, or of the file of the bundle
    callables : by dotted name
    tiresome : those that are not worth being asked again
    """

    name: str
    callables: Mapping[str, Callable[..., Any]]
    tiresome: set[str] = field(default_factory=set)


def toolkit(files: Mapping[str, bytes]) -> list[Home]:
    """Import the modules of the course that the wheels of a bundle hold; commands, which run programs, are left out."""
    shipped = [_TOOLKIT.fullmatch(name) for name, _ in unpacked(files)]
    modules = [found[1].removesuffix("/__init__").replace("/", ".") for found in shipped if found]
    return _with_callables(_of_module(name) for name in modules if name not in _COMMANDS)


def own(files: Mapping[str, bytes], folder: Path) -> list[Home]:
    """Run what else a bundle holds, and return all that can be called then.

    Parameters
    ----------
    files : content by name
    folder : where the modules beside the notebook are written and imported from
    """
    beside = {name.removesuffix(".py"): content for name, content in files.items() if re.fullmatch(r"\w+\.py", name)}
    for name, content in beside.items():
        (folder / f"{name}.py").write_bytes(content)
    sys.path.insert(0, str(folder))
    texts = {name: list(texts_of(name, content)) for name, content in unpacked(files) if not name.endswith(".py")}
    modules = [_of_module(name, asked=True) for name in beside]
    return _with_callables([*modules, *(_of_texts(name, found) for name, found in texts.items())])


def _with_callables(found: Iterable[Home]) -> list[Home]:
    return [home for home in found if home.callables]


def _of_module(module: str, *, asked: bool = False) -> Home:
    """Return the callables of a module; one that cannot be imported with numpy alone computes no answer."""
    namespace: dict[str, Any] = {}
    with _guarded():
        namespace = vars(importlib.import_module(module))
    return Home(module, dict(_callables(namespace, module, module, asked=asked)))


def _of_texts(file: str, texts: Sequence[str]) -> Home:
    """Run the texts of a file that may define something, in their order and in one namespace, as a notebook does."""
    module = sys.modules[f"<{file}>"] = types.ModuleType(f"<{file}>")
    for text in dict.fromkeys(part for whole in texts for part in _with_what_it_hides(whole)):
        if re.search(r"\b(def|lambda|import|class)\b", text):
            _run(text, vars(module))
    return Home(file, dict(_callables(vars(module), file, module.__name__, asked=True)))


def _with_what_it_hides(text: str) -> Iterator[str]:
    """Yield a text, and the texts that stand in it in base64, packed or not."""
    yield textwrap.dedent(text)
    for found in _BASE64.finditer(text):
        with contextlib.suppress(binascii.Error, ValueError):
            raw = base64.b64decode(found[0] + "=" * (-len(found[0]) % 4), b"-_" if "-" in found[0] else None)
            with contextlib.suppress(zlib.error):
                raw = zlib.decompressobj().decompress(raw, 1 << 20)
            if b"def " in raw or b"lambda" in raw:
                yield raw.decode("utf-8")


def _run(text: str, namespace: dict[str, Any]) -> None:
    """Run a text statement by statement: what needs a student's answer fails, and what follows is defined anyway."""
    try:
        body = ast.parse("\n".join("" if line.startswith(("%", "!")) else line for line in text.splitlines())).body
    except (SyntaxError, ValueError, RecursionError):
        return  # no Python
    for statement in body:
        if not _is_check(statement) and not _is_stub(statement):
            with _guarded():
                exec(compile(ast.Module([statement], []), "<bundle>", "exec"), namespace)


def _is_check(statement: ast.stmt) -> bool:
    called = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(called, ast.Call) and ast.unparse(called.func).partition(".")[0] == "check"


def _is_stub(statement: ast.stmt) -> bool:
    """Whether a function is still to be written."""
    return isinstance(statement, ast.FunctionDef) and isinstance(statement.body[-1], ast.Raise)


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    """Let the block fail, or take too long: what it has defined by then counts."""
    said = io.StringIO()
    quiet = (contextlib.redirect_stdout(said), contextlib.redirect_stderr(said))
    with contextlib.suppress(Exception, SystemExit, OutOfTime), time_limit(SECONDS), quiet[0], quiet[1]:
        yield


def _callables(
    namespace: Mapping[str, Any], home: str, own: str, *, asked: bool
) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield by dotted name what a module has defined that can be called, in classes and containers too.

    asked : whether a function of no arguments is called, for what it gives may be a container of others
    """
    seen: set[int] = set()
    waiting = [(f"{home}.{name}", value, 0) for name, value in namespace.items() if _module_of(value) in (own, "")]
    while waiting:
        name, value, depth = waiting.pop(0)
        if id(value) in seen or depth > _DEEP or _module_of(value).partition(".")[0] in _LIBRARIES:
            continue
        seen.add(id(value))
        if callable(value) and not isinstance(value, type):
            yield name, value
        waiting += [(f"{name}{way}", part, depth + 1) for way, part in _inside(value, asked)]


def _module_of(value: Any) -> str:
    """Return where a callable was defined; "" of a container, which is looked into."""
    if isinstance(value, dict | list | tuple):
        return ""
    return str(getattr(value, "__module__", None) or type(value).__module__)


def _inside(value: Any, asked: bool) -> list[tuple[str, Any]]:
    """Return what is reached through a value, each with the way to it."""
    if isinstance(value, dict):
        return [(f"[{key!r}]", item) for key, item in value.items()]
    if isinstance(value, list | tuple):
        return [(f"[{place}]", item) for place, item in enumerate(value[:100])]
    if isinstance(value, types.FunctionType):
        given = _given_by(value) if asked else None
        return [("()", given)] if isinstance(given, dict | list | tuple) else []
    made = _given_by(value) if isinstance(value, type) else value
    return [(f".{name}", getattr(made, name, None)) for name in vars(type(made)) if not name.startswith("__")]


def _given_by(function: Callable[..., Any]) -> Any:
    """Return what a function gives, or a class makes, without arguments; None if it needs some."""
    with _guarded():
        inspect.signature(function).bind()
        return function()
    return None
