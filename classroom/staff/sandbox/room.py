"""The room of a submission: a child of the zygote that has run its cells.

A submission is in the room twice over.  First all cells run in order, what they show is kept, and at each check the
visible cases are asked.  When everything that will ever be shown is there, the hidden cases are asked, each with the
names that stood in the notebook at its check: so no hidden input can reach a page through student code.
"""

import builtins
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.call.caller import CallError, Run
from classroom.call.script import Call
from classroom.call.value import Value
from classroom.judge.answer_sheet import SheetExercise
from classroom.staff.sandbox import wire
from classroom.staff.sandbox.cell_outputs import CellOutputs
from classroom.staff.sandbox.sandbox import Child, Zygote

ERROR_KINDS = ("not started", "missing", "crashed", "arity", "not plain")
REPLIES = {
    "given": {"ok": bool},
    "cell": {"outputs": list, "ok": bool},
    "cases": {"runs": list},
}
RUN = {"values": dict, "changed": list, "error": (type(None), list)}
# The calls of one case, its inputs, and the outputs that are asked for.
Question = tuple[Sequence[Call], Mapping[str, Value], Sequence[str]]


@dataclass(frozen=True)
class Allowance:
    """How long things may take, and how often a submission may break its room.

    cell, calls : processor time of one cell, and of the calls of a case, in seconds
    together : processor time of all cases of a check in one go; after that they are asked one by one
    patience : how many times as long they may take on the wall, for a machine that is busy and code that sleeps
    submission : seconds on the wall for all of it
    """

    cell: float = 20.0
    calls: float = 5.0
    together: float = 1.0
    patience: float = 3.0
    submission: float = 180.0
    deaths: int = 16


MUTE = "the sandbox sent no readable answer"


