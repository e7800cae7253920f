"""Weight standardization."""

import numpy as np

from classroom.staff.declare.exercise import (
    Case,
    Gradient,
    Pair,
    Property,
    backward_of,
    exercise_of,
    identity,
    textual_mutants,
)
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import weight_standardize_backward, weight_standardize_forward

from .inputs import NEAR_EPS

STANDARDIZE = Pair(weight_standardize_forward, weight_standardize_backward)


def weight_cases(direction):
    def case(name, rng, shape, kind="", spread=1.0, dtype=np.float64, eps=None, turned=False):
        weight = (spread * (rng.normal(size=shape) + rng.normal(size=(shape[0], 1, 1, 1)))).astype(dtype)
        inputs = {"weight": np.asfortranarray(weight) if turned else weight}
        inputs |= {} if eps is None else {"eps": eps}
        calls = ["standardized, cache = weight_standardize_forward(weight" + ("" if eps is None else ", eps=eps") + ")"]
        if direction == "forward":
            return Case(name, inputs, calls, ("standardized",), kind=kind)
        inputs["grad_standardized"] = rng.normal(size=shape).astype(dtype)
        calls.append("grad_weight = weight_standardize_backward(grad_standardized, cache)")
        return Case(name, inputs, calls, ("grad_weight",), kind=kind)

    rng = np.random.default_rng(89)
    visible = [
        case("four filters", rng, (4, 3, 2, 5)),
        case("flat kernels", rng, (3, 2, 1, 4)),
        case("weights near eps", rng, (5, 2, 3, 4), spread=NEAR_EPS),
        case("a large eps", rng, (2, 4, 3, 2), eps=0.5),
        case("another eps", rng, (3, 4, 2, 3), eps=0.1),
    ]

    def hidden(rng):
        f, c, k = shuffled(rng, 2, 3, 5)
        return [
            case("a", rng, (f, c, k, 4), "odd shapes"),
            case("b", rng, (7, k, c, f), "odd shapes"),
            case("c", rng, (1, f, c, k), "one filter"),
            case("d", rng, (f, c, k, 6), "float32", dtype=np.float32),
            case("e", rng, (k, 6, f, c), "float32", dtype=np.float32),
            case("f", rng, (f, 4, c, k), "small weights", spread=NEAR_EPS),
            case("g", rng, (4, f, c, k), "non-contiguous", turned=True),
        ]

    return {"cases": visible, "hidden": hidden}


def standardize_plain(weight, *, eps=1e-5):
    axes = (1, 2, 3)
    mean = weight.mean(axis=axes, keepdims=True)
    var = weight.var(axis=axes, keepdims=True)
    factor = 1 / np.sqrt(var + eps)
    standardized = (weight - mean) * factor
    return standardized, (standardized, factor)


def standardize_plain_back(grad_standardized, cache):
    standardized, factor = cache
    axes = (1, 2, 3)
    mean_term = grad_standardized.mean(axis=axes, keepdims=True)
    variance_term = standardized * (grad_standardized * standardized).mean(axis=axes, keepdims=True)
    return factor * (grad_standardized - mean_term - variance_term)


def standardize_rows(weight, *, eps=1e-5):
    rows = weight.reshape(len(weight), -1)
    centered = rows - rows.mean(axis=1, keepdims=True)
    root = np.sqrt((centered**2).mean(axis=1, keepdims=True) + eps)
    return (centered / root).reshape(weight.shape), [centered / root, root]


def standardize_rows_back(grad_standardized, cache):
    hat, root = cache
    g = grad_standardized.reshape(hat.shape)
    grad = np.empty_like(g)
    for f in range(len(g)):
        grad[f] = (g[f] - g[f].mean() - hat[f] * (g[f] @ hat[f]) / g.shape[1]) / root[f]
    return grad.reshape(grad_standardized.shape)


def other_filters(rng):
    """Filters, and the same with another mean and spread each."""
    weight = rng.normal(size=(4, 3, 2, 3))
    changed = rng.uniform(0.5, 3, (4, 1, 1, 1)) * weight + rng.normal(size=(4, 1, 1, 1))
    return {"weight": weight, "changed": changed, "ones": np.ones(weight.shape)}


def only_filter_contrast(rng):
    """Filters, and a gradient that would change nothing but the mean and spread of each."""
    weight = rng.normal(size=(4, 3, 2, 3))
    axes = (1, 2, 3)
    hat = (weight - weight.mean(axis=axes, keepdims=True)) / weight.std(axis=axes, keepdims=True)
    return {"weight": weight, "grad_y": rng.normal(size=(4, 1, 1, 1)) + rng.normal(size=(4, 1, 1, 1)) * hat}


