"""Trouble that its reader can mend is one sentence, in a notebook too."""

from IPython.core.interactiveshell import InteractiveShell

from classroom.fault import Fault


def shown(code, capsys):
    """Run a cell the way a notebook does and return what it printed."""
    shell = InteractiveShell.instance()
    try:
        result = shell.run_cell(code)
    finally:
        InteractiveShell.clear_instance()
    return result, capsys.readouterr().out


def test_a_notebook_shows_the_sentence_and_no_traceback(capsys):
    result, out = shown('from classroom import check\ncheck("relu", print)', capsys)
    assert isinstance(result.error_in_exec, Fault)
    assert out.strip().splitlines() == [f"Fault: {result.error_in_exec}"]
    assert "run the first cell" in out


def test_other_errors_keep_their_traceback(capsys):
    _, out = shown("1 / 0", capsys)
    assert "Traceback" in out and "ZeroDivisionError" in out
