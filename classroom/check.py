"""What a notebook calls: `check.open`, `check(...)`, `check.hint` and what else `check` has: one method each."""

import contextlib
import html
import io
from collections import ChainMap
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from classroom.call.caller import (
    CallError,
    LocalCaller,
    bring_to_life,
    find_functions,
)
from classroom.call.failed_cells import CellFailure, FailedCells
from classroom.call.script import check_cell
from classroom.display import display_bundle, running_shell
from classroom.fault import Fault
from classroom.judge.answer_sheet import AnswerSheet, SheetExercise
from classroom.judge.budget import CpuSeconds
from classroom.judge.course_text import charged, notebook_sources
from classroom.judge.failing_case import failing_case
from classroom.judge.hint import ladder
from classroom.judge.hushed import Hushed
from classroom.judge.message import progress_html, progress_text, to_html, to_text
from classroom.judge.verdict import Verdict, judge, unreachable
from classroom.progress_file import ProgressFile
from classroom.waiting import waiting

MOST_SECONDS = 10.0  # that one call may compute, or wait, where an exercise does not allow more itself


class Check:
    """The check of the notebook that is open: one answer sheet, the verdicts so far and the hints given."""

    def __init__(self) -> None:
        self._sheet: AnswerSheet | None = None
        self._notebook = Path()  # where it lies, if it kept its name
        self._verdicts: dict[str, Verdict] = {}
        self._hints: dict[str, list[str]] = {}
        self._callers: dict[str, LocalCaller] = {}
        self._last = ""
        self._kept: ProgressFile | None = None
        self._failed = FailedCells()

    def open(self, name: str, folder: str | Path = ".") -> None:
        """Read the answer sheet `<name>.npz` that lies beside the notebook."""
        self._sheet = AnswerSheet.load(Path(folder) / f"{name}.npz")
        self._notebook = (Path(folder) / f"{name}.ipynb").absolute()
        self._verdicts, self._hints, self._callers, self._last = {}, {}, {}, ""
        self._kept = ProgressFile(name, folder)
        if (shell := running_shell()) is not None:
            shell.events.register("pre_run_cell", self._before_cell)
            shell.events.register("post_run_cell", self._after_cell)

    def __call__(self, exercise_id: str, *subjects: Any) -> float:
        """Judge an exercise, show what was found and return the points.

        Parameters
        ----------
        exercise_id : the exercise
        subjects : what was written for it, in the order of the check cell: functions, or the answer to a question
        """
        exercise = self._exercise(exercise_id)
        caller, self._last = _caller(exercise, subjects), exercise_id
        strange = [name for name in exercise.subject if exercise.quiz is None and not callable(caller.namespace[name])]
        if strange:
            error = CallError("missing", message=f"{strange[0]} is not a function: has its name been given to a value?")
            verdict = unreachable(exercise, error)
        else:
            self._callers[exercise_id] = caller
            hushed = Hushed(caller)
            try:
                with waiting(exercise_id):
                    verdict = judge(exercise, hushed)
                    verdict = self._own_text(verdict, exercise, caller)
                    named = any(bug.how != "symptom" for bug in verdict.bugs)
                    if verdict.outcome in ("wrong", "crashed") and not named and not verdict.stopped:
                        verdict.note = self._leans_on(exercise, caller)
            except KeyboardInterrupt:
                raise Fault(f"{exercise_id}: you interrupted the check, so nothing was judged") from None
            if printed := hushed.printed(exercise, verdict):
                print(printed)
        self._verdicts[exercise_id] = verdict
        if self._kept is not None:
            self._kept.record(exercise_id, verdict.outcome, verdict.points)
        _show(to_text(verdict), to_html(verdict), verdict.to_json())
        return verdict.points

    def hint(self, exercise_id: str = "") -> None:
        """Show one hint more, below those that were shown before; the last one names the bug, when it is known.

        Parameters
        ----------
        exercise_id : by default the exercise that was checked last
        """
        exercise = self._exercise(exercise_id or self._checked_last("hint"))
        verdict = self._verdicts.get(exercise.id)
        if verdict is not None and verdict.outcome == "right":
            _show_lines(f"{exercise.id} is right: there is nothing to hint at")
            return
        if exercise.quiz is not None:
            _show_lines(f"{exercise.id} is a question, and has no hints: the lecture's section answers it")
            return
        hints, shown = ladder(exercise, verdict), self._hints.setdefault(exercise.id, [])
        left = [hint for hint in hints if hint not in shown]
        if left:
            shown.append(left[0])
        lines = [f"hint {number} for {exercise.id}: {hint}" for number, hint in enumerate(shown, start=1)]
        more = f"{len(left) - 1} more" if len(left) > 1 else "no more hints for this"
        if not lines:
            lines = [f"{exercise.id} has no hints: read its docstring again, and what its check said"]
        _show_lines(*lines, more)

    def case(self, exercise_id: str = "") -> Any:
        """Return the inputs of the smallest case that fails, and show the calls that repeat it.

        Parameters
        ----------
        exercise_id : by default the exercise that was checked last

        Returns
        -------
        inputs : in the order in which the calls use them; a single one by itself
        """
        exercise = self._exercise(exercise_id or self._checked_last("case"))
        caller = self._callers.get(exercise.id)
        if caller is None or not exercise.cases:
            raise Fault(f"check.case({exercise.id!r}): run the check of {exercise.id} first")
        try:
            with waiting(exercise.id), contextlib.redirect_stdout(io.StringIO()):
                found = failing_case(exercise, caller)
        except KeyboardInterrupt:
            raise Fault(f"check.case({exercise.id!r}): you interrupted it, so none was found") from None
        _show_lines(*found.lines(exercise.id))
        inputs = tuple(bring_to_life(found.case.inputs[name]) for name in found.names)
        return inputs[0] if len(inputs) == 1 else inputs

    def explain(self, exercise_id: str = "") -> None:
        """Say what an exercise has built, where it is used next, and which section of a lecture explains it."""
        exercise = self._exercise(exercise_id or self._checked_last("explain"))
        _show_lines(exercise.explanation or f"{exercise.id}: {exercise.points:g} points")

    def progress(self) -> None:
        """Show the exercises of the notebook, the outcome of each, the points, and when each was last right."""
        rows, moments = {}, {}
        for exercise in self._opened().exercises.values():
            verdict, kept = self._verdicts.get(exercise.id), self._kept
            before = kept.entries.get(exercise.id, {}) if kept is not None else {}
            if verdict is not None:
                outcome, points = str(verdict.outcome), verdict.points
            else:
                outcome, points = str(before.get("outcome") or "not checked"), float(before.get("points", 0.0))
            rows[exercise.id] = (outcome, points, exercise.points)
            moments[exercise.id] = kept.last_right(exercise.id) if kept is not None else ""
        note = "" if self._kept is None or self._kept.kept else "not kept: this folder cannot be written to"
        data = {name: list(row) for name, row in rows.items()}
        _show(progress_text(rows, moments, note), progress_html(rows, moments, note), {"progress": data})

    def _checked_last(self, asked: str) -> str:
        if not self._last:
            raise Fault(f"check.{asked}() speaks of the exercise that was checked last: run a check first, or name one")
        return self._last

    def points(self) -> dict[str, float]:
        """Return the points so far of each exercise that was checked."""
        return {name: verdict.points for name, verdict in self._verdicts.items()}

    def preflight(self) -> None:
        """Show what will happen to the notebook when it is graded: `classroom preflight`, from inside."""
        from classroom import hand_in

        self._opened()
        hand_in.preflight(self._notebook)

    def repair(self) -> None:
        """Put cells that are missing or were changed back as they were released: `classroom repair`, from inside."""
        from classroom import hand_in

        self._opened()
        hand_in.repair(self._notebook)

    def submit(self, *, anyway: bool = False) -> None:
        """Write the file to hand in and its receipt, if the notebook is ready: `classroom submit`, from inside.

        Parameters
        ----------
        anyway : write it also when it is not ready; each exercise is graded by itself, so unfinished work counts
        """
        from classroom import hand_in

        self._opened()
        hand_in.submit(self._notebook, anyway=anyway)

    def _own_text(self, verdict: Verdict, exercise: SheetExercise, caller: LocalCaller) -> Verdict:
        """Take the points of what is the course's own text."""
        module = getattr(caller.namespace.get(exercise.subject[0]), "__module__", None)
        sources = notebook_sources(caller.namespace, module) if isinstance(module, str) else []
        return charged(verdict, exercise, sources, self._opened().course_text)[0]

    def _leans_on(self, exercise: SheetExercise, caller: LocalCaller) -> str:
        """Name an earlier exercise that this one calls and that is not right itself: the fault may well be there."""
        called = set(exercise.functions)
        for name in exercise.subject:
            called |= _names(getattr(caller.namespace[name], "__code__", None))
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

    def _after_cell(self, result: Any) -> None:
        """Take note of a cell that failed: what it would have defined is missing, or is still what it was before."""
        source, error = result.info.raw_cell, result.error_before_exec or result.error_in_exec
        self._failed.ran(source, CellFailure.of(source, error) if error is not None else None)

    def _before_cell(self, info: Any) -> None:
        """Say, above a check, that the cell of what it checks failed: Python alone would speak of a missing name."""
        called = check_cell(info.raw_cell)
        if called is None or self._sheet is None or called[0] not in self._sheet.exercises:
            return
        exercise, namespace = self._sheet.exercises[called[0]], running_shell().user_ns
        for name in called[1]:
            failure = self._failed.get(name)
            error = self._failed.explain(CallError("missing", message=f"{name} is not defined"))
            if failure is None or error is None:
                continue
            if name not in namespace:
                verdict = self._verdicts[exercise.id] = unreachable(exercise, error)
                _show(to_text(verdict), to_html(verdict), verdict.to_json())
                return
            if not failure.readable:
                line = [f"your line {failure.lineno}: {failure.line}"] if failure.line else []
                _show_lines(f"! {name} is judged as it was before: {failure.words()}", *line)

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


def _show(text: str, markup: str, data: Mapping[str, Any] | None = None) -> None:
    """Display text and HTML that say the same, with their plain data."""
    display_bundle({"text/plain": text, "text/html": markup}, {"classroom": {"message": dict(data or {})}})


def _show_lines(*lines: str) -> None:
    _show("\n".join(lines), "".join(f"<div>{html.escape(line)}</div>" for line in lines))


check = Check()
