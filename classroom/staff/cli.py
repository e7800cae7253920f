"""The commands that only staff has.  What is slow to import is imported when its command runs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from classroom.fault import Fault
from classroom.staff.collect.command import attempts, collect, roster
from classroom.staff.doctor import doctor
from classroom.staff.export.command import grades
from classroom.staff.grade.accept_command import accept
from classroom.staff.grade.command import grade
from classroom.staff.grade.dates_command import dates, log
from classroom.staff.report.similar_command import similar


def register(app: typer.Typer) -> None:
    """Add staff's commands to the command line."""
    app.command()(build)
    app.command()(new)
    app.command("try")(try_)
    app.command()(release)
    app.command()(lite)
    app.command()(demo)
    app.command()(roster)
    app.command()(collect)
    app.command()(attempts)
    app.command()(dates)
    app.command()(log)
    app.command()(grades)
    app.command()(grade)
    app.command()(accept)
    app.command()(feedback)
    app.command()(report)
    app.command()(similar)
    app.command()(doctor)
    app.command()(quality)


def build(
    names: Annotated[list[str] | None, typer.Argument(help="notebooks, e.g. 08_initialization; none means all")] = None,
    check: Annotated[bool, typer.Option(help="build nothing, say which pairs are out of step")] = False,
    force: Annotated[bool, typer.Option(help="build also what is in step")] = False,
    fresh: Annotated[
        bool, typer.Option(help="take also those digits and pixels that only this processor gives")
    ] = False,
    root: Annotated[Path, typer.Option(help="folder that holds course/ and assignments/")] = Path("."),
) -> None:
    """Turn each text notebook into the .ipynb beside it."""
    from classroom.staff.author.build import run

    raise typer.Exit(run(root, names or [], check=check, force=force, fresh=fresh))


