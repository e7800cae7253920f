"""`classroom release`: the student's bundle, written only when nothing in it answers for the student."""

import copy
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build, leak
from classroom.staff.author.cell_change import CellChange, compare_cells, register_cells
from classroom.staff.author.notebook import compose, read_text
from classroom.staff.author.release_scan import refuse_answers
from classroom.staff.author.title import Title, title_of
from classroom.staff.author.wheel import student_wheel
from classroom.staff.bundle import packed
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import notice, share_deadline
from classroom.staff.grade.exam import DATES, full_sheet_bytes
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog


def release(course: Folders, name: str, *, again: bool = False, despite: Sequence[str] = ()) -> Path:
    """Release an assignment: make the student's notebook, register it in nbgrader's gradebook, write the bundle.

    Everything is made aside first: a release that fails leaves the old one, and the gradebook, as they are.

    Parameters
    ----------
    course : the course
    name : the assignment
    again : change also which cells have points, though something was handed in already
    despite : callables, or modules of them, that go out though they answer an exercise of an open assignment

    Returns
    -------
    Path
        The zip, with the number of the assignment in its name: the notebook, what is released beside it (its answer
        sheet above all), the student's wheel, and how to begin.

    Raises
    ------
    Fault
        If there is no such assignment, nbgrader cannot generate it, the scans find what a student must not have, or the
        graded cells differ from those for which something was handed in; the sentence then says how.
    """
    pair = _pair(course, name)
    build.checked_assignment(pair)
    if build.out_of_step(pair):
        build.build([pair], course.folder("source").parent)
    build.write_sheet(pair, AnswerSheet.from_bytes(full_sheet_bytes(course, name)).visible())
    told = notice(course, name)
    with _aside(course) as folder:
        notebook = stage(course, name, folder)
        _allow(name, compare_cells(course, name, notebook), again)
        files = dict(_released(notebook, course.folder("source") / name))
        wheel_name, wheel = student_wheel(course)
        title = title_of(read_text(pair.text))
        files |= {wheel_name: wheel, "README.txt": _readme(name, title, wheel_name, told).encode()}
        if told:
            files[DATES] = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
            write_whole(notebook.parent / DATES, files[DATES])
        refuse_leaks(files, course, name)
        let_through = refuse_answers(files, course, name, despite)
        register_cells(course, name, notebook)
        _put_in_place(course, name, notebook.parent)
    share_deadline(course, name)
    target = course.folder("release").parent / "bundles" / f"{title.numbered(name)}.zip"
    bundle = packed({f"{target.stem}/{path}": content for path, content in files.items()})
    write_whole(target, bundle)
    # Where `nbgrader zip_collect` looks for what a learning system gives.
    downloaded = str(course.config.ZipCollectApp.get("downloaded_directory", "downloaded"))
    (course.root / downloaded / name / "archive").mkdir(parents=True, exist_ok=True)
    log = AuditLog(course, f"classroom release {name}")
    sha256 = hashlib.sha256(bundle).hexdigest()
    log.write("released", assignment=name, sha256=sha256, due=told.get("due_utc", ""), despite=let_through or "")
    return target


def _pair(course: Folders, name: str) -> build.Pair:
    (pair,) = build.pairs(course.folder("source").parent, [name])
    if pair.kind != "assignment":
        raise Fault(f"{name} is a lecture: `classroom release` takes an assignment")
    return pair


def _allow(name: str, change: CellChange, again: bool) -> None:
    """Refuse to change what has points behind the back of those who have handed in."""
    if change and change.hand_ins and not again:
        listed = "".join(f"\n  {line}" for line in change.told())
        raise Fault(
            f"{change.hand_ins} have handed in {name}, and this release would change what it is worth:{listed}\n"
            f"Everything else that was graded is kept.  To do it, run  classroom release {name} --again  and then  "
            f"classroom grade {name} --diff"
        )


@contextmanager
def _aside(course: Folders) -> Iterator[Path]:
    """Give a folder on the same disk as the releases, for the length of a block."""
    course.class_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".release-", dir=course.class_folder) as folder:
        yield Path(folder)


def _put_in_place(course: Folders, name: str, made: Path) -> None:
    """Put a release into the place of the old one: two renames, and whoever is killed between them runs it again."""
    place = course.folder("release") / name
    place.parent.mkdir(parents=True, exist_ok=True)
    old = made.with_name(f"{name}.old")
    if place.exists():
        os.replace(place, old)
    os.replace(made, place)


def nbgrader_api(course: Folders) -> Any:
    """nbgrader's own interface to this course, wherever the process runs."""
    import logging

    import_nbgrader()
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory

    config = copy.deepcopy(course.config)
    config.CourseDirectory.root = str(course.root)
    config.CourseDirectory.db_url = course.db_url
    course.folder("release").parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger("nbgrader")
    logger.setLevel(logging.ERROR)
    api = NbGraderAPI(CourseDirectory(config=config), config=config)
    api.log = logger
    return api


