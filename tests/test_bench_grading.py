"""The bench of grading tells medians of runs side by side, and what follows for whole classes and more cores."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "bench"))
import grading

sys.path.pop(0)


def a_round(slower=1.0):
    """Runs of stock at 2 s a submission, of ours at 0.1 s and of ours with figures at 0.25 s, each with a start."""
    made = {
        "stock few": (grading.FEW, 4 + 2 * grading.FEW),
        "stock": (grading.SOME, 4 + 2 * grading.SOME),
        "ours few": (2, 3.2),
        "ours": (grading.CLASS, 3 + 0.1 * grading.CLASS),
        "figures few": (2, 3.5),
        "figures": (grading.CLASS, 3 + 0.25 * grading.CLASS),
    }
    return {name: grading.Measured(n, slower * time, time, 80.0, {}) for name, (n, time) in made.items()}


def test_a_whole_class_of_stocks_follows_from_two_small_ones():
    runs = a_round()
    assert grading.for_class(runs["stock few"], runs["stock"], grading.seconds) == pytest.approx(4 + 2 * grading.CLASS)


def test_the_table_tells_medians_with_their_spread_and_the_quotation_is_of_it():
    lines, quoted = grading.table([a_round(1.0), a_round(1.5), a_round(1.1)])
    text = "\n".join(lines)
    assert "| `classroom grade` | 9.9 (9.0 to 13.5) | 9.0 | 14 |" in lines  # 124 s against 9 s in each round
    assert "| `classroom grade` | 0.10 | 3.0 |" in lines and "| `classroom grade --figures` | 0.25 | 3.0 |" in lines
    assert quoted == (
        "a class of 60 14 times as fast as stock nbgrader, 7 times with figures, at 0.10 CPU seconds a submission"
    )
    assert "**100,000 submissions** at 0.10 CPU s are 3 core-hours" in text


def test_more_cores_help_until_the_writer_sets_the_pace():
    *_, eight, sixteen, many = grading.past_one_machine(0.36)
    assert eight == "| 8 | 80,000 | 1.2 |" and sixteen == "| 16 | 160,000 | 0.6 |"
    assert many == "| 26 | 257,100 | 0.4 |"
