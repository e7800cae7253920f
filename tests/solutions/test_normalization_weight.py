"""Weight standardization."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check

from solutions.normalization import weight_standardize_backward, weight_standardize_forward


def in_torch(weight, eps=1e-5):
    mean = weight.mean(dim=(1, 2, 3), keepdim=True)
    return (weight - mean) / (weight.var(dim=(1, 2, 3), unbiased=False, keepdim=True) + eps).sqrt()


def by_loops(weight, eps=1e-5):
    y = np.zeros(weight.shape)
    for f, kernel in enumerate(weight):
        numbers = kernel.ravel().tolist()
        mean = sum(numbers) / len(numbers)
        var = sum((number - mean) ** 2 for number in numbers) / len(numbers)
        y[f] = (kernel - mean) / np.sqrt(var + eps)
    return y


def twin(name, shape, deviation=1.0, **options):
    return Twin(
        name,
        weight_standardize_forward,
        weight_standardize_backward,
        lambda rng: [deviation * (rng.standard_normal(shape) + 2)],
        torch=in_torch,
        loops=by_loops,
        options=options,
    )


@pytest.mark.parametrize(
    "twin",
    [
        twin("plain", (4, 3, 2, 5)),
        twin("large eps", (2, 3, 3, 3), eps=0.1),
        twin("variance near eps", (3, 2, 3, 2), 0.005),
        twin("one kernel", (1, 1, 2, 2)),
    ],
    ids=str,
)
def test_twins(twin):
    check(twin)


@given(st.integers(1, 3), st.integers(2, 4), st.integers(1, 3), st.integers(1, 3))
def test_each_kernel_has_mean_0_and_variance_1(filters, channels, height, width):
    (weight,) = arrays_of((filters, channels, height, width))(np.random.default_rng(0))
    standardized, _ = weight_standardize_forward(weight, eps=1e-14)
    assert standardized.mean(axis=(1, 2, 3)) == pytest.approx(np.zeros(filters), abs=1e-9)
    assert_close(standardized.var(axis=(1, 2, 3)), np.ones(filters), rtol=1e-9)


def test_shifting_and_scaling_a_kernel_changes_nothing():
    (weight,) = arrays_of((3, 2, 3, 3))(np.random.default_rng(0))
    assert_close(
        weight_standardize_forward(2 * weight + 1, eps=4e-5)[0], weight_standardize_forward(weight, eps=1e-5)[0]
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: weight_standardize_forward(np.zeros((3, 4))), r"weight has shape \(3, 4\), needs \(F, C, kH, kW\)"),
        (lambda: weight_standardize_forward(np.zeros((3, 4, 2, 2)), eps=-1), "eps is -1, needs to be positive"),
        (
            lambda: weight_standardize_backward(
                np.zeros((1, 4, 2, 2)), weight_standardize_forward(np.ones((3, 4, 2, 2)))[1]
            ),
            "grad_standardized has shape",
        ),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