def stage(course: Folders, name: str, folder: Path) -> Path:
    """Make the student's notebook with nbgrader in a folder of its own, and return its path."""
    api = nbgrader_api(course)
    for config in (api.config, api.coursedir.config):
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    api.coursedir.release_directory = str(folder)
    result = api.generate_assignment(name, force=True, create=True)
    made = folder / name / f"{name}.ipynb"
    if not result["success"] or not made.exists():
        raise Fault(f"nbgrader could not generate {name}: {_reason(result)}")
    if (beside := made.with_suffix(".npz")).exists():  # so that `classroom repair` can put cells back
        sheet = AnswerSheet.load(beside)
        sheet.notebook = made.read_text(encoding="utf-8")
        sheet.save(beside)
    return made


def _reason(result: Mapping[str, Any]) -> str:
    """Find in what nbgrader says why it stopped: its last line is often only that it did."""
    lines = [line.strip() for line in f"{result.get('log') or ''}\n{result.get('error') or ''}".splitlines()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Fault|Exception|Missing\w+)\b.*: .", line)]
    telling = [line for line in errors if "see the" not in line.lower()]
    return (telling or errors or [line for line in lines if line] or ["no reason given"])[-1]


def generate(course: Folders, name: str) -> Path:
    """Make the student's notebook, register it in the gradebook and put it in its place; return its path."""
    with _aside(course) as folder:
        notebook = stage(course, name, folder)
        register_cells(course, name, notebook)
        _put_in_place(course, name, notebook.parent)
    return course.folder("release") / name / f"{name}.ipynb"


def _released(notebook: Path, source: Path) -> Iterator[tuple[str, bytes]]:
    """Return what nbgrader copied: notebook, sheet, modules called given_*; an editor's backup raises a Fault."""
    for path in sorted(notebook.parent.rglob("*")):
        name = path.relative_to(notebook.parent).as_posix()
        if path.is_file() and not re.fullmatch(rf"{re.escape(notebook.stem)}\.(ipynb|npz)|given_\w+\.py", name):
            what = f"{source.name} is not released: {name} lies beside its notebook, and nbgrader hands that out too"
            raise Fault(f"{what}; move it out of {source}")
        if path.is_file():
            yield name, path.read_bytes()


def refuse_leaks(files: Mapping[str, bytes], course: Folders, *names: str, imports: bool = False) -> None:
    """Raise a Fault that lists what the scan finds in the files of a bundle.

    Parameters
    ----------
    files : content by name
    course : the course
    names : the assignments whose answers are looked for
    imports : allow imports from `solutions`, as lectures have them
    """
    lines: set[str] = set()
    hidden = []
    for name in names:
        assignment = load_assignment(course.folder("source") / name)
        (pair,) = build.pairs(course.folder("source").parent, [name])
        lines |= leak.reference_lines(assignment, compose(read_text(pair.text), name, pair.text.parent))
        hidden.append(AnswerSheet.from_bytes(full_sheet_bytes(course, name)))
    found = leak.scan(files, lines, hidden, imports=imports)
    if found:
        listed = "".join(f"\n  {one}" for one in found[:8])
        what = names[0] if len(names) == 1 else "the bundle"
        places = f"{len(found)} place{'s' if len(found) > 1 else ''}"
        raise Fault(f"{what} is not released, {places} in it would answer for the student:{listed}")


def _readme(name: str, title: Title, wheel: str, told: Mapping[str, str]) -> str:
    return f"""\
{title.text or name} ({name}), of layerwise {wheel.split("-")[1]}
{told.get("text", "")}
1. You need Python 3.11 or newer. Make an environment in your home:   python3 -m venv ~/layerwise
   (Windows: py -m venv %USERPROFILE%\\layerwise)
   One environment serves all assignments of the course: have it already? Then go on with step 2.
2. Switch it on:   source ~/layerwise/bin/activate     (Windows: %USERPROFILE%\\layerwise\\Scripts\\activate)
3. In this folder, for each assignment, install the course as it is now, and an editor:
   pip install ./{wheel} jupyterlab typer
4. Open the notebook:   jupyter lab {name}.ipynb     (in Colab or VS Code, its first cell installs what is missing)
5. Write your answers where a cell says so, and run the check below each. check.hint("...") helps, step by step.
   Grading adds other numbers of the same kinds, and nothing else: the points that you see are the points that you get.
   A loop that never ends is stopped; when a check has not come back after some minutes, restart the kernel.
6. Before you hand in:   classroom preflight      and then      classroom submit
   In the notebook itself:   check.preflight()     and then      check.submit()
7. Hand in hand-in/{name}.ipynb, and keep the receipt beside it: nothing has been sent before you do that.
After step 3 everything works without a network. Keep the files of this folder beside the notebook: it reads them.
The code is under the BSD-3-Clause licence, the text under CC BY 4.0.
"""
