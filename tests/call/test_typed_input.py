"""Code that asks for input is told so at once: nobody types in a check."""

import builtins

import pytest

from classroom.call.caller import LocalCaller
from classroom.call.script import parse
from classroom.call.typed_input import NoInput, no_typed_input


class StdinNotImplementedError(NotImplementedError):
    """What a kernel raises where a notebook runs without anybody at it."""


def asking(x):
    return x + float(input("how many? "))


def without_stdin(x):
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def error_of(function):
    return LocalCaller({"f": function}).run(parse(["y = f(x)"]), {"x": 1.0}, ("y",)).error


def test_an_answer_that_asks_for_input_is_told_so():
    error = error_of(asking)
    assert (error.kind, error.name) == ("crashed", "")
    assert error.message == "it asks for input, and nobody can type any here: take what it needs from its arguments"


def test_an_answer_that_asks_a_kernel_without_input_is_not_one_that_is_not_started():
    error = error_of(without_stdin)
    assert (error.kind, error.name) == ("crashed", "StdinNotImplementedError")


def test_input_is_given_back():
    usual = builtins.input
    with pytest.raises(NoInput), no_typed_input():
        input()
    assert builtins.input is usual


def test_it_is_the_end_of_file_that_python_raises_where_nobody_types():
    def reading(x):
        lines = []
        while True:
            try:
                lines.append(input())
            except EOFError:
                return x + len(lines)

    run = LocalCaller({"f": reading}).run(parse(["y = f(x)"]), {"x": 1.0}, ("y",))
    assert run.error is None and run.values["y"] == 1.0
