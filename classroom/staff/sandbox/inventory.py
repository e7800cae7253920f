"""What is visible inside the sandbox: Python, its libraries, the packages on the list, a part of the course's own."""

import csv
import functools
import os
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path

from classroom.fault import Fault

# The distributions that student code may import, with what they need.
PACKAGES = ("numpy", "matplotlib", "ipython")
# The modules of the course that cells and calls need.  What judges, measures and differentiates stays outside: student
# code could let it do an exercise's work.
COURSE = (
    "__init__",
    "call/__init__",
    "call/caller",
    "call/clock",
    "call/failed_cells",
    "call/input_functions",
    "call/script",
    "call/time_limit",
    "call/typed_input",
    "call/value",
    "claim",
    "console",
    "data",
    "forms",
    "display",
    "expectation",
    "fault",
    "figure",
    "judge/__init__",
    "judge/compare",
    "ledger",
    "obscure",
    "predict",
)


class SandboxError(Fault):
    """The sandbox cannot be made here, or it broke: the message says what to do."""


@functools.cache
def package_files(names: Sequence[str] = PACKAGES) -> dict[str, str]:
    """Return what is bound into the sandbox for these distributions and all that they need: name to path."""
    from packaging.requirements import Requirement

    found: dict[str, str] = {}
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            if name in names:
                raise SandboxError(f"the package {name} is missing: install it with  pip install {name}") from None
            continue
        for top in _first_names(distribution):
            if top not in ("..", "__pycache__") and top not in found:
                found[top] = os.path.realpath(str(distribution.locate_file(top)))
        for text in distribution.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                queue.append(requirement.name)
    return found


def _first_names(distribution: metadata.Distribution) -> Iterable[str]:
    """Return what a distribution has put into the folder of packages, from its list of files where it keeps one."""
    record = distribution.read_text("RECORD")
    if record is None:
        return [file.parts[0] for file in distribution.files or ()]
    return dict.fromkeys(row[0].partition("/")[0] for row in csv.reader(record.splitlines()) if row)


def course_files() -> dict[str, str]:
    """Return the visible modules of the course: name to path.  Its check is silent, for judging is done outside."""
    folder = Path(__file__).resolve().parents[2]
    found = {f"classroom/{name}.py": str(folder / f"{name}.py") for name in COURSE}
    found["classroom/check.py"] = str(Path(__file__).with_name("silent_check.py").resolve())
    # The wheel has the data set inside the package, a clone beside it.
    inside = folder / "digits.npz"
    found["classroom/digits.npz"] = str(inside if inside.is_file() else folder.parent / "data" / "digits.npz")
    return found


def system_files() -> tuple[list[str], list[str]]:
    """Return the paths of the Python installation and its libraries, and the folders in them to be hidden."""
    paths = sysconfig.get_paths()
    prefixes = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    names = {sysconfig.get_path(name, vars=prefixes) for name in ("stdlib", "platstdlib")}
    bound = {name for name in names if name} | {paths["stdlib"], python_executable(), "/etc/ld.so.cache"}
    library = Path(sysconfig.get_config_var("LIBDIR") or "/nowhere")
    if library not in (Path("/usr/lib"), Path("/usr/lib64")):
        bound |= {str(path) for path in library.glob("lib*.so*")}
    # Debian keeps the libraries of this machine in a folder of its own, others in lib64.
    for folder in ("/lib", "/usr/lib", "/usr/local/lib"):
        bound |= {str(path) for path in Path(folder).glob("*-linux-gnu*")}
    bound |= {"/lib64", "/usr/lib64"}
    bound = {os.path.realpath(path) for path in bound if os.path.exists(path)}
    hidden = [f"{stdlib}/{name}" for stdlib in names for name in ("site-packages", "dist-packages")]
    hidden += [f"/usr/lib/python3/{name}" for name in ("site-packages", "dist-packages")]
    return sorted(bound), [path for path in hidden if os.path.isdir(path)]


def python_executable() -> str:
    """Return the interpreter itself, not a link of a virtual environment to it."""
    return os.path.realpath(sys.executable)
