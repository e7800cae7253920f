"""`classroom try`: one candidate answer, judged as a student sees it."""

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classroom.call.script import check_cell
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.judge.course_text import functions_of
from classroom.judge.hint import ladder
from classroom.judge.message import to_text
from classroom.judge.verdict import Verdict
from classroom.staff.author import build
from classroom.staff.author.notebook import compose, read_text, stubbed
from classroom.staff.declare.answer import sheet_exercise
from classroom.staff.declare.declaration import Assignment, Exercise
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.declare.shipped import shipped_forms
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam, read_exam
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.recognition import defined
from classroom.staff.grade.store import from_bytes
from classroom.staff.grade.worker import Worker

_IMPORTED = re.compile(r"^(?:from[ \t]+\S+[ \t]+)?import[ \t]+(.+)$", re.MULTILINE)


def try_candidate(course: Folders, name: str, exercise: str, file: Path) -> str:
    """Judge the answer in a file, in the sandbox, and return the message of its check and the hints that follow it.

    Parameters
    ----------
    course : the course; the assignment need not be built or released
    name, exercise : what the answer is to
    file : Python; functions that the notebook's answers have and the file has not are the reference's.  For a
        question: a statement such as ``answer_1 = "b"``

    Raises
    ------
    Fault
        If there is no such exercise, or no such file.
    """
    if not file.is_file():
        raise Fault(f"there is no file {file}")
    if name not in (known := declared_assignments(course.folder("source"))):
        raise Fault(f"there is no assignment {name!r}: there are {', '.join(known)}")
    text = read_text(file).removeprefix("\ufeff")
    (pair,) = build.pairs(course.folder("source").parent, [name])
    assignment = build.checked_assignment(pair)
    assignment.exercise(exercise)
    blank = Blank(course, name, exercise)
    sheet = _sheet(assignment, exercise, text)
    worker = Worker(blank.exam(sheet.to_bytes()), POINTS_ONLY)
    try:
        result = from_bytes(worker.grade(blank.handed(text, [exercise], others=True), alone=True))
    finally:
        worker.close()
    verdict = Verdict.from_json(result["verdicts"][exercise])
    said = [to_text(verdict), *_what_hints_say(sheet, verdict)]
    asked = blank.names(exercise)
    if asked and not any(re.search(rf"\b{name}\b", text) for name in asked):
        said.append(f"! {file.name} has no {' or '.join(asked)}: what was judged is the reference's")
    return "\n".join(said)


def _sheet(assignment: Assignment, exercise: str, text: str) -> AnswerSheet:
    """Compute the sheet of this exercise alone: that of a whole assignment takes seconds."""
    written = [one for one in assignment.exercises if isinstance(one, Exercise)]
    made = sheet_exercise(assignment.exercise(exercise), assignment.name, siblings=written)
    made.withheld = tuple(assignment.withheld.get(exercise, ()))
    # Text of the course is looked for where there is enough of it to be recognised.
    source = assignment.folder.parent if assignment.folder is not None else None
    known = shipped_forms(source) if _is_long(text) else {}
    return AnswerSheet(assignment.name, assignment.title, {exercise: made}, known)


def _is_long(text: str) -> bool:
    try:
        return any(functions_of(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return True  # a cell may hold more than Python


def _what_hints_say(sheet: AnswerSheet, verdict: Verdict) -> list[str]:
    """Return what `check.hint` would tell, one line a call, and by which name staff knows the bug."""
    if verdict.outcome == "right" or sheet.exercises[verdict.exercise].quiz is not None:
        return []
    hints = ladder(sheet.exercises[verdict.exercise], verdict)
    lines = [f"hint {number} for {verdict.exercise}: {hint}" for number, hint in enumerate(hints, start=1)]
    known = [bug.name for bug in verdict.bugs if bug.how != "symptom"]
    return lines + [f"known here as {' and '.join(known)}"] * bool(known)


class Blank:
    """The notebook of an assignment as students get it, to be filled with candidate answers.

    Parameters
    ----------
    course : the course; the assignment need not be built or released
    name : of the assignment
    exercise : leave out the checks of all others
    """

    def __init__(self, course: Folders, name: str, exercise: str = "") -> None:
        (self.pair,) = build.pairs(course.folder("source").parent, [name])
        self._answered = compose(read_text(self.pair.text), name, self.pair.text.parent)
        if exercise:
            self._answered.cells = [cell for cell in self._answered.cells if _checked(cell) in ("", exercise)]
        self._released = json.loads(json.dumps(self._answered))
        for cell in self._released["cells"]:
            if cell["cell_type"] == "code":
                cell["source"] = stubbed(cell["source"])

    def names(self, exercise: str) -> list[str]:
        """Return what the answer to an exercise defines."""
        return list(dict.fromkeys(defined(self._answered.cells[_answer_above(self._answered, exercise)].source)))

    def handed(self, text: str, exercises: Sequence[str], *, others: bool = False) -> bytes:
        """Return the notebook with a text in the answers of these exercises.

        The text has the answer's cell to itself, so that its lines have the numbers that they have in its file.  What
        it does not define stands in a cell above, and is the reference's.

        Parameters
        ----------
        text : Python
        exercises : whose answers it is
        others : fill the other answers with the reference's; else they stay stubs
        """
        made = json.loads(json.dumps(self._answered if others else self._released))
        cells = made["cells"]
        for place in sorted({_answer_above(self._answered, exercise) for exercise in exercises}, reverse=True):
            cells[place]["source"] = text
            if rest := _without(self._answered.cells[place].source, _given(text)):
                above = {"cell_type": "code", "id": f"rest-{place}", "metadata": {}, "source": rest}
                cells.insert(place, above | {"execution_count": None, "outputs": []})
        return json.dumps(made).encode()

    def exam(self, sheet: bytes) -> Exam:
        """Return the exam with this sheet."""
        with tempfile.TemporaryDirectory(prefix="candidate-") as folder:
            notebook = Path(folder) / f"{self.pair.name}.ipynb"
            notebook.write_text(json.dumps(self._released), encoding="utf-8")
            for path in self.pair.text.parent.glob("given_*.py"):
                shutil.copy(path, folder)
            return read_exam(notebook, self.pair.name, sheet)


def _given(text: str) -> set[str]:
    """Name what a file gives, also one that is no Python: what it imports counts, for the import may fail."""
    return {*defined(text), *re.findall(r"\w+", " ".join(_IMPORTED.findall(text)))}


def _without(source: str, names: set[str]) -> str:
    """Return a cell without what defines these names; nothing where no definition is left."""
    lines = source.splitlines()
    kept, defines = list[str](), False
    for node in ast.parse(source).body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
        statement = "\n".join(lines[first - 1 : node.end_lineno])
        given = set(defined(statement))
        if not given & names:
            kept.append(statement)
            defines = defines or bool(given)
    return "\n\n\n".join(kept) if defines else ""


def _checked(cell: Any) -> str:
    """Return the exercise that a cell checks, "" of any other cell."""
    marks = cell.metadata.get("nbgrader", {})
    called = check_cell(cell.source) if marks.get("grade") and not marks.get("solution") else None
    return called[0] if called is not None else ""


def _answer_above(notebook: Any, exercise: str) -> int:
    """Return the place of the answer cell that stands above the check of an exercise."""
    answer = None
    for place, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            answer = place
        if _checked(cell) == exercise and answer is not None:
            return answer
    raise Fault(f"no answer cell stands above the check of {exercise}")
