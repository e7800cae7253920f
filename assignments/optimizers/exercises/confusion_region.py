"""The confusion region of a sum of squares."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.optimizer import confusion_region


def region_case(name, a, b, kind=""):
    calls = ["low, high = confusion_region(a, b)"]
    return Case(name, inputs={"a": a, "b": b}, calls=calls, outputs=("low", "high"), kind=kind)


def region_by_sort(a, b):
    minima = np.sort(b / a)
    return minima[0], minima[-1]


def region_by_loop(a, b):
    low, high = np.inf, -np.inf
    for slope, level in zip(a, b, strict=True):
        low, high = min(low, level / slope), max(high, level / slope)
    return float(low), float(high)


REGION_RNG = np.random.default_rng(78)


def terms_and_the_same(rng):
    """Terms, each times a factor of its own, and all moved to the right by 3."""
    a, b = rng.choice([-1, 1], 7) * rng.uniform(0.5, 2, 7), rng.normal(size=7)
    factors = np.array([2.0, -1.0, 0.5, 3.0, -2.0, 1.0, -0.25])
    return {"a": a, "b": b, "a_times": factors * a, "b_times": factors * b, "b_moved": b + 3 * a}


REGION = exercise_of(
    confusion_region,
    points=5,
    cases=[
        region_case("by hand", np.array([1.0, 2.0, 0.5]), np.array([3.0, 2.0, 1.0])),
        region_case("twenty terms", REGION_RNG.uniform(0.5, 2, 20), REGION_RNG.normal(3, 1, 20)),
        region_case("one negative slope", np.array([1.0, -2.0, 4.0]), np.array([2.0, 6.0, 4.0])),
        region_case("negative slopes", np.array([-1.0, 2.0, -0.5, 3.0]), np.array([2.0, 1.0, -3.0, 2.0])),
    ],
    hidden=lambda rng: [
        region_case("a", rng.uniform(0.2, 3, 13), rng.normal(size=13), "other numbers"),
        region_case("b", rng.choice([-1, 1], 9) * rng.uniform(0.2, 3, 9), rng.normal(size=9), "negative slopes"),
        region_case("c", np.array([2.0]), np.array([3.0]), "one term"),
        region_case("d", rng.uniform(0.2, 3, 6), rng.uniform(1, 5, 6), "all minima on the right of 0"),
        region_case("e", rng.uniform(0.2, 3, 6), rng.uniform(-5, -1, 6), "all minima on the left of 0"),
        region_case("f", 1e-12 * rng.uniform(1, 3, 5), rng.uniform(1, 5, 5), "extreme values"),
        region_case("g", 1e-12 * rng.uniform(1, 3, 5), rng.uniform(-5, -1, 5), "extreme values"),
    ],
    properties=[
        identity(
            "a and b of a term times the same number, negative ones too, leave its minimum where it is",
            "region = confusion_region(a, b)",
            "region_of_times = confusion_region(a_times, b_times)",
            "region_of_times == region",
            inputs=terms_and_the_same,
            hidden="terms times a number",
        ),
        identity(
            "x - 3 in the place of x moves both ends by 3",
            "region = confusion_region(a, b)",
            "region_moved = confusion_region(a, b_moved)",
            "region_moved - region == 3",
            inputs=terms_and_the_same,
        ),
    ],
    mutants="""
    upside_down: minima = b / a => minima = a / b
        You divide the wrong way: the minimum of 1/2 (b - a x)**2 is where b = a x.
    levels_only: minima = b / a => minima = b
        You take the b alone. The minimum of a term is b / a.
    products: minima = b / a => minima = a * b
        You multiply. The minimum of a term is b / a.
    mean_width: return float(minima.min()), float(minima.max())
        => return float(minima.mean() - minima.std()), float(minima.mean() + minima.std())
        You return mean and spread. The region goes from the smallest minimum to the largest.
    swapped: return float(minima.min()), float(minima.max()) => return float(minima.max()), float(minima.min())
        low and high have changed places.
    sizes: minima = b / a => minima = b / np.abs(a)
        The sign of a counts: the minimum is b / a.
    """,
    alternatives=[region_by_sort, region_by_loop],
    hints="""
    Where does one term, 1/2 (b - a x)**2, have its minimum? A square is never below 0.
    It is 0 where a x = b. The sign of a counts.
    The smallest and the largest b / a.
    """,
)
