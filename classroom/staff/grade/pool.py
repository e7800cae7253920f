"""Where submissions are examined: processes of this machine, or those of any executor."""

import multiprocessing
from concurrent.futures import Executor, Future, ProcessPoolExecutor

from classroom.staff.grade import worker
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.examine import Settings


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
        self.size = size
        self._executor = ProcessPoolExecutor(
            size,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=worker.prepare,
            initargs=(exam.to_bytes(), settings.to_json(), exam.digest),
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
    """Any `concurrent.futures.Executor` whose processes `worker.prepare` has prepared."""

    def __init__(self, executor: Executor, name: str, size: int) -> None:
        self._executor, self._name, self.size = executor, name, size

    def submit(self, data: bytes | None) -> "Future[bytes]":
        return self._executor.submit(worker.grade, self._name, data)

    def close(self, *, hurry: bool = False) -> None:
        self._executor.shutdown(wait=False)
