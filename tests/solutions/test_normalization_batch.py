"""Batch norm as it is written down, its staged gradient, folding and counts."""

import loops
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from twins import Twin, arrays_of, check

from solutions.normalization import (
    batchnorm_backward,
    batchnorm_backward_staged,
    batchnorm_forward,
    spatial_batchnorm_backward,
    spatial_batchnorm_forward,
)

RUNNING = np.array([0.5, -1.0, 2.0]), np.array([0.5, 1.0, 2.0])


def twin(name, forward, backward, x, *, training=True):
    def ours(x, scale, shift):
        return forward(x, scale, shift, tuple(value.astype(x.dtype) for value in RUNNING), training=training)

    def theirs(x, scale, shift):
        mean, var = (torch.tensor(value.copy()) for value in RUNNING)
        return F.batch_norm(x, mean, var, scale, shift, training=training)

    def plainly(x, scale, shift):
        return loops.normalization(x, scale, shift, lambda index: index[1], eps=1e-5)

    return Twin(name, ours, backward, arrays_of(x, (3,), (3,)), torch=theirs, loops=plainly if training else None)


@pytest.mark.parametrize(
    "twin",
    [
        twin("training", batchnorm_forward, batchnorm_backward, (7, 3)),
        twin("staged", batchnorm_forward, batchnorm_backward_staged, (7, 3)),
        twin("inference", batchnorm_forward, batchnorm_backward, (4, 3), training=False),
        twin("images", spatial_batchnorm_forward, spatial_batchnorm_backward, (2, 3, 4, 5)),
        twin("images, inference", spatial_batchnorm_forward, spatial_batchnorm_backward, (2, 3, 4, 5), training=False),
    ],
    ids=str,
)
def test_twins(twin):
    check(twin)


@pytest.mark.parametrize(
    ("x", "scale", "message"),
    [((2, 3, 4), (3,), r"x has shape \(2, 3, 4\), needs \(N, D\)"), ((2, 3), (2,), "scale has shape")],
)
def test_errors_name_the_rule(x, scale, message):
    with pytest.raises(ValueError, match=message):
        batchnorm_forward(np.zeros(x), np.zeros(scale), np.zeros(3), None, training=True)


@pytest.mark.parametrize(("forward", "shape"), [(batchnorm_forward, (2, 3)), (spatial_batchnorm_forward, (2, 3, 4, 5))])
def test_a_word_is_no_mode(forward, shape):
    with pytest.raises(ValueError, match="training is 'eval', needs True"):
        forward(np.zeros(shape), np.ones(3), np.zeros(3), None, training="eval")


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache, _ = batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), None, training=True)
    with pytest.raises(ValueError, match="grad_y has shape"):
        batchnorm_backward(np.ones((1, 3)), cache)


def test_the_staged_gradient_needs_a_cache_of_training():
    _, cache, _ = batchnorm_forward(np.ones((2, 3)), np.ones(3), np.ones(3), None, training=False)
    with pytest.raises(ValueError, match="the cache is from inference, needs training=True"):
        batchnorm_backward_staged(np.ones((2, 3)), cache)
