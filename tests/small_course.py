"""A course with one small assignment, ready to be graded: for the tests of the grader."""

import functools
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classroom.staff.declare.exercise import answer_sheet, load_assignment
from classroom.staff.folders import Folders
from classroom.staff.grade.exam import Exam, load_exam

# Its folders are those of this course.
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "small"
c.CourseDirectory.ignore = ["*.py", "__pycache__", "exercises"]
""" + "".join(
    re.findall(
        r"^c\.CourseDirectory\.(?:\w+_directory|db_url) = .*\n",
        (Path(__file__).parents[1] / "nbgrader_config.py").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
)

EXERCISES = """
import numpy as np

from classroom.staff.declare.exercise import Assignment, Case, Exercise, Mutant, Quiz, edit


def double(x):
    return 2 * x


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(grad_y, cache):
    return grad_y * (cache > 0)


def hidden_doubles(rng):
    return [Case("more", {"x": rng.normal(size=(3, 5))}, ["y = double(x)"], ["y"], kind="odd shapes")]


def hidden_slopes(rng):
    inputs = {"x": rng.normal(size=(2, 7)), "grad_y": rng.normal(size=(2, 7))}
    calls = ["y, cache = relu_forward(x)", "grad_x = relu_backward(grad_y, cache)"]
    return [Case("more", inputs, calls, ["grad_x"], kind="odd shapes")]


X = np.array([[-1.0, 0.0, 2.5], [0.5, -3.0, 4.0]])
CALLS = ["y, cache = relu_forward(x)", "grad_x = relu_backward(grad_y, cache)"]
ASSIGNMENT = Assignment(
    "small",
    "A small assignment",
    [
        Exercise(
            id="double",
            points=2,
            functions={"double": double},
            subject=("double",),
            cases=[Case("a row", {"x": np.array([1.0, -2.0, 4.0])}, ["y = double(x)"], ["y"])],
            hidden=hidden_doubles,
            mutants=[Mutant("square", edit(double, "2 * x", "x**2"), "You square x.")],
            hints=("Twice means times two.",),
        ),
        Exercise(
            id="relu_backward",
            points=4,
            functions={"relu_forward": relu_forward, "relu_backward": relu_backward},
            subject=("relu_backward",),
            cases=[Case("a table", {"x": X, "grad_y": X[::-1] + 0.25}, CALLS, ["grad_x"])],
            hidden=hidden_slopes,
            mutants=[Mutant("at zero", edit(relu_backward, "> 0", ">= 0"), "At 0 the derivative is 0.")],
            hints=("Where was x positive?",),
        ),
        Quiz("quiz_1", 1, "Which?", {"a": "this", "b": "that"}, "b", {"a": "Not this.", "b": "Yes, that."}),
    ],
)
"""

STUB = "    raise NotImplementedError\n"
SETUP = "import numpy as np\nfrom classroom import check\ncheck.open('small')\n"
STUBS = {
    "answer-double": f"def double(x):\n{STUB}",
    "answer-relu": f"def relu_forward(x):\n{STUB}\n\ndef relu_backward(grad_y, cache):\n{STUB}",
    "answer-quiz_1": "answer_1 = None",
    "explain": "Write two sentences.",
}
RIGHT = {
    "answer-double": "def double(x):\n    return x + x\n",
    "answer-relu": (
        "def relu_forward(x):\n    return np.where(x > 0, x, 0), x > 0\n\n\n"
        "def relu_backward(grad_y, cache):\n    return np.where(cache, grad_y, 0)\n"
    ),
    "answer-quiz_1": "answer_1 = 'b'",
}
CHECKS = {
    "double": ("check('double', double)", 2),
    "relu_backward": ("check('relu_backward', relu_backward)", 4),
    "quiz_1": ("check('quiz_1', answer_1)", 1),
}
# What a cell of each kind is to nbgrader: grade, solution, locked.
_LOCKED, _ANSWER, _CHECK, _MANUAL = (False, False, True), (False, True, False), (True, False, True), (True, True, False)


def cell(source: str, kind: str = "code", grade_id: str = "", marks: Any = None, points: float | None = None) -> dict:
    """Return a cell of a notebook, with nbgrader's metadata if it has a grade id."""
    metadata: dict[str, Any] = {}
    if grade_id:
        grade, solution, locked = marks
        metadata["nbgrader"] = {
            "grade": grade,
            "solution": solution,
            "locked": locked,
            "grade_id": grade_id,
            "schema_version": 3,
            "task": False,
        }
        if points is not None:
            metadata["nbgrader"] |= {"points": points, "cell_type": kind}
    made = {
        "cell_type": kind,
        "id": f"id-{grade_id or abs(hash(source)) % 10**8}",
        "metadata": metadata,
        "source": source,
    }
    return made | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def cells(answers: Mapping[str, str] = {}) -> list[dict]:
    """Return the cells of the assignment with these answers in the place of the stubs."""
    texts = {**STUBS, **answers}
    return [
        cell("# Small", "markdown"),
        cell(SETUP, "code", "setup", _LOCKED),
        cell(texts["answer-double"], "code", "answer-double", _ANSWER),
        cell(CHECKS["double"][0], "code", "double", _CHECK, 2),
        cell(texts["answer-relu"], "code", "answer-relu", _ANSWER),
        cell(CHECKS["relu_backward"][0], "code", "relu_backward", _CHECK, 4),
        cell(texts["answer-quiz_1"], "code", "answer-quiz_1", _ANSWER),
        cell(CHECKS["quiz_1"][0], "code", "quiz_1", _CHECK, 1),
        cell(texts["explain"], "markdown", "explain", _MANUAL, 3),
    ]


