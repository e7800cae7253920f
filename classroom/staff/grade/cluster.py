"""Grading on a Dask cluster: the same unit of work, sent to workers that lock student code in on their own machines."""

from collections.abc import Callable
from typing import Any

from classroom.fault import Fault
from classroom.staff.grade.exam import Exam
from classroom.staff.grade.examine import Settings
from classroom.staff.grade.pool import ExecutorPool, Pool

CONNECT_SECONDS = 20


def dask_source(scheduler: str, exam: Exam, settings: Settings) -> Callable[[], Pool]:
    """Connect to a scheduler and return what makes a pool of its workers.

    Raises
    ------
    Fault
        If `distributed` is missing, or nobody answers at the address.
    """
    if "://" not in scheduler:
        raise Fault(f"{scheduler!r} is no address of a scheduler: write  tcp://host:8786")
    try:
        from distributed import Client, WorkerPlugin
    except ImportError:
        raise Fault("a Dask scheduler needs the package distributed: pip install -e '.[cluster]'") from None

    class ExamPlugin(WorkerPlugin):
        """Gives the exam to every worker once, those that join later included."""

        name = f"classroom-{exam.digest}"

        def __init__(self, exam_bytes: bytes, settings: dict[str, Any], digest: str) -> None:
            self.arguments = (exam_bytes, settings, digest)

        def setup(self, worker: Any) -> None:
            from classroom.staff.grade.worker import prepare

            prepare(*self.arguments, own_process=False)

        def teardown(self, worker: Any) -> None:
            from classroom.staff.grade.worker import end

            end(self.arguments[2])

    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise Fault(f"no scheduler answers at {scheduler}: {error}") from None
    client.register_plugin(ExamPlugin(exam.to_bytes(), settings.to_json(), exam.digest))
    threads = sum(client.nthreads().values())

    class ClusterPool(ExecutorPool):
        def close(self, *, hurry: bool = False) -> None:
            super().close(hurry=hurry)
            client.unregister_worker_plugin(ExamPlugin.name)
            client.close()

    # Workers that join during the run are used too: a few more tasks than threads are in flight.
    return lambda: ClusterPool(client.get_executor(pure=False), exam.digest, max(2, threads))
