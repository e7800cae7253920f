"""From a student's functions to a verdict: the same code on the student's machine and when grading."""

import contextlib
import copy
import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from classroom.call import script
from classroom.call.caller import Caller, CallError, CaseKey, Run
from classroom.call.value import Value, arrays_in, brief, held_bytes
from classroom.judge import error_map
from classroom.judge.answer_sheet import Answer, SheetCase, SheetExercise, SheetProperty, SheetQuiz
from classroom.judge.budget import TimesForward
from classroom.judge.case_pattern import Met, case_pattern, follows_from
from classroom.judge.compare import RIGHT, Comparison, compare, is_near, wider
from classroom.judge.diagnosis import Diagnosis, diagnose
from classroom.judge.problem import TOO_MUCH, Problem
from classroom.judge.stop import exchanged_with_cache, given, stop
from classroom.judge.symptom import Seen, Symptom, stops_outside_the_cache, symptom

Outcome = Literal["not started", "crashed", "wrong", "right"]
# In the order in which they are told: what comes first explains what comes after.
STAGES = (
    "course",
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
NAMED_BYTES = 1 << 20  # of the answer to a case; the largest right one of all assignments has 0.15 MB
DTYPE = "dtype"  # the part of the points for float32 that stays float32
DTYPE_SHARE = 0.1  # of the points that the values have earned
ABSENT = ("missing", "undefined")  # kinds of errors of a function that is not there
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
    bugs : those that are known, and symptoms, the surest first
    note : something to add, in one sentence
    seconds : spent in the student's code; times : what was slow, in words.  Verdicts that differ in nothing else are
        equal, and neither is kept
    """

    exercise: str
    outcome: Outcome
    points: float
    max_points: float
    parts: dict[str, bool] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    bugs: list[Diagnosis] = field(default_factory=list)
    stages: dict[str, str] = field(default_factory=dict)
    note: str = ""
    hints: int = 0
    seconds: float = field(default=0.0, compare=False)
    times: str = field(default="", compare=False)

    @property
    def diagnosis(self) -> Diagnosis | None:
        """The bug that is told first, when one is known."""
        return self.bugs[0] if self.bugs else None

    @property
    def sound(self) -> bool:
        """Whether all values are right: what is missing, if anything, is a dtype."""
        return self.outcome == "right" or (
            self.outcome == "wrong" and all(finding.part == DTYPE for finding in self.findings)
        )

    @property
    def stopped(self) -> bool:
        """Whether what is told first is that a call did not end."""
        first = self.findings[0].error if self.findings else None
        return first is not None and first.kind == "timeout"

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain JSON data, timings left out."""
        made = {**vars(self), **{name: dict(getattr(self, name)) for name in ("parts", "weights", "stages")}}
        del made["seconds"], made["times"]
        made["findings"] = [
            {**vars(one), "details": list(one.details), "error": None if one.error is None else dict(vars(one.error))}
            for one in self.findings
        ]
        made["bugs"] = [dict(vars(bug)) for bug in self.bugs]
        made["diagnosis"] = made["bugs"][0] if made["bugs"] else None
        return made

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> "Verdict":
        """Return the verdict that `to_json` wrote."""
        made = {name: value for name, value in made.items() if name != "diagnosis"}
        made["findings"] = [
            Finding(**{**f, "details": tuple(f["details"]), "error": f["error"] and CallError(**f["error"])})
            for f in made["findings"]
        ]
        made["bugs"] = [Diagnosis(**bug) for bug in made["bugs"]]
        return cls(**made)


def judge(exercise: SheetExercise, caller: Caller, *, told: bool = True) -> Verdict:
    """Judge what a student wrote for one exercise.

    Parameters
    ----------
    exercise : from an answer sheet; with its hidden cases when grading
    caller : runs the calls, here or in a sandbox
    told : False for whom the points are enough: then no bug is named, and no finding is looked at more closely

    Returns
    -------
    verdict : the points are those of the parts that are right in all cases, visible and hidden
    """
    if exercise.quiz is not None:
        return _judge_quiz(exercise, exercise.quiz, caller)
    with np.errstate(all="ignore"):  # answers may be as large as they like
        trial = _Trial(exercise, told)
        trial.judge_cases(caller)
        return trial.conclude(caller, {})


def judge_both(exercise: SheetExercise, caller: Caller, *, told: bool = True) -> tuple[Verdict, Verdict]:
    """Judge the same code as its author does at home, and as it is graded; each case is asked and looked at once.

    Parameters
    ----------
    exercise : with its hidden cases, behind the visible ones
    caller, told : as for `judge`

    Returns
    -------
    at_home, graded : what `judge` says of the visible part, and of the whole

    Raises
    ------
    ValueError
        If a hidden case stands before a visible one.
    """
    visible = exercise.visible()
    if any(case.hidden for case in exercise.cases[: len(visible.cases)]):
        raise ValueError(f"{exercise.id}: a hidden case stands before a visible one")
    if exercise.quiz is not None:
        return judge(visible, caller), judge(exercise, caller)
    with np.errstate(all="ignore"):
        at_home = _Trial(visible, told)
        at_home.judge_cases(caller)
        graded = at_home.extended(exercise)
        graded.judge_cases(caller)
        problems: dict[CaseKey, Problem | None] = {}
        return at_home.conclude(caller, problems), graded.conclude(caller, problems)


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

    def __init__(self, exercise: SheetExercise, told: bool = True) -> None:
        self.exercise = exercise
        self.told = told
        self.times = ""
        self.findings: list[Finding] = []
        self.lost: set[str] = set()
        self.other_dtypes: dict[str, tuple[str, SheetCase]] = {}  # of outputs: not the one asked for, and in which case
        self.booleans: dict[str, SheetCase] = {}  # outputs of True and False for 1 and 0, which cost nothing here
        self.answers: list[Answer] = []
        self.wrong: list[list[str]] = []
        self.proven: list[tuple[SheetCase, str]] = []  # parts that a case has shown to be right
        self.comparisons: list[tuple[int, str, Comparison]] = []
        self.smaller: dict[str, tuple[SheetCase, str, Comparison]] = {}  # of a part, the smallest case that fails
        self.stopped: list[tuple[SheetCase, CallError]] = []
        self.bugs: list[Diagnosis] = []
        self.over = False  # after a first case that found nothing to call, where all cases call the same
        self.seconds = 0.0

    def extended(self, exercise: SheetExercise) -> "_Trial":
        """Return a trial that has seen the same of an exercise of which these cases are the first."""
        longer = copy.copy(self)
        for name, found in vars(self).items():
            if isinstance(found, list | dict | set):
                setattr(longer, name, found.copy())
        longer.exercise = exercise
        return longer

    def judge_cases(self, caller: Caller) -> None:
        """Judge the cases that have not been judged; none but the first where there is nothing to call."""
        for index, (key, case) in enumerate(self.exercise.keyed_cases()):
            if index == len(self.answers):
                self.judge_case(index, key, case, caller)
            if index == 0 and self.nothing_to_call():
                self.over = all(_shares_a_function(case, other) for other in self.exercise.cases)
                if self.over:
                    return

    def conclude(self, caller: Caller, problems: dict[CaseKey, Problem | None]) -> Verdict:
        """Try the properties, look more closely at what is wrong, and sum up.

        `problems` holds what another trial of the same code has found of properties, and takes what is found here.
        """
        if self.over:
            self.lose_what_is_absent()
            return self.verdict()
        self.charge_stops()
        for key, item in self.exercise.keyed_properties():
            self.judge_property(key, item, caller, problems)
        if self.told:
            self.shrink(caller)
            with contextlib.suppress(*TOO_MUCH):  # what cannot be compared equals no known answer
                self.name_bugs(caller)
        return self.verdict()

    def judge_case(self, index: int, key: CaseKey, case: SheetCase, caller: Caller) -> None:
        asked = caller.hidden if case.hidden else caller
        run = asked.run(case.script, case.inputs, case.outputs, key)
        run = self._within_budget(run, case, asked)
        self.seconds += run.seconds
        self.answers.append(Answer.of(run))
        self.wrong.append([])
        if run.error is not None:
            stage, text = _STAGE_OF.get(run.error.kind, "error"), run.error.message
            if needed := self._needed(case, run.error):
                stage, text = "needs", f"needs your {needed}, which is not written"
            self._lose(case, stage, text, "", (), error=run.error)
            self.stopped.append((case, run.error))
            self.wrong[-1] = list(case.outputs)
            return
        changed = self._changed_here(case, run.changed, asked)
        self.answers[-1].changed = changed
        if changed:
            names = _listed(changed)
            text = f"{names} is changed in place: the caller still needs it, so work on a copy"
            if len(changed) > 1:
                text = f"{names} are changed in place: the caller still needs them, so work on copies"
            self._lose(case, "changed", text, "", case.parts.values())
        try:
            self._look_at_values(index, case, run.values)
        except TOO_MUCH:
            text = f"{' and '.join(case.outputs)} cannot be judged: too large, or nested too deep"
            self._lose(case, "type", text, "", case.parts.values())
            self.wrong[-1] = list(case.outputs)

    def _look_at_values(self, index: int, case: SheetCase, values: Mapping[str, Value]) -> None:
        """Measure the outputs of a case, or compare them with the expected ones."""
        if case.measure is not None:
            problem = case.measure.judge(values, case.inputs)
            if problem is not None:
                self._lose_measured(case, problem)
                return
            self.proven += [(case, part) for part in case.parts.values()]
            if case.single and case.measure.keeps_dtype:
                self._find_wide(case, values)
            return
        limit = self.exercise.limit(case)
        for name in case.outputs:
            near = is_near(values[name], case.expected[name], case.scales[name], limit)
            found = RIGHT if near else compare(values[name], case.expected[name], limit, name)
            text = found.text
            if isinstance(case.budget, TimesForward):  # of too many numbers to be shown
                text = f"{case.parts[name]} is wrong on many numbers, where it is right on few"
            else:
                self.comparisons.append((index, name, found))
            if not found.right:
                self.wrong[-1].append(name)
                self._lose(case, found.stage, text, case.parts[name], [case.parts[name]])
            else:
                self.proven.append((case, case.parts[name]))
            self._note_dtypes(case, found.other_dtypes)

    def _within_budget(self, run: Run, case: SheetCase, asked: Caller) -> Run:
        if case.budget is None:
            return run
        before = self.exercise.calls_before(case)

        def forward() -> Run:
            return asked.run(before, case.inputs, ()) if before else Run()

        kept = case.budget.keep(run, forward)
        if kept is not run and self.told and not case.hidden and not self.times:
            self.times = case.budget.spent(run, forward)
        return kept

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
        if not changed or not (before := self.exercise.calls_before(case)):
            return changed
        elsewhere = asked.run(before, case.inputs, ()).changed
        return tuple(name for name in changed if name not in elsewhere)

    def charge_stops(self) -> None:
        """Take the points of calls that stopped: of those parts that no other kind of case has shown to be right.

        Inference that stops costs the points of inference, where training shows the other parts to be right.  Where
        every part is shown elsewhere, calls of one function in one mode that stop cost all of them together.
        """
        asked: dict[str, set[str]] = {}
        unproven: dict[str, set[str]] = {}
        for case, error in self.stopped:
            kind, mode = set(case.parts.values()), _mode(case, error)
            shown = {part for other, part in self.proven if set(other.parts.values()) != kind}
            asked.setdefault(mode, set()).update(kind)
            unproven.setdefault(mode, set()).update(kind - shown)
        for mode, parts in unproven.items():
            self.lost |= parts or asked[mode]

    def _find_wide(self, case: SheetCase, values: Mapping[str, Value]) -> None:
        """Look at the dtypes of random answers, which have no expected ones."""
        for name in case.outputs:
            dtypes = [array.dtype for array in arrays_in(values[name]) if wider(array.dtype, np.dtype(np.float32))]
            if dtypes:
                self._note_dtypes(case, {name: str(dtypes[0])})

    def _note_dtypes(self, case: SheetCase, found: Mapping[str, str]) -> None:
        for where, dtype in found.items():
            if self.exercise.asks_dtype:
                self.other_dtypes.setdefault(where, (dtype, case))
            elif dtype == "bool" and not case.hidden:
                self.booleans[where] = case

    def _lose_measured(self, case: SheetCase, problem: Problem) -> None:
        named = [case.parts[name] for name in problem.parts if name in case.parts]
        parts = named or list(case.parts.values())
        self._lose(case, "value", problem.text, parts[0], parts)
        self.wrong[-1] = [name for name in case.outputs if case.parts.get(name) in parts] or list(case.outputs)

    def judge_property(
        self, key: CaseKey, item: SheetProperty, caller: Caller, problems: dict[CaseKey, Problem | None]
    ) -> None:
        if any(part in self.lost for part in item.parts):
            return  # the cases have said so already, and better
        if key not in problems:
            problems[key] = item.judge(caller.hidden if item.hidden else caller, key)
        problem = problems[key]
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

    def name_bugs(self, caller: Caller) -> None:
        """Name the bugs behind wrong values; of what is not explained so, tell what came back.

        An answer that is far larger than any right one is no known bug's, and comparing it would take its memory many
        times over.
        """
        if not self.findings and not self.other_dtypes:
            return  # nothing is wrong
        if any(held_bytes(answer.values) > NAMED_BYTES for answer in self.answers):
            return
        if any(self.wrong):
            self.bugs = diagnose(self.exercise, self.answers, self.wrong)
        pairs = {bug.output: bug for bug in self.bugs if bug.how == "pair"}
        explained = {part for bug in self.bugs if bug.how != "pair" for part in (bug.output or "").split(", ")}
        if any(bug.output is None for bug in self.bugs):
            explained = set(self.exercise.parts)
        for found, cases, part in self._symptoms(caller, explained):
            bug = Diagnosis(found.name, found.sentence, "symptom", cases, part or None)
            if bug.output in pairs:  # what can be seen needs no two causes
                self.bugs.remove(pairs.pop(bug.output))
            self.bugs += [bug] if all(bug.sentence != other.sentence for other in self.bugs) else []

    def _symptoms(self, caller: Caller, explained: set[str]) -> Iterator[tuple[Symptom, int, str]]:
        """Yield what is seen of calls that stop, of each part whose values are wrong, of inputs and of dtypes."""
        seen: dict[str, list[Seen]] = {}
        for index, name, found in self.comparisons:
            case = self.exercise.cases[index]
            wanted = not found.right and not case.hidden and case.parts[name] not in explained
            if wanted and not follows_from(case, name, self.wrong[index]):
                item = Seen(case, name, self.answers[index].values, self.exercise.limit(case))
                seen.setdefault(case.parts[name], []).append(item)
        made: dict[str, Symptom] = {}
        for part, items in seen.items():
            told = symptom(items)
            if told is None or told.name == "nothing" or told.name.endswith(" itself"):
                told = exchanged_with_cache(items[0].case, items[0].values, caller) or told
            made |= {part: told} if told is not None else {}
        for part in made:
            yield self._with_its_place(made, part, seen[part][0]), len(seen[part]), part
        pattern = None if self.bugs else case_pattern(self._met())
        if pattern is not None:
            yield pattern, sum(map(bool, self.wrong)), ""
        shown = [(case, error) for case, error in self.stopped if not case.hidden]
        others_right = all(found.right for _, _, found in self.comparisons)
        overwritten = stops_outside_the_cache(shown) if others_right else None
        for case, error in shown:
            why = overwritten or stop(error, case, caller)
            if why is not None:
                yield why, 1, ""
                break
        changed = next((answer.changed for answer in self.answers if answer.changed), ())
        if changed:
            yield _in_place(changed), sum(bool(answer.changed) for answer in self.answers), "inputs"
        elif self.other_dtypes and not self.findings:
            yield _other_dtype(self.other_dtypes), 1, DTYPE

    def _met(self) -> list[Met]:
        """Return the visible cases, and what is wrong there; none where one stops, or finds its inputs changed."""
        visible = [
            (case, answer, wrong)
            for case, answer, wrong in zip(self.exercise.cases, self.answers, self.wrong, strict=True)
            if not case.hidden
        ]
        if any(answer.error is not None or answer.changed for _, answer, _ in visible):
            return []
        return [Met(case, tuple(wrong)) for case, _, wrong in visible]

    def _with_its_place(self, made: Mapping[str, Symptom], part: str, first: Seen) -> Symptom:
        """Say of which part it speaks, where another of the same output does not show it.

        Of a part that is measured too it is told of the case: what chance made there has not been looked at.
        """
        found = made[part]
        cases = [case for case in self.exercise.cases if first.name in case.parts]
        if any(case.measure is not None and case.parts[first.name] == part for case in cases):
            return Symptom(found.name, f'case "{first.case.name}": {found.sentence}')
        if all(made.get(case.parts[first.name]) == found for case in cases):
            return found
        return Symptom(found.name, f"{part}: {found.sentence}")

    def _lose(
        self, case: SheetCase, stage: str, text: str, part: str, parts: Any, error: CallError | None = None
    ) -> None:
        self.lost.update(parts)
        if case.hidden:
            self.findings.append(Finding("hidden", f"fails on {case.kind}", part, hidden=True))
        else:
            called = error is not None and error.kind not in ABSENT
            details = tuple(filter(None, [given(case)])) if called else ()
            self.findings.append(Finding(stage, text, part, case.name, details, error))

    def nothing_to_call(self) -> bool:
        """Whether the first case met a stub, or no function at all."""
        error = self.answers[0].error
        return error is not None and error[0] in (*ABSENT, "not started")

    def lose_what_is_absent(self) -> None:
        """Take every part where all cases call a function that is not there."""
        if (self.answers[0].error or ("", ""))[0] in ABSENT:
            self.lost.update(self.exercise.parts)

    def _tell_dtypes(self) -> None:
        """Make one finding of all outputs that came back in another dtype."""
        shown = {name: (dtype, case) for name, (dtype, case) in self.other_dtypes.items() if not case.hidden}
        if shown:
            said = ", ".join(f"{name} with the dtype of {_source(case, name)}" for name, (_, case) in shown.items())
            dtype, case = next(iter(shown.values()))
            text = f"dtype: {dtype} comes out {_instead_of(dtype)}: make {said}"
            text = text if self.findings else f"values right · {text}"
            self.findings.append(Finding("width", text, DTYPE, case.name))
        elif self.other_dtypes:
            dtype, case = next(iter(self.other_dtypes.values()))
            text = f"fails on {case.kind}: {dtype} comes out {_instead_of(dtype)}"
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
            parts[DTYPE], weights[DTYPE] = not self.other_dtypes, DTYPE_SHARE * earned
            earned *= 1 - DTYPE_SHARE if self.other_dtypes else 1
        return Verdict(
            exercise=exercise.id,
            outcome=outcome,
            points=_points(exercise.points, 0.0 if outcome == "not started" else earned / whole),
            max_points=exercise.points,
            parts=dict.fromkeys(parts, False) if outcome == "not started" else parts,
            weights=weights,
            findings=self._told(),
            note=self._note() if outcome == "right" else "",
            bugs=self.bugs if outcome != "not started" else [],
            stages=self._stages(),
            hints=len(exercise.hints),
            seconds=self.seconds,
            times=self.times,
        )

    def _note(self) -> str:
        """Say of True and False that they pass, and what numpy does not do with them; and what was built."""
        masks = [f"{name} {_OF_BOOLEANS}" for name in list(self.booleans)[:1]]
        return " ".join(filter(None, [*masks, self.exercise.explanation]))

    def _told(self) -> list[Finding]:
        """Findings in the order of the stages, one of each kind and part, the values looked at more closely."""
        told: dict[tuple[str, str, str], Finding] = {}
        if any(finding.error is not None and finding.error.kind in ABSENT for finding in self.findings):
            self.findings = [finding for finding in self.findings if not finding.hidden]  # they have no other reason
        for finding in sorted(self.findings, key=lambda finding: STAGES.index(finding.stage)):
            key = (finding.stage, finding.part, finding.text if finding.hidden else "")
            told.setdefault(key, finding)
        return [self._closer(finding) if self.told else finding for finding in told.values()]

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


def _listed(names: Sequence[str]) -> str:
    """Return up to two names, and how many there are besides: a long run of steps has a name for each."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"


def _mode(case: SheetCase, error: CallError) -> str:
    """Say what stopped: a function, with what the script itself sets, such as training=False."""
    call = next((call for call in case.script if call.text == error.call), None)
    if call is None:
        return error.kind
    written = [f"{name}={item.value!r}" for name, item in call.keywords if isinstance(item, script.Literal)]
    return f"{call.function}({call.item}, {', '.join(sorted(written))})"


_OF_BOOLEANS = "is made of True and False, which numpy does not subtract: .astype(float) makes numbers of them."


def _in_place(names: Sequence[str]) -> Symptom:
    said, x = _listed(names), names[0]
    return Symptom(
        "changed in place",
        f"{said} {'is' if len(names) == 1 else 'are'} changed by your function. {x} -= a, {x}[i] = a and out={x} "
        f"write into {x}; {x} = {x} - a makes a new array, and {x}.copy() one to write into.",
    )


def _instead_of(dtype: str) -> str:
    return "where numbers are expected" if dtype == "bool" else "of float32"


def _other_dtype(found: Mapping[str, tuple[str, SheetCase]]) -> Symptom:
    name, (dtype, case) = next(iter(found.items()))
    if dtype == "bool":
        return Symptom(
            "booleans for numbers",
            f"{name} is made of booleans, which numpy does not subtract. Make numbers of them with the dtype of "
            f"{_source(case, name)}: (x > 0).astype(x.dtype).",
        )
    return Symptom(
        "a wider dtype",
        f"{dtype} comes out of float32. np.zeros, np.ones and np.eye make float64 unless they are given a dtype, and "
        f"so do .astype(float) and masks of floats. Make {name} with the dtype of {_source(case, name)}.",
    )


def _source(case: SheetCase, output: str) -> str:
    """Return the input whose dtype an output should have: grad_x that of x, y that of x; one in float32 first."""
    floats = {
        name: {array.dtype for array in arrays_in(value) if array.dtype.kind == "f"}
        for name, value in case.inputs.items()
    }
    narrow = [name for name, dtypes in floats.items() if np.dtype(np.float32) in dtypes]
    found = narrow or [name for name, dtypes in floats.items() if dtypes]
    likely = [name for name in (output.removeprefix("grad_"), "x") if name in found]
    return (likely or found or ["float64"])[0]


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
