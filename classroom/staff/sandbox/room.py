"""The room of a submission: a child of the zygote that has run its cells.

A submission is in the room twice over.  First all cells run in order, what they show is kept, and at each check the
visible cases are asked.  When everything that will ever be shown is there, the hidden cases are asked, each with the
names that the notebook had at its check: so no hidden input can reach a page through student code.
"""

import builtins
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from classroom.call.caller import CallError, Calls, CaseKey, Inputs, Kind, Outputs, Run
from classroom.call.value import held_bytes, may_change, same
from classroom.judge.answer_sheet import SheetExercise
from classroom.judge.budget import FREE, CpuSeconds, TimesForward
from classroom.judge.problem import TOO_MUCH
from classroom.staff.sandbox import wire
from classroom.staff.sandbox.cell_outputs import CellOutputs
from classroom.staff.sandbox.judging_time import JudgedTooLong, JudgingTime
from classroom.staff.sandbox.question import Batch, ExerciseQuestions, Question
from classroom.staff.sandbox.sandbox import Child, Limits, Zygote

ERROR_KINDS: tuple[Kind, ...] = ("not started", "missing", "undefined", "crashed", "arity", "not plain")
Fields = Mapping[str, type | tuple[type, ...]]
REPLIES: dict[str, Fields] = {
    "modules": {"ok": bool},
    "cell": {"outputs": list, "ok": bool},
    "left_out": {"ok": bool},
    "mark": {"ok": bool},
    "cases": {"runs": list, "told": list, "unfit": str},
}
TOLD: Sequence[type | tuple[type, ...]] = (
    int,
    list,
    (list, type(None)),
    dict,
)  # the place of a run, and what is told of it besides its values


@dataclass(frozen=True)
class Allowance:
    """How long things may take, and how often a submission may break its room.

    Seconds are those of the student's code: what it computes, and what it sleeps while an answer is due.  A busy
    machine adds nothing to them.

    cell, calls : of one cell, and of the calls of a case; at home one call alone has `classroom.check.MOST_SECONDS`
    together : of all cases of a check in one go; after that they are asked one by one
    submission : of all of it
    judging : processor time of the judge, for all of it
    patience : how many times as long somebody waits; then the examination is broken off, to be made again alone
    """

    cell: float = 20.0
    calls: float = 20.0
    together: float = 1.0
    submission: float = 180.0
    judging: float = 60.0
    patience: float = 10.0
    deaths: int = 16


MUTE = "the sandbox sent no readable answer"
LATER = 1 / 40, 0.25  # for the cases of an exercise after one that did not end, as at home: a share, and seconds
HOPELESS = 6  # cases of an exercise that do not end, where no other has: then no more of them are asked


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
    patience : how many times as long somebody waits
    marks : for each check, how many cells come before it
    spent : seconds of the student's code so far, in all rooms
    took : of the cells that have been shown, by number
    kept_bytes : of the answers that the judge keeps
    """

    allowance: Allowance
    before: int = 0
    patience: float = 0.0
    sources: list[str] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    culprits: dict[int, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)
    running: Child | None = None
    spent: float = 0.0
    took: dict[int, float] = field(default_factory=dict)
    kept_bytes: int = 0
    deaths: int = 0

    def __post_init__(self) -> None:
        self.patience = self.patience or self.allowance.patience
        self.judging = JudgingTime(self.allowance.judging)

    def left(self) -> float:
        """Return how many seconds of its own the student's code has left."""
        return self.allowance.submission - self.spent

    def open(self, zygote: Zygote, seed: int) -> Child:
        """Open a child that runs and no other, with the memory that the others and the judge have left."""
        self._stop_running()
        child = self.running = zygote.open(seed, self._memory_left(None, zygote.limits))
        self.children.append(child)
        return child

    def let_run(self, child: Child, limits: Limits) -> None:
        """Let this child run and no other, with the memory that is left now."""
        if self.running is not child:
            self._stop_running()
            child.resume()
            self.running = child
        child.limit_memory(self._memory_left(child, limits))

    def _stop_running(self) -> None:
        if self.running is not None:
            self.running.pause()
        self.running = None

    def _memory_left(self, child: Child | None, limits: Limits) -> int:
        others = sum(one.held_bytes() + limits.scratch_bytes for one in self.children if one is not child)
        return max(0, limits.memory_bytes - others - self.kept_bytes)

    @contextmanager
    def free(self, seconds: float) -> Iterator[None]:
        """Count so many seconds of what the block takes for nobody."""
        self.spent -= seconds
        before = self.spent
        try:
            yield
        finally:
            self.spent += max(0.0, seconds - (self.spent - before))

    def forget(self, child: Child) -> None:
        """Count a child no longer: it has ended."""
        self.children.remove(child)
        self.running = None if self.running is child else self.running


