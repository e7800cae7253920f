"""The course's own text is recognised whatever its names, comments and form; nothing that anybody writes is."""

import ast
import json
import linecache
import re
from pathlib import Path

import pytest
from declared import declared
from IPython.core import inputtransformer2

from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.course_text import (
    ANY,
    charged,
    definitions,
    functions_of,
    normal_form,
    notebook_sources,
    reached,
    statements,
)
from classroom.judge.verdict import Verdict
from classroom.staff.declare.exercise import Exercise
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.declare.shipped import shipped_forms, shipped_statements
from classroom.staff.declare.source import self_contained
from classroom.staff.report.nearness import near_course

SOURCE = Path(__file__).parents[2] / "assignments"
KNOWN = shipped_forms(SOURCE)
GIVEN = {path.stem: path.read_text() for path in sorted(SOURCE.glob("*/given_*.py"))}
# What is given in the capstone and computes what an exercise of an assignment asks for, alone or in a pair.
ANSWERS = sorted(
    name
    for name, _ in functions_of(ast.parse(GIVEN["given_layers"]))
    if name.endswith("_forward") or name in ("momentum", "adam", "kaiming_normal", "softmax_cross_entropy", "send_back")
)


def form(text):
    (function,) = ast.parse(text).body
    return normal_form(function)


ONE = '''
def mean(x: list, *, axis=0) -> float:
    """The mean."""
    # of all
    total = 0
    for item in x:
        total += item
    return total / len(x)
'''
SAME = """
@staticmethod
def average(values, *, direction=0.0):
    count: float = 0
    for one in values: count += one
    pass
    return (count
            / len(values))
"""
OTHER = ONE.replace("total / len(x)", "total * len(x)")


def test_names_comments_annotations_and_layout_change_nothing():
    assert form(ONE) == form(SAME) != form(OTHER)
    assert statements(ast.parse(ONE).body[0]) == 4


def renamed(text):
    """Other names for all that is bound, other comments, another layout."""
    tree = ast.parse(text)
    bound = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    for old in sorted(bound - {"self", "__array_ufunc__"}, key=len, reverse=True):
        if not old.startswith("__"):
            text = re.sub(rf"(?<![\w\"]){old}\b", f"my_{old}", text)
    return "# mine\n" + ast.unparse(ast.parse(text)).replace("    ", "  ")


def exercise_of(subject, *parts):
    names = parts or ("y",)
    return SheetExercise(subject, 8.0, (subject,), (subject,), [], [], dict.fromkeys(names, 1.0), [], None, (), 1e-6)


def right(exercise):
    parts = dict.fromkeys(exercise.parts, True)
    return Verdict(exercise.id, "right", 8.0, 8.0, parts, dict(exercise.parts))


@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_given_earns_nothing_when_it_is_pasted_and_renamed(name):
    pasted = renamed(GIVEN["given_tape"]) + "\n" + renamed(GIVEN["given_layers"])
    exercise = exercise_of(f"my_{name}")
    verdict, found = charged(right(exercise), exercise, [pasted], KNOWN)
    assert verdict.points == 0 and f"my_{name}" in found
    assert verdict.findings[0].stage == "course" and "course's own text" in verdict.findings[0].text


WAYS = {
    "called": "def conv(x):\n    return relu_forward(x)",
    "another name": "conv = relu_forward",
    "in a dict": "PARTS = {'a': relu_forward}\n\ndef conv(x):\n    return PARTS['a'](x)",
    "inside a function": None,
    "in a text": None,
    "in a class": None,
}


@pytest.mark.parametrize("how", WAYS)
def test_it_is_followed_wherever_it_is_hidden(how):
    text = next(
        ast.get_source_segment(GIVEN["given_layers"], node)
        for name, node in functions_of(ast.parse(GIVEN["given_layers"]))
        if name == "relu_forward"
    )
    inside = "\n".join(f"    {line}" for line in text.splitlines())
    cells = {
        "inside a function": [f"def conv(x):\n{inside}\n    return relu_forward(x)"],
        "in a text": [f"exec('''{text}''')", "def conv(x):\n    return relu_forward(x)"],
        "in a class": [f"class Layers:\n{inside}\n", "def conv(x):\n    return Layers.relu_forward(x)"],
    }.get(how, [text, WAYS[how]])
    exercise = exercise_of("conv")
    verdict, found = charged(right(exercise), exercise, ["x = 1", *cells], KNOWN)
    assert verdict.points == 0 and set(found.values()) == {"given_layers.relu_forward"}
    other = exercise_of("honest")
    honest = "def honest(x):\n    return x"
    assert charged(right(other), other, [*cells, honest], KNOWN) == (right(other), {})


