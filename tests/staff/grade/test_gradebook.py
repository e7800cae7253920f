"""A gradebook that is read-only, locked, broken or of another release: one sentence, and nothing is lost."""

import os
import sqlite3
from contextlib import closing

import pytest
from five_students import CLASS, TOTALS, run_again, totals
from small_course import cells, notebook

from classroom.fault import Fault
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


def test_a_release_that_the_gradebook_does_not_know_is_refused(class_root):
    path = class_root / "class/release/small/small.ipynb"
    content = cells()
    content[3]["metadata"]["nbgrader"]["points"] = 50
    path.write_bytes(notebook(content))
    with pytest.raises(Fault, match="different graded cells"):
        run_again(class_root)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write to a read-only file")
def test_a_read_only_gradebook_is_told_by_an_ordinary_user(class_root):
    os.chmod(class_root / "class/gradebook.db", 0o444)
    with pytest.raises(Fault, match="read-only"):
        run_again(class_root)


def test_a_read_only_gradebook_is_one_sentence_and_nothing_is_lost(class_root, monkeypatch):
    from sqlalchemy import event

    opening = Gradebook._open

    def read_only(self):
        engine = opening(self)
        event.listen(engine, "connect", lambda connection, _: connection.execute("pragma query_only = 1"))
        return engine

    monkeypatch.setattr(Gradebook, "_open", read_only)
    with pytest.raises(Fault, match="is read-only: make it writable; what is graded is kept"):
        run_again(class_root)
    monkeypatch.undo()
    assert not (class_root / "class/autograded").exists() or not list(
        (class_root / "class/autograded").glob("*/small/*")
    )
    kept = len(list((class_root / "class/grading/small/results").glob("*/*.gz")))
    summary = run_again(class_root)
    assert summary.graded == len(CLASS) - kept
    assert totals(class_root) == TOTALS


def test_a_gradebook_on_a_broken_disk_is_told_at_once(class_root, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def broken(self):
        raise OperationalError("select 1", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(Gradebook, "_open", broken)
    monkeypatch.setattr(
        "classroom.staff.grade.gradebook.time.sleep", lambda seconds: pytest.fail("it waits for a disk")
    )
    with pytest.raises(Fault, match=r"the disk of the gradebook .* cannot be read or written; what is graded is kept"):
        run_again(class_root)


def test_a_locked_gradebook_is_waited_for_and_then_told(class_root, monkeypatch):
    monkeypatch.setattr("classroom.staff.grade.gradebook.PATIENCE", 0.3)
    monkeypatch.setattr("classroom.staff.grade.gradebook.BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(class_root / "class/gradebook.db", isolation_level=None)) as connection, connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Fault, match="locked by another program"):
            run_again(class_root)
        connection.execute("ROLLBACK")
    assert run_again(class_root).failed == {}
    assert totals(class_root) == TOTALS
