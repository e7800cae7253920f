"""What scores say about exercises, on a class small enough to be checked by hand."""

import numpy as np
import pytest

from classroom.staff.report.item_analysis import Graded, bugs, discrimination, items, reliability

POINTS = {"first": 4.0, "second": 6.0}


def graded(student, first, second, diagnosis=None, outcome="wrong"):
    """One submission with these points; a diagnosis is of the second exercise."""
    verdicts = {
        "first": {"outcome": "right" if first == 4 else outcome, "diagnosis": None},
        "second": {"outcome": "right" if second == 6 else outcome, "diagnosis": diagnosis},
    }
    return Graded(student, f"Name {student}", "small", {"first": first, "second": second}, POINTS, verdicts)


def test_difficulty_is_the_mean_share_of_the_points():
    first, second = items([graded("a", 4, 0), graded("b", 2, 6), graded("c", 0, 0)])
    assert (first.exercise, first.points, first.share) == ("first", 4.0, 0.5)
    assert second.share == pytest.approx(1 / 3)
    assert first.outcomes == {"right": 1, "wrong": 2}


def test_discrimination_is_the_correlation_with_the_rest():
    scores, rest = np.arange(12.0), np.arange(12.0) ** 2
    assert discrimination(scores, rest) == pytest.approx(np.corrcoef(scores, rest)[0, 1])
    assert discrimination(scores, 5 - scores) == pytest.approx(-1)


def test_discrimination_is_left_out_where_it_means_nothing():
    assert discrimination(np.arange(9.0), np.arange(9.0)) is None
    assert discrimination(np.ones(12), np.arange(12.0)) is None
    assert discrimination(np.arange(12.0), np.ones(12)) is None


def test_flags_name_what_a_teacher_should_look_at():
    (never, negative) = items([graded(str(i), 0, i % 7) for i in range(12)])
    assert never.flags == ("nobody has a point",)
    assert negative.flags == ()
    always, _ = items([graded(str(i), 4, i % 7) for i in range(12)])
    assert always.flags == ("everybody has all points",)
    good_fail, _ = items([graded(str(i), 4 - i % 5, i % 5) for i in range(12)])
    assert good_fail.flags == ("those who are good fail it: is the check right?",)


def test_bugs_are_counted_the_commonest_first():
    one = {"name": "sign", "sentence": "The sign is wrong."}
    two = {"name": "mean", "sentence": "A mean where a sum belongs."}
    found = bugs([graded("a", 4, 0, two), graded("b", 4, 0, one), graded("c", 0, 0, one), graded("d", 4, 6)])
    assert [(bug.name, bug.exercise, bug.students) for bug in found] == [
        ("sign", "second", ["Name b", "Name c"]),
        ("mean", "second", ["Name a"]),
    ]


def test_reliability_is_one_where_all_exercises_agree_and_none_for_a_small_class():
    assert reliability([graded(str(i), i % 5, i % 5) for i in range(20)]) == pytest.approx(1)
    assert reliability([graded(str(i), i % 5, i % 5) for i in range(9)]) is None
    assert reliability([graded(str(i), 2, 2) for i in range(20)]) is None


def test_no_submission_gives_no_items():
    assert items([]) == []
