"""`classroom grade`, typed: what it says, and that it may be interrupted."""

import signal
import sqlite3
import subprocess
from contextlib import closing

import pytest
import small_course
from five_students import TOTALS, command, dump, results, run_again, slow, totals, wait_for
from small_course import answered, hand_in

from classroom import cli
from classroom.staff.folders import Folders
from classroom.staff.grade.deadlines import set_dates
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


SLOW = 8  # many, so that some are still waiting when the signal arrives on a busy machine


def test_ctrl_c_stops_and_the_same_command_goes_on(class_root):
    for number in range(SLOW):
        hand_in(class_root, f"slow{number}", slow(str(number)))
    process = subprocess.Popen(command(class_root), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    wait_for(lambda: results(class_root) >= 2)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "the same command goes on from here" in said and "Traceback" not in said
    before = results(class_root)
    assert 2 <= before < 5 + SLOW
    summary = run_again(class_root)
    assert summary.graded == 5 + SLOW - before
    assert totals(class_root) == TOTALS | {f"slow{number}": 7.0 for number in range(SLOW)}


def typed(root, *more):
    """Run the command in this process, which has imported all of it, and return its exit code."""
    with pytest.raises(SystemExit) as ended:
        cli.main(command(root, *more)[3:])
    return ended.value.code


def test_the_command_says_what_it_did(class_root, capsys):
    assert typed(class_root, "--diff") == 0
    said = capsys.readouterr()
    assert "5 graded" in said.out and "1 not readable" in said.out
    assert "dan" in said.err and "not JSON" in said.err
    assert totals(class_root) == {}


def rows(table):
    """The rows of a table that was printed, each as the texts of its columns."""
    return [[text.strip() for text in line.strip("│").split("│")] for line in table.splitlines() if "│" in line]


def test_a_diff_says_whose_score_stands_and_what_lateness_makes_of_the_totals(graded, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    root = small_course.copy_course(graded[0], tmp_path / "small")
    with closing(sqlite3.connect(root / "class/gradebook.db")) as connection, connection:
        connection.execute(
            "update grade set manual_score = 1.5 where auto_score = 0 and "
            "cell_id in (select id from base_cell where name = 'double') and "
            "notebook_id in (select submitted_notebook.id from submitted_notebook join submitted_assignment on "
            "submitted_assignment.id = submitted_notebook.assignment_id where student_id = 'ben')"
        )
    hand_in(root, "ben", answered())
    set_dates(Folders.of(root), "small", due="2026-03-01 00:00", late="1 point/day", zone="UTC")
    before = dump(root)
    assert typed(root, "--diff") == 0
    changed, after = capsys.readouterr().out.split("totals after lateness")
    assert ["ben", "double", "0", "2", "a person's 1.5 stands"] in rows(changed)
    assert ["anna", "7", "0", "6", "1"] in rows(after) and ["ben", "6.5", "0", "5.5", "1"] in rows(after)
    assert dump(root) == before


def test_grading_without_a_sandbox_is_loud(class_root, capsys):
    assert typed(class_root, "--no-sandbox", "anna") == 0
    assert "--no-sandbox: student code runs with all your rights" in capsys.readouterr().err
    assert totals(class_root) == {"anna": 7.0}


def test_a_bad_course_is_one_sentence(tmp_path, capsys):
    assert typed(tmp_path) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "is no course" in sentence
