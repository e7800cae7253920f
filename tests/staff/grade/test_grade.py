"""A class from hand-in to gradebook: counted, resumed, compared, and never recorded by halves."""

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

import pytest
import small_course
from small_course import RIGHT, answered, cell, cells, hand_in, notebook

from classroom.fault import Fault
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.examine import POINTS_ONLY, examine
from classroom.staff.grade.gradebook import Gradebook
from classroom.staff.grade.pool import LocalPool
from classroom.staff.grade.store import Store, to_bytes
from classroom.staff.grade.submissions_folder import read_regular
from classroom.staff.grade.worker import MEMORY_BYTES
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]
CLASS = {
    "anna": answered(),
    "ben": answered({**RIGHT, "answer-double": "def double(x): return x**2"}),
    "carla": notebook(cells()),
    "dan": b"no notebook",
    "eva": answered({**RIGHT, "answer-relu": "import os\nos._exit(0)", "explain": "Words."}),
}
TOTALS = {"anna": 7.0, "ben": 5.0, "carla": 0.0, "dan": 0.0, "eva": 3.0}


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A course in which the class has handed in, and nothing is graded."""
    root = small_course.make_course(tmp_path_factory.mktemp("course") / "small")
    for student, data in CLASS.items():
        hand_in(root, student, data)
    return root


@pytest.fixture
def course(template, tmp_path):
    return small_course.copy_course(template, tmp_path / "small")


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    """The same course after one undisturbed run, with its summary; nobody changes it."""
    root = small_course.copy_course(template, tmp_path_factory.mktemp("graded") / "small")
    return root, grade_assignment(root, "small", workers=2)


def dump(root):
    """Return what the gradebook holds, but for its random row names."""
    query = """
        select student_id, timestamp, base_cell.name, auto_score, manual_score, needs_manual_grade,
               submitted_notebook.late_submission_penalty
        from submitted_assignment join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join grade on grade.notebook_id = submitted_notebook.id join base_cell on base_cell.id = grade.cell_id
        order by 1, 3"""
    comments = """
        select student_id, base_cell.name, auto_comment from submitted_assignment
        join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id
        join comment on comment.notebook_id = submitted_notebook.id join base_cell on base_cell.id = comment.cell_id
        order by 1, 2"""
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        return connection.execute(query).fetchall(), connection.execute(comments).fetchall()


def totals(root):
    sums: dict[str, float] = {}
    for student, _, _, score, *_ in dump(root)[0]:
        sums[student] = sums.get(student, 0.0) + (score or 0.0)
    return sums


def command(root, *more):
    return [sys.executable, "-m", "classroom.cli", "grade", "small", "--root", str(root), "--workers", "1", *more]


def run_again(root):
    return grade_assignment(root, "small", workers=1)


def test_a_class_is_graded_and_recorded(graded):
    root, summary = graded
    assert totals(root) == TOTALS
    assert (summary.submissions, summary.graded, summary.recorded, summary.failed) == (5, 5, 5, {})
    assert list(summary.refused) == ["dan"]


def test_the_graded_notebooks_stand_where_formgrader_looks(graded):
    root, _ = graded
    for student in CLASS:
        place = root / "class/autograded" / student / "small"
        assert sorted(os.listdir(place)) == ["small.ipynb", "timestamp.txt"]
        assert json.loads((place / "small.ipynb").read_text())["nbformat"] == 4
        assert os.listdir(place.parent) == ["small"]


def test_messages_are_comments_and_stubs_have_no_response(graded):
    comments = {(student, name): text for student, name, text in dump(graded[0])[1]}
    assert "5 of" not in comments["anna", "answer-double"] and "2 of 2 points" in comments["anna", "answer-double"]
    assert comments["carla", "answer-double"] == "No response."
    assert "Not graded" in comments["dan", "answer-double"]


def test_a_person_is_asked_for_the_written_answer_only(graded):
    waiting = {(student, name) for student, _, name, _, _, needs, _ in dump(graded[0])[0] if needs}
    assert waiting == {("eva", "explain")}


def test_a_second_run_grades_nothing_and_changes_nothing(graded, template, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    before = dump(root)
    summary = run_again(root)
    assert (summary.graded, summary.recalled, summary.recorded, summary.unchanged) == (0, 5, 0, 5)
    assert dump(root) == before
    assert list(summary.refused) == ["dan"]


def test_only_a_changed_submission_is_graded_again(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    hand_in(root, "ben", answered({**RIGHT, "explain": ""}))
    summary = run_again(root)
    assert (summary.graded, summary.unchanged) == (1, 4)
    assert totals(root)["ben"] == 7.0


def test_a_resubmission_without_checks_keeps_no_old_score(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    content = [one for one in cells() if "check(" not in one["source"]]
    hand_in(root, "anna", notebook(content))
    run_again(root)
    assert totals(root)["anna"] == 0.0


def test_a_gradebook_that_was_made_anew_is_filled_again(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    os.unlink(root / "class/gradebook.db")
    small_course.register(f"sqlite:///{root}/class/gradebook.db")
    summary = run_again(root)
    assert (summary.graded, summary.recorded) == (0, 5)
    assert totals(root) == TOTALS


def test_a_score_that_somebody_changed_in_the_gradebook_is_put_right(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        connection.execute("update grade set auto_score = 100 where auto_score = 4")
    assert run_again(root).recorded >= 1
    assert totals(root) == TOTALS


def test_what_a_person_gave_stays(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        connection.execute("update grade set manual_score = 1.5, needs_manual_grade = 0 where auto_score is null")
    hand_in(root, "eva", answered({**RIGHT, "explain": "More words."}))
    run_again(root)
    rows = [row for row in dump(root)[0] if row[0] == "eva" and row[2] == "explain"]
    assert rows[0][3:6] == (None, 1.5, 1)


def test_a_diff_records_nothing_and_tells_what_would_change(graded, tmp_path):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    hand_in(root, "ben", answered())
    before = dump(root)
    summary = grade_assignment(root, "small", workers=1, diff=True)
    assert [(change.student, change.cell, change.old, change.new) for change in summary.changes] == [
        ("ben", "double", 0.0, 2.0)
    ]
    assert dump(root) == before
    summary = run_again(root)
    assert (summary.graded, summary.recorded) == (0, 1)


def test_a_late_submission_loses_what_nbgraders_plugin_says(course):
    with open(course / "nbgrader_config.py", "a") as file:
        file.write("c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    hand_in(course, "anna", CLASS["anna"], "2026-03-05 12:00:00 UTC")
    grade_assignment(course, "small", workers=1, students=["anna", "ben"])
    penalties = {row[0]: row[6] for row in dump(course)[0]}
    assert penalties == {"anna": 7.0, "ben": None}


def test_strange_names_files_and_folders_are_told_and_harm_nobody(course):
    hand_in(course, "<img src=x onerror=alert(1)>", answered())
    (course / "class/submitted/frank/small").mkdir(parents=True)
    (course / "class/submitted/gina/small").mkdir(parents=True)
    os.symlink("/etc/passwd", course / "class/submitted/gina/small/small.ipynb")
    (course / "class/submitted/hans/small").mkdir(parents=True)
    os.mkfifo(course / "class/submitted/hans/small/small.ipynb")
    (course / "class/submitted/ida").mkdir()
    (course / "class/submitted/leo/small/small.ipynb").mkdir(parents=True)
    os.symlink("anna", course / "class/submitted/jan")
    (course / "class/submitted/kim").mkdir()
    os.symlink("../anna/small", course / "class/submitted/kim/small")
    (course / "class/submitted/anna/small/numpy.py").write_text("raise SystemExit")
    (course / "class/submitted/anna/small/timestamp.txt").write_text("yesterday\0")
    (course / "class/submitted/ben/small/timestamp.txt").write_text("10h 999999999999999999999999999999")
    summary = run_again(course)
    assert totals(course) == TOTALS | {"frank": 0.0, "gina": 0.0, "hans": 0.0, "leo": 0.0}
    assert list(summary.failed) == ["<img src=x onerror=alert(1)>", "jan", "kim"]
    assert "no student id" in next(iter(summary.failed.values()))
    assert "is a link" in summary.failed["jan"] and "is a link" in summary.failed["kim"]
    assert set(summary.refused) == {"dan", "frank", "gina", "hans", "leo"}
    assert not (course / "class/autograded/anna/small/numpy.py").exists()


def test_students_with_any_name_are_graded_and_stay_distinct(course):
    for student in ("李伟", "王芳", "müller", "o'neil", "a+b@c", "UNI\\x", "Jane Doe"):
        hand_in(course, student, CLASS["ben"])
    hand_in(course, "a*b", CLASS["ben"])
    hand_in(course, "a?b", CLASS["ben"])
    (course / "class/submitted/__MACOSX/small").mkdir(parents=True)
    (course / "class/submitted/zoe/Small").mkdir(parents=True)
    summary = run_again(course)
    assert {student: points for student, points in totals(course).items() if student not in TOTALS} == dict.fromkeys(
        ("李伟", "王芳", "müller", "o'neil", "a+b@c", "UNI\\x", "Jane Doe"), 5.0
    )
    assert sorted(summary.failed) == ["a*b", "a?b", "zoe"]
    assert summary.failed["zoe"] == "the folder Small is not called small: rename it"


def test_a_renamed_or_second_notebook_is_graded_and_told(course):
    os.rename(course / "class/submitted/anna/small/small.ipynb", course / "class/submitted/anna/small/mine.ipynb")
    (course / "class/submitted/carla/small/small-final.ipynb").write_bytes(CLASS["ben"])
    (course / "class/submitted/dan/small/small.ipynb").rename(course / "class/submitted/dan/small/work.txt")
    summary = run_again(course)
    assert totals(course) == TOTALS | {"carla": 5.0}
    assert summary.told == {
        "anna": "mine.ipynb was taken for small.ipynb",
        "carla": "of 2 notebooks small-final.ipynb counts, with 3 answers; not small.ipynb (0)",
        "dan": "no notebook was handed in: there is work.txt",
    }


def test_what_is_strange_is_no_sign_that_there_is_no_sandbox(tmp_path, monkeypatch):
    """Three submissions without a sandbox end a run at once; three strange folders and one of them do not."""

    class Broken:
        size = 1

        def __init__(self, *_):
            pass

        def submit(self, data):
            future = Future()
            future.set_exception(sandbox.SandboxError("the zygote ended"))
            return future

        def close(self, *, hurry=False):
            pass

    monkeypatch.setattr("classroom.staff.grade.assignment.LocalPool", Broken)
    course = small_course.make_course(tmp_path / "small")
    hand_in(course, "zoe", answered())
    for name in ("-a", "-b", "-c"):
        hand_in(course, name, answered())
    assert list(run_again(course).failed) == ["-a", "-b", "-c", "zoe"]
    for name in ("xaver", "yannis"):
        hand_in(course, name, answered())
    with pytest.raises(sandbox.SandboxError, match="zygote ended"):
        run_again(course)


def test_a_folder_that_may_not_be_entered_is_told(course, monkeypatch):
    def closed_for_ben(look):
        def closed(path):
            if "ben" in path.parts:
                raise PermissionError(13, "Permission denied")
            return look(path)

        return closed

    for name in ("is_dir", "is_symlink"):
        monkeypatch.setattr(Path, name, closed_for_ben(getattr(Path, name)))
    assert run_again(course).failed == {"ben": "the folder cannot be read: Permission denied"}
    assert totals(course) == {student: points for student, points in TOTALS.items() if student != "ben"}


def test_a_huge_file_is_not_read_whole(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(200 << 20)
    assert len(read_regular(tmp_path / "huge", 1000)) == 1000


def test_an_assignment_that_is_not_released_is_named(course):
    with pytest.raises(Fault, match="large is not released"):
        grade_assignment(course, "large")


def test_a_release_that_the_gradebook_does_not_know_is_refused(course):
    path = course / "class/release/small/small.ipynb"
    content = cells()
    content[3]["metadata"]["nbgrader"]["points"] = 50
    path.write_bytes(notebook(content))
    with pytest.raises(Fault, match="different graded cells"):
        run_again(course)


def test_a_graded_cell_that_is_no_check_is_refused(course):
    content = cells()
    content[3]["source"] = "assert double(1) == 2"
    (course / "class/release/small/small.ipynb").write_bytes(notebook(content))
    with pytest.raises(Fault, match="is no check"):
        run_again(course)


@pytest.mark.skipif(os.getuid() == 0, reason="root may write to a read-only file")
def test_a_read_only_gradebook_is_told_by_an_ordinary_user(course):
    os.chmod(course / "class/gradebook.db", 0o444)
    with pytest.raises(Fault, match="read-only"):
        run_again(course)


def test_a_read_only_gradebook_is_one_sentence_and_nothing_is_lost(course, monkeypatch):
    from sqlalchemy import event

    opening = Gradebook._open

    def read_only(self):
        engine = opening(self)
        event.listen(engine, "connect", lambda connection, _: connection.execute("pragma query_only = 1"))
        return engine

    monkeypatch.setattr(Gradebook, "_open", read_only)
    with pytest.raises(Fault, match="is read-only: make it writable; what is graded is kept"):
        run_again(course)
    monkeypatch.undo()
    assert not (course / "class/autograded").exists() or not list((course / "class/autograded").glob("*/small/*"))
    kept = len(list((course / "class/grading/small/results").glob("*/*.gz")))
    summary = run_again(course)
    assert summary.graded == len(CLASS) - kept
    assert totals(course) == TOTALS


def test_a_gradebook_on_a_broken_disk_is_told_at_once(course, monkeypatch):
    from sqlalchemy.exc import OperationalError

    def broken(self):
        raise OperationalError("select 1", {}, sqlite3.OperationalError("disk I/O error"))

    monkeypatch.setattr(Gradebook, "_open", broken)
    monkeypatch.setattr(
        "classroom.staff.grade.gradebook.time.sleep", lambda seconds: pytest.fail("it waits for a disk")
    )
    with pytest.raises(Fault, match=r"the disk of the gradebook .* cannot be read or written; what is graded is kept"):
        run_again(course)


def test_a_locked_gradebook_is_waited_for_and_then_told(course, monkeypatch):
    monkeypatch.setattr("classroom.staff.grade.gradebook.PATIENCE", 0.3)
    monkeypatch.setattr("classroom.staff.grade.gradebook.BUSY_SECONDS", 0.2)
    with closing(sqlite3.connect(course / "class/gradebook.db", isolation_level=None)) as connection, connection:
        connection.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Fault, match="locked by another program"):
            run_again(course)
        connection.execute("ROLLBACK")
    assert run_again(course).failed == {}
    assert totals(course) == TOTALS


def test_a_full_disk_is_one_sentence_and_nothing_is_recorded_by_halves(course, monkeypatch):
    import errno

    putting = Store.put
    puts = []

    def full(self, key, data):
        puts.append(key)
        if len(puts) == 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        putting(self, key, data)

    monkeypatch.setattr(Store, "put", full)
    with pytest.raises(Fault, match="No space left on device"):
        run_again(course)
    monkeypatch.undo()
    assert len(totals(course)) == 2
    assert run_again(course).graded == 3
    assert totals(course) == TOTALS


def test_a_full_disk_under_the_graded_notebooks_leaves_the_gradebook_alone(course, monkeypatch):
    import errno

    def full(path, content):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("classroom.staff.grade.record.write_whole", full)
    with pytest.raises(Fault, match="No space left on device"):
        run_again(course)
    assert totals(course) == {}


@pytest.mark.parametrize("damage", [lambda data: data[:50], lambda data: data[:40] + b"\xff" * 40 + data[80:]])
def test_a_damaged_result_is_graded_again(graded, tmp_path, damage):
    root = small_course.copy_course(graded[0], tmp_path / "small")
    for path in (root / "class/grading/small/results").glob("*/*.gz"):
        path.write_bytes(damage(path.read_bytes()))
    for path in (root / "class/grading/small/recorded").glob("*.json"):
        path.unlink()
    (root / "class/grading/small/recorded/zoe.json").write_text("[1]")
    assert run_again(root).graded == 5
    assert totals(root) == TOTALS


def test_two_graders_of_one_assignment_do_not_meet(course):
    store = Store(course / "class/grading/small")
    with store.alone(), pytest.raises(Fault, match="being graded by another process"):
        run_again(course)


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


def results(root: Path) -> int:
    return len(list((root / "class/grading/small/results").glob("*/*.gz")))


def slow(name: str) -> bytes:
    content = cells({**RIGHT, "answer-quiz_1": f"answer_1 = 'b'  # {name}"})
    content.insert(2, cell("import time; time.sleep(0.4)"))
    return notebook(content)


SLOW = 16  # many, so that some are still waiting when the signal arrives on a busy machine


def test_ctrl_c_stops_and_the_same_command_goes_on(course):
    for number in range(SLOW):
        hand_in(course, f"slow{number}", slow(str(number)))
    process = subprocess.Popen(command(course), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(lambda: results(course) >= 2)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "the same command goes on from here" in said and "Traceback" not in said
    before = results(course)
    assert 2 <= before < 5 + SLOW
    summary = run_again(course)
    assert summary.graded == 5 + SLOW - before
    assert totals(course) == TOTALS | {f"slow{number}": 7.0 for number in range(SLOW)}


def test_a_killed_worker_costs_no_submission(course):
    import psutil

    for number in range(4):
        hand_in(course, f"slow{number}", slow(str(number)))
    process = subprocess.Popen(command(course), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(lambda: results(course) >= 1)
    for child in psutil.Process(process.pid).children():
        if "spawn_main" in " ".join(child.cmdline()):
            child.kill()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert totals(course) == TOTALS | {f"slow{number}": 7.0 for number in range(4)}


def test_only_the_submission_that_ends_its_worker_is_lost(course, monkeypatch):
    """All that were on their way share a worker's death; they are sent again one by one, and the culprit is found."""
    missing = to_bytes(examine(None, small_course.exam_of(course), POINTS_ONLY, None))

    class Fragile:
        size = 2

        def __init__(self, *_):
            self.waiting, self.broken, self.lock = [], False, threading.Lock()

        def submit(self, data):
            with self.lock:
                if self.broken:
                    raise BrokenProcessPool
                self.waiting.append(future := Future())
            ends_it = data == CLASS["dan"]
            threading.Timer(0.05 if ends_it else 0.2, self.end, [future, ends_it]).start()
            return future

        def end(self, future, ends_it):
            with self.lock:
                self.broken |= ends_it
                for one in list(self.waiting):
                    if self.broken:
                        one.set_exception(BrokenProcessPool())
                    elif one is future:
                        one.set_result(missing)
                self.waiting = [one for one in self.waiting if not one.done()]

        def close(self, *, hurry=False):
            pass

    monkeypatch.setattr("classroom.staff.grade.assignment.LocalPool", Fragile)
    summary = run_again(course)
    assert list(summary.failed) == ["dan"]
    assert summary.graded == 4


