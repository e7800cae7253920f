"""From a declared case to one of the sheet: checked for what would hide mistakes, and answered by the reference."""

import re
from collections.abc import Mapping

import numpy as np

from classroom.call import script
from classroom.call.caller import LocalCaller
from classroom.call.value import Function, arrays_in, duplicate, plain
from classroom.fault import Fault
from classroom.judge.answer_sheet import (
    SheetCase,
)
from classroom.staff.declare.declaration import Case, Exercise


def sheet_case(exercise: Exercise, case: Case, *, drawn: bool = False, hidden: bool = False) -> SheetCase:
    """Return a case with the reference's answer.

    Parameters
    ----------
    drawn : whether the exercise's generator of hidden cases has drawn it, for this class or for everybody
    hidden : whether it is for this class

    Raises
    ------
    Fault
        If it cannot tell right from wrong, or the reference stops in it.
    """
    where = f"{exercise.id}, case {case.name!r}"
    _check_case(exercise, case, drawn, where)
    inputs = {
        name: duplicate(value) if isinstance(value, np.ndarray) else plain(value) for name, value in case.inputs.items()
    }
    run = LocalCaller(exercise.functions).run(script.parse(case.calls), inputs, case.outputs)
    if run.error is not None:
        raise Fault(f"{where}: the reference stops in {run.error.call!r}: {run.error.name}: {run.error.message}")
    if run.changed:
        raise Fault(f"{where}: the reference changes {run.changed[0]} in place")
    parts = case.part if isinstance(case.part, Mapping) else {name: case.part or name for name in case.outputs}
    return SheetCase(
        name=case.name,
        inputs=inputs,
        calls=tuple(case.calls),
        outputs=tuple(case.outputs),
        expected=run.values if case.measure is None else {},
        # What a measure finds may cost other parts than one for each output.
        parts=dict(parts) if case.measure and case.part else {name: parts.get(name, name) for name in case.outputs},
        kind=case.kind,
        hidden=hidden,
        measure=case.measure,
        tolerance=case.tolerance,
        budget=case.budget,
        features=case.measure.features(run.values, inputs) if case.measure is not None else (),
    )


def _check_case(exercise: Exercise, case: Case, drawn: bool, where: str) -> None:
    """Refuse a case that cannot tell right from wrong."""
    if drawn and not case.kind:
        raise Fault(f"{where}: a hidden case needs a kind, the only thing that its student is told")
    known = set(case.inputs)
    for call in script.parse(case.calls):
        known_function = call.function in known if call.item else call.function in exercise.functions
        if not known_function and not isinstance(case.inputs.get(call.function), Function):
            raise Fault(f"{where} calls {call.function}, which is none of its functions: mend it, or add that function")
        unknown = [name for name in call.uses if name not in known and name not in exercise.functions]
        if unknown:
            raise Fault(f"{where}: {call.text!r} uses {unknown[0]}, which is no input and no earlier target")
        known |= set(call.defines)
    for output in case.outputs:
        if output not in known - set(case.inputs):
            raise Fault(f"{where}: the output {output} is given by no call")
    for name, value in case.inputs.items():
        for array in arrays_in(value):
            _check_input(name, array, case.square or drawn, where)


def _check_input(name: str, array: np.ndarray, square: bool, where: str) -> None:
    if re.match(r"grad_(y|loss|out)", name) and array.ndim and array.size > 1 and np.ptp(array) == 0:
        raise Fault(
            f"{where}: {name} is the same number everywhere, and such an upstream gradient hides mistakes "
            "(that of batch norm is then 0): draw it at random"
        )
    if array.ndim == 4 and array.shape[2] == array.shape[3] > 1 and not square:
        raise Fault(
            f"{where}: {name} has shape {array.shape}, a square image or kernel, which hides swapped axes: "
            "choose another height, or say square=True where the case is about something else"
        )
