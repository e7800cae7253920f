"""A class from hand-in to gradebook: counted, resumed, compared, and never recorded by halves."""

import hashlib
import json
import os
import sqlite3
import subprocess
import threading
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from pathlib import Path

import pytest
import small_course
from five_students import CLASS, TOTALS, command, dump, results, run_again, slow, totals, wait_for
from small_course import RIGHT, answered, cells, hand_in, notebook

from classroom.fault import Fault
from classroom.staff.folders import Folders
from classroom.staff.grade.assignment import grade_assignment
from classroom.staff.grade.examine import POINTS_ONLY, examine
from classroom.staff.grade.store import Store, to_bytes
from classroom.staff.grade.submissions_folder import read_regular
from classroom.staff.records.audit_log import AuditLog
from classroom.staff.sandbox import sandbox
from classroom.staff.sandbox.wire import Overdue

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


def test_a_class_is_graded_and_recorded(graded):
    root, summary = graded
    assert totals(root) == TOTALS
    assert (summary.submissions, summary.graded, summary.recorded, summary.failed) == (5, 5, 5, {})
    assert list(summary.refused) == ["dan"]


def test_whoever_is_waited_for_is_graded_first(class_root):
    told = []
    grade_assignment(class_root, "small", workers=1, first="dan", progress=lambda _, student: told.append(student))
    assert told == ["dan", "anna", "ben", "carla", "eva"]


def test_the_log_says_which_file_was_graded_by_which_exam(graded):
    root, _ = graded
    logged = {one["student"]: one for one in AuditLog(Folders.of(root), "").read() if one["act"] == "recorded"}
    assert {student: one["sha256"] for student, one in logged.items()} == {
        student: hashlib.sha256(data).hexdigest() for student, data in CLASS.items()
    }
    assert {one["exam"] for one in logged.values()} == {small_course.exam_of(root).digest}


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


def test_a_second_run_grades_nothing_and_changes_nothing(graded, tmp_path):
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


def test_strange_names_files_and_folders_are_told_and_harm_nobody(examined_root):
    hand_in(examined_root, "<img src=x onerror=alert(1)>", answered())
    (examined_root / "class/submitted/frank/small").mkdir(parents=True)
    (examined_root / "class/submitted/gina/small").mkdir(parents=True)
    os.symlink("/etc/passwd", examined_root / "class/submitted/gina/small/small.ipynb")
    (examined_root / "class/submitted/hans/small").mkdir(parents=True)
    os.mkfifo(examined_root / "class/submitted/hans/small/small.ipynb")
    (examined_root / "class/submitted/ida").mkdir()
    (examined_root / "class/submitted/leo/small/small.ipynb").mkdir(parents=True)
    os.symlink("anna", examined_root / "class/submitted/jan")
    (examined_root / "class/submitted/kim").mkdir()
    os.symlink("../anna/small", examined_root / "class/submitted/kim/small")
    (examined_root / "class/submitted/anna/small/numpy.py").write_text("raise SystemExit")
    (examined_root / "class/submitted/anna/small/timestamp.txt").write_text("yesterday\0")
    (examined_root / "class/submitted/ben/small/timestamp.txt").write_text("10h 999999999999999999999999999999")
    summary = run_again(examined_root)
    assert totals(examined_root) == TOTALS | {"frank": 0.0, "gina": 0.0, "hans": 0.0, "leo": 0.0}
    assert list(summary.failed) == ["<img src=x onerror=alert(1)>", "jan", "kim"]
    assert "no student id" in next(iter(summary.failed.values()))
    assert "is a link" in summary.failed["jan"] and "is a link" in summary.failed["kim"]
    assert set(summary.refused) == {"dan", "frank", "gina", "hans", "leo"}
    assert not (examined_root / "class/autograded/anna/small/numpy.py").exists()


