"""What a notebook calls: points as the last value, hints as a ladder, progress as a table."""

import re
import subprocess
import sys

import pytest
from bugs import LINEAR, RELU, plain_backward

from classroom.check import Check
from classroom.fault import Fault
from classroom.staff.exercise import Assignment, Quiz, answer_sheet, edit

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


def test_hints_go_down_a_ladder_whose_last_step_names_the_bug(check, capsys):
    check("linear_backward", in_notebook(SLIP))
    capsys.readouterr()
    seen = []
    for _ in range(4):
        check.hint("linear_backward")
        seen.append(capsys.readouterr().out)
    assert "hint 1 of 3" in seen[0] and "Look at the shapes." in seen[0]
    assert "hint 2 of 3" in seen[1]
    assert "The bug: The bias enters every example" in seen[2]
    assert seen[3] == seen[2]


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


def test_what_is_no_function_is_told(check, capsys):
    assert check("relu_backward", 5) == 0
    assert "relu_backward is not a function" in capsys.readouterr().out


def test_the_student_part_loads_nothing_heavy():
    heavy = ("matplotlib", "nbformat", "IPython", "torch", "scipy", "rich", "typer", "solutions", "classroom.staff")
    code = f"import sys, classroom.check; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
