"""`classroom release`: the student's bundle, written only when nothing in it answers for the student."""

import copy
import hashlib
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from classroom import ledger
from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.author import build, leak
from classroom.staff.author.notebook import compose, read_text
from classroom.staff.bundle import packed
from classroom.staff.declare.exercise import load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import notice, share_deadline
from classroom.staff.grade.exam import DATES, full_sheet_bytes
from classroom.staff.nbgrader_import import import_nbgrader
from classroom.staff.records.audit_log import AuditLog


def release(course: Folders, name: str) -> Path:
    """Release an assignment: register it in nbgrader's gradebook, make the student's notebook, write the bundle.

    Returns
    -------
    Path
        The zip: the notebook, what is released beside it (its answer sheet above all), the student's wheel, and how to
        begin.

    Raises
    ------
    Fault
        If there is no such assignment, nbgrader cannot generate it, or the scan finds what a student must not have.
    """
    house = course.folder("source").parent
    (pair,) = build.pairs(house, [name])
    if pair.kind != "assignment":
        raise Fault(f"{name} is a lecture: `classroom release` takes an assignment")
    if build.out_of_step(pair):
        build.build([pair], house)
    build.write_sheet(pair, AnswerSheet.from_bytes(full_sheet_bytes(course, name)).visible())
    notebook = generate(course, name)
    share_deadline(course, name)
    told = notice(course, name)
    try:
        files = {f"{name}/{path}": content for path, content in _released(notebook, course.folder("source") / name)}
        wheel_name, wheel = student_wheel()
        files |= {f"{name}/{wheel_name}": wheel, f"{name}/README.txt": _readme(name, wheel_name, told).encode()}
        if told:
            dates = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
            files[f"{name}/{DATES}"] = dates
        refuse_leaks(files, course, name)
    except Fault:
        shutil.rmtree(notebook.parent)  # nbgrader would hand it out, and student code finds what lies in it
        raise
    target = course.folder("release").parent / "bundles" / f"{name}.zip"
    if told:
        write_whole(notebook.parent / DATES, dates)
    bundle = packed(files)
    write_whole(target, bundle)
    # Where `nbgrader zip_collect` looks for what a learning system gives.
    downloaded = str(course.config.ZipCollectApp.get("downloaded_directory", "downloaded"))
    (course.root / downloaded / name / "archive").mkdir(parents=True, exist_ok=True)
    log = AuditLog(course, f"classroom release {name}")
    log.write("released", assignment=name, sha256=hashlib.sha256(bundle).hexdigest(), due=told.get("due_utc", ""))
    return target


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


def generate(course: Folders, name: str) -> Path:
    """Make the student's notebook with nbgrader and register it in the gradebook; gives its path."""
    result = nbgrader_api(course).generate_assignment(name, force=True, create=True)
    made = course.folder("release") / name / f"{name}.ipynb"
    if not result["success"] or not made.exists():
        reason = (result.get("error") or result.get("log") or "no reason given").strip().splitlines()[-1]
        raise Fault(f"nbgrader could not generate {name}: {reason}")
    return made


def _released(notebook: Path, source: Path) -> Iterator[tuple[str, bytes]]:
    """Give what nbgrader copied: the notebook, its sheet, modules called given_*; an editor's backup raises a Fault."""
    for path in sorted(notebook.parent.rglob("*")):
        name = path.relative_to(notebook.parent).as_posix()
        if path.is_file() and not re.fullmatch(rf"{re.escape(notebook.stem)}\.(ipynb|npz)|given_\w+\.py", name):
            what = f"{source.name} is not released: {name} lies beside its notebook, and nbgrader hands that out too"
            raise Fault(f"{what}; move it out of {source}")
        if path.is_file():
            yield name, path.read_bytes()


def release_lectures(course: Folders) -> Path:
    """Write the bundle of the executed lectures, for readers: no source of an exercise's answer is in it.

    Raises
    ------
    Fault
        If a lecture is out of step with its text, or the scan finds what a student must not have.
    """
    house = course.folder("source").parent
    lectures = [pair for pair in build.pairs(house) if pair.kind == "lecture"]
    for pair in lectures:
        if reason := build.out_of_step(pair):
            raise Fault(f"{pair.notebook.name} {reason}")
    files = {f"lectures/{pair.notebook.name}": pair.notebook.read_bytes() for pair in lectures}
    for pair in lectures:
        if (words := pair.text.with_suffix(ledger.SUFFIX)).exists():
            obscured = ledger.write_obscured(words.read_text(encoding="utf-8"))
            files[f"lectures/{pair.name}{ledger.OBSCURED}"] = obscured.encode()
    files["lectures/README.txt"] = _LECTURES_README.encode()
    assignments = declared_assignments(course.folder("source"))
    refuse_leaks(files, course, *assignments, imports=True)
    target = course.folder("release").parent / "bundles" / "lectures.zip"
    write_whole(target, packed(files))
    return target


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
        lines |= leak.reference_lines(assignment, compose(read_text(pair.text), name))
        hidden.append(AnswerSheet.from_bytes(full_sheet_bytes(course, name)))
    found = leak.scan(files, lines, hidden, imports=imports)
    if found:
        listed = "".join(f"\n  {one}" for one in found[:8])
        what = names[0] if len(names) == 1 else "the bundle"
        places = f"{len(found)} place{'s' if len(found) > 1 else ''}"
        raise Fault(f"{what} is not released, {places} in it would answer for the student:{listed}")


def student_wheel() -> tuple[str, bytes]:
    """Build the wheel that students install; gives its file name and its bytes."""
    from hatchling.builders.wheel import WheelBuilder

    project = Path(__file__).resolve().parents[3]
    if not (project / "pyproject.toml").exists():
        raise Fault("the student's wheel is built from a clone of the course, and this is no clone")
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        (made,) = WheelBuilder(str(project)).build(directory=folder, versions=["standard"])
        return Path(made).name, Path(made).read_bytes()


_LECTURES_README = """\
The lectures of layerwise, executed: open them in JupyterLab, or in any program that shows notebooks.

Beside each lies its .ledger, with the words of its claims, predictions and figures; keep both in one folder.  The
answers of predictions cannot be read there in passing: that is courtesy, not secrecy.
They import the reference package, which is not part of this bundle: you read here what it does, and you write it
yourself in the assignments.  To run the lectures, ask your teacher, or use the website.
The text and figures are under CC BY 4.0, the code under the BSD-3-Clause licence.
"""


def _readme(name: str, wheel: str, told: Mapping[str, str]) -> str:
    project = tomllib.loads((Path(__file__).resolve().parents[3] / "pyproject.toml").read_text(encoding="utf-8"))
    return f"""\
{name}: an assignment of layerwise {project["project"]["version"]}
{told.get("text", "")}
1. You need Python 3.11 or newer. In this folder, make an environment:   python3 -m venv .venv
2. Switch it on:   source .venv/bin/activate     (Windows: .venv\\Scripts\\activate)
3. Install the course into it:   pip install ./{wheel}
4. Open the notebook:   jupyter lab {name}.ipynb
5. Write your answers where a cell says so, and run the check below each. check.hint("...") helps, step by step.
6. Before you hand in:   classroom preflight      and then      classroom submit
7. Hand in hand-in/{name}.ipynb, and keep the receipt beside it.
Everything works without a network. Keep the files of this folder beside the notebook: it reads them.
The code is under the BSD-3-Clause licence, the text under CC BY 4.0.
"""
