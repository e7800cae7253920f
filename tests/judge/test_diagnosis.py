"""Naming the bug, and silence where it is not known."""

import dataclasses

import numpy as np
import pytest
from bugs import LINEAR, judged, plain_backward, visible
from declared import declared

from classroom.call.caller import LocalCaller
from classroom.judge.answer_sheet import SheetMutant
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import Mutant, edit, sheet_exercise
from solutions.activation import softplus_forward
from solutions.linear import linear_forward

pytestmark = pytest.mark.slow


def named(**functions):
    return judged(LINEAR, **functions).diagnosis


KNOWN = [mutant for mutant in LINEAR.mutants if mutant.name != "double"]


@pytest.mark.parametrize("mutant", KNOWN)
def test_a_known_bug_is_named(mutant):
    diagnosis = judged(LINEAR, **LINEAR.replaced(mutant.functions)).diagnosis
    assert diagnosis.name == mutant.name and diagnosis.sentence == mutant.sentence
    assert diagnosis.cases >= 2


def test_the_same_bug_written_another_way_is_named_too():
    def backward(grad_y, cache):
        x, weight = cache
        return np.einsum("nm,dm->nd", grad_y, weight), np.einsum("nd,nm->dm", x, grad_y), grad_y.sum(0) / len(grad_y)

    assert named(linear_backward=backward).name == "bias_mean"


def test_a_wrong_dtype_is_told_as_what_is_seen_not_as_its_cause():
    (double,) = [mutant for mutant in LINEAR.mutants if mutant.name == "double"]
    for graded in (False, True):
        diagnosis = judged(LINEAR, graded=graded, **LINEAR.replaced(double.functions)).diagnosis
        assert diagnosis.how == "symptom" and "float64 comes out of float32" in diagnosis.sentence


def test_two_bugs_in_two_outputs_have_two_names():
    both = edit(plain_backward, "sum(axis=0)", "mean(axis=0)", "x.T @ grad_y", "x.T @ grad_y / len(x)")
    bugs = judged(LINEAR, linear_backward=both).bugs
    assert [(bug.name, bug.output) for bug in bugs] == [("weight_mean", "grad_weight"), ("bias_mean", "grad_bias")]


TOGETHER = [
    ("+ grad_y[0]", "- 3 * grad_y[-1]", "+ grad_y[0] - 3 * grad_y[-1]"),
    ("* 2", "- 3 * grad_y[-1]", "* 2 - 6 * grad_y[-1]"),
]


@pytest.mark.parametrize(("one", "other", "both"), TOGETHER, ids=["errors that add up", "a factor"])
def test_two_bugs_in_one_output_are_found_where_a_case_shows_each_alone(one, other, both):
    """As with a stride that some cases have, and a border that others have."""
    few, many = "(len(x) < 7)", "(len(x) > 2)"

    y = "grad_y.sum(axis=0)"
    first = edit(plain_backward, y, f"({y} {one} if {few} else {y})")
    second = edit(plain_backward, y, f"({y} {other} if {many} else {y})")
    mutants = [*LINEAR.mutants, Mutant("first", first, "The one."), Mutant("second", second, "The other.")]
    sheet = sheet_exercise(dataclasses.replace(LINEAR, mutants=mutants), "small")
    slipped = edit(plain_backward, y, f"({y} {both} if {few} and {many} else {y} {one} if {few} else {y} {other})")
    (bug,) = judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": slipped})).bugs
    assert bug.how == "pair" and bug.name == "first + second"
    assert bug.sentence == (
        "Two bugs at once, each of which shows in a case without the other. One: The one. The other: The other."
    )


@pytest.mark.parametrize(("one", "other", "both"), TOGETHER, ids=["errors that add up", "a factor"])
def test_what_two_bugs_would_give_in_every_case_is_no_pair_for_one_slip_gives_it_too(one, other, both):
    assert bugs_of(with_slips(first=one, second=other), both) == []


def test_one_slip_that_is_one_bug_in_some_cases_and_another_in_all_others_is_no_pair():
    """The sides exchanged: the maximum where the slope is above 1, and the minimum where it is not."""
    exercise = declared("activations").exercise("hunt_leaky")
    bugs = judged(exercise, hunt_leaky=lambda x, slope: np.where(x > 0, slope * x, x)).bugs
    assert all(bug.how == "symptom" for bug in bugs)


