"""`classroom release lectures`: the lectures for readers, free of answers, or with the solutions so that they run."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import solutions
from classroom import ledger
from classroom.atomic_write import write_whole
from classroom.fault import Fault
from classroom.staff.author import build
from classroom.staff.author.release import refuse_leaks
from classroom.staff.author.wheel import student_wheel
from classroom.staff.bundle import packed
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.pages.edition import READING, RUNNING, Edition
from classroom.staff.pages.lecture_page import contents_page, lecture_page


def release_lectures(course: Folders, *, with_solutions: bool = False) -> Path:
    """Write the bundle of the executed lectures: a page, a notebook and a ledger of each, and where to begin.

    Parameters
    ----------
    course : the course
    with_solutions : put the solutions, which answer the assignments, and the student's wheel beside the lectures, so
        that they run; without them the bundle is scanned, and holds no answer

    Returns
    -------
    Path
        ``lectures.zip``, or ``lectures-with-solutions.zip``.

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
    edition = RUNNING if with_solutions else READING
    files = dict(_lectures(lectures, edition))
    if with_solutions:
        wheel, content = student_wheel(course)
        files |= {wheel: content, **_solutions(), "README.txt": _running(wheel).encode()}
    else:
        files["README.txt"] = _TO_READ.encode()
        refuse_leaks(files, course, *declared_assignments(course.folder("source")), imports=True)
    target = course.folder("release").parent / "bundles" / f"{edition.bundle}.zip"
    write_whole(target, packed({f"{edition.bundle}/{name}": content for name, content in files.items()}))
    return target


def _lectures(lectures: Sequence[build.Pair], edition: Edition) -> Iterator[tuple[str, bytes]]:
    titles: dict[str, str] = {}
    for pair in lectures:
        notebook = json.loads(pair.notebook.read_text(encoding="utf-8"))
        beside = pair.text.with_suffix(ledger.SUFFIX)
        text = beside.read_text(encoding="utf-8") if beside.exists() else ""
        words = ledger.parse(text, f"{pair.name}{ledger.SUFFIX}")
        titles[pair.name] = "".join(notebook["cells"][0]["source"]).partition("\n")[0].removeprefix("# ")
        copied = json.dumps(edition.notebook(notebook, pair.name, words), ensure_ascii=False, indent=1)
        yield f"{pair.name}.ipynb", f"{copied}\n".encode()
        yield f"{pair.name}.html", lecture_page(notebook, pair.name, words, edition).encode()
        yield f"{pair.name}{ledger.OBSCURED}", ledger.write_obscured(text).encode()
    yield "index.html", contents_page(titles, edition).encode()


def _solutions() -> Mapping[str, bytes]:
    """Return the sources of the reference package; a lecture finds them beside itself."""
    folder = Path(str(solutions.__file__)).parent
    return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


_LICENCES = "The text and figures are under CC BY 4.0, the code under the BSD-3-Clause licence.\n"
_TO_READ = f"""\
The lectures of layerwise, to read: open index.html in a browser. Nothing has to be installed, and no network is needed.

On the pages predictions can be answered and sliders moved; the code of figures and claims is folded, and one button
opens all of it. The notebooks are the same lectures for JupyterLab, or any program that shows notebooks: their cells
need the solutions, which are not in this bundle, and do not run. You write those parts yourself in the assignments.

Keep all files in one folder. A .ledger holds the words of a lecture's claims, predictions and figures; answers cannot
be read there in passing: that is courtesy, not secrecy.
{_LICENCES}"""


def _running(wheel: str) -> str:
    return f"""\
The lectures of layerwise, to run: the solutions are in this bundle, and they answer the assignments.

1. You need Python 3.11 or newer. In this folder, make an environment:   python3 -m venv .venv
2. Switch it on:   source .venv/bin/activate     (Windows: .venv\\Scripts\\activate)
3. Install what the lectures need:   pip install "./{wheel}[lectures]"
   Lecture 13 compares with PyTorch and needs it too:   pip install "./{wheel}[lectures,torch]"
4. Open a lecture:   jupyter lab 00_start.ipynb     and run it from top to bottom.

A prediction is made by writing mine=... into its cell; an explorer moves with live=True. To read without running, open
index.html in a browser. Keep all files in one folder: a lecture reads its .ledger and imports solutions/ beside it.
{_LICENCES}"""
