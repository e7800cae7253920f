"""Grading a class: submissions go to workers as a stream, results come back to one writer."""

import dataclasses
import datetime
import os
import re
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classroom.fault import Fault
from classroom.staff import worker
from classroom.staff.exam import Exam, load_exam
from classroom.staff.examine import Settings
from classroom.staff.folders import Folders
from classroom.staff.sandbox import SandboxError, capabilities
from classroom.staff.store import Store, result_key
from classroom.staff.submission import FILE_BYTES
from classroom.whole import write_whole

# What a folder of a student may be called: the name reaches web pages, paths and the gradebook.
STUDENT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,99}")
TRIES = 3  # of a submission whose worker process dies


@dataclass(frozen=True)
class Handed:
    """One submission as it lies in the folder of the submitted."""

    student: str
    path: Path
    timestamp: str


@dataclass(frozen=True)
class Change:
    """What recording would change in the gradebook for one cell of one student."""

    student: str
    cell: str
    old: float | None
    new: float | None


@dataclass
class Summary:
    """What a run did.

    graded, recalled : results made in this run, and those that were there already
    recorded, unchanged : submissions written into the gradebook, and those that it held as they are
    failed : student to sentence: submissions that have no result, and how that came
    refused : student to sentence: results of files that could not be read (zero points)
    changes : with diff, what recording would change
    """

    assignment: str
    submissions: int = 0
    graded: int = 0
    recalled: int = 0
    recorded: int = 0
    unchanged: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
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
    diff: bool = False,
    again: bool = False,
    scheduler: str | None = None,
    progress: Progress | None = None,
) -> Summary:
    """Grade the submissions of an assignment and record them in the gradebook.

    Parameters
    ----------
    course_root : folder with nbgrader_config.py
    assignment : its name; it must be released
    workers : processes on this machine; by default one for each core
    settings : how to grade
    students : only these; by default all that handed in
    diff : record nothing, and tell what recording would change
    again : grade also what has a result already
    scheduler : address of a Dask scheduler (``tcp://...``) that takes the work instead of this machine
    progress : called after each submission with the summary so far and the student

    Returns
    -------
    Summary

    Raises
    ------
    Fault
        If nothing can be graded or recorded; what was graded before is kept.
    """
    settings = settings or Settings()
    folders = Folders.at(course_root)
    if settings.sandbox and scheduler is None and capabilities().mode == "none":
        raise SandboxError(
            f"student code cannot be locked in on this machine, so nothing is graded.  {capabilities().reason}.  "
            "`classroom doctor` says more; --no-sandbox is for notebooks that staff wrote"
        )
    exam = load_exam(folders, assignment)
    store = Store(folders.workshop / assignment)
    with store.alone():
        run = _Run(folders, exam, settings, store, diff=diff, again=again, progress=progress)
        try:
            if scheduler is not None:
                from classroom.staff.cluster import dask_source

                source = dask_source(scheduler, exam, settings)
            else:
                count = workers or len(os.sched_getaffinity(0))
                source = lambda: LocalPool(exam, settings, count)  # noqa: E731
            return run.grade(handed_in(folders, exam, students, run.summary), source)
        finally:
            run.close()


def handed_in(folders: Folders, exam: Exam, students: Sequence[str], summary: Summary) -> Iterator[Handed]:
    """List the submissions, in the order of the students' names."""
    folder = folders.folder("submitted")
    names = sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []
    if students:
        missing = sorted(set(students) - set(names))
        if missing:
            raise Fault(f"{missing[0]} handed nothing in: {folder / missing[0]} does not exist")
        names = sorted(set(students))
    for name in names:
        if name.startswith(".") or not (folder / name / exam.assignment).is_dir():
            continue
        if not STUDENT_ID.fullmatch(name):
            shown = re.sub(r"[^A-Za-z0-9_.@ -]", "?", name)[:60]
            summary.failed[shown] = "the name of the folder is no student id (letters, digits, _ . - @): rename it"
            continue
        place = folder / name / exam.assignment
        yield Handed(name, place / f"{exam.notebook}.ipynb", _timestamp(place / "timestamp.txt"))


def _timestamp(path: Path) -> str:
    try:
        return (read_regular(path, 200) or b"").decode("utf-8", "replace").strip()
    except OSError:
        return ""