# The cells of staff, as `order` names them.
ORDER = ["# Small", "setup", "answer-double", "double", "answer-relu", "relu_backward", "answer-quiz_1", "quiz_1"]
ORDER += ["explain"]


def order(submission: Any) -> list[str]:
    """Return what the cells of a submission are: staff's by their grade ids, others by their text."""
    return [one.record.grade_id if one.record else one.source for one in submission.cells]


def notebook(content: Sequence[Any]) -> bytes:
    """Return the bytes of a notebook with these cells."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    made = {"cells": list(content), "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(made).encode()


def answered(answers: Mapping[str, str] = RIGHT) -> bytes:
    """Return a submission with these answers."""
    return notebook(cells(answers))


def hand_in(root: Path, student: str, data: bytes, timestamp: str = "2026-03-01 12:00:00 UTC") -> Path:
    """Put a submission where nbgrader collects it."""
    place = root / "class/submitted" / student / "small"
    place.mkdir(parents=True, exist_ok=True)
    (place / "small.ipynb").write_bytes(data)
    (place / "timestamp.txt").write_text(timestamp)
    return place


@functools.cache
def _made() -> tempfile.TemporaryDirectory:
    """Make the course once for all tests of this process: a new gradebook takes nbgrader seconds."""
    folder = tempfile.TemporaryDirectory(prefix="small-course-")
    _make(Path(folder.name) / "small")
    return folder


def make_course(root: Path) -> Path:
    """Make the course: declared, released, and known to the gradebook; nobody has handed in."""
    return copy_course(Path(_made().name) / "small", root)


def _make(root: Path) -> Path:
    (root / "assignments/small/exercises").mkdir(parents=True)
    (root / "class/release/small").mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "assignments/small/exercises/__init__.py").write_text(EXERCISES)
    (root / "class/release/small/small.ipynb").write_bytes(notebook(cells()))
    answer_sheet(load_assignment(root / "assignments/small")).save(root / "class/release/small/small.npz")
    register(f"sqlite:///{root}/class/gradebook.db")
    load_exam(Folders.of(root), "small")  # computes the cases once for all copies of this course
    return root


def register(db_url: str) -> None:
    """Enter the assignment into a gradebook, as `nbgrader generate_assignment` does."""
    from sqlalchemy import text

    from classroom.staff.nbgrader_import import import_nbgrader

    gradebook = import_nbgrader().Gradebook(db_url, "small")
    if db_url.startswith("sqlite"):
        gradebook.db.execute(text("PRAGMA synchronous=OFF"))  # thirty small transactions, none of which has to last
    gradebook.update_or_create_assignment("small", duedate="2026-03-02 00:00:00 UTC")
    gradebook.update_or_create_notebook("small", "small")
    for item in cells():
        marks = item["metadata"].get("nbgrader")
        if marks is None:
            continue
        name, kind = marks["grade_id"], item["cell_type"]
        gradebook.update_or_create_source_cell(
            name, "small", "small", cell_type=kind, locked=marks["locked"], source=item["source"], checksum=""
        )
        if marks["grade"]:
            gradebook.update_or_create_grade_cell(name, "small", "small", max_score=marks["points"], cell_type=kind)
        if marks["solution"]:
            gradebook.update_or_create_solution_cell(name, "small", "small")
    gradebook.engine.dispose()
    gradebook.close()


def copy_course(template: Path, root: Path) -> Path:
    """Return a copy of a course in which nothing was handed in."""
    shutil.copytree(template, root)
    return root


def exam_of(root: Path) -> Exam:
    """Return the exam of the course."""
    return load_exam(Folders.of(root), "small")
