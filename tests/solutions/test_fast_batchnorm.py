"""Batch norm: training, inference, running statistics, folding."""

import loops
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check, same_as_torch

from solutions.fast import batchnorm_backward, batchnorm_forward
from solutions.normalization import (
    batchnorm_param_count,
    fold_batchnorm,
    instancenorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)


def running_of(channels):
    rng = np.random.default_rng(1)
    return rng.standard_normal(channels), rng.random(channels) + 0.5


def norm(name, x, forward=batchnorm_forward, backward=batchnorm_backward, *, training=True, deviation=1.0, eps=1e-5):
    """`deviation` near sqrt(eps) makes the place of eps visible."""

    def arrays(rng):
        values = arrays_of(x, x[1:2], x[1:2])(rng)
        return [deviation * values[0] + 3 * deviation, *values[1:]]

    def ours(x, scale, shift):
        running = None if training else tuple(np.asarray(v, x.dtype) for v in running_of(len(scale)))
        return forward(x, scale, shift, running, training=training, eps=eps)

    def theirs(x, scale, shift):
        mean, var = (torch.tensor(value) for value in running_of(len(scale)))
        return F.batch_norm(x, mean, var, scale, shift, training=training, eps=eps)

    def plainly(x, scale, shift):
        if training:
            return loops.normalization(x, scale, shift, lambda index: index[1], eps=eps)
        mean, var = (value.reshape(-1, *[1] * (x.ndim - 2)) for value in running_of(len(scale)))
        one = [vector.reshape(mean.shape) for vector in (scale, shift)]
        return (x - mean) / np.sqrt(var + eps) * one[0] + one[1]

    return Twin(name, ours, backward, arrays, torch=theirs, loops=plainly)


TWINS = [
    norm("vectors", (7, 3)),
    norm("images", (3, 4, 5, 2)),
    norm("inference, vectors", (4, 3), training=False),
    norm("inference, images", (2, 3, 4, 5), training=False),
    norm("variance near eps", (6, 3), deviation=0.005),
    norm("large eps", (3, 2, 4, 3), eps=0.1),
    norm("spatial", (3, 4, 5, 2), spatial_batchnorm_forward, spatial_batchnorm_backward),
    norm("spatial, inference", (3, 4, 5, 2), spatial_batchnorm_forward, spatial_batchnorm_backward, training=False),
    norm("one channel, one column", (5, 1, 3, 1)),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@given(st.integers(2, 5), st.integers(1, 4), st.lists(st.integers(1, 4), min_size=2, max_size=2), st.integers(0, 99))
def test_any_shape_is_as_in_torch(n, c, size, seed):
    rng = np.random.default_rng(seed)
    same_as_torch(
        lambda *arrays: batchnorm_forward(*arrays, None, training=True)[:2],
        batchnorm_backward,
        arrays_of((n, c, *size), (c,), (c,))(rng),
        lambda x, scale, shift: F.batch_norm(x, None, None, scale, shift, training=True),
        rng,
    )


def test_the_output_has_mean_shift_and_deviation_scale():
    x, scale, shift = arrays_of((50, 3), (3,), (3,))(np.random.default_rng(0))
    y, *_ = batchnorm_forward(x, scale, shift, None, training=True, eps=1e-12)
    assert_close(y.mean(axis=0), shift)
    assert_close(y.std(axis=0), abs(scale), rtol=1e-9)


def test_it_can_learn_to_do_nothing():
    x = np.random.default_rng(0).standard_normal((6, 3))
    y, *_ = batchnorm_forward(x, np.sqrt(x.var(axis=0) + 1e-5), x.mean(axis=0), None, training=True)
    assert_close(y, x)


def test_running_statistics_start_at_0_and_1_and_alpha_weighs_the_old():
    x = np.random.default_rng(0).standard_normal((6, 3)) * 2 + 1
    running = None
    for _ in range(4):
        *_, running = batchnorm_forward(x, np.ones(3), np.zeros(3), running, training=True, alpha=0.8)
    left = 0.8**4  # the weight of the start after four equal batches
    assert_close(running[0], (1 - left) * x.mean(axis=0))
    assert_close(running[1], left + (1 - left) * x.var(axis=0))


def test_translation_to_torchs_running_statistics():
    """PyTorch's momentum is 1 - alpha, and its running variance is unbiased: N / (N - 1) times the batch's."""
    rng = np.random.default_rng(0)
    theirs = torch.nn.BatchNorm2d(3, momentum=0.1, dtype=torch.float64)
    running, count = None, 4 * 5 * 6
    for _ in range(3):
        x = rng.standard_normal((4, 3, 5, 6))
        *_, running = batchnorm_forward(x, np.ones(3), np.zeros(3), running, training=True, alpha=0.9)
        theirs(torch.tensor(x))
    assert_close(running[0], theirs.running_mean.numpy())
    start = 0.9**3  # what is left of the variance 1 of the start is in both
    assert_close((running[1] - start) * count / (count - 1) + start, theirs.running_var.numpy())


def test_inference_keeps_the_running_statistics_and_nothing_given_is_changed():
    x, running = np.random.default_rng(0).standard_normal((6, 3)), running_of(3)
    before = [value.copy() for value in running]
    *_, kept = batchnorm_forward(x, np.ones(3), np.zeros(3), running, training=False)
    *_, moved = batchnorm_forward(x, np.ones(3), np.zeros(3), running, training=True)
    for given_value, then, same, new in zip(running, before, kept, moved, strict=True):
        assert np.array_equal(given_value, then)
        assert np.array_equal(same, then)
        assert not np.array_equal(new, then)


def test_float32_stays_float32_whatever_the_running_statistics_are():
    x, scale, shift = (np.ones(shape, np.float32) for shape in ((2, 3), (3,), (3,)))
    y, *_ = batchnorm_forward(x, scale, shift, (np.zeros(3), np.ones(3)), training=False)
    assert y.dtype == np.float32


def test_float32_keeps_float32_statistics():
    x = np.ones((4, 3), np.float32)
    *_, running = batchnorm_forward(x, x[0], x[0], None, training=True)
    assert [value.dtype for value in running] == [np.float32, np.float32]


@pytest.mark.parametrize("channels_last", [False, True])
def test_float32_keeps_its_digits_with_many_pixels_and_a_large_mean(channels_last):
    rng = np.random.default_rng(0)
    x, grad_y = (rng.standard_normal((16, 4, 64, 64)) + mean for mean in (5, 0.1))
    scale, shift = rng.standard_normal((2, 4))
    y, cache, _ = batchnorm_forward(x, scale, shift, None, training=True)
    exact = (y, *batchnorm_backward(grad_y, cache))
    x, grad_y, scale, shift = (array.astype(np.float32) for array in (x, grad_y, scale, shift))
    if channels_last:
        x, grad_y = (array.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2) for array in (x, grad_y))
    y, cache, _ = batchnorm_forward(x, scale, shift, None, training=True)
    for ours, right in zip((y, *batchnorm_backward(grad_y, cache)), exact, strict=True):
        assert_close(ours, right, rtol=3e-5)  # some kernels add 65,536 numbers one after the other


