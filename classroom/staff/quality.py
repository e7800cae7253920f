"""The grader, graded: every exercise's checks against its stub, its known wrong answers and its other right ones."""

import dataclasses
import itertools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classroom.atomic_write import write_whole
from classroom.call.caller import Calls, CaseKey, Inputs, LocalCaller, Outputs, Run
from classroom.call.value import Value, same
from classroom.fault import Fault
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.compare import compare
from classroom.judge.verdict import Verdict, judge, judge_both
from classroom.staff.declare.exercise import Assignment, Exercise, Mutant, Quiz, full_sheet, load_assignment
from classroom.staff.declare.loader import declared_assignments
from classroom.staff.mutation.recorder import Recorder

if TYPE_CHECKING:
    from rich.table import Table

SECRET = "quality"


@dataclass
class MutantResult:
    """The result of the checks for one mutant."""

    name: str
    tag: str
    killed: bool  # by the check that its tag names
    points: float  # earned in all
    named: str  # the diagnosis: "rightly", "wrongly" or "silent"
    message: str
    at_home: Verdict  # what its author would read


@dataclass
class Quality:
    """What the checks of one exercise are worth."""

    assignment: str
    exercise: str
    points: float
    stub: float = 0.0  # points of an answer that nobody has written
    cheat: float | None = None  # of one that knows the visible cases; None where nothing else can be asked
    mutants: list[MutantResult] = field(default_factory=list)
    alternatives: dict[str, bool] = field(default_factory=dict)
    combinations: int = 0  # of two mutants, judged at home and in full
    problems: list[str] = field(default_factory=list)

    @property
    def killed(self) -> int:
        """Mutants that fail the check they are tagged for, and earn less than full points."""
        return sum(mutant.killed for mutant in self.mutants)

    def named(self, how: str) -> int:
        """Mutants that the diagnosis names rightly, wrongly or not at all ("silent")."""
        return sum(mutant.named == how for mutant in self.mutants)


def assess(exercise: Exercise | Quiz, assignment: Assignment, sheet: SheetExercise) -> Quality:
    """Run the reference, the stub, a cheat, all mutants and all alternatives of an exercise through its checks.

    Parameters
    ----------
    exercise, assignment : the declaration
    sheet : the exercise with its hidden cases, from `full_sheet`
    """
    quality = Quality(assignment.name, exercise.id, exercise.points)
    if isinstance(exercise, Quiz):
        _assess_quiz(exercise, sheet, quality)
        return quality
    reference = Recorder(LocalCaller(exercise.functions))
    verdict = judge(sheet, reference)
    if verdict.outcome != "right" or verdict.points != exercise.points:
        quality.problems.append(f"the reference is judged {verdict.outcome}: {_first(verdict)}")
    verdict = judge(sheet, LocalCaller({**exercise.functions, **dict.fromkeys(exercise.subject, _stub)}))
    quality.stub = verdict.points
    if verdict.outcome != "not started" or verdict.points != 0:
        quality.problems.append(
            f"the stub is judged {verdict.outcome} with {verdict.points:g} points, needs 'not started' and 0"
        )
    if exercise.hidden is not None:
        cheat = _Cheat(sheet.visible(), reference)
        verdict = judge(sheet, cheat)
        quality.cheat = verdict.points if cheat.guesses else None
        if quality.cheat:
            quality.problems.append(
                f"a cheat that knows the visible cases earns {verdict.points:g} points: add hidden cases for every part"
            )
    recorded = []
    for mutant in exercise.mutants:
        caller = Recorder(LocalCaller(exercise.replaced(mutant.functions)))
        quality.mutants.append(_assess_mutant(exercise, mutant, caller, sheet, quality.problems))
        recorded += [(mutant.name, caller)] if mutant.tag == "visible" else []
    _assess_combinations(sheet, recorded, reference, quality)
    for alternative in exercise.alternatives:
        at_home, verdict = judge_both(sheet, LocalCaller(exercise.replaced(alternative.functions)))
        _same_points(f"the alternative {alternative.name!r}", at_home, verdict, quality.problems)
        passed = verdict.outcome == "right" and verdict.points == exercise.points
        quality.alternatives[alternative.name] = passed
        if not passed:
            quality.problems.append(
                f"the alternative {alternative.name!r} earns {verdict.points:g} of {exercise.points:g} points: "
                f"{_first(verdict)}"
            )
    return quality


