"""Group norm."""

import numpy as np

from classroom.staff.declare.exercise import Pair, Property, Refuses
from solutions.normalization import groupnorm_backward, groupnorm_forward

from .group_statistics import norm_exercises


def groupnorm_loops(x, scale, shift, groups, *, eps=1e-5):
    if x.shape[1] % groups:
        raise ValueError("groups must divide the channels")
    y, size = np.empty_like(x), x.shape[1] // groups
    for i in range(len(x)):
        for g in range(groups):
            part = slice(g * size, (g + 1) * size)
            block = x[i, part]
            normalized = (block - block.mean()) / np.sqrt(block.var() + eps)
            y[i, part] = scale[part, None, None] * normalized + shift[part, None, None]
    return y, groups


GROUPNORM = norm_exercises(
    Pair(groupnorm_forward, groupnorm_backward),
    "groups",
    points=(10, 10),
    seed=87,
    sizes=(6, 3),
    groups={4: 2, 6: 3, 8: 2, 9: 3},
    loops=groupnorm_loops,
    refuse=[
        Property(
            Refuses("ValueError", "because 3 groups do not divide 7 channels"),
            part="refusal",
            calls=["y, cache = groupnorm_forward(x, scale, shift, groups)"],
            inputs={
                "x": np.random.default_rng(63).normal(size=(2, 7, 3, 4)),
                "scale": np.ones(7),
                "shift": np.zeros(7),
                "groups": 3,
            },
        )
    ],
    more="""
    one_group: count = groups => count = 1
        All channels share one mean: that is layer norm. Cut the channels into groups.
    each_channel: count = groups => count = x.shape[1]
        Each channel has a mean of its own: that is instance norm. Take the channels of a group together.
    refuses_nothing: if x.shape[1] % count: => if False:
        When groups does not divide the channels there is no right answer: raise a ValueError.
    size_for_number: count = groups => count = x.shape[1] // groups
        groups is the number of groups, not the number of channels in one.
""",
)
