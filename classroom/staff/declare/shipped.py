"""What the course ships as code: the toolkit that students install, and the modules beside the notebooks."""

import ast
from functools import cache
from pathlib import Path

from classroom.judge.course_text import functions_of, normal_form, statement_forms

_TOOLKIT = Path(__file__).resolve().parents[2]


def shipped_modules(source: Path | None) -> dict[str, Path]:
    """List the modules that a student of the course receives, by the names that they are told under.

    Parameters
    ----------
    source : the folder of the assignments, whose modules called given_* are released
    """
    toolkit = {
        ".".join(("classroom", *path.relative_to(_TOOLKIT).with_suffix("").parts)): path
        for path in sorted(_TOOLKIT.rglob("*.py"))
        if "staff" not in path.relative_to(_TOOLKIT).parts
    }
    return toolkit | {path.stem: path for path in sorted(source.glob("*/given_*.py") if source else ())}


@cache
def shipped_forms(source: Path | None) -> dict[str, str]:
    """Return the normal forms of all functions that are shipped and long enough, each with the function's name."""
    forms: dict[str, str] = {}
    for module, path in shipped_modules(source).items():
        for name, form in _forms(path, path.stat().st_mtime_ns):
            forms.setdefault(form, f"{module}.{name}")
    return forms


@cache
def _forms(path: Path, changed: int) -> list[tuple[str, str]]:
    """Return the names and normal forms of a module's functions; every course of a process ships the same toolkit."""
    return [(name, normal_form(function)) for name, function in functions_of(ast.parse(path.read_text("utf-8")))]


@cache
def shipped_statements(source: Path | None) -> dict[str, tuple[str, ...]]:
    """Return the forms of the statements of all these functions, each under the function's name."""
    return {
        f"{module}.{name}": statement_forms(function)
        for module, path in shipped_modules(source).items()
        for name, function in functions_of(ast.parse(path.read_text(encoding="utf-8")))
    }
