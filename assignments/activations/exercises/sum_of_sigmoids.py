"""A ReLU out of sigmoids."""

import numpy as np

from classroom.staff.declare.exercise import Case, Mutant, edit, exercise_of, identity, textual_mutants
from solutions.activation import softplus_series

from .elementwise import spaced


def series_case(title, x, n, kind=None):
    calls = ["y = softplus_series(x, n)"]
    return Case(title, inputs={"x": x, "n": n}, calls=calls, outputs=("y",), **({"kind": kind} if kind else {}))


def hidden_series(rng):
    a, b, c = (int(size) for size in rng.permutation([2, 3, 5]))
    return [
        series_case("odd 1", spaced(rng, (a, b)), 7, "odd shapes"),
        series_case("odd 2", spaced(rng, (b, c, a)), 13, "odd shapes"),
        series_case("odd 3", 4 * spaced(rng, (c,)), int(rng.integers(20, 50)), "odd shapes"),
        series_case("one", spaced(rng, (c, a)), 1, "one term"),
        series_case("far", np.array([-1000.0, -40.0, 3.0, 40.0, 1000.0]), 6, "extreme values"),
        series_case("single", spaced(rng, (a, c)).astype(np.float32), 5, "float32"),
        series_case("strided", spaced(rng, (b, 2 * c))[:, ::2], 9, "non-contiguous"),
    ]


def softplus_series_broadcast(x, n):
    shift = (0.5 - np.arange(1, n + 1)).astype(x.dtype)
    z = x[..., None] + shift
    return (0.5 * (1 + np.tanh(0.5 * z))).sum(axis=-1).astype(x.dtype)


def softplus_series_loop(x, n):
    y = np.zeros_like(x)
    for i in range(1, n + 1):
        z = np.clip(x + 0.5 - i, -700, 700)
        y += 1 / (1 + np.exp(-z))
    return y


SERIES_IDENTITIES = [
    identity(
        "the first n units at x and at n - x have n in all, here with n = 6",
        "y = softplus_series(x, 6)",
        "mirrored = softplus_series(x_mirrored, 6)",
        "y + mirrored == 6",
        kind="x and n - x",
        inputs=lambda rng: {"x": (x := 2 * spaced(rng, (3, 4))), "x_mirrored": 6 - x},
    ),
    identity(
        "seven units are two, and five more that switch on 2 later",
        "y = softplus_series(x, 7)",
        "first = softplus_series(x, 2)",
        "others = softplus_series(x_less_2, 5)",
        "first + others == y",
        kind="a sum in two parts",
        inputs=lambda rng: {"x": (x := 2 * spaced(rng, (3, 4))), "x_less_2": x - 2},
    ),
]

FIRST, TERM = "y = sigmoid(x - 0.5)", "y + sigmoid(x + 0.5 - i)"
SERIES = exercise_of(
    softplus_series,
    points=5,
    cases=[
        series_case("one term", np.array([-1.0, 0.0, 0.5, 2.0]), 1),
        series_case("two terms", np.array([[-2.0, 0.0, 1.0], [3.0, -0.5, 0.25]]), 2),
        series_case("five terms", spaced(np.random.default_rng(61), (3, 5)), 5),
        series_case("forty terms", np.linspace(-10, 10, 9), 40),
    ],
    hidden=hidden_series,
    identities=SERIES_IDENTITIES,
    mutants=[
        *textual_mutants(
            softplus_series,
            """
            one_too_many_below: y = sigmoid(x - 0.5) => y = sigmoid(x + 0.5) + sigmoid(x - 0.5)
                One term too many: i = 0 does not belong to the sum. It starts with sigmoid(x - 1/2).
            one_too_few: range(2, n + 1) => range(2, n)
                The last term is missing. range(1, n) stops before n: use range(1, n + 1).
            one_too_many_above: range(2, n + 1) => range(2, n + 2)
                One term too many at the end: i runs from 1 to n.
            mean: return y => return y / n
                You divide by n. The units are added, not averaged.
            softplus: return y => return np.logaddexp(x, 0 * x)
                This is softplus itself. Here the sum of n sigmoids is asked for, which only comes close to it.
            """,
        ),
        Mutant(
            "starts_at_zero",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x + 0.5)"), TERM, "y + sigmoid(x + 1.5 - i)"),
            "Your sum starts at i = 0, as some slides print it. The first term is sigmoid(x - 1/2), at i = 1.",
            tag="visible",
        ),
        Mutant(
            "no_half",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x - 1)"), TERM, "y + sigmoid(x - i)"),
            "The half is missing: the terms are sigmoid(x + 1/2 - i), each in the middle of its step.",
            tag="visible",
        ),
        Mutant(
            "wrong_way",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x + 1.5)"), TERM, "y + sigmoid(x + 0.5 + i)"),
            "A sign: the units switch on one after the other as x grows, so i is subtracted.",
            tag="visible",
        ),
    ],
    alternatives=[softplus_series_broadcast, softplus_series_loop],
    hints="""
    Start from zeros of the shape of x and add one sigmoid after the other.
    for i in range(1, n + 1): the term is the sigmoid of x + 0.5 - i.
    y = y + sigmoid(x + 0.5 - i) in the loop.
    """,
)