WS_FORWARD = exercise_of(
    weight_standardize_forward,
    points=7,
    **weight_cases("forward"),
    properties=[
        identity(
            "another mean and spread of a filter makes no difference",
            "standardized, _ = weight_standardize_forward(weight, eps=1e-12)",
            "of_changed, _ = weight_standardize_forward(changed, eps=1e-12)",
            "of_changed == standardized",
            inputs=other_filters,
            hidden="filters of other spreads",
        ),
        identity(
            "the variance is 1, so the squares add up to their number",
            "standardized, _ = weight_standardize_forward(weight, eps=1e-12)",
            "sum(standardized * standardized) == sum(ones * ones)",
            inputs=other_filters,
        ),
    ],
    mutants=textual_mutants(
        standardize_plain,
        """
            all_filters: axes = (1, 2, 3) => axes = (0, 1, 2, 3)
                One mean for all filters. Each filter, the first axis, has its own.
            each_channel: axes = (1, 2, 3) => axes = (2, 3)
                Each channel of each filter has a mean of its own. Take all weights of one filter together.
            over_filters: axes = (1, 2, 3) => axes = (0, 2, 3)
                You average over the filters. The first axis stays, the other three are averaged.
            mean_kept: (weight - mean) * factor => weight * factor
                The mean is not subtracted.
            not_divided: (weight - mean) * factor => (weight - mean)
                The weights are centred only. Divide by the standard deviation too.
            ddof_1: weight.var(axis=axes, keepdims=True) => weight.var(axis=axes, keepdims=True, ddof=1)
                You divide the variance by one less than the count. Take the plain mean of the squares.
            eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
                eps is outside the root. Add it to the variance, under the root.
            scaled_by_fan: (weight - mean) * factor => (weight - mean) * factor / np.sqrt(weight[0].size)
                You divide by the root of fan_in too. That is another method, scaled weight standardization.
            """,
    ),
    alternatives=[standardize_plain, standardize_rows],
    hints="""
    One mean and one variance for each filter: over axes 1, 2 and 3.
    (weight - mean) / sqrt(var + eps)
    """,
)
WS_BACKWARD = backward_of(
    STANDARDIZE,
    points=8,
    large={"weight": (6, 8, 10, 12)},
    **weight_cases("backward"),
    interleaved=(0, 3),
    properties=[
        identity(
            "a gradient that only shifts and scales whole filters comes back as 0",
            "_, cache = weight_standardize_forward(weight, eps=1e-12)",
            "grad_weight = weight_standardize_backward(grad_y, cache)",
            "grad_weight == 0",
            inputs=only_filter_contrast,
            hidden="a gradient that only shifts and scales",
        ),
        Property(
            Gradient("standardized", {"weight": "grad_weight"}),
            calls=[
                "standardized, cache = weight_standardize_forward(weight)",
                "grad_weight = weight_standardize_backward(grad_y, cache)",
            ],
            inputs={"weight": np.random.default_rng(54).normal(size=(3, 2, 2, 3))},
        ),
    ],
    mutants=STANDARDIZE.backward_mutants(
        standardize_plain,
        standardize_plain_back,
        """
            no_mean_term: grad_standardized - mean_term - variance_term => grad_standardized - variance_term
                The mean depends on the weights too. Subtract the mean of the gradient over each filter.
            no_variance_term: grad_standardized - mean_term - variance_term => grad_standardized - mean_term
                The variance depends on the weights too: its term is missing.
            constants: grad_standardized - mean_term - variance_term => grad_standardized
                You treat mean and variance as constants. Both are functions of the weights.
            variance_sign: mean_term - variance_term => mean_term + variance_term
                The term of the variance has the wrong sign: it is subtracted.
            factor_forgotten: return factor * ( => return (
                The gradient is not divided by sqrt(var + eps).
            over_filters: axes = (1, 2, 3) => axes = (0, 2, 3)
                You average over the filters. The first axis stays, the other three are averaged.
            """,
    ),
    alternatives=[(standardize_plain, standardize_plain_back), (standardize_rows, standardize_rows_back)],
    hints="""
    The same formula as for every norm, with means over axes 1, 2 and 3.
    factor * (g - mean(g) - standardized * mean(g * standardized)).
    """,
)
