"""Ten times as fast."""

import numpy as np

from classroom.staff.declare.exercise import Case, Mutant, ShareOfLoop, exercise_of, textual_mutants
from solutions.convolution import conv2d_im2col

from .matrix_product import (
    IM2COL_CALL,
    PRODUCT_MUTANTS,
    PRODUCT_PICKED,
    product_flat,
    product_image_by_image,
    product_one_by_one,
    product_upright,
)
from .windows import conv_inputs


def race(name, rng, sizes, kind=""):
    """Two calls, which may take a tenth of the time of two loops over the outputs."""
    n, c, h, w, f, kh, kw = sizes
    inputs = conv_inputs(rng, sizes, 1, 0)
    del inputs["stride"], inputs["padding"]
    return Case(
        name,
        inputs=inputs,
        calls=2 * ["y = conv2d_im2col(x, weight, bias)"],
        outputs=("y",),
        part="speed",
        kind=kind,
        budget=ShareOfLoop([c, kh, kw], turns=2 * n * f * (h - kh + 1) * (w - kw + 1), share=0.1),
    )


def right_and_fast(name, rng, sizes, padding, kind=""):
    return Case(
        name,
        inputs=conv_inputs(rng, sizes, 1, padding),
        calls=[IM2COL_CALL],
        outputs=("y",),
        part="speed",
        kind=kind,
    )


def speed_cases():
    rng = np.random.default_rng(58)
    return [
        race("four small images", rng, (4, 3, 12, 13, 24, 3, 2)),
        race("more filters", rng, (3, 2, 11, 14, 36, 2, 3)),
        right_and_fast("still right", rng, (2, 3, 8, 9, 4, 3, 2), 1),
        right_and_fast("still right without padding", rng, (3, 2, 5, 7, 4, 2, 3), 0),
    ]


def hidden_speed(rng):
    return [
        race("another race", rng, (4, 3, 10, 13, 28, 2, 3), "speed"),
        right_and_fast("right 1", rng, (2, 3, 6, 7, 5, 2, 3), 0, "odd shapes"),
        right_and_fast("right 2", rng, (3, 4, 5, 9, 2, 3, 1), 2, "odd shapes"),
    ]


CONV2D_IM2COL_SPEED = exercise_of(
    conv2d_im2col,
    id="conv2d_im2col_speed",
    points=10,
    cases=speed_cases(),
    hidden=hidden_speed,
    properties=[PRODUCT_PICKED],
    mutants=[
        Mutant(
            "one_by_one",
            product_one_by_one,
            "You still compute one output at a time. One matrix product makes all of them at once.",
        ),
        *textual_mutants(product_flat, PRODUCT_MUTANTS),
    ],
    alternatives=[product_flat, product_upright, product_image_by_image],
    hints="""
    Python is slow once for each turn of a loop, and numpy is slow once for each call: make few calls with much work in
        each.
    The product must be one call for all images, filters and places. im2col may loop over the kernel's positions, for
        there are few of them, or over nothing at all.
    sliding_window_view(padded, (kH, kW), axis=(2, 3)) shows all patches without a copy; transpose and reshape make the
        rows.
    """,
)
