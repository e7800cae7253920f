"""The command line.  Students have `data`, `preflight`, `repair` and `submit`; staff's come as entry points."""

import importlib.metadata
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from classroom.console import write_plainly
from classroom.fault import Fault, refusal

app = typer.Typer(
    name="classroom",
    help="Work on an assignment: check your notebook, and write the file to hand in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def root() -> None:
    """Work on an assignment: check your notebook, and write the file to hand in."""


@app.command()
def version() -> None:
    """Say which version of the course this is."""
    print(importlib.metadata.version("layerwise"))


@app.command()
def data(
    name: Annotated[str, typer.Argument(help="digits, mnist, fashion-mnist or cifar10")],
    root: Annotated[Path | None, typer.Option(help="folder for downloads")] = None,
) -> None:
    """Fetch a data set and say what is in it."""
    from classroom.data import load

    images, labels, split = load(name, root=root, download=True)
    sizes = ", ".join(f"{part} {len(index)}" for part, index in split._asdict().items() if len(index))
    print(f"{name}: {len(images)} images of shape {images.shape[1:]}, {labels.max() + 1} classes, {sizes}")


Notebook = Annotated[Path | None, typer.Argument(help="the notebook; none means the only assignment of this folder")]
Run = Annotated[bool, typer.Option("--run/--no-run", help="restart and run all, in a copy")]


@app.command()
def preflight(notebook: Notebook = None, run: Run = True) -> None:
    """Check a notebook the way it will be graded: its locked cells, its size, and whether it runs."""
    from classroom.preflight import find_notebook
    from classroom.preflight import preflight as look

    found = look(find_notebook(notebook), run=run)
    print(found.to_text())
    raise typer.Exit(0 if found.ready else 1)


@app.command()
def repair(notebook: Notebook = None) -> None:
    """Put cells that are missing or were changed back as they were released; your answers are kept."""
    from classroom.preflight import find_notebook
    from classroom.repair import repair as mend

    print(mend(find_notebook(notebook)).to_text())


@app.command()
def submit(
    notebook: Notebook = None,
    run: Run = True,
    to: Annotated[Path, typer.Option(help="folder to write to")] = Path("hand-in"),
    anyway: Annotated[bool, typer.Option(help="write it also when it is not ready")] = False,
) -> None:
    """Check a notebook, then write the file to hand in and a receipt."""
    from classroom.preflight import find_notebook, write_hand_in
    from classroom.preflight import preflight as look

    found = look(find_notebook(notebook), run=run)
    try:
        found, written = write_hand_in(found, to, anyway=anyway)
    except OSError as error:
        raise Fault(f"{to}: {error.strerror or error}; name a folder that can be written to with --to") from None
    print(found.receipt(), end="")
    print(f"hand in   {written}")


def load_commands(application: typer.Typer) -> None:
    """Add the commands that installed packages offer under the entry-point group `classroom.commands`.

    The student's copy names a module that it does not hold; that group of commands is then simply absent.
    """
    for entry in importlib.metadata.entry_points(group="classroom.commands"):
        try:
            register = entry.load()
        except ModuleNotFoundError as missing:
            if missing.name is not None and (entry.module + ".").startswith(missing.name + "."):
                continue
            raise
        register(application)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a fault is one sentence on stderr and exit code 2."""
    write_plainly()
    load_commands(app)
    try:
        app(args=None if arguments is None else list(arguments))
    except Fault as fault:
        print(f"classroom: {fault}", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        print(f"classroom: {refusal(error)}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
