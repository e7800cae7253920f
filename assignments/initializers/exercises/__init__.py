"""Assignment 7: what each check asks, which wrong answers it knows, and which right ones it must accept.

Random answers are judged by their moments and distribution, never by a draw: any order of drawing earns full points.
"""

import numpy as np

from classroom import given
from classroom.staff.exercise import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Function,
    Generator,
    Given,
    Mutant,
    Property,
    Quiz,
    edit,
)
from classroom.staff.slips import slips
from solutions.initialization import (
    constant,
    fans,
    forward_stats,
    kaiming_normal,
    kaiming_uniform,
    lsuv,
    normal,
    orthogonal,
    xavier_normal,
    xavier_uniform,
)

# --- fans -----------------------------------------------------------------------------------------------------------


def fans_case(name, shape, groups=1, kind=""):
    call = "fan_in, fan_out = fans(shape)" if groups == 1 else "fan_in, fan_out = fans(shape, groups)"
    return Case(name, inputs={"shape": shape, "groups": groups}, calls=[call], outputs=("fan_in", "fan_out"), kind=kind)


def hidden_fans(rng):
    def odd(low, high):
        return int(rng.integers(low, high))

    return [
        fans_case("linear", (odd(20, 40), odd(50, 90)), kind="odd shapes"),
        fans_case("conv", (odd(8, 12), odd(13, 19), 5, 2), kind="odd shapes"),
        fans_case("tall", (odd(30, 40), odd(3, 9), 1, 7), kind="odd shapes"),
        fans_case("grouped", (3 * odd(5, 9), odd(2, 5), 3, 4), 3, kind="groups"),
        fans_case("depthwise", (11, 1, 4, 3), 11, kind="groups"),
    ]


def fans_by_product(shape, groups=1):
    receptive = int(np.prod(shape[2:]))
    if len(shape) == 2:
        return shape[0], shape[1]
    return shape[1] * receptive, shape[0] * receptive // groups


def fans_from_array(shape, groups=1):
    weight = np.empty(shape)
    if weight.ndim == 2:
        return weight.shape
    return weight[0].size, weight[:, 0].size // groups


def filters_and_a_matrix(rng):
    """The shape of filters of one pixel, that of the matrix that they are, and filters there and back."""
    f, c, kh, kw = (int(size) for size in rng.permutation(np.arange(2, 12))[:4])
    return {"one_pixel": (f, c, 1, 1), "matrix": (c, f), "filters": (f, c, kh, kw), "back": (c, f, kh, kw)}


THERE_AND_BACK = Property(
    "equal",
    title="what one way goes out of F filters on C channels goes the other way into C filters on F",
    calls=["fan_in, _ = fans(filters)", "_, fan_out = fans(back)"],
    inputs=filters_and_a_matrix,
    left="fan_in",
    right="fan_out",
)
FANS = Exercise(
    id="fans",
    points=10,
    functions={"fans": fans},
    subject=("fans",),
    cases=[
        fans_case("a linear layer", (30, 70)),
        fans_case("a narrow linear layer", (64, 10)),
        fans_case("six filters of 5 by 5", (6, 3, 5, 5)),
        fans_case("a flat kernel", (16, 8, 1, 3)),
        fans_case("two groups", (12, 4, 3, 5), 2),
        fans_case("depthwise", (8, 1, 3, 3), 8),
    ],
    hidden=hidden_fans,
    properties=[
        THERE_AND_BACK,
        Property(
            "equal",
            title="filters of one pixel are a matrix",
            calls=["of_filters = fans(one_pixel)", "of_matrix = fans(matrix)"],
            inputs=filters_and_a_matrix,
            left="of_filters",
            right="of_matrix",
        ),
    ],
    hidden_properties=[THERE_AND_BACK.drawn("filters there and back")],
    mutants=[
        *slips(
            fans,
            """
            kernel_forgotten: return channels * height * width, => return channels,
                Each output of a convolution reads kH times kW pixels of each channel: the kernel belongs to fan_in.
            kernel_forgotten_in_fan_out: filters // groups * height * width => filters // groups
                Each input pixel feeds kH times kW places of each map: the kernel belongs to fan_out too.
            swapped_conv: return channels * height * width, filters // groups * height * width
                => return filters // groups * height * width, channels * height * width
                For a convolution (F, C, kH, kW) the inputs are the channels: C counts in fan_in, F in fan_out.
            swapped_linear: return shape[0], shape[1] => return shape[1], shape[0]
                A linear weight is (D, M) in this course: D inputs, M outputs. PyTorch stores it the other way round.
            groups_ignored: filters // groups * height => filters * height
                With groups, an input channel feeds only the filters of its own group.
            groups_twice: return channels * height => return channels // groups * height
                The second axis is C / groups already: do not divide fan_in again.
            square_kernel: filters // groups * height * width => filters // groups * height * height
                Kernels need not be square: multiply height by width.
            """,
        ),
    ],
    alternatives=[
        Alternative("by product", {"fans": fans_by_product}),
        Alternative("by array", {"fans": fans_from_array}),
    ],
    hints=[
        "fan_in counts the numbers that one output is a sum of; fan_out the outputs that one input is part of.",
        "A linear weight (D, M): every output sums D inputs. A filter (C, kH, kW): every output sums C kH kW numbers.",
        "fan_in = C kH kW with C the second axis; fan_out = F / groups kH kW.",
    ],
)

# --- constant and normal --------------------------------------------------------------------------------------------


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


