"""From a student's functions to a verdict: the same code on the student's machine and when grading."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from classroom.call.caller import Caller, CallError, CaseKey
from classroom.call.value import Value, arrays_in, brief
from classroom.judge import error_map
from classroom.judge.answer_sheet import Answer, SheetCase, SheetExercise, SheetProperty, SheetQuiz
from classroom.judge.compare import SINGLE, Comparison, compare, wider
from classroom.judge.diagnosis import Diagnosis, diagnose
from classroom.judge.problem import Problem

Outcome = Literal["not started", "crashed", "wrong", "right"]
# In the order in which they are told: what comes first explains what comes after.
STAGES = (
    "needs",
    "error",
    "values",
    "type",
    "shape",
    "dtype",
    "finite",
    "changed",
    "value",
    "property",
    "slow",
    "width",
    "hidden",
)
DTYPE = "dtype"  # the part of the points for float32 that stays float32
DTYPE_SHARE = 0.1  # of the points that the values have earned
_STAGE_OF = {"arity": "values", "not plain": "type", "slow": "slow"}  # of an error; of others "error"


@dataclass(frozen=True)
class Finding:
    """One thing that is not right.

    stage : one of `STAGES`
    text : one sentence
    part, case : which part of the points it costs ("" for all of a case), and in which case it was seen
    details : further lines, in the order to be read
    error : of a call that stopped
    hidden : seen in a hidden case; text then names the kind of case and nothing else
    """

    stage: str
    text: str
    part: str = ""
    case: str = ""
    details: tuple[str, ...] = ()
    error: CallError | None = None
    hidden: bool = False


@dataclass
class Verdict:
    """What a check found.

    parts : whether each part of the points is earned; weights : how much each weighs.  Where float32 is asked for, the
        part "dtype" is a tenth of what the values have earned
    findings : in the order of `STAGES`
    diagnosis : the bug, when it is known
    note : something to add, in one sentence
    seconds : spent in the student's code; two verdicts that differ in nothing else are equal
    """

    exercise: str
    outcome: Outcome
    points: float
    max_points: float
    parts: dict[str, bool] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    diagnosis: Diagnosis | None = None
    stages: dict[str, str] = field(default_factory=dict)
    note: str = ""
    hints: int = 0
    seconds: float = field(default=0.0, compare=False)

    @property
    def sound(self) -> bool:
        """Whether all values are right: what is missing, if anything, is a dtype."""
        return self.outcome == "right" or (
            self.outcome == "wrong" and all(finding.part == DTYPE for finding in self.findings)
        )

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON data, timings left out."""
        made = dataclasses.asdict(self)
        del made["seconds"]
        for finding in made["findings"]:
            finding["details"] = list(finding["details"])
        return made

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> "Verdict":
        """Return the verdict that `to_json` wrote."""
        made = dict(made)
        made["findings"] = [
            Finding(**{**f, "details": tuple(f["details"]), "error": f["error"] and CallError(**f["error"])})
            for f in made["findings"]
        ]
        made["diagnosis"] = made["diagnosis"] and Diagnosis(**made["diagnosis"])
        return cls(**made)


def judge(exercise: SheetExercise, caller: Caller) -> Verdict:
    """Judge what a student wrote for one exercise.

    Parameters
    ----------
    exercise : from an answer sheet; with its hidden cases when grading
    caller : runs the calls, here or in a sandbox

    Returns
    -------
    verdict : the points are those of the parts that are right in all cases, visible and hidden
    """
    if exercise.quiz is not None:
        return _judge_quiz(exercise, exercise.quiz, caller)
    with np.errstate(all="ignore"):  # answers may be as large as they like
        return _try(exercise, caller)


def _try(exercise: SheetExercise, caller: Caller) -> Verdict:
    trial = _Trial(exercise)
    for index, (key, case) in enumerate(exercise.keyed_cases()):
        trial.judge_case(index, key, case, caller)
        if index == 0 and trial.first_is_stub() and all(_shares_a_function(case, other) for other in exercise.cases):
            break
    else:
        trial.charge_stops()
        for item in exercise.properties:
            trial.judge_property(item, caller)
        trial.shrink(caller)
    return trial.verdict()


def unreachable(exercise: SheetExercise, error: CallError) -> Verdict:
    """Return the verdict of an exercise of which no call could run."""
    finding = Finding("error", error.message or "your code could not be run", error=error)
    return Verdict(
        exercise.id,
        "crashed",
        0.0,
        exercise.points,
        dict.fromkeys(exercise.parts, False),
        dict(exercise.parts),
        [finding],
    )


