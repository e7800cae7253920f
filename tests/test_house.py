"""The house is found by its names: every module has its test file, and no test holds what an exercise declares."""

import ast
import functools
from pathlib import Path

import pytest
from declared import checks, points

from classroom.staff.declare.loader import declared_assignments

ROOT = Path(__file__).parents[1]
TESTS = ROOT / "tests"
# Modules without a file of their own: where they are tested, because what they do cannot be had apart from it.
ELSEWHERE = {
    "classroom/staff/collect/command.py": "staff/collect/test_collection.py: the command is what it collects with",
    "classroom/staff/report/feedback_exporter.py": "staff/report/test_feedback.py has nbgrader call it",
    "classroom/staff/report/formgrader_lists.py": "staff/grade/test_formgrader.py reads every list in a browser",
}


def modules():
    """Name every module and the file that tests it."""
    for path in sorted([*(ROOT / "classroom").rglob("*.py"), *(ROOT / "solutions").rglob("*.py")]):
        if path.name == "__init__.py":
            continue  # the face of a package: it only imports, and its parts are tested
        wing, *folders = path.relative_to(ROOT).with_suffix("").parts
        if wing == "solutions":  # one storey of tests for both of the solutions
            yield path.relative_to(ROOT).as_posix(), f"solutions/test_{'_'.join(folders)}.py"
        else:
            yield path.relative_to(ROOT).as_posix(), "/".join([*folders[:-1], f"test_{folders[-1]}.py"])


def test_every_module_has_its_test_file():
    missing = [f"{module}: tests/{test}" for module, test in modules() if not (TESTS / test).is_file()]
    assert {line.split(":")[0] for line in missing} == set(ELSEWHERE), missing


def test_every_test_file_asks_something():
    assert [path.relative_to(TESTS).as_posix() for path in TESTS.rglob("test_*.py") if not _read(path)[0]] == []


@functools.cache
def _read(path):
    """The tests of a file, its words, and the constants in its assertions, each with the line of the assertion."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tests = [one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    asserted = [
        (asked.lineno, node.value)
        for asked in ast.walk(tree)
        if isinstance(asked, ast.Assert)
        for node in ast.walk(asked)
        if isinstance(node, ast.Constant)
    ]
    return tests, words, asserted


@pytest.mark.parametrize("name", declared_assignments(ROOT / "assignments"))
def test_no_test_holds_what_an_assignment_declares(name):
    """Its points and the number of its checks change with every new exercise: `declared` tells them."""
    numbers = {points(name), checks(name)}
    told = [f"of {points(name):g}", f"{checks(name)} checks", f"{checks(name)} in place"]
    found = []
    for path in TESTS.rglob("test_*.py"):
        _, words, asserted = _read(path)
        for line, value in asserted if name in words else ():
            number = isinstance(value, int | float) and not isinstance(value, bool) and value in numbers
            if (number and value > 20) or (isinstance(value, str) and any(text in value for text in told)):
                found.append(f"{path.relative_to(TESTS)}:{line}: {value!r}")
    assert found == []
