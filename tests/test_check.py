"""What a notebook calls: points as the last value, hints as a ladder, progress as a table."""

import ast
import dataclasses
import importlib
import linecache
import re
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from bugs import LINEAR, RELU, plain_backward
from declared import declared

from classroom import waiting
from classroom.check import Check
from classroom.fault import Fault
from classroom.judge.budget import CpuSeconds
from classroom.judge.course_text import normal_form
from classroom.staff.declare.exercise import Assignment, Quiz, answer_sheet, edit

module = importlib.import_module("classroom.check")  # in the package its name is that of the check
QUIZ = Quiz("quiz_1", 2, "Which?", {"a": "this", "b": "that"}, right="b", because={"a": "No.", "b": "Yes, that."})
SLIP = edit(plain_backward, "sum(axis=0)", "mean(axis=0)")


@pytest.fixture
def check(tmp_path):
    answer_sheet(Assignment("small", "Small", [LINEAR, RELU, QUIZ])).save(tmp_path / "small.npz")
    made = Check()
    made.open("small", tmp_path)
    return made


def in_notebook(function):
    """Return the function as if it stood in a notebook beside the exercise's other functions."""
    function.__globals__.setdefault("linear_forward", LINEAR.functions["linear_forward"])
    return function


def test_the_value_of_a_check_is_its_points(check, capsys):
    assert check("linear_backward", in_notebook(plain_backward)) == 6.0
    assert "linear_backward · right · 6 of 6 points" in capsys.readouterr().out
    assert check("linear_backward", in_notebook(SLIP)) == 4.0
    assert isinstance(check("quiz_1", "b"), float)


PASTED = """
def linear_backward(grad_y, cache):
    x, weight = cache
    count = len(x)
    grad_x = grad_y @ weight.T
    grad_weight = np.zeros(weight.shape, x.dtype)
    grad_bias = np.zeros(weight.shape[1], x.dtype)
    for place in range(count):
        grad_weight += np.outer(x[place], grad_y[place])
        grad_bias += grad_y[place]
    return grad_x, grad_weight, grad_bias
"""


def test_text_that_the_course_gives_earns_nothing_at_home_either(check, monkeypatch, capsys):
    monkeypatch.setitem(linecache.cache, "<a cell>", (len(PASTED), None, PASTED.splitlines(keepends=True), "<a cell>"))
    names = {"np": np, "__name__": "a notebook", "linear_forward": LINEAR.functions["linear_forward"]}
    exec(compile(PASTED, "<a cell>", "exec"), names)
    assert check("linear_backward", names["linear_backward"]) == 6.0
    form = normal_form(ast.parse(PASTED).body[0])
    monkeypatch.setitem(check._opened().course_text, form, "given_layers.linear_backward")
    assert check("linear_backward", names["linear_backward"]) == 0.0
    assert "linear_backward is given_layers.linear_backward, the course's own text" in capsys.readouterr().out


def test_hints_go_down_a_ladder_whose_last_step_names_the_bug(check, capsys):
    check("linear_backward", in_notebook(SLIP))
    capsys.readouterr()
    seen = []
    for _ in range(4):
        check.hint("linear_backward")
        seen.append(capsys.readouterr().out)
    assert "hint 1 for linear_backward: Look at the shapes." in seen[0] and seen[0].endswith("1 more\n")
    assert "grad_weight is" not in "".join(seen)  # it is right
    assert "The bug: The bias enters every example" in seen[1] and "Look at the shapes." in seen[1]
    assert seen[1] == seen[2] == seen[3] and seen[1].endswith("no more hints for this\n")


def test_a_hint_without_a_name_is_about_the_exercise_checked_last(check, capsys):
    with pytest.raises(Fault, match="run a check first, or name one"):
        check.hint()
    check("linear_backward", in_notebook(SLIP))
    check.hint()
    assert "hint 1 for linear_backward" in capsys.readouterr().out


def test_a_question_has_no_hints_and_says_where_it_is_answered(check, capsys):
    check.hint("quiz_1")
    assert "quiz_1 is a question, and has no hints" in capsys.readouterr().out


def test_a_case_that_fails_can_be_tried_by_hand(check, capsys):
    with pytest.raises(Fault, match="run the check of relu_backward first"):
        check.case("relu_backward")
    names = notebook("def relu_backward(grad_y, cache):\n    return grad_y\ndef relu_forward(x):\n    return x, x\n")
    check("relu_backward", names["relu_backward"])
    capsys.readouterr()
    x, grad_y = check.case("relu_backward")
    assert x.shape == grad_y.shape and x.size <= 3
    assert 'x, grad_y = check.case("relu_backward")' in capsys.readouterr().out


