"""The fans of a layer: how many inputs one output sums, and how many outputs one input feeds."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.initialization import fans


def fans_case(name, shape, groups=1, kind=""):
    call = "fan_in, fan_out = fans(shape)" if groups == 1 else "fan_in, fan_out = fans(shape, groups)"
    return Case(name, inputs={"shape": shape, "groups": groups}, calls=[call], outputs=("fan_in", "fan_out"), kind=kind)


def hidden_fans(rng):
    def odd(low, high):
        return int(rng.integers(low, high))

    return [
        fans_case("linear", (odd(20, 40), odd(50, 90)), kind="odd shapes"),
        fans_case("conv", (odd(8, 12), odd(13, 19), 5, 2), kind="odd shapes"),
        fans_case("tall", (odd(30, 40), odd(3, 9), 1, 7), kind="odd shapes"),
        fans_case("grouped", (3 * odd(5, 9), odd(2, 5), 3, 4), 3, kind="groups"),
        fans_case("depthwise", (11, 1, 4, 3), 11, kind="groups"),
        fans_case("a filter", (1, odd(2, 9), 3, 2), kind="one filter"),
        fans_case("a channel", (odd(2, 9), 1, 2, 5), kind="one channel"),
        fans_case("a number", (1, 1), kind="one input, one output"),
    ]


def fans_by_product(shape, groups=1):
    receptive = int(np.prod(shape[2:]))
    if len(shape) == 2:
        return shape[0], shape[1]
    return shape[1] * receptive, shape[0] * receptive // groups


def fans_from_array(shape, groups=1):
    weight = np.empty(shape)
    if weight.ndim == 2:
        return weight.shape
    return weight[0].size, weight[:, 0].size // groups


def filters_and_a_matrix(rng):
    """The shape of filters of one pixel, that of the matrix that they are, and filters there and back."""
    f, c, kh, kw = (int(size) for size in rng.permutation(np.arange(2, 12))[:4])
    return {"one_pixel": (f, c, 1, 1), "matrix": (c, f), "filters": (f, c, kh, kw), "back": (c, f, kh, kw)}


THERE_AND_BACK = identity(
    "what one way goes out of F filters on C channels goes the other way into C filters on F",
    "fan_in, _ = fans(filters)",
    "_, fan_out = fans(back)",
    "fan_in == fan_out",
    inputs=filters_and_a_matrix,
    hidden="filters there and back",
)
FANS = exercise_of(
    fans,
    points=10,
    cases=[
        fans_case("a linear layer", (30, 70)),
        fans_case("a narrow linear layer", (64, 10)),
        fans_case("six filters of 5 by 5", (6, 3, 5, 5)),
        fans_case("a flat kernel", (16, 8, 1, 3)),
        fans_case("two groups", (12, 4, 3, 5), 2),
        fans_case("depthwise", (8, 1, 3, 3), 8),
    ],
    hidden=hidden_fans,
    properties=[
        THERE_AND_BACK,
        identity(
            "filters of one pixel are a matrix",
            "of_filters = fans(one_pixel)",
            "of_matrix = fans(matrix)",
            "of_filters == of_matrix",
            inputs=filters_and_a_matrix,
        ),
    ],
    mutants="""
    kernel_forgotten: return channels * height * width, => return channels,
        Each output of a convolution reads kH times kW pixels of each channel: the kernel belongs to fan_in.
    kernel_forgotten_in_fan_out: filters // groups * height * width => filters // groups
        Each input pixel feeds kH times kW places of each map: the kernel belongs to fan_out too.
    swapped_conv: return channels * height * width, filters // groups * height * width
        => return filters // groups * height * width, channels * height * width
        For a convolution (F, C, kH, kW) the inputs are the channels: C counts in fan_in, F in fan_out.
    swapped_linear: return shape[0], shape[1] => return shape[1], shape[0]
        A linear weight is (D, M) in this course: D inputs, M outputs. PyTorch stores it the other way round.
    groups_ignored: filters // groups * height => filters * height
        With groups, an input channel feeds only the filters of its own group.
    groups_twice: return channels * height => return channels // groups * height
        The second axis is C / groups already: do not divide fan_in again.
    square_kernel: filters // groups * height * width => filters // groups * height * height
        Kernels need not be square: multiply height by width.
    """,
    alternatives=[fans_by_product, fans_from_array],
    hints="""
    fan_in is the number of terms in the sum for one output; fan_out the number of outputs that one input feeds.
    A linear weight (D, M): every output sums D inputs. A filter (C, kH, kW): every output sums C kH kW numbers.
    fan_in = C kH kW with C the second axis; fan_out = F / groups kH kW.
    """,
)
