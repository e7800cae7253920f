"""What students receive as code: nothing of staff's, and no given answer that is too short to be recognised."""

import ast
from pathlib import Path

from classroom.judge.course_text import STATEMENTS, functions_of, statements
from classroom.staff.declare.shipped import shipped_forms, shipped_modules

SOURCE = Path(__file__).parents[3] / "assignments"


def test_no_module_of_staff_is_shipped():
    modules = shipped_modules(SOURCE)
    assert {"classroom.check", "given_layers", "given_network", "given_tape"} <= set(modules)
    assert not [name for name in modules if ".staff" in name or "solutions" in name]


def test_every_given_function_that_answers_an_exercise_has_a_form_of_its_own():
    """Each of them has eight statements: nobody writes one by chance."""
    tree = ast.parse(shipped_modules(SOURCE)["given_layers"].read_text(encoding="utf-8"))
    answers = {"momentum", "adam", "kaiming_normal", "softmax_cross_entropy", "send_back"}
    answers |= {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.endswith("_forward")}
    long = {name: statements(node) for name, node in functions_of(tree) if name in answers}
    assert STATEMENTS == 8 <= min(long.values()) and set(long) == answers and len(answers) == 14
    assert {f"given_layers.{name}" for name in answers} <= set(shipped_forms(SOURCE).values())


def test_without_assignments_the_toolkit_alone_is_shipped():
    assert set(shipped_modules(None)) < set(shipped_modules(SOURCE))
    assert all(name.startswith("classroom.") for name in shipped_modules(None))