def test_after_a_tick_the_check_says_what_was_built_and_explain_says_it_again(tmp_path, capsys, full_sheets):
    full_sheets("neurons").visible().save(tmp_path / "neurons.npz")
    made = Check()
    made.open("neurons", tmp_path)
    made("mse_forward", declared("neurons").exercise("mse_forward").functions["mse_forward"])
    line = "used next in mse_backward · lecture 2, The component at work"
    assert line in capsys.readouterr().out
    made.explain()
    assert line in capsys.readouterr().out


def test_progress_survives_a_restart_and_says_when_it_was_last_right(check, tmp_path, capsys):
    check("linear_backward", in_notebook(plain_backward))
    check("quiz_1", "a")
    again = Check()
    again.open("small", tmp_path)
    capsys.readouterr()
    again.progress()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("✓ linear_backward  right        6 of 6  last right ")
    assert lines[2].split() == ["✗", "quiz_1", "wrong", "0", "of", "2"]
    assert lines[-1].split() == ["total", "6", "of", "12"]


def test_an_unknown_bug_has_no_last_step(check, capsys):
    check("linear_backward", in_notebook(edit(plain_backward, "sum(axis=0)", "max(axis=0)")))
    capsys.readouterr()
    for _ in range(3):
        check.hint("linear_backward")
    assert "The bug" not in capsys.readouterr().out


def test_a_right_answer_needs_no_hint(check, capsys):
    check("linear_backward", in_notebook(plain_backward))
    check.hint("linear_backward")
    assert "nothing to hint at" in capsys.readouterr().out


def test_an_exercise_without_hints_says_so(check, capsys):
    check.hint("relu_backward")
    assert "has no hints" in capsys.readouterr().out


