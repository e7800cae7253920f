"""The bug hunt: three activations, each with a bug from practice."""

import numpy as np

from classroom.staff.declare.exercise import Case, described_mutants, exercise_of, identity

from .elementwise import BETWEEN, FAR, FARTHER, HAND, around_zero, hidden_inputs, spaced


def hunt_tanh(x):
    return np.tanh(x)


def hunt_tanh_as_shipped(x):
    """The bug is still there: for x above 354 exp(2x) is infinite, and infinity / infinity is not a number."""
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


def hunt_tanh_other_side(x):
    """You moved the bug to the other side: now x = -1000 gives infinity / infinity."""
    e = np.exp(-2 * x)
    return (1 - e) / (1 + e)


def hunt_tanh_zero_for_nan(x):
    """You replace what is not a number by 0. At x = 1000 tanh is 1: fix the formula, not its result."""
    e = np.exp(2 * x)
    return np.nan_to_num((e - 1) / (e + 1))


def hunt_tanh_clipped_early(x):
    """You cut x off where tanh still changes: tanh(3) is 0.995. Cut later, or avoid the overflow."""
    e = np.exp(2 * np.clip(x, -3, 3))
    return (e - 1) / (e + 1)


def hunt_tanh_even(x):
    """With |x| the negative side comes out positive. Give the sign of x back."""
    e = np.exp(-2 * np.abs(x))
    return (1 - e) / (1 + e)


def hunt_tanh_symmetric(x):
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


def hunt_tanh_clipped(x):
    e = np.exp(2 * np.clip(x, -20, 20))
    return (e - 1) / (e + 1)


def hunt_elu(x, alpha):
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_as_shipped(x, alpha):
    """The bug is still there: alpha * exp(x) - 1 multiplies only the exponential, so at 0 the curve jumps to alpha -
    1.
    """
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)


def hunt_elu_no_alpha(x, alpha):
    """Now alpha has no effect at all. It multiplies the whole bracket: alpha * (exp(x) - 1)."""
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)


def hunt_elu_no_constant(x, alpha):
    """Now the -1 is gone. It stands inside the bracket: alpha * (exp(x) - 1)."""
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))