def new(
    name: Annotated[str, typer.Argument(help="of the assignment: small letters, digits and _")],
    title: Annotated[str, typer.Option(help="what students read")] = "",
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Write a new assignment that builds, releases and grades at once, to be changed into your own."""
    from classroom.staff.author.new_assignment import new_assignment
    from classroom.staff.folders import Folders

    for path in new_assignment(Folders.of(root), name, title):
        print(path)
    print(f"next: change them (docs/authoring.md), then  classroom build {name}  and  classroom quality {name}")


def try_(
    name: Annotated[str, typer.Argument(help="an assignment")],
    exercise: Annotated[str, typer.Argument(help="one of its exercises")],
    file: Annotated[Path, typer.Argument(help="a candidate answer, in Python")],
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Judge one candidate answer, in the sandbox, and show what a student would see."""
    from classroom.staff.author.candidate import try_candidate
    from classroom.staff.folders import Folders

    print(try_candidate(Folders.of(root), name, exercise, file))


def release(
    name: Annotated[str, typer.Argument(help="an assignment, or lectures")],
    gradescope: Annotated[
        bool, typer.Option("--gradescope", help="write Gradescope's autograder of what is released instead")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="change which cells have points, though something was handed in")
    ] = False,
    despite: Annotated[
        list[str] | None,
        typer.Option(help="a callable, or a module, that goes out though it answers an exercise that is open"),
    ] = None,
    with_solutions: Annotated[
        bool,
        typer.Option("--with-solutions", help="lectures only: add the solutions, which answer the assignments"),
    ] = False,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Write the students' bundle of an assignment or of the lectures, if nothing in it answers for the student."""
    from classroom.staff.author.lecture_bundle import release_lectures
    from classroom.staff.author.release import release as write
    from classroom.staff.folders import Folders

    course = Folders.of(root)
    if with_solutions and (name != "lectures" or gradescope):
        raise Fault("--with-solutions is for the lectures:  classroom release lectures --with-solutions")
    if name == "lectures":
        told = "  (it holds the answers of all assignments: for self-study, or after the deadline)"
        print(f"{release_lectures(course, with_solutions=with_solutions)}{told if with_solutions else ''}")
        return
    if gradescope:
        from classroom.staff.export.gradescope import write_autograder

        print(f"{write_autograder(course, name)}  (it holds the answers: for Gradescope alone, not for students)")
        return
    print(write(course, name, again=again, despite=despite or ()))


def lite(
    names: Annotated[list[str] | None, typer.Argument(help="released assignments; none means all")] = None,
    to: Annotated[Path | None, typer.Option(help="folder of the site; by default class/lite")] = None,
    pyodide: Annotated[
        Path | None, typer.Option(help="an unpacked release of Pyodide: the site then asks no other host")
    ] = None,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Build a website on which released assignments run in the reader's browser, with nothing to install."""
    from classroom.staff.folders import Folders
    from classroom.staff.lite.site import build_site

    course = Folders.of(root)
    print(build_site(course, names or [], to or course.class_folder / "lite", pyodide=pyodide))


def feedback(
    name: Annotated[str, typer.Argument(help="an assignment that is graded")],
    students: Annotated[list[str] | None, typer.Argument(help="only these students; none means all")] = None,
    again: Annotated[bool, typer.Option("--again", help="write also the pages that are up to date")] = False,
    to: Annotated[str, typer.Option("--zip", help="pack all pages for the upload of canvas or moodle")] = "",
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Write the students' pages of feedback where they are stale: after a regrade, a comment, a moved deadline."""
    from classroom.staff.export.feedback_zip import require_upload, zip_feedback
    from classroom.staff.folders import Folders
    from classroom.staff.grade.manual_grades import note_manual_grades
    from classroom.staff.report.feedback import write_feedback

    if to:
        require_upload(to)
    course = Folders.of(root)
    note_manual_grades(course, f"classroom feedback {name}")
    done = write_feedback(course, name, students or (), again=again)
    for student, reason in done.failed.items():
        print(f"{student}: {reason}", file=sys.stderr)
    print(f"{len(done.written)} pages written, {len(done.unchanged)} up to date: {done.folder}")
    if to:
        zipped = zip_feedback(course, name, to)
        for student, reason in zipped.left_out.items():
            print(f"{student} is not in the zip: {reason}", file=sys.stderr)
        print(f"{len(zipped.names)} pages for {to}: {zipped.path}")
    raise typer.Exit(1 if done.failed else 0)


def report(
    names: Annotated[list[str] | None, typer.Argument(help="assignments; none means all that are graded")] = None,
    page: Annotated[Path | None, typer.Option(help="the page; by default class/report.html")] = None,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Write the instructor's page: scores, how hard each exercise was, and which bugs the class made."""
    from classroom.staff.folders import Folders
    from classroom.staff.report.results import report as write

    print(write(Folders.of(root), names or [], page))


def demo(
    names: Annotated[list[str] | None, typer.Argument(help="assignments to play; none means all")] = None,
    students: Annotated[int | None, typer.Option(min=1, help="members of the class")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="processes; one for each core if not given")] = None,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Play the course with an invented class: build, release, hand in, grade, feedback, report."""
    from classroom.staff.demo.demo import run, show

    outcome = run(root, names or [], count=students, workers=workers)
    show(outcome, root)
    raise typer.Exit(1 if outcome.surprises else 0)


def quality(
    names: Annotated[list[str] | None, typer.Argument(help="assignments; none means all")] = None,
    page: Annotated[Path, typer.Option(help="where the page is written")] = Path("build/quality.html"),
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="list every mutant")] = False,
    mutate: Annotated[bool, typer.Option("--mutate", help="judge mutants made of the right answers' syntax")] = False,
    sample: Annotated[int, typer.Option(min=1, help="with --mutate: mutants drawn of each assignment")] = 300,
    seed: Annotated[int, typer.Option(help="with --mutate: of the draw")] = 0,
    read: Annotated[bool, typer.Option("--names", help="with --mutate: print the names given, to be read")] = False,
    folder: Annotated[
        Path | None, typer.Option(help="judge a folder of candidate answers instead, one Python file each")
    ] = None,
    root: Annotated[Path, typer.Option(help="folder of the course")] = Path("."),
) -> None:
    """Grade the grader: its checks against stubs, known wrong answers and other right ones."""
    if folder is not None:
        from classroom.staff.author.candidate_folder import run as run_folder
        from classroom.staff.folders import Folders

        raise typer.Exit(run_folder(Folders.of(root), folder, names or []))
    if mutate:
        from classroom.staff.mutation.report import run as run_mutants

        raise typer.Exit(run_mutants(root, names or [], sample, seed, read))
    from classroom.staff.quality import run

    raise typer.Exit(run(root, names or [], page, verbose))
