"""`classroom preflight` and `classroom submit`: what will happen to a notebook when it is graded, checked at home.

The notebook is judged as it would be handed in: its locked cells must be there and unchanged, and a copy of it must run
from top to bottom in a fresh kernel.  The file itself is only read.
"""

import ast
import dataclasses
import datetime as dt
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.call.script import check_cell, statements_of, written_anew
from classroom.deadline import deadline
from classroom.display import running_shell
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.notebook_file import (
    CELL_CHARS,
    FILE_BYTES,
    NOTEBOOK_CHARS,
    STUB,
    checksum,
    described,
    grade_id,
    is_stub,
    noted,
    read_notebook,
    source_of,
    text_of,
)
from classroom.whole_run import WholeRun, in_new_kernel, released_beside

# What a cell may import when it is graded, beside what was released with its notebook.
GRADED = sys.stdlib_module_names | {"numpy", "matplotlib", "mpl_toolkits", "pylab", "IPython", "PIL", "classroom"}
UNSENT = "Nothing has been sent: hand in the file yourself, where your teacher collects it."


@dataclass
class Preflight:
    """What was found: problems keep a notebook from being graded well, notes are worth reading.

    worth : points of each exercise
    shown : of these, the points that the notebook showed when it was run from top to bottom
    unwritten : exercises whose answers are as they were released
    """

    notebook: Path
    content: bytes = field(repr=False)
    checks: int = 0
    due: str = ""
    ran: bool = False
    seconds: float = 0.0
    worth: dict[str, float] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    unwritten: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The sha256 of the file."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def ready(self) -> bool:
        """Whether nothing speaks against handing it in: an untouched notebook is nothing to hand in."""
        return not self.problems and not self.untouched

    @property
    def untouched(self) -> bool:
        """Whether no answer is written."""
        return bool(self.worth) and set(self.worth) <= set(self.unwritten)

    @property
    def open(self) -> dict[str, str]:
        """What is open, exercise by exercise: points, and whether anything is written.  Not run, only the latter."""
        rows = {}
        for name, worth in self.worth.items():
            earned = f"{self.shown.get(name, 0):g} of {worth:g} points" if self.ran else f"{worth:g} points"
            if name in self.unwritten:
                rows[name] = f"{earned} · not written"
            elif self.ran and self.shown.get(name, 0) < worth:
                rows[name] = earned
        return rows

    @property
    def points(self) -> float:
        """The points shown in all."""
        return sum(self.shown.values())

    @property
    def max_points(self) -> float:
        """The points that there are in all."""
        return sum(self.worth.values())

    def receipt(self, now: dt.datetime | None = None) -> str:
        """Say what the file to hand in is, so that both sides can prove it later.

        Parameters
        ----------
        now : with a time zone; by default the clock's
        """
        moment = now or dt.datetime.now().astimezone()
        shown = f", {self.points:g} of {self.max_points:g} points shown here" if self.ran else ""
        width = max(map(len, self.worth), default=0)
        listed = [f"  {name:<{width}}  {self.shown.get(name, 0):g} of {worth:g}" for name, worth in self.worth.items()]
        lines = [
            f"notebook  {self.notebook.name}",
            f"written   {moment:%Y-%m-%d %H:%M:%S} UTC{moment:%z} ({moment:%Z})",
            f"bytes     {len(self.content)}",
            f"sha256    {self.digest}",
            f"checks    {self.checks} in place{shown}",
            *(listed if self.ran else []),
            "The file that was handed in has this sha256, or it is another file.  Keep this receipt.",
            UNSENT,
        ]
        return "\n".join(lines) + "\n"

    def to_text(self) -> str:
        """Lay the findings out for a terminal."""
        lines = [f"{self.notebook.name}: {self._verdict()}"]
        lines += [f"  ✗ {problem}" for problem in self.problems]
        lines += [f"  ! {note}" for note in self.notes]
        took = f" · ran in {self.seconds:.0f} s" if self.ran else " · not run"
        lines.append(f"  {len(self.content) / 1000:.0f} kB · {self.checks} checks{took}")
        if self.ran:
            lines.append(f"  points shown by the visible checks: {self.points:g} of {self.max_points:g}")
        width = max(map(len, self.open), default=0)
        lines += [f"  open  {name:<{width}}  {row}" for name, row in self.open.items()]
        lines += [f"  {self.due}"] if self.due else []
        lines += [f"  sha256 {self.digest}", f"  {UNSENT}"]
        return "\n".join(lines)

    def _verdict(self) -> str:
        if self.problems:
            return "not ready"
        if self.untouched:
            return "nothing is written yet"
        if self.open:
            return f"can be handed in, with {len(self.open)} of {len(self.worth)} exercises open"
        return "ready to hand in"


