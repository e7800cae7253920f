"""Staff's commands: each is registered with a sentence for every option, and somewhere the documents say its use."""

from pathlib import Path

import pytest
import typer

from classroom.staff.cli import register

ROOT = Path(__file__).parents[2]


def commands():
    app = typer.Typer()
    register(app)
    return typer.main.get_command(app).commands


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_explains_itself(name):
    command = commands()[name]
    assert (command.help or "").strip().endswith((".", ":"))
    silent = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]
    assert silent == [] and "root" in {parameter.name for parameter in command.params}


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_stands_in_the_documents(name):
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert any(f"classroom {name}" in text or f"make {name}" in text for text in texts)