LONG = ", ".join(str(number) for number in range(400))
DEEP = f"def one():\n    return 0{4000 * ' + 0'}"


@pytest.mark.parametrize(
    "how",
    [
        f"exec(bytes([{LONG}]))\ndef mine(): pass",
        f"get_ipython().run_cell_magic('time', '', bytes([{LONG}]).decode())\ndef mine(): pass",
        f"get_ipython().ex(bytes([{LONG}]).decode())\ndef mine(): pass",
        f"numbers = [{LONG}]\ndef run(): return eval(bytes(numbers))\nmine = 0",
        f"import sys as s\nmine = s\n@s\nclass Made:\n    def one(self): return compile(bytes([{LONG}]))",
        f"mine = 0{4000 * ' + 0'}",
        f"mine = 0\nexec({DEEP!r})",
        "\n".join(["import math", "x0 = 0", *(f"x{n + 1} = x{n} + math.pi" for n in range(3000)), "mine = x3000"]),
    ],
    ids=["bytes", "magic", "shell", "numbers", "class", "deep", "deep text", "a chain of names"],
)
def test_a_long_text_that_is_run_and_cannot_be_read_is_nobody_s(how):
    exercise = exercise_of("mine")
    verdict, found = charged(right(exercise), exercise, [how], KNOWN)
    assert verdict.points == 0 and found["mine"] == "unread"
    assert verdict.findings[0].text.startswith("your notebook runs a text that nobody can read")


def test_a_notebook_of_hundreds_of_names_is_followed():
    lines = [f"x{n + 1} = x{n} + 1" for n in range(400)]
    defined = definitions("x0 = 0", "\n".join(lines))
    assert len(defined) == 401 and defined["x400"].uses == {f"x{n}" for n in range(400)}


@pytest.mark.parametrize(
    "how",
    [
        f"table = [{LONG}]\nmine = eval(' + '.join('12'))",  # what is run is short, and so is what it uses
        f"mine = exec('table = [{LONG}]')",  # it is there to be read
        f"table = [{LONG}]\nmine = globals()['ta' + 'ble']",  # nothing is run
        f'def mine(x):\n    """{LONG}"""\n    return eval(x)',  # what is said of a function
        f"# {GIVEN['given_layers']!r}\nmine = 0",
        "\n".join(f"# {line}" for line in GIVEN["given_layers"].splitlines()) + "\nmine = 0",
        f"%%time\ntable = [{LONG}]\ndef mine(x):\n    return x",
        "import pandas as pd\nmine = getattr(pd, 'x' + 'y')",
        f"table = [{LONG}]\ndef mine(model):\n    model.eval()\n    return table",
        f"import numpy as np, timeit\ntable = [{LONG}]\nmine = np.array(table)",
        f"table = [{LONG}]\nfor ex in table:\n    mine = ex",
        f"import timeit\ntable = [{LONG}]\nmine = 0\nprint(timeit.timeit(lambda: mine))",
        f"table = [{LONG}]\ndef run(text):\n    return eval(text)\nmine = run('1 + 1')",
    ],
)
def test_what_honest_people_write_costs_nothing(how):
    assert reached(definitions(how), ["mine"], KNOWN) == {}


@pytest.mark.parametrize(
    "way",
    [
        "import sys",
        "from operator import attrgetter",
        "getattr(mine, 'a' + 'b')",
        "typing.get_type_hints(mine)",
        "In[-1]",
    ],
)
def test_whoever_may_reach_any_name_uses_all_of_the_course_s_text(way):
    text = f"def mine(x):\n    return x\n{way}\n"
    assert reached(definitions(GIVEN["given_layers"], text), ["mine"], KNOWN)
    commented = "\n".join(f"# {line}" for line in GIVEN["given_layers"].splitlines())
    assert reached(definitions(commented, text), ["mine"], KNOWN)


