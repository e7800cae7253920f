"""How many numbers are learned?"""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.geometry import conv2d_param_count


def count_case(name, in_channels, out_channels, kernel, bias=None, kind=""):
    inputs = {"in_channels": in_channels, "out_channels": out_channels, "kernel": kernel}
    inputs |= {} if bias is None else {"bias": bias}
    calls = [f"count = conv2d_param_count({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("count",), kind=kind)


def hidden_counts(rng):
    made = []
    for index, kind in enumerate(("odd sizes", "a kernel that is not square", "without bias")):
        c, f, h, w = (int(size) for size in rng.permutation(np.arange(2, 30))[:4])
        made.append(count_case(f"drawn {index}", c, f, (h, w) if index else h, index < 2, kind))
    made.append(count_case("one", 7, 1, 1, True, "a kernel of one pixel"))
    return made


def count_by_loop(in_channels, out_channels, kernel, bias=True):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    total = 0
    for _ in range(out_channels):
        total += kh * kw * in_channels
        if bias:
            total += 1
    return total


def count_by_size(in_channels, out_channels, kernel, bias=True):
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    return np.empty((out_channels, in_channels, height, width)).size + (out_channels if bias else 0)


BIASES = identity(
    "a bias costs one number for each filter",
    "with_bias = conv2d_param_count(in_channels, out_channels, kernel, True)",
    "without = conv2d_param_count(in_channels, out_channels, kernel, False)",
    "with_bias - without == out_channels",
    inputs=lambda rng: dict(
        zip(("in_channels", "out_channels", "kernel"), (int(v) for v in rng.integers(2, 20, 3)), strict=True)
    ),
    hidden="the cost of the biases",
)
CONV2D_PARAM_COUNT = exercise_of(
    conv2d_param_count,
    points=5,
    cases=[
        count_case("six filters of 5 by 5 on colour", 3, 6, 5),
        count_case("a wide layer", 64, 128, 3),
        count_case("a flat kernel", 8, 5, (1, 7), True),
        count_case("without bias", 16, 32, 3, False),
        count_case("flat and without bias", 4, 9, (3, 2), False),
        count_case("one pixel", 256, 64, 1, True),
    ],
    hidden=hidden_counts,
    properties=[
        BIASES,
        identity(
            "a kernel costs the same lying down",
            "upright = conv2d_param_count(4, 6, (5, 3))",
            "lying = conv2d_param_count(4, 6, (3, 5))",
            "upright == lying",
            inputs={},
        ),
    ],
    mutants=textual_mutants(
        count_by_loop,
        """
        bias_always: if bias: => if True:
            You count a bias even when bias is False.
        bias_forgotten: total += 1 => total += 0
            Each filter has one bias, unless bias is False.
        bias_for_each_channel: total += 1 => total += in_channels
            You count a bias for each input channel. A filter has one bias for its whole map.
        one_bias: return total => return total - (out_channels - 1 if bias else 0)
            You count one bias in all. Each filter has one.
        bias_for_the_inputs: return total => return total + (in_channels - out_channels if bias else 0)
            You count as many biases as input channels. There is one for each filter.
        one_channel: kh * kw * in_channels => kh * kw
            A filter spans all input channels: kH * kW * in_channels weights.
        one_side: kh * kw * in_channels => kh * in_channels
            A kernel has height times width weights for each channel.
        square: kh * kw * in_channels => kh * kh * in_channels
            The kernel need not be square: height times width.
        one_filter: for _ in range(out_channels): => for _ in range(1):
            You count one filter. There are out_channels of them.
        other_default: bias=True => bias=False
            Called without bias=..., a layer has biases: the default is True.
        """,
    ),
    alternatives=[count_by_loop, count_by_size],
    hints="""
    What is the shape of weight, and how many biases are there?
    weight is (out_channels, in_channels, kH, kW); there is one bias for each filter.
    out_channels * (kH * kW * in_channels + 1), and without the 1 when bias is False.
    """,
)
