"""The trust boundary is a folder line: what students install knows no answer, and the reference needs numpy alone."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from classroom.staff.sandbox.inventory import COURSE

ROOT = Path(__file__).parents[1]
HOUSE = sorted((ROOT / "classroom").rglob("*.py"))
STUDENT = [path for path in HOUSE if "staff" not in path.relative_to(ROOT).parts]
REFERENCE = sorted((ROOT / "solutions").rglob("*.py"))
# What each wing of the house may import, besides the modules of the toolkit that stand flat in classroom/.
ARROWS = {
    "call": set(),
    "judge": {"call"},
    "staff.declare": {"call", "judge"},
    "staff.mutation": {"call", "judge", "staff.declare"},
    "staff.sandbox": {"call", "judge"},
    "staff.records": set(),
    "staff.grade": {"call", "judge", "staff.declare", "staff.sandbox", "staff.records"},
    "staff.collect": {"staff.grade", "staff.records"},
    "staff.export": {"judge", "staff.declare", "staff.sandbox", "staff.grade", "staff.records", "staff.report"},
    "staff.author": {"call", "judge", "staff.declare", "staff.grade", "staff.records", "staff.pages"},
    "staff.explorers": set(),
    "staff.pages": {"staff.grade", "staff.report", "staff.explorers"},
    "staff.lite": {"judge", "staff.grade", "staff.author"},
    "staff.report": {"call", "judge", "staff.declare", "staff.grade", "staff.sandbox", "staff.records"},
}
ARROWS["staff.demo"] = set(ARROWS)
# The toolkit's own modules that the wings may import; check and preflight import the wings.
GROUND = {
    "atomic_write",
    "claim",
    "console",
    "data",
    "forms",
    "display",
    "expectation",
    "fault",
    "figure",
    "ledger",
    "notebook_file",
    "obscure",
    "predict",
}


def imported(source: str) -> Iterator[str]:
    """Name every module that a source imports, also by `import_module("...")` and `__import__("...")`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"import_module", "__import__", "run_module"}:
                yield str(node.args[0].value)


def is_staffs(module: str) -> bool:
    """Tell whether a module is one that students do not have."""
    return module.split(".")[0] in {"solutions", "assignments", "tests"} or (module + ".").startswith(
        "classroom.staff."
    )


def test_the_reader_of_imports_sees_every_kind():
    source = 'import a.b\nfrom c import d\nimportlib.import_module("e.f")\nx = __import__("g")'
    assert set(imported(source)) == {"a.b", "c", "c.d", "e.f", "g"}
    assert (
        is_staffs("solutions.activation") and is_staffs("classroom.staff") and is_staffs("classroom.staff.author.build")
    )
    assert not is_staffs("classroom.check") and not is_staffs("classroom.staffroom")


def name_of(path: Path) -> str:
    """The dotted name of a module below classroom/."""
    return ".".join(path.relative_to(ROOT / "classroom").with_suffix("").parts)


def wing_of(name: str) -> str:
    """Tell in which wing a module lies; the empty text for what stands flat in classroom/ or classroom/staff/."""
    return next((wing for wing in ARROWS if name == wing or name.startswith(wing + ".")), "")


def test_every_folder_of_the_house_is_a_wing_that_says_what_lives_there():
    folders = {name_of(path).removesuffix(".__init__") for path in HOUSE if path.name == "__init__.py"}
    assert folders - {"__init__", "staff"} == set(ARROWS)
    for wing in ARROWS:
        text = (ROOT / "classroom" / wing.replace(".", "/") / "__init__.py").read_text(encoding="utf-8")
        assert "It imports" in str(ast.get_docstring(ast.parse(text)))


@pytest.mark.parametrize("path", [path for path in HOUSE if wing_of(name_of(path))], ids=name_of)
def test_a_wing_imports_what_its_arrows_allow(path):
    wing = wing_of(name_of(path))
    named = {module for module in imported(path.read_text(encoding="utf-8")) if module.startswith("classroom.")}
    met = {wing_of(module.removeprefix("classroom.")) for module in named} - {"", wing}
    assert met <= ARROWS[wing]
    flat = {module.split(".")[1] for module in named if not wing_of(module.removeprefix("classroom."))} - {"staff"}
    assert flat <= GROUND


def test_the_wings_stand_on_floors():
    floor: dict[str, int] = {}
    while len(floor) < len(ARROWS):
        ready = {wing for wing, below in ARROWS.items() if wing not in floor and below - {wing} <= set(floor)}
        assert ready, "the wings import each other in a circle"
        floor |= dict.fromkeys(ready, len(set(floor.values())))
    assert floor["call"] < floor["judge"] < floor["staff.grade"] < floor["staff.author"] < floor["staff.demo"]


@pytest.mark.parametrize("path", STUDENT, ids=name_of)
def test_a_student_module_imports_no_solution_and_nothing_of_staff(path):
    assert [module for module in imported(path.read_text(encoding="utf-8")) if is_staffs(module)] == []


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: str(path.relative_to(ROOT / "solutions")))
def test_the_reference_needs_numpy_alone(path):
    source = path.read_text(encoding="utf-8")
    top = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    needed = {module.split(".")[0] for node in top for module in imported(ast.unparse(node))}
    assert needed <= {"numpy", "solutions"} | set(sys.stdlib_module_names)
    # Inside a function, where it is wanted only to be watched: the progress bar of a training.
    everywhere = {module.split(".")[0] for module in imported(source)}
    assert everywhere - needed <= {"rich"} | set(sys.stdlib_module_names)


def test_no_folder_is_deeper_than_three():
    deep = [
        path.relative_to(ROOT)
        for folder in ("classroom", "solutions", "course", "assignments", "tests", "bench", "data", "site")
        for path in (ROOT / folder).rglob("*.py")
        if len(path.relative_to(ROOT).parts) > 4 and "_build" not in path.parts
    ]
    assert deep == []


def test_nothing_that_git_ignores_is_committed():
    """A committed link to an environment would take the place of the real one, and of all that is installed in it."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone: there is no index to look at")
    listed = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout == ""


def test_what_student_code_imports_of_the_course_is_in_the_sandbox():
    """Released files, and the modules in the sandbox themselves, import nothing of the course that is not there."""
    there = {f"classroom.{name}".replace("/", ".").removesuffix(".__init__") for name in COURSE} | {"classroom.check"}
    released = [*(ROOT / "assignments").glob("*/given_*.py"), *(ROOT / "classroom" / f"{name}.py" for name in COURSE)]
    assert len(released) > len(COURSE)
    for path in released:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:  # what a function imports, it imports where it is called
            if isinstance(node, ast.ImportFrom) and str(node.module).split(".")[0] == "classroom":
                names = {f"{node.module}.{alias.name}" for alias in node.names}
                assert node.module in there and (node.module != "classroom" or names <= there), (path.name, node.module)
