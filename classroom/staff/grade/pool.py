"""Where submissions are examined: processes of this machine, or those of any executor."""

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.context import BaseContext

from classroom.fault import Fault
from classroom.staff.grade import worker
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.examine import Settings
from classroom.staff.sandbox.wire import Overdue

TRIES = 3  # of a submission whose worker process dies, and of a machine that makes no sandbox


class Pool:
    """Workers that examine submissions."""

    size: int

    def submit(self, data: bytes | None, *, alone: bool = False) -> "Future[bytes]":
        """Send a submission to a worker; alone says that nothing else is on its way."""
        raise NotImplementedError

    def close(self, *, hurry: bool = False) -> None:
        """End the workers; in a hurry, without waiting for what they do."""


def workers_context() -> BaseContext:
    """Return how processes that grade are made: forked from one that has imported what they need, and nothing else."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["classroom.staff.grade.made_ready"])
    return context


class LocalPool(Pool):
    """Processes of this machine."""

    def __init__(self, exam: Exam, settings: Settings, size: int) -> None:
        self.size = size
        # First of all, for it imports while the workers do.
        self._nursery = worker.Nursery(exam, settings)
        self._executor = ProcessPoolExecutor(
            size,
            mp_context=workers_context(),
            initializer=worker.prepare,
            initargs=(exam.to_bytes(), settings.to_json(), exam.digest, self._nursery.origin, self._nursery.folder),
        )
        self._name = exam.digest

    def submit(self, data: bytes | None, *, alone: bool = False) -> "Future[bytes]":
        return self._executor.submit(worker.grade, self._name, data, alone)

    def close(self, *, hurry: bool = False) -> None:
        processes = list((self._executor._processes or {}).values()) if hurry else []
        self._executor.shutdown(wait=not hurry, cancel_futures=True)
        for process in processes:
            process.terminate()
        self._nursery.close()


class OneByOne:
    """A process that examines one submission after the other, for a caller that has no other work meanwhile.

    What ends it, or fills its memory, does not end the caller.
    """

    def __init__(self, exam: Exam, settings: Settings) -> None:
        self._exam, self._settings = exam, settings
        self._pool: LocalPool | None = None

    def grade(self, data: bytes | None) -> bytes:
        """Examine a submission and return the bytes of its result.

        Raises
        ------
        Fault
            If it ends every process that examines it, or the machine is too busy to examine it.
        """
        for _ in range(TRIES):
            if self._pool is None:
                self._pool = LocalPool(self._exam, self._settings, 1)
            try:
                return self._pool.submit(data, alone=True).result()
            except BrokenProcessPool:
                self.close()
            except Overdue as error:
                raise Fault(f"the machine was too busy to examine it ({error}): grade again when it is not") from None
        raise Fault(f"it ended the process that examined it, {TRIES} times")

    def close(self) -> None:
        """End the process."""
        if self._pool is not None:
            self._pool.close()
            self._pool = None


class ExecutorPool(Pool):
    """Any `concurrent.futures.Executor` whose processes `worker.prepare` has prepared."""

    def __init__(self, executor: Executor, name: str, size: int) -> None:
        self._executor, self._name, self.size = executor, name, size

    def submit(self, data: bytes | None, *, alone: bool = False) -> "Future[bytes]":
        return self._executor.submit(worker.grade, self._name, data, alone)

    def close(self, *, hurry: bool = False) -> None:
        self._executor.shutdown(wait=False)
