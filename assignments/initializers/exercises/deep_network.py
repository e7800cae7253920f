"""What initializers do to a deep network."""

import numpy as np

from classroom.call import input_functions
from classroom.staff.declare.exercise import (
    Case,
    Differ,
    Function,
    Generator,
    IndependentSigns,
    Near,
    Property,
    exercise_of,
)
from solutions.initialization import forward_stats

from .draws import drawn_from_rng, proportional, widths

STATS = "means, stds = forward_stats(dims, activation, init, rng{})"
DRAWS = 40  # of the reference: fewer know its spread too badly to promise anything about ten spreads


def stats_case(name, dims, activation, init, seed, kind="", part=None):
    """Bound the statistics around the mean of draws of the reference, ten of their spreads wide."""
    bend = input_functions.make(activation.name, activation.params) if isinstance(activation, Function) else activation
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
        measure=Near(center={"means": means.mean(axis=0), "stds": stds.mean(axis=0)}, reach=reach),
    )


def counted_case(name, dims, seed, kind="", samples=None):
    """With an activation that counts its rows the means are the number of samples, whatever is drawn."""
    inputs = {"dims": dims, "activation": Function("count_rows"), "init": 0.1, "rng": Generator(seed)}
    count = np.full(len(dims) - 1, 16.0 if samples is None else samples)
    return Case(
        name,
        inputs=inputs if samples is None else {**inputs, "samples": samples},
        calls=[STATS.format("" if samples is None else ", samples=samples")],
        outputs=("means", "stds"),
        part="options",
        kind=kind,
        measure=Near(center={"means": count, "stds": 0 * count}, reach={"means": 0 * count, "stds": 0 * count}),
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
        measure=Near(center=center, reach={"means": np.array([25.0]), "stds": np.array([1e-6 if alone else 0.725])}),
    )


def two_networks_case(depth, width, seed, kind):
    """Change the sign of one weight and all means behind it change theirs: of two generators, half are the same."""
    dims = [width] * (depth + 1)
    inputs = {"dims": dims, "activation": "identity", "init": "xavier_normal", "rng": Generator(seed)}
    calls = [STATS.format("").replace("stds", "_"), STATS.format("2").replace("means, stds", "other_means, _")]
    return Case(
        kind,
        {**inputs, "rng2": Generator(seed + 50)},
        calls,
        ("means", "other_means"),
        kind,
        part="means",
        measure=IndependentSigns("means", "other_means", depth),
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


FORWARD_STATS = exercise_of(
    forward_stats,
    points=10,
    parts={"means": 4, "stds": 4, "options": 2},
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
        two_networks_case(100, int(rng.integers(2, 5)), 16, "two generators"),
        *[
            stats_case(f"{init}, uneven", [wide, narrow, wide - 90], "identity", init, 16 + t, "uneven widths")
            for t, init in enumerate(["xavier_normal", "xavier_uniform", "kaiming_normal", "kaiming_uniform"])
            for wide, narrow in [(int(rng.integers(380, 420)), int(rng.integers(50, 70)))]
        ],
        stats_case("wide sigmoid", widths(rng, 140, 160), "sigmoid", 1.0, 20, "a sigmoid far out"),
        counted_case("counted", [3, 2, 4], 21, "how many samples"),
        counted_case("told", [2, 3], 22, "how many samples", samples=int(rng.integers(3, 9))),
    ],
    properties=[
        *drawn_from_rng(
            "{result}, _ = forward_stats(dims, activation, init, {rng})",
            result="means",
            dims=[20, 30, 10],
            activation="tanh",
            init="xavier_normal",
        ),
        Property(
            Differ("first", "second", "so their weights are: draw new ones for each layer"),
            title="how two layers of one unit each change the spread",
            part="stds",
            calls=["_, stds = forward_stats([2, 1, 1, 1], 'identity', 1.0, rng)", "first, second = ratios(stds)"],
            inputs={"rng": Generator(23), "ratios": Function("ratios")},
        ),
        proportional(
            "std of a linear layer",
            "_, {result} = forward_stats(dims, 'identity', {factor}, rng)",
            part="stds",
            dims=[20, 30],
        ),
    ],
    mutants="""
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
    alternatives=[stats_by_lists, stats_weights_first],
    hints="""
    One loop over the layers: x becomes activation(x @ weight), then its mean and std are recorded.
    A float as init is the std of normal draws; a name is that of an initializer, xavier_normal and so on.
    Return two arrays with len(dims) - 1 entries each; the input itself is not recorded. The number of inputs is
        samples, and activation may be a function of your caller's.
    """,
)
