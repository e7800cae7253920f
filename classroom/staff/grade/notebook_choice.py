"""Which of the files that somebody handed in is the notebook: the one that holds the work, whatever it is called."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from classroom.staff.grade.exam import Exam
from classroom.staff.grade.submission import Unreadable, read
from classroom.staff.records.student_id import shown


def choose_notebook(files: Mapping[str, bytes], record: Exam) -> tuple[str, str]:
    """Choose the notebook among the files of a hand-in.

    Parameters
    ----------
    files : content by name; folders in a name count for nothing
    record : the released notebook

    Returns
    -------
    name : str
        Of the notebook; "" if there is none.
    note : str
        What a person has to know of the choice; "" for the one notebook with the right name.
    """
    wanted = f"{record.notebook}.ipynb"
    notebooks = [name for name in files if name.casefold().endswith(".ipynb")]
    if not notebooks:
        there = ", ".join(shown(name) for name in list(files)[:5])
        return "", f"no notebook was handed in{': there is ' + there if there else ''}"
    if len(notebooks) == 1:
        (name,) = notebooks
        return name, "" if PurePosixPath(name).name == wanted else f"{shown(name)} was taken for {wanted}"
    answered = {name: count_answers(files[name], record) for name in notebooks}
    best = max(
        notebooks,
        key=lambda name: (answered[name], PurePosixPath(name).name == wanted, -len(PurePosixPath(name).parts)),
    )
    others = ", ".join(f"{shown(name)} ({answered[name]})" for name in notebooks if name != best)
    return best, f"of {len(notebooks)} notebooks {shown(best)} counts, with {answered[best]} answers; not {others}"


def count_answers(data: bytes, record: Exam) -> int:
    """Count the answer cells that a student has changed; none in a file that is no notebook."""
    try:
        return sum(read(data, record).answered.values())
    except Unreadable:
        return 0