def test_one_image_is_instance_norm():
    x, scale, shift = arrays_of((1, 3, 4, 5), (3,), (3,))(np.random.default_rng(0))
    assert_close(batchnorm_forward(x, scale, shift, None, training=True)[0], instancenorm_forward(x, scale, shift)[0])


def test_spatial_is_the_same_function_of_images():
    x, scale, shift = arrays_of((2, 3, 4, 5), (3,), (3,))(np.random.default_rng(0))
    y, cache, running = batchnorm_forward(x, scale, shift, None, training=True)
    spatial, spatial_cache, spatial_running = spatial_batchnorm_forward(x, scale, shift, None, training=True)
    assert_close(spatial, y)
    for ours, plain in zip(
        (*spatial_batchnorm_backward(y, spatial_cache), *spatial_running),
        (*batchnorm_backward(y, cache), *running),
        strict=True,
    ):
        assert_close(ours, plain)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x": (2, 3, 4)}, r"x has shape \(2, 3, 4\), needs \(N, D\) or \(N, C, H, W\)"),
        ({"x": (0, 3)}, "an empty batch has no mean"),
        ({"scale": (1,)}, r"scale has shape \(1,\), needs \(3,\)"),
        ({"shift": (4,)}, r"shift has shape \(4,\), needs \(3,\)"),
        ({"running": (np.zeros(3), np.ones(1))}, r"running var has shape \(1,\), needs \(3,\)"),
        ({"alpha": 1.1}, "alpha is 1.1, needs 0 <= alpha <= 1: it is the weight of the old"),
        ({"eps": 0}, "eps is 0, needs to be positive"),
        ({"training": "test"}, "training is 'test', needs True .training. or False"),
    ],
)
def test_errors_name_the_rule(arguments, message):
    arguments = {"x": (2, 3), "scale": (3,), "shift": (3,), "running": None, "training": True, **arguments}
    arrays = [np.zeros(arguments.pop(name)) for name in ("x", "scale", "shift")]
    with pytest.raises(ValueError, match=message):
        batchnorm_forward(*arrays, arguments.pop("running"), **arguments)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: batchnorm_param_count(0), "channels is 0"),
        (lambda: fold_batchnorm(*[np.zeros(3)] * 4, (np.zeros(3), np.ones(3))), r"needs \(D, M\) or \(F, C, kH, kW\)"),
        (
            lambda: fold_batchnorm(np.zeros((3, 4)), *[np.zeros(3)] * 3, (np.zeros(3), np.ones(3))),
            r"bias has shape \(3,\), needs \(4,\)",
        ),
        (
            lambda: spatial_batchnorm_forward(np.zeros((2, 3)), np.ones(3), np.ones(3), None, training=True),
            r"needs \(N, C, H, W\)",
        ),
        (
            lambda: batchnorm_backward(
                np.zeros((1, 3)), batchnorm_forward(np.zeros((2, 3)), *np.ones((2, 3)), None, training=True)[1]
            ),
            "grad_y has shape",
        ),
    ],
)
def test_errors_of_the_others_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
