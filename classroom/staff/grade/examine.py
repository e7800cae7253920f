"""Examining a submission: student cells run in the sandbox, checks are judged out here.

The result is one JSON-able value, and the same for the same submission, exam and settings.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from classroom.call.caller import CallError
from classroom.call.script import check_cell
from classroom.judge.budget import CpuSeconds
from classroom.judge.course_text import charged
from classroom.judge.message import message, to_html, to_text
from classroom.judge.problem import TOO_MUCH
from classroom.judge.verdict import Verdict, judge, unreachable
from classroom.staff.grade.code_digest import code_digest
from classroom.staff.grade.exam import Exam, RecordCell
from classroom.staff.grade.markdown import as_cell
from classroom.staff.grade.submission import Cell, Submission, Unreadable, notebook_json, read
from classroom.staff.sandbox.cell_outputs import (
    ALL_CODE_CHARS,
    ALL_NOTE_CHARS,
    CODE_CHARS,
    NOTE_CHARS,
    Share,
    plain_text,
    short_lines,
)
from classroom.staff.sandbox.judging_time import JudgedTooLong, JudgingTime
from classroom.staff.sandbox.room import Allowance, Room, SandboxCaller, Session
from classroom.staff.sandbox.sandbox import Limits, Zygote


@dataclass(frozen=True)
class Settings:
    """How a class is graded.

    figures : draw the figures of student cells into the graded notebook
    everything : run also the cells behind the last check and the last written answer, on which no points depend
    sandbox : False runs student code unprotected; it is for notebooks that staff wrote, and every result says so
    """

    figures: bool = False
    everything: bool = True
    sandbox: bool = True
    allowance: Allowance = field(default_factory=Allowance)
    limits: Limits = field(default_factory=Limits)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Settings":
        """Read what `to_json` wrote."""
        parts = {"allowance": Allowance(**data["allowance"]), "limits": Limits(**data["limits"])}
        return cls(**{**data, **parts})


POINTS_ONLY = Settings(everything=False)
ALONE = 10  # how many times as long an examination is waited for that has the machine to itself
NOT_RUN = "[not run: no points depend on this cell]"


def examine(
    data: bytes | None, exam: Exam, settings: Settings, zygote: Zygote | None, *, alone: bool = False
) -> dict[str, Any]:
    """Examine one submission.

    Parameters
    ----------
    data : bytes or None
        The student's notebook as it was handed in; None if there is no such file.
    exam : Exam
        The assignment.
    settings : Settings
        The same for the whole class.
    zygote : Zygote
        The worker's.
    alone : bool
        Nothing else is examined meanwhile, so it may be waited for longer.

    Returns
    -------
    dict
        ``scores``, ``verdicts`` and ``comments`` by grade id, the executed ``notebook``, ``notes`` on what was put
        right, ``outcome`` ("graded", "unreadable" or "missing") with a ``reason``, ``sandbox`` and ``seconds``.

    Raises
    ------
    classroom.staff.sandbox.wire.Overdue
        If the machine was so busy that nothing is known: nothing is to be recorded, and it is to be examined alone.
    """
    began = time.monotonic()
    result: dict[str, Any] = {
        "code": code_digest(),
        "assignment": exam.assignment,
        "outcome": "graded",
        "reason": "",
        "sandbox": zygote.mode if zygote is not None else "none",
    }
    try:
        if data is None:
            raise Unreadable(f"no file {exam.notebook}.ipynb was handed in")
        with JudgingTime(settings.allowance.judging).limited():
            submission = read(data, exam)
    except (Unreadable, JudgedTooLong, *TOO_MUCH) as error:
        unreadable = error if isinstance(error, Unreadable) else Unreadable("the file takes too long to be read")
        result |= {"outcome": "missing" if data is None else "unreadable", "reason": str(unreadable)}
        result |= _zero(exam, str(unreadable))
    else:
        assert zygote is not None
        result |= _Examination(submission, exam, settings, exam.accepted_of(data), alone=alone).run(
            zygote, _seed(data or b"")
        )
    result["seconds"] = round(time.monotonic() - began, 3)
    return result


def _seed(data: bytes) -> int:
    """Return the seed of numpy's global generator: of the submission's own, or every child would draw the same."""
    return int.from_bytes(hashlib.sha256(data).digest()[:4], "big")


def _zero(exam: Exam, reason: str) -> dict[str, Any]:
    """Return the scores and notebook of a submission that cannot be graded: staff's own cells and the reason."""
    cells = [_markdown(as_cell(f"**This submission was not graded**: {reason}."), "not-graded", {"rendered": True})]
    for record in exam.cells:
        cells.append(_cell_json(Cell(record.cell_type, record.source, record), record.source, len(cells), [], None))
    comments = {record.grade_id: f"Not graded: {reason}." for record in exam.cells if not record.locked}
    scores = {cell.grade_id: cell.points if cell.void == "full" else 0.0 for cell in exam.cells if cell.graded}
    return {
        "scores": scores,
        "verdicts": {},
        "comments": comments,
        "answered": {},
        "notes": [],
        "notebook": notebook_json(cells, exam),
    }


