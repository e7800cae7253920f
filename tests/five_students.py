"""Five students of the small course: one is right, one wrong, one wrote nothing, one no notebook, one ends Python."""

import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from small_course import RIGHT, answered, cell, cells, notebook

from classroom.staff.grade.assignment import Summary, grade_assignment

CLASS = {
    "anna": answered(),
    "ben": answered({**RIGHT, "answer-double": "def double(x): return x**2"}),
    "carla": notebook(cells()),
    "dan": b"no notebook",
    "eva": answered({**RIGHT, "answer-relu": "import os\nos._exit(0)", "explain": "Words."}),
}
TOTALS = {"anna": 7.0, "ben": 5.0, "carla": 0.0, "dan": 0.0, "eva": 3.0}


def dump(root: Path) -> tuple[list, list]:
    """Return what the gradebook holds, but for its random row names."""
    query = """
        select student_id, timestamp, base_cell.name, auto_score, manual_score, needs_manual_grade,
               submitted_notebook.late_submission_penalty
        from submitted_assignment join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join grade on grade.notebook_id = submitted_notebook.id join base_cell on base_cell.id = grade.cell_id
        order by 1, 3"""
    comments = """
        select student_id, base_cell.name, auto_comment from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join comment on comment.notebook_id = submitted_notebook.id join base_cell on base_cell.id = comment.cell_id
        order by 1, 2"""
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        return connection.execute(query).fetchall(), connection.execute(comments).fetchall()


def totals(root: Path) -> dict[str, float]:
    """Return the points that each student has in the gradebook."""
    sums: dict[str, float] = {}
    for student, _, _, score, *_ in dump(root)[0]:
        sums[student] = sums.get(student, 0.0) + (score or 0.0)
    return sums


def command(root: Path, *more: str) -> list[str]:
    """Return the command that grades the course with one worker."""
    return [sys.executable, "-m", "classroom.cli", "grade", "small", "--root", str(root), "--workers", "1", *more]


def run_again(root: Path) -> Summary:
    """Grade the course in this process, with one worker."""
    return grade_assignment(root, "small", workers=1)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so; a test fails that waits for too long."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def results(root: Path) -> int:
    """Count the submissions whose results are kept."""
    return len(list((root / "class/grading/small/results").glob("*/*.gz")))


def slow(name: str) -> bytes:
    """Return a right submission that takes its time, another one for each name."""
    content = cells({**RIGHT, "answer-quiz_1": f"answer_1 = 'b'  # {name}"})
    content.insert(2, cell("import time; time.sleep(0.4)"))
    return notebook(content)
