"""The solutions can be read: each function fits on a screen and says what it does."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "solutions"
SOLUTIONS = sorted(ROOT.rglob("*.py"))
LONGEST = 40  # lines of a function, its docstring not counted


def functions(text):
    """Yield the name of each function of a module, and its lines without the docstring."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            described = ast.get_docstring(node, clean=False) is not None
            docstring = first.end_lineno - first.lineno + 1 if described else 0
            yield node.name, node.end_lineno - node.lineno + 1 - docstring


def test_the_count_leaves_docstrings_out():
    text = 'def f(x):\n    """One.\n\n    Two.\n    """\n    y = x\n    return y\n\n\ndef g():\n    return 1\n'
    assert dict(functions(text)) == {"f": 3, "g": 2}


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path):
    lengths = {name: lines for name, lines in functions(path.read_text()) if lines > LONGEST}
    assert not lengths, f"{path.name} has functions of more than {LONGEST} lines: {lengths}"


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_public_function_has_a_docstring(path):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name} has no docstring"
