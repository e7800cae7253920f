"""`make demo`: a course on one evening.  Build, release, a class hands in, grade, feedback, grades, the teacher's page.

Everything lands in class/demo, which is emptied first; a class of your own beside it is not touched.
"""

import datetime as dt
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build
from classroom.staff.author.release import release
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.demo.classmaker import Classmaker, Play, hand_in, students
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import Summary, grade_assignment
from classroom.staff.grade.exam import full_sheet_bytes
from classroom.staff.grade.examine import Settings
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.report.feedback import write_feedback
from classroom.staff.report.item_analysis import Graded
from classroom.staff.report.results import read_graded
from classroom.staff.report.results import report as write_report
from classroom.staff.sandbox.room import Allowance

# The class's secret and its dates are fixed, so that every run gives every student the same grade.
SECRET = "the demo's class has no secrets"
_WIDTH = 130  # characters of a line where there is no terminal
_SHARE = 8  # students whose feedback is written in one go
FIRST_DUE = dt.datetime(2026, 9, 14, 20, 0)
# As a class is graded, but that calls which do not end are stopped after a second and not after 20: somebody waits, and
# in every assignment there is one who loops for ever.  The longest that end take a tenth of that.
SETTINGS = Settings(everything=False, allowance=Allowance(calls=1.0, together=0.5))


@dataclass
class Outcome:
    """What a demo made.

    graded, plays : every submission as it was graded and as it was played, in the same order
    feedback, report, grades : what to open
    """

    graded: list[Graded]
    plays: list[Play]
    feedback: Path
    report: Path
    grades: Path
    seconds: float

    @property
    def surprises(self) -> list[str]:
        """Scores that are not what the declarations promise."""
        return [
            f"{one.student} ({play.kind}), {one.assignment}: {exercise} has {one.scores.get(exercise)}, needs {points}"
            for one, play in zip(self.graded, self.plays, strict=True)
            for exercise, points in play.expected.items()
            if one.scores.get(exercise) != points
        ]


def run(root: Path, names: Sequence[str] = (), *, count: int | None = None, workers: int | None = None) -> Outcome:
    """Play the whole course.

    Parameters
    ----------
    root : folder of the course
    names : assignments to play; none means all
    count : students in the class; by default 24 for one assignment and 40 for several
    workers : processes; by default one for each core

    Raises
    ------
    Fault
        If there is no assignment, or a step refuses.
    """
    began = time.monotonic()
    workers = workers or len(os.sched_getaffinity(0))
    declaring = declared_assignments(root / "assignments")
    pairs = [pair for pair in build.pairs(root, names) if pair.kind == "assignment" and pair.name in declaring]
    declared = [load_assignment(pair.text.parent) for pair in pairs]
    if not declared:
        raise Fault("there is no assignment with exercises to play")
    chosen = sorted(declared, key=lambda one: one.number)
    # The first assignment makes the first page to look at; then comes the longest work: the last one trains a network.
    first, *others = [(number, one.name) for number, one in enumerate(chosen)]
    tasks = [first, *others[::-1]]
    roster = students(count or (24 if len(chosen) == 1 else 40))
    course = prepare(root)
    with _progress() as (steps, say), ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        registered = pool.submit(register, course, roster, [one.name for one in chosen])
        stale = [pair for pair in pairs if build.out_of_step(pair)]
        with steps("build notebooks", len(stale) or 1) as done:
            build.build(stale, root, workers=workers)
            done(len(stale) or 1)
        registered.result()
        plays = _played(root, course, tasks, roster, workers, pool, steps, say)
        with steps("report", 1) as done:
            # Where nbgrader is imported already.
            outcome = pool.submit(_write_pages, course, [one.name for one in chosen], plays).result()
            done(1)
    outcome.seconds = time.monotonic() - began
    return outcome


