"""`classroom grade` and what it shows."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer


def grade(
    assignment: Annotated[str, typer.Argument(help="e.g. activations; it must be released")],
    students: Annotated[list[str] | None, typer.Argument(help="only these students; none means all")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes; one for each core if not given")] = None,
    scheduler: Annotated[str | None, typer.Option(help="a Dask scheduler that takes the work: tcp://host:8786")] = None,
    figures: Annotated[
        bool, typer.Option(help="draw the students' figures, and run also the cells behind the last check")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="record nothing, show what would change")] = False,
    again: Annotated[bool, typer.Option("--again", help="grade also what has a result already")] = False,
    no_sandbox: Annotated[
        bool, typer.Option("--no-sandbox", help="lock nothing in: only for notebooks that staff wrote")
    ] = False,
    root: Annotated[Path, typer.Option(help="folder with nbgrader_config.py")] = Path("."),
) -> None:
    """Grade what was handed in, and record it in nbgrader's gradebook."""
    from classroom.staff.grade.assignment import grade_assignment
    from classroom.staff.grade.examine import Settings

    if no_sandbox:
        print(
            "!! --no-sandbox: student code runs with all your rights and can change any grade.  "
            "Use this for notebooks that staff wrote.",
            file=sys.stderr,
        )
    settings = Settings(figures=figures, everything=figures, sandbox=not no_sandbox)
    with Bar(assignment) as bar:
        summary = grade_assignment(
            root,
            assignment,
            workers=workers,
            settings=settings,
            students=students or (),
            diff=diff,
            again=again,
            scheduler=scheduler,
            begin=bar.begin,
            progress=bar.step,
        )
    _tell(summary, diff=diff)
    if summary.stopped:
        raise typer.Exit(130)
    raise typer.Exit(1 if summary.failed else 0)


class Bar:
    """A progress bar, drawn from `begin` on: count, rate, time left, and who failed."""

    def __init__(self, assignment: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self.console = Console(stderr=True)
        self._failed: set[str] = set()
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=self.console,
        )
        self._task = self._progress.add_task(assignment, total=None, rate="")
        self._began = 0.0

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_: object) -> None:
        if self._began:
            self._progress.stop()

    def begin(self, total: int) -> None:
        """Show that so many submissions are on their way."""
        import time

        self._began = time.monotonic()
        self._progress.update(self._task, total=total)
        self._progress.start()

    def step(self, summary: object, student: str) -> None:
        """Move on by one submission."""
        import time

        from rich.markup import escape

        from classroom.staff.grade.assignment import Summary

        assert isinstance(summary, Summary)
        for name, reason in (summary.failed | summary.refused).items():
            if name not in self._failed:
                self._failed.add(name)
                self._progress.print(f"[red]{escape(name)}[/red]: {escape(reason)}", soft_wrap=True)
        done = summary.graded + summary.recalled + len(summary.failed)
        rate = 60 * done / max(1e-3, time.monotonic() - self._began)
        self._progress.update(self._task, completed=done, rate=f"{rate:.0f}/min")


def _tell(summary: object, *, diff: bool) -> None:
    from rich.console import Console
    from rich.markup import escape

    from classroom.staff.grade.assignment import Summary

    assert isinstance(summary, Summary)
    console = Console()
    if diff:
        _tell_diff(console, summary)
    words = [f"{summary.graded} graded", f"{summary.recalled} known already"]
    words += [] if diff else [f"{summary.recorded} recorded", f"{summary.unchanged} unchanged"]
    words += [f"other attempts examined: {summary.others}"] if summary.others else []
    words += [f"late penalties changed: {len(summary.penalties)}"] if summary.penalties else []
    words += [f"{len(summary.refused)} not readable"] if summary.refused else []
    words += [f"{len(summary.failed)} FAILED"] if summary.failed else []
    console.print(f"{summary.assignment}: {', '.join(words)} in {summary.seconds:.1f} s", soft_wrap=True)
    for name, sentence in summary.told.items():
        console.print(f"  {escape(name)}: {escape(sentence)}", soft_wrap=True)
    for name, reason in summary.failed.items():
        console.print(f"  {escape(name)}: {escape(reason)}", soft_wrap=True)
    if summary.stopped:
        console.print("stopped: what is graded is kept, the same command goes on from here")


def _tell_diff(console: Any, summary: Any) -> None:
    """Show which cells and which totals recording would change."""
    from rich.markup import escape
    from rich.table import Table

    if summary.changes:
        table = Table("student", "cell", "now", "new", "", title="what the grader would change")
        for change in summary.changes:
            stands = "" if change.stands is None else f"a person's {change.stands:g} stands"
            table.add_row(escape(change.student), escape(change.cell), _points(change.old), _points(change.new), stands)
        console.print(table)
    if summary.totals:
        table = Table("student", "points now", "late now", "points new", "late new", title="totals after lateness")
        for one in summary.totals:
            points = (one.old, one.old_penalty, one.new, one.new_penalty)
            table.add_row(escape(one.student), *map(_points, points))
        console.print(table)
    if not summary.changes and not summary.totals:
        console.print("recording would change nothing")


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"
