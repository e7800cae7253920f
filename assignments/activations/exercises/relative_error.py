"""The relative error of two arrays."""

import numpy as np

from classroom.staff.declare.exercise import Case, Mutant, edit, exercise_of, identity, textual_mutants
from solutions.gradient_check import relative_error

from .numerical_gradient import RNG  # the draws go on where that section stopped


def error_case(title, a, b, kind="", floor=None):
    """One call of relative_error, with floor left to its default when it is None."""
    calls = ["error = relative_error(a, b)" if floor is None else "error = relative_error(a, b, floor)"]
    inputs = {"a": a, "b": b} | ({} if floor is None else {"floor": floor})
    return Case(title, inputs=inputs, calls=calls, outputs=("error",), kind=kind)


def close_pair(rng, shape, noise):
    a = rng.normal(size=shape)
    return a, a + noise * rng.normal(size=shape)


def hidden_errors(rng):
    a, b = close_pair(rng, (3, 4, 2), 1e-3)
    return [
        error_case("odd shapes 1", *close_pair(rng, (5, 3), 0.1), "odd shapes"),
        error_case("odd shapes 2", *close_pair(rng, (2, 7, 3), 2.0), "odd shapes"),
        error_case("odd shapes 3", *close_pair(rng, (11,), 1e-2), "odd shapes"),
        error_case("large numbers", 1e6 * a, 1e6 * b, "large numbers"),
        error_case("zeros", np.zeros((2, 3)), np.zeros((2, 3)), "zeros"),
        error_case("noise", 1e-9 * a, 1e-9 * b[::-1], "rounding noise"),
        error_case("floor", a, b, "another floor", floor=float(rng.uniform(4, 6))),
        error_case("strided", a[:, ::2], b[:, ::2], "non-contiguous"),
        error_case("float32", a.astype(np.float32), (b + 0.5).astype(np.float32), "float32"),
        error_case("negative", -np.abs(a), -np.abs(b) - 0.25, "negative numbers"),
        error_case("a number", a[:1, 0, 0], -b[:1, 0, 0], "one entry"),
        error_case("nothing", np.empty(0), np.empty(0), "no entries"),
    ]


def relative_error_broadcast(a, b, floor=1e-8):
    a, b = np.ravel(a), np.ravel(b)
    largest = floor
    worst = 0.0
    for left, right in zip(a, b, strict=True):
        worst = max(worst, abs(float(left) - float(right)))
        largest = max(largest, abs(left), abs(right))
    return worst / largest


def relative_error_stacked(a, b, floor=1e-8):
    return np.max(np.abs(a - b), initial=0) / np.abs(np.stack([a, b])).max(initial=floor)


def relative_error_infinity_norm(a, b, floor=1e-8):
    def size(x):
        return np.linalg.norm(np.ravel(x), np.inf) if np.size(x) else 0

    return float(size(a - b) / np.max([size(a), size(b), floor]))


ERROR_IDENTITIES = [
    identity(
        title,
        "error = relative_error(a, b)",
        f"again = relative_error({again})",
        "error == again",
        kind=kind,
        inputs=lambda rng: {"a": (a := rng.normal(size=(3, 4))), "b": (b := 1.5 * a), "a3": 3 * a, "b3": 3 * b},
    )
    for again, title, kind in [
        ("b, a", "a and b may change places", "a and b exchanged"),
        ("a3, b3", "both arrays three times as large have the same error", "arrays three times as large"),
    ]
]