def find_notebook(given: Path | None, folder: Path = Path(".")) -> Path:
    """Take the notebook that is named, or the only one of this folder.

    Raises
    ------
    Fault
        If it is not there, or several could be meant.
    """
    if given is not None:
        if not given.is_file():
            raise Fault(f"there is no file {given}")
        return given
    notebooks = sorted(folder.glob("*.ipynb"))
    found = [path for path in notebooks if path.with_suffix(".npz").exists()]
    if len(found) == 1:
        return found[0]
    if found:
        raise Fault(f"name the notebook: this folder has {', '.join(path.name for path in found)}")
    if len(notebooks) == 1:
        return notebooks[0]  # what is missing beside it, or that it was renamed, is told of it alone
    if notebooks:
        raise Fault(
            f"name the notebook: none of {', '.join(path.name for path in notebooks)} has its answer sheet here"
        )
    below = sorted(folder.glob("*/*.ipynb"))
    where = f": there is one in {below[0].parent}, so  cd {below[0].parent}  first" if below else ""
    raise Fault(f"there is no notebook in {folder.resolve()}{where or ': go to the folder that you have unpacked'}")


def preflight(path: Path, *, run: bool | Callable[[list[Any]], WholeRun] = True) -> Preflight:
    """Look at a notebook the way it will be graded.

    Parameters
    ----------
    path : the notebook; its answer sheet (.npz) lies beside it
    run : also run it from top to bottom: True runs a copy in a new kernel, a function runs the cells that it is given

    Raises
    ------
    Fault
        If the file is too large, not a notebook, was renamed, or its answer sheet is missing.
    """
    content = path.read_bytes()
    if len(content) > FILE_BYTES:
        raise Fault(f"{path} has {len(content)} bytes, at most {FILE_BYTES} are graded: clear its outputs and save it")
    cells = read_notebook(path, content)["cells"]
    sheet = sheet_of(path, cells)
    worth = {name: float(exercise.points) for name, exercise in sheet.exercises.items()}
    found = Preflight(path, content, due=deadline(path), worth=worth)
    found.unwritten = unwritten(cells, json.loads(sheet.notebook)["cells"] if sheet.notebook else [])
    _look_at_cells(cells, found.worth, found)
    beside = released_beside(path, sheet.notebook or "\n".join(map(source_of, cells)))
    _look_at_imports(cells, {one.stem for one in beside}, found)
    if run:
        whole = in_new_kernel(path, beside) if run is True else run(cells)
        found.ran, found.seconds, found.shown = True, whole.seconds, whole.shown
        found.problems += whole.problems
        found.notes += whole.notes
    return found


def sheet_of(path: Path, cells: list[Any]) -> AnswerSheet:
    """Read the answer sheet of a notebook.

    Raises
    ------
    Fault
        If there is no sheet of its name, or it is another assignment's; the cells tell if the notebook was renamed.
    """
    beside = path.with_suffix(".npz")
    if not beside.exists():
        opened = _opened(cells)
        if opened not in ("", path.stem):
            raise Fault(
                f"{path.name} was renamed, and its answer sheet and the grading know it as {opened}.ipynb: "
                "give it that name again"
            )
        raise Fault(
            f"{beside.name} is missing beside {path.name}: unpack the assignment again and copy your notebook there"
        )
    sheet = AnswerSheet.load(beside)
    if sheet.name != path.stem:
        raise Fault(f"{beside.name} is the sheet of {sheet.name}: unpack the assignment {path.stem} again")
    return sheet


def _opened(cells: list[Any]) -> str:
    """Return the assignment that the notebook opens."""
    for cell in cells:
        if match := re.search(r"""check\.open\(["'](\w+)["']""", source_of(cell)):
            return match[1]
    return ""


def _look_at_cells(cells: list[Any], points: dict[str, float], found: Preflight) -> None:
    """Compare the locked cells with what nbgrader noted of them when the assignment was released."""
    seen: set[str] = set()
    left = NOTEBOOK_CHARS
    for place, cell in enumerate(cells):
        name, marks, size = grade_id(cell), noted(cell), len(text_of(cell) or "")
        if size > min(CELL_CHARS, left):
            found.problems.append(f"{described(cells, place)} has {size:,} characters of text: grading leaves it out")
        left -= min(size, left)
        if not name:
            continue
        if name in seen:
            _tell_copy(cells, place, found)
        elif marks.get("locked") and "checksum" in marks and checksum(cell) != marks["checksum"]:
            what = "check cell" if name in points else "locked cell"
            found.problems.append(f"the {what} {name} was changed, and grading uses the original: {_puts_back()}")
        seen.add(name)
    missing = [name for name in points if name not in seen]
    found.problems += [f"the check cell {name} is missing: {_puts_back()}" for name in missing]
    found.checks = len(points) - len(missing)


