"""What a student reads: short, escaped, the same in text and HTML."""

import html
import re
from pathlib import Path

import numpy as np
import pytest
from bugs import LINEAR, RELU, hidden, judged, plain_backward

from classroom.call.caller import LocalCaller
from classroom.judge.message import WORDS, message, progress_html, progress_text, to_html, to_text
from classroom.judge.verdict import Finding, Verdict, judge
from classroom.staff.declare.exercise import Quiz, answer_sheet, edit, load_assignment
from classroom.staff.quality import names_of_all

pytestmark = pytest.mark.slow


def slip(*replacements, **options):
    return judged(LINEAR, linear_backward=edit(plain_backward, *replacements), **options)


def words(verdict):
    plain = html.unescape(re.sub(r"<[^>]*>", " ", to_html(verdict)))
    return plain.split()


VERDICTS = {
    "right": judged(LINEAR),
    "wrong": slip("sum(axis=0)", "mean(axis=0)"),
    "two wrong": slip("sum(axis=0)", "mean(axis=0)", "x.T @ grad_y", "x.T @ grad_y + 1"),
    "shape": slip("sum(axis=0)", "sum(axis=1)"),
    "crashed": slip("x.T @", "x @"),
    "not started": judged(LINEAR, linear_backward=lambda grad_y, cache: (_ for _ in ()).throw(NotImplementedError)),
    "graded": slip("sum(axis=0)", "mean(axis=0)", graded=True),
    "relu": judged(RELU, relu_backward=lambda grad_y, cache: grad_y * (cache[0] >= 0)),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_html_and_plain_text_have_the_same_words(name):
    assert words(VERDICTS[name]) == to_text(VERDICTS[name]).split()


@pytest.mark.parametrize("name", VERDICTS)
def test_a_message_has_at_most_160_words(name):
    assert message(VERDICTS[name]).words <= WORDS == 160


@pytest.mark.parametrize("name", names_of_all(Path(__file__).parents[2]))
def test_the_message_of_every_known_bug_is_short_and_the_same_in_both_forms(name):
    assignment = load_assignment(name)
    sheet = answer_sheet(assignment)
    for exercise in assignment.exercises:
        for mutant in () if isinstance(exercise, Quiz) else exercise.mutants:
            verdict = judge(sheet.exercises[exercise.id], LocalCaller(exercise.replaced(mutant.functions)))
            assert words(verdict) == to_text(verdict).split(), mutant.name
            assert message(verdict).words <= WORDS, mutant.name


def test_the_outcome_is_told_by_a_sign_and_a_word_not_by_colour_alone():
    assert to_text(VERDICTS["right"]).startswith("✓ linear_backward · right · 6 of 6 points")
    assert to_text(VERDICTS["wrong"]).startswith("✗ linear_backward · wrong · 3 of 4 parts right · 4 of 6 points")
    assert to_text(VERDICTS["not started"]).startswith("○ linear_backward · not started · 0 of 6 points")


def test_a_wrong_answer_is_told_from_the_gap_to_the_next_step():
    text = to_text(VERDICTS["wrong"])
    assert "grad_x ✓   grad_weight ✓   grad_bias ✗ (shape, dtype, finite ok)" in text
    assert "yours is 1/N times what is expected" in text
    assert "smallest case that fails" in text
    assert text.endswith('next: check.hint("linear_backward")')


def test_the_name_of_the_bug_is_left_to_the_hint_until_it_is_graded():
    assert "sum, do not average" not in to_text(VERDICTS["wrong"])
    assert "known bug: The bias enters every example: sum, do not average." in to_text(VERDICTS["graded"])


def test_a_crash_quotes_call_error_and_line():
    text = to_text(VERDICTS["crashed"])
    assert "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache) → ValueError: matmul" in text
    assert re.search(r"your line \d+: return grad_y @ weight.T, x @ grad_y", text)


def test_everything_that_a_student_can_choose_is_escaped():
    class Sly(Exception):
        def __str__(self):
            return "<script>alert(1)</script><img src=x onerror=alert(2)>"

    def sly(grad_y, cache):
        raise Sly

    page = to_html(judged(RELU, relu_backward=sly))
    assert "<script" not in page and "<img" not in page and "&lt;script&gt;" in page


def test_a_flood_of_words_is_cut():
    class Long(Exception):
        def __str__(self):
            return "word " * 1000

    def long(grad_y, cache):
        raise Long

    assert message(judged(RELU, relu_backward=long)).words <= WORDS
    findings = [Finding("value", "many words " * 50, f"part {n}", details=("more " * 50,)) for n in range(9)]
    assert message(Verdict("x", "wrong", 0, 1, findings=findings)).words <= WORDS


def test_hidden_failures_show_no_numbers():
    sheet = hidden(LINEAR)
    sheet.cases, sheet.mutants = [case for case in sheet.cases if case.hidden or not case.single], []
    verdict = judge(
        sheet,
        LocalCaller(
            LINEAR.functions
            | {
                "linear_backward": lambda grad_y, cache: tuple(
                    array.astype(float) if np.dtype("f4") == grad_y.dtype else array
                    for array in plain_backward(grad_y, cache)
                )
            }
        ),
    )
    assert to_text(verdict).count("fails on float32: float64 comes out of float32") == 1
    assert "yours" not in to_text(verdict)


def test_progress_is_a_table_with_a_total():
    rows = {"relu": ("right", 4.0, 4.0), "prelu": ("not checked", 0.0, 7.0)}
    assert progress_text(rows).splitlines()[-1].split() == ["total", "4", "of", "11"]
    plain = html.unescape(re.sub(r"<[^>]*>", " ", progress_html(rows)))
    assert plain.split() == progress_text(rows).split()
