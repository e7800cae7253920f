"""`make demo`: a course on one evening.  Build, release, a class hands in, grade, feedback, grades, the teacher's page.

Everything lands in class/demo, which is emptied first; a class of your own beside it is not touched.
"""

import datetime as dt
import os
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff import build
from classroom.staff.classmaker import Classmaker, Play, hand_in, students
from classroom.staff.exercise import Assignment, full_sheet, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade import grade_assignment
from classroom.staff.gradebook import import_nbgrader
from classroom.staff.instructor_report import write_report
from classroom.staff.item_analysis import Graded
from classroom.staff.release import nbgrader_api, release
from classroom.whole import write_whole

# The class's secret and its dates are fixed, so that every run gives every student the same grade.
SECRET = "the demo's class has no secrets"
_WIDTH = 130  # characters of a line where there is no terminal
_SHARE = 8  # students whose feedback is written in one go
FIRST_DUE = dt.datetime(2026, 9, 14, 20, 0)


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
    chosen = [
        pair
        for pair in build.pairs(root, names)
        if pair.kind == "assignment" and (pair.text.parent / "exercises.py").exists()
    ]
    if not chosen:
        raise Fault("there is no assignment with an exercises.py to play")
    roster = students(count or (24 if len(chosen) == 1 else 40))
    course = prepare(root)
    with _progress() as steps:
        stale = [pair for pair in build.pairs(root) if build.out_of_step(pair)]
        with steps("build notebooks", len(stale) or 1) as step:
            build.build(stale, root, workers=workers)
            step(len(stale) or 1)
        with steps("release", len(chosen)) as step:
            for pair in chosen:
                release(course, pair.name)
                step(1)
        plays: dict[str, list[Play]] = {}
        with steps("hand in", len(chosen) * len(roster)) as step:
            for number, pair in enumerate(chosen):
                plays[pair.name] = []
                for play in _class_of(course, pair, number).play(roster, due(number), number):
                    hand_in(play, course.folder("submitted"), pair.name)
                    plays[pair.name].append(play)
                    step(1)
        register(course, roster, [pair.name for pair in chosen])
        with steps("grade", len(chosen) * len(roster)) as step:
            for pair in chosen:
                _grade(course, pair.name, workers, step)
        with steps("feedback", len(chosen) * len(roster)) as step:
            _feedback(course, [pair.name for pair in chosen], [student.id for student in roster], workers, step)
        with steps("report", 1) as step:
            graded = [one for pair in chosen for one in collect(course, pair.name, plays[pair.name])]
            outcome = _write_pages(course, graded, [p for pair in chosen for p in plays[pair.name]], chosen)
            step(1)
    outcome.seconds = time.monotonic() - began
    return outcome


def prepare(root: Path) -> Folders:
    """Empty class/demo and make it the folder of a class: the course's assignments, a gradebook of its own."""
    usual = Folders.at(root)
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
    ]
    write_whole(folder / "nbgrader_config.py", "\n".join([*settings, ""]).encode())
    course = Folders.at(folder)
    write_whole(course.workshop / "secret", SECRET.encode())
    return course


def due(number: int) -> dt.datetime:
    """When an assignment is due: one a week."""
    return FIRST_DUE + dt.timedelta(weeks=number)


def _class_of(course: Folders, pair: build.Pair, number: int) -> Classmaker:
    assignment = load_assignment(pair.text.parent)
    released = course.folder("release") / pair.name / f"{pair.name}.ipynb"
    return Classmaker(assignment, released, pair.notebook, full_sheet(assignment, SECRET))


def register(course: Folders, roster: Sequence[Any], names: Sequence[str]) -> None:
    """Enter the students and the due dates in nbgrader's gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, course.course_id) as gradebook:
        for student in roster:
            gradebook.update_or_create_student(student.id, first_name=student.first, last_name=student.last)
        for number, name in enumerate(names):
            gradebook.update_or_create_assignment(name, duedate=due(number))


def _grade(course: Folders, name: str, workers: int, step: Any) -> None:
    summary = grade_assignment(course.root, name, workers=workers, progress=lambda summary, student: step(1))
    if summary.failed:
        student, reason = next(iter(summary.failed.items()))
        raise Fault(f"{len(summary.failed)} submissions of {name} have no result; {student}: {reason}")


def _feedback(course: Folders, names: Sequence[str], ids: Sequence[str], workers: int, step: Any) -> None:
    """Write everybody's feedback with nbgrader, in several processes: a page takes it most of a second."""
    shares = [
        (course, name, ids, ids[start : start + _SHARE]) for name in names for start in range(0, len(ids), _SHARE)
    ]
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_feedback_of, *share) for share in shares]):
            step(done.result())


