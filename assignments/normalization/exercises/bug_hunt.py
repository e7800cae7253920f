"""The bug hunt: columns of mean 0 and spread 1."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity

from .inputs import NEAR_EPS, batch


def hunt_standardize(x, eps):
    mean = x.mean(axis=0)
    var = ((x - mean) ** 2).mean(axis=0)
    return (x - mean) / np.sqrt(var + eps)


def hunt_case(name, rng, x, eps, kind=""):
    return Case(name, {"x": x, "eps": eps}, ["y = hunt_standardize(x, eps)"], ("y",), kind=kind)


def mended_by_std(x, eps):
    return (x - np.mean(x, axis=0)) / (np.std(x, axis=0) ** 2 + eps) ** 0.5


def mended_by_loops(x, eps):
    y = np.empty_like(x)
    for j in range(x.shape[1]):
        centered = x[:, j] - x[:, j].mean()
        y[:, j] = centered / np.sqrt(np.mean(centered**2) + eps)
    return y


def two_scales(rng):
    """A batch, and the same with another mean and spread in each column."""
    x = batch(rng, 6, 4)
    return {"x": x, "changed": rng.uniform(0.5, 3, 4) * x + rng.normal(size=4)}


HUNT_RNG = np.random.default_rng(62)
HUNT = exercise_of(
    hunt_standardize,
    points=5,
    cases=[
        hunt_case("a batch", HUNT_RNG, batch(HUNT_RNG, 6, 4), 1e-5),
        hunt_case("far spread", HUNT_RNG, batch(HUNT_RNG, 7, 3, 20.0), 1e-3),
        hunt_case("a variance near eps", HUNT_RNG, batch(HUNT_RNG, 5, 2, NEAR_EPS), 1e-5),
    ],
    hidden=lambda rng: [
        hunt_case("a", rng, batch(rng, 9, 5), 1e-5, "odd shapes"),
        hunt_case("b", rng, batch(rng, 3, 8, 100.0), 1e-2, "extreme values"),
        hunt_case("c", rng, batch(rng, 4, 3, NEAR_EPS), 1e-5, "a variance near eps"),
    ],
    properties=[
        identity(
            "what has mean 0 and spread 1 already stays as it is",
            "once = hunt_standardize(x, 1e-12)",
            "twice = hunt_standardize(once, 1e-12)",
            "twice == once",
            inputs=two_scales,
            hidden="what is standardized already",
        ),
        identity(
            "another mean and spread of a column makes no difference",
            "y = hunt_standardize(x, 1e-12)",
            "y_of_changed = hunt_standardize(changed, 1e-12)",
            "y_of_changed == y",
            inputs=two_scales,
        ),
    ],
    mutants="""
    as_shipped: / np.sqrt(var + eps) => / np.square(var + eps)
        The bug is still there. What spread should each column have afterwards, and which has it?
    by_variance: / np.sqrt(var + eps) => / (var + eps)
        Now you divide by the variance, as one source of this course does. The spread becomes 1 over the old.
    eps_outside: / np.sqrt(var + eps) => / (np.sqrt(var) + eps)
        Almost: eps belongs under the root. The case with a variance near eps tells the difference.
    multiplied: / np.sqrt(var + eps) => * np.sqrt(var + eps)
        You multiply by the spread. Divide.
    not_centred: return (x - mean) / => return x /
        The mean was subtracted before; keep that.
    """,
    alternatives=[mended_by_std, mended_by_loops],
    hints="""
    Print y.std(axis=0). It should be 1.
    The inverse of a square is a root.
    """,
)
