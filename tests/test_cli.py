"""The command line: a fault is one sentence and exit code 2, and commands that are not installed are absent."""

import importlib.metadata
from types import SimpleNamespace

import pytest
import typer

from classroom import cli
from classroom.fault import Fault


def ended(monkeypatch, error, capsys):
    def app(args):
        raise error

    monkeypatch.setattr(cli, "load_commands", lambda application: None)
    monkeypatch.setattr(cli, "app", app)
    with pytest.raises(SystemExit) as stopped:
        cli.main([])
    return stopped.value.code, capsys.readouterr().err


def test_a_fault_is_one_sentence(monkeypatch, capsys):
    assert ended(monkeypatch, Fault("no such thing"), capsys) == (2, "classroom: no such thing\n")


def test_a_file_that_cannot_be_used_is_one_sentence(monkeypatch, capsys):
    error = PermissionError(13, "Permission denied", "grades.csv")
    assert ended(monkeypatch, error, capsys) == (2, "classroom: grades.csv: Permission denied\n")


def entry(module, load):
    return SimpleNamespace(module=module, load=load)


def missing(name):
    def load():
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    return load


def test_what_a_copy_does_not_hold_is_absent_and_a_broken_one_is_told(monkeypatch):
    application = typer.Typer()
    found = [entry("classroom.staff.cli", missing("classroom.staff"))]
    found.append(entry("more.cli", lambda: lambda one: one.command("more")(print)))
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: found)
    cli.load_commands(application)
    assert [command.name for command in application.registered_commands] == ["more"]
    found[:] = [entry("classroom.staff.cli", missing("nbgrader"))]
    with pytest.raises(ModuleNotFoundError, match="nbgrader"):
        cli.load_commands(application)