def _look_at_imports(cells: list[Any], beside: set[str], found: Preflight) -> None:
    """Tell of what the student's cells import and grading does not have: at home it may well be there."""
    for number, cell in enumerate(cells, start=1):
        if cell.get("cell_type") == "code" and not noted(cell).get("locked"):
            missing = dict.fromkeys(name for name in _imported(source_of(cell)) if name not in GRADED | beside)
            if missing:
                found.notes.append(
                    f"cell {number} imports {', '.join(missing)}: grading has numpy and matplotlib alone, so what this "
                    "cell defines would be missing there, or stop"
                )


def _imported(source: str) -> Iterator[str]:
    """Yield the first names of the modules that a cell imports and cannot do without."""
    statements = statements_of(source) or statements_of(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", source))
    waiting: list[ast.AST] = list(reversed(statements))
    while waiting:
        match waiting.pop():
            case ast.Import(names=names):
                yield from (one.name.partition(".")[0] for one in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case ast.Try(handlers=[_, *_]):
                pass  # it says itself what it does without
            case node:
                waiting += reversed(list(ast.iter_child_nodes(node)))


def _repair() -> str:
    """Name what repairs a notebook: a command in a terminal, a call inside a notebook, which may have no terminal."""
    return " classroom repair " if running_shell() is None else "check.repair()"


def _puts_back() -> str:
    return f"{_repair()} puts it back and keeps your answers"


def _tell_copy(cells: list[Any], place: int, found: Preflight) -> None:
    """Say what a second cell with the same name does: a copy is to go, the halves of a split answer both count."""
    cell = cells[place]
    name, where = grade_id(cell), described(cells, place)
    if noted(cell).get("locked") or is_stub(cell):
        found.problems.append(f"{where} is the cell {name} a second time: delete it, or run {_repair().rstrip()}")
    else:
        code = cell.get("cell_type") == "code"
        what = "both run, and what both define counts as the last one has it" if code else "the last one is the answer"
        found.notes.append(f"{where} is the cell {name} a second time: {what}")


def unwritten(cells: list[Any], released: list[Any]) -> list[str]:
    """Name the exercises whose answers are as they were released, or only raise.

    Parameters
    ----------
    cells : of the notebook
    released : the cells as they were released, as far as that is known
    """
    before = {grade_id(cell): source_of(cell).strip() for cell in released}
    state: dict[str, bool] = {}
    for cell in cells:
        if cell.get("cell_type") == "code" and not noted(cell).get("locked"):
            kept = bool(grade_id(cell)) and before.get(grade_id(cell)) == source_of(cell).strip()
            state |= {name: written and not kept for name, written in _written(cell).items()}
    called = [check_cell(source_of(cell)) for cell in cells if noted(cell).get("grade")]
    return [one[0] for one in called if one is not None and not all(state.get(name, True) for name in one[1])]


def _written(cell: Any) -> dict[str, bool]:
    """Say of each function in a cell, and of each name that is given a text, whether it is more than a stub."""
    state: dict[str, bool] = {}
    for node in statements_of(source_of(cell)):
        match node:
            case ast.FunctionDef(name=name):
                state[name] = STUB not in (written_anew(node) or "")
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() | None as value)):
                state[name] = bool(value)
    return state


def write_hand_in(found: Preflight, target: Path, *, anyway: bool = False) -> tuple[Preflight, Path]:
    """Write the file to hand in, with its receipt beside it, of a notebook that was looked at.

    Parameters
    ----------
    found : from `preflight`
    target : folder to write to; what an earlier call wrote there is replaced
    anyway : write it also when it is not ready; each exercise is graded by itself, so unfinished work counts

    Returns
    -------
    found : Preflight
        Of the file as it was written.
    written : Path
        The file to hand in: the notebook's bytes, unchanged.

    Raises
    ------
    Fault
        If the notebook is not ready, or was changed since; nothing is written then.
    """
    path = found.notebook
    if not found.ready and not anyway:
        reason = found.problems[0] if found.problems else "nothing is written yet"
        anyhow = "--anyway" if running_shell() is None else "check.submit(anyway=True)"
        raise Fault(f"{path.name} is not ready: {reason}; hand it in as it is with {anyhow}")
    if _sources(path.read_bytes()) != _sources(found.content):
        raise Fault(f"{path.name} was changed while it was checked: run this once more")
    written = target / path.name
    write_whole(written, found.content)
    # The receipt is of the file as it lies there: a browser's file system writes JSON in its own way.
    found = dataclasses.replace(found, content=written.read_bytes())
    write_whole(written.with_suffix(".receipt.txt"), found.receipt().encode())
    return found, written


def _sources(content: bytes) -> list[str]:
    """Return the text of each cell: an editor that saves what a running cell shows changes nothing else."""
    return [source_of(cell) for cell in json.loads(content)["cells"]]