class _Examination:
    """One submission on its way through the rooms."""

    def __init__(
        self, submission: Submission, exam: Exam, settings: Settings, accepted: list[str], *, alone: bool
    ) -> None:
        self.submission = submission
        self.exam = exam
        self.settings = settings
        patience = settings.allowance.patience * (ALONE if alone else 1)
        # What trains a network for a minute, and is asked for twice, leaves the rest of the notebook its time.
        cases = (case for exercise in exam.sheet.exercises.values() for case in exercise.cases)
        longest = max((case.budget.seconds for case in cases if isinstance(case.budget, CpuSeconds)), default=0.0)
        seconds = settings.allowance.submission + 2 * longest
        self.session = Session(replace(settings.allowance, submission=seconds), patience=patience)
        self.accepted = accepted
        self.share = Share()
        self.code, self.notes = Share(ALL_CODE_CHARS), Share(ALL_NOTE_CHARS)
        self.cells: list[dict[str, Any]] = []
        self.verdicts: dict[str, Verdict] = {}
        self.texts: dict[str, str] = {}  # what the checks say
        self.rooms: dict[tuple[str, ...], Room] = {}  # by what is withheld there
        self.outputs: list[list[dict[str, Any]]] = []
        earning = [place for place, cell in enumerate(submission.cells) if cell.record and cell.record.graded]
        self.end = len(submission.cells) if settings.everything or not earning else earning[-1] + 1

    def run(self, zygote: Zygote, seed: int) -> dict[str, Any]:
        with self.session.judging.watched():
            return self._run(zygote, seed)

    def _run(self, zygote: Zygote, seed: int) -> dict[str, Any]:
        self.session.before = self._already_run(zygote)
        room = self._room((), zygote, seed)
        callers: dict[int, SandboxCaller] = {}
        try:
            for place, cell in enumerate(self.submission.cells):
                if cell.is_check:
                    callers[place] = self._ask(cell, zygote, seed)
                    self.outputs.append([])
                else:
                    self.outputs.append(self._show(cell, room) if self._is_run(place) else [])
            # From here on nothing that student code shows is kept, and hidden inputs may enter the room.
            for one in self.rooms.values():
                for place, caller in callers.items():
                    if caller.room is one:
                        self.outputs[place] = self._judge(self.submission.cells[place], caller)
                one.close()  # nothing more will be asked in it
        finally:
            for opened in self.rooms.values():
                opened.close()
        count = 0
        for place, (cell, outputs) in enumerate(zip(self.submission.cells, self.outputs, strict=True)):
            count += cell.cell_type == "code"
            for output in outputs:
                if output["output_type"] == "execute_result":
                    output["execution_count"] = count
            self.cells.append(_cell_json(cell, self._readable(cell), place, outputs, count))
        return {
            "scores": self._scores(),
            "verdicts": {grade_id: verdict.to_json() for grade_id, verdict in self.verdicts.items()},
            "comments": self._comments(),
            "answered": self.submission.answered,
            "notes": self.submission.notes,
            "notebook": notebook_json(self.cells, self.exam),
        }

    def _readable(self, cell: Cell) -> str:
        """Return what a cell's text is on a page: staff's own as it is, a student's short and without powers."""
        if cell.record is not None and cell.record.locked:
            return cell.source
        text = plain_text(cell.source, len(cell.source))
        if cell.cell_type == "code":
            return self.code.cut(short_lines(text), CODE_CHARS)
        return as_cell(self.notes.cut(text, NOTE_CHARS))

    def _already_run(self, zygote: Zygote) -> int:
        """Return how many cells at the start the zygote has run: all of its prelude, or none when they do not lead."""
        prelude = self.exam.prelude[: zygote.prelude]
        code = [cell for cell in self.submission.cells if cell.cell_type == "code" and cell.source.strip()]
        leading = [cell.source for cell in code[: len(prelude)] if cell.record is not None]
        return len(prelude) if leading == prelude else 0

    def _is_run(self, place: int) -> bool:
        cell = self.submission.cells[place]
        return cell.cell_type == "code" and bool(cell.source.strip())

    def _show(self, cell: Cell, room: Room) -> list[dict[str, Any]]:
        if len(self.outputs) >= self.end:
            return [{"output_type": "display_data", "data": {"text/plain": NOT_RUN}, "metadata": {}}]
        self.session.sources.append(cell.source)
        if len(self.session.sources) <= self.session.before:
            return []
        return self.share.take(room.show(len(self.session.sources) - 1, figures=self.settings.figures).outputs)

    def _room(self, withheld: tuple[str, ...], zygote: Zygote, seed: int) -> Room:
        """Return the room in which these modules are withheld."""
        if withheld not in self.rooms:
            self.rooms[withheld] = Room(zygote, self.session, seed, self.exam.room_modules(withheld))
        return self.rooms[withheld]

    def _ask(self, cell: Cell, zygote: Zygote, seed: int) -> SandboxCaller:
        """Ask the visible cases of a check, in a room of its own if something is withheld from it."""
        assert cell.record is not None
        exercise = self.exam.sheet.exercise(cell.record.exercise)
        room = self._room(exercise.withheld, zygote, seed)
        called = check_cell(cell.record.source)
        names = dict(zip(exercise.subject, called[1] if called else (), strict=False))
        questions = self.exam.questions[exercise.id]
        caller = SandboxCaller(room, exercise, names if exercise.quiz is not None else {}, questions)
        if reason := self._too_much(caller.ask_visible):
            caller.give_up(reason)
        return caller

    def _too_much(self, work: Callable[[], object]) -> str:
        """Do a part of the judge's work; return why it is too much, "" if it was not."""
        try:
            with self.session.judging.limited():
                work()
        except JudgedTooLong:
            return f"judging your answers takes more than {self.session.judging.seconds:g} s"
        except TOO_MUCH:
            return "your answer is too large, or nested too deep, to be judged"
        return ""

    def _judge(self, cell: Cell, caller: SandboxCaller) -> list[dict[str, Any]]:
        """Judge a check with its hidden cases, and return what its cell shows."""
        record = cell.record
        assert record is not None
        exercise = self.exam.sheet.exercise(record.exercise)
        found: list[Verdict] = []
        if reason := self._too_much(lambda: found.append(self._own_text(judge(exercise, caller), record))):
            found = [unreachable(exercise, CallError("killed", message=reason))]
        caller.forget()
        verdict = self.verdicts[record.grade_id] = found[0]
        made = message(verdict)
        page, text = to_html(verdict, made), plain_text(to_text(verdict, made))
        self.texts[record.grade_id] = text
        data = {"text/plain": text, "text/html": plain_text(page, len(page))}
        points = {"text/plain": repr(_points(verdict, record))}
        return [
            {"output_type": "display_data", "data": data, "metadata": {}},
            {"output_type": "execute_result", "data": points, "metadata": {}, "execution_count": None},
        ]

    def _own_text(self, verdict: Verdict, record: RecordCell) -> Verdict:
        """Take the points of what is the course's own text, unless staff has accepted it."""
        if record.exercise in self.accepted:
            return verdict
        cells = self.submission.cells
        place = next(place for place, cell in enumerate(cells) if cell.record is record)
        before, behind = (
            [cell.source for cell in some if cell.cell_type == "code"] for some in (cells[:place], cells[place:])
        )
        exercise = self.exam.sheet.exercise(record.exercise)
        return charged(verdict, exercise, before, self.exam.sheet.course_text, behind)[0]

    def _scores(self) -> dict[str, float | None]:
        """Return the points of each graded cell; None waits for a person, 0 is for whatever is not proven."""
        scores: dict[str, float | None] = {}
        for record in self.exam.cells:
            if not record.graded:
                continue
            if record.void == "full":
                scores[record.grade_id] = record.points
                continue
            verdict = self.verdicts.get(record.grade_id)
            if record.manual:
                scores[record.grade_id] = None if self.submission.answered.get(record.grade_id) else 0.0
            else:
                scores[record.grade_id] = _points(verdict, record) if verdict is not None else 0.0
        return scores

    def _comments(self) -> dict[str, str]:
        """Return a comment for each answer cell: the messages of the checks that follow it."""
        comments: dict[str, str] = {}
        messages: dict[str, list[str]] = {}
        answer = ""
        for record in self.exam.cells:
            if not record.locked:
                answer = record.grade_id
                messages[answer] = []
            elif record.grade_id in self.verdicts and answer:
                messages[answer].append(self.texts[record.grade_id])
        for grade_id, lines in messages.items():
            if not self.submission.answered.get(grade_id):
                comments[grade_id] = "No response."
            elif lines:
                # Indented text is code to markdown, which the feedback page makes of a comment: nothing in it acts.
                comments[grade_id] = "\n".join("    " + line for line in "\n\n".join(lines).split("\n"))
        return comments


def _points(verdict: Verdict, record: RecordCell) -> float:
    """Scale a verdict to the points of its cell; never more than they are, never less than nothing."""
    share = verdict.points / verdict.max_points if verdict.max_points else 0.0
    return round(min(max(share, 0.0), 1.0) * record.points, 4)


def _markdown(text: str, cell_id: str, metadata: dict[str, Any]) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": cell_id, "metadata": metadata, "source": text}


def _cell_json(
    cell: Cell, source: str, number: int, outputs: list[dict[str, Any]], count: int | None
) -> dict[str, Any]:
    record = cell.record
    cell_id = record.cell_id if record is not None and record.cell_id else f"cell-{number}"
    metadata = dict(record.metadata) if record is not None else {}
    if cell.cell_type == "code":
        return {
            "cell_type": "code",
            "execution_count": count,
            "id": cell_id,
            "metadata": metadata,
            "outputs": outputs,
            "source": source,
        }
    # A student's note comes rendered: see `_readable`.  Raw cells, which would reach a page as they are, too.
    rendered = {} if record is not None and record.locked else {"rendered": True}
    return _markdown(source, cell_id, metadata | rendered)
