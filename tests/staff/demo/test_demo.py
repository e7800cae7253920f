"""The demo, for real: every one of its 24 students has the score that the declarations promise."""

import csv
import dataclasses
import shutil
from pathlib import Path

import pytest
from declared import declared, points

from classroom.fault import Fault
from classroom.staff.declare.exercise import Exercise, load_assignment
from classroom.staff.demo import demo
from classroom.staff.demo.classmaker import SPECIAL

pytestmark = pytest.mark.slow


ROOT = Path(__file__).parents[3]


NAME = "activations"


def course_at(root):
    """A course of one assignment, as it is in a fresh clone."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(ROOT / "assignments" / NAME, root / "assignments" / NAME)
    return root


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """The demo, run once over a class of 24."""
    root = course_at(tmp_path_factory.mktemp("course"))
    other = root / "class" / "submitted" / "somebody" / "notes.txt"
    other.parent.mkdir(parents=True)
    other.write_text("a class of one's own")
    old = root / "class" / "demo" / "submitted" / "s99"
    old.mkdir(parents=True)
    return root, demo.run(root, workers=2)


@pytest.mark.parametrize("number", range(24))
def test_a_student_has_the_declared_score_in_every_exercise(played, number):
    _, outcome = played
    one, play = outcome.graded[number], outcome.plays[number]
    assert one.student == play.student.id == f"s{number + 1:02d}"
    assert dict(one.scores) == play.expected, f"{play.kind}, {play.played}"


def test_what_is_special_about_a_student_shows_in_the_score(played):
    _, outcome = played
    both = list(zip(outcome.graded, outcome.plays, strict=True))
    total = {play.kind: one.total for one, play in both if play.kind != "mixed"}
    assert set(total) == set(SPECIAL)
    full = {"reference", "late", "alternatives", "alternatives in reverse", "noisy", "checks deleted"}
    assert {kind for kind, earned in total.items() if earned == points(NAME)} == full
    assert total["blank"] == total["no notebook"] == 0
    for kind in ("crashes", "dies", "loops for ever"):
        lost = points(NAME) - total[kind]
        assert lost in {exercise.points for exercise in declared(NAME).exercises}, "one exercise is lost, no other"
    assert 0 < total["careless"] < total["half"] < points(NAME)
    late = [one.student for one in outcome.graded if one.late]
    assert late == [play.student.id for play in outcome.plays if play.kind == "late"]


def test_every_known_bug_costs_points_and_every_alternative_none(played):
    """Read from what was played, exercise by exercise, not from the totals."""
    _, outcome = played
    assignment = load_assignment(ROOT / "assignments" / NAME)
    points = {exercise.id: exercise.points for exercise in assignment.exercises}
    mutants = {
        (exercise.id, mutant.name)
        for exercise in assignment.exercises
        if isinstance(exercise, Exercise)
        for mutant in exercise.mutants
    }
    bugs = alternatives = 0
    for one, play in zip(outcome.graded, outcome.plays, strict=True):
        for exercise, what in play.played.items():
            if what.startswith("alternative: "):
                alternatives += one.scores[exercise] == points[exercise]
            elif (exercise, what) in mutants:
                bugs += 1
                assert one.scores[exercise] < points[exercise], f"{play.student.id}: {what} in {exercise}"
    assert bugs >= 50 and alternatives >= 40


def test_feedback_report_and_grades_are_there_to_be_opened(played):
    root, outcome = played
    folder = root / "class" / "demo"
    assert len(list((folder / "feedback").glob(f"s*/{NAME}/{NAME}.html"))) == 24
    feedback = outcome.feedback.read_text()
    assert "relu_backward" in feedback and "points" in feedback
    report = outcome.report.read_text()
    assert all(one.name in report for one in outcome.graded)
    with outcome.grades.open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {one.student: one.total for one in outcome.graded}


def test_a_run_starts_clean_and_leaves_another_class_alone(played):
    root, _ = played
    assert (root / "class" / "submitted" / "somebody" / "notes.txt").read_text() == "a class of one's own"
    assert not (root / "class" / "demo" / "submitted" / "s99").exists()
    assert not (root / "class" / "demo" / "class").exists(), "the demo's class is one level, as a class of one's own"


def test_the_table_shows_everybody_and_the_paths(played, capsys):
    root, outcome = played
    demo.show(outcome, root)
    shown = capsys.readouterr().out
    assert shown.count("✓") == 24 and "✗" not in shown
    for path in (outcome.feedback, outcome.report, outcome.grades):
        assert str(path.relative_to(root)) in shown


def test_a_score_that_was_not_declared_is_told(played):
    _, outcome = played
    plays = list(outcome.plays)
    wrong = dict(plays[0].expected, relu_forward=3.0)
    plays[0] = type(plays[0])(**{**vars(plays[0]), "expected": wrong})
    assert demo.Outcome(**{**vars(outcome), "plays": plays}).surprises == [
        "s01 (reference), activations: relu_forward has 4.0, needs 3.0"
    ]
    assert outcome.surprises == []


def test_several_assignments_fit_a_narrow_terminal(played, capsys, monkeypatch):
    root, outcome = played
    other = [dataclasses.replace(one, assignment="neurons") for one in outcome.graded]
    both = demo.Outcome(**{**vars(outcome), "graded": [*other, *outcome.graded], "plays": 2 * outcome.plays})
    monkeypatch.setattr(demo, "_WIDTH", 60)
    demo.show(both, root)
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith(" s") and line[2].isdigit()]
    assert len(rows) == 24 and all("…" not in row and row.rstrip().endswith("✓") for row in rows)


def test_a_course_without_a_playable_assignment_is_refused(tmp_path):
    course_at(tmp_path)
    shutil.rmtree(tmp_path / "assignments" / NAME / "exercises")
    with pytest.raises(Fault, match="no assignment with exercises"):
        demo.run(tmp_path)
