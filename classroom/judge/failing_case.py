"""The smallest case that fails, the tame ones first: what a student can try by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classroom.call.caller import Caller, Run
from classroom.call.value import Value, arrays_in
from classroom.judge.answer_sheet import SheetCase, SheetExercise
from classroom.judge.compare import compare
from classroom.judge.error_map import written

_LEGIBLE = 60  # characters of an expected value that is shown


@dataclass(frozen=True)
class FailingCase:
    """A case, what is wrong in it ("" where nothing is), and the names of its inputs in the order of their use."""

    case: SheetCase
    problem: str
    names: tuple[str, ...]

    def lines(self, exercise: str) -> list[str]:
        """Return what to type to see it again, and what should come out."""
        asked = f"{', '.join(self.names)} = check.case({exercise!r})".replace("'", '"')
        head = f'the smallest case that fails, "{self.case.name}": {self.problem}'
        if not self.problem:
            head = f'no case of {exercise} fails; this is a small one, "{self.case.name}"'
        shown = [(name, written(value)) for name, value in self.case.expected.items() if name in self.case.outputs]
        expected = [f"expected: {name} = {text}" for name, text in shown if len(text) <= _LEGIBLE]
        return [head, asked, *self.case.calls, *expected]


def failing_case(exercise: SheetExercise, caller: Caller) -> FailingCase:
    """Return the smallest visible case in which the student's code fails; the smallest of all where it never does."""
    candidates = list(_in_order(exercise))
    for case in candidates:
        problem = _problem(exercise, case, caller.run(case.script, case.inputs, case.outputs))
        if problem:
            return FailingCase(case, problem, _names(case))
    return FailingCase(candidates[0], "", _names(candidates[0]))


def _in_order(exercise: SheetExercise) -> Iterator[SheetCase]:
    """Yield the cases: those shrunk for reading, then the declared ones, then the drawn and extreme ones."""
    visible = [case for case in exercise.cases if not case.hidden]
    for kept in (exercise.small, [case for case in visible if not case.kind], [case for case in visible if case.kind]):
        yield from sorted(kept, key=lambda case: (not _tame(case.inputs), _entries(case)))


def _entries(case: SheetCase) -> int:
    return sum(array.size for value in case.inputs.values() for array in arrays_in(value))


def _tame(inputs: Mapping[str, Value]) -> bool:
    """Whether all numbers are of a size that can be worked with by hand."""
    largest = [float(np.abs(array).max(initial=0)) for value in inputs.values() for array in arrays_in(value)]
    return all(value < 100 for value in largest)


def _problem(exercise: SheetExercise, case: SheetCase, run: Run) -> str:
    if run.error is not None:
        return f"{run.error.name or 'it'} stops with: {run.error.message}" if run.error.message else "it stops"
    if run.changed:
        return f"{' and '.join(run.changed)} changed in place"
    if case.measure is not None:
        found = case.measure.judge(run.values, case.inputs)
        return found.text if found is not None else ""
    compared = [compare(run.values[name], case.expected[name], exercise.limit(case), name) for name in case.outputs]
    return next((found.text for found in compared if not found.right), "")


def _names(case: SheetCase) -> tuple[str, ...]:
    """Return the inputs that the calls of a case use, in order."""
    used: Sequence[str] = [name for call in case.script for name in (*call.uses, call.function)]
    return tuple(dict.fromkeys(name for name in used if name in case.inputs))