class _Trial:
    """The findings so far, and which parts they cost."""

    def __init__(self, exercise: SheetExercise) -> None:
        self.exercise = exercise
        self.findings: list[Finding] = []
        self.lost: set[str] = set()
        self.widened: dict[str, tuple[str, SheetCase]] = {}  # outputs that should be in float32: their dtype, and where
        self.answers: list[Answer] = []
        self.wrong: list[list[str]] = []
        self.stops: list[tuple[SheetCase, list[str]]] = []  # cases that stopped, and the parts they have not shown
        self.proven: list[tuple[SheetCase, str]] = []  # parts that a case has shown to be right
        self.comparisons: list[tuple[int, str, Comparison]] = []
        self.smaller: dict[str, tuple[SheetCase, str, Comparison]] = {}  # of a part, the smallest case that fails
        self.seconds = 0.0

    def judge_case(self, index: int, key: CaseKey, case: SheetCase, caller: Caller) -> None:
        asked = caller.hidden if case.hidden else caller
        run = asked.run(case.script, case.inputs, case.outputs, key)
        run = case.budget.keep(run) if case.budget is not None else run
        self.seconds += run.seconds
        self.answers.append(Answer.of(run))
        self.wrong.append([])
        if run.error is not None:
            stage, text = _STAGE_OF.get(run.error.kind, "error"), run.error.message
            if needed := self._needed(case, run.error):
                stage, text = "needs", f"needs your {needed}, which is not written"
            self._lose(case, stage, text, "", (), error=run.error)
            self.stops.append((case, list(case.parts.values())))
            self.wrong[-1] = list(case.outputs)
            return
        changed = self._changed_here(case, run.changed, asked)
        if changed:
            names = " and ".join(changed)
            text = f"{names} is changed in place: the caller still needs it, so work on a copy"
            if len(changed) > 1:
                text = f"{names} are changed in place: the caller still needs them, so work on copies"
            self._lose(case, "changed", text, "", case.parts.values())
            self.wrong[-1] = list(case.outputs)
        if case.measure is not None:
            problem = case.measure.judge(run.values, case.inputs)
            if problem is not None:
                self._lose_measured(case, problem)
            elif case.single and case.measure.keeps_dtype:
                self._find_wide(case, run.values)
            return
        limit = self.exercise.tolerance if case.tolerance is None else case.tolerance
        if case.single:
            limit = max(limit, SINGLE)
        for name in case.outputs:
            found = compare(run.values[name], case.expected[name], limit, name)
            self.comparisons.append((index, name, found))
            if not found.right:
                self.wrong[-1].append(name)
                self._lose(case, found.stage, found.text, case.parts[name], [case.parts[name]])
            else:
                self.proven.append((case, case.parts[name]))
                if found.widened:
                    self.wrong[-1].append(name)
            self._widen(case, found.widened)

    def _needed(self, case: SheetCase, error: CallError) -> str:
        """Return the function of another exercise whose stub stopped the script; "" if it was not that."""
        if error.kind != "not started" or error.message:
            return ""
        names = [call.function for call in case.script if call.text == error.call]
        return names[0] if names and not set(names) & set(self.exercise.subject) else ""

    def _changed_here(self, case: SheetCase, changed: tuple[str, ...], asked: Caller) -> tuple[str, ...]:
        """Return what is changed in place, but for what the calls before this exercise's own have changed.

        A forward pass that writes into x pays for it in its own exercise.
        """
        before = self.exercise.calls_before(case)
        if not changed or not before:
            return changed
        elsewhere = asked.run(before, case.inputs, []).changed
        return tuple(name for name in changed if name not in elsewhere)

    def charge_stops(self) -> None:
        """Take the points of calls that stopped: of those parts that no other kind of case has shown to be right.

        Inference that stops costs the points of inference, where training shows the other parts to be right.  Where
        every part is shown elsewhere, a call that stops costs all of them.
        """
        for case, parts in self.stops:
            kind = set(case.parts.values())
            shown = {part for other, part in self.proven if set(other.parts.values()) != kind}
            self.lost.update([part for part in parts if part not in shown] or parts)

    def _find_wide(self, case: SheetCase, values: Mapping[str, Value]) -> None:
        """Look at the dtypes of random answers, which have no expected ones."""
        for name in case.outputs:
            dtypes = [array.dtype for array in arrays_in(values[name]) if wider(array.dtype, np.dtype(np.float32))]
            if dtypes:
                self._widen(case, {name: str(dtypes[0])})
                self.wrong[-1].append(name)

    def _widen(self, case: SheetCase, widened: Mapping[str, str]) -> None:
        for where, dtype in widened.items():
            self.widened.setdefault(where, (dtype, case))

    def _lose_measured(self, case: SheetCase, problem: Problem) -> None:
        named = [case.parts[name] for name in problem.parts if name in case.parts]
        parts = named or list(case.parts.values())
        self._lose(case, "value", problem.text, parts[0], parts)
        self.wrong[-1] = [name for name in case.outputs if case.parts.get(name) in parts] or list(case.outputs)

    def judge_property(self, item: SheetProperty, caller: Caller) -> None:
        if any(part in self.lost for part in item.parts):
            return  # the cases have said so already, and better
        problem = item.judge(caller.hidden if item.hidden else caller)
        if problem is None:
            return
        parts = [part for part in problem.parts if part in self.exercise.parts] or list(item.parts)
        self.lost.update(parts)
        if item.hidden:
            self.findings.append(Finding("hidden", f"fails on {item.kind}", parts[0], hidden=True))
        else:
            text = f"{item.title}: {problem.text}" if item.title else problem.text
            self.findings.append(Finding("property", text, parts[0], error=problem.error))

    def shrink(self, caller: Caller) -> None:
        """Look for the smallest case that fails in the first part whose values are wrong."""
        if any(case.hidden for case in self.exercise.cases):
            return  # when grading, the student's code has been called often enough
        wrong = [
            self.exercise.cases[index].parts[name] for index, name, found in self.comparisons if found.stage == "value"
        ]
        for case in self.exercise.small if wrong else ():
            names = [name for name in case.outputs if case.parts[name] == wrong[0]]
            run = caller.run(case.script, case.inputs, case.outputs) if names else None
            if run is None or run.error is not None:
                continue
            for name in names:
                found = compare(run.values[name], case.expected[name], self.exercise.tolerance, name)
                if found.stage == "value":
                    self.smaller[wrong[0]] = (case, name, found)
                    return

    def _lose(
        self, case: SheetCase, stage: str, text: str, part: str, parts: Any, error: CallError | None = None
    ) -> None:
        self.lost.update(parts)
        if case.hidden:
            self.findings.append(Finding("hidden", f"fails on {case.kind}", part, hidden=True))
        else:
            self.findings.append(Finding(stage, text, part, case.name, error=error))

    def first_is_stub(self) -> bool:
        """Whether the first case met a stub."""
        return self.answers[0].error is not None and self.answers[0].error[0] == "not started"

    def _tell_dtypes(self) -> None:
        """Make one finding of all outputs that came back wider than float32."""
        shown = {name: (dtype, case) for name, (dtype, case) in self.widened.items() if not case.hidden}
        if shown:
            said = ", ".join(f"{name} with the dtype of {_source(case, name)}" for name, (_, case) in shown.items())
            dtype, case = next(iter(shown.values()))
            text = f"dtype: {dtype} comes out of float32: make {said}"
            text = text if self.findings else f"values right · {text}"
            self.findings.append(Finding("width", text, DTYPE, case.name))
        elif self.widened:
            dtype, case = next(iter(self.widened.values()))
            text = f"fails on {case.kind}: {dtype} comes out of float32"
            self.findings.append(Finding("hidden", text, DTYPE, hidden=True))

    def _outcome(self) -> Outcome:
        if not self.findings:
            return "right"
        stopped = [answer.error[0] for answer in self.answers if answer.error is not None]
        if len(stopped) == len(self.answers) and set(stopped) == {"not started"}:
            return "not started"
        errors = [finding.error for finding in self.findings if finding.stage == "error" and finding.error is not None]
        return "crashed" if any(error.kind != "not started" for error in errors) else "wrong"

    def verdict(self) -> Verdict:
        exercise = self.exercise
        parts = {name: name not in self.lost for name in exercise.parts}
        whole = sum(exercise.parts.values())
        earned = sum(weight for name, weight in exercise.parts.items() if parts[name])
        self._tell_dtypes()
        outcome = self._outcome()
        weights = dict(exercise.parts)
        if exercise.asks_dtype and earned:
            weights = {name: (1 - DTYPE_SHARE) * weight for name, weight in weights.items()}
            parts[DTYPE], weights[DTYPE] = not self.widened, DTYPE_SHARE * earned
            earned *= 1 - DTYPE_SHARE if self.widened else 1
        named = diagnose(exercise, self.answers, self.wrong) if any(self.wrong) and outcome != "not started" else None
        return Verdict(
            exercise=exercise.id,
            outcome=outcome,
            points=_points(exercise.points, 0.0 if outcome == "not started" else earned / whole),
            max_points=exercise.points,
            parts=dict.fromkeys(parts, False) if outcome == "not started" else parts,
            weights=weights,
            findings=self._told(),
            diagnosis=named,
            stages=self._stages(),
            hints=len(exercise.hints),
            seconds=self.seconds,
        )

    def _told(self) -> list[Finding]:
        """Findings in the order of the stages, one of each kind and part, the values looked at more closely."""
        told: dict[tuple[str, str, str], Finding] = {}
        for finding in sorted(self.findings, key=lambda finding: STAGES.index(finding.stage)):
            key = (finding.stage, finding.part, finding.text if finding.hidden else "")
            told.setdefault(key, finding)
        return [self._closer(finding) for finding in told.values()]

    def _closer(self, finding: Finding) -> Finding:
        seen = [
            (self.exercise.cases[index], name, found)
            for index, name, found in self.comparisons
            if not self.exercise.cases[index].hidden and self.exercise.cases[index].parts[name] == finding.part
        ]
        tame = [(case, name, found) for case, name, found in seen if not case.kind]
        if any(found.stage == finding.stage for _, _, found in tame):
            seen = tame  # drawn ones, of extreme values and the like, say less to a reader
        if finding.stage == "finite":
            return dataclasses.replace(finding, details=error_map.not_finite(seen))
        if finding.stage != "value" or all(found.stage != "value" for _, _, found in seen):
            return finding
        return dataclasses.replace(finding, **error_map.describe(seen, self.smaller.get(finding.part)))

    def _stages(self) -> dict[str, str]:
        """For each part, the stages that its visible cases passed, up to the first that they did not."""
        order = ("type", "shape", "dtype", "finite", "value")
        first: dict[str, str] = {}
        for index, name, found in self.comparisons:
            case = self.exercise.cases[index]
            if case.hidden or found.right:
                continue
            part = case.parts[name]
            if part not in first or order.index(found.stage) < order.index(first[part]):
                first[part] = found.stage
        return first


