"""Grading a class: submissions go to workers as a stream, results come back to one writer."""

import datetime as dt
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.accepted_text import with_accepted
from classroom.staff.grade.counting import Counting, Person
from classroom.staff.grade.exam import Exam, load_exam
from classroom.staff.grade.examine import POINTS_ONLY, Settings
from classroom.staff.grade.gradebook import Total
from classroom.staff.grade.lateness import Penalty
from classroom.staff.grade.manual_grades import note_manual_grades
from classroom.staff.grade.pool import TRIES, LocalPool, Pool
from classroom.staff.grade.record import Change, Recorder, told
from classroom.staff.grade.store import Store, result_key
from classroom.staff.grade.submissions_folder import Handed, NotTaken, handed_in, handing_in
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import capabilities, require_sandbox
from classroom.staff.sandbox.wire import Overdue


@dataclass
class Summary:
    """What a run did.

    graded, recalled : results made in this run, and those that were there already
    recorded, unchanged : submissions written into the gradebook, and those that it held as they are
    failed : student to sentence: submissions that have no result, and how that came
    refused : student to sentence: results of files that could not be read (zero points)
    told : student to sentence: what else a person should know of a hand-in, a notebook under another name for instance
    others : attempts examined in this run that do not count
    penalties : late penalties that this run has changed
    changes, totals : with diff, what recording would change: cells, and points after lateness
    """

    assignment: str
    submissions: int = 0
    graded: int = 0
    recalled: int = 0
    recorded: int = 0
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    others: int = 0
    penalties: list[Penalty] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    seconds: float = 0.0
    stopped: bool = False

    @property
    def rate(self) -> float:
        """Submissions per minute."""
        return 60 * (self.graded + self.recalled) / self.seconds if self.seconds else 0.0


Progress = Callable[[Summary, str], None]


