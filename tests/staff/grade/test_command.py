"""`classroom grade`, typed: what it says, and that it may be interrupted."""

import signal
import subprocess

import pytest
from five_students import TOTALS, command, results, run_again, slow, totals, wait_for
from small_course import hand_in

from classroom import cli
from classroom.staff.sandbox import sandbox

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sandbox.capabilities().mode == "none", reason="student code cannot be locked in here"),
]


SLOW = 16  # many, so that some are still waiting when the signal arrives on a busy machine


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


def test_grading_without_a_sandbox_is_loud(class_root, capsys):
    assert typed(class_root, "--no-sandbox", "anna") == 0
    assert "--no-sandbox: student code runs with all your rights" in capsys.readouterr().err
    assert totals(class_root) == {"anna": 7.0}


def test_a_bad_course_is_one_sentence(tmp_path, capsys):
    assert typed(tmp_path) == 2
    (sentence,) = capsys.readouterr().err.splitlines()
    assert "is no course" in sentence