class Room:
    """A child that has run the cells so far.  When it dies, the next one runs them again without the culprit."""

    def __init__(self, zygote: Zygote, session: Session, seed: int, modules: Mapping[str, str] | None = None) -> None:
        """Prepare the room; its child is opened when it is first needed.

        Parameters
        ----------
        zygote : forks the child
        session : the submission, shared with its other rooms
        seed : of numpy's global generator
        modules : sources of what is released beside the notebook and is not in every room, by name
        """
        self._zygote = zygote
        self._session = session
        self._seed = seed
        self._modules = dict(modules or {})
        self._child: Child | None = None
        self._charged = 0.0  # of the child's time, what the session knows of
        self._done = 0
        self._repeated: set[int] = set()  # cells that it has run again for nothing
        self._marked = 0  # checks whose names the child remembers
        self._asked: set[int] = set()  # checks whose functions the child has called

    @property
    def allowance(self) -> Allowance:
        """How long things may take."""
        return self._session.allowance

    @property
    def limits(self) -> Limits:
        """How much may be used."""
        return self._zygote.limits

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._kill()

    def _kill(self) -> int:
        child, self._child = self._child, None
        assert child is not None
        self._session.forget(child)
        status = child.kill()
        self._charge(child)
        return status

    def _charge(self, child: Child) -> None:
        used = child.used()
        self._session.spent += used - self._charged
        self._charged = used

    def _ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any]:
        """Ask the child and give it so many seconds of its own time; if it breaks the rules, end it and say why."""
        session, child = self._session, self._child
        if session.left() <= 0 or child is None:
            raise Broken("timeout", f"the notebook took more than {session.allowance.submission:g} s of its own time")
        most = self.limits.answer_bytes if request["do"] == "cases" else wire.BODY_BYTES
        try:
            session.let_run(child, self.limits)
            answer = child.ask(request, min(seconds, session.left()), session.patience * seconds, most)
            if not wire.is_message(answer, REPLIES[request["do"]]):
                raise wire.WireError("the sandbox sent something else than an answer")
            return dict(answer)
        except wire.Late as late:
            if request["do"] == "cases":
                self._kill()  # no death: it has cost the submission its time
            else:
                self._end()
            raise Broken("timeout", str(late)) from None
        except wire.WireError as error:
            raise Broken("killed", _cause(self._end()) or str(error)) from None
        except MemoryError:
            self._end()
            raise Broken("killed", "its answer did not fit into the memory of the grader") from None
        finally:
            if self._child is child:
                self._charge(child)

    def _end(self) -> int:
        self._session.deaths += 1
        return self._kill() if self._child is not None else 0

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
                self._child, self._done, self._marked = session.open(self._zygote, self._seed), session.before, 0
                self._charged = 0.0
                self._asked.clear()
                if self._modules:
                    self._ask({"do": "modules", "sources": self._modules}, session.allowance.calls)
            try:
                while self._marked < marks and session.marks[self._marked] <= self._done:
                    self._marked += 1
                    self._ask({"do": "mark", "mark": self._marked - 1}, session.allowance.calls)
                if self._done >= count:
                    return
                number = self._done
                self._done += 1
                if number not in session.culprits:
                    request = {"do": "cell", "source": session.sources[number], "outputs": False, "figures": False}
                    with session.free(self._repetition(number)):
                        self._ask(request, session.allowance.cell)
                else:
                    left_out = {"source": session.sources[number], "reason": session.culprits[number]}
                    self._ask({"do": "left_out", **left_out}, session.allowance.calls)
            except Broken as broken:
                if session.left() <= 0:
                    raise
                session.culprits.setdefault(self._done - 1, broken.reason)

    def _repetition(self, number: int) -> float:
        """Return the seconds that running a shown cell again takes from nobody: once in each room what it took then.

        That there is a second room, or that a check has ended the first, is nothing that the cells have done.
        """
        if number in self._repeated:
            return 0.0
        self._repeated.add(number)
        return self._session.took.get(number, 0.0)

    def show(self, number: int, *, figures: bool) -> CellOutputs:
        """Run cell number `number` and return what it shows, made harmless."""
        request = {"do": "cell", "source": self._session.sources[number], "outputs": True, "figures": figures}
        touched = False
        try:
            self._ready(number)
            touched = bool(self._asked)
            self._done = number + 1
            before = self._session.spent
            shown = self._ask(request, self._session.allowance.cell)["outputs"]
            self._session.took[number] = self._session.spent - before
            with self._session.judging.limited():
                return CellOutputs.of(shown, pictures=figures)
        except (JudgedTooLong, *TOO_MUCH):
            return CellOutputs.stopped("what it shows is too much to be made harmless")
        except Broken as broken:
            if touched and self._child is None:  # an earlier check called something that ends it: a fresh room
                return self.show(number, figures=figures)
            self._session.culprits.setdefault(number, broken.reason)
            return CellOutputs.stopped(broken.reason)

    def mark(self) -> int:
        """Remember the names as they are now, and return the number to ask for them by."""
        self._session.marks.append(len(self._session.sources))
        return len(self._session.marks) - 1

    def questions(self, mark: int, batch: Batch, seconds: float) -> list[Run] | Broken:
        """Make the calls of several cases in the child, with the names of a mark, in so many seconds for all."""
        with self._session.judging.asking():
            return self._questions(mark, batch, seconds)

    def _questions(self, mark: int, batch: Batch, seconds: float) -> list[Run] | Broken:
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
            asked = {"do": "cases", "mark": mark, "most": self.limits.answer_bytes, **batch.message}
            answer = self._ask(asked, seconds)
            spent += self._cpu_seconds()
        except Broken as broken:
            # As for cells: an honest function does not pay for what another one left running.
            return self._questions(mark, batch, seconds) if touched and self._child is None else broken
        if answer["unfit"]:
            text = answer["unfit"][:400]
            alone = [Run(error=CallError("not plain", "", "TypeError", text))]
            return alone if len(batch.questions) == 1 else Broken("not plain", text)
        runs = read_runs(answer, batch.questions)
        for run in runs:
            run.seconds, run.cpu_seconds = (time.monotonic() - began) / len(runs), spent / len(runs)
        return runs

    def count_kept(self, size: int) -> None:
        """Count the bytes of answers that the judge keeps, or has let go."""
        self._session.kept_bytes += size

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


