"""The rooms of a submission: children of the zygote that have run its cells.

Two rooms hold the same cells.  What the first shows is kept, and it answers the visible cases only.  The second answers
the hidden cases, and nothing that it shows is kept: so no hidden input can reach a page through student code.
"""

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from classroom.call import CallError, Run
from classroom.script import Call
from classroom.sheet import SheetExercise
from classroom.staff import wire
from classroom.staff.display import CellOutputs
from classroom.staff.sandbox import Child, Zygote
from classroom.value import Value

ERROR_KINDS = ("not started", "missing", "crashed", "arity", "not plain")
REPLIES = {
    "cell": {"outputs": list, "ok": bool},
    "cases": {"runs": list},
}
RUN = {"values": dict, "changed": list, "error": (type(None), list)}
# The calls of one case, its inputs, and the outputs that are asked for.
Question = tuple[Sequence[Call], Mapping[str, Value], Sequence[str]]


@dataclass(frozen=True)
class Allowance:
    """How long things may take, in seconds, and how often a submission may break its room."""

    cell: float = 20.0
    calls: float = 10.0
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
    """The code cells so far, which of them ended a room, and what is left of the submission's allowance."""

    allowance: Allowance
    before: int = 0  # cells at the start that the zygote has run for all children
    sources: list[str] = field(default_factory=list)
    culprits: dict[int, str] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)
    deaths: int = 0

    def left(self) -> float:
        return self.allowance.submission - (time.monotonic() - self.started)


class Room:
    """A child that has run the cells so far.  When it dies, the next one runs them again without the culprit."""

    def __init__(self, zygote: Zygote, script: Script, seed: int) -> None:
        self._zygote = zygote
        self._script = script
        self._seed = seed
        self._child: Child | None = None
        self._done = 0

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the child; if it breaks the rules, end it and say why."""
        script = self._script
        if script.left() <= 0 or self._child is None:
            raise Broken("timeout", f"the notebook took more than {script.allowance.submission:.0f} s")
        seconds = min(seconds, script.left())
        try:
            answer = self._child.ask(request, seconds)
            if not wire.is_message(answer, REPLIES[request["do"]]):
                raise wire.WireError("the sandbox sent something else than an answer")
            return dict(answer)
        except wire.Late:
            self._end()
            raise Broken("timeout", f"no answer within {seconds:.0f} s") from None
        except wire.WireError as error:
            raise Broken("killed", _cause(self._end()) or str(error)) from None

    def _end(self) -> int:
        self._script.deaths += 1
        child, self._child = self._child, None
        return child.kill() if child is not None else 0

    def _ready(self, count: int) -> None:
        """Have a child that has run the cells before number `count`, but for those that end it."""
        script = self._script
        while True:
            if self._child is None:
                if script.deaths >= script.allowance.deaths:
                    raise Broken("killed", f"the notebook ended its sandbox {script.deaths} times")
                self._child, self._done = self._zygote.open(self._seed), script.before
            if self._done >= count:
                return
            number = self._done
            self._done += 1
            if number in script.culprits:
                continue
            request = {"do": "cell", "source": script.sources[number], "outputs": False, "figures": False}
            try:
                self._ask(request, script.allowance.cell)
            except Broken as broken:
                if script.left() <= 0:
                    raise
                script.culprits.setdefault(number, broken.reason)

    def show(self, number: int, *, figures: bool) -> CellOutputs:
        """Run cell number `number` and return what it shows, made harmless."""
        try:
            self._ready(number)
            self._done = number + 1
            request = {"do": "cell", "source": self._script.sources[number], "outputs": True, "figures": figures}
            answer = self._ask(request, self._script.allowance.cell)
            return CellOutputs.of(answer["outputs"])
        except Broken as broken:
            self._script.culprits.setdefault(number, broken.reason)
            return CellOutputs.stopped(broken.reason)

    def questions(self, questions: Sequence[Question]) -> list[Run] | Broken:
        """Make the calls of several cases in the child; all of them in the time of one."""
        cases = [([call.text for call in calls], dict(inputs), list(outputs)) for calls, inputs, outputs in questions]
        began = time.monotonic()
        try:
            self._ready(len(self._script.sources))
            answer = self._ask({"do": "cases", "cases": cases}, self._script.allowance.calls)
        except Broken as broken:
            return broken
        runs = [
            read_run(run, inputs, outputs) for run, (_, inputs, outputs) in zip(answer["runs"], questions, strict=False)
        ]
        runs += [Run(error=CallError("crashed", "", "", MUTE)) for _ in questions[len(runs) :]]
        for run in runs:
            run.seconds = (time.monotonic() - began) / len(runs)
        return runs

    def calls(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Make the calls of one case in the child."""
        answer = self.questions([(calls, inputs, outputs)])
        if isinstance(answer, list):
            return answer[0]
        error = CallError(answer.kind, calls[-1].text if calls else "", "", answer.reason)  # type: ignore[arg-type]
        return Run(error=error)


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


@dataclass
class SandboxCaller:
    """Runs the cases of one exercise in the sandbox.  After a death or a hang it runs no more of them.

    exercise : its visible cases go over the wire together when the first is asked for, and so do the hidden ones
    names : what the sheet calls a value, and what the notebook calls it
    """

    shown: Room
    secret: Room
    exercise: SheetExercise
    names: Mapping[str, str] = field(default_factory=dict)
    broken: CallError | None = None
    answers: dict[int, Run] = field(default_factory=dict)
    asked: set[bool] = field(default_factory=set)

    @property
    def hidden(self) -> "HiddenCaller":
        """The caller for hidden cases."""
        return HiddenCaller(self)

    def run(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Run the calls of a visible case."""
        return self.run_in(self.shown, calls, inputs, outputs)

    def run_in(self, room: Room, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Run the calls in a room."""
        if self.broken is not None:
            return Run(error=self.broken)
        self._ask_ahead(room)
        known = self.answers.pop(id(inputs), None)
        if known is not None:
            return known
        run = room.calls(calls, inputs, [self.names.get(name, name) for name in outputs])
        run.values = {name: run.values[at] for name in outputs if (at := self.names.get(name, name)) in run.values}
        if run.error is not None and run.error.kind in ("timeout", "killed"):
            self.broken = run.error
        return run

    def _ask_ahead(self, room: Room) -> None:
        """Ask for all cases of a room at once.  If one of them breaks the room, they are asked one by one after all."""
        hidden = room is self.secret
        if hidden in self.asked:
            return
        self.asked.add(hidden)
        cases = [case for case in self.exercise.cases if case.hidden == hidden]
        if len(cases) > 1:
            runs = room.questions([(case.script, case.inputs, case.outputs) for case in cases])
            if isinstance(runs, list):
                self.answers |= {id(case.inputs): run for case, run in zip(cases, runs, strict=True)}


@dataclass
class HiddenCaller:
    """Runs hidden cases, in the room from which no text is kept."""

    caller: SandboxCaller

    def run(self, calls: Sequence[Call], inputs: Mapping[str, Value], outputs: Sequence[str]) -> Run:
        """Run the calls of a hidden case; of an error only its kind is told."""
        run = self.caller.run_in(self.caller.secret, calls, inputs, outputs)
        if run.error is not None:
            run.error = CallError(run.error.kind)
        return run


@contextlib.contextmanager
def rooms(zygote: Zygote, script: Script, seed: int) -> Any:
    """Open the two rooms of a submission, and end them."""
    shown, secret = Room(zygote, script, seed), Room(zygote, script, seed)
    try:
        yield shown, secret
    finally:
        shown.close()
        secret.close()
