"""`classroom preflight` and `classroom submit`: what will happen to a notebook when it is graded, checked at home.

The notebook is judged as it would be handed in: its locked cells must be there and unchanged, and a copy of it must run
from top to bottom in a fresh kernel.  The file itself is only read.
"""

import hashlib
import json
import shutil
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.deadline import deadline
from classroom.fault import Fault

LARGEST = 20 << 20  # bytes, the same as when it is graded; a notebook of text and a few figures has under one million
SLOW = 120.0  # seconds for the whole notebook; grading allows each cell less than that
_SECONDS_PER_CELL = 120


@dataclass
class Preflight:
    """What was found: problems keep a notebook from being graded well, notes are worth reading."""

    notebook: Path
    digest: str
    size: int
    checks: int = 0
    due: str = ""
    ran: bool = False
    seconds: float = 0.0
    points: float = 0.0
    max_points: float = 0.0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        """Whether nothing speaks against handing it in."""
        return not self.problems

    def receipt(self) -> str:
        """Say what was handed in, so that both sides can prove it later."""
        shown = f", {self.points:g} of {self.max_points:g} points shown here" if self.ran else ""
        return (
            f"notebook  {self.notebook.name}\n"
            f"bytes     {self.size}\n"
            f"sha256    {self.digest}\n"
            f"checks    {self.checks} in place{shown}\n"
            "The file that was handed in has this sha256, or it is another file.  Keep this receipt.\n"
        )

    def to_text(self) -> str:
        """Lay the findings out for a terminal."""
        verdict = "ready to hand in" if self.ready else "not ready"
        lines = [f"{self.notebook.name}: {verdict}"]
        lines += [f"  ✗ {problem}" for problem in self.problems]
        lines += [f"  ! {note}" for note in self.notes]
        took = f" · ran in {self.seconds:.0f} s" if self.ran else " · not run"
        lines.append(f"  {self.size / 1000:.0f} kB · {self.checks} checks{took}")
        if self.ran:
            lines.append(f"  points shown by the visible checks: {self.points:g} of {self.max_points:g}")
        lines += [f"  {self.due}"] if self.due else []
        lines.append(f"  sha256 {self.digest}")
        return "\n".join(lines)


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
    found = sorted(path for path in folder.glob("*.ipynb") if path.with_suffix(".npz").exists())
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise Fault(f"name the notebook: assignments with an answer sheet in this folder are {names}")
    return found[0]


def preflight(path: Path, *, run: bool = True) -> Preflight:
    """Look at a notebook the way it will be graded.

    Parameters
    ----------
    path : the notebook; its answer sheet (.npz) lies beside it
    run : also restart and run all, in a copy

    Raises
    ------
    Fault
        If the file is too large, not a notebook, or its answer sheet is missing.
    """
    content = path.read_bytes()
    if len(content) > LARGEST:
        raise Fault(f"{path} has {len(content)} bytes, at most {LARGEST} are graded: clear its outputs and save it")
    try:
        notebook = json.loads(content)
        cells = notebook["cells"]
    except (ValueError, KeyError, TypeError):
        raise Fault(f"{path} is not a notebook: open it in JupyterLab and save it again") from None
    found = Preflight(path, hashlib.sha256(content).hexdigest(), len(content), due=deadline(path))
    points = exercises(path)
    _look_at_cells(cells, points, found)
    found.max_points = sum(points.values())
    if run:
        _run_all(path, found)
    return found


def exercises(path: Path) -> dict[str, float]:
    """Name each exercise of the notebook's answer sheet with its points."""
    sheet = path.with_suffix(".npz")
    if not sheet.exists():
        raise Fault(
            f"{sheet.name} is missing beside {path.name}: unpack the assignment again and copy your notebook there"
        )
    from classroom.judge.answer_sheet import AnswerSheet

    return {grade_id: float(exercise.points) for grade_id, exercise in AnswerSheet.load(sheet).exercises.items()}


def _look_at_cells(cells: list[Any], points: dict[str, float], found: Preflight) -> None:
    """Compare the locked cells with what nbgrader noted of them when the assignment was released."""
    seen: set[str] = set()
    for cell in cells:
        noted = _noted(cell)
        grade_id = str(noted.get("grade_id", ""))
        if not grade_id:
            continue
        if grade_id in seen:
            _tell_copy(grade_id, cell, noted, found)
        seen.add(grade_id)
        if noted.get("locked") and "checksum" in noted and checksum(cell) != noted["checksum"]:
            what = "check cell" if grade_id in points else "locked cell"
            found.problems.append(f"the {what} {grade_id} was changed: grading uses the original, so put it back")
    missing = [grade_id for grade_id in points if grade_id not in seen]
    found.problems += [
        f"the check cell {grade_id} is missing: copy it back from the released notebook" for grade_id in missing
    ]
    found.checks = len(points) - len(missing)


