"""Smaller copies of a case: right for the reference, readable, and used to show a failure."""

import numpy as np
import pytest
from bugs import LINEAR, RELU, judged, plain_backward, visible

from classroom.call.caller import LocalCaller
from classroom.judge.verdict import judge
from classroom.staff.declare.exercise import edit, load_assignment, sheet_exercise
from classroom.staff.declare.shrink import LARGEST, TELLING, entries, readable


@pytest.mark.parametrize("exercise", [LINEAR, RELU], ids=lambda exercise: exercise.id)
def test_the_reference_passes_every_smaller_case(exercise):
    sheet = visible(exercise)
    assert sheet.small
    sheet.cases, sheet.mutants = sheet.small, []
    assert judge(sheet, LocalCaller(exercise.functions)).outcome == "right"


def test_the_smallest_comes_first_and_none_is_large():
    sizes = [entries(case) for case in visible(LINEAR).small]
    assert sizes == sorted(sizes) and sizes[0] <= 4 and sizes[-1] <= LARGEST


def test_numbers_become_halves_and_keep_their_signs():
    made = readable(np.array([0.03, -0.1, 1.26, -2.6, 0.0]))
    assert np.array_equal(made, [0.5, -0.5, 1.5, -2.5, 0.0])
    tiny = np.array([1e-3, 2e-3])
    assert np.array_equal(readable(tiny), tiny)


def test_a_failure_is_shown_on_the_smallest_case_that_has_it():
    verdict = judged(LINEAR, linear_backward=edit(plain_backward, "grad_y @ weight.T", "-grad_y @ weight.T"))
    line = next(line for line in verdict.findings[0].details if line.startswith("smallest case"))
    assert line.count("[") < 20 and "yours" in line


def test_a_bug_that_a_single_example_hides_is_shown_on_more():
    verdict = judged(LINEAR, linear_backward=edit(plain_backward, "sum(axis=0)", "mean(axis=0)"))
    line = next(line for line in verdict.findings[0].details if line.startswith("smallest case"))
    shown = eval(line.split("grad_y = ")[1].split(";")[0])
    assert len(shown) == 2


def test_images_shrink_to_what_the_kernel_needs():
    exercise = load_assignment("convolution").exercise("conv2d_forward")
    sheet = sheet_exercise(exercise, "convolution")
    assert entries(sheet.small[0]) <= 12
    shapes = {case.inputs["x"].shape[:2] for case in sheet.small}
    assert (1, 1) in shapes


def test_two_examples_say_nothing_about_batch_norm():
    """Of two examples the gradient is 0 but for eps: four digits of it would show no difference."""
    sheet = sheet_exercise(load_assignment("normalization").exercise("batchnorm_backward"), "normalization")
    assert sheet.small
    assert all(np.abs(case.expected["grad_x"]).max() >= TELLING for case in sheet.small)