CONSTANT = Exercise(
    id="constant",
    points=2,
    functions={"constant": constant},
    subject=("constant",),
    cases=[
        constant_case("a matrix", (3, 5), 0.05),
        constant_case("filters", (2, 3, 4, 1), -1.5),
        constant_case("a whole number", (4,), 2),
    ],
    hidden=lambda rng: [
        constant_case("odd", (int(rng.integers(3, 9)), 7), float(rng.normal()), "odd shapes"),
        constant_case("whole", (5, 2), 3, "a whole number"),
        constant_case("zero", (2, 2), 0.0, "zeros"),
    ],
    properties=[
        Property(
            "equal",
            title="weights are float64; in whole numbers the cube of 3 million overflows",
            calls=["weight = constant(shape, value)", "cubes = sum_of_cubes(weight)"],
            inputs={
                "shape": (2, 3),
                "value": 3_000_000,
                "sum_of_cubes": Function("cubic"),
                "true_cubes": 6 * 3e6**3,
            },
            left="cubes",
            right="true_cubes",
            limit=1e-4,
        )
    ],
    mutants=slips(
        constant,
        """
        zeros: np.full(shape, value, dtype=np.float64) => np.zeros(shape)
            All entries are 0. They should all be value.
        negative: np.full(shape, value, => np.full(shape, -value,
            The sign of value is lost.
        one_entry: np.full(shape, value, => np.full(shape[:1], value,
            Only the first axis has its length. Use the whole shape.
        transposed: np.full(shape, value, => np.full(shape[::-1], value,
            The axes stand in reverse order.
        scaled: np.full(shape, value, => np.full(shape, value / shape[0],
            Every entry is value, not a share of it.
        whole_numbers: np.full(shape, value, dtype=np.float64) => np.full(shape, value)
            From a whole value numpy makes an array of whole numbers, which no optimizer can change by a fraction, and
            which overflows. Ask for dtype=np.float64.
        """,
    ),
    alternatives=[
        Alternative("ones", {"constant": constant_by_ones}),
        Alternative("loop", {"constant": constant_by_loop}),
    ],
    hints=["numpy has a function that fills a shape with a value.", "np.full(shape, value) with float64."],
)


def normal_case(name, shape, std, seed, kind=""):
    return Case(
        f"{name} {shape}, std {std:g}",
        inputs={"shape": shape, "std": std, "rng": Generator(seed)},
        calls=["weight = normal(shape, std, rng)"],
        outputs=("weight",),
        kind=kind,
        measure="distribution",
        options={"shape": list(shape), "family": "normal", "std": std},
    )


def normal_by_loc(shape, std, rng):
    return rng.normal(loc=0.0, scale=std, size=shape)


def normal_flat(shape, std, rng):
    return (rng.standard_normal(int(np.prod(shape))) * std).reshape(shape)


def normal_box_muller(shape, std, rng):
    radius = np.sqrt(-2 * np.log(1 - rng.random(shape)))
    return std * radius * np.cos(2 * np.pi * rng.random(shape))


OWN_GENERATOR = "You draw from a generator of your own. Draw every number from rng, the generator that you are given."


def drawn_from_rng(call, result="weight", **inputs):
    """Whatever is drawn comes from rng: the same generator gives the same numbers, another one gives others."""
    calls = [call.format(result=f"{result}{t}", rng=f"rng{t}") for t in (1, 2)]
    pair = {"calls": calls, "left": f"{result}1", "right": f"{result}2"}
    one, other = ({**inputs, "rng1": Generator(4), "rng2": Generator(seed)} for seed in (4, 5))
    return [
        Property("equal", title="the same generator twice", inputs=one, **pair),
        Property("differ", title="two generators", inputs=other, why="and should not be: draw from rng", **pair),
    ]


def proportional(what, call, part=None, **inputs):
    """The same generator and twice the number {factor} give numbers twice as large."""
    calls = [call.format(result="numbers", factor=0.4), call.format(result="larger", factor=0.8)]
    return Property(
        "combination",
        part=part,
        title=f"the same generator and twice the {what} draw numbers twice as large",
        calls=[line.replace("rng", f"rng{t}") for t, line in enumerate(calls, 1)],
        inputs={**inputs, "rng1": Generator(6), "rng2": Generator(6)},
        terms={"larger": 1, "numbers": -2},
        right=0,
    )


