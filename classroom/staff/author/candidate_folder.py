"""`classroom quality --folder`: a folder of candidate answers, each judged at home and in full.

So a teacher tries a class's old solutions, and anybody other people's code: do right answers pass, are wrong ones
named?  Every file runs in the sandbox, so none that never ends, or ends Python, ends the run.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.judge.verdict import Verdict
from classroom.staff.author.candidate import Blank
from classroom.staff.declare.answer import full_sheet
from classroom.staff.declare.exercise import Exercise, load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.folders import Folders
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.store import from_bytes
from classroom.staff.grade.worker import Worker

SECRET = "candidates"  # of the class whose hidden cases are asked


@dataclass(frozen=True)
class Candidate:
    """What the checks say of one answer.

    at_home, in_full : the verdict of the visible cases, and of all; None of a file that is no answer
    reason : why it is none
    """

    file: str
    exercise: str = ""
    at_home: Verdict | None = None
    in_full: Verdict | None = None
    reason: str = ""

    @property
    def bug(self) -> str:
        """The name of the bug that it is told, at home or in the grade; "" if none."""
        told = [verdict.diagnosis for verdict in (self.at_home, self.in_full) if verdict is not None]
        return next((diagnosis.name for diagnosis in told if diagnosis is not None), "")

    @property
    def first_line(self) -> str:
        """What its author reads first."""
        if self.at_home is None or self.in_full is None:
            return self.reason
        told = next((verdict for verdict in (self.at_home, self.in_full) if verdict.findings), self.in_full)
        return told.findings[0].text if told.findings else told.outcome

    def __str__(self) -> str:
        if self.at_home is None or self.in_full is None:
            return f"{self.file}: {self.reason}"
        name = f" · {self.bug}" if self.bug else ""
        return (
            f"{self.file} · {self.exercise}: {self.at_home.points:g} of {self.at_home.max_points:g} at home, "
            f"{self.in_full.points:g} in full{name} · {self.first_line}"
        )


def judge_folder(course: Folders, folder: Path, names: Sequence[str] = ()) -> Iterator[Candidate]:
    """Judge every Python file below a folder, for each exercise of whose functions it defines one.

    Parameters
    ----------
    course : the course; its assignments need not be built or released
    folder : of candidate answers, one file each; functions bear the names that the exercise asks for.  What a file does
        not define is the reference's
    names : the assignments; none means all

    Raises
    ------
    Fault
        If there is no such folder, or no Python file in it.
    """
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else []
    if not files:
        raise Fault(f"{folder} holds no Python files: a folder of candidate answers is needed, one file for each")
    defined: dict[Path, set[str]] = {}
    for file in files:
        label = file.relative_to(folder).as_posix()
        try:
            defined[file] = _defined(file.read_bytes())
        except (SyntaxError, ValueError) as error:
            yield Candidate(label, reason=f"no Python: {str(error)[:100]}")
    met: set[Path] = set()
    for name in names or declared_assignments(course.folder("source")):
        for file, candidate in _of_assignment(course, name, defined):
            met.add(file)
            yield Candidate(file.relative_to(folder).as_posix(), *candidate)
    for file in defined:
        if file not in met:
            yield Candidate(
                file.relative_to(folder).as_posix(), reason="it defines no function that an exercise asks for"
            )


def _defined(content: bytes) -> set[str]:
    """Name what a file defines at its top level."""
    names: set[str] = set()
    for node in ast.parse(content).body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _of_assignment(
    course: Folders, name: str, defined: Mapping[Path, set[str]]
) -> Iterator[tuple[Path, tuple[str, Verdict, Verdict]]]:
    """Judge the files that answer anything of one assignment."""
    assignment = load_assignment(course.folder("source") / name)
    wanted = {
        file: [one.id for one in assignment.exercises if isinstance(one, Exercise) and names & set(one.subject)]
        for file, names in defined.items()
    }
    if not any(wanted.values()):
        return
    blank, sheet = Blank(course, name), full_sheet(assignment, SECRET)
    workers = [Worker(blank.exam(each.to_bytes()), POINTS_ONLY) for each in (sheet.visible(), sheet)]
    try:
        for file, exercises in wanted.items():
            if exercises:
                handed = blank.handed(file.read_text(encoding="utf-8", errors="replace"), exercises, others=True)
                at_home, in_full = (_verdicts(worker.grade(handed, alone=True)) for worker in workers)
                yield from ((file, (one, at_home[one], in_full[one])) for one in exercises)
    finally:
        for worker in workers:
            worker.close()


def _verdicts(result: bytes) -> dict[str, Verdict]:
    read: dict[str, Any] = from_bytes(result)["verdicts"]
    return {exercise: Verdict.from_json(verdict) for exercise, verdict in read.items()}


def run(course: Folders, folder: Path, names: Sequence[str] = ()) -> int:
    """Print a line for each answer, and the sums; return 1 if any is shown other points at home than in full."""
    judged = []
    for candidate in judge_folder(course, folder, names):
        print(candidate, flush=True)
        if candidate.at_home is not None and candidate.in_full is not None:
            judged.append((candidate, candidate.at_home, candidate.in_full))
    right = sum(in_full.points == in_full.max_points for _, _, in_full in judged)
    other = sum(at_home.points != in_full.points for _, at_home, in_full in judged)
    wrong = [(candidate, in_full) for candidate, _, in_full in judged if in_full.outcome in ("wrong", "crashed")]
    stops = [candidate for candidate, in_full in wrong if in_full.outcome == "crashed"]
    named = sum(bool(candidate.bug) for candidate, _ in wrong)
    print(
        f"{len(judged)} answers: {right} with full points, {len(wrong)} wrong ({len(stops)} of them stop), "
        f"{named} of these named; {other} with other points in full than at home"
    )
    return 1 if other else 0