class Broken(Exception):
    """A room died, hung or talked nonsense; `kind` is that of a CallError."""

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass
class Script:
    """The code cells so far, which of them ended a room, and what is left of the submission's allowance.

    before : cells at the start that the zygote has run for all children
    marks : for each check, how many cells stand before it
    """

    allowance: Allowance
    before: int = 0
    sources: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    culprits: dict[int, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    deaths: int = 0

    def left(self) -> float:
        return self.allowance.submission - (time.monotonic() - self.started)


class Room:
    """A child that has run the cells so far.  When it dies, the next one runs them again without the culprit."""

    def __init__(self, zygote: Zygote, script: Script, seed: int, given: Mapping[str, str] | None = None) -> None:
        """Prepare the room; its child is opened when it is first needed.

        Parameters
        ----------
        zygote : forks the child
        script : the cells, shared with the other rooms of the submission
        seed : of numpy's global generator
        given : sources of functions that stand in for the notebook's own
        """
        self._zygote = zygote
        self._script = script
        self._seed = seed
        self._given = dict(given or {})
        self._child: Child | None = None
        self._done = 0
        self._marked = 0  # checks whose names the child remembers
        self._asked: set[int] = set()  # checks whose functions the child has called

    @property
    def allowance(self) -> Allowance:
        """How long things may take."""
        return self._script.allowance

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the child and give it so many seconds of processor time; if it breaks the rules, end it and say why."""
        script = self._script
        if script.left() <= 0 or self._child is None:
            raise Broken("timeout", f"the notebook took more than {script.allowance.submission:.0f} s")
        try:
            answer = self._child.ask(request, min(script.allowance.patience * seconds, script.left()), seconds)
            if not wire.is_message(answer, REPLIES[request["do"]]):
                raise wire.WireError("the sandbox sent something else than an answer")
            return dict(answer)
        except wire.Late as late:
            self._end()
            raise Broken("timeout", str(late)) from None
        except wire.WireError as error:
            raise Broken("killed", _cause(self._end()) or str(error)) from None

    def _end(self) -> int:
        self._script.deaths += 1
        child, self._child = self._child, None
        return child.kill() if child is not None else 0

    def _ready(self, count: int, marks: int | None = None) -> None:
        """Have a child that has run the cells before number `count`, but for those that end it.

        It remembers the names of the first `marks` checks (by default of all so far).
        """
        marks = len(self._script.marks) if marks is None else marks
        script = self._script
        while True:
            if self._child is None:
                if script.deaths >= script.allowance.deaths:
                    raise Broken("killed", f"the notebook ended its sandbox {script.deaths} times")
                self._child, self._done, self._marked = self._zygote.open(self._seed), script.before, 0
                self._asked.clear()
                if self._given:
                    self._ask({"do": "given", "sources": self._given}, script.allowance.calls)
            try:
                while self._marked < marks and script.marks[self._marked] <= self._done:
                    self._marked += 1
                    self._ask({"do": "cases", "mark": self._marked - 1, "cases": []}, script.allowance.calls)
                if self._done >= count:
                    return
                number = self._done
                self._done += 1
                if number not in script.culprits:
                    request = {"do": "cell", "source": script.sources[number], "outputs": False, "figures": False}
                    self._ask(request, script.allowance.cell)
            except Broken as broken:
                if script.left() <= 0:
                    raise
                script.culprits.setdefault(self._done - 1, broken.reason)

    def show(self, number: int, *, figures: bool) -> CellOutputs:
        """Run cell number `number` and return what it shows, made harmless."""
        request = {"do": "cell", "source": self._script.sources[number], "outputs": True, "figures": figures}
        touched = False
        try:
            self._ready(number)
            touched = bool(self._asked)
            self._done = number + 1
            return CellOutputs.of(self._ask(request, self._script.allowance.cell)["outputs"])
        except Broken as broken:
            if touched and self._child is None:  # an earlier check called something that ends it: a fresh room
                return self.show(number, figures=figures)
            self._script.culprits.setdefault(number, broken.reason)
            return CellOutputs.stopped(broken.reason)

    def mark(self) -> int:
        """Remember the names as they are now, and return the number to ask for them by."""
        self._script.marks.append(len(self._script.sources))
        return len(self._script.marks) - 1

    def questions(self, mark: int, questions: Sequence[Question], seconds: float) -> list[Run] | Broken:
        """Make the calls of several cases in the child, with the names of a mark, in so many seconds for all."""
        cases = [([call.text for call in calls], dict(inputs), list(outputs)) for calls, inputs, outputs in questions]
        began = time.monotonic()
        touched = False
        last = mark + 1 == len(self._script.marks) and self._script.marks[mark] == len(self._script.sources)
        try:
            # In the middle of the notebook the first question about a check makes its mark.
            self._ready(len(self._script.sources), mark if last else None)
            self._marked = max(self._marked, mark + 1)
            touched = bool(self._asked - {mark})
            self._asked.add(mark)
            spent = -self._cpu_seconds()
            answer = self._ask({"do": "cases", "mark": mark, "cases": cases}, seconds)
            spent += self._cpu_seconds()
        except Broken as broken:
            # As for cells: an honest function does not pay for what another one left running.
            return self.questions(mark, questions, seconds) if touched and self._child is None else broken
        runs = [
            read_run(run, inputs, outputs) for run, (_, inputs, outputs) in zip(answer["runs"], questions, strict=False)
        ]
        runs += [Run(error=CallError("crashed", "", "", MUTE)) for _ in questions[len(runs) :]]
        for run in runs:
            run.seconds, run.cpu_seconds = (time.monotonic() - began) / len(runs), spent / len(runs)
        return runs

    def _cpu_seconds(self) -> float:
        return self._child.cpu_seconds() if self._child is not None else 0.0


def _cause(status: int) -> str:
    """Tell why a process ended by itself."""
    return {
        -11: "the code crashed the interpreter (segmentation fault)",
        -6: "the code crashed the interpreter (abort)",
        -4: "the code crashed the interpreter (illegal instruction)",
        -7: "the code crashed the interpreter (bus error)",
        -8: "the code crashed the interpreter (floating point exception)",
    }.get(status, "the code ended the interpreter" if status >= 0 else "")


def read_run(answer: Any, inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
    """Turn a child's answer to calls into a run; nothing in it is believed that was not asked for."""
    if not wire.is_message(answer, RUN):
        return Run(error=CallError("crashed", "", "", MUTE))
    values = {name: answer["values"][name] for name in outputs if name in answer["values"]}
    known = {*inputs, *outputs}
    changed = tuple(name for name in answer["changed"][:100] if isinstance(name, str) and name in known)
    error = None
    if answer["error"] is not None:
        error = _read_error(answer["error"])
    elif len(values) < len(outputs):
        error = CallError("crashed", "", "", MUTE)
    return Run(values, changed, error)


def _read_error(fields: list[Any]) -> CallError:
    if [type(field) for field in fields] != [str, str, str, str, str, int] or fields[0] not in ERROR_KINDS:
        return CallError("crashed", "", "", MUTE)
    kind, call, name, message, line, number = fields
    return CallError(kind, call[:300], name[:80], message[:400], line[:200], min(max(number, 0), 100_000))


class SandboxCaller:
    """Runs the cases of one exercise in the sandbox.  After a death or a hang it runs no more of them.

    The visible cases are asked when it is made, in the middle of the notebook.  Later it only recalls them, and asks
    the hidden ones.
    """

    def __init__(self, room: Room, exercise: SheetExercise, names: Mapping[str, str]) -> None:
        """Ask the visible cases.

        Parameters
        ----------
        room : has run the cells before the check
        exercise : with visible and hidden cases
        names : what the sheet calls a value, where the notebook calls it otherwise
        """
        self._room = room
        self._exercise = exercise
        self._names = names
        self._mark = room.mark()
        self._broken: CallError | None = None
        self._answers: dict[Any, Run] = {}
        self._cases = {id(case.inputs) for case in exercise.cases}
        # A case that trains a network has more seconds than others.
        budgets = (float(case.budget.get("cpu_seconds", 0.0)) for case in exercise.cases)
        self._seconds = max([room.allowance.calls, *budgets])
        self._together = min(room.allowance.calls, room.allowance.together)
        self._open = True
        self._ask_ahead(hidden=False)
        if exercise.quiz is not None:
            self.run((), {}, exercise.subject)
        for case in exercise.cases:
            if not case.hidden:
                self.run(case.script, case.inputs, case.outputs)
        for item in exercise.properties:
            if not item.hidden:
                item.judge(self)
        self._open = False

    @property
    def hidden(self) -> "HiddenCaller":
        """The caller for hidden cases."""
        return HiddenCaller(self)

    def run(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Return the answer to a visible case."""
        key = self._key(calls, inputs, outputs)
        if key not in self._answers:
            if not self._open:
                return Run(error=CallError("crashed", "", "", "this case was not asked in time"))
            self._answers[key] = self.ask(calls, inputs, outputs)
        return self._answers[key]

    def ask(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Make the calls of one case."""
        if self._broken is not None:
            return Run(error=self._broken)
        asked = [(calls, inputs, [self._names.get(name, name) for name in outputs])]
        runs = self._room.questions(self._mark, asked, self._seconds)
        if isinstance(runs, Broken):
            text = calls[-1].text if calls else ""
            self._broken = CallError(runs.kind, text, "", runs.reason)  # type: ignore[arg-type]
            return Run(error=self._broken)
        values = runs[0].values
        runs[0].values = {name: values[at] for name in outputs if (at := self._names.get(name, name)) in values}
        return runs[0]

    def recall(self, inputs: Mapping[str, Value]) -> Run | None:
        """Return the answer to a hidden case that was asked together with the others."""
        if True not in self._answers:
            self._answers[True] = Run()
            self._ask_ahead(hidden=True)
        return self._answers.get(id(inputs))

    def _ask_ahead(self, *, hidden: bool) -> None:
        """Ask for all cases at once.  If one breaks the room or takes long, they are asked one by one after all.

        One that has a budget is asked alone, so that what it spends is its own.
        """
        cases = [case for case in self._exercise.cases if case.hidden == hidden and not case.budget]
        if len(cases) > 1 and self._broken is None:
            asked = [(case.script, case.inputs, case.outputs) for case in cases]
            runs = self._room.questions(self._mark, asked, self._together)
            if not isinstance(runs, Broken):
                self._answers |= {id(case.inputs): run for case, run in zip(cases, runs, strict=True)}

    def _key(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Any:
        """Tell cases apart: those of the sheet by their very inputs, those that a property makes by their contents."""
        if id(inputs) in self._cases:
            return id(inputs)
        return tuple(call.text for call in calls), tuple(outputs), b"".join(wire.pack(dict(inputs)))


@dataclass
class HiddenCaller:
    """Runs hidden cases; nothing of their errors is told but the kind, and the name if it is one of Python's own.

    Whether a function refuses with a ValueError is judged; a name of the student's could carry the hidden input out.
    """

    caller: SandboxCaller

    def run(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Run the calls of a hidden case."""
        run = self.caller.recall(inputs) or self.caller.ask(calls, inputs, outputs)
        if run.error is not None:
            run.error = CallError(run.error.kind, name=run.error.name if hasattr(builtins, run.error.name) else "")
        return run