def test_students_with_any_name_are_graded_and_stay_distinct(examined_root):
    for student in ("李伟", "王芳", "müller", "o'neil", "a+b@c", "UNI\\x", "Jane Doe"):
        hand_in(examined_root, student, CLASS["ben"])
    hand_in(examined_root, "a*b", CLASS["ben"])
    hand_in(examined_root, "a?b", CLASS["ben"])
    (examined_root / "class/submitted/__MACOSX/small").mkdir(parents=True)
    (examined_root / "class/submitted/zoe/Small").mkdir(parents=True)
    summary = run_again(examined_root)
    assert {
        student: points for student, points in totals(examined_root).items() if student not in TOTALS
    } == dict.fromkeys(("李伟", "王芳", "müller", "o'neil", "a+b@c", "UNI\\x", "Jane Doe"), 5.0)
    assert sorted(summary.failed) == ["a*b", "a?b", "zoe"]
    assert summary.failed["zoe"] == "the folder Small is not called small: rename it"


def test_a_renamed_or_second_notebook_is_graded_and_told(examined_root):
    os.rename(
        examined_root / "class/submitted/anna/small/small.ipynb",
        examined_root / "class/submitted/anna/small/mine.ipynb",
    )
    (examined_root / "class/submitted/carla/small/small-final.ipynb").write_bytes(CLASS["ben"])
    (examined_root / "class/submitted/dan/small/small.ipynb").rename(
        examined_root / "class/submitted/dan/small/work.txt"
    )
    summary = run_again(examined_root)
    assert totals(examined_root) == TOTALS | {"carla": 5.0}
    assert summary.told == {
        "anna": "mine.ipynb was taken for small.ipynb",
        "carla": "of 2 notebooks small-final.ipynb counts, with 3 answers; not small.ipynb (0)",
        "dan": "no notebook was handed in: there is work.txt",
    }


def test_a_notebook_that_lost_its_metadata_is_told_in_each_run(examined_root):
    stripped = [one | {"metadata": {}} for one in json.loads(CLASS["anna"])["cells"]]
    hand_in(examined_root, "anna", notebook(stripped))
    first, second = run_again(examined_root), run_again(examined_root)
    assert totals(examined_root) == TOTALS and second.graded == 0
    assert first.told == second.told
    assert first.told["anna"].startswith("cells without metadata, recognised by their ids: answer-double, answer-relu")


def test_what_is_strange_is_no_sign_that_there_is_no_sandbox(tmp_path, monkeypatch):
    """Three submissions without a sandbox end a run at once; three strange folders and one of them do not."""

    class Broken:
        size = 1

        def __init__(self, *_):
            pass

        def submit(self, data, *, alone=False):
            future = Future()
            future.set_exception(sandbox.SandboxError("the zygote ended"))
            return future

        def close(self, *, hurry=False):
            pass

    monkeypatch.setattr("classroom.staff.grade.assignment.LocalPool", Broken)
    class_root = small_course.make_course(tmp_path / "small")
    hand_in(class_root, "zoe", answered())
    for name in ("-a", "-b", "-c"):
        hand_in(class_root, name, answered())
    assert list(run_again(class_root).failed) == ["-a", "-b", "-c", "zoe"]
    for name in ("xaver", "yannis"):
        hand_in(class_root, name, answered())
    with pytest.raises(sandbox.SandboxError, match="zygote ended"):
        run_again(class_root)


def test_a_folder_that_may_not_be_entered_is_told(examined_root, monkeypatch):
    def closed_for_ben(look):
        def closed(path):
            if "ben" in path.parts:
                raise PermissionError(13, "Permission denied")
            return look(path)

        return closed

    for name in ("is_dir", "is_symlink"):
        monkeypatch.setattr(Path, name, closed_for_ben(getattr(Path, name)))
    assert run_again(examined_root).failed == {"ben": "the folder cannot be read: Permission denied"}
    assert totals(examined_root) == {student: points for student, points in TOTALS.items() if student != "ben"}