def read_regular(path: Path, limit: int) -> bytes | None:
    """Read at most `limit` bytes of a regular file; None if there is none.

    Neither a link nor a pipe nor a device is followed: a submission's folder was filled by somebody else.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        return file.read(limit) if stat.S_ISREG(os.fstat(handle).st_mode) else None


class Pool:
    """Workers that examine submissions."""

    size: int

    def submit(self, data: bytes | None) -> "Future[bytes]":
        """Send a submission to a worker."""
        raise NotImplementedError

    def close(self, *, hurry: bool = False) -> None:
        """End the workers; in a hurry, without waiting for what they do."""


class LocalPool(Pool):
    """Processes of this machine."""

    def __init__(self, exam: Exam, settings: Settings, size: int) -> None:
        import multiprocessing

        self.size = size
        self._executor = ProcessPoolExecutor(
            size,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=worker.begin,
            initargs=(exam.to_bytes(), settings.as_json(), exam.digest),
        )
        self._name = exam.digest

    def submit(self, data: bytes | None) -> "Future[bytes]":
        return self._executor.submit(worker.grade, self._name, data)

    def close(self, *, hurry: bool = False) -> None:
        processes = list((self._executor._processes or {}).values()) if hurry else []
        self._executor.shutdown(wait=not hurry, cancel_futures=True)
        for process in processes:
            process.terminate()


class ExecutorPool(Pool):
    """Any `concurrent.futures.Executor` whose processes `worker.begin` has prepared."""

    def __init__(self, executor: Executor, name: str, size: int) -> None:
        self._executor, self._name, self.size = executor, name, size

    def submit(self, data: bytes | None) -> "Future[bytes]":
        return self._executor.submit(worker.grade, self._name, data)

    def close(self, *, hurry: bool = False) -> None:
        self._executor.shutdown(wait=False)


@dataclass
class _Task:
    handed: Handed
    key: str
    tries: int = 0


class _Run:
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
        self._gradebook: Any = None
        self._standings: dict[str, Any] = {}
        self._keys: set[str] = set()

    @property
    def gradebook(self) -> Any:
        """The gradebook, opened when it is first needed: by then the workers are starting beside it."""
        if self._gradebook is None:
            from classroom.staff.gradebook import Gradebook

            self._gradebook = Gradebook(self.folders, self.exam)
            self._standings = self._gradebook.standings()
        return self._gradebook

    def grade(self, submissions: Iterator[Handed], source: Callable[[], Pool]) -> Summary:
        """Stream the submissions through the workers."""
        began = time.monotonic()
        try:
            for handed in submissions:
                self.summary.submissions += 1
                data = read_regular(handed.path, FILE_BYTES + 1)
                task = _Task(handed, result_key(data, self.exam.digest, self.settings, self.mode))
                self._keys.add(task.key)
                if not self.again and self.store.has(task.key) and self._finish(task, fresh=False):
                    continue
                self._send(task, data, source)
                while len(self.flying) >= 2 * self._size() + 1:
                    self._collect(source)
            while self.flying:
                self._collect(source)
        except KeyboardInterrupt:
            self.summary.stopped = True
        finally:
            if self.pool is not None:
                self.pool.close(hurry=self.summary.stopped or bool(self.flying))
        self.summary.seconds = time.monotonic() - began
        return self.summary

    def _size(self) -> int:
        return self.pool.size if self.pool is not None else 1

    def _send(self, task: _Task, data: bytes | None, source: Callable[[], Pool]) -> None:
        task.tries += 1
        if self.pool is None:
            self.pool = source()
        try:
            future = self.pool.submit(data)
        except BrokenProcessPool:
            self.pool.close()
            self.pool = source()
            future = self.pool.submit(data)
        self.flying[future] = task
        _ = self.gradebook  # opened while the first workers start

    def _collect(self, source: Callable[[], Pool]) -> None:
        """Take what is finished; send again what a dying worker left."""
        done, _ = wait(self.flying, return_when=FIRST_COMPLETED)
        for future in done:
            task = self.flying.pop(future)
            try:
                data = future.result()
            except SandboxError as error:
                self._fail(task, str(error))
                if not self.summary.graded and len(self.summary.failed) >= 3:
                    raise
            except Exception as error:
                if task.tries >= TRIES or not _is_worker_death(error):
                    self._fail(task, f"the worker failed ({type(error).__name__}: {error})"[:300])
                else:
                    self._send(task, read_regular(task.handed.path, FILE_BYTES + 1), source)
            else:
                try:
                    self.store.put(task.key, data)
                except OSError as error:
                    raise Fault(
                        f"{self.store.folder}: {error.strerror}: make room and run the same command again"
                    ) from None
                self.summary.graded += 1
                self._finish(task, fresh=True)

    def _fail(self, task: _Task, reason: str) -> None:
        self.summary.failed[task.handed.student] = reason
        self._tell(task.handed.student)

    def _tell(self, student: str) -> None:
        if self.progress is not None:
            self.progress(self.summary, student)

    def _finish(self, task: _Task, *, fresh: bool) -> bool:
        """Record a stored result; False if it turns out to be damaged."""
        student = task.handed.student
        if not self.diff and not fresh and self._stands(task):
            self.summary.recalled += 1
            self.summary.unchanged += 1
            self._tell(student)
            return True
        result = self.store.get(task.key)
        if result is None:
            return False
        if not fresh:
            self.summary.recalled += 1
        if result["outcome"] != "graded":
            self.summary.refused[student] = result["reason"]
        if self.diff:
            self._compare(student, result)
        else:
            self._record(task, result)
        self._tell(student)
        return True

    def _stands(self, task: _Task) -> bool:
        """Whether the gradebook holds this very result already."""
        student = task.handed.student
        note = self.store.recorded(student)
        if note.get("key") != task.key or note.get("timestamp") != task.handed.timestamp:
            return False
        _ = self.gradebook
        standing = self._standings.get(student)
        if standing is None or standing.row != note.get("row") or abs(standing.total - note.get("total", -1)) > 1e-6:
            return False
        if note.get("outcome", "graded") != "graded":
            self.summary.refused[student] = note.get("reason", "")
        return (self._place(student) / f"{self.exam.notebook}.ipynb").is_file()

    def _compare(self, student: str, result: dict[str, Any]) -> None:
        old = self.gradebook.auto_scores(student)
        for cell, score in result["scores"].items():
            if old.get(cell) != score:
                self.summary.changes.append(Change(student, cell, old.get(cell), score))

    def _place(self, student: str) -> Path:
        return self.folders.folder("autograded") / student / self.exam.assignment

    def _record(self, task: _Task, result: dict[str, Any]) -> None:
        """Put a result into the gradebook and the autograded folder.

        The files are staged before the transaction, and afterwards only renamed.  Whoever is killed between the two has
        not noted the record, so the next run writes both again.
        """
        import json

        student, place = task.handed.student, self._place(task.handed.student)
        staged = place.with_name(f".{place.name}.new")
        try:
            shutil.rmtree(staged, ignore_errors=True)
            staged.mkdir(parents=True)
            text = json.dumps(result["notebook"], ensure_ascii=False, indent=1, sort_keys=True)
            write_whole(staged / f"{self.exam.notebook}.ipynb", text.encode() + b"\n")
            if task.handed.timestamp:
                write_whole(staged / "timestamp.txt", task.handed.timestamp.encode() + b"\n")
            moment = self._moment(task.handed)
            standing = self.gradebook.record(student, result, moment)
            _swap(staged, place)
        except OSError as error:
            raise Fault(f"{place}: {error.strerror}: see to it, and run the same command again") from None
        finally:
            shutil.rmtree(staged, ignore_errors=True)
        note = dataclasses.asdict(standing) | {
            "key": task.key,
            "timestamp": task.handed.timestamp,
            "outcome": result["outcome"],
            "reason": result["reason"],
        }
        self.store.note_recorded(student, note)
        self.summary.recorded += 1

    def _moment(self, handed: Handed) -> datetime.datetime | None:
        """Return the time of handing in, in UTC without a zone, as nbgrader keeps it."""
        if not handed.timestamp:
            return None
        from nbgrader.utils import parse_utc

        try:
            return parse_utc(handed.timestamp)
        except (ValueError, OverflowError, TypeError):
            return None

    def close(self) -> None:
        """Close the gradebook, and forget results that nothing names any more."""
        if self._gradebook is not None:
            self._gradebook.close()


def _swap(staged: Path, place: Path) -> None:
    """Put the staged files into their place; each is there whole, the old one or the new one."""
    place.mkdir(parents=True, exist_ok=True)
    for path in staged.iterdir():
        os.replace(path, place / path.name)


def _is_worker_death(error: BaseException) -> bool:
    return isinstance(error, BrokenProcessPool) or type(error).__name__ in ("KilledWorker", "CancelledError")
