"""Instance norm."""

import numpy as np

from classroom.staff.declare.exercise import Pair
from solutions.normalization import instancenorm_backward, instancenorm_forward

from .group_statistics import norm_exercises


def instancenorm_loops(x, scale, shift, *, eps=1e-5):
    y = np.empty_like(x)
    for i in range(x.shape[0]):
        for c in range(x.shape[1]):
            plane = x[i, c]
            y[i, c] = scale[c] * (plane - plane.mean()) / np.sqrt(plane.var() + eps) + shift[c]
    return y, None


INSTANCENORM = norm_exercises(
    Pair(instancenorm_forward, instancenorm_backward),
    "x.shape[1]",
    points=(5, 5),
    seed=86,
    sizes=(3, 3),
    loops=instancenorm_loops,
    more="""
    channels_together: count = x.shape[1] => count = 1
        All channels of an image share one mean: that is layer norm. Instance norm takes each channel on its own.
""",
)
