"""Why a name is missing: the cell that would have defined it."""

import pytest

from classroom.call.caller import CallError
from classroom.call.failed_cells import CellFailure, FailedCells

MISSING = CallError("missing", "y = double(x)", "NameError", "double is not defined in the notebook")


def failure_of(source):
    try:
        exec(compile(source, "<cell>", "exec"), {})
    except Exception as error:
        return CellFailure.of(source, error)
    return None


def explained(source, error=MISSING):
    failed = FailedCells()
    failed.ran(source, failure_of(source))
    return failed.explain(error)


@pytest.mark.parametrize(
    ("source", "said", "line"),
    [
        (
            "def double(x):\n    return x\u00a0* 2\n",
            "SyntaxError in line 2: invalid non-printable character",
            "return x",
        ),
        ("def\u00a0double(x):\n    return x\n", "invalid non-printable character U+00A0", "double(x):"),
        ("def double(x):\n    return x > 0 x\n", "SyntaxError in line 2: invalid syntax", "return x > 0 x"),
        ("def double(x):\nreturn x\n", "IndentationError in line 2", "return x"),
        ("double = “2”\n", "invalid character '“'", "double = “2”"),
    ],
)
def test_a_cell_that_is_not_valid_python_is_the_reason(source, said, line):
    error = explained(source)
    assert error.kind == "undefined" and error.call == ""
    assert error.message.startswith("double is not defined: its cell is not valid Python: ")
    assert said in error.message and line in error.line and error.lineno > 0


def test_a_cell_that_stopped_before_the_definition_is_the_reason():
    error = explained("import nowhere_at_all\ndef double(x):\n    return x\n")
    assert "its cell stopped before it: ModuleNotFoundError" in error.message


def test_a_helper_that_is_missing_is_explained_where_it_is_called():
    error = explained(
        "def _mask(x):\n    return x x\n", CallError("crashed", "", "NameError", "name '_mask' is not defined")
    )
    assert error.message.startswith("_mask is not defined: its cell is not valid Python")


def test_a_cell_that_runs_at_last_clears_it():
    failed = FailedCells()
    failed.ran("def double(x): x x", failure_of("def double(x): x x"))
    before = failed.copy()
    failed.ran("def double(x): return x", None)
    assert failed.explain(MISSING) is MISSING
    assert before.explain(MISSING) is not MISSING


def test_other_errors_stay_as_they_are():
    for error in (None, MISSING, CallError("crashed", "", "ValueError", "double is not defined")):
        assert explained("def triple(x): x x", error) is error
        assert explained("x = double == 2 2", error) is error


def test_text_without_end_is_read_in_a_moment():
    failed = FailedCells()
    for text in ("async\n" * 100_000, "a,\n" * 100_000, "def " + "\n" * 300_000, " " * 300_000):
        failed.ran(text, CellFailure("SyntaxError", "invalid syntax"))
    assert failed.get("a") is None