def read_runs(answer: Mapping[str, Any], questions: Sequence[Question]) -> list[Run]:
    """Turn a child's answer to some questions into as many runs; whatever was not asked for is ignored."""
    told: dict[int, Sequence[Any]] = {}
    for item in answer["told"]:
        if type(item) is not tuple or not wire.are_of(item, TOLD):
            return [_mute() for _ in questions]
        told[item[0]] = item[1:]
    runs = [
        _read_run(values, question, *told.get(place, ([], None, {})))
        for place, (values, question) in enumerate(zip(answer["runs"], questions, strict=False))
    ]
    return runs + [_mute() for _ in questions[len(runs) :]]


def _mute() -> Run:
    return Run(error=CallError("crashed", "", "", MUTE))


def _read_run(values: Any, question: Question, changed: list[Any], failed: list[Any] | None, back: Inputs) -> Run:
    """Read one run: its values in the order of the outputs, or by their names if it stopped.

    Where the inputs had to come back, what was changed is found out here, whatever the child says of it.
    """
    inputs, outputs = question.inputs, question.outputs
    error = _read_error(failed) if failed is not None else None
    if error is None and type(values) is list and len(values) == len(outputs):
        values = dict(zip(outputs, values, strict=True))
    elif error is None or type(values) is not dict:
        return _mute()
    values = {name: values[name] for name in outputs if name in values}
    known = {*inputs, *outputs}
    said = {name for name in changed[:100] if isinstance(name, str) and name in known}
    if error is None and question.back:
        comparable = may_change(inputs)
        said -= set(comparable)
        said |= {name for name in comparable if not same(inputs[name], back.get(name))}
    return Run(values, tuple(name for name in [*inputs, *outputs] if name in said), error)


