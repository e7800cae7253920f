"""The bug hunt: a fan_out that forgets."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity

from .fan_counts import filters_and_a_matrix


def hunt_fan_out(shape):
    filters, channels, height, width = shape
    fan_in = channels * height * width
    fan_out = filters * height * width
    return fan_in, fan_out


def hunt_case(name, shape, kind=""):
    calls = ["fan_in, fan_out = hunt_fan_out(shape)"]
    return Case(name, inputs={"shape": shape}, calls=calls, outputs=("fan_in", "fan_out"), part="fans", kind=kind)


def mended_by_array(shape):
    filters, channels = shape[:2]
    receptive = int(np.prod(shape[2:]))
    return channels * receptive, filters * receptive


def mended_by_weight(shape):
    weight = np.empty(shape)
    return weight[0].size, weight[:, 0].size


HUNT_THERE_AND_BACK = identity(
    "what one way goes into F filters on C channels goes the other way out of C filters on F",
    "fan_in, _ = hunt_fan_out(filters)",
    "_, fan_out = hunt_fan_out(back)",
    "fan_out == fan_in",
    inputs=filters_and_a_matrix,
    hidden="filters there and back",
)
HUNT = exercise_of(
    hunt_fan_out,
    points=5,
    cases=[
        hunt_case("six filters of 5 by 5", (6, 3, 5, 5)),
        hunt_case("a flat kernel", (16, 8, 1, 3)),
        hunt_case("an uneven kernel", (12, 4, 3, 5)),
    ],
    hidden=lambda rng: [
        hunt_case("a", tuple(int(v) for v in rng.permutation([5, 7, 3, 2])), "odd shapes"),
        hunt_case("b", tuple(int(v) for v in rng.permutation([11, 4, 2, 6])), "odd shapes"),
        hunt_case("c", (9, 13, 1, 1), "one pixel"),
        hunt_case("d", (1, int(rng.integers(2, 9)), 3, 2), "one filter"),
        hunt_case("e", (int(rng.integers(2, 9)), 1, 2, 5), "one channel"),
    ],
    properties=[HUNT_THERE_AND_BACK],
    mutants="""
    as_shipped: fan_out = filters * height * width => fan_out = filters
        The bug is still there. In the backward pass one input pixel collects from kH kW places of every map.
    too_much: fan_out = filters * height * width => fan_out = filters * channels * height * width
        Now the channels are in it too. One input pixel stands in one channel only.
    height_only: fan_out = filters * height * width => fan_out = filters * height
        The width is missing: the kernel has two sides.
    squared: fan_out = filters * height * width => fan_out = filters * height * height
        Kernels need not be square: multiply height by width.
    fan_in_changed: fan_in = channels * height * width => fan_in = channels
        fan_in was right before: it counts the kernel too.
    """,
    alternatives=[mended_by_array, mended_by_weight],
    hints="""
    Follow one input pixel backwards: which outputs have it in their window?
    It stands in kH kW windows of each of the F maps. Which factor is missing?
    """,
)
