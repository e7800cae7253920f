"""Where an assignment's declaration lies, and how it is loaded: the package `exercises` beside the notebook."""

import dataclasses
import hashlib
import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from classroom.fault import Fault
from classroom.staff.declare.declaration import Assignment

PACKAGE = "exercises"
FACE = "__init__.py"  # of the package; defines ASSIGNMENT


def declared_assignments(folder: Path) -> list[str]:
    """Name the assignments of a source folder that declare exercises, in alphabetical order."""
    return sorted(face.parents[1].name for face in folder.glob(f"*/{PACKAGE}/{FACE}"))


def declaration_files(folder: Path) -> list[Path]:
    """List the modules of an assignment's folder: its declaration and what that imports from beside it."""
    return sorted([*folder.glob("*.py"), *(folder / PACKAGE).rglob("*.py")])


def load_assignment(name: str | Path) -> Assignment:
    """Load the declaration of an assignment by its name or its folder; every call runs its modules anew.

    Raises
    ------
    Fault
        If there is none, its modules cannot be run, or its face defines no assignment.
    """
    folder = _folder(name)
    with _on_the_path(folder):
        module = _run(folder / PACKAGE)
    assignment = getattr(module, "ASSIGNMENT", None)
    if not isinstance(assignment, Assignment):
        raise Fault(f"{folder / PACKAGE / FACE} defines no ASSIGNMENT: write  ASSIGNMENT = Assignment(...)")
    return dataclasses.replace(assignment, folder=folder)


def declaring_module(folder: Path, name: str) -> ModuleType:
    """Import a module of an assignment's declaration, such as ``exercises.reference``: answers may come from it.

    Parameters
    ----------
    folder : of the assignment
    name : as the notebook's text writes it
    """
    package, _, below = name.partition(".")
    if package != PACKAGE or not (folder / PACKAGE / FACE).is_file():
        raise Fault(f"{name} is no module of {folder / PACKAGE}")
    with _on_the_path(folder):
        face = _run(folder / PACKAGE)
        try:
            return importlib.import_module(f"{face.__name__}.{below}") if below else face
        except ModuleNotFoundError:
            raise Fault(f"{folder / PACKAGE} has no module {below!r}") from None


def _folder(name: str | Path) -> Path:
    """Find the folder of an assignment: the one given, or of that name in this course or beside this code."""
    house = Path(__file__).resolve().parents[3]
    for candidate in (Path(name), Path("assignments", name), house / "assignments" / name):
        if (candidate / PACKAGE / FACE).is_file():
            return candidate.resolve()
    wanted = Path("assignments", name) if Path(name).name == str(name) else Path(name)
    raise Fault(f"there is no assignment {wanted.name!r}: {wanted / PACKAGE / FACE} does not exist")


def _run(package: Path) -> ModuleType:
    """Import the package under a name of its own, in place of what was imported from it before."""
    # The place is part of the name: courses in two folders may both have an assignment of this name.
    name = f"{package.parent.name}_exercises_{hashlib.sha256(str(package).encode()).hexdigest()[:8]}"
    for known in [known for known in sys.modules if known.partition(".")[0] == name]:
        del sys.modules[known]
    spec = importlib.util.spec_from_file_location(name, package / FACE, submodule_search_locations=[str(package)])
    if spec is None or spec.loader is None:
        raise Fault(f"{package} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # relative imports, and inspect for the source of functions, look here
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise Fault(f"{_place(package, error)}{_words(error).replace(name, PACKAGE)}") from error
    return module


def _words(error: Exception) -> str:
    if isinstance(error, Fault):
        return str(error)
    return f"{type(error).__name__}: {error.msg if isinstance(error, SyntaxError) else error}"


def _place(package: Path, error: Exception) -> str:
    """Return the line of a declaration that cannot be run, before a colon."""
    places = [(one.filename, one.lineno) for one in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((str(error.filename), error.lineno))
    own = [(Path(file), line) for file, line in places if Path(file).is_relative_to(package)]
    return f"{own[-1][0].relative_to(package.parents[2])}:{own[-1][1]}: " if own else ""


@contextmanager
def _on_the_path(folder: Path) -> Iterator[None]:
    """Let a declaration import what is released beside its notebook, as the notebook does."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