def _assess_mutant(
    exercise: Exercise, mutant: Mutant, caller: Recorder, sheet: SheetExercise, problems: list[str]
) -> MutantResult:
    at_home, graded = judge_both(sheet, caller)
    met = at_home if mutant.tag == "visible" else graded
    killed = met.outcome in ("wrong", "crashed") and (graded.points < exercise.points or not exercise.points)
    if not killed:
        problems.append(
            f"the mutant {mutant.name!r} survives the {'check at home' if met is at_home else 'hidden check'} "
            f"({met.outcome}, {graded.points:g} of {exercise.points:g} points): add a case that it fails"
        )
    if mutant.tag == "memoriser" and at_home.outcome != "right":
        problems.append(
            f"the mutant {mutant.name!r} is tagged memoriser, and a visible case already catches it: tag it visible"
        )
    if mutant.tag == "visible":
        _same_points(f"the mutant {mutant.name!r}", at_home, graded, problems)
    named = "silent"
    for verdict in (met, graded):
        if verdict.diagnosis is not None and verdict.diagnosis.how in ("mutant", "pair"):
            rightly = verdict.diagnosis.sentence == mutant.sentence
            named = "wrongly" if not rightly or named == "wrongly" else "rightly"
            if not rightly:
                problems.append(f"the mutant {mutant.name!r} is named {verdict.diagnosis.name!r}")
        elif verdict.diagnosis is not None and named == "silent":
            named = "rightly"  # by the summands of its formula, or by a symptom: a statement of fact
    return MutantResult(mutant.name, mutant.tag, killed, graded.points, named, _first(met), at_home)


def _same_points(what: str, at_home: Verdict, graded: Verdict, problems: list[str]) -> None:
    """Shown is graded: only code that treats the visible inputs specially loses more when it is graded."""
    if at_home.points != graded.points:
        problems.append(
            f"{what} is shown {at_home.points:g} points at home and graded {graded.points:g}: what grading asks of it, "
            f"no visible case asks ({_first(graded)})"
        )


COMBINATIONS = 20  # of two mutants, drawn for each exercise


def _assess_combinations(
    sheet: SheetExercise, recorded: Sequence[tuple[str, Recorder]], right: Recorder, quality: Quality
) -> None:
    """Judge answers that have the mistakes of two mutants, on the cases of both sheets: they too are shown as graded.

    They are made of what the mutants have answered, so no case runs again.  Properties ask each of the two, so that a
    mistake which only a property sees is among them.
    """
    pairs = list(itertools.combinations(recorded, 2))
    lean = dataclasses.replace(sheet, mutants=[], terms=None, small=[])
    for index in np.random.default_rng(len(pairs)).permutation(len(pairs))[:COMBINATIONS]:
        (one, first), (other, second) = pairs[index]
        caller = _Both(first, second, right)
        what = f"the combination of the mutants {one!r} and {other!r}"
        at_home, graded = judge_both(lean, caller, told=False)
        _same_points(what, at_home, graded, quality.problems)
        quality.combinations += 1


class _Both:
    """Answers with the mistakes of two callers, measured against a third that makes none."""

    def __init__(self, first: Recorder, second: Recorder, right: Recorder) -> None:
        self._callers = (first, second, right)

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        first, second, right = (caller.run(calls, inputs, outputs, case) for caller in self._callers)
        return _superposed(first, second, right.values)

    @property
    def hidden(self) -> "_Both":
        return self


def _superposed(first: Run, second: Run, expected: Mapping[str, Value]) -> Run:
    """Return a run that is off by what both are off."""
    values = {
        name: _sum_of_errors(first.values[name], second.values[name], expected.get(name))
        for name in first.values
        if name in second.values
    }
    error = first.error or second.error
    cpu_seconds = max(first.cpu_seconds, second.cpu_seconds)
    return Run(values, tuple({*first.changed, *second.changed}), error, cpu_seconds=cpu_seconds)


