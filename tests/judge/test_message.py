"""What a student reads: short, escaped, the same in text and HTML."""

import re

import numpy as np
import pytest
from bugs import LINEAR, RELU, hidden, judged, plain_backward, visible
from page import words_of

from classroom.call.caller import LocalCaller
from classroom.judge.message import WORDS, message, progress_html, progress_text, to_html, to_text
from classroom.judge.verdict import Finding, Verdict, judge
from classroom.staff.declare.exercise import edit


def slip(*replacements, **options):
    return judged(LINEAR, linear_backward=edit(plain_backward, *replacements), **options)


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
    assert words_of(to_html(VERDICTS[name])) == to_text(VERDICTS[name]).split()


@pytest.mark.parametrize("name", VERDICTS)
def test_a_message_has_at_most_160_words(name):
    assert message(VERDICTS[name]).words <= WORDS == 160


def test_the_outcome_is_told_by_a_sign_and_a_word_not_by_colour_alone():
    assert to_text(VERDICTS["right"]).startswith("✓ linear_backward · right · 6 of 6 points")
    assert to_text(VERDICTS["wrong"]).startswith("✗ linear_backward · wrong · 3 of 4 parts right · 4 of 6 points")
    assert to_text(VERDICTS["not started"]).startswith("○ linear_backward · not started · 0 of 6 points")


def test_a_wrong_answer_is_told_from_the_gap_to_the_next_step():
    text = to_text(VERDICTS["wrong"])
    assert "grad_x ✓   grad_weight ✓   grad_bias ✗ (shape, dtype, finite ok)" in text
    assert "yours is 1/N times what is expected" in text
    assert "smallest case that fails" in text
    assert text.endswith('next: check.hint("linear_backward") or check.case("linear_backward")')


def test_five_wrong_parts_get_five_lines():
    findings = [Finding("value", f"part{n}: relative error 1", f"part{n}", f"case {n}") for n in range(5)]
    made = message(Verdict("x", "wrong", 0, 5, parts={f"part{n}": False for n in range(5)}, findings=findings))
    for n in range(5):
        assert f'part{n}: relative error 1 (case "case {n}")' in made.open


def test_a_stage_that_all_wrong_parts_reached_is_said_once():
    text = to_text(slip("sum(axis=0)", "mean(axis=0)", "x.T @ grad_y", "x.T @ grad_y + 1"))
    assert text.count("dtype, finite ok") == 1


def test_a_crash_shows_the_shapes_of_its_inputs_and_what_they_mean():
    text = to_text(VERDICTS["crashed"])
    assert "given: x (2, 1), weight (1, 3), bias (3,), grad_y (2, 3)" in text
    assert "A matrix product needs equal inner sizes" in text


def test_the_name_of_the_bug_is_left_to_the_hint_until_it_is_graded():
    assert "sum, do not average" not in to_text(VERDICTS["wrong"])
    assert "known bug: The bias enters every example: sum, do not average." in to_text(VERDICTS["graded"])


def test_a_crash_quotes_call_error_and_line():
    text = to_text(VERDICTS["crashed"])
    assert "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache) → ValueError: matmul" in text
    assert re.search(r"your line \d+: return grad_y @ weight.T, x @ grad_y", text)


def test_a_call_that_was_stopped_is_told_in_one_sentence_and_its_place():
    def endless(grad_y, cache):
        while True:
            grad_y = grad_y + 1

    functions = {**LINEAR.functions, "linear_backward": endless}
    verdict = judge(visible(LINEAR), LocalCaller(functions, seconds=0.05))
    headline, said, place = to_text(verdict).splitlines()
    assert headline == "✗ linear_backward · crashed · 0 of 3 parts right · 0 of 6 points"
    assert said.endswith('it computed for 0.05 seconds and had not ended: does its loop ever end? (case "tiny")')
    assert place.endswith(("while True:", "grad_y = grad_y + 1")) and place.startswith("  your line ")
    assert words_of(to_html(verdict)) == to_text(verdict).split()


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
    assert words_of(progress_html(rows)) == progress_text(rows).split()
