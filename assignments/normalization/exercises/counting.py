"""Counting the numbers of a batch norm."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.normalization import batchnorm_param_count


def count_case(name, channels, kind=""):
    calls = ["trained, buffers = batchnorm_param_count(channels)"]
    return Case(name, {"channels": channels}, calls, ("trained", "buffers"), kind=kind)


def count_by_arrays(channels):
    return np.ones((2, channels), int).sum().item(), np.ones((2, channels), int).sum().item()


def count_by_sum(channels):
    trained = channels + channels
    return trained, trained


COUNT = exercise_of(
    batchnorm_param_count,
    points=2,
    cases=[count_case("64 channels", 64), count_case("one channel", 1), count_case("seven", 7)],
    hidden=lambda rng: [count_case(f"{i}", int(rng.integers(10, 999)), "other numbers") for i in range(3)],
    properties=[
        identity(
            "every channel costs the same",
            *[f"of_{channels} = batchnorm_param_count({channels})" for channels in (3, 5, 8)],
            "of_3 + of_5 == of_8",
            inputs={},
        )
    ],
    mutants="""
    all_trained: return 2 * channels, 2 * channels => return 4 * channels, 0
        Of the four numbers of a channel two are learned; mean and variance are only remembered.
    one_each: return 2 * channels, 2 * channels => return channels, channels
        There are two learned numbers a channel, scale and shift, and two remembered ones.
    no_buffers: return 2 * channels, 2 * channels => return 2 * channels, 0
        The running mean and variance are numbers too: two a channel.
    per_layer: return 2 * channels, 2 * channels => return 2, 2
        That is for one channel. Every channel has its own.
    squared: return 2 * channels, 2 * channels => return channels * channels, 2 * channels
        Scale and shift are vectors, not matrices.
    """,
    alternatives=[count_by_arrays, count_by_sum],
    hints="""
    Which numbers of a batch norm does the optimizer change? Which are only averaged?
    """,
)