NORMAL = Exercise(
    id="normal",
    points=3,
    functions={"normal": normal},
    subject=("normal",),
    cases=[
        normal_case("a matrix", (60, 80), 0.05, 1),
        normal_case("filters", (30, 20, 3, 5), 2.0, 2),
        normal_case("a vector", (5000,), 0.3, 3),
    ],
    hidden=lambda rng: [
        normal_case("odd", (int(rng.integers(50, 70)), 90), float(rng.uniform(0.1, 3)), 11, "odd shapes"),
        normal_case("small", (70, 60), 1e-4, 12, "extreme values"),
        normal_case("flat", (4000,), 1.0, 13, "odd shapes"),
    ],
    properties=[
        *drawn_from_rng("{result} = normal(shape, std, {rng})", shape=(4, 5), std=0.5),
        proportional("std", "{result} = normal(shape, {factor}, rng)", shape=(4, 5)),
    ],
    mutants=slips(
        normal,
        f"""
        own_generator: rng.standard_normal => np.random.default_rng(0).standard_normal
            {OWN_GENERATOR}
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
    ),
    alternatives=[
        Alternative("loc and scale", {"normal": normal_by_loc}),
        Alternative("flat", {"normal": normal_flat}),
        Alternative("Box and Muller", {"normal": normal_box_muller}),
    ],
    hints=["rng.standard_normal(shape) has spread 1.", "Multiply the draw by std."],
)

# --- Xavier and Kaiming ---------------------------------------------------------------------------------------------

VISIBLE_SHAPES = [
    ("a wide layer", (90, 40)),
    ("few inputs, many outputs", (12, 300)),
    ("filters", (32, 24, 3, 5)),
    ("a flat kernel", (48, 20, 1, 7)),
]


def drawn_exercise(function, family, std, points, *, gain, mutants, alternatives, hints):
    """One initializer; std gives the true spread from the fans and the gain."""
    name = function.__name__

    def case(title, shape, seed, factor=1.0, kind=""):
        call = f"weight = {name}(shape, rng, gain)" if factor != 1.0 else f"weight = {name}(shape, rng)"
        inputs = {"shape": shape, "rng": Generator(seed)} | ({"gain": factor} if factor != 1.0 else {})
        options = {"shape": list(shape), "family": family, "std": float(factor * std(*fans(shape)))}
        named = f"{title} {shape}"
        return Case(
            named, inputs=inputs, calls=[call], outputs=("weight",), kind=kind, measure="distribution", options=options
        )

    def hidden(rng):
        d, m, f, c = (int(size) for size in rng.permutation([41, 67, 95, 113]))
        made = [
            case("linear", (d, m), 21, kind="odd shapes"),
            case("conv", (f, c // 4, 2, 5), 22, kind="odd shapes"),
            case("pointwise", (c, f, 1, 1), 23, kind="odd shapes"),
            case("depthwise", (f, 1, 7, 6), 24, kind="one channel a group"),
        ]
        return made + ([case("gain", (d, f), 25, 0.4, "gain")] if gain else [])

    visible = [case(title, shape, 30 + seed) for seed, (title, shape) in enumerate(VISIBLE_SHAPES)]
    properties = drawn_from_rng(f"{{result}} = {name}(shape, {{rng}})", shape=(4, 5))
    if gain:
        properties.append(proportional("gain", f"{{result}} = {name}(shape, rng, {{factor}})", shape=(4, 5)))
        visible += [case("gain 5/3", (70, 50), 40, 5 / 3), case("gain 3", (20, 12, 5, 3), 41, 3.0)]
    return Exercise(
        id=name,
        points=points,
        functions={name: function},
        subject=(name,),
        cases=visible,
        hidden=hidden,
        properties=properties,
        mutants=mutants,
        alternatives=[Alternative(made.__name__, {name: made}) for made in alternatives],
        hints=hints,
    )


def xavier_normal_direct(shape, rng, gain=1.0):
    receptive = np.prod(shape[2:])
    return rng.normal(0, gain * np.sqrt(2 / ((shape[0] + shape[1]) * receptive)), shape)


def xavier_normal_transposed(shape, rng, gain=1.0):
    total = sum(shape[:2]) * int(np.prod(shape[2:]))
    return (gain * (2 / total) ** 0.5 * rng.standard_normal(shape[::-1])).T


def xavier_uniform_direct(shape, rng, gain=1.0):
    bound = gain * np.sqrt(6 / (sum(shape[:2]) * np.prod(shape[2:])))
    return bound * (2 * rng.random(shape) - 1)


def xavier_uniform_by_std(shape, rng, gain=1.0):
    std = gain * np.sqrt(2 / (sum(shape[:2]) * np.prod(shape[2:])))
    return rng.uniform(-1, 1, size=int(np.prod(shape))).reshape(shape) * std * np.sqrt(3)


def kaiming_normal_direct(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return np.sqrt(2 / fan_in) * rng.standard_normal(shape)


def kaiming_normal_rows(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return np.stack([rng.normal(0, (2 / fan_in) ** 0.5, shape[1:]) for _ in range(shape[0])])


def kaiming_uniform_direct(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    bound = np.sqrt(6 / fan_in)
    return rng.random(shape) * 2 * bound - bound


def kaiming_uniform_rows(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return np.stack([rng.uniform(-1, 1, shape[1:]) for _ in range(shape[0])]) * np.sqrt(6 / fan_in)


KERNEL = "return channels * height * width, filters // groups * height * width"
CHANNELS_ONLY = "return channels, filters // groups"
DRAW, OWN_DRAW = "rng.standard_normal", "np.random.default_rng(0).standard_normal"
CONV_FANS = "For a convolution each output sums C kH kW numbers: the fans must count the kernel."

XAVIER_NORMAL = drawn_exercise(
    xavier_normal,
    "normal",
    lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)),
    8,
    gain=True,
    mutants=[
        *slips(
            xavier_normal,
            """
            variance: gain * np.sqrt(2 / (fan_in + fan_out)) => gain * 2 / (fan_in + fan_out)
                The spread is 2 / (fan_in + fan_out). That is the variance: take its root.
            fan_in_only: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(1 / fan_in)
                You use fan_in alone. This form averages both fans: 2 / (fan_in + fan_out).
            two_forgotten: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(1 / (fan_in + fan_out))
                The 2 is missing: the mean of the fans is half their sum.
            six: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(6 / (fan_in + fan_out))
                With 6 this is the bound of the uniform form, not the spread of the normal one.
            gain_forgotten: gain * np.sqrt => np.sqrt
                The gain is not used.
            gain_under_the_root: gain * np.sqrt(2 / => np.sqrt(gain * 2 /
                The gain multiplies the spread; you have it under the root.
            """,
        ),
        Mutant("kernel_forgotten", edit(xavier_normal, KERNEL, CHANNELS_ONLY), CONV_FANS),
        Mutant("own_generator", edit(xavier_normal, DRAW, OWN_DRAW), OWN_GENERATOR),
    ],
    alternatives=[xavier_normal_direct, xavier_normal_transposed],
    hints=[
        "The variance is 2 / (fan_in + fan_out). What is the standard deviation?",
        "own.fans(shape) gives both fans, for filters too. The gain multiplies the standard deviation.",
        "own.normal(shape, gain * np.sqrt(2 / (fan_in + fan_out)), rng)",
    ],
)
XAVIER_UNIFORM = drawn_exercise(
    xavier_uniform,
    "uniform",
    lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)),
    7,
    gain=True,
    mutants=[
        *slips(
            xavier_uniform,
            """
            std_as_bound: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(2 / (fan_in + fan_out))
                The bound is the standard deviation of the normal form. A uniform draw needs √3 times that.
            three: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(3 / (fan_in + fan_out))
                The bound is √2 too small: 6, not 3, stands over the sum of the fans.
            fan_in_only: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(3 / fan_in)
                You use fan_in alone. This form averages both fans: 6 / (fan_in + fan_out).
            one_sided: rng.uniform(-bound, bound, => rng.uniform(0, bound,
                All numbers are positive. Draw from -bound to bound.
            gain_forgotten: gain * np.sqrt => np.sqrt
                The gain is not used.
            gain_under_the_root: gain * np.sqrt(6 / => np.sqrt(gain * 6 /
                The gain multiplies the bound; you have it under the root.
            normal_draw: rng.uniform(-bound, bound, size=shape) => rng.normal(0, bound / np.sqrt(3), size=shape)
                These numbers are normal, with the right spread. This exercise asks for uniform ones.
            """,
        ),
        Mutant("kernel_forgotten", edit(xavier_uniform, KERNEL, CHANNELS_ONLY), CONV_FANS),
        Mutant("own_generator", edit(xavier_uniform, "rng.uniform", "np.random.default_rng(0).uniform"), OWN_GENERATOR),
    ],
    alternatives=[xavier_uniform_direct, xavier_uniform_by_std],
    hints=[
        "A uniform distribution on [-b, b] has standard deviation b / √3.",
        "So b = √3 · √(2 / (fan_in + fan_out)) = √(6 / (fan_in + fan_out)), times the gain.",
        "rng.uniform(-bound, bound, size=shape)",
    ],
)
KAIMING_NORMAL = drawn_exercise(
    kaiming_normal,
    "normal",
    lambda fan_in, fan_out: np.sqrt(2 / fan_in),
    8,
    gain=False,
    mutants=[
        *slips(
            kaiming_normal,
            """
            variance: np.sqrt(2 / fan_in) => 2 / fan_in
                The spread is 2 / fan_in. That is the variance: take its root.
            no_two: np.sqrt(2 / fan_in) => np.sqrt(1 / fan_in)
                The 2 is missing. It makes good for the half that ReLU discards.
            both_fans: np.sqrt(2 / fan_in) => np.sqrt(2 / (fan_in + fans(shape)[1]))
                This is Xavier's spread. Kaiming's uses fan_in alone.
            fan_out: fan_in, _ = fans(shape) => _, fan_in = fans(shape)
                You use fan_out. This form keeps the variance on the way forward: use fan_in.
            six: np.sqrt(2 / fan_in) => np.sqrt(6 / fan_in)
                With 6 this is the bound of the uniform form, not the spread of the normal one.
            """,
        ),
        Mutant("kernel_forgotten", edit(kaiming_normal, KERNEL, CHANNELS_ONLY), CONV_FANS),
        Mutant("own_generator", edit(kaiming_normal, DRAW, OWN_DRAW), OWN_GENERATOR),
    ],
    alternatives=[kaiming_normal_direct, kaiming_normal_rows],
    hints=[
        "The variance of each weight is 2 / fan_in.",
        "fan_in of filters is C kH kW; own.fans(shape) counts it.",
        "own.normal(shape, np.sqrt(2 / fan_in), rng)",
    ],
)
KAIMING_UNIFORM = drawn_exercise(
    kaiming_uniform,
    "uniform",
    lambda fan_in, fan_out: np.sqrt(2 / fan_in),
    7,
    gain=False,
    mutants=[
        *slips(
            kaiming_uniform,
            """
            std_as_bound: np.sqrt(6 / fan_in) => np.sqrt(2 / fan_in)
                The bound is the standard deviation of the normal form. A uniform draw needs √3 times that.
            three: np.sqrt(6 / fan_in) => np.sqrt(3 / fan_in)
                The bound is √2 too small: this is the form without the 2 that makes good for ReLU.
            one: np.sqrt(6 / fan_in) => np.sqrt(1 / fan_in)
                The bound is 1 / √fan_in, PyTorch's old default. Kaiming's is √(6 / fan_in).
            fan_out: fan_in, _ = fans(shape) => _, fan_in = fans(shape)
                You use fan_out. This form keeps the variance on the way forward: use fan_in.
            one_sided: rng.uniform(-bound, bound, => rng.uniform(0, bound,
                All numbers are positive. Draw from -bound to bound.
            normal_draw: rng.uniform(-bound, bound, size=shape) => rng.normal(0, bound / np.sqrt(3), size=shape)
                These numbers are normal, with the right spread. This exercise asks for uniform ones.
            """,
        ),
        Mutant("kernel_forgotten", edit(kaiming_uniform, KERNEL, CHANNELS_ONLY), CONV_FANS),
        Mutant(
            "own_generator", edit(kaiming_uniform, "rng.uniform", "np.random.default_rng(0).uniform"), OWN_GENERATOR
        ),
    ],
    alternatives=[kaiming_uniform_direct, kaiming_uniform_rows],
    hints=[
        "A uniform distribution on [-b, b] has standard deviation b / √3.",
        "You want the standard deviation √(2 / fan_in), so b = √(6 / fan_in).",
        "rng.uniform(-bound, bound, size=shape)",
    ],
)

# --- what they do to a deep network ---------------------------------------------------------------------------------

STATS = "means, stds = forward_stats(dims, activation, init, rng{})"
DRAWS = 40  # of the reference: fewer know its spread too badly to promise anything about ten spreads


def widths(rng, *sizes):
    """The sizes in another order."""
    return [int(size) for size in rng.permutation(sizes)]


def stats_case(name, dims, activation, init, seed, kind="", part=None):
    """Bound the statistics around the mean of draws of the reference, ten of their spreads wide."""
    bend = given.make(activation.name, activation.params) if isinstance(activation, Function) else activation
    draws = [forward_stats(dims, bend, init, np.random.default_rng(900 + t)) for t in range(DRAWS)]
    means, stds = (np.array([draw[i] for draw in draws]) for i in (0, 1))
    reach = {"means": 10 * means.std(axis=0) + 0.01 * stds.mean(axis=0), "stds": 10 * stds.std(axis=0)}
    return Case(
        name,
        inputs={"dims": dims, "activation": activation, "init": init, "rng": Generator(seed)},
        calls=[STATS.format("")],
        outputs=("means", "stds"),
        part=part,
        kind=kind,
        measure="near",
        options={"center": {"means": means.mean(axis=0), "stds": stds.mean(axis=0)}, "reach": reach},
    )


def one_unit_case(name, d, seed, kind="", samples=16):
    """A layer of one unit: one sample is one number, without a spread, and only all samples together have one.

    The standard deviation of 16 normal numbers is below 0.05 or above 3 times that of the distribution with a chance
    below 1e-16.
    """
    init = float(0.5 / np.sqrt(d))
    inputs = {"dims": [d, 1], "activation": "identity", "init": init, "rng": Generator(seed)}
    alone = samples == 1
    center = {"means": np.zeros(1), "stds": np.array([0.0 if alone else 0.75])}
    return Case(
        name,
        inputs={**inputs, "samples": 1} if alone else inputs,
        calls=[STATS.format(", samples=samples" if alone else "")],
        outputs=("means", "stds"),
        part="options" if alone else None,
        kind=kind,
        measure="near",
        options={"center": center, "reach": {"means": np.array([25.0]), "stds": np.array([1e-6 if alone else 0.725])}},
    )


def stats_by_lists(dims, activation, init, rng, *, samples=16):
    bend = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0), "sigmoid": lambda z: 1 / (1 + np.exp(-z))}
    bend["identity"] = lambda z: z
    power = {"xavier": lambda d, m: (2 / (d + m)) ** 0.5, "kaiming": lambda d, m: (2 / d) ** 0.5}
    h, rows = rng.normal(size=(samples, dims[0])), []
    for i in range(len(dims) - 1):
        d, m = dims[i], dims[i + 1]
        std = init if isinstance(init, float) else power[init.split("_")[0]](d, m)
        h = bend.get(activation, activation)(h @ rng.normal(0, std, (d, m)))
        rows.append((h.mean(), h.std()))
    return np.array(rows)[:, 0], np.array(rows)[:, 1]


def stats_weights_first(dims, activation, init, rng, *, samples=16):
    scale = {"xavier_normal": lambda d, m: 2 / (d + m), "xavier_uniform": lambda d, m: 2 / (d + m)}
    weights = []
    for i in range(len(dims) - 1):
        d, m = dims[i], dims[i + 1]
        variance = init**2 if isinstance(init, float) else scale.get(init, lambda d, m: 2 / d)(d, m)
        weights.append(np.sqrt(variance) * rng.standard_normal((d, m)))
    x, means, stds = rng.standard_normal((samples, dims[0])), [], []
    for weight in weights:
        z = x @ weight
        if activation == "relu":
            x = z * (z > 0)
        elif activation == "tanh":
            x = np.tanh(z)
        elif activation == "sigmoid":
            x = 0.5 * (1 + np.tanh(z / 2))
        elif activation == "identity":
            x = z
        else:
            x = activation(z)
        means.append(np.mean(x))
        stds.append(np.sqrt(np.mean((x - np.mean(x)) ** 2)))
    return np.array(means), np.array(stds)


FORWARD_STATS = Exercise(
    id="forward_stats",
    points=10,
    functions={"forward_stats": forward_stats},
    subject=("forward_stats",),
    cases=[
        stats_case("tanh, Xavier", [300, 200, 250, 150], "tanh", "xavier_normal", 1),
        stats_case("tanh, too small", [200, 300, 200, 250], "tanh", 0.02, 2),
        stats_case("ReLU, Kaiming", [400, 300, 350], "relu", "kaiming_normal", 3),
        stats_case("sigmoid", [250, 300, 200], "sigmoid", "xavier_uniform", 4),
        stats_case("equal widths", [200, 200, 200, 200], "identity", "kaiming_uniform", 9),
        one_unit_case("one unit", 250, 10),
        one_unit_case("one sample of one unit: a number alone has no spread", 20, 11, samples=1),
        stats_case("a function as activation", [200, 150], Function("bend"), "xavier_normal", 14, part="options"),
    ],
    hidden=lambda rng: [
        stats_case(
            "deep",
            widths(rng, 180, 220, 260, 300, 340),
            "tanh",
            "xavier_normal",
            5,
            "odd shapes",
        ),
        stats_case("wide", widths(rng, 200, 300, 400), "relu", "kaiming_normal", 6, "odd shapes"),
        stats_case("linear", widths(rng, 210, 280, 350), "identity", 0.06, 7, "odd shapes"),
        stats_case("saturated", [300, 250, 200], "tanh", 1.0, 8, "extreme values"),
        one_unit_case("unit", widths(rng, 240, 280, 320)[0], 12, "one unit"),
        one_unit_case("one", int(rng.integers(20, 30)), 13, "one sample", samples=1),
        stats_case("bend", widths(rng, 150, 200), Function("bend"), 0.1, 15, "a function as activation", "options"),
    ],
    parts={"means": 4, "stds": 4, "options": 2},
    properties=[
        *drawn_from_rng(
            "{result}, _ = forward_stats(dims, activation, init, {rng})",
            result="means",
            dims=[20, 30, 10],
            activation="tanh",
            init="xavier_normal",
        ),
        proportional(
            "std of a linear layer",
            "_, {result} = forward_stats(dims, 'identity', {factor}, rng)",
            part="stds",
            dims=[20, 30],
        ),
    ],
    mutants=slips(
        forward_stats,
        """
        before_the_activation: x = activate(x @ initialize((dims[i], dims[i + 1]), rng))
            => x = (activate(x) if i else x) @ initialize((dims[i], dims[i + 1]), rng)
            You record the numbers before the activation. The table is of what comes out of it.
        no_activation: x = activate(x @ initialize => x = (x @ initialize
            The activation is missing: this is a deep linear network.
        variances: stds.append(x.std()) => stds.append(x.var())
            You return variances. Take the root.
        input_included: means, stds = [], [] => means, stds = [x.mean()], [x.std()]
            The first entry is the input's. There is one entry for each layer, not for the input.
        fresh_input: x = activate(x @ initialize((dims[i], dims[i + 1]), rng))
            => x = activate(rng.standard_normal((samples, dims[i])) @ initialize((dims[i], dims[i + 1]), rng))
            Each layer gets fresh noise. Feed it the output of the layer before.
        last_only: return np.array(means), np.array(stds) => return np.array(means[-1:]), np.array(stds[-1:])
            Only the last layer is there. Return one number for each layer.
        swapped: return np.array(means), np.array(stds) => return np.array(stds), np.array(means)
            Means and standard deviations are swapped.
        sample_by_sample: stds.append(x.std()) => stds.append(x.std(axis=1).mean())
            You average the spreads of single samples. Take one standard deviation of all numbers of the layer together.
        no_functions: activate = _find_activation(activation)
            => activate = _find_activation("tanh" if callable(activation) else activation)
            An activation that is a function is not called. Use it as it is.
        own_generator: activate = _find_activation(activation)
            => activate, rng = _find_activation(activation), np.random.default_rng(0)
            You draw from a generator of your own. Draw the inputs and all weights from rng, which you are given.
        samples_ignored: x = rng.standard_normal((samples, dims[0])) => x = rng.standard_normal((16, dims[0]))
            The number of inputs is always 16. It is the argument samples; 16 is only its default.
        """,
    ),
    alternatives=[
        Alternative("lists", {"forward_stats": stats_by_lists}),
        Alternative("weights first", {"forward_stats": stats_weights_first}),
    ],
    hints=[
        "One loop over the layers: x becomes activation(x @ weight), then its mean and std are recorded.",
        "A float as init is the std of own.normal; a name is that of an initializer, own.xavier_normal and so on.",
        "Return two arrays with len(dims) - 1 entries each; the input itself is not recorded. The number of inputs is "
        "samples, and activation may be a function of your caller's.",
    ],
)

# --- beyond ---------------------------------------------------------------------------------------------------------


def spectrum_case(name, shape, seed, gain=1.0, kind=""):
    k = min(shape[0], int(np.prod(shape[1:])))
    return Case(
        f"{name} {shape}",
        inputs={"shape": shape, "rng": Generator(seed)} | ({"gain": gain} if gain != 1.0 else {}),
        calls=[f"weight = orthogonal(shape, rng{', gain' if gain != 1.0 else ''})"],
        outputs=("weight",),
        kind=kind,
        measure="singular_values",
        options={"shape": list(shape), "center": [gain] * k, "reach": 1e-5},  # float32 will do
    )


def orthogonal_by_svd(shape, rng, gain=1.0):
    left, _, right = np.linalg.svd(rng.standard_normal((shape[0], int(np.prod(shape[1:])))), full_matrices=False)
    return gain * (left @ right).reshape(shape)


def orthogonal_by_gram_schmidt(shape, rng, gain=1.0):
    rows, columns = shape[0], int(np.prod(shape[1:]))
    basis = []
    for _ in range(min(rows, columns)):
        vector = rng.standard_normal(max(rows, columns))
        for _ in range(2):
            for other in basis:
                vector = vector - (vector @ other) * other
        basis.append(vector / np.linalg.norm(vector))
    matrix = np.array(basis)
    return gain * (matrix if rows <= columns else matrix.T).reshape(shape)


ORTHOGONAL = Exercise(
    id="orthogonal",
    points=3,
    functions={"orthogonal": orthogonal},
    subject=("orthogonal",),
    cases=[
        spectrum_case("a tall matrix", (9, 5), 1),
        spectrum_case("a wide matrix", (4, 7), 2),
        spectrum_case("filters", (6, 3, 2, 4), 3),
        spectrum_case("gain 2", (7, 3), 4, 2.0),
    ],
    hidden=lambda rng: [
        spectrum_case("tall", (int(rng.integers(20, 30)), 11), 5, kind="odd shapes"),
        spectrum_case("wide", (9, int(rng.integers(15, 25))), 6, 0.3, kind="gain"),
        spectrum_case("filters", (13, 2, 3, 1), 7, kind="filters"),
    ],
    properties=[
        *drawn_from_rng("{result} = orthogonal(shape, {rng})", shape=(4, 3)),
        proportional("gain", "{result} = orthogonal(shape, rng, {factor})", shape=(4, 3)),
    ],
    mutants=slips(
        orthogonal,
        """
        not_orthogonal: q, r = np.linalg.qr(tall)
            => q, r = tall / np.linalg.norm(tall, axis=0), np.eye(min(rows, columns))
            The columns have length 1, but are not at right angles. QR makes both true.
        gain_forgotten: gain * matrix => matrix
            The gain is not used.
        gain_squared: gain * matrix => gain**2 * matrix
            The gain is there twice.
        upper_factor: q = q * np.sign(np.diag(r)) => q = tall @ r.T / max(rows, columns)
            You used R. The orthogonal factor of QR is Q.
        normal_draw: gain * matrix.reshape(shape)
            => gain * rng.standard_normal(shape) / np.sqrt(max(rows, columns))
            This is a normal draw with the right size on average; its singular values differ.
        not_drawn: tall = rng.standard_normal((max(rows, columns), min(rows, columns)))
            => tall = np.eye(max(rows, columns), min(rows, columns))
            Nothing is drawn: units that start as the identity are orthogonal, but always the same. Start from a
            normal draw.
        """,
    ),
    alternatives=[
        Alternative("singular vectors", {"orthogonal": orthogonal_by_svd}),
        Alternative("Gram and Schmidt", {"orthogonal": orthogonal_by_gram_schmidt}),
    ],
    hints=[
        "np.linalg.qr of a tall normal matrix gives columns of length 1 at right angles.",
        "For a wide matrix, make a tall one and transpose. Filters are the matrix (F, C kH kW).",
        "Multiply by the gain, and reshape at the end.",
    ],
)


def lsuv_case(name, dims, activation, seed, kind=""):
    rng = np.random.default_rng(seed)
    x = 3 * rng.standard_normal((60, dims[0])) + 2.0  # away from 0: the root of the mean square is no spread
    return Case(
        name,
        inputs={"dims": dims, "activation": activation, "x": x, "rng": Generator(seed)},
        calls=["weights = lsuv(dims, activation, x, rng)"],
        outputs=("weights",),
        kind=kind,
        measure="unit_layers",
        options={"reach": 0.02},
    )


def orthogonal_start_case(name, d, m, seed, kind=""):
    """On inputs that point everywhere alike, the factor is known: all singular values must end at it."""
    spread = 2.5 if d % 2 else 0.4
    x = spread * np.concatenate([np.eye(d), -np.eye(d)])
    factor = float(np.sqrt(d) / spread)
    return Case(
        name,
        inputs={"dims": [d, m], "activation": "tanh", "x": x, "rng": Generator(seed)},
        calls=["(weight,) = lsuv(dims, activation, x, rng)"],
        outputs=("weight",),
        part="weights",
        kind=kind,
        measure="singular_values",
        options={"shape": [d, m], "center": [factor] * m, "reach": 0.015 * factor},
    )


def lsuv_from_qr(dims, activation, x, rng, *, tolerance=0.01, max_steps=10):
    bend = np.tanh if activation == "tanh" else lambda z: np.maximum(z, 0)
    weights = []
    for i in range(len(dims) - 1):
        d, m = dims[i], dims[i + 1]
        q, _ = np.linalg.qr(rng.normal(size=(max(d, m), min(d, m))))
        weight = q if d >= m else q.T
        weight = weight / np.std(x @ weight)
        weights.append(weight)
        x = bend(x @ weight)
    return weights


def lsuv_loop(dims, activation, x, rng, *, tolerance=0.01, max_steps=10):
    weights, h = [], np.array(x)
    for layer in range(1, len(dims)):
        left, _, right = np.linalg.svd(rng.standard_normal((dims[layer - 1], dims[layer])), full_matrices=False)
        weight, steps = left @ right, 0
        while abs((h @ weight).std() - 1) > tolerance and steps < max_steps:
            weight, steps = weight / (h @ weight).std(), steps + 1
        weights.append(weight)
        z = h @ weight
        h = np.tanh(z) if activation == "tanh" else z * (z > 0)
    return weights


LSUV = Exercise(
    id="lsuv",
    points=2,
    functions={"lsuv": lsuv},
    subject=("lsuv",),
    cases=[
        lsuv_case("tanh", [12, 20, 15], "tanh", 1),
        lsuv_case("ReLU", [10, 16, 9, 14], "relu", 2),
        orthogonal_start_case("an orthogonal start", 9, 4, 6),
    ],
    hidden=lambda rng: [
        lsuv_case("deep", widths(rng, 11, 13, 17, 19, 23), "relu", 3, "odd shapes"),
        lsuv_case("tanh", widths(rng, 8, 21, 30), "tanh", 4, "odd shapes"),
        lsuv_case("two", [7, 5], "relu", 5, "one layer"),
        orthogonal_start_case("square", int(rng.integers(6, 12)), 5, 7, "an orthogonal start"),
    ],
    properties=drawn_from_rng(
        "({result},) = lsuv(dims, activation, x, {rng})",
        dims=[5, 3],
        activation="relu",
        x=np.random.default_rng(8).normal(size=(20, 5)),
    ),
    mutants=slips(
        lsuv,
        """
        variance: weight = weight / std => weight = weight / std**2
            You divide by the variance. Divide by the standard deviation, and the output has spread 1.
        multiplied: weight = weight / std => weight = weight * std
            You multiply by the spread. Divide by it.
        not_rescaled: weight = weight / std => weight = weight / 1.0
            The weights stay orthogonal: nothing is rescaled.
        input_forgotten: x = activate(x @ weight) => x = activate(x @ weight / np.abs(x).max())
            The next layer is measured on a shrunk input. Feed it the output of this layer as it is.
        after_the_activation: std = (x @ weight).std() => std = activate(x @ weight).std()
            You measure after the activation. The spread before it is what should be 1.
        normal_start: weight = orthogonal((dims[i], dims[i + 1]), rng)
            => weight = rng.standard_normal((dims[i], dims[i + 1]))
            The spreads are right, the start is not: LSUV begins with orthogonal weights, so all singular values of a
            layer are equal.
        mean_square: std = (x @ weight).std() => std = np.sqrt(np.square(x @ weight).mean())
            You take the root of the mean square. A standard deviation is measured from the mean.
        """,
    ),
    alternatives=[
        Alternative("one division", {"lsuv": lsuv_from_qr}),
        Alternative("while", {"lsuv": lsuv_loop}),
    ],
    hints=[
        "Layer by layer: start with own.orthogonal, measure the spread of x @ weight, divide the weight by it.",
        "Then send x through the layer, activation included, and go on with the next.",
    ],
)

# --- hunt and questions ---------------------------------------------------------------------------------------------


def hunt_fan_out(shape):
    filters, channels, height, width = shape
    fan_in = channels * height * width
    fan_out = filters * height * width
    return fan_in, fan_out


def hunt_case(name, shape, kind=""):
    calls = ["fan_in, fan_out = hunt_fan_out(shape)"]
    return Case(name, inputs={"shape": shape}, calls=calls, outputs=("fan_in", "fan_out"), part="fans", kind=kind)


def mended_by_array(shape):
    filters, channels = shape[:2]
    receptive = int(np.prod(shape[2:]))
    return channels * receptive, filters * receptive


def mended_by_weight(shape):
    weight = np.empty(shape)
    return weight[0].size, weight[:, 0].size


HUNT_THERE_AND_BACK = Property(
    "equal",
    title="what one way goes into F filters on C channels goes the other way out of C filters on F",
    calls=["fan_in, _ = hunt_fan_out(filters)", "_, fan_out = hunt_fan_out(back)"],
    inputs=filters_and_a_matrix,
    left="fan_out",
    right="fan_in",
)
HUNT = Exercise(
    id="hunt_fan_out",
    points=5,
    functions={"hunt_fan_out": hunt_fan_out},
    subject=("hunt_fan_out",),
    cases=[
        hunt_case("six filters of 5 by 5", (6, 3, 5, 5)),
        hunt_case("a flat kernel", (16, 8, 1, 3)),
        hunt_case("an uneven kernel", (12, 4, 3, 5)),
    ],
    hidden=lambda rng: [
        hunt_case("a", tuple(int(v) for v in rng.permutation([5, 7, 3, 2])), "odd shapes"),
        hunt_case("b", tuple(int(v) for v in rng.permutation([11, 4, 2, 6])), "odd shapes"),
        hunt_case("c", (9, 13, 1, 1), "one pixel"),
    ],
    properties=[HUNT_THERE_AND_BACK],
    hidden_properties=[HUNT_THERE_AND_BACK.drawn("filters there and back")],
    mutants=slips(
        hunt_fan_out,
        """
        as_shipped: fan_out = filters * height * width => fan_out = filters
            The fault is still there. On the way back one input pixel collects from kH kW places of every map.
        too_much: fan_out = filters * height * width => fan_out = filters * channels * height * width
            Now the channels are in it too. One input pixel stands in one channel only.
        height_only: fan_out = filters * height * width => fan_out = filters * height
            The width is missing: the kernel has two sides.
        squared: fan_out = filters * height * width => fan_out = filters * height * height
            Kernels need not be square: multiply height by width.
        fan_in_changed: fan_in = channels * height * width => fan_in = channels
            fan_in was right before: it counts the kernel too.
        """,
    ),
    alternatives=[Alternative("prod", mended_by_array), Alternative("weight", mended_by_weight)],
    hints=[
        "Follow one input pixel backwards: which outputs have it in their window?",
        "It stands in kH kW windows of each of the F maps. Which factor is missing?",
    ],
)
QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="All weights of a network start at 0.05. What happens in training?",
        choices={"a": "nothing moves", "b": "all its units stay equal to each other", "c": "it is slow at first"},
        right="b",
        because={
            "a": "The gradient is not zero, so the weights do move. But how do they differ from each other?",
            "b": "Equal weights get equal gradients at every step, so the layer stays one unit, copied.",
            "c": "More steps do not help: units that start equal and get equal gradients stay equal for ever.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=2,
        question="A ReLU network of 50 layers starts with Xavier's weights. How large are the last activations?",
        choices={"a": "about 1, as Xavier promises", "b": "they explode", "c": "smaller by about 2 to the power of 25"},
        right="c",
        because={
            "a": "Xavier's derivation assumes an activation that is linear near 0. ReLU discards half of the variance.",
            "b": "Nothing is larger than before: ReLU only takes away.",
            "c": "Each layer halves the second moment: the size falls by √2 a layer, by 2 to the power of 25 in all.",
        },
    ),
]

# What the probe may be told to draw with.
DRAWN = {
    "xavier_normal": xavier_normal_direct,
    "xavier_uniform": xavier_uniform_direct,
    "kaiming_normal": kaiming_normal_direct,
    "kaiming_uniform": kaiming_uniform_direct,
}

ASSIGNMENT = Assignment(
    name="initializers",
    number=7,
    title="Initializers",
    exercises=[
        FANS,
        CONSTANT,
        NORMAL,
        XAVIER_NORMAL,
        XAVIER_UNIFORM,
        KAIMING_NORMAL,
        KAIMING_UNIFORM,
        FORWARD_STATS,
        ORTHOGONAL,
        LSUV,
        HUNT,
        *QUIZZES,
    ],
    given=[
        # What is built on an initializer may be built on what that one needs.
        Given({"fans": fans_by_product}, used_by=[*DRAWN, "forward_stats", "orthogonal", "lsuv"]),
        Given({"normal": normal_by_loc}, used_by=[*DRAWN, "forward_stats", "orthogonal", "lsuv"]),
        *[Given({name: function}, used_by=["forward_stats"]) for name, function in DRAWN.items()],
        Given({"orthogonal": orthogonal_by_svd}, used_by=["lsuv"]),
    ],
)