def _played(
    root: Path,
    course: Folders,
    tasks: Sequence[tuple[int, str]],
    roster: Sequence[Any],
    workers: int,
    pool: ProcessPoolExecutor,
    steps: Any,
    say: Callable[[str], None],
) -> dict[str, list[Play]]:
    """Release, hand in, grade and write feedback, each assignment on its own, so that no core waits for another.

    Returns
    -------
    dict
        For each assignment what was handed in.

    Raises
    ------
    Fault
        The first one of any step.
    """
    ids = [student.id for student in roster]
    submissions = len(tasks) * len(roster)
    with ExitStack() as bars:
        found: list[tuple[Callable[[int], None], Path, str]] = [
            (bars.enter_context(steps(step, total)), folder, pattern)
            for step, total, folder, pattern in (
                ("release", len(tasks), course.root, "bundles/*.zip"),
                ("hand in", submissions, course.folder("submitted"), "*/*/*.ipynb"),
                ("grade", submissions, course.workshop, "*/recorded/*.json"),
                ("feedback", submissions, course.folder("feedback"), "*/*/*.html"),
            )
        ]
        each = max(1, workers // len(tasks))
        playing = {pool.submit(_play, root, course, name, number, roster, each): name for number, name in tasks}
        plays: dict[str, list[Play]] = {}
        told = False  # where the first page lies
        open_: set[Future[Any]] = set(playing)
        while open_:
            ended, open_ = wait(open_, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in ended:
                made = future.result()
                if future in playing:
                    name = playing[future]
                    plays[name] = made
                    shares = [ids[start : start + _SHARE] for start in range(0, len(ids), _SHARE)]
                    open_ |= {pool.submit(_feedback, course, name, share) for share in shares}
            for done, folder, pattern in found:
                done(sum(1 for _ in folder.glob(pattern)))
            if not told and (page := next(course.folder("feedback").glob("*/*/*.html"), None)) is not None:
                told = True
                say(f"{'to open already':16} {page.relative_to(root.resolve())}")
    return plays


def _play(root: Path, course: Folders, name: str, number: int, roster: Sequence[Any], workers: int) -> list[Play]:
    """Release one assignment, let the class hand it in, and grade it."""
    release(course, name)
    plays = _hand_in(root, course, name, number, roster)
    _grade(course, name, workers, _shown(plays).student.id if number == 0 else "")
    return plays


def _shown(plays: Sequence[Play]) -> Play:
    """Return a submission that is worth looking at: some of it right, some of it wrong."""
    return next((play for play in plays if play.kind == "mixed"), plays[0])


def prepare(root: Path) -> Folders:
    """Empty class/demo and make it the folder of a class: the course's assignments, a gradebook of its own."""
    usual = Folders.of(root)
    folder = usual.folder("release").parent / "demo"
    if folder.exists():
        shutil.rmtree(folder)
    kinds = ("release", "submitted", "autograded", "feedback")
    settings = [
        "c = get_config()",
        f"load_subconfig({str(usual.root / 'nbgrader_config.py')!r})",
        f"c.CourseDirectory.source_directory = {str(usual.folder('source'))!r}",
        *(f"c.CourseDirectory.{kind}_directory = {kind!r}" for kind in kinds),
        'c.CourseDirectory.db_url = "sqlite:///gradebook.db"',
        'c.ZipCollectApp.downloaded_directory = "downloaded"',
        'c.ExportPlugin.to = "grades.csv"',
    ]
    write_whole(folder / "nbgrader_config.py", "\n".join([*settings, ""]).encode())
    course = Folders.of(folder)
    write_whole(course.workshop / "secret", SECRET.encode())
    return course


def due(number: int) -> dt.datetime:
    """When an assignment is due: one a week."""
    return FIRST_DUE + dt.timedelta(weeks=number)


def _hand_in(root: Path, course: Folders, name: str, number: int, roster: Sequence[Any]) -> list[Play]:
    """Let the class hand in one assignment."""
    (pair,) = build.pairs(root, [name])
    released = course.folder("release") / name / f"{name}.ipynb"
    sheet = AnswerSheet.from_bytes(full_sheet_bytes(course, name))
    maker = Classmaker(load_assignment(pair.text.parent), released, pair.notebook, sheet)
    plays = []
    for play in maker.play(roster, due(number), number):
        hand_in(play, course.folder("submitted"), name)
        plays.append(replace(play, content=b""))  # what was handed in lies in its folder
    return plays


def register(course: Folders, roster: Sequence[Any], names: Sequence[str]) -> None:
    """Enter the students and the due dates in nbgrader's gradebook."""
    with import_nbgrader().Gradebook(course.db_url, course.course_id) as gradebook:
        for student in roster:
            gradebook.update_or_create_student(student.id, first_name=student.first, last_name=student.last)
        for number, name in enumerate(names):
            gradebook.update_or_create_assignment(name, duedate=due(number))


def _grade(course: Folders, name: str, workers: int, first: str = "") -> None:
    """Grade the class; write somebody's page as soon as it can be, for whoever is waiting to see one."""

    def write(_: Summary, student: str) -> None:
        if student == first:
            _feedback(course, name, [student])

    summary = grade_assignment(
        course.root, name, workers=workers, settings=SETTINGS, first=first, progress=write if first else None
    )
    if summary.failed:
        student, reason = next(iter(summary.failed.items()))
        raise Fault(f"{len(summary.failed)} submissions of {name} have no result; {student}: {reason}")


def _feedback(course: Folders, name: str, share: Sequence[str]) -> None:
    """Write the feedback of a share of the class."""
    failed = write_feedback(course, name, share).failed
    if failed:
        raise Fault(f"{len(failed)} pages of feedback for {name} are missing; {next(iter(failed.values()))}")


def _write_pages(course: Folders, names: Sequence[str], plays: dict[str, list[Play]]) -> Outcome:
    gradebooks = import_nbgrader().Gradebook
    from nbgrader.plugins import CsvExportPlugin

    report, grades = course.root / "report.html", course.root / "grades.csv"
    graded = [one for name in names for one in read_graded(course, name)]
    played = [play for name in names for play in sorted(plays[name], key=lambda play: play.student.id)]
    write_report(course, names, report, "The demo's class")
    with gradebooks(course.db_url, course.course_id) as gradebook:
        exporter = CsvExportPlugin()
        exporter.to = str(grades)
        exporter.export(gradebook)
    name = names[0]
    feedback = course.folder("feedback") / _shown(plays[name]).student.id / name / f"{name}.html"
    return Outcome(graded, played, feedback, report, grades, 0.0)


@contextmanager
def _progress() -> Iterator[Any]:
    """Show a bar for each step."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:

        @contextmanager
        def steps(description: str, total: int) -> Iterator[Any]:
            task = progress.add_task(description, total=total)
            yield lambda count: progress.update(task, completed=count)

        yield steps, lambda text: progress.console.print(text, soft_wrap=True)


def show(outcome: Outcome, root: Path) -> None:
    """Print the table of the class and the paths of what to open."""
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)  # into a file nothing needs to be folded
    assignments = list(dict.fromkeys(one.assignment for one in outcome.graded))
    alone = len(assignments) == 1
    table = Table(title=f"{len(outcome.graded)} submissions graded", box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("student", *(["plays"] if alone else [])):
        table.add_column(heading, no_wrap=True)
    for name in assignments:
        # Ten assignments fit a terminal of 80 columns: the first letters of each, and whole points.
        table.add_column(name if alone else name[:4], justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    table.add_column("as declared" if alone else "✓", justify="center")
    rows: dict[str, list[tuple[Graded, Play]]] = {}
    for one, play in zip(outcome.graded, outcome.plays, strict=True):
        rows.setdefault(one.student, []).append((one, play))
    for student, pairs in rows.items():
        kinds = [pairs[0][1].kind] if alone else []
        total, points = sum(one.total for one, _ in pairs), sum(one.max_total for one, _ in pairs)
        declared = all(one.scores == play.expected for one, play in pairs)
        if alone:
            scores = [f"{one.total:g}{' late' if one.late else ''}" for one, _ in pairs]
            name, whole = f"{student} {pairs[0][0].name}", f"{total:g} of {points:g}"
        else:
            scores = [f"{one.total:.0f}" for one, _ in pairs]
            name, whole = f"{student} {pairs[0][0].name.split()[0]}", f"{total:.0f}"
        table.add_row(name, *kinds, *scores, whole, "✓" if declared else "✗")
    console.print(table)
    for surprise in outcome.surprises:
        console.print(f"not as declared: {surprise}", soft_wrap=True)
    for what, path in (
        ("a student's feedback", outcome.feedback),
        ("the instructor's report", outcome.report),
        ("the grades", outcome.grades),
    ):
        console.print(f"{what:24} {path.relative_to(root.resolve())}", soft_wrap=True)
    console.print(f"{'in formgrader':24} cd class/demo && jupyter lab   (menu Nbgrader, Formgrader)", soft_wrap=True)
    console.print(f"{outcome.seconds:.0f} s in all")