def _tell_copy(grade_id: str, cell: Any, noted: Any, found: Preflight) -> None:
    """Say what a second cell with the same name does: the halves of a split answer both count, a copy may not."""
    if noted.get("locked") or "raise NotImplementedError" in str(cell.get("source")):
        found.problems.append(f"the cell {grade_id} is there twice: delete the copy")
    else:
        found.notes.append(f"the cell {grade_id} is there twice: both run, and for its answer the last one counts")


def _noted(cell: Any) -> Any:
    """Return what nbgrader has noted of a cell; some editors write other things there."""
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    noted = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return noted if isinstance(noted, dict) else {}


def checksum(cell: Any) -> str:
    """Digest a cell as nbgrader does when it releases an assignment."""
    noted = cell["metadata"]["nbgrader"]
    source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
    parts = [
        source.replace("\r\n", "\n"),
        cell["cell_type"],
        *(str(bool(noted.get(flag))) for flag in ("grade", "solution", "locked")),
    ]
    parts.append(noted["grade_id"])
    if noted.get("grade"):
        parts.append(str(float(noted["points"])))
    return hashlib.md5("".join(parts).encode()).hexdigest()


def _run_all(path: Path, found: Preflight) -> None:
    """Run a copy from top to bottom in a fresh kernel, and count what its check cells show."""
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8-sig"), as_version=4)
    except Exception:  # nbformat raises its own, its validator's and json's errors for one and the same thing
        raise Fault(f"{path} is not a notebook: open it in JupyterLab and save it again") from None
    for cell in notebook.cells:
        if not isinstance(cell.metadata, dict):
            cell.metadata = nbformat.NotebookNode()
    with tempfile.TemporaryDirectory(prefix="preflight-") as scratch:
        for beside in path.resolve().parent.iterdir():
            if beside.is_file() and beside.suffix != ".ipynb":
                shutil.copy(beside, scratch)
        client = NotebookClient(
            notebook,
            timeout=_SECONDS_PER_CELL,
            kernel_name="python3",
            allow_errors=True,
            extra_arguments=["--IPKernelApp.log_level=40"],  # its warnings are about ports, not about the notebook
            resources={"metadata": {"path": scratch}},
        )
        started = time.monotonic()
        try:
            client.execute()
        except CellTimeoutError:
            found.problems.append(f"a cell ran longer than {_SECONDS_PER_CELL} s: it will be stopped when it is graded")
        except DeadKernelError:
            found.problems.append(
                "the kernel died while the notebook ran: a cell crashes Python or takes too much memory"
            )
        found.ran, found.seconds = True, time.monotonic() - started
    if found.seconds > SLOW:
        found.notes.append(f"it takes {found.seconds:.0f} s: a loop over entries where numpy could work on arrays?")
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code":
            _count(cell, number, found)


def _count(cell: Any, number: int, found: Preflight) -> None:
    graded = cell.metadata.get("nbgrader", {}).get("grade")
    for output in cell.outputs:
        if output.output_type == "error":
            where = f"the check cell {cell.metadata.nbgrader.grade_id}" if graded else f"cell {number}"
            said = (str(output.evalue).splitlines() or [""])[0]
            found.problems.append(f"{where} stops with {output.ename}: {said}")
        elif graded and output.output_type == "execute_result":
            try:
                found.points += float(output.data.get("text/plain", ""))
            except ValueError:
                found.notes.append(f"the check cell {cell.metadata.nbgrader.grade_id} shows no number of points")


def submit(path: Path, target: Path, *, run: bool = True, anyway: bool = False) -> tuple[Preflight, Path]:
    """Write the file to hand in, with its receipt beside it.

    Parameters
    ----------
    path : the notebook
    target : folder to write to; what an earlier call wrote there is replaced
    run : also restart and run all before
    anyway : write it also when it is not ready; each exercise is graded by itself, so unfinished work counts

    Returns
    -------
    found : Preflight
    written : Path
        The file to hand in: the notebook's bytes, unchanged.

    Raises
    ------
    Fault
        If the notebook is not ready; nothing is written then.
    """
    found = preflight(path, run=run)
    if not found.ready and not anyway:
        raise Fault(f"{path.name} is not ready: {found.problems[0]}; hand it in as it is with --anyway")
    written = target / path.name
    write_whole(written, path.read_bytes())
    write_whole(written.with_suffix(".receipt.txt"), found.receipt().encode())
    if hashlib.sha256(written.read_bytes()).hexdigest() != found.digest:
        raise Fault(f"{path.name} was saved again while it was checked: run this once more")
    return found, written
