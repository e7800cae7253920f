"""What an `exercises.py` imports, and how it is loaded."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from classroom.fault import Fault
from classroom.staff.answer import answer_sheet, full_sheet, sheet_exercise
from classroom.staff.declaration import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Given,
    Mutant,
    Property,
    Quiz,
    Terms,
    edit,
)
from classroom.staff.seed import seed_of
from classroom.value import Function, Generator

__all__ = [
    "Alternative",
    "Assignment",
    "Case",
    "Exercise",
    "Function",
    "Generator",
    "Given",
    "Mutant",
    "Property",
    "Quiz",
    "Terms",
    "answer_sheet",
    "edit",
    "full_sheet",
    "load_assignment",
    "seed_of",
    "sheet_exercise",
]


def load_assignment(name: str | Path) -> Assignment:
    """Load the declaration of an assignment by its name, its folder or the path of its exercises.py.

    Raises
    ------
    Fault
        If there is none.
    """
    path = _find(name)
    module_name = f"{path.parent.name}_exercises"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise Fault(f"{path} cannot be imported")
    module: ModuleType = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module  # inspect finds the source of its functions through this
    with _on_the_path(path.parent):
        spec.loader.exec_module(module)
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise Fault(f"{path} defines no ASSIGNMENT = Assignment(...)")
    return assignment


@contextmanager
def _on_the_path(folder: Path) -> Iterator[None]:
    """Let a declaration import what is released beside its notebook, as the notebook does."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _find(name: str | Path) -> Path:
    path = Path(name)
    root = Path(__file__).resolve().parents[2]
    for candidate in (
        path,
        path / "exercises.py",
        Path("assignments", path, "exercises.py"),
        root / "assignments" / path / "exercises.py",
    ):
        if candidate.is_file() and candidate.name == "exercises.py":
            return candidate.resolve()
    raise Fault(f"there is no assignment {str(name)!r}: assignments/{name}/exercises.py does not exist")
