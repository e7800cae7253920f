"""Workers of any executor take submissions, and are left to whoever made them."""

from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import pytest

from classroom.fault import Fault
from classroom.staff.grade import pool, worker
from classroom.staff.grade.examine import POINTS_ONLY
from classroom.staff.grade.pool import ExecutorPool, OneByOne
from classroom.staff.sandbox.wire import Overdue


def test_any_executor_grades_under_the_name_of_the_exam(monkeypatch):
    monkeypatch.setattr(worker, "grade", lambda name, data, alone: f"{name}:{data}:{alone}".encode())
    with ThreadPoolExecutor(2) as executor:
        pool = ExecutorPool(executor, "exam-7", 2)
        results = [pool.submit(b"a"), pool.submit(None, alone=True)]
        assert [result.result() for result in results] == [b"exam-7:b'a':False", b"exam-7:None:True"]
        assert pool.size == 2
        pool.close()


@pytest.fixture
def one_by_one(monkeypatch):
    """Make a process for one submission after the other, of pools whose examinations end in the given ways."""

    def made(*ways):
        ends, closed = iter(ways), []

        class Ends:
            def __init__(self, *_):
                pass

            def submit(self, data, *, alone):
                assert alone
                future, end = Future(), next(ends)
                if isinstance(end, Exception):
                    future.set_exception(end)
                else:
                    future.set_result(end)
                return future

            def close(self):
                closed.append(True)

        monkeypatch.setattr(pool, "LocalPool", Ends)
        return OneByOne(None, POINTS_ONLY), closed

    return made


def test_a_process_that_was_killed_is_made_anew(one_by_one):
    grader, closed = one_by_one(BrokenProcessPool(), b"the result", b"the next")
    assert grader.grade(b"a") == b"the result" and grader.grade(b"b") == b"the next"
    assert len(closed) == 1


def test_what_ends_every_process_is_told_and_the_next_one_is_graded(one_by_one):
    grader, closed = one_by_one(*[BrokenProcessPool()] * pool.TRIES, b"the next")
    with pytest.raises(Fault, match=rf"it ended the process that examined it, {pool.TRIES} times"):
        grader.grade(b"a")
    assert len(closed) == pool.TRIES and grader.grade(b"b") == b"the next"


def test_a_machine_that_is_too_busy_is_told_and_nothing_is_guessed(one_by_one):
    grader, _ = one_by_one(Overdue("no answer"), b"again")
    with pytest.raises(Fault, match=r"the machine was too busy to examine it \(no answer\): grade again"):
        grader.grade(b"a")
    assert grader.grade(b"a") == b"again"