def _sum_of_errors(first: Value, second: Value, right: Value) -> Value:
    arrays = [value for value in (first, second, right) if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    if len(arrays) == 3 and len({array.shape for array in arrays}) == 1:
        one, other, answer = arrays
        with np.errstate(all="ignore"):
            return one + other - answer
    return second if compare(first, right).right else first


def _assess_quiz(quiz: Quiz, sheet: SheetExercise, quality: Quality) -> None:
    for choice in quiz.choices:
        verdict = judge(sheet, LocalCaller({"answer": choice}))
        if verdict.points != (quiz.points if choice == quiz.right else 0):
            quality.problems.append(f"the choice {choice!r} earns {verdict.points:g} points")
    if judge(sheet, LocalCaller({"answer": None})).outcome != "not started":
        quality.problems.append("no answer is not judged 'not started'")


def _first(verdict: Verdict) -> str:
    return verdict.findings[0].text if verdict.findings else verdict.outcome


def _stub(*arguments: Any, **keywords: Any) -> None:
    raise NotImplementedError


class _Cheat:
    """Answers the visible cases with what is expected, and everything else with the answer to the first."""

    def __init__(self, visible: SheetExercise, reference: Recorder) -> None:
        self._cases = visible.cases
        self.guesses = 0  # where it stays 0, the visible cases are all that can be asked
        self._answers = [
            reference.run(case.script, case.inputs, case.outputs, key) for key, case in visible.keyed_cases()
        ]

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        for known, answer in zip(self._cases, self._answers, strict=True):
            if known.inputs.keys() == inputs.keys() and all(same(known.inputs[name], inputs[name]) for name in inputs):
                return answer
        self.guesses += 1
        values = self._answers[0].values
        spare = next(iter(values.values()))
        return Run({name: values.get(name, spare) for name in outputs})

    @property
    def hidden(self) -> "_Cheat":
        return self


def assess_assignment(assignment: Assignment) -> list[Quality]:
    """Assess every exercise of an assignment."""
    sheet = full_sheet(assignment, SECRET)
    return [assess(exercise, assignment, sheet.exercises[exercise.id]) for exercise in assignment.exercises]


@dataclass
class Totals:
    """The sums over all exercises."""

    exercises: int
    mutants: int
    killed: int
    rightly: int
    wrongly: int
    alternatives: int
    passed: int
    stubs: float
    cheats: float

    @classmethod
    def of(cls, qualities: Sequence[Quality]) -> "Totals":
        """Return the sums over these exercises."""
        return cls(
            len(qualities),
            sum(len(quality.mutants) for quality in qualities),
            sum(quality.killed for quality in qualities),
            sum(quality.named("rightly") for quality in qualities),
            sum(quality.named("wrongly") for quality in qualities),
            sum(len(quality.alternatives) for quality in qualities),
            sum(sum(quality.alternatives.values()) for quality in qualities),
            sum(quality.stub for quality in qualities),
            sum(quality.cheat or 0.0 for quality in qualities),
        )

    def __str__(self) -> str:
        return (
            f"{self.exercises} exercises: {self.killed} of {self.mutants} mutants killed, "
            f"{self.rightly} named rightly, {self.wrongly} wrongly; "
            f"{self.passed} of {self.alternatives} alternatives pass; "
            f"stubs earn {self.stubs:g} points, cheats who know the visible cases {self.cheats:g}"
        )


def names_of_all(root: Path) -> list[str]:
    """Return the names of the assignments that declare exercises."""
    return declared_assignments(root / "assignments")


def run(root: Path, names: Sequence[str] = (), page: Path | None = None, verbose: bool = False) -> int:
    """`classroom quality`: print the table, write the page, and return 1 when anything is wrong.

    Parameters
    ----------
    root : folder that holds assignments/
    names : assignments; none means all
    page : where to write the table, as HTML; none means nowhere
    verbose : list every mutant too
    """
    from rich.console import Console

    chosen = list(names) or names_of_all(root)
    if not chosen:
        raise Fault(f"{root.resolve()} holds no assignments: run this in the folder with assignments/")
    qualities = [
        quality
        for name in chosen
        for quality in assess_assignment(
            load_assignment(root / "assignments" / name if not Path(name).exists() else name)
        )
    ]
    console = Console()
    console.print(_table(qualities))
    if verbose:
        for quality in qualities:
            for mutant in quality.mutants:
                console.print(
                    f"{quality.exercise} / {mutant.name} ({mutant.tag}): {mutant.named}; {mutant.message}", markup=False
                )
    for quality in qualities:
        for problem in quality.problems:
            print(f"{quality.assignment}, {quality.exercise}: {problem}", file=sys.stderr)
    print(Totals.of(qualities))
    if page is not None:
        write_whole(page, to_html(qualities).encode())
        print(f"page: {page}")
    return 1 if any(quality.problems for quality in qualities) else 0


def _table(qualities: Sequence[Quality]) -> "Table":
    """Return the table for a terminal: a section for each assignment, narrow enough for 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, title="Known bugs killed and named, alternatives passed, points of stub and cheat")
    table.add_column("exercise", no_wrap=True)
    for name in ("killed", "named", "misnamed", "alternatives", "stub", "cheat"):
        table.add_column(name, justify="right")
    for assignment, group in itertools.groupby(qualities, key=lambda quality: quality.assignment):
        table.add_section()
        table.add_row(f"[bold]{assignment}")
        for quality in group:
            mutants, killed, rightly, wrongly, alternatives, passed, stub, cheat = _row(quality)
            cells = (f"{killed} of {mutants}", rightly, wrongly, f"{passed} of {alternatives}", stub, cheat)
            table.add_row(f"  {quality.exercise}", *(cells if quality.mutants else ()))  # a question has neither
    return table


_NUMBERS = ("mutants", "killed", "named rightly", "named wrongly", "alternatives", "passed", "stub", "cheat")


def _row(quality: Quality) -> tuple[str, ...]:
    numbers = (
        len(quality.mutants),
        quality.killed,
        quality.named("rightly"),
        quality.named("wrongly"),
        len(quality.alternatives),
        sum(quality.alternatives.values()),
    )
    return (*map(str, numbers), f"{quality.stub:g}", "-" if quality.cheat is None else f"{quality.cheat:g}")


def to_html(qualities: Sequence[Quality]) -> str:
    """Return the page: totals, a row for each exercise, and every mutant below."""
    from classroom.staff.report.page import environment

    template = environment().get_template("quality.html")
    rows = [(quality, _row(quality)) for quality in qualities]
    return str(template.render(totals=Totals.of(qualities), numbers=_NUMBERS, rows=rows))
