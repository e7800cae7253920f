"""Workers of any executor take submissions, and are left to whoever made them."""

from concurrent.futures import ThreadPoolExecutor

from classroom.staff.grade import worker
from classroom.staff.grade.pool import ExecutorPool


def test_any_executor_grades_under_the_name_of_the_exam(monkeypatch):
    monkeypatch.setattr(worker, "grade", lambda name, data, alone: f"{name}:{data}:{alone}".encode())
    with ThreadPoolExecutor(2) as executor:
        pool = ExecutorPool(executor, "exam-7", 2)
        results = [pool.submit(b"a"), pool.submit(None, alone=True)]
        assert [result.result() for result in results] == [b"exam-7:b'a':False", b"exam-7:None:True"]
        assert pool.size == 2
        pool.close()
