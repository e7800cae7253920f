"""The exam: staff's own record of an assignment's notebook, with the visible and the hidden cases of its checks."""

import base64
import dataclasses
import functools
import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from classroom.atomic_write import write_whole
from classroom.call import script
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet
from classroom.staff.folders import Folders
from classroom.staff.grade.code_digest import code_digest
from classroom.staff.grade.withheld import blanked
from classroom.staff.sandbox.question import ExerciseQuestions

DATES = "dates.json"  # beside a released notebook, for preflight; a deadline that moves changes no exam


@dataclasses.dataclass(frozen=True)
class RecordCell:
    """A cell as staff released it."""

    grade_id: str
    cell_type: str
    source: str
    metadata: Mapping[str, Any]
    cell_id: str
    exercise: str = ""  # of a check cell

    @property
    def locked(self) -> bool:
        """Whether a student may not change it."""
        return not self.metadata["nbgrader"]["solution"]

    @property
    def graded(self) -> bool:
        return bool(self.metadata["nbgrader"]["grade"])

    @property
    def manual(self) -> bool:
        """Whether a person grades it: an answer that has points itself."""
        return self.graded and not self.locked

    @property
    def points(self) -> float:
        return float(self.metadata["nbgrader"].get("points", 0))

    @property
    def void(self) -> str:
        """What became of a check that was made void: see `void_of`."""
        return void_of(self.metadata)


def void_of(metadata: Mapping[str, Any]) -> str:
    """Return how a check cell is void: "full" points for everybody, "out" of the sum; "" if it counts."""
    return str(metadata.get("void", ""))