RELATIVE_ERROR = exercise_of(
    relative_error,
    points=5,
    cases=[
        error_case("by hand", np.array([1.0, -4.0, 2.0]), np.array([1.0, -3.0, 2.5])),
        error_case("a matrix", *close_pair(RNG, (3, 4), 0.1)),
        error_case("close", *close_pair(RNG, (2, 3, 5), 1e-4)),
        error_case("below", np.array([[0.5, 3.0], [1.0, 2.0]]), np.array([[0.25, 2.0], [0.5, 1.5]])),
        error_case("negative", np.array([-3.0, -2.0, -1.0]), np.array([-2.5, -2.0, -4.0])),
        error_case("one is zero", np.array([0.0, 0.0]), np.array([0.5, -2.0])),
        error_case("equal", np.array([1.5, -2.0, 0.0]), np.array([1.5, -2.0, 0.0])),
        error_case("zeros", np.zeros(4), np.zeros(4)),
        error_case("more zeros", np.zeros((3, 2)), np.zeros((3, 2))),
        error_case("opposite signs", np.array([[1.0, -2.0]]), np.array([[-1.0, 2.0]])),
        error_case("opposite signs again", np.array([0.5, -3.0, 1.0]), np.array([-0.25, 2.5, 1.0])),
        error_case("rounding noise", np.array([3e-9, -1e-9, 0.0]), np.array([1e-9, 2e-9, 0.0])),
        error_case("more noise", np.array([[2e-8], [0.0]]), np.array([[1.5e-8], [5e-9]])),
        error_case("another floor", np.array([0.25, -0.5]), np.array([0.25, -0.75]), floor=2.0),
        error_case("a third floor", np.array([[0.5], [1.0]]), np.array([[-0.5], [1.0]]), floor=4.0),
    ],
    hidden=hidden_errors,
    identities=ERROR_IDENTITIES,
    mutants=[
        *textual_mutants(
            relative_error,
            """
            absolute: np.abs(a - b).max() / scale => np.abs(a - b).max()
                This is the absolute error. Divide it by the largest entry of the two arrays.
            mean: np.abs(a - b).max() => np.abs(a - b).mean()
                You average the differences. A mean hides one bad entry among many good ones: take the largest
                difference.
            entry_by_sum: np.abs(a - b).max() / scale
                => np.max(np.abs(a - b) / np.maximum(np.abs(a) + np.abs(b), floor), initial=0)
                You divide each difference by its own two entries. Here the largest difference is divided once, by the
                largest entry of the two arrays.
            signed: np.abs(a - b).max() => (a - b).max()
                You take the largest difference without its absolute value, so entries that are too small go
                unseen.
            scale_signed: max(np.abs(a).max(), np.abs(b).max(), floor) => max(a.max(), b.max(), floor)
                The scale is the largest absolute value. You take the largest value, which may be small or even
                negative.
            scale_of_a: max(np.abs(a).max(), np.abs(b).max(), floor) => max(np.abs(a).max(), floor)
                You divide by the size of a alone. The larger of the two sizes treats a and b alike.
            scale_of_both: max(np.abs(a).max(), np.abs(b).max(), floor)
                => np.abs(a).max() + np.abs(b).max() + 1e-30
                You divide by the sum of the two sizes; the definition takes the larger of the two.
            no_floor: max(np.abs(a).max(), np.abs(b).max(), floor) => np.maximum(np.abs(a).max(), np.abs(b).max())
                Two arrays of zeros give 0/0. The scale must never be smaller than floor.
            floor_added: max(np.abs(a).max(), np.abs(b).max(), floor)
                => max(np.abs(a).max(), np.abs(b).max()) + floor
                You add floor to the scale. It is the smallest scale allowed: max(..., floor).
            floor_for_zeros: max(np.abs(a).max(), np.abs(b).max(), floor)
                => max(np.abs(a).max(), np.abs(b).max()) or floor
                You use floor for zeros only. Rounding noise has no size either: the scale is never below floor.
            floor_fixed: max(np.abs(a).max(), np.abs(b).max(), floor) => max(np.abs(a).max(), np.abs(b).max(), 1e-8)
                You use a floor of your own. The caller chooses it.
            never_above_1: float(np.abs(a - b).max() / scale) => min(float(np.abs(a - b).max() / scale), 1.0)
                You cut the error off at 1. For a = 1 and b = -1 it is 2.
            """,
        ),
        Mutant(
            "entry_by_entry",
            edit(
                relative_error,
                "np.abs(a - b).max() / scale",
                "(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)).max()",
            ),
            "You divide entry by entry, so rounding noise in a tiny entry looks like a large "
            "error. Divide once, by the largest.",
            tag="visible",
        ),
    ],
    alternatives=[relative_error_broadcast, relative_error_stacked, relative_error_infinity_norm],
    hints="""
    Two numbers are needed: the largest absolute difference, and the largest absolute entry of both arrays.
    np.abs(a - b).max() is the first. For the second take the larger of np.abs(a).max() and np.abs(b).max().
    Never divide by less than floor: max(np.abs(a).max(), np.abs(b).max(), floor).
    """,
)
