"""Residual connections, blocks and concatenation."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close
from twins import Twin, arrays_of, check, same_as_torch

from solutions.residual import (
    residual_block_backward,
    residual_block_forward,
)

NAMES = ("weight1", "scale1", "shift1", "weight2", "scale2", "shift2", "projection")


def block_shapes(channels, filters, order, *, projected):
    first = filters if order == "post" else channels
    shapes = [(filters, channels, 3, 3), (first,), (first,), (filters, filters, 3, 3), (filters,), (filters,)]
    return [*shapes, (filters, channels, 1, 1)] if projected else shapes


def block_in_torch(x, *params, stride, order, scale=1.0, training=True):
    p = dict(zip(NAMES, params, strict=False))

    def norm(h, which):
        mean, var = (f(p[f"scale{which}"]).detach() for f in (torch.zeros_like, torch.ones_like))
        return F.batch_norm(h, mean, var, p[f"scale{which}"], p[f"shift{which}"], training=training)

    def conv(h, which, stride):
        return F.conv2d(h, p[f"weight{which}"], stride=stride, padding=1)

    skip = F.conv2d(x, p["projection"], stride=stride) if "projection" in p else x
    if order == "pre":
        return scale * (skip + conv(norm(conv(norm(x, 1).relu(), 1, stride), 2).relu(), 2, 1))
    return (scale * (skip + norm(conv(norm(conv(x, 1, stride), 1).relu(), 2, 1), 2))).relu()


def block(name, x, filters, *, projected, **options):
    def forward(x, *params, stride, order, scale=1.0, training=True):
        y, cache, _ = residual_block_forward(
            x,
            dict(zip(NAMES, params, strict=False)),
            None,
            training=training,
            stride=stride,
            order=order,
            scale=scale,
        )
        return y, cache

    def backward(grad_y, cache):
        grad_x, grads = residual_block_backward(grad_y, cache)
        return (grad_x, *(grads[name] for name in NAMES if name in grads))

    shapes = block_shapes(x[1], filters, options["order"], projected=projected)
    return Twin(name, forward, backward, arrays_of(x, *shapes), torch=block_in_torch, options=options)


TWINS = [
    block("post", (2, 3, 5, 4), 3, projected=False, stride=1, order="post"),
    block("pre", (2, 3, 5, 4), 3, projected=False, stride=1, order="pre"),
    block("post with projection", (2, 2, 6, 5), 4, projected=True, stride=2, order="post"),
    block("pre with projection", (2, 2, 6, 5), 4, projected=True, stride=2, order="pre", scale=0.5),
    block("post, inference", (2, 3, 5, 4), 3, projected=False, stride=1, order="post", training=False),
]


@pytest.mark.parametrize("twin", TWINS, ids=str)
def test_twins(twin):
    check(twin)


@given(*[st.integers(1, 3)] * 3, st.integers(2, 5), st.integers(1, 2), st.sampled_from(["pre", "post"]))
def test_any_block_is_as_in_torch(n, channels, filters, size, stride, order):
    rng = np.random.default_rng(0)
    twin = block("", (n + 1, channels, size, size + 1), filters, projected=True, stride=stride, order=order)
    same_as_torch(
        lambda *arrays: twin.forward(*arrays, **twin.options),
        twin.backward,
        twin.arrays(rng),
        lambda *tensors: twin.torch(*tensors, **twin.options),
        rng,
    )


def test_a_block_with_a_silent_last_norm_is_the_identity():
    x, *params = arrays_of((2, 3, 5, 4), *block_shapes(3, 3, "post", projected=False))(np.random.default_rng(0))
    params = dict(zip(NAMES, params, strict=False))
    params["scale2"], params["shift2"] = np.zeros(3), np.zeros(3)
    y, *_ = residual_block_forward(abs(x), params, None, training=True)
    assert_close(y, abs(x))


def test_running_statistics_move_in_training_and_are_kept_in_inference():
    x, *params = arrays_of((2, 3, 5, 4), *block_shapes(3, 3, "post", projected=False))(np.random.default_rng(0))
    params = dict(zip(NAMES, params, strict=False))
    *_, running = residual_block_forward(x, params, None, training=True)
    *_, kept = residual_block_forward(x, params, running, training=False)
    assert [len(statistics) for statistics in running] == [2, 2]
    for (mean, var), (same_mean, same_var) in zip(running, kept, strict=True):
        assert mean.any()
        assert np.array_equal(mean, same_mean)
        assert np.array_equal(var, same_var)


BLOCK = dict(
    zip(NAMES, arrays_of(*block_shapes(2, 2, "post", projected=False))(np.random.default_rng(0)), strict=False)
)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: residual_block_forward(np.zeros((1, 2, 4, 4)), BLOCK, None, training=True, order="both"),
            """order is 'both', needs to be "post" or "pre\"""",
        ),
        (
            lambda: residual_block_forward(
                np.zeros((1, 2, 4, 4)), {**BLOCK, "weight1": np.zeros((2, 2, 2, 2))}, None, training=True
            ),
            "with odd k",
        ),
        (
            lambda: residual_block_forward(np.zeros((1, 2, 4, 4)), BLOCK, None, training=True, stride=2),
            "branch_y has shape .*, or use a projection",
        ),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
