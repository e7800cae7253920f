"""What a notebook calls: `check.open`, `check(...)`, `check.hint`, `check.progress`."""

from collections import ChainMap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classroom.call import LocalCaller, find_functions
from classroom.fault import Fault
from classroom.judge import Verdict, judge
from classroom.report import to_html, to_text
from classroom.sheet import AnswerSheet, SheetExercise


@dataclass(frozen=True)
class Message:
    """Something to display: text and HTML that say the same, and plain data."""

    text: str
    markup: str
    data: dict[str, Any]

    def to_text(self) -> str:
        """Return the plain text."""
        return self.text

    def to_html(self) -> str:
        """Return the HTML."""
        return self.markup

    def to_json(self) -> dict[str, Any]:
        """Return the plain data."""
        return self.data


class Check:
    """The check of the notebook that is open: one answer sheet, the verdicts so far and the hints given."""

    def __init__(self) -> None:
        self._sheet: AnswerSheet | None = None
        self._verdicts: dict[str, Verdict] = {}
        self._hints: dict[str, int] = {}

    def open(self, name: str, folder: str | Path = ".") -> None:
        """Read the answer sheet `<name>.npz` that lies beside the notebook."""
        self._sheet = AnswerSheet.load(Path(folder) / f"{name}.npz")
        self._verdicts, self._hints = {}, {}

    def __call__(self, identity: str, *subjects: Any) -> float:
        """Judge an exercise, show what was found and return the points.

        Parameters
        ----------
        identity : the exercise
        subjects : what was written for it, in the order of the check cell: functions, or the answer to a question
        """
        exercise = self._exercise(identity)
        verdict = judge(exercise, _caller(exercise, subjects))
        self._verdicts[identity] = verdict
        _show(Message(to_text(verdict), to_html(verdict), verdict.to_json()))
        return verdict.points

    def hint(self, identity: str) -> None:
        """Show the next hint."""
        exercise = self._exercise(identity)
        step = self._hints.get(identity, 0)
        self._hints[identity] = step + 1
        text = exercise.hints[min(step, len(exercise.hints) - 1)] if exercise.hints else "There is no hint."
        _show(Message(text, text, {}))

    def progress(self) -> None:
        """Show the notebook's exercises and the points so far."""
        lines = []
        for exercise in self._opened().exercises.values():
            verdict = self._verdicts.get(exercise.id)
            lines.append(f"{exercise.id}: {verdict.points if verdict else 0:g} of {exercise.points:g}")
        _show(Message("\n".join(lines), "<br>".join(lines), {}))

    def _opened(self) -> AnswerSheet:
        if self._sheet is None:
            raise Fault('no answer sheet is open: run the first cell, which says check.open("...")')
        return self._sheet

    def _exercise(self, identity: str) -> SheetExercise:
        return self._opened().exercise(identity)


def _caller(exercise: SheetExercise, subjects: tuple[Any, ...]) -> LocalCaller:
    if len(subjects) != len(exercise.subject):
        raise Fault(
            f"check({exercise.id!r}, ...) was given {len(subjects)} answers, needs {len(exercise.subject)}: "
            f"{', '.join(exercise.subject)}"
        )
    named = dict(zip(exercise.subject, subjects, strict=True))
    return LocalCaller(named if exercise.quiz is not None else ChainMap(named, find_functions(named)))


def _show(message: Message) -> None:
    from classroom.claim import show

    show(message)


check = Check()
