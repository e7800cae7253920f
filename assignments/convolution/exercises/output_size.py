"""How large is the output?"""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.geometry import conv_output_size

from .windows import spoken


def size_case(name, size, kernel, stride=1, padding=0, dilation=1, kind=""):
    inputs = {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
    inputs = spoken(inputs)
    calls = [f"out = conv_output_size({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("out",), kind=kind)


def hidden_sizes(rng):
    made = []
    for index, kind in enumerate(("odd sizes", "odd sizes", "a stride with a remainder", "dilation", "dilation")):
        size, kernel = int(rng.integers(20, 60)), int(rng.integers(2, 6))
        stride, padding = int(rng.integers(2, 5)), int(rng.integers(1, 4))
        made.append(size_case(f"drawn {index}", size, kernel, stride, padding, 1 + 2 * (kind == "dilation"), kind))
    made.append(size_case("one pixel", int(rng.integers(9, 30)), 1, 3, 0, 4, "a kernel of one pixel"))
    made.append(size_case("whole", 11, 11, 2, 0, 1, "a kernel as large as the image"))
    for padding in (2, 3):
        made.append(size_case(f"wide {padding}", int(rng.integers(4, 9)), 1, 1, padding, 1, "a wide border"))
    made.append(size_case("wide", int(rng.integers(4, 9)), 3, 2, 5, 2, "a wide border"))
    return made


def size_by_counting(size, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1)
    return sum(1 for start in range(0, size + 2 * padding, stride) if start + reach < size + 2 * padding)


def size_by_floor(size, kernel, stride=1, padding=0, dilation=1):
    return int(np.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1))


def size_by_range(size, kernel, stride=1, padding=0, dilation=1):
    return len(range(-padding, size + padding - dilation * (kernel - 1), stride))


def kernel_with_a_middle(rng):
    """Sizes such that the output is as large as the input."""
    half, dilation = int(rng.integers(1, 5)), int(rng.integers(1, 4))
    return {"size": int(rng.integers(20, 60)), "kernel": 2 * half + 1, "padding": dilation * half, "dilation": dilation}


SAME_SIZE = identity(
    "padding by dilation * (kernel - 1) / 2 keeps the size",
    "out = conv_output_size(size, kernel, 1, padding, dilation)",
    "out == size",
    inputs=kernel_with_a_middle,
    hidden="padding that keeps the size",
)
ONE_BEHIND_THE_OTHER = identity(
    "two kernels of 3, one behind the other, leave as much as one of 5",
    "between = conv_output_size(size, 3)",
    "out = conv_output_size(between, 3)",
    "once = conv_output_size(size, 5)",
    "out == once",
    inputs=lambda rng: {"size": int(rng.integers(20, 60))},
)
CONV_OUTPUT_SIZE = exercise_of(
    conv_output_size,
    points=5,
    cases=[
        size_case("a plain kernel", 32, 5),
        size_case("padding keeps the size", 28, 3, 1, 1),
        size_case("a stride with a remainder", 32, 5, 2, 0),
        size_case("another remainder", 34, 4, 3, 1),
        size_case("wide padding", 20, 5, 2, 3),
        size_case("first layer of AlexNet", 227, 11, 4, 0),
        size_case("dilation", 25, 3, 1, 0, 4),
        size_case("everything at once", 50, 4, 3, 2, 5),
    ],
    hidden=hidden_sizes,
    properties=[SAME_SIZE, ONE_BEHIND_THE_OTHER],
    mutants=textual_mutants(
        size_by_floor,
        """
        one_forgotten: / stride + 1)) => / stride))
            The + 1 is missing: the kernel at its first place counts too.
        rounded_up: int(np.floor( => int(np.ceil(
            You round up. A window that does not fit whole is left out, so round down.
        rounded: int(np.floor( => int(np.round(
            You round to the nearest. A window that does not fit whole is left out, so always round down.
        padding_once: 2 * padding => padding
            Padding is added at both ends: 2 * padding.
        padding_forgotten: size + 2 * padding => size
            The padding makes the image larger, at both ends, before the kernel slides.
        dilation_times_kernel: dilation * (kernel - 1) - 1 => dilation * kernel
            A dilated kernel has kernel - 1 gaps of length dilation: it reaches over dilation * (kernel - 1) + 1 pixels.
        dilation_ignored: dilation * (kernel - 1) - 1 => kernel
            The dilation is not used: it pulls the kernel's pixels apart, so that it reaches further.
        stride_ignored: / stride + 1 => + 1
            The stride is not used: it skips places, so fewer outputs are left.
        other_defaults: stride=1, padding=0 => stride=1, padding=1
            Called without padding, your function adds some: the defaults are stride 1, padding 0, dilation 1.
        """,
    ),
    alternatives=[size_by_counting, size_by_floor, size_by_range],
    hints="""
    How many pixels does the kernel reach over? Without dilation that is kernel.
    The first window starts at 0, the last at most at size + 2 * padding - reach. Every stride-th start is used.
    reach = dilation * (kernel - 1) + 1, and the answer is (size + 2 * padding - reach) // stride + 1.
    """,
)