def hunt_elu_everywhere(x, alpha):
    """Now alpha scales the positive side too. There y = x."""
    return np.where(x > 0, alpha * x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_squared(x, alpha):
    """alpha multiplies twice now: once inside the bracket and once outside. Outside is enough."""
    return np.where(x > 0, x, alpha * (alpha * np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_expm1(x, alpha):
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


def hunt_elu_shifted(x, alpha):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - alpha)


def hunt_leaky(x, slope):
    return np.where(x > 0, x, slope * x)


def hunt_leaky_as_shipped(x, slope):
    """The bug is still there: with a slope above 1, slope * x is the larger one where x is positive."""
    return np.maximum(slope * x, x)


def hunt_leaky_minimum(x, slope):
    """The minimum is right for slopes above 1 only; now the usual slopes fail. Choose by the sign of x."""
    return np.minimum(slope * x, x)


def hunt_leaky_clipped(x, slope):
    """You force the slope into 0 to 1. The function is asked for with any slope."""
    return np.where(x > 0, x, np.clip(slope, 0, 1) * x)


def hunt_leaky_absolute(x, slope):
    """You drop the sign of the slope. A negative slope is allowed."""
    return np.where(x > 0, x, abs(slope) * x)


def hunt_leaky_sign_of_slope(x, slope):
    """It is not the sign of the slope that decides. Choose by the sign of x."""
    return np.maximum(slope * x, x) if slope >= 0 else np.minimum(slope * x, x)


def hunt_leaky_two_relus(x, slope):
    return np.maximum(x, 0) - slope * np.maximum(-x, 0)


def hunt_leaky_chosen(x, slope):
    return np.maximum(slope * x, x) if slope <= 1 else np.minimum(slope * x, x)


def hunt_case(title, name, x, kind=None, **options):
    extra = "".join(f", {key}" for key in options)
    calls = [f"y = {name}(x{extra})"]
    return Case(title, inputs={"x": x} | options, calls=calls, outputs=("y",), **({"kind": kind} if kind else {}))


def hunt_hidden(name, option=None, values=(None,)):
    def hidden(rng):
        cases = []
        for index, (kind, x) in enumerate(hidden_inputs(rng)):
            options = {} if option is None else {option: values[index % len(values)]}
            cases.append(hunt_case(f"{kind} {index}", name, x, kind, **options))
        return cases

    return hidden


ODD = identity(
    "tanh(x) + tanh(-x) = 0",
    "y = hunt_tanh(x)",
    "mirrored = hunt_tanh(minus_x)",
    "y + mirrored == 0",
    kind="x and -x",
    inputs=around_zero,
)
IN_PROPORTION = identity(
    "an alpha of 2 gives twice what an alpha of 1 does, below 0",
    "y1 = hunt_elu(below, 1.0)",
    "y2 = hunt_elu(below, 2.0)",
    "2 * y1 == y2",
    kind="several alphas",
    inputs=around_zero,
)
TURNED = identity(
    "with slope -1 it is |x|, the same at -x",
    "y = hunt_leaky(x, -1.0)",
    "mirrored = hunt_leaky(minus_x, -1.0)",
    "y == mirrored",
    kind="x and -x",
    inputs=around_zero,
)

BATCH = spaced(np.random.default_rng(71), (3, 4))
HUNT_TANH = exercise_of(
    hunt_tanh,
    points=5,
    cases=[
        hunt_case("near 0", "hunt_tanh", HAND),
        hunt_case("a batch", "hunt_tanh", BATCH),
        hunt_case("far out", "hunt_tanh", FAR),
        hunt_case("farther out", "hunt_tanh", FARTHER),
        hunt_case("between", "hunt_tanh", BETWEEN),
    ],
    hidden=hunt_hidden("hunt_tanh"),
    identities=[ODD],
    mutants=described_mutants(
        hunt_tanh,
        hunt_tanh_as_shipped,
        hunt_tanh_other_side,
        hunt_tanh_zero_for_nan,
        hunt_tanh_clipped_early,
        hunt_tanh_even,
    ),
    alternatives=[hunt_tanh_symmetric, hunt_tanh_clipped],
    hints="""
    Try hunt_tanh(np.array([-400.0, 0.0, 400.0])). Which of the three fails, and what is e there?
    exp of a negative number never overflows. Can you write tanh with exp(-2|x|)?
    Caffe's fix was one word: the tanh of the library. np.tanh(x) is all it takes.
    """,
)
HUNT_ELU = exercise_of(
    hunt_elu,
    points=5,
    cases=[
        hunt_case("alpha 1", "hunt_elu", HAND, alpha=1.0),
        hunt_case("alpha 0.5", "hunt_elu", BATCH, alpha=0.5),
        hunt_case("alpha 2", "hunt_elu", HAND, alpha=2.0),
        hunt_case("far out", "hunt_elu", FAR, alpha=1.5),
    ],
    hidden=hunt_hidden("hunt_elu", "alpha", (1.0, 0.3, 2.5, 1.7)),
    identities=[IN_PROPORTION],
    mutants=described_mutants(
        hunt_elu, hunt_elu_as_shipped, hunt_elu_no_alpha, hunt_elu_no_constant, hunt_elu_everywhere, hunt_elu_squared
    ),
    alternatives=[hunt_elu_expm1, hunt_elu_shifted],
    hints="""
    Evaluate it at x = 0 with alpha = 2. An ELU is continuous: what should come out?
    The constant of the negative branch is wrong. A constant has no slope, so a gradient check is blind to it.
    alpha * (np.exp(...) - 1): the bracket around exp(x) - 1 was lost.
    """,
)
HUNT_LEAKY = exercise_of(
    hunt_leaky,
    points=5,
    cases=[
        hunt_case("slope 0.01", "hunt_leaky", HAND, slope=0.01),
        hunt_case("slope 2", "hunt_leaky", BATCH, slope=2.0),
        hunt_case("slope -0.5", "hunt_leaky", HAND, slope=-0.5),
        hunt_case("slope 1.25", "hunt_leaky", FAR, slope=1.25),
        hunt_case("slope -2", "hunt_leaky", BATCH, slope=-2.0),
    ],
    hidden=hunt_hidden("hunt_leaky", "slope", (0.2, 1.5, -0.3, 3.0, -1.5)),
    identities=[TURNED],
    mutants=described_mutants(
        hunt_leaky,
        hunt_leaky_as_shipped,
        hunt_leaky_minimum,
        hunt_leaky_clipped,
        hunt_leaky_absolute,
        hunt_leaky_sign_of_slope,
    ),
    alternatives=[hunt_leaky_two_relus, hunt_leaky_chosen],
    hints="""
    Draw x and slope * x for a slope of 2. Which line is the upper one on the right of 0?
    The definition goes by cases, by the sign of x. max only happens to agree for slopes from 0 to 1.
    np.where(x > 0, x, slope * x) holds for every slope.
    """,
)