def _read_error(fields: list[Any]) -> CallError:
    if [type(field) for field in fields] != [str, str, str, str, str, int] or fields[0] not in ERROR_KINDS:
        return CallError("crashed", "", "", MUTE)
    kind, call, name, message, line, number = fields
    return CallError(kind, call[:300], name[:80], message[:400], line[:200], min(max(number, 0), 100_000))


class SandboxCaller:
    """Runs the cases of one exercise in the sandbox.

    After a death it runs no more of them.  After a case that does not end the others have a fortieth of the time.

    `ask_visible` asks the visible cases, in the middle of the notebook.  Later they are only recalled, and the hidden
    ones are asked.
    """

    def __init__(
        self,
        room: Room,
        exercise: SheetExercise,
        names: Mapping[str, str],
        questions: ExerciseQuestions | None = None,
    ) -> None:
        """Mark the place of the check; none of the student's functions is called yet.

        Parameters
        ----------
        room : has run the cells before the check
        exercise : with visible and hidden cases
        names : what the sheet calls a value, where the notebook calls it otherwise
        questions : those of the exercise, where they have been made already
        """
        self.room = room
        self._questions = questions or ExerciseQuestions(exercise)
        self._exercise = exercise
        self._names = names
        self._mark = room.mark()
        self._broken: CallError | None = None  # why nothing more is asked
        self._late = 0  # cases that did not end
        self._answered = False
        self._answers: dict[CaseKey | Contents, Run] = {}
        # A case that trains a network has more seconds than others.
        budgets = (case.budget.seconds for case in exercise.cases if isinstance(case.budget, CpuSeconds))
        self._seconds = max([room.allowance.calls, *budgets])
        self._together = min(room.allowance.calls, room.allowance.together)
        self._asking_visible = False
        self._hidden_asked = False
        self._kept_bytes = 0

    def ask_visible(self) -> None:
        """Run the visible cases and properties on the student's functions, and keep the answers."""
        self._ask_together(hidden=False)
        self._asking_visible = True
        if self._exercise.quiz is not None:
            self.run((), {}, self._exercise.subject)
        for key, case in self._exercise.keyed_cases():
            if not key.hidden:
                run = self.run(case.script, case.inputs, case.outputs, key)
                slow = isinstance(case.budget, TimesForward) and run.cpu_seconds > FREE
                if (run.changed or slow) and (before := self._exercise.calls_before(case)):
                    self.run(before, case.inputs, ())  # whose change it is, and what it took, the judge will ask
        for key in self._questions.keys(hidden=False):
            if key not in self._answers:
                self._answers[key] = self._ask_batch(self._questions.one(key))
        self._asking_visible = False

    @property
    def hidden(self) -> "HiddenCaller":
        """The caller for hidden cases."""
        return HiddenCaller(self)

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        """Return the answer to a visible case, or to the calls of a property, as `ask_visible` found it."""
        key = case or _contents(calls, inputs, outputs)
        if key not in self._answers:
            if not self._asking_visible:
                return Run(error=self._broken or CallError("crashed", "", "", "this case was not asked in time"))
            self._answers[key] = self.ask(calls, inputs, outputs, case)
        return self._answers[key]

    def ask(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None) -> Run:
        """Make the calls of one case."""
        if case is not None:
            return self._ask_batch(self._questions.one(case))
        # Without outputs it is asked who has changed the inputs.
        asked = Question(calls, inputs, [self._names.get(name, name) for name in outputs], back=not outputs)
        run = self._ask_batch(Batch([asked]))
        run.values = {name: run.values[at] for name in outputs if (at := self._names.get(name, name)) in run.values}
        return run

    def _ask_batch(self, batch: Batch) -> Run:
        """Ask one question."""
        if self._broken is not None:
            return Run(error=self._broken)
        share, least = LATER
        seconds = min(self._seconds, max(least, self._seconds * share)) if self._late else self._seconds
        runs = self.room.questions(self._mark, batch, seconds)
        if isinstance(runs, Broken):
            calls = batch.questions[0].calls
            error = CallError(runs.kind, calls[-1].text if calls else "", "", runs.reason)
            self._late += runs.kind == "timeout"
            if runs.kind != "timeout" or (self._late >= HOPELESS and not self._answered):
                self._broken = error
            return Run(error=error)
        self._answered = True
        self._keep(runs)
        return runs[0]

    def ask_hidden(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None) -> Run:
        """Return the answer to a hidden case; the first one asks for all of them together."""
        if not self._hidden_asked:
            self._hidden_asked = True
            self._ask_together(hidden=True)
        if case is not None and case in self._answers:
            return self._answers[case]
        return self.ask(calls, inputs, outputs, case)

    def _ask_together(self, *, hidden: bool) -> None:
        """Ask for all cases at once.  If one breaks the room or takes long, they are asked one by one after all.

        Where one has not ended before, they are asked one by one at once.

        One that has a budget is asked alone, so that what it spends is its own.
        """
        keys, batch = self._questions.together(hidden=hidden)
        if batch.fits and not self._late and self._broken is None:
            runs = self.room.questions(self._mark, batch, self._together)
            if not isinstance(runs, Broken):
                self._keep(runs)
                self._answers |= dict(zip(keys, runs, strict=True))
                self._answered = True

    def _keep(self, runs: Sequence[Run]) -> None:
        """Count what the answers hold, and drop those that are too much."""
        for run in runs:
            held = held_bytes(run.values)
            if self._kept_bytes + held > self.room.limits.answer_bytes:
                most = self.room.limits.answer_bytes >> 20
                run.values, run.error = {}, CallError("killed", "", "", f"its answers take more than {most} MB in all")
                continue
            self._kept_bytes += held
            self.room.count_kept(held)

    def forget(self) -> None:
        """Drop all answers: the exercise is judged."""
        self._answers.clear()
        self.room.count_kept(-self._kept_bytes)
        self._kept_bytes = 0

    def give_up(self, reason: str) -> None:
        """Ask nothing more: judging this exercise is too much."""
        self._asking_visible = False
        self._broken = CallError("killed", "", "", reason)


Contents = tuple[tuple[str, ...], tuple[str, ...], bytes]


def _contents(calls: Calls, inputs: Inputs, outputs: Outputs) -> Contents:
    """Return a key for the calls that a property makes, which are no cases of the sheet: their whole content."""
    return tuple(call.text for call in calls), tuple(outputs), b"".join(wire.encode(dict(inputs)))


@dataclass
class HiddenCaller:
    """Runs hidden cases; of their errors only the kind is reported, and the name if it is one of Python's own.

    Whether a function refuses with a ValueError is judged; a name of the student's could carry the hidden input out.
    """

    caller: SandboxCaller

    def run(self, calls: Calls, inputs: Inputs, outputs: Outputs, case: CaseKey | None = None) -> Run:
        """Run the calls of a hidden case."""
        run = self.caller.ask_hidden(calls, inputs, outputs, case)
        if run.error is not None:
            run.error = CallError(run.error.kind, name=run.error.name if hasattr(builtins, run.error.name) else "")
        return run

    @property
    def hidden(self) -> "HiddenCaller":
        """Itself."""
        return self