def test_a_later_definition_takes_the_place_of_an_earlier_one():
    exercise = exercise_of("relu_forward")
    cells = [GIVEN["given_layers"], "def relu_forward(x):\n    return x * (x > 0), x"]
    assert charged(right(exercise), exercise, cells, KNOWN)[0].points == 8


def test_cells_behind_a_check_may_fill_what_it_uses_and_give_no_name_anew():
    before = "TABLE = {}\n\ndef mine(x):\n    return TABLE['f'](x)\n\ndef own(x):\n    return x"
    filled = [GIVEN["given_layers"], "TABLE['f'] = relu_forward"]
    for names, behind, costs in (
        ("mine", filled, True),
        ("mine", [GIVEN["given_layers"], "TABLE.update(f=relu_forward)"], True),
        ("own", filled, False),
        ("own", [GIVEN["given_layers"], "own = relu_forward"], False),
    ):
        exercise = exercise_of(names)
        verdict, _ = charged(right(exercise), exercise, [before], KNOWN, behind)
        assert verdict.points == (0 if costs else 8), (names, behind[-1])


def test_a_part_that_is_the_course_s_costs_that_part():
    exercise = exercise_of("my_parts", "relu_forward", "adam")
    cells = [GIVEN["given_layers"], "def adam(w):\n    return w\n\ndef my_parts():\n    return {}"]
    verdict, found = charged(right(exercise), exercise, cells, KNOWN)
    assert (verdict.points, verdict.parts) == (4.0, {"relu_forward": False, "adam": True})
    assert found == {"relu_forward": "given_layers.relu_forward"}


@pytest.mark.parametrize("source", ["def (", "%matplotlib inline\nx = 1", "x = " + "(" * 500, "\0", "", "%x\n" * 21])
def test_what_is_no_python_defines_nothing(source, monkeypatch):
    monkeypatch.setattr(inputtransformer2, "TRANSFORM_LOOP_LIMIT", 20)  # IPython's own is 500, and takes it ten seconds
    assert set(definitions(source)) <= {"x", ANY}


def test_names_that_use_each_other_are_followed_once():
    defined = definitions("def one():\n    return two()\n\ndef two():\n    return one()")
    assert reached(defined, ["one"], KNOWN) == {}


@pytest.mark.parametrize("name", declared_assignments(SOURCE))
def test_no_reference_alternative_or_mutant_is_the_course_s_text(name):
    texts = {}  # each with the first exercise that has it
    for exercise in declared(name).exercises:
        if not isinstance(exercise, Exercise):
            continue
        written = list(exercise.functions.values())
        for other in (*exercise.alternatives, *exercise.mutants):
            written += [other.functions] if callable(other.functions) else list(other.functions.values())
        for function in written:
            texts.setdefault(self_contained(function), exercise.id)
    for text, identity in texts.items():
        found = functions_of(ast.parse(text))
        assert not [one for one, node in found if normal_form(node) in KNOWN], (identity, text)
        assert not near_course([(identity, text)], shipped_statements(SOURCE), KNOWN)


@pytest.mark.parametrize("name", declared_assignments(SOURCE))
def test_an_honest_notebook_is_read_to_its_end_and_none_of_it_is_the_course_s(name):
    cells = json.loads((SOURCE / name / f"{name}.ipynb").read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    defined = definitions(*code)
    assert len(defined) > 30 and reached(defined, defined, KNOWN) == {}


def test_a_notebook_s_text_is_read_from_where_its_functions_were_defined():
    space = {"__name__": "a notebook"}
    for number, text in enumerate(["def one():\n    return 1\n", "class Two:\n    def two(self):\n        return 2\n"]):
        name = f"<cell {number}>"
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        exec(compile(text, name, "exec"), space)
    texts = notebook_sources({**space, "parts": ast.parse, "number": 3}, "a notebook")
    assert [text.split("(")[0] for text in texts] == ["def one", "class Two:\n    def two"]


def test_a_notebook_in_which_nothing_is_the_course_s_is_not_followed_name_by_name(monkeypatch):
    monkeypatch.delattr("classroom.judge.course_text.definitions")
    setup = "import importlib.metadata\nget_ipython().run_line_magic('pip', f'install {importlib}')"
    exercise = exercise_of("honest")
    assert charged(right(exercise), exercise, [setup, "def honest(x):\n    return x"], KNOWN) == (right(exercise), {})
