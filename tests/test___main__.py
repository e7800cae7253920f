"""The command of the light install: without typer it says in one sentence what to install."""

import subprocess
import sys

import pytest


def ended(*, without=()):
    hidden = "".join(f"sys.modules[{name!r}] = None; " for name in without)
    code = f"import sys; {hidden}sys.argv = ['classroom', 'version']; from classroom.__main__ import main; main()"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


@pytest.mark.slow
def test_the_command_runs():
    process = ended()
    assert (process.returncode, process.stderr) == (0, "") and process.stdout.strip()


@pytest.mark.slow
def test_without_typer_one_sentence_says_what_to_install():
    process = ended(without=["typer"])
    assert process.returncode == 2 and process.stdout == ""
    (line,) = process.stderr.splitlines()
    assert line.startswith("classroom: the command line needs typer, install it with  pip install typer")
    assert "check.submit()" in line


@pytest.mark.slow
def test_another_package_that_is_missing_is_not_taken_for_typer():
    process = ended(without=["importlib.metadata"])
    assert process.returncode == 1 and "importlib.metadata" in process.stderr
