"""The sum of a shortcut and a branch."""

import numpy as np
import pytest
from twins import Twin, arrays_of, check

from solutions.residual import (
    residual_backward,
    residual_forward,
)


def test_the_gradient_reaches_the_input_whatever_the_branch_does():
    x, grad_y = arrays_of((2, 3), (2, 3))(np.random.default_rng(0))
    _, cache = residual_forward(x, np.zeros((2, 3)))
    assert np.array_equal(residual_backward(grad_y, cache)[0], grad_y)


def test_scaled_by_the_root_of_a_half_a_sum_keeps_its_variance():
    x, branch = arrays_of(40_000, 40_000)(np.random.default_rng(0))
    assert residual_forward(x, branch, 0.5**0.5)[0].var() == pytest.approx(1, abs=0.05)
    assert residual_forward(x, branch)[0].var() == pytest.approx(2, abs=0.1)


def test_a_scaled_sum_is_torchs():
    check(
        Twin(
            "residual",
            residual_forward,
            residual_backward,
            arrays_of((2, 3, 4), (2, 3, 4)),
            torch=lambda x, branch, scale: scale * (x + branch),
            loops=lambda x, branch, scale: np.vectorize(lambda a, b: scale * (a + b))(x, branch),
            options={"scale": 0.7},
            linear=True,
        )
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: residual_forward(np.zeros((2, 3)), np.zeros((2, 1))), r"branch_y has shape .*, or use a projection"),
        (lambda: residual_backward(np.zeros(3), residual_forward(np.zeros(2), np.zeros(2))[1]), "grad_y has shape"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
