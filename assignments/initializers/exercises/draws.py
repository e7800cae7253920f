"""What all initializers are asked: whether they draw from the given generator, in the right spread."""

import inspect

from classroom.staff.declare.exercise import (
    Case,
    Differ,
    Distribution,
    Equal,
    Generator,
    IndependentDraws,
    Property,
    exercise_of,
    identity,
    textual_mutants,
)
from solutions.initialization import fans

OWN_GENERATOR = "You draw from a generator of your own. Draw every number from rng, the generator that you are given."


def drawn_from_rng(call, result="weight", **inputs):
    """Whatever is drawn comes from rng: the same generator gives the same numbers, another one gives others."""
    calls = [call.format(result=f"{result}{t}", rng=f"rng{t}") for t in (1, 2)]
    pair = (f"{result}1", f"{result}2")
    one, other = ({**inputs, "rng1": Generator(4), "rng2": Generator(seed)} for seed in (4, 5))
    return [
        Property(Equal(*pair), title="the same generator twice", inputs=one, calls=calls),
        Property(Differ(*pair, "and should not be: draw from rng"), title="two generators", inputs=other, calls=calls),
    ]


def proportional(what, call, part=None, **inputs):
    """The same generator and twice the number {factor} give numbers twice as large."""
    calls = [call.format(result="numbers", factor=0.4), call.format(result="larger", factor=0.8)]
    return identity(
        f"the same generator and twice the {what} draw numbers twice as large",
        *[line.replace("rng", f"rng{t}") for t, line in enumerate(calls, 1)],
        "larger - 2 * numbers == 0",
        part=part,
        inputs={**inputs, "rng1": Generator(6), "rng2": Generator(6)},
    )


def two_generators_case(call, shape, family, std, seed, kind="", **inputs):
    """Two draws with different generators have nothing in common."""
    calls = [call.format(result=result, rng=rng) for result, rng in (("weight", "rng"), ("other_weight", "other_rng"))]
    return Case(
        f"two generators {shape}",
        {"shape": shape, **inputs, "rng": Generator(seed), "other_rng": Generator(seed + 1)},
        calls,
        ("weight", "other_weight"),
        kind,
        part="weight",
        measure=IndependentDraws("weight", "other_weight", family, std),
    )


VISIBLE_SHAPES = [
    ("a wide layer", (90, 40)),
    ("few inputs, many outputs", (12, 300)),
    ("filters", (32, 24, 3, 5)),
    ("a flat kernel", (48, 20, 1, 7)),
]


# What the fans forget, and where the numbers come from, can be wrong in every initializer.
COMMON_MUTANTS = f"""
kernel_forgotten: return channels * height * width, filters // groups * height * width
    => return channels, filters // groups
    For a convolution each output sums C kH kW numbers: the fans must count the kernel.
own_generator: rng.{{draw}} => np.random.default_rng(0).{{draw}}
    {OWN_GENERATOR}
"""
FAMILY_MUTANTS = {
    "normal": """
    unscaled: return std * rng.standard_normal(shape) => return rng.standard_normal(shape)
        The spread is 1, whatever the shape. Multiply the draw by the standard deviation.
    from_0_to_1: rng.standard_normal(shape) => rng.random(shape)
        rng.random draws from 0 to 1, all numbers positive. Draw from the normal distribution.
    """,
    "uniform": """
    unscaled: rng.uniform(-bound, bound, size=shape) => rng.uniform(-1, 1, size=shape)
        The numbers go from -1 to 1, whatever the shape. Draw from -bound to bound.
    from_0_to_1: rng.uniform(-bound, bound, size=shape) => rng.random(shape)
        rng.random draws from 0 to 1. Draw from -bound to bound.
    """,
}


def drawn_exercise(function, *, points, family, std, mutants, alternatives, hints):
    """One initializer; std gives the true spread from the fans."""
    name, gain = function.__name__, "gain" in inspect.signature(function).parameters
    common = COMMON_MUTANTS.format(draw={"normal": "standard_normal", "uniform": "uniform"}[family])

    def case(title, shape, seed, factor=1.0, kind=""):
        call = f"weight = {name}(shape, rng, gain)" if factor != 1.0 else f"weight = {name}(shape, rng)"
        inputs = {"shape": shape, "rng": Generator(seed)} | ({"gain": factor} if factor != 1.0 else {})
        measure = Distribution(shape, family, float(factor * std(*fans(shape))))
        return Case(f"{title} {shape}", inputs, [call], ("weight",), kind, measure=measure)

    def two_generators(shape, seed, kind=""):
        call = f"{{result}} = {name}(shape, {{rng}})"
        return two_generators_case(call, shape, family, float(std(*fans(shape))), seed, kind)

    def hidden(rng):
        d, m, f, c = (int(size) for size in rng.permutation([41, 67, 95, 113]))
        made = [
            case("linear", (d, m), 21, kind="odd shapes"),
            case("conv", (f, c // 4, 2, 5), 22, kind="odd shapes"),
            case("pointwise", (c, f, 1, 1), 23, kind="odd shapes"),
            case("depthwise", (f, 1, 7, 6), 24, kind="one channel a group"),
            case("large kernel", (int(rng.integers(3, 6)), 5, 19, 23), 26, kind="a large kernel"),
        ]
        made.append(two_generators((m, d), 50, "two generators"))
        if gain:
            made.append(case("gain", (d, f), 25, 0.4, "gain"))
            made.append(case("huge", (d, f), 27, 1e100, "a gain too large for float32"))
        return made

    visible = [case(title, shape, 30 + seed) for seed, (title, shape) in enumerate(VISIBLE_SHAPES)]
    properties = drawn_from_rng(f"{{result}} = {name}(shape, {{rng}})", shape=(4, 5))
    if gain:
        properties.append(proportional("gain", f"{{result}} = {name}(shape, rng, {{factor}})", shape=(4, 5)))
        visible += [case("gain 5/3", (70, 50), 40, 5 / 3), case("gain 3", (20, 12, 5, 3), 41, 3.0)]
    return exercise_of(
        function,
        points=points,
        cases=visible,
        hidden=hidden,
        properties=properties,
        mutants=[
            mutant for text in (mutants, common, FAMILY_MUTANTS[family]) for mutant in textual_mutants(function, text)
        ],
        alternatives=alternatives,
        hints=hints,
    )


def widths(rng, *sizes):
    """The sizes in another order."""
    return [int(size) for size in rng.permutation(sizes)]