def grade_assignment(
    course_root: str | Path,
    assignment: str,
    *,
    workers: int | None = None,
    settings: Settings | None = None,
    students: Sequence[str] = (),
    first: str = "",
    diff: bool = False,
    again: bool = False,
    scheduler: str | None = None,
    begin: Callable[[int], None] | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Grade the submissions of an assignment and record them in the gradebook.

    Parameters
    ----------
    course_root : folder with nbgrader_config.py
    assignment : its name; it must be released
    workers : processes on this machine; by default one for each core
    settings : how to grade; by default no figures, and nothing that no points depend on
    students : only these; by default all that handed in
    first : who is graded before all others, for whoever waits for a result; then it goes by the names
    diff : record nothing, and tell what recording would change
    again : grade also what has a result already
    scheduler : address of a Dask scheduler (``tcp://...``) that takes the work instead of this machine
    begin : called with the number of submissions, once it is known that they can be graded
    progress : called after each submission with the summary so far and the student

    Returns
    -------
    Summary

    Raises
    ------
    Fault
        If nothing was handed in, or nothing can be graded or recorded; what was graded before is kept.
    """
    settings = settings or POINTS_ONLY
    folders = Folders.of(course_root)
    if settings.sandbox and scheduler is None:
        require_sandbox()
    exam = with_accepted(folders, load_exam(folders, assignment))
    names = sorted(handing_in(folders, assignment, students), key=lambda name: (name != first, name))
    store = Store(folders.workshop / assignment)
    with store.alone():
        run = _ClassRun(folders, exam, settings, store, diff=diff, again=again, progress=progress)
        try:
            if scheduler is not None:
                from classroom.staff.grade.cluster import dask_source

                source = dask_source(scheduler, exam, settings)
            else:
                count = workers or len(os.sched_getaffinity(0))
                source = lambda: LocalPool(exam, settings, count)  # noqa: E731
            if begin is not None:
                begin(len(names))
            summary = run.grade(handed_in(folders, exam, names), source)
            if not students and not summary.stopped:
                store.prune(run.keys)
            return summary
        finally:
            run.recorder.close()


@dataclass
class _Task:
    """An attempt to be examined; one that counts is recorded."""

    person: Person
    number: int | None
    key: str
    data: bytes | None
    counts: bool = True
    choice: "_Choice | None" = None
    tries: int = 0
    alone: bool = False

    @property
    def student(self) -> str:
        return self.person.handed.student


@dataclass
class _Choice:
    """Attempts of one student of which the points decide: what is still waited for, and what is known."""

    open: dict[int, str]
    points: dict[int, float] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)


class _ClassRun:
    """One run over a class."""

    def __init__(
        self,
        folders: Folders,
        exam: Exam,
        settings: Settings,
        store: Store,
        *,
        diff: bool,
        again: bool,
        progress: Progress | None,
    ) -> None:
        self.folders, self.exam, self.settings, self.store = folders, exam, settings, store
        self.diff, self.again, self.progress = diff, again, progress
        self.summary = Summary(exam.assignment)
        self.mode = capabilities().mode if settings.sandbox else "none"
        self.pool: Pool | None = None
        self.flying: dict[Future[bytes], _Task] = {}
        self.suspects: deque[_Task] = deque()  # on their way when a worker died
        self.alone: deque[_Task] = deque()  # broken off on a busy machine: at the end, one by one
        self.log = AuditLog(folders, f"classroom grade {exam.assignment}")
        self.recorder = Recorder(folders, exam, store, self.log)
        self.counting = Counting(folders, exam, self.log, write=not diff)
        self.foreseen: list[tuple[str, dict[str, Any], dt.datetime | None]] = []
        self.keys: set[str] = set()
        self.unsafe = 0  # submissions for which there was no sandbox

    def grade(self, submissions: Iterator[Handed | NotTaken], source: Callable[[], Pool]) -> Summary:
        """Stream the submissions through the workers."""
        began = time.monotonic()
        try:
            for handed in submissions:
                if isinstance(handed, NotTaken):
                    self.summary.failed[handed.student] = handed.reason
                    continue
                self.summary.submissions += 1
                if handed.note:
                    self.summary.told[handed.student] = handed.note
                for task in self._tasks(handed):
                    if not self.again and self.store.has(task.key) and self._finish(task, fresh=False):
                        continue
                    self._send(task, source)
                    while self.suspects or len(self.flying) >= 2 * self._size() + 1:
                        self._collect(source)
            while self.flying or self.suspects or self.alone:
                self._collect(source)
            self._settle()
        except KeyboardInterrupt:
            self.summary.stopped = True
        finally:
            if self.pool is not None:
                self.pool.close(hurry=self.summary.stopped or bool(self.flying))
        self.summary.seconds = time.monotonic() - began
        return self.summary

    def _tasks(self, handed: Handed) -> list[_Task]:
        """Return the attempts of a student that have to be looked at, the one that counts first."""
        try:
            person = self.counting.person(handed)
        except (Fault, OSError) as error:
            self.summary.failed[handed.student] = str(error)
            return []
        if self.counting.is_open(person):
            return self._choice(person)
        tasks = [self._task(person, person.attempts.counted, person.data)]
        for other in person.others:
            task = self._task(person, other.number, person.attempts.content(other), counts=False)
            if self.again or other.points is None or other.exam != self.exam.digest:
                tasks.append(task)
        return tasks

    def _choice(self, person: Person) -> list[_Task]:
        """Return all attempts of a student; their points decide which one is recorded."""
        tasks = [self._task(person, one.number, person.attempts.content(one)) for one in person.attempts.all]
        choice = _Choice({task.number: task.key for task in tasks if task.number is not None})
        choice.keys |= choice.open
        for task in tasks:
            task.counts, task.choice = False, choice
        return tasks

    def _task(self, person: Person, number: int | None, data: bytes | None, *, counts: bool = True) -> _Task:
        key = result_key(data, self.exam.digest_for(data), self.settings, self.mode)
        self.keys.add(key)
        return _Task(person, number, key, data, counts)

    def _settle(self) -> None:
        """Put right what lateness costs, of all submissions: dates may have moved since they were recorded."""
        if not self.summary.submissions:
            return
        if self.diff:
            self.summary.totals = self.recorder.open_gradebook().foresee(self.foreseen)
            return
        note_manual_grades(self.folders, f"classroom grade {self.exam.assignment}")
        self.summary.penalties = self.recorder.open_gradebook().settle()
        for one in self.summary.penalties:
            what = {"old": one.old, "new": one.new, "why": one.why}
            self.log.write("penalty", assignment=one.assignment, student=one.student, **what)

    def _size(self) -> int:
        return self.pool.size if self.pool is not None else 1

    def _send(self, task: _Task, source: Callable[[], Pool]) -> None:
        task.tries += 1
        if self.pool is None:
            self.pool = source()
        try:
            future = self.pool.submit(task.data, alone=task.alone)
        except BrokenProcessPool:
            self.pool.close()
            self.pool = source()
            future = self.pool.submit(task.data, alone=task.alone)
        self.flying[future] = task

    def _collect(self, source: Callable[[], Pool]) -> None:
        """Take what is finished; send again what a dying worker left, one by one: so it is known which one ends it."""
        if not self.flying:
            self._send((self.suspects or self.alone).popleft(), source)
        self.recorder.open_gradebook()  # while the workers start
        done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
        for future in done:
            task = self.flying.pop(future)
            try:
                data = future.result()
            except Overdue as error:
                if task.alone:
                    self._fail(task, f"the machine was too busy to examine it ({error}): grade again when it is not")
                else:
                    task.alone = True
                    self.alone.append(task)
            except SandboxError as error:
                self._fail(task, str(error))
                self.unsafe += 1
                if not self.summary.graded and self.unsafe >= TRIES:
                    raise
            except Exception as error:
                if task.tries >= TRIES or not _is_worker_death(error):
                    self._fail(task, f"the worker failed ({type(error).__name__}: {error})"[:300])
                else:
                    self.suspects.append(task)
            else:
                try:
                    self.store.put(task.key, data)
                except OSError as error:
                    raise Fault(
                        f"{self.store.folder}: {error.strerror}: make room and run the same command again"
                    ) from None
                if task.counts:
                    self.summary.graded += 1
                else:
                    self.summary.others += 1
                if not self._finish(task, fresh=True):
                    self._fail(task, f"{self.store.folder} did not keep the result: is its disk in order?")

    def _fail(self, task: _Task, reason: str) -> None:
        if task.counts or task.choice is not None:
            self.summary.failed[task.student] = reason
        else:
            self.summary.told[task.student] = f"attempt {task.number}, which does not count: {reason}"
        self._tell(task.student)

    def _tell(self, student: str) -> None:
        if self.progress is not None:
            self.progress(self.summary, student)

    def _finish(self, task: _Task, *, fresh: bool) -> bool:
        """Record a stored result; False if it turns out to be damaged."""
        if not task.counts:
            return self._finish_other(task)
        student, handed = task.student, task.person.handed
        if not fresh:
            stands, reason, said = self.recorder.standing_reason(handed, task.key)
            if stands:
                self.summary.recalled += 1
                self.summary.unchanged += 1
                self._refuse(student, reason)
                self._say(student, said)
                self._tell(student)
                return True
        result = self.store.get(task.key)
        if result is None:
            return False
        if not fresh:
            self.summary.recalled += 1
        self._refuse(student, result["reason"])
        self._say(student, told(result))
        if self.diff:
            self.summary.changes += self.recorder.changes(student, result)
            self.foreseen.append((student, result, handed.moment))
        else:
            self.recorder.record(handed, task.key, result, task.data)
            self.summary.recorded += 1
            if task.number is not None:
                self.counting.note(task.person, task.number, result)
        self._tell(student)
        return True

    def _finish_other(self, task: _Task) -> bool:
        """Note the points of an attempt; when they decide and all are known, record the one that counts."""
        result = self.store.get(task.key)
        if result is None:
            return False
        assert task.number is not None
        points = self.counting.note(task.person, task.number, result)
        choice = task.choice
        if choice is None:
            return True
        choice.points[task.number] = points
        choice.open.pop(task.number, None)
        if choice.open:
            return True
        chosen = self.counting.best(task.person, choice.points)
        assert chosen is not None
        person = self.counting.count(task.person, chosen)
        return self._finish(_Task(person, chosen.number, choice.keys[chosen.number], person.data), fresh=False)

    def _say(self, student: str, said: str) -> None:
        if said:
            self.summary.told[student] = "; ".join(filter(None, (self.summary.told.get(student, ""), said)))

    def _refuse(self, student: str, reason: str) -> None:
        if reason:
            self.summary.refused[student] = reason


def _is_worker_death(error: BaseException) -> bool:
    return isinstance(error, BrokenProcessPool) or type(error).__name__ in ("KilledWorker", "CancelledError")
