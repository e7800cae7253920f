"""`classroom try`: one candidate answer, judged as a student sees it."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from classroom.call.script import check_cell
from classroom.fault import Fault
from classroom.judge.message import to_text
from classroom.judge.verdict import Verdict
from classroom.staff.author import build
from classroom.staff.author.notebook import compose, read_text
from classroom.staff.author.stub import stubbed
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam, read_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.store import from_bytes
from classroom.staff.grade.worker import Worker


def try_candidate(course: Folders, name: str, exercise: str, file: Path) -> str:
    """Judge the answer in a file, in the sandbox, and return the message of its check.

    Parameters
    ----------
    course : the course; the assignment need not be built or released
    name, exercise : what the answer is to
    file : Python; functions that the answer cell has and the file has not are the reference's.  For a question: a
        statement such as ``answer_1 = "b"``

    Raises
    ------
    Fault
        If there is no such exercise, or no such file.
    """
    if not file.is_file():
        raise Fault(f"there is no file {file}")
    (pair,) = build.pairs(course.folder("source").parent, [name])
    sheet = build.checked_sheet(pair)
    sheet.exercise(exercise)
    composed = compose(read_text(pair.text), name, pair.text.parent)
    place = _answer_above(composed, exercise)
    released = json.loads(json.dumps(composed))
    for cell in released["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = stubbed(cell["source"])
    handed = json.loads(json.dumps(released))
    handed["cells"][place]["source"] = f"{composed.cells[place].source}\n\n\n{file.read_text(encoding='utf-8')}"
    worker = Worker(_exam(name, released, pair, sheet.to_bytes()), POINTS_ONLY)
    try:
        result = from_bytes(worker.grade(json.dumps(handed).encode()))
    finally:
        worker.close()
    return to_text(Verdict.from_json(result["verdicts"][exercise]))


def _exam(name: str, released: Any, pair: build.Pair, sheet: bytes) -> Exam:
    """Return the exam of what a student would get, visible cases alone."""
    with tempfile.TemporaryDirectory(prefix="candidate-") as folder:
        notebook = Path(folder) / f"{name}.ipynb"
        notebook.write_text(json.dumps(released), encoding="utf-8")
        for path in pair.text.parent.glob("given_*.py"):
            shutil.copy(path, folder)
        return read_exam(notebook, name, sheet)


def _answer_above(notebook: Any, exercise: str) -> int:
    """Return the place of the answer cell that stands above the check of an exercise."""
    answer = None
    for place, cell in enumerate(notebook.cells):
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            answer = place
        called = check_cell(cell.source) if marks.get("grade") and not marks.get("solution") else None
        if called is not None and called[0] == exercise and answer is not None:
            return answer
    raise Fault(f"no answer cell stands above the check of {exercise}")