def test_one_slip_that_adds_up_as_two_known_bugs_do_is_no_pair():
    """alpha + (exp(x) - 1): the -1 is there, and so is alpha."""
    exercise = declared("activations").exercise("elu_forward")
    slip = {"elu_forward": lambda x, alpha=1.0: (np.where(x > 0, x, alpha + np.expm1(np.minimum(x, 0))), (x, alpha))}
    assert all(bug.how == "symptom" for bug in judged(exercise, **slip).bugs)


def with_slips(**slips):
    """The sheet of LINEAR with bugs that put these factors behind the sum in grad_bias."""
    made = [Mutant(name, slipped(code), f"{name}.") for name, code in slips.items()]
    return sheet_exercise(dataclasses.replace(LINEAR, mutants=[*LINEAR.mutants, *made]), "small")


def slipped(code):
    return edit(plain_backward, "grad_y.sum(axis=0)", f"grad_y.sum(axis=0) {code}")


def bugs_of(sheet, code):
    return judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": slipped(code)})).bugs


def test_two_bugs_that_each_multiply_by_a_size_are_not_told_apart():
    """N times and the root of N times is what one slip gives too."""
    assert bugs_of(with_slips(by_n="* len(grad_y)", by_root="* len(grad_y) ** 0.5"), "* len(grad_y) ** 1.5") == []


def test_what_can_be_seen_needs_no_two_causes():
    (bug,) = bugs_of(with_slips(first="* 2 - 1", second="* -1 + 1"), "* 0")
    assert bug.name == "zeros"


def test_a_bug_is_named_whatever_else_is_wrong():
    def in_place(grad_y, cache):
        x, weight = cache
        answer = grad_y @ weight.T, x.T @ grad_y, grad_y.mean(axis=0)
        grad_y *= 0
        return answer

    bugs = named_all(linear_backward=in_place)
    assert [bug.name for bug in bugs] == ["bias_mean", "changed in place"]
    narrow = named_all(
        linear_backward=lambda grad_y, cache: tuple(
            array.astype(np.float32) for array in edit(plain_backward, "sum(axis=0)", "mean(axis=0)")(grad_y, cache)
        )
    )
    assert narrow[0].name == "bias_mean"


def named_all(**functions):
    return judged(LINEAR, **functions).bugs


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
    exercise = declared("optimizers").exercise("adam")
    # From the second step on both are NaN; only in the mutant the first step is.
    slip = edit(exercise.replaced(exercise.alternatives[0].functions)["adam"], "beta2**steps", "beta2 * steps")
    assert [bug.how for bug in judged(exercise, adam=slip).bugs] in ([], ["symptom"])


def test_one_case_is_not_enough():
    sheet = visible(LINEAR)
    sheet.cases = sheet.cases[:1]
    for mutant in sheet.mutants:
        mutant.answers = mutant.answers[:1]
    slip = {"linear_backward": edit(plain_backward, "sum(axis=0)", "mean(axis=0)")}
    assert judge(sheet, LocalCaller({**LINEAR.functions, **slip})).diagnosis is None


def test_random_answers_are_recognised(dropout):
    exercise, sheet = dropout
    drawn = [index for index, case in enumerate(sheet.cases) if case.measure is not None]
    assert drawn
    for mutant in exercise.mutants:
        bugs = judge(sheet, LocalCaller(exercise.replaced(mutant.functions))).bugs
        assert bugs and (bugs[0].name == mutant.name or bugs[0].how == "symptom")


# --- outputs that are measured together ----------------------------------------------------------------------------


def test_half_of_a_measured_answer_names_no_bug(full_sheets):
    sheet = full_sheets("neurons").exercises["logic_gate"].visible()
    gates = {"and": ([2.0, 1.0], -1.5), "or": ([1.0, 1.0], -0.5), "not": ([-1.0], 0.5)}
    verdict = judge(sheet, LocalCaller({"logic_gate": lambda name: gates[name]}))
    assert verdict.parts == {"and": False, "or": True, "not": True} and verdict.diagnosis is None


# --- random answers -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dropout(full_sheets):
    return declared("residual").exercise("dropout"), full_sheets("residual").exercises["dropout"].visible()


