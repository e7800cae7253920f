"""`classroom try`: one candidate answer, judged as a student sees it."""

import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classroom.call.script import check_cell
from classroom.fault import Fault
from classroom.judge.message import to_text
from classroom.judge.verdict import Verdict
from classroom.staff.author import build
from classroom.staff.author.notebook import compose, read_text
from classroom.staff.author.stub import stubbed
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam, read_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.recognition import defined
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
    if name not in (known := declared_assignments(course.folder("source"))):
        raise Fault(f"there is no assignment {name!r}: there are {', '.join(known)}")
    blank = Blank(course, name)
    sheet = build.checked_sheet(blank.pair)
    sheet.exercise(exercise)
    worker = Worker(blank.exam(sheet.to_bytes()), POINTS_ONLY)
    try:
        text = file.read_text(encoding="utf-8")
        result = from_bytes(worker.grade(blank.handed(text, [exercise]), alone=True))
    finally:
        worker.close()
    said = to_text(Verdict.from_json(result["verdicts"][exercise]))
    asked = blank.names(exercise)
    if asked and not any(re.search(rf"\b{name}\b", text) for name in asked):
        said += f"\n! {file.name} has no {' or '.join(asked)}: what was judged is the reference's"
    return said


class Blank:
    """The notebook of an assignment as students get it, to be filled with candidate answers.

    Parameters
    ----------
    course : the course; the assignment need not be built or released
    name : of the assignment
    """

    def __init__(self, course: Folders, name: str) -> None:
        (self.pair,) = build.pairs(course.folder("source").parent, [name])
        self._answered = compose(read_text(self.pair.text), name, self.pair.text.parent)
        self._released = json.loads(json.dumps(self._answered))
        for cell in self._released["cells"]:
            if cell["cell_type"] == "code":
                cell["source"] = stubbed(cell["source"])

    def names(self, exercise: str) -> list[str]:
        """Return what the answer to an exercise defines."""
        return list(dict.fromkeys(defined(self._answered.cells[_answer_above(self._answered, exercise)].source)))

    def handed(self, text: str, exercises: Sequence[str], *, others: bool = False) -> bytes:
        """Return the notebook with a text in the answers of these exercises, behind the reference's own.

        Parameters
        ----------
        text : Python
        exercises : whose answers it is
        others : fill the other answers with the reference's; else they stay stubs
        """
        made = json.loads(json.dumps(self._answered if others else self._released))
        future = "".join(line + "\n" for line in text.splitlines() if line.startswith("from __future__"))
        for place in {_answer_above(self._answered, exercise) for exercise in exercises}:
            reference = self._answered.cells[place].source
            # Alone, where it defines everything: then lines have the numbers that they have in the file.
            whole = set(defined(reference)) <= set(defined(text))
            made["cells"][place]["source"] = text if whole else f"{future}{reference}\n\n\n{text}"
        return json.dumps(made).encode()

    def exam(self, sheet: bytes) -> Exam:
        """Return the exam with this sheet."""
        with tempfile.TemporaryDirectory(prefix="candidate-") as folder:
            notebook = Path(folder) / f"{self.pair.name}.ipynb"
            notebook.write_text(json.dumps(self._released), encoding="utf-8")
            for path in self.pair.text.parent.glob("given_*.py"):
                shutil.copy(path, folder)
            return read_exam(notebook, self.pair.name, sheet)


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
