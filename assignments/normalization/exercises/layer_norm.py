"""Layer norm."""

import numpy as np

from classroom.staff.declare.exercise import Pair
from solutions.normalization import layernorm_backward, layernorm_forward

from .group_statistics import norm_exercises


def layernorm_loops(x, scale, shift, *, eps=1e-5):
    y, kept = np.empty_like(x), []
    shape = (-1,) + (1,) * (x.ndim - 2)
    for i in range(len(x)):
        centered = x[i] - x[i].mean()
        root = np.sqrt((centered**2).mean() + eps)
        y[i] = scale.reshape(shape) * (centered / root) + shift.reshape(shape)
        kept.append(root)
    return y, kept


LAYERNORM = norm_exercises(
    Pair(layernorm_forward, layernorm_backward),
    "1",
    points=(7, 8),
    seed=85,
    sizes=(3, 1),
    vectors_too=True,
    loops=layernorm_loops,
    more="""
    channels_apart: count = 1 => count = x.shape[1] if x.ndim == 4 else 1
        Each channel has a mean of its own: instance norm. Layer norm takes all channels of an example.
    each_pixel: normalized = ((grouped - mean) * factor).reshape(x.shape)
        => normalized = (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + eps)
        Each pixel has a mean of its own, over its channels. Layer norm takes all pixels of an example too.
    last_axis: normalized = ((grouped - mean) * factor).reshape(x.shape)
        => normalized = (x - x.mean(axis=-1, keepdims=True)) / np.sqrt(x.var(axis=-1, keepdims=True) + eps)
        You normalize along the last axis alone. Layer norm takes all axes of an example together.
""",
)