def test_a_worker_cannot_take_the_memory_of_the_machine(course):
    pool = LocalPool(small_course.exam_of(course), POINTS_ONLY, 1)
    try:
        soft, _ = pool._executor.submit(resource.getrlimit, resource.RLIMIT_AS).result()
        assert soft <= MEMORY_BYTES
    finally:
        pool.close()


def test_a_killed_grader_leaves_nothing_that_the_next_run_does_not_mend(course):
    for number in range(3):
        hand_in(course, f"slow{number}", slow(str(number)))
    kept = 0
    for count in (1, 3, 5):
        process = subprocess.Popen(command(course), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda count=count, process=process: results(course) >= count or process.poll() is not None)
        process.kill()
        process.wait()
        assert results(course) >= kept
        kept = results(course)
    summary = run_again(course)
    assert summary.graded == 8 - kept
    assert totals(course) == TOTALS | {f"slow{number}": 7.0 for number in range(3)}


def test_the_command_says_what_it_did(course):
    ended = subprocess.run(command(course, "--diff"), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "5 graded" in ended.stdout and "1 not readable" in ended.stdout
    assert "dan" in ended.stderr and "not JSON" in ended.stderr
    assert totals(course) == {}


def test_grading_without_a_sandbox_is_loud(course):
    ended = subprocess.run(command(course, "--no-sandbox", "anna"), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "--no-sandbox: student code runs with all your rights" in ended.stderr
    assert totals(course) == {"anna": 7.0}


def test_a_bad_course_is_one_sentence(tmp_path):
    ended = subprocess.run(command(tmp_path), capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "is no course" in ended.stderr and "Traceback" not in ended.stderr
