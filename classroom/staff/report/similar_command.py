"""`classroom similar`: a ranking to look at, beside how alike the class is among itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from classroom.staff.report.similarity import Pair, Ranking

_SHOWN = 3  # exercises that a row names


def similar(
    assignment: Annotated[str, typer.Argument(help="an assignment that is graded")],
    top: Annotated[int, typer.Option(min=1, help="pairs to show")] = 10,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Rank pairs of students by how alike their whole assignments are.  It is a reason to look, and no verdict."""
    from classroom.staff.folders import Folders
    from classroom.staff.report.similarity import rank, read_works

    show(rank(*read_works(Folders.of(root), assignment)), assignment, top)


def show(ranking: "Ranking", assignment: str, top: int) -> None:
    """Print the class's own distribution and the pairs that are most alike."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    console.print(
        f"{assignment}, {ranking.students} students, {len(ranking.pairs)} pairs.  Of all pairs half share at most "
        f"{ranking.median:.0%}, nine of ten at most {ranking.quantile(0.9):.0%}, the most alike "
        f"{ranking.quantile(1):.0%}.",
        highlight=False,
    )
    table = Table("alike", "students", "most of it in", "rare bugs that both made", box=SIMPLE)
    for pair in ranking.pairs[:top]:
        table.add_row(f"{pair.share:.0%}", escape(_students(pair)), _carriers(pair), escape(_bugs(pair)))
    console.print(table)
    if ranking.short:
        names = ", ".join(work.name for work in ranking.short)
        console.print(f"too little that is not in half of the class, to be compared: {escape(names)}", highlight=False)
    console.print(
        "Alike is not copied: the same lecture, the same library and the same helper in a forum look like this too.  "
        "Read both notebooks, and ask.",
        highlight=False,
    )


def _students(pair: "Pair") -> str:
    return f"{pair.first.name} ({pair.first.student}) and {pair.second.name} ({pair.second.student})"


def _carriers(pair: "Pair") -> str:
    more = len(pair.exercises) - _SHOWN
    return ", ".join(pair.exercises[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _bugs(pair: "Pair") -> str:
    return ", ".join(f"{exercise}: {name.replace('_', ' ')}" for exercise, name in pair.bugs)
