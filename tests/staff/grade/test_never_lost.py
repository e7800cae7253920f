"""Nothing that was graded is lost: the grader is killed at twenty random moments, and the same command goes on."""

import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest
import small_class
import small_course
from killing import kill_descendants, typed
from sqlalchemy import event

from classroom.fault import Fault
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
KILLS = 20
COUNT = 28


def command(root: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "classroom.cli", "grade", "small", "--root", str(root), "--workers", "1", *more]


def results(root: Path) -> dict[str, tuple[int, int]]:
    """Return the results that are kept: a file that is written again is another file."""
    found = {}
    for path in (root / "class/grading/small/results").glob("*/*.gz"):
        status = path.stat()
        found[path.name] = (status.st_ino, status.st_mtime_ns)
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    small_class.fill(root, COUNT, seconds=0.02)
    return root


@pytest.fixture(scope="module")
def expected(template, tmp_path_factory):
    """The course after an undisturbed run."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("undisturbed") / "small")
    assert grade_assignment(root, "small", workers=2).recorded == COUNT
    return root


@pytest.fixture
def course(template, tmp_path):
    return small_course.copy_course(template, tmp_path / "small")


def rows(root: Path) -> dict[str, list]:
    return small_class.dump(small_class.sqlite_url(root))


def graded_notebooks(root: Path) -> dict[str, str]:
    places = (root / "class/autograded").glob("*/small/*")
    return {f"{path.parts[-3]}/{path.name}": path.read_text() for path in places}


def test_a_grader_killed_at_twenty_random_moments_loses_nothing(course, expected):
    chance = random.Random(20)
    whole = {student: [row for row in rows(expected)["grades"] if row[0] == student] for student in students(expected)}
    kept: dict[str, tuple[int, int]] = {}
    for number in range(KILLS):
        process = typed(command(course)[3:])
        # Every fourth dies while it starts; the others a moment after one or two more results are there.
        if number % 4 == 0:
            time.sleep(chance.uniform(0.0, 1.5))
        else:
            wanted = min(len(kept) + chance.choice([1, 2]), COUNT - 1)
            while len(results(course)) < wanted and process.is_alive():
                time.sleep(0.002)
            time.sleep(chance.uniform(0.0, 0.06))
        family = psutil.Process(process.pid).children(recursive=True) if process.is_alive() else []
        process.kill()
        process.join()
        now = results(course)
        assert kept.items() <= now.items(), "a submission was graded twice"
        kept = now
        grades = rows(course)["grades"]
        for student in {row[0] for row in grades}:
            assert [row for row in grades if row[0] == student] == whole[student], "recorded by halves"
        _, alive = psutil.wait_procs(family, timeout=20)
        assert alive == [], "workers outlive their grader"
    summary = grade_assignment(course, "small", workers=2)
    assert (summary.failed, summary.graded + len(kept)) == ({}, COUNT)
    assert kept.items() <= results(course).items()
    assert rows(course) == rows(expected)
    assert graded_notebooks(course) == graded_notebooks(expected)
    assert not [path for path in (course / "class").rglob("*.new") if path.is_dir()]
    again = grade_assignment(course, "small", workers=2)
    assert (again.graded, again.recorded, again.unchanged) == (0, 0, COUNT)


def students(root: Path) -> set[str]:
    return {path.name for path in (root / "class/submitted").iterdir()}


def test_a_killed_sandbox_costs_no_submission(course, expected):
    with subprocess.Popen(command(course), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while len(results(course)) < 1 and process.poll() is None:
            time.sleep(0.005)
        killed = kill_descendants(process, lambda child: child.name() == "bwrap")
        said, _ = process.communicate(timeout=120)
    assert killed and process.returncode == 0, said
    assert rows(course) == rows(expected)


def test_a_disk_that_is_full_is_one_sentence_and_leaves_no_halves(course, expected, monkeypatch):
    opening = Gradebook._open
    with closing(sqlite3.connect(course / "class/gradebook.db")) as connection, connection:
        pages = connection.execute("pragma page_count").fetchone()[0] + 4

    def small(self):
        engine = opening(self)
        event.listen(engine, "connect", lambda one, _: one.execute(f"pragma max_page_count = {pages}"))
        return engine

    monkeypatch.setattr(Gradebook, "_open", small)
    with pytest.raises(Fault, match=r"the disk of the gradebook .* is full: make room; what is graded is kept"):
        grade_assignment(course, "small", workers=2)
    monkeypatch.undo()
    grades = rows(course)["grades"]
    done = {row[0] for row in grades}
    assert set() < done < students(course)
    assert grades == [row for row in rows(expected)["grades"] if row[0] in done]
    kept = results(course)
    assert grade_assignment(course, "small", workers=2).graded == COUNT - len(kept)
    assert kept.items() <= results(course).items()
    assert rows(course) == rows(expected)


def test_a_gradebook_locked_for_a_while_is_waited_for(course, expected):
    """Somebody else holds the gradebook for longer than SQLite waits by itself."""
    holder = sqlite3.connect(course / "class/gradebook.db", isolation_level=None, check_same_thread=False)
    held = []

    def hold(summary, student):
        if summary.recorded == 2:
            holder.execute("begin exclusive")
            held.append(threading.Timer(1.0, holder.close))
            held[0].start()

    some = sorted(students(course))[:6]
    summary = grade_assignment(course, "small", workers=1, students=some, progress=hold)
    held[0].join()
    assert (summary.failed, summary.recorded) == ({}, 6)
    assert rows(course)["grades"] == [row for row in rows(expected)["grades"] if row[0] in some]
