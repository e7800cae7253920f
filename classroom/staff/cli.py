"""The commands that only staff has.  What is slow to import is imported when its command runs."""

from pathlib import Path
from typing import Annotated

import typer

from classroom.staff.grading_command import grade


def register(app: typer.Typer) -> None:
    """Add staff's commands to the command line."""
    app.command()(build)
    app.command()(release)
    app.command()(grade)


def build(
    names: Annotated[list[str] | None, typer.Argument(help="notebooks, e.g. 08_initialization; none means all")] = None,
    check: Annotated[bool, typer.Option(help="build nothing, say which pairs are out of step")] = False,
    force: Annotated[bool, typer.Option(help="build also what is in step")] = False,
    root: Annotated[Path, typer.Option(help="folder that holds course/ and assignments/")] = Path("."),
) -> None:
    """Turn each text notebook into the .ipynb beside it."""
    from classroom.staff.build import run

    raise typer.Exit(run(root, names or [], check=check, force=force))


def release(
    name: Annotated[str, typer.Argument(help="the assignment")],
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Write the student's bundle of an assignment, if nothing in it answers for the student."""
    from classroom.staff.folders import Folders
    from classroom.staff.release import release as write

    print(write(Folders.at(root), name))
