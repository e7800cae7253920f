"""The unit of work: one submission, examined by whichever process it was sent to."""

import atexit
import gc
import multiprocessing
import os
import resource
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from typing import Any

from classroom.staff.grade.exam import Exam
from classroom.staff.grade.examine import Settings, examine
from classroom.staff.grade.store import to_bytes
from classroom.staff.sandbox.inventory import SandboxError
from classroom.staff.sandbox.sandbox import ForkedZygote, Origin, Zygote

MEMORY_BYTES = 4 << 30  # of a process that judges; the largest submission and its answers take a fifth of it


class RoomFiles:
    """Copies of what was released beside the notebook, for as long as they are needed; the sandbox gets them read-only.

    paths : by name
    """

    def __init__(self, exam: Exam) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="classroom-")
        folder = Path(self.folder.name)
        folder.chmod(0o755)
        self.paths: dict[str, str] = {}
        for name, data in exam.room_files().items():
            place = folder / name
            place.write_bytes(data)
            place.chmod(0o644)
            self.paths[name] = str(place)


def start_zygote(exam: Exam, settings: Settings, files: RoomFiles, *, awaited: bool = True) -> Zygote:
    """Start the zygote of an exam; `awaited` as for `Zygote`."""
    return Zygote(
        exam.warm,
        settings.limits,
        files.paths,
        exam.prelude,
        {name: item.packed for name, item in exam.questions.items() if item.packed is not None},
        figures=settings.figures,
        protected=settings.sandbox,
        awaited=awaited,
    )


class Nursery:
    """A zygote of which all workers of this machine get a fork: what it imports is imported once.

    origin, folder : what a worker has to know: what it forks, and where the files are that it needs
    """

    def __init__(self, exam: Exam, settings: Settings) -> None:
        self._files = RoomFiles(exam)
        self._zygote = start_zygote(exam, settings, self._files, awaited=False)
        self.origin, self.folder = self._zygote.origin, self._files.folder.name

    def close(self) -> None:
        """End it, when no worker needs it any more."""
        self._zygote.close()
        self._files.folder.cleanup()


class Worker:
    """An exam, the settings and the zygotes of one process (one for each of its threads that is at work)."""

    def __init__(self, exam: Exam, settings: Settings, origin: Origin | None = None) -> None:
        """Prepare it; with the origin of all zygotes, where there is one."""
        self.exam = exam
        self.settings = settings
        self._origin = origin
        self._idle: list[Zygote] = []
        self._spent: dict[Zygote, float] = {}
        self._lock = threading.Lock()
        self._owner = os.getpid()
        self._files: RoomFiles | None = None

    def grade(self, data: bytes | None, *, alone: bool = False) -> bytes:
        """Examine a submission and return the bytes of its result; see `examine` for what alone means."""
        zygote = self._borrow()
        try:
            try:
                result = examine(data, self.exam, self.settings, zygote, alone=alone)
            except SandboxError:
                # Once more with a new zygote: this one may have been killed from outside.
                self._give_up(zygote)
                zygote = self._start()
                result = examine(data, self.exam, self.settings, zygote, alone=alone)
            spent = zygote.cpu_seconds()
        except BaseException:
            self._give_up(zygote)
            raise
        with self._lock:
            # The start of a zygote counts for its first submission.
            result["sandbox_cpu"] = round(spent - self._spent.get(zygote, 0.0), 3)
            self._spent[zygote] = spent
            self._idle.append(zygote)
        return to_bytes(result)

    def _borrow(self) -> Zygote:
        with self._lock:
            while self._idle:
                zygote = self._idle.pop()
                if zygote.alive:
                    return zygote
                self._give_up(zygote)
        return self._start()

    def _give_up(self, zygote: Zygote) -> None:
        self._spent.pop(zygote, None)
        zygote.close()

    def _start(self) -> Zygote:
        try:
            return self._zygote()
        except SandboxError:
            return self._zygote()  # it may have been killed from outside; where there is no sandbox, this fails too

    def _zygote(self) -> Zygote:
        if self._origin is not None:
            try:
                return ForkedZygote(self._origin)
            except SandboxError:  # it was killed from outside, or did not start; why not, is told by the next one
                self._origin = None
        with self._lock:
            self._files = self._files or RoomFiles(self.exam)
        return start_zygote(self.exam, self.settings, self._files)

    def close(self) -> None:
        """End the zygotes."""
        if os.getpid() != self._owner:
            return
        with self._lock:
            while self._idle:
                self._idle.pop().close()
        self.forget_files()

    def forget_files(self) -> None:
        """Remove the copies of what was released."""
        if self._files is not None:
            self._files.folder.cleanup()


_AT_WORK: dict[str, Worker] = {}
_GUARD = threading.Lock()


def prepare(
    exam_bytes: bytes,
    settings: dict[str, Any],
    name: str,
    origin: Origin | None = None,
    folder: str = "",
    *,
    own_process: bool = True,
) -> None:
    """Prepare this process for an exam.

    Parameters
    ----------
    exam_bytes, settings : as they were written down
    name : what tasks will call the exam
    origin, folder : of the `Nursery` of all workers of this machine, where there is one
    own_process : whether the process does nothing else
    """
    if own_process:
        # The coordinator hears Ctrl-C and ends its workers; they leave no files behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, _leave)
        # What a judge makes of a hostile answer ends in an error of this process, not with the memory of the machine.
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        least = MEMORY_BYTES if most == resource.RLIM_INFINITY else min(MEMORY_BYTES, most)
        resource.setrlimit(resource.RLIMIT_AS, (least, most))
    with _GUARD:
        if name not in _AT_WORK:
            worker = Worker(Exam.from_bytes(exam_bytes), Settings.from_json(settings), origin)
            worker.exam.read_sheet()
            _AT_WORK[name] = worker
            if own_process:
                from multiprocessing.util import Finalize

                # What is here now stays for good: no collection needs to look at it once more for every submission.
                gc.collect()
                gc.freeze()
                threading.Thread(target=_end_with_parent, args=(folder,), daemon=True).start()

                # A process of a pool ends without atexit.
                Finalize(None, worker.close, exitpriority=10)
            else:
                atexit.register(worker.close)


def _leave(*_: object) -> None:
    for at_work in _AT_WORK.values():
        at_work.forget_files()
    os._exit(143)


def _end_with_parent(folder: str) -> None:
    """End this process, and with it its sandboxes, when the coordinator is gone: nobody would take its results.

    Nor would anybody remove the folder of the nursery, if there is one.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    for worker in _AT_WORK.values():
        worker.forget_files()
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def end(name: str) -> None:
    """Forget an exam."""
    with _GUARD:
        worker = _AT_WORK.pop(name, None)
    if worker is not None:
        worker.close()


def grade(name: str, data: bytes | None, alone: bool = False) -> bytes:
    """Examine one submission of the exam that this process was prepared for."""
    return _AT_WORK[name].grade(data, alone=alone)
