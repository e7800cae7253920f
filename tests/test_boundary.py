"""The trust boundary is a folder line: what students install knows no answer, and the reference needs numpy alone."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
STUDENT = sorted((ROOT / "classroom").glob("*.py"))
REFERENCE = sorted((ROOT / "solutions").glob("*.py"))


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
    assert is_staffs("solutions.activation") and is_staffs("classroom.staff") and is_staffs("classroom.staff.build")
    assert not is_staffs("classroom.check") and not is_staffs("classroom.staffroom")


@pytest.mark.parametrize("path", STUDENT, ids=lambda path: path.stem)
def test_a_student_module_imports_no_solution_and_nothing_of_staff(path):
    assert [module for module in imported(path.read_text(encoding="utf-8")) if is_staffs(module)] == []


@pytest.mark.parametrize("path", REFERENCE, ids=lambda path: path.stem)
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
