"""A hundred draws, each judged as a distribution."""

import numpy as np

from classroom.judge.measure import Distribution


def drawn(family, draw, shape=(80, 90), **options):
    """Return the seeds whose draws are refused."""
    measure = Distribution(shape, family, std=0.5, **options)
    return [
        seed
        for seed in range(100)
        if measure.judge({"weight": draw(np.random.default_rng(seed), shape)}, {}) is not None
    ]
