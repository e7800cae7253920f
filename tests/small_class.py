"""A class for the small course, and what a gradebook of any kind holds of it: for the tests of long and broken runs."""

from pathlib import Path
from typing import Any

from small_course import RIGHT, answered, cell, cells, hand_in, notebook

WRONG = "def double(x):\n    return x**2\n"


def slow(number: int, seconds: float) -> bytes:
    """Return a submission that takes its time; every number gives another file and, now and then, another score."""
    answers = {**RIGHT, "answer-quiz_1": f"answer_1 = {'ab'[number % 2]!r}  # {number}"}
    if number % 3 == 0:
        answers["answer-double"] = WRONG
    content = cells(answers)
    content.insert(2, cell(f"import time; time.sleep({seconds})"))
    return notebook(content)


def fill(root: Path, count: int, seconds: float = 0.1) -> list[str]:
    """Let a class hand in; return the students."""
    students = {
        "anna": answered(),
        "carla": notebook(cells()),
        "dan": b"no notebook",
        "eva": answered({**RIGHT, "answer-relu": "import os\nos._exit(0)", "explain": "Words."}),
    }
    students |= {f"slow{number:02}": slow(number, seconds) for number in range(count - len(students))}
    for student, data in students.items():
        hand_in(root, student, data)
    return sorted(students)


def dump(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what a gradebook holds, but for its random row names: grades, comments and submissions."""
    from sqlalchemy import create_engine, text

    joined = """from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id"""
    queries = {
        "grades": f"""select student_id, base_cell.name, auto_score, manual_score, needs_manual_grade {joined}
            join grade on grade.notebook_id = submitted_notebook.id join base_cell on base_cell.id = grade.cell_id""",
        "comments": f"""select student_id, base_cell.name, auto_comment {joined}
            join comment on comment.notebook_id = submitted_notebook.id
            join base_cell on base_cell.id = comment.cell_id""",
        "submissions": f"select student_id, timestamp, late_submission_penalty, flagged {joined}",
    }
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted([tuple(map(plain, row)) for row in connection.execute(text(query))], key=repr)
                for name, query in queries.items()
            }
    finally:
        engine.dispose()


def plain(value: Any) -> Any:
    """Return the value that every database agrees on: SQLite's truths are numbers, its times are text."""
    return str(value).removesuffix(".000000") if hasattr(value, "year") or isinstance(value, str) else value


def sqlite_url(root: Path) -> str:
    return f"sqlite:///{root}/class/gradebook.db"