def _feedback_of(course: Folders, name: str, ids: Sequence[str], share: Sequence[str]) -> int:
    """Write the feedback of a share of the class in one go, so that its templates are read once."""
    import_nbgrader()
    api = nbgrader_api(course)
    api.coursedir.student_id_exclude = ",".join(sorted(set(ids) - set(share)))
    result = api.generate_feedback(name, force=True)
    if not result["success"]:
        reason = (result.get("error") or result.get("log") or "no reason given").strip().splitlines()[-1]
        raise Fault(f"nbgrader could not write the feedback for {name}: {reason}")
    return len(share)


def collect(course: Folders, name: str, plays: Sequence[Play]) -> list[Graded]:
    """Read what was graded: scores from the gradebook, verdicts from the results."""
    from nbgrader.api import Gradebook

    from classroom.staff.store import Store

    store = Store(course.workshop / name)
    graded = []
    with Gradebook(course.db_url, course.course_id) as gradebook:
        for play in plays:
            submission = gradebook.find_submission(name, play.student.id)
            (notebook,) = submission.notebooks
            result = store.get(str(store.recorded(play.student.id)["key"])) or {}
            graded.append(
                Graded(
                    student=play.student.id,
                    name=f"{play.student.first} {play.student.last}",
                    assignment=name,
                    scores={grade.name: float(grade.score) for grade in notebook.grades},
                    max_scores={grade.name: float(grade.max_score) for grade in notebook.grades},
                    verdicts=result.get("verdicts", {}),
                    outcome=str(result.get("outcome", "missing")),
                    reason=str(result.get("reason", "")),
                    late=submission.total_seconds_late > 0,
                    seconds=float(result.get("seconds", 0.0)),
                )
            )
    return graded


def _write_pages(course: Folders, graded: list[Graded], plays: list[Play], chosen: Sequence[build.Pair]) -> Outcome:
    from nbgrader.api import Gradebook
    from nbgrader.plugins import CsvExportPlugin

    folder = course.root
    titles: dict[str, Assignment] = {pair.name: load_assignment(pair.text.parent) for pair in chosen}
    report, grades = folder / "report.html", folder / "grades.csv"
    write_report(report, "The demo's class", graded, {name: one.title for name, one in titles.items()})
    with Gradebook(course.db_url, course.course_id) as gradebook:
        exporter = CsvExportPlugin()
        exporter.to = str(grades)
        exporter.export(gradebook)
    shown = next((play for play in plays if play.kind == "mixed"), plays[0])
    name = chosen[0].name
    feedback = course.folder("feedback") / shown.student.id / name / f"{name}.html"
    return Outcome(graded, plays, feedback, report, grades, 0.0)


@contextmanager
def _progress() -> Iterator[Any]:
    """Show a bar for each step."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:16}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:

        @contextmanager
        def steps(description: str, total: int) -> Iterator[Any]:
            task = progress.add_task(description, total=total)
            yield lambda count: progress.advance(task, count)

        yield steps


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
        table.add_column(name if alone else name[:7], justify="right", no_wrap=True)
    table.add_column("total", justify="right", no_wrap=True)
    table.add_column("as declared", justify="center")
    rows: dict[str, list[tuple[Graded, Play]]] = {}
    for one, play in zip(outcome.graded, outcome.plays, strict=True):
        rows.setdefault(one.student, []).append((one, play))
    for student, pairs in rows.items():
        kinds = [pairs[0][1].kind] if alone else []
        scores = [f"{one.total:g}{' late' if one.late else ''}" for one, _ in pairs]
        total, points = sum(one.total for one, _ in pairs), sum(one.max_total for one, _ in pairs)
        declared = all(one.scores == play.expected for one, play in pairs)
        name = f"{student} {pairs[0][0].name}"
        table.add_row(name, *kinds, *scores, f"{total:g} of {points:g}", "✓" if declared else "✗")
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