@pytest.mark.parametrize(
    ("keep", "scale", "name"),
    [
        ("rng.binomial(1, drop, size=x.shape)", "1 / (1 - drop)", "keep_and_drop_swapped"),
        ("(rng.uniform(size=x.shape) < 1 - drop)", "1.0", "not_scaled"),
        ("(1 - rng.random(x.shape) > drop)", "1 / drop", "divided_by_drop"),
    ],
)
def test_random_answers_are_named_whatever_the_draws_and_with_a_backward_pass_that_fits(dropout, keep, scale, name):
    _, sheet = dropout
    source = f"""
def dropout_forward(x, drop, rng, *, training):
    if not training:
        return x.copy(), None
    mask = {keep} * ({scale})
    return (x * mask).astype(x.dtype), mask.astype(x.dtype)

def dropout_backward(grad_y, cache):
    return grad_y.copy() if cache is None else grad_y * cache
"""
    functions = {}
    exec(source, functions)
    bugs = judge(sheet, LocalCaller(functions)).bugs
    assert [bug.name.removesuffix(", both ways") for bug in bugs if bug.how == "mutant"] == [name]


# --- no name without information -----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [0.0, 1.0, np.nan])
def test_a_constant_answer_names_no_cause(value):
    def backward(grad_y, cache):
        return tuple(np.full_like(array, value) for array in plain_backward(grad_y, cache))

    mutants = [*LINEAR.mutants, Mutant("constant", backward, "A cause that nobody can see.")]
    sheet = sheet_exercise(dataclasses.replace(LINEAR, mutants=mutants), "small")
    bugs = judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": backward})).bugs
    assert bugs and all(bug.how == "symptom" for bug in bugs)


def test_an_exception_alone_names_no_cause():
    def backward(grad_y, cache):
        raise RuntimeError("for another reason")

    mutants = [*LINEAR.mutants, Mutant("stops", lambda grad_y, cache: 1 // 0, "It stops for this reason.")]
    sheet = sheet_exercise(dataclasses.replace(LINEAR, mutants=mutants), "small")
    assert judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": backward})).bugs == []


def test_a_bug_that_spoils_another_part_too_is_not_named_where_that_part_is_right():
    both = edit(plain_backward, "sum(axis=0)", "mean(axis=0)", "x.T @ grad_y", "x.T @ grad_y / len(x)")
    sheet = sheet_exercise(dataclasses.replace(LINEAR, mutants=[Mutant("both", both, "Both are means.")]), "small")
    one = edit(plain_backward, "sum(axis=0)", "mean(axis=0)")
    assert judge(sheet, LocalCaller({**LINEAR.functions, "linear_backward": one})).bugs == []


# --- twins of a wrong forward pass ---------------------------------------------------------------------------------


def test_a_gradient_of_a_wrong_forward_pass_is_named_after_its_mistake(full_sheets):
    sheet = full_sheets("softmax").exercises["linear_backward"].visible()

    def backward(grad_y, cache):
        x, weight = cache
        flat = x.reshape(len(x), -1) / (x.size // len(x))
        return (grad_y @ weight.T / len(weight)).reshape(x.shape), flat.T @ grad_y, grad_y.sum(axis=0)

    functions = {"linear_forward": linear_forward, "linear_backward": backward}
    (twin,) = [mutant for mutant in sheet.mutants if mutant.name == "averaged, both ways"]
    assert twin.sentence.startswith("The gradient is that of a forward pass with this mistake: ")
    assert [bug.name for bug in judge(sheet, LocalCaller(functions)).bugs] == ["averaged, both ways"]


def test_a_twin_gives_numbers_also_where_it_was_not_measured(full_sheets):
    sheet = full_sheets("activations").exercises["softplus_backward"].visible()

    def names(width):
        def backward(grad_y, cache):
            with np.errstate(all="ignore"):
                return grad_y * 0.5 * (1 + np.tanh(cache[0] / width))

        functions = {"softplus_forward": softplus_forward, "softplus_backward": backward}
        return [bug.name for bug in judge(sheet, LocalCaller(functions)).bugs if bug.how == "mutant"]

    assert names(1e-300) == ["relu, both ways"]
    assert names(0.0) == []  # NaN at 0, where ReLU has none
