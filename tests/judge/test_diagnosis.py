"""Naming the bug, and silence where it is not known."""

import numpy as np
import pytest
from bugs import LINEAR, hidden, judged, plain_backward, visible

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import SheetMutant
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import edit, load_assignment, sheet_exercise

pytestmark = pytest.mark.slow


def named(**functions):
    return judged(LINEAR, **functions).diagnosis


@pytest.mark.parametrize("mutant", [mutant for mutant in LINEAR.mutants if mutant.name != "double"])
def test_a_known_bug_is_named(mutant):
    diagnosis = judged(LINEAR, **LINEAR.replaced(mutant.functions)).diagnosis
    assert diagnosis.name == mutant.name and diagnosis.sentence == mutant.sentence
    assert diagnosis.cases >= 2


def test_the_same_bug_written_another_way_is_named_too():
    def backward(grad_y, cache):
        x, weight = cache
        return np.einsum("nm,dm->nd", grad_y, weight), np.einsum("nd,nm->dm", x, grad_y), grad_y.sum(0) / len(grad_y)

    assert named(linear_backward=backward).name == "bias_mean"


def test_one_case_is_not_enough_to_name_a_bug():
    (double,) = [mutant for mutant in LINEAR.mutants if mutant.name == "double"]
    sheet = hidden(LINEAR)
    at_home = judge(sheet.visible(), LocalCaller(LINEAR.replaced(double.functions)))
    assert at_home.outcome == "wrong" and at_home.diagnosis is None  # one visible case is in float32
    assert judge(sheet, LocalCaller(LINEAR.replaced(double.functions))).diagnosis.name == "double"


def test_two_bugs_at_once_are_told_one_at_a_time():
    both = edit(plain_backward, "sum(axis=0)", "mean(axis=0)", "x.T @ grad_y", "x.T @ grad_y / len(x)")
    diagnosis = named(linear_backward=both)
    assert diagnosis.name in {"bias_mean", "weight_mean"} and diagnosis.output is not None


@pytest.mark.parametrize(
    "replacements",
    [
        ("sum(axis=0)", "sum(axis=0) * 1.1"),
        ("sum(axis=0)", "mean(axis=0) * (1 + 1e-4)"),
        ("sum(axis=0)", "max(axis=0)"),
        ("grad_y @ weight.T", "np.random.default_rng(0).normal(size=x.shape)"),
    ],
)
def test_an_unknown_bug_is_not_named(replacements):
    assert named(linear_backward=edit(plain_backward, *replacements)) is None


def test_right_code_has_no_diagnosis():
    assert named() is None


def test_a_match_is_not_named_when_another_known_bug_is_nearly_as_near():
    sheet = visible(LINEAR)
    twin = next(mutant for mutant in sheet.mutants if mutant.name == "bias_mean")
    sheet.mutants = [*sheet.mutants, SheetMutant("twin", "Another sentence.", "visible", twin.answers)]
    slip = {"linear_backward": edit(plain_backward, "sum(axis=0)", "mean(axis=0)")}
    assert judge(sheet, LocalCaller({**LINEAR.functions, **slip})).diagnosis is None


def test_a_bug_that_would_spoil_a_step_which_is_right_is_not_named():
    exercise = load_assignment("optimizers").exercise("adam")
    # From the second step on both are NaN; only in the mutant the first step is.
    slip = edit(exercise.replaced(exercise.alternatives[0].functions)["adam"], "beta2**steps", "beta2 * steps")
    assert judged(exercise, adam=slip).diagnosis is None


def test_one_case_is_not_enough():
    sheet = visible(LINEAR)
    sheet.cases = sheet.cases[:1]
    for mutant in sheet.mutants:
        mutant.answers = mutant.answers[:1]
    slip = {"linear_backward": edit(plain_backward, "sum(axis=0)", "mean(axis=0)")}
    assert judge(sheet, LocalCaller({**LINEAR.functions, **slip})).diagnosis is None


# --- least squares on the terms of batch norm's gradient -----------------------------------------------------------


@pytest.fixture(scope="module")
def batchnorm():
    exercise = load_assignment("normalization").exercise("batchnorm_backward")
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


def test_a_large_random_answer_is_recognised_by_a_sample():
    exercise = load_assignment("residual").exercise("dropout")
    sheet = sheet_exercise(exercise, "residual")
    drawn = [index for index, case in enumerate(sheet.cases) if case.measure is not None]
    kept = [value for mutant in sheet.mutants for index in drawn for value in mutant.answers[index].values.values()]
    assert max(value.size for value in kept if isinstance(value, np.ndarray)) <= 500
    for mutant in exercise.mutants:
        named = judge(sheet, LocalCaller(exercise.replaced(mutant.functions))).diagnosis
        assert named is not None and named.name == mutant.name


# --- outputs that are measured together ----------------------------------------------------------------------------


def test_half_of_a_measured_answer_names_no_bug():
    from classroom.staff.declare.exercise import answer_sheet

    sheet = answer_sheet(load_assignment("neurons")).exercises["logic_gate"]
    gates = {"and": ([2.0, 1.0], -1.5), "or": ([1.0, 1.0], -0.5), "not": ([-1.0], 0.5)}
    verdict = judge(sheet, LocalCaller({"logic_gate": lambda name: gates[name]}))
    assert verdict.parts == {"and": False, "or": True, "not": True} and verdict.diagnosis is None
