"""The bug hunt: a softmax whose search for the maximum starts from 0."""

import numpy as np

from classroom.staff.declare.exercise import Case, described_mutants, exercise_of

from .rows_of_scores import moved_rows, rows_of_one


def hunt_softmax(x):
    z = np.exp(x - x.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_as_shipped(x):
    """The bug is still there: the search for the maximum starts from 0, so a row of scores below -745 is not shifted
    and becomes 0/0.
    """
    top = np.zeros((len(x), 1))
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_no_shift(x):
    """Without any shift large scores overflow. Take the row's own maximum away, whatever its sign."""
    z = np.exp(x)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_minimum(x):
    """You take the smallest score away, so the largest can still overflow. Take the largest away."""
    z = np.exp(x - x.min(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_one_top(x):
    """You take the maximum of all rows, so a row far below it becomes 0/0. Each row has its own."""
    z = np.exp(x - x.max())
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_a_little_more(x):
    """You hide the 0/0, and such rows now sum to 0 instead of 1. Fix the maximum."""
    z = np.exp(x - np.maximum(0, x.max(axis=1, keepdims=True)))
    return z / (z.sum(axis=1, keepdims=True) + 1e-12)


def hunt_softmax_absolute(x):
    """You take the largest absolute value. For a row of -1000 that shifts the wrong way, to -2000."""
    z = np.exp(x - np.abs(x).max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_from_first(x):
    top = x[:, :1]
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_from_minus_infinity(x):
    top = np.full((len(x), 1), -np.inf)
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / np.sum(z, axis=1)[:, None]


def hunt_case(name, x, kind=""):
    return Case(name, inputs={"x": x}, calls=["y = hunt_softmax(x)"], outputs=("y",), kind=kind)


def hidden_hunt(rng):
    return [
        hunt_case("odd", rng.normal(size=(4, 7)), "odd shapes"),
        hunt_case("low", rng.normal(size=(3, 5)) - 1e4, "scores of -10000"),
        hunt_case("lower", rng.normal(size=(5, 2)) - 900, "scores of -900"),
        hunt_case("high", rng.normal(size=(2, 6)) + 1e4, "scores of 10000"),
        hunt_case("mixed", rng.uniform(-2000, 2000, size=(6, 3)), "scores of 2000"),
    ]


HUNT_IDENTITIES = [moved_rows("hunt_softmax"), rows_of_one("hunt_softmax")]
HUNT = exercise_of(
    hunt_softmax,
    points=5,
    cases=[
        hunt_case("small scores", np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.0]])),
        hunt_case("high scores", np.array([[800.0, 801.0], [-3.0, 900.0], [750.0, 750.0]])),
        hunt_case("low scores", np.array([[-10000.0, -10000.0, -10001.0], [-900.0, -800.0, -801.0]])),
        hunt_case("high and low", np.array([[1000.0, 999.0], [-1000.0, -1002.0]])),
        hunt_case("one score far below", np.array([[-1000.0, 5.0, 3.0], [1.0, -950.0, 2.0]])),
        hunt_case("one row of three far below", np.array([[0.0, 2.0], [-900.0, -901.0], [3.0, 1.0]])),
        hunt_case("very low scores", np.array([[-20000.0, -20003.0, -20001.0]])),
        hunt_case("the lowest scores", np.array([[-1e15, -1e15 - 100], [-1e12 - 200, -1e12]])),
        hunt_case("each column on top", np.array([[900.0, 0.0, -5.0], [1.0, 900.0, 0.0], [0.0, -3.0, 900.0]])),
    ],
    hidden=hidden_hunt,
    identities=HUNT_IDENTITIES,
    mutants=described_mutants(
        hunt_softmax,
        hunt_softmax_as_shipped,
        hunt_softmax_no_shift,
        hunt_softmax_minimum,
        hunt_softmax_one_top,
        hunt_softmax_a_little_more,
        hunt_softmax_absolute,
    ),
    alternatives=[hunt_softmax_from_first, hunt_softmax_from_minus_infinity],
    hints="""
    Try a row of scores that are all very negative, such as -10000 and -10001. What is top?
    A running maximum has to start from something that cannot win. Is 0 such a number?
    top = x.max(axis=1, keepdims=True) replaces the loop; or start it from the first column.
    """,
)
