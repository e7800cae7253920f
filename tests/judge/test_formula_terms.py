"""Bugs that nobody listed, found by least squares on the terms of batch norm's gradient."""

import pytest
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import edit, sheet_exercise

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def batchnorm():
    exercise = declared("normalization").exercise("batchnorm_backward")
    sheet = sheet_exercise(exercise, "normalization")
    (source,) = [mutant.functions for mutant in exercise.mutants if mutant.name == "no_mean_term"]

    def diagnosis(expression):
        """Diagnose a backward pass in which this stands for the three terms."""
        backward = edit(source["batchnorm_backward"], "grad_normalized - variance_term", expression)
        return judge(sheet, LocalCaller({**source, "batchnorm_backward": backward})).diagnosis

    return diagnosis


@pytest.mark.parametrize(
    ("expression", "label"),
    [
        ("grad_normalized + mean_term - variance_term", "mean=-1"),
        ("grad_normalized - 2 * mean_term - 0.5 * variance_term", "mean=2 variance=0.5"),
        ("grad_normalized + mean_term + variance_term", "mean=-1 variance=-1"),
        ("-mean_term - variance_term", "direct=0"),
    ],
)
def test_combinations_that_nobody_listed_are_found_by_least_squares(batchnorm, expression, label):
    diagnosis = batchnorm(expression)
    assert diagnosis.how == "terms" and diagnosis.name == label


def test_a_missing_term_is_told_in_its_sentence(batchnorm):
    assert "term of grad_y itself is missing" in batchnorm("-mean_term - variance_term").sentence


def test_a_wrong_sign_is_called_one(batchnorm):
    assert (
        batchnorm("grad_normalized - mean_term + variance_term").sentence == "The term 'variance' has the wrong sign."
    )


def test_what_is_no_combination_of_the_terms_is_not_named(batchnorm):
    assert batchnorm("grad_normalized - mean_term - variance_term**2") is None
