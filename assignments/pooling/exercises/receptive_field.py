"""The receptive field of a stack of layers."""

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.receptive_field import receptive_field


def field_case(name, layers, kind=""):
    calls = ["size, jump, start = receptive_field(layers)"]
    return Case(name, inputs={"layers": layers}, calls=calls, outputs=("size", "jump", "start"), kind=kind)


def hidden_fields(rng):
    def drawn(count, dilated):
        return [
            (
                int(rng.integers(1, 6)),
                int(rng.integers(1, 4)),
                int(rng.integers(0, 4)),
                int(rng.integers(1, 4)) if dilated else 1,
            )
            for _ in range(count)
        ]

    return [
        field_case("drawn", drawn(4, False), "several layers"),
        field_case("drawn 2", drawn(5, True), "dilation"),
        field_case("drawn 3", drawn(6, True), "dilation"),
        field_case("pixel", [(1, 3, 0, 1)], "a kernel of one pixel"),
        field_case("deep", [(3, 1, 1, 1)] * int(rng.integers(10, 30)), "a deep stack"),
    ]


def field_forward(layers):
    size, jump, start = 1, 1, 0
    for kernel, stride, padding, dilation in layers:
        size = size + dilation * (kernel - 1) * jump
        start = start - padding * jump
        jump = jump * stride
    return size, jump, start


def field_backward(layers):
    low = high = 0
    jump = 1
    for kernel, stride, padding, dilation in reversed(layers):
        low = low * stride - padding
        high = high * stride - padding + dilation * (kernel - 1)
        jump *= stride
    return high - low + 1, jump, low


def field_of_two(layers):
    ends = []
    for output in (0, 1):
        low = high = output
        for kernel, stride, padding, dilation in layers[::-1]:
            low, high = low * stride - padding, high * stride - padding + dilation * (kernel - 1)
        ends.append((low, high))
    return ends[0][1] - ends[0][0] + 1, ends[1][0] - ends[0][0], ends[0][0]


def with_a_pixel_between(rng):
    """Layers, and the same with a kernel of one pixel somewhere between them."""
    layers = [tuple(int(rng.integers(low, 5)) for low in (2, 1, 0, 1)) for _ in range(4)]
    place = int(rng.integers(5))
    return {"layers": layers, "more_layers": [*layers[:place], (1, 1, 0, 3), *layers[place:]]}


RECEPTIVE_FIELD = exercise_of(
    receptive_field,
    points=10,
    parts={"size": 6, "jump": 2, "start": 2},
    cases=[
        field_case("no layer", []),
        field_case("one kernel of 3", [(3, 1, 1, 1)]),
        field_case("two kernels of 3", [(3, 1, 1, 1), (3, 1, 1, 1)]),
        field_case("a pooling in between", [(3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1)]),
        field_case("dilations 1, 2, 4", [(3, 1, 1, 1), (3, 1, 2, 2), (3, 1, 4, 4)]),
        field_case("the start of a ResNet", [(7, 2, 3, 1), (3, 2, 1, 1), (3, 1, 1, 1), (3, 1, 1, 1)]),
        field_case("everything at once", [(4, 3, 2, 1), (5, 2, 1, 3), (2, 1, 0, 2)]),
    ],
    hidden=hidden_fields,
    properties=[
        identity(
            "a kernel of one pixel, whatever its dilation, changes nothing",
            "field = receptive_field(layers)",
            "field_with_it = receptive_field(more_layers)",
            "field_with_it == field",
            inputs=with_a_pixel_between,
            hidden="a kernel of one pixel",
        ),
        identity(
            "kernels of 2 and 3 with stride 2 and padding 1 are one of 6 with stride 4 and padding 3",
            "in_two_steps = receptive_field(two)",
            "at_once = receptive_field(one)",
            "in_two_steps == at_once",
            inputs={"two": [(2, 2, 1, 1), (3, 2, 1, 1)], "one": [(6, 4, 3, 1)]},
        ),
    ],
    mutants=textual_mutants(
        field_forward,
        """
        jump_first: dilation * (kernel - 1) * jump => dilation * (kernel - 1) * jump * stride
            You multiply the jump by the stride before you use it. A layer's own stride counts for the layers after it.
        jump_forgotten: (kernel - 1) * jump => (kernel - 1)
            After a stride, one step is jump pixels of the image: the view grows by (kernel - 1) * jump.
        one_forgotten: dilation * (kernel - 1) * jump => dilation * kernel * jump
            A kernel of k pixels adds k - 1 neighbours to the view.
        dilation_ignored: dilation * (kernel - 1) * jump => (kernel - 1) * jump
            The dilation is not used: it pulls the kernel's pixels apart, and the view grows as much.
        dilation_too_long: dilation * (kernel - 1) * jump => (dilation * kernel - 1) * jump
            A dilated kernel reaches over dilation * (kernel - 1) + 1 pixels, so it adds dilation * (kernel - 1).
        strides_added: jump = jump * stride => jump = jump + stride - 1
            Strides multiply: two strides of 2 make neighbouring outputs 4 pixels apart.
        start_without_jump: start = start - padding * jump => start = start - padding
            After a stride, a padding of 1 is jump pixels of the image.
        start_positive: start = start - padding * jump => start = start + padding * jump
            Padding moves the first window up and to the left: the start becomes smaller.
        padding_ignored: start = start - padding * jump => start = start
            The padding is not used: it moves the first window outside the image.
        from_zero: size, jump, start = 1, 1, 0 => size, jump, start = 0, 1, 0
            Without a layer an output sees one pixel, itself: begin with size 1.
        """,
    ),
    alternatives=[field_forward, field_backward, field_of_two],
    hints="""
    Follow one number through the layers: how many pixels of the image lie between neighbours here? That is jump.
    A kernel adds kernel - 1 neighbours (times dilation), and each is
        jump pixels away: size grows by dilation * (kernel - 1) * jump.
    start falls by padding * jump; and only after that jump is multiplied by the layer's stride.
    """,
)
