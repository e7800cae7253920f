"""The room of a submission: a child of the zygote that has run its cells.

A submission is in the room twice over.  First all cells run in order, what they show is kept, and at each check the
visible cases are asked.  When everything that will ever be shown is there, the hidden cases are asked, each with the
names that the notebook had at its check: so no hidden input can reach a page through student code.
"""

import builtins
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.call.caller import CallError, CaseKey, Kind, Run
from classroom.call.script import Call
from classroom.call.value import Value
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.budget import CpuSeconds
from classroom.staff.sandbox import wire
from classroom.staff.sandbox.cell_outputs import CellOutputs
from classroom.staff.sandbox.sandbox import Child, Zygote

ERROR_KINDS: tuple[Kind, ...] = ("not started", "missing", "crashed", "arity", "not plain")
Fields = Mapping[str, type | tuple[type, ...]]
REPLIES: dict[str, Fields] = {
    "stand_ins": {"ok": bool},
    "cell": {"outputs": list, "ok": bool},
    "cases": {"runs": list},
}
RUN: Fields = {"values": dict, "changed": list, "error": (type(None), list)}
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

    def __init__(self, kind: Kind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass
class Session:
    """One submission as its rooms share it: its code cells so far, those that ended a room, and the allowance left.

    before : cells at the start that the zygote has run for all children
    marks : for each check, how many cells come before it
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

    def __init__(self, zygote: Zygote, session: Session, seed: int, stand_ins: Mapping[str, str] | None = None) -> None:
        """Prepare the room; its child is opened when it is first needed.

        Parameters
        ----------
        zygote : forks the child
        session : the submission, shared with its other rooms
        seed : of numpy's global generator
        stand_ins : sources of functions that replace the notebook's own, by name
        """
        self._zygote = zygote
        self._session = session
        self._seed = seed
        self._stand_ins = dict(stand_ins or {})
        self._child: Child | None = None
        self._done = 0
        self._marked = 0  # checks whose names the child remembers
        self._asked: set[int] = set()  # checks whose functions the child has called

    @property
    def allowance(self) -> Allowance:
        """How long things may take."""
        return self._session.allowance

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the child and give it so many seconds of processor time; if it breaks the rules, end it and say why."""
        session = self._session
        if session.left() <= 0 or self._child is None:
            raise Broken("timeout", f"the notebook took more than {session.allowance.submission:.0f} s")
        try:
            answer = self._child.ask(request, min(session.allowance.patience * seconds, session.left()), seconds)
            if not wire.is_message(answer, REPLIES[request["do"]]):
                raise wire.WireError("the sandbox sent something else than an answer")
            return dict(answer)
        except wire.Late as late:
            self._end()
            raise Broken("timeout", str(late)) from None
        except wire.WireError as error:
            raise Broken("killed", _cause(self._end()) or str(error)) from None

    def _end(self) -> int:
        self._session.deaths += 1
        child, self._child = self._child, None
        return child.kill() if child is not None else 0

    def _ready(self, count: int, marks: int | None = None) -> None:
        """Ensure a live child that has run the cells before number `count`, except those known to end one.

        It remembers the names of the first `marks` checks (by default of all so far).
        """
        marks = len(self._session.marks) if marks is None else marks
        session = self._session
        while True:
            if self._child is None:
                if session.deaths >= session.allowance.deaths:
                    raise Broken("killed", f"the notebook ended its sandbox {session.deaths} times")
                self._child, self._done, self._marked = self._zygote.open(self._seed), session.before, 0
                self._asked.clear()
                if self._stand_ins:
                    self._ask({"do": "stand_ins", "sources": self._stand_ins}, session.allowance.calls)
            try:
                while self._marked < marks and session.marks[self._marked] <= self._done:
                    self._marked += 1
                    self._ask({"do": "cases", "mark": self._marked - 1, "cases": []}, session.allowance.calls)
                if self._done >= count:
                    return
                number = self._done
                self._done += 1
                if number not in session.culprits:
                    request = {"do": "cell", "source": session.sources[number], "outputs": False, "figures": False}
                    self._ask(request, session.allowance.cell)
            except Broken as broken:
                if session.left() <= 0:
                    raise
                session.culprits.setdefault(self._done - 1, broken.reason)

    def show(self, number: int, *, figures: bool) -> CellOutputs:
        """Run cell number `number` and return what it shows, made harmless."""
        request = {"do": "cell", "source": self._session.sources[number], "outputs": True, "figures": figures}
        touched = False
        try:
            self._ready(number)
            touched = bool(self._asked)
            self._done = number + 1
            return CellOutputs.of(self._ask(request, self._session.allowance.cell)["outputs"])
        except Broken as broken:
            if touched and self._child is None:  # an earlier check called something that ends it: a fresh room
                return self.show(number, figures=figures)
            self._session.culprits.setdefault(number, broken.reason)
            return CellOutputs.stopped(broken.reason)

    def mark(self) -> int:
        """Remember the names as they are now, and return the number to ask for them by."""
        self._session.marks.append(len(self._session.sources))
        return len(self._session.marks) - 1

    def questions(self, mark: int, questions: Sequence[Question], seconds: float) -> list[Run] | Broken:
        """Make the calls of several cases in the child, with the names of a mark, in so many seconds for all."""
        cases = [([call.text for call in calls], dict(inputs), list(outputs)) for calls, inputs, outputs in questions]
        began = time.monotonic()
        touched = False
        last = mark + 1 == len(self._session.marks) and self._session.marks[mark] == len(self._session.sources)
        try:
            # In the middle of the notebook the first question about a check makes its mark.
            self._ready(len(self._session.sources), mark if last else None)
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
    """Return why a process ended by itself."""
    return {
        -11: "the code crashed the interpreter (segmentation fault)",
        -6: "the code crashed the interpreter (abort)",
        -4: "the code crashed the interpreter (illegal instruction)",
        -7: "the code crashed the interpreter (bus error)",
        -8: "the code crashed the interpreter (floating point exception)",
    }.get(status, "the code ended the interpreter" if status >= 0 else "")


def read_run(answer: Any, inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
    """Turn a child's answer to calls into a run; whatever was not asked for is ignored."""
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

    `ask_visible` asks the visible cases, in the middle of the notebook.  Later they are only recalled, and the hidden
    ones are asked.
    """

    def __init__(self, room: Room, exercise: SheetExercise, names: Mapping[str, str]) -> None:
        """Mark the place of the check; none of the student's functions is called yet.

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
        self._answers: dict[CaseKey | Contents, Run] = {}
        # A case that trains a network has more seconds than others.
        budgets = (case.budget.seconds for case in exercise.cases if isinstance(case.budget, CpuSeconds))
        self._seconds = max([room.allowance.calls, *budgets])
        self._together = min(room.allowance.calls, room.allowance.together)
        self._asking_visible = False
        self._hidden_asked = False

    def ask_visible(self) -> None:
        """Run the visible cases and properties on the student's functions, and keep the answers."""
        self._ask_together(hidden=False)
        self._asking_visible = True
        if self._exercise.quiz is not None:
            self.run((), {}, self._exercise.subject)
        for key, case in self._exercise.keyed_cases():
            if not key.hidden:
                run = self.run(case.script, case.inputs, case.outputs, key)
                if run.changed and (before := self._exercise.calls_before(case)):
                    self.run(before, case.inputs, [])  # whose change it is, the judge will ask
        for item in self._exercise.properties:
            if not item.hidden:
                item.judge(self)
        self._asking_visible = False

    @property
    def hidden(self) -> "HiddenCaller":
        """The caller for hidden cases."""
        return HiddenCaller(self)

    def run(
        self,
        calls: Sequence[Call],
        inputs: Mapping[str, Value],
        outputs: Sequence[str],
        case: CaseKey | None = None,
    ) -> Run:
        """Return the answer to a visible case, or to the calls of a property, as `ask_visible` found it."""
        key = case or _contents(calls, inputs, outputs)
        if key not in self._answers:
            if not self._asking_visible:
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
            self._broken = CallError(runs.kind, text, "", runs.reason)
            return Run(error=self._broken)
        values = runs[0].values
        runs[0].values = {name: values[at] for name in outputs if (at := self._names.get(name, name)) in values}
        return runs[0]

    def ask_hidden(
        self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str], case: CaseKey | None
    ) -> Run:
        """Return the answer to a hidden case; the first one asks for all of them together."""
        if not self._hidden_asked:
            self._hidden_asked = True
            self._ask_together(hidden=True)
        if case is not None and case in self._answers:
            return self._answers[case]
        return self.ask(calls, inputs, outputs)

    def _ask_together(self, *, hidden: bool) -> None:
        """Ask for all cases at once.  If one breaks the room or takes long, they are asked one by one after all.

        One that has a budget is asked alone, so that what it spends is its own.
        """
        cases = [(key, case) for key, case in self._exercise.keyed_cases() if key.hidden == hidden and not case.budget]
        if len(cases) > 1 and self._broken is None:
            asked = [(case.script, case.inputs, case.outputs) for _, case in cases]
            runs = self._room.questions(self._mark, asked, self._together)
            if not isinstance(runs, Broken):
                self._answers |= {key: run for (key, _), run in zip(cases, runs, strict=True)}


Contents = tuple[tuple[str, ...], tuple[str, ...], bytes]


def _contents(calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Contents:
    """Return a key for the calls that a property makes, which are no cases of the sheet: their whole content."""
    return tuple(call.text for call in calls), tuple(outputs), b"".join(wire.encode(dict(inputs)))


@dataclass
class HiddenCaller:
    """Runs hidden cases; of their errors only the kind is reported, and the name if it is one of Python's own.

    Whether a function refuses with a ValueError is judged; a name of the student's could carry the hidden input out.
    """

    caller: SandboxCaller

    def run(
        self,
        calls: Sequence[Call],
        inputs: Mapping[str, Value],
        outputs: Sequence[str],
        case: CaseKey | None = None,
    ) -> Run:
        """Run the calls of a hidden case."""
        run = self.caller.ask_hidden(calls, inputs, outputs, case)
        if run.error is not None:
            run.error = CallError(run.error.kind, name=run.error.name if hasattr(builtins, run.error.name) else "")
        return run

    @property
    def hidden(self) -> "HiddenCaller":
        """Itself."""
        return self
