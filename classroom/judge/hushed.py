"""What student code prints while it is judged: kept case by case, and told for the case that a verdict speaks of."""

import contextlib
import io

from classroom.call.caller import Caller, Calls, CaseKey, Inputs, Outputs, Run
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.verdict import Verdict

MOST_PRINTED = 4000  # characters


class Hushed:
    """A caller that keeps what is printed: a check calls the same function dozens of times."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._printed: dict[CaseKey, str] = {}

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        """Run the calls, and keep what they print."""
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            run = self._caller.run(calls, inputs, outputs, case)
        if case is not None:
            self._printed[case] = printed.getvalue()
        return run

    @property
    def hidden(self) -> "Hushed":
        """Itself: on a student's machine nothing is hidden."""
        return self

    def printed(self, exercise: SheetExercise, verdict: Verdict) -> str:
        """Return what was printed in the case that the verdict tells of first, or in the first case; "" for nothing."""
        told = verdict.findings[0].case if verdict.findings else ""
        names = {key: case.name for key, case in exercise.keyed_cases()}
        key = next((key for key, name in names.items() if name == told), next(iter(names), None))
        text = self._printed.get(key, "") if key is not None else ""
        if not text or key is None:
            return ""
        cut = text[:MOST_PRINTED] + "..." if len(text) > MOST_PRINTED else text.removesuffix("\n")
        return f'printed in the case "{names[key]}":\n{cut}'