def test_a_huge_file_is_not_read_whole(tmp_path):
    with open(tmp_path / "huge", "wb") as file:
        file.truncate(200 << 20)
    assert len(read_regular(tmp_path / "huge", 1000)) == 1000


def test_an_assignment_that_is_not_released_is_named(class_root):
    with pytest.raises(Fault, match="large is not released"):
        grade_assignment(class_root, "large")


def test_a_graded_cell_that_is_no_check_is_refused(class_root):
    content = cells()
    content[3]["source"] = "assert double(1) == 2"
    (class_root / "class/release/small/small.ipynb").write_bytes(notebook(content))
    with pytest.raises(Fault, match="is no check"):
        run_again(class_root)


def test_a_full_disk_is_one_sentence_and_nothing_is_recorded_by_halves(class_root, monkeypatch):
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
        run_again(class_root)
    monkeypatch.undo()
    assert len(totals(class_root)) == 2
    assert run_again(class_root).graded == 3
    assert totals(class_root) == TOTALS


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


def test_two_graders_of_one_assignment_do_not_meet(class_root):
    store = Store(class_root / "class/grading/small")
    with store.alone(), pytest.raises(Fault, match="being graded by another process"):
        run_again(class_root)


def test_only_the_submission_that_ends_its_worker_is_lost(class_root, monkeypatch):
    """All that were on their way share a worker's death; they are sent again one by one, and the culprit is found."""
    missing = to_bytes(examine(None, small_course.exam_of(class_root), POINTS_ONLY, None))

    class Fragile:
        size = 2

        def __init__(self, *_):
            self.waiting, self.broken, self.lock = [], False, threading.Lock()

        def submit(self, data, *, alone=False):
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
    summary = run_again(class_root)
    assert list(summary.failed) == ["dan"]
    assert summary.graded == 4


class Busy:
    """Workers of a machine on which two submissions are overdue: one until it is alone, the other also then."""

    size = 2

    def __init__(self, exam, *_):
        self.missing = to_bytes(examine(None, exam, POINTS_ONLY, None))
        self.flying, self.alone = 0, []

    def submit(self, data, *, alone=False):
        future = Future()
        self.flying += 1
        if alone:
            assert self.flying == 1, "alone means that nothing else is on its way"
            self.alone.append(data)
        overdue = data == CLASS["eva"] or (data == CLASS["ben"] and not alone)
        threading.Timer(0.02, self.end, [future, overdue]).start()
        return future

    def end(self, future, overdue):
        self.flying -= 1
        if overdue:
            future.set_exception(Overdue("no answer within 50 s"))
        else:
            future.set_result(self.missing)

    def close(self, *, hurry=False):
        pass


def test_what_a_busy_machine_breaks_off_is_examined_again_alone_and_never_recorded(class_root, monkeypatch):
    made = []
    monkeypatch.setattr(
        "classroom.staff.grade.assignment.LocalPool", lambda *arguments: made.append(Busy(*arguments)) or made[0]
    )
    summary = run_again(class_root)
    assert sorted(made[0].alone) == sorted([CLASS["ben"], CLASS["eva"]])
    assert list(summary.failed) == ["eva"] and "the machine was too busy" in summary.failed["eva"]
    assert summary.graded == 4 and "eva" not in totals(class_root)


def test_a_killed_grader_leaves_nothing_that_the_next_run_does_not_mend(class_root):
    for number in range(3):
        hand_in(class_root, f"slow{number}", slow(str(number)))
    kept = 0
    for count in (1, 3, 5):
        process = subprocess.Popen(command(class_root), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(lambda count=count, process=process: results(class_root) >= count or process.poll() is not None)
        process.kill()
        process.wait()
        assert results(class_root) >= kept
        kept = results(class_root)
    summary = run_again(class_root)
    assert summary.graded == 8 - kept
    assert totals(class_root) == TOTALS | {f"slow{number}": 7.0 for number in range(3)}
