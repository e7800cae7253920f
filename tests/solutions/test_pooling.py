"""Pooling."""

import loops
import numpy as np
import pytest
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, apart, arrays_of, check, same_as_torch

from solutions.pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    global_avg_pool_backward,
    global_avg_pool_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)


def pooled(name, pair, arrays, theirs, reduce, outside, options, linear=False):
    return Twin(
        name,
        *pair,
        arrays,
        torch=lambda x, kernel, stride=None, padding=0: theirs(x, kernel, stride, padding),
        loops=lambda x, kernel, stride=None, padding=0: loops.pooling(x, kernel, stride, padding, reduce, outside),
        options=options,
        linear=linear,
    )


MAXIMUM = maxpool2d_forward, maxpool2d_backward
MEAN = avgpool2d_forward, avgpool2d_backward
WINDOWS = {
    "side by side": ((2, 3, 6, 4), {"kernel": 2}),
    "with a remainder": ((2, 2, 7, 5), {"kernel": 2}),
    "overlapping": ((2, 2, 7, 9), {"kernel": 3, "stride": 2}),
    "padded": ((2, 2, 6, 7), {"kernel": 3, "stride": 2, "padding": 1}),
    "with gaps": ((1, 2, 8, 7), {"kernel": (1, 2), "stride": (3, 3)}),
    "pairs": ((2, 1, 6, 8), {"kernel": (2, 4), "stride": (1, 3), "padding": (1, 2)}),
    "of the whole map": ((2, 3, 4, 5), {"kernel": (4, 5)}),
    "all sizes 1": ((1, 1, 1, 1), {"kernel": 1}),
}
TWINS = [
    *(
        pooled(f"maxpool2d {name}", MAXIMUM, apart(x), F.max_pool2d, max, -np.inf, options)
        for name, (x, options) in WINDOWS.items()
    ),
    *(
        pooled(f"avgpool2d {name}", MEAN, arrays_of(x), F.avg_pool2d, np.mean, 0, options, linear=True)
        for name, (x, options) in WINDOWS.items()
    ),
    Twin(
        "global_avg_pool",
        global_avg_pool_forward,
        global_avg_pool_backward,
        arrays_of((2, 3, 4, 5)),
        torch=lambda x: x.mean(dim=(2, 3)),
        loops=lambda x: loops.pooling(x, x.shape[2:], None, 0, np.mean, 0)[:, :, 0, 0],
        linear=True,
    ),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@pytest.mark.parametrize(
    ("forward", "backward", "twin"),
    [
        (maxpool2d_forward, maxpool2d_backward, F.max_pool2d),
        (avgpool2d_forward, avgpool2d_backward, F.avg_pool2d),
    ],
)
@given(data=st.data())
def test_any_shape_is_as_in_torch_ties_included(forward, backward, twin, data):
    small = st.integers(1, 4)
    kernel, stride = ((data.draw(small), data.draw(small)) for _ in range(2))
    padding = tuple(data.draw(st.integers(0, k // 2)) for k in kernel)
    size = [max(1, kernel[a] - 2 * padding[a]) + data.draw(st.integers(0, 4)) for a in (0, 1)]
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = rng.integers(-3, 3, (2, data.draw(small), *size)).astype(float)
    same_as_torch(
        lambda x: forward(x, kernel, stride, padding), backward, [x], lambda x: twin(x, kernel, stride, padding), rng
    )


def test_the_matrix_of_the_lecture():
    x = np.array([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]])[None, None]
    assert maxpool2d_forward(x, 2)[0][0, 0].tolist() == [[6, 8], [3, 4]]
    assert avgpool2d_forward(x, 2)[0][0, 0].tolist() == [[3.25, 5.25], [2, 2]]


def test_of_equal_maxima_the_first_takes_the_gradient():
    _, cache = maxpool2d_forward(np.zeros((1, 1, 4, 4)), 2)
    grad_x = maxpool2d_backward(np.arange(1, 5.0).reshape(1, 1, 2, 2), cache)
    assert grad_x[0, 0].tolist() == [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]


def test_the_frame_never_wins():
    y, cache = maxpool2d_forward(np.full((1, 1, 3, 3), -5.0), 3, 2, 1)
    assert np.array_equal(y, np.full((1, 1, 2, 2), -5.0))
    assert maxpool2d_backward(np.ones_like(y), cache).sum() == 4


@given(st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_no_gradient_is_lost_or_made(kernel, stride, seed):
    rng = np.random.default_rng(seed)
    y, cache = maxpool2d_forward(rng.integers(0, 3, (2, 2, 6, 7)).astype(float), kernel, stride)
    grad_y = rng.standard_normal(y.shape)
    assert maxpool2d_backward(grad_y, cache).sum() == pytest.approx(grad_y.sum())


def test_whole_numbers_are_pooled_too():
    x = np.arange(9).reshape(1, 1, 3, 3)
    assert maxpool2d_forward(x, 3, 3, 1)[0][0, 0].tolist() == [[4]]
    assert avgpool2d_forward(x, 3)[0][0, 0].tolist() == [[4.0]]


@pytest.mark.parametrize("pool", [maxpool2d_forward, avgpool2d_forward])
@pytest.mark.parametrize(
    ("x", "arguments", "message"),
    [
        ((3, 4, 4), (2,), r"needs \(N, C, H, W\)"),
        ((1, 1, 4, 4), (0,), "kernel is 0, needs an integer of at least 1"),
        ((1, 1, 4, 4), (2, 0), "stride is 0, needs an integer of at least 1"),
        ((1, 1, 4, 4), (2, 2, -1), "padding is -1, needs an integer of at least 0"),
        ((1, 1, 4, 4), (3, 2, 2), "needs at most half the kernel"),
        ((1, 1, 4, 4), (5,), "reaches over 5 pixels, the padded input has 4"),
    ],
)
def test_errors_name_the_rule(pool, x, arguments, message):
    with pytest.raises(ValueError, match=message):
        pool(np.zeros(x), *arguments)


def test_global_average_needs_images():
    with pytest.raises(ValueError, match=r"needs \(N, C, H, W\)"):
        global_avg_pool_forward(np.zeros((2, 3)))


@pytest.mark.parametrize("twin", [TWINS[0], TWINS[len(WINDOWS)], TWINS[-1]], ids=str)
def test_backward_refuses_a_gradient_of_another_shape(twin):
    _, cache = twin.forward(*twin.arrays(np.random.default_rng(0)), **twin.options)
    with pytest.raises(ValueError, match="grad_y has shape"):
        twin.backward(np.zeros((1, 1, 1, 1)), cache)


def test_a_sum_is_kept_by_global_average():
    x = np.random.default_rng(0).standard_normal((2, 3, 4, 5))
    assert_close(global_avg_pool_forward(x)[0] * 20, x.sum(axis=(2, 3)))
