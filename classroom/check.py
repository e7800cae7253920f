"""What a notebook calls: `check.open`, `check(...)`, `check.hint`, `check.progress`."""

import contextlib
import html
import io
from collections import ChainMap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any

from classroom.call.caller import Caller, CallError, CaseKey, LocalCaller, Run, find_functions
from classroom.call.script import Call
from classroom.call.value import Value
from classroom.display import display_bundle
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet, SheetExercise
from classroom.judge.budget import CpuSeconds
from classroom.judge.message import progress_html, progress_text, to_html, to_text
from classroom.judge.verdict import Verdict, judge, unreachable
from classroom.stand_ins import Own, grouped

MOST_SECONDS = 10.0  # of processor time for one call, where an exercise does not allow more itself


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

    def __call__(self, exercise_id: str, *subjects: Any) -> float:
        """Judge an exercise, show what was found and return the points.

        Parameters
        ----------
        exercise_id : the exercise
        subjects : what was written for it, in the order of the check cell: functions, or the answer to a question
        """
        exercise = self._exercise(exercise_id)
        caller = _caller(exercise, subjects)
        strange = [name for name in exercise.subject if exercise.quiz is None and not callable(caller.namespace[name])]
        if strange:
            error = CallError("missing", message=f"{strange[0]} is not a function: has its name been given to a value?")
            verdict = unreachable(exercise, error)
        else:
            try:
                verdict = judge(exercise, _Hushed(caller))
            except KeyboardInterrupt:
                raise Fault(f"{exercise_id}: you interrupted the check, so nothing was judged") from None
            if verdict.outcome in ("wrong", "crashed"):
                verdict.note = self._leans_on(exercise, caller)
        self._verdicts[exercise_id] = verdict
        _show(to_text(verdict), to_html(verdict), verdict.to_json())
        return verdict.points

    def own(self, namespace: Mapping[str, Any]) -> Own:
        """Return the notebook's functions on which later exercises build: yours once they pass, given ones until then.

        Parameters
        ----------
        namespace : `globals()` of the notebook
        """
        sheet = self._opened()

        def passes(names: Sequence[str]) -> bool:
            caller = LocalCaller(namespace)
            with contextlib.redirect_stdout(io.StringIO()):
                return all(judge(exercise, caller).sound for exercise in sheet.passed_by(names))

        return Own(namespace, grouped(sheet.stand_ins), passes)

    def hint(self, exercise_id: str) -> None:
        """Show the next hint: one step down a ladder, whose last step names the bug when it is known."""
        exercise = self._exercise(exercise_id)
        verdict = self._verdicts.get(exercise_id)
        ladder = list(exercise.hints)
        if verdict is not None and verdict.outcome == "right":
            _show_lines(f"{exercise_id} is right: there is nothing to hint at")
            return
        if verdict is not None and verdict.diagnosis is not None:
            ladder.append(f"The bug: {verdict.diagnosis.sentence}")
        if not ladder:
            _show_lines(f"{exercise_id} has no hints: read its docstring again, and what its check said")
            return
        step = min(self._hints.get(exercise_id, 0), len(ladder) - 1)
        self._hints[exercise_id] = step + 1
        _show_lines(f"hint {step + 1} of {len(ladder)} for {exercise_id}", ladder[step])

    def progress(self) -> None:
        """Show the exercises of the notebook, the outcome of each, and the points."""
        rows = {}
        for exercise in self._opened().exercises.values():
            verdict = self._verdicts.get(exercise.id)
            outcome, points = ("not checked", 0.0) if verdict is None else (verdict.outcome, verdict.points)
            rows[exercise.id] = (outcome, points, exercise.points)
        data = {name: list(row) for name, row in rows.items()}
        _show(progress_text(rows), progress_html(rows), {"progress": data})

    def _leans_on(self, exercise: SheetExercise, caller: LocalCaller) -> str:
        """Name an earlier exercise that this one calls and that is not right itself: the fault may well be there."""
        called = set(exercise.functions)
        for name in exercise.subject:
            called |= _names(getattr(caller.namespace[name], "__code__", None))
        if "own" in called:
            called -= set(exercise.builds_on)  # they have stand-ins
        for other in self._opened().exercises.values():
            if other is exercise:
                break
            used = [name for name in other.subject if name in called]
            if used and other.quiz is None:
                with contextlib.redirect_stdout(io.StringIO()):
                    sound = judge(other, caller).sound
                if not sound:
                    return f"it builds on {used[0]}, which does not pass its own check yet: mend that first"
        return ""

    def _opened(self) -> AnswerSheet:
        if self._sheet is None:
            raise Fault('no answer sheet is open: run the first cell, which says check.open("...")')
        return self._sheet

    def _exercise(self, exercise_id: str) -> SheetExercise:
        try:
            return self._opened().exercise(exercise_id)
        except Fault as fault:
            raise Fault(f"check({exercise_id!r}): {fault}") from None


def _caller(exercise: SheetExercise, subjects: tuple[Any, ...]) -> LocalCaller:
    if len(subjects) != len(exercise.subject):
        raise Fault(
            f"check({exercise.id!r}, ...) was given {len(subjects)} answers, needs {len(exercise.subject)}: "
            f"{', '.join(exercise.subject)}"
        )
    named = dict(zip(exercise.subject, subjects, strict=True))
    allowed = [case.budget.seconds for case in exercise.cases if isinstance(case.budget, CpuSeconds)]
    namespace = named if exercise.quiz is not None else ChainMap(named, find_functions(named))
    return LocalCaller(namespace, max([MOST_SECONDS, *(2 * seconds for seconds in allowed)]))


def _names(code: Any) -> set[str]:
    """Names that the code of a function uses, functions inside it included."""
    if not isinstance(code, CodeType):
        return set()
    return set(code.co_names).union(*(_names(constant) for constant in code.co_consts))


class _Hushed:
    """Lets the student's code print in the first case only: a check calls it dozens of times."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._ran = False

    def run(
        self,
        calls: Sequence[Call],
        inputs: Mapping[str, Value],
        outputs: Sequence[str],
        case: CaseKey | None = None,
    ) -> Run:
        with contextlib.redirect_stdout(io.StringIO()) if self._ran else contextlib.nullcontext():
            run = self._caller.run(calls, inputs, outputs)
        self._ran = True
        return run

    @property
    def hidden(self) -> "_Hushed":
        return self


def _show(text: str, markup: str, data: Mapping[str, Any] | None = None) -> None:
    """Display text and HTML that say the same, with their plain data."""
    display_bundle({"text/plain": text, "text/html": markup}, {"classroom": {"message": dict(data or {})}})


def _show_lines(*lines: str) -> None:
    _show("\n".join(lines), "".join(f"<div>{html.escape(line)}</div>" for line in lines))


check = Check()
