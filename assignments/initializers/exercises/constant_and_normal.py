"""Weights that are constant, and weights drawn from a normal distribution."""

import numpy as np

from classroom.staff.declare.exercise import Case, Distribution, Function, Generator, exercise_of, identity
from solutions.initialization import constant, normal

from .draws import OWN_GENERATOR, drawn_from_rng, proportional, two_generators_case


def constant_case(name, shape, value, kind=""):
    inputs = {"shape": shape, "value": value}
    return Case(name, inputs=inputs, calls=["weight = constant(shape, value)"], outputs=("weight",), kind=kind)


def constant_by_ones(shape, value):
    return value * np.ones(shape)


def constant_by_loop(shape, value):
    weight = np.empty(shape)
    for place in np.ndindex(shape):
        weight[place] = value
    return weight


CONSTANT = exercise_of(
    constant,
    points=2,
    cases=[
        constant_case("a matrix", (3, 5), 0.05),
        constant_case("filters", (2, 3, 4, 1), -1.5),
        constant_case("a whole number", (4,), 2),
    ],
    hidden=lambda rng: [
        constant_case("odd", (int(rng.integers(3, 9)), 7), float(rng.normal()), "odd shapes"),
        constant_case("whole", (5, 2), 3, "a whole number"),
        constant_case("zero", (2, 2), 0.0, "zeros"),
        constant_case("huge", (3, 2), float(rng.uniform(1, 9)) * 1e200, "a number too large for float32"),
    ],
    properties=[
        identity(
            "weights are float64; in whole numbers the cube of 3 million overflows",
            "weight = constant(shape, value)",
            "cubes = sum_of_cubes(weight)",
            "cubes == true_cubes",
            inputs={
                "shape": (2, 3),
                "value": 3_000_000,
                "sum_of_cubes": Function("cubic"),
                "true_cubes": 6 * 3e6**3,
            },
            limit=1e-4,
        )
    ],
    mutants="""
    zeros: np.full(shape, value, dtype=np.float64) => np.zeros(shape)
        All entries are 0. They should all be value.
    negative: np.full(shape, value, => np.full(shape, -value,
        The sign of value is lost.
    one_entry: np.full(shape, value, => np.full(shape[:1], value,
        Only the first axis has its length. Use the whole shape.
    transposed: np.full(shape, value, => np.full(shape[::-1], value,
        The axes are in reverse order.
    scaled: np.full(shape, value, => np.full(shape, value / shape[0],
        Every entry is value, not a share of it.
    whole_numbers: np.full(shape, value, dtype=np.float64) => np.full(shape, value)
        From a whole value numpy makes an array of whole numbers, which no optimizer can change by a fraction, and
        which overflows. Ask for dtype=np.float64.
    """,
    alternatives=[constant_by_ones, constant_by_loop],
    hints="""
    numpy has a function that fills a shape with a value.
    np.full(shape, value) with float64.
    """,
)


NORMAL_DRAW = "{result} = normal(shape, std, {rng})"


def normal_case(name, shape, std, seed, kind=""):
    return Case(
        f"{name} {shape}, std {std:g}",
        inputs={"shape": shape, "std": std, "rng": Generator(seed)},
        calls=["weight = normal(shape, std, rng)"],
        outputs=("weight",),
        kind=kind,
        measure=Distribution(shape=list(shape), family="normal", std=std),
    )


def normal_by_loc(shape, std, rng):
    return rng.normal(loc=0.0, scale=std, size=shape)


def normal_flat(shape, std, rng):
    return (rng.standard_normal(int(np.prod(shape))) * std).reshape(shape)


def normal_box_muller(shape, std, rng):
    radius = np.sqrt(-2 * np.log(1 - rng.random(shape)))
    return std * radius * np.cos(2 * np.pi * rng.random(shape))


NORMAL = exercise_of(
    normal,
    points=3,
    cases=[
        normal_case("a matrix", (60, 80), 0.05, 1),
        normal_case("filters", (30, 20, 3, 5), 2.0, 2),
        normal_case("a vector", (5000,), 0.3, 3),
    ],
    hidden=lambda rng: [
        normal_case("odd", (int(rng.integers(50, 70)), 90), float(rng.uniform(0.1, 3)), 11, "odd shapes"),
        normal_case("small", (70, 60), 1e-4, 12, "extreme values"),
        normal_case("flat", (4000,), 1.0, 13, "odd shapes"),
        two_generators_case(
            NORMAL_DRAW.replace("std", "0.5"), (int(rng.integers(50, 70)), 60), "normal", 0.5, 14, "two generators"
        ),
        normal_case("huge", (60, 70), 1e100, 14, "a spread too large for float32"),
    ],
    properties=[
        *drawn_from_rng(NORMAL_DRAW, shape=(4, 5), std=0.5),
        proportional("std", "{result} = normal(shape, {factor}, rng)", shape=(4, 5)),
    ],
    mutants=f"""
    own_generator: rng.standard_normal => np.random.default_rng(0).standard_normal
        {OWN_GENERATOR}
    own_generator_and_noise: rng.standard_normal(shape)
        => (np.random.default_rng(0).standard_normal(shape) + 1e-3 * rng.standard_normal(shape))
        Nearly all of a weight comes from a generator of your own. Draw every number from rng.
    two_rows: rng.standard_normal(shape)
        => np.resize(rng.standard_normal((2, *shape[1:])), shape) * (1 + 1e-9 * rng.random(shape))
        Two rows take turns. Draw a number for each entry.
    variance: return std * => return std**2 *
        The spread is std squared. std is a standard deviation, not a variance.
    root: return std * => return np.sqrt(std) *
        The spread is the root of std. std is already the standard deviation.
    shifted: return std * rng => return std + std * rng
        The mean is not 0.
    uniform: rng.standard_normal(shape) => rng.uniform(-1, 1, shape)
        These numbers are uniform. Draw from the normal distribution.
    one_row: rng.standard_normal(shape) => np.broadcast_to(rng.standard_normal(shape[-1:]), shape)
        All rows are copies of one. Draw a number for each entry.
    unscaled: return std * rng => return rng
        std is not used.
    positive: rng.standard_normal(shape) => np.abs(rng.standard_normal(shape))
        All numbers are positive. Half of them should be negative.
    """,
    alternatives=[normal_by_loc, normal_flat, normal_box_muller],
    hints="""
    rng.standard_normal(shape) has standard deviation 1.
    Multiply the draw by std.
    """,
)