def test_progress_shows_all_exercises(check, capsys):
    check("linear_backward", in_notebook(SLIP))
    check("quiz_1", "a")
    capsys.readouterr()
    check.progress()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[:3]] == ["linear_backward", "relu_backward", "quiz_1"]
    assert lines[-1].split() == ["total", "4", "of", "12"]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda check: check("relu", plain_backward), "has no exercise 'relu': it has linear_backward"),
        (lambda check: check("linear_bakward", plain_backward), "'linear_bakward': did you mean 'linear_backward'?"),
        (lambda check: check("linear_backward"), "was given 0 answers, needs 1: linear_backward"),
        (lambda check: check.hint("relu"), "has no exercise 'relu'"),
        (lambda check: check.open("nothing"), "there is no answer sheet nothing.npz"),
        (lambda check: Check()("relu", 1), "run the first cell"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(check, call, said):
    with pytest.raises(Fault, match=re.escape(said)):
        call(check)


FORWARD = dataclasses.replace(
    LINEAR,
    id="linear_forward",
    subject=("linear_forward",),
    cases=[
        dataclasses.replace(case, calls=case.calls[:1], outputs=("y",), inputs={**case.inputs}) for case in LINEAR.cases
    ],
    hidden=None,
    properties=[],
    mutants=[],
)


@pytest.fixture
def pair(tmp_path):
    answer_sheet(Assignment("pair", "Pair", [FORWARD, LINEAR])).save(tmp_path / "pair.npz")
    made = Check()
    made.open("pair", tmp_path)
    return made


def notebook(source):
    names = {"np": np}
    exec(source, names)
    return names


BACKWARD = """
def linear_backward(grad_y, cache):
    x, weight = cache
    return grad_y @ weight.T, x.T @ grad_y, grad_y.sum(axis=0)
"""


def test_a_fault_that_may_lie_in_an_earlier_exercise_is_looked_for_there(pair, capsys):
    names = notebook("def linear_forward(x, weight, bias):\n    return x @ weight - bias, (x, 2 * weight)\n" + BACKWARD)
    pair("linear_backward", names["linear_backward"])
    assert "builds on linear_forward, which does not pass its own check yet: mend that first" in capsys.readouterr().out
    names = notebook("def linear_forward(x, weight, bias):\n    return x @ weight + bias, (x, 2 * weight)\n" + BACKWARD)
    pair("linear_backward", names["linear_backward"])
    assert "mend that first" not in capsys.readouterr().out


def test_an_earlier_function_that_is_called_and_not_written_is_named(check, capsys):
    names = notebook(
        "def linear_forward(x, weight, bias):\n    return product(x, weight) + bias, (x, weight)\n"
        "def product(x, weight):\n    raise NotImplementedError\n" + BACKWARD
    )
    check("linear_backward", names["linear_backward"])
    said = "y, cache = linear_forward(x, weight, bias) calls product, which still raises NotImplementedError"
    assert said in capsys.readouterr().out


def test_what_is_no_function_is_told(check, capsys):
    assert check("relu_backward", 5) == 0
    assert "relu_backward is not a function" in capsys.readouterr().out


def test_the_student_part_loads_nothing_heavy():
    heavy = ("matplotlib", "nbformat", "IPython", "torch", "scipy", "rich", "typer", "solutions", "classroom.staff")
    code = f"import sys, classroom.check; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_interrupt_is_one_line(check):
    def interrupted(grad_y, cache):
        raise KeyboardInterrupt

    with pytest.raises(Fault, match="linear_backward: you interrupted the check, so nothing was judged"):
        check("linear_backward", in_notebook(interrupted))


def test_an_interrupt_of_the_search_for_a_case_is_one_line_too(check):
    pressed = []

    def interrupted(grad_y, cache):
        if pressed:
            raise KeyboardInterrupt
        return plain_backward(grad_y, cache)

    check("linear_backward", in_notebook(interrupted))
    pressed.append("■")
    with pytest.raises(Fault, match=r"check\.case\('linear_backward'\): you interrupted it, so none was found"):
        check.case()


def test_where_nothing_stops_an_answer_a_check_and_a_case_say_how_to_do_so_by_hand(check, monkeypatch):
    places = {}

    def publish(data, *, transient, update=False):
        places.setdefault(transient["display_id"], []).append(data["text/plain"])

    shell = SimpleNamespace(display_pub=SimpleNamespace(publish=publish))
    monkeypatch.setattr(waiting, "running_shell", lambda: shell)
    monkeypatch.setattr(waiting, "can_limit", lambda: False)
    check("linear_backward", in_notebook(plain_backward))
    check.case()
    lines = list(places.values())
    assert len(lines) == 2 and all(gone == "" for _, gone in lines)
    assert all(shown.startswith("linear_backward is being checked. Nothing here stops a loop") for shown, _ in lines)


def test_an_answer_may_compute_for_ten_seconds_where_its_exercise_allows_no_more(check, monkeypatch, capsys):
    def endless(grad_y, cache):
        while True:
            pass

    assert module.MOST_SECONDS == 10
    monkeypatch.setattr(module, "MOST_SECONDS", 0.05)
    assert check("linear_backward", in_notebook(endless)) == 0
    assert "it computed for 0.05 seconds and had not ended: does its loop ever end?" in capsys.readouterr().out


def test_an_answer_may_compute_for_twice_what_its_exercise_counts():
    exercise = answer_sheet(Assignment("small", "Small", [RELU])).exercise("relu_backward")
    exercise.cases[0].budget = CpuSeconds(60.0)
    assert module._caller(exercise, (plain_backward,)).seconds == 120


@pytest.mark.parametrize("deep", [False, True])
def test_an_answer_without_an_end_is_wrong_and_told_so(check, capsys, deep):
    def nested(grad_y, cache):
        answer = [1.0]
        for _ in range(5000 if deep else 0):
            answer = [answer]
        answer.append(answer)
        return answer, answer, answer

    assert check("linear_backward", in_notebook(nested)) == 0.0
    assert "nested more than 32 deep: does it contain itself?" in capsys.readouterr().out


@pytest.fixture
def run_cell(check, tmp_path):
    """Run cells in IPython with the check open; each call returns what a cell shows."""
    from IPython.core.interactiveshell import InteractiveShell
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance(colors="nocolor")
    shell.user_ns |= {"check": check, "linear_forward": LINEAR.functions["linear_forward"]}
    check.open("small", tmp_path)

    def run(source):
        with capture_output() as captured:
            shell.run_cell(source)
        return [output.data["text/plain"] for output in captured.outputs] + [captured.stdout]

    yield run
    InteractiveShell.clear_instance()


CHECK_CELL = "check('linear_backward', linear_backward)"
BROKEN = "def linear_backward(grad_y, cache):\n    return grad_y\u00a0@ cache[1].T\n"


def test_above_a_check_stands_that_the_cell_is_not_valid_python(run_cell, check):
    run_cell(BROKEN)
    first = run_cell(CHECK_CELL)[0].splitlines()
    assert first[0] == "✗ linear_backward · crashed · 0 of 3 parts right · 0 of 6 points"
    assert "its cell is not valid Python: SyntaxError in line 2: invalid non-printable character U+00A0" in first[1]
    assert "your line 2: return grad_y" in first[2]
    assert check._verdicts["linear_backward"].outcome == "crashed"


def test_what_is_judged_in_an_old_version_says_so(run_cell):
    run_cell("def linear_backward(grad_y, cache):\n    raise NotImplementedError")
    run_cell(BROKEN)
    first, verdict = run_cell(CHECK_CELL)[:2]
    assert first.startswith("! linear_backward is judged as it was before: its cell is not valid Python")
    assert "not started" in verdict
    run_cell(BROKEN.replace("\u00a0", " "))
    assert "judged as it was" not in run_cell(CHECK_CELL)[0]