@dataclasses.dataclass
class Exam:
    """All that grading one submission needs to know of the assignment.

    files : what was released beside the notebook, by name; student code finds it in its working folder
    accepted : exercises that staff accepted though they equal text of the course, by sha256 of what was handed in
    """

    assignment: str
    notebook: str
    cells: tuple[RecordCell, ...]
    metadata: Mapping[str, Any]
    files: Mapping[str, bytes]
    sheet_bytes: bytes
    accepted: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)

    @functools.cached_property
    def sheet(self) -> AnswerSheet:
        """The full answer sheet; an exercise that is out of the sum is worth nothing there either."""
        sheet = AnswerSheet.from_bytes(self.sheet_bytes)
        for cell in self.cells:
            if cell.void == "out" and cell.exercise:
                sheet.exercises[cell.exercise].points = 0.0
        return sheet

    def read_sheet(self) -> AnswerSheet:
        """Read the full answer sheet now, so that the first submission need not wait for it."""
        return self.sheet

    @functools.cached_property
    def questions(self) -> dict[str, ExerciseQuestions]:
        """For each exercise, all that is known beforehand to be asked."""
        return {name: ExerciseQuestions(one, known=True) for name, one in self.sheet.exercises.items()}

    @functools.cached_property
    def by_id(self) -> dict[str, RecordCell]:
        return {cell.grade_id: cell for cell in self.cells}

    @functools.cached_property
    def warm(self) -> list[str]:
        """The modules that the locked cells import, for the zygote to have ready."""
        known = ("matplotlib.pyplot", "classroom.check", "classroom.figure")
        text = "\n".join(cell.source for cell in self.cells if cell.locked and cell.cell_type == "code")
        words = set(re.findall(r"\w+", text)) if "import" in text else set()
        return [name for name in known if name.split(".")[-1] in words]

    @functools.cached_property
    def prelude(self) -> list[str]:
        """The locked code before the first cell of the student's: the zygote runs it once for all children.

        None where a module is withheld from some rooms: what the zygote has seen, all of its children have.
        """
        sources: list[str] = []
        if self._withheld:
            return sources
        for cell in self.cells:
            if not cell.locked or cell.cell_type != "code" or cell.exercise:
                break
            sources.append(cell.source)
        return sources

    def room_files(self) -> dict[str, bytes]:
        """Return what student code finds beside its notebook: all but the answer sheet, which is for checks at home.

        Modules that are not in every room are not among it: see `room_modules`.
        """
        kept = {f"{self.notebook}.npz", *(f"{name}.py" for name in self._withheld)}
        return {name: data for name, data in self.files.items() if name not in kept}

    def room_modules(self, withheld: Collection[str]) -> dict[str, str]:
        """Return the modules that are not in every room, those that are withheld here without what they compute."""
        sources = {name: self.files[f"{name}.py"].decode() for name in sorted(self._withheld)}
        return {name: blanked(text, name) if name in withheld else text for name, text in sources.items()}

    @functools.cached_property
    def _withheld(self) -> set[str]:
        """The modules that one exercise or another must do without."""
        names = {name for exercise in self.sheet.exercises.values() for name in exercise.withheld}
        for name in names:
            if f"{name}.py" not in self.files:
                raise Fault(f"{self.assignment} withholds {name}, and no {name}.py is released beside its notebook")
        return names

    def max_scores(self) -> dict[str, float]:
        """Return the points of each graded cell."""
        return {cell.grade_id: cell.points for cell in self.cells if cell.graded}

    @functools.cached_property
    def digest(self) -> str:
        """A hash of everything in it that concerns all submissions."""
        return hashlib.sha256(dataclasses.replace(self, accepted={}).to_bytes()).hexdigest()

    def accepted_of(self, data: bytes | None) -> list[str]:
        """Return the exercises of a submission that staff has accepted."""
        return list(self.accepted.get(hashlib.sha256(data).hexdigest(), ())) if data and self.accepted else []

    def digest_for(self, data: bytes | None) -> str:
        """Return a hash of everything in it that concerns this submission."""
        return "\0".join([self.digest, *self.accepted_of(data)])

    def to_bytes(self) -> bytes:
        """Return it as JSON, for a worker on another machine."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        fields["cells"] = [dataclasses.asdict(cell) for cell in self.cells]
        fields["files"] = {name: base64.b64encode(data).decode() for name, data in sorted(self.files.items())}
        fields["sheet_bytes"] = base64.b64encode(self.sheet_bytes).decode()
        return json.dumps(fields, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Exam":
        """Read what `to_bytes` wrote."""
        fields = json.loads(data)
        fields["cells"] = tuple(RecordCell(**cell) for cell in fields["cells"])
        fields["files"] = {name: base64.b64decode(text) for name, text in fields["files"].items()}
        fields["sheet_bytes"] = base64.b64decode(fields["sheet_bytes"])
        return cls(**fields)


def load_exam(course: Folders, assignment: str) -> Exam:
    """Read the released notebook of an assignment and compute, or recall, its cases.

    Raises
    ------
    Fault
        If the assignment is not released, or has a graded code cell that is no check.
    """
    return read_exam(_released(course, assignment), assignment, full_sheet_bytes(course, assignment))


def _released(course: Folders, assignment: str) -> Path:
    path = course.folder("release") / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        raise Fault(f"{assignment} is not released: {path} does not exist; run  classroom release {assignment}")
    return path


def _read_notebook(path: Path, assignment: str, sheet_bytes: bytes) -> Exam:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = tuple(_record(cell, path) for cell in notebook["cells"] if _is_marked(cell))
    files = {
        item.name: item.read_bytes()
        for item in sorted(path.parent.iterdir())
        if item.is_file() and item.suffix != ".ipynb" and item.name != DATES and not item.name.startswith(".")
    }
    return Exam(assignment, path.stem, cells, notebook["metadata"], files, sheet_bytes)


def read_record(course: Folders, assignment: str) -> Exam:
    """Read the released notebook alone, without any case: enough to tell what of a submission is an answer.

    Raises
    ------
    Fault
        If the assignment is not released.
    """
    return _read_notebook(_released(course, assignment), assignment, b"")


def read_exam(path: Path, assignment: str, sheet_bytes: bytes) -> Exam:
    """Make an exam of a released notebook and the bytes of the full sheet."""
    exam = _read_notebook(path, assignment, sheet_bytes)
    for cell in exam.cells:
        if cell.exercise and cell.exercise not in exam.sheet.exercises:
            raise Fault(f"{path}: cell {cell.grade_id} checks {cell.exercise!r}, which {assignment} does not declare")
        if cell.graded and cell.locked and cell.cell_type == "code" and not cell.exercise:
            raise Fault(f'{path}: cell {cell.grade_id} has points and is no check: write  check("exercise", function)')
    return exam


def _is_marked(cell: Mapping[str, Any]) -> bool:
    return "grade_id" in cell["metadata"].get("nbgrader", {})


def _record(cell: Mapping[str, Any], path: Path) -> RecordCell:
    source = cell["source"]
    text = source if isinstance(source, str) else "".join(source)
    marks = cell["metadata"]["nbgrader"]
    exercise = ""
    if marks["grade"] and not marks["solution"]:
        called = script.check_cell(text)
        exercise = called[0] if called else ""
    return RecordCell(marks["grade_id"], cell["cell_type"], text, cell["metadata"], cell.get("id", ""), exercise)


def full_sheet_bytes(course: Folders, assignment: str) -> bytes:
    """Return the full sheet as bytes; computing it takes seconds, so it is kept under the hash of all it is made of."""
    from classroom.staff.declare.loader import declared_assignments, load_assignment

    secret = course.secret()
    source = course.folder("source") / assignment
    if assignment not in declared_assignments(source.parent):
        raise Fault(f"there is no assignment {assignment!r}: {source} declares no exercises")
    kept = course.workshop / assignment / f"sheet-{declared_digest(source, secret)}.npz"
    if kept.is_file():
        return kept.read_bytes()
    from classroom.staff.declare.answer import full_sheet

    data = full_sheet(load_assignment(source), secret).to_bytes()
    for old in kept.parent.glob("sheet-*.npz"):
        old.unlink()
    write_whole(kept, data, 0o600)
    return data


def declared_digest(source: Path, *more: str) -> str:
    """Return a short hash of all that a declaration's cases and answers depend on: the code, the reference, its files.

    Parameters
    ----------
    source : the folder of the assignment
    more : what else the caller's work depends on
    """
    from classroom.staff.declare.loader import declaration_files
    from classroom.staff.declare.shipped import shipped_modules

    house = Path(__file__).resolve().parents[3]
    made_of = [
        *declaration_files(source),
        *sorted((house / "solutions").rglob("*.py")),
        *shipped_modules(source.parent).values(),
    ]
    digest = hashlib.sha256("\0".join([*more, code_digest()]).encode())
    for path in made_of:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:24]