def _source(case: SheetCase, output: str) -> str:
    """Return the input in float32 whose dtype an output should have: grad_x that of x, y that of x."""
    narrow = [
        name for name, value in case.inputs.items() if any(array.dtype == np.float32 for array in arrays_in(value))
    ]
    likely = [name for name in (output.removeprefix("grad_"), "x") if name in narrow]
    return (likely or narrow or ["float32"])[0]


def _points(whole: float, share: float) -> float:
    """Return a share of the points in hundredths; all of them for all parts."""
    return whole if share == 1 else round(whole * share, 2)


def _shares_a_function(case: SheetCase, other: SheetCase) -> bool:
    one, two = ({(call.function, call.item) for call in which.script} for which in (case, other))
    return one == two


def _judge_quiz(exercise: SheetExercise, quiz: SheetQuiz, caller: Caller) -> Verdict:
    (name,) = exercise.subject
    run = caller.run((), {}, (name,))
    answer: Value = run.values.get(name)
    verdict = Verdict(
        exercise.id, "wrong", 0.0, exercise.points, {"answer": False}, {"answer": 1.0}, seconds=run.seconds
    )
    if run.error is not None and run.error.kind not in ("not started", "missing", "not plain"):
        verdict.outcome, verdict.findings = "crashed", [Finding("error", run.error.message, error=run.error)]
    elif run.error is not None or answer is None or answer == "":
        verdict.outcome = "not started"
    elif not isinstance(answer, str) or answer.strip() not in quiz.choices:
        verdict.findings = [
            Finding("type", f"{brief(answer)} is no choice: write one of {', '.join(quiz.choices)} in quotes")
        ]
    elif SheetQuiz.hash_of(quiz.salt, answer.strip()) == quiz.hash_of_right:
        verdict.outcome, verdict.points, verdict.parts = "right", exercise.points, {"answer": True}
        verdict.note = quiz.because[answer.strip()]
    else:
        verdict.findings = [Finding("value", quiz.because[answer.strip()], "answer")]
    return verdict
