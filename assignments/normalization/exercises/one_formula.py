"""The backward pass of batch norm in one formula."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import batchnorm_grad_x


def formula_case(name, rng, n, d, kind="", dtype=np.float64, strided=False):
    x = rng.normal(size=(n, 2 * d))[:, ::2] if strided else rng.normal(size=(n, d))
    factor = 1 / np.sqrt(x.var(axis=0) + 1e-5)
    inputs = {
        "grad_y": rng.normal(size=(n, d)).astype(dtype),
        "normalized": ((x - x.mean(axis=0)) * factor).astype(dtype),
        "factor": (factor * rng.uniform(0.5, 2, d)).astype(dtype),
        "scale": rng.uniform(0.5, 2, d).astype(dtype),
    }
    calls = ["grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)"]
    return Case(name, inputs, calls, ("grad_x",), kind=kind)


def formula_loops(grad_y, normalized, factor, scale):
    n, d = grad_y.shape
    grad_x = np.empty_like(grad_y)
    for j in range(d):
        g, hat = grad_y[:, j], normalized[:, j]
        grad_x[:, j] = factor[j] * scale[j] / n * (n * g - g.sum() - hat * (g @ hat))
    return grad_x


def formula_projection(grad_y, normalized, factor, scale):
    g = grad_y * scale
    g = g - g.mean(axis=0)
    return factor * (g - normalized * np.einsum("nd,nd->d", g, normalized) / len(g))


def only_shift_and_scale(rng):
    """A gradient that would shift and scale each column as a whole."""
    x = rng.normal(size=(7, 4))
    normalized = (x - x.mean(axis=0)) / x.std(axis=0)
    return {
        "normalized": normalized,
        "grad_y": rng.normal(size=4) + rng.normal(size=4) * normalized,
        "factor": rng.uniform(0.5, 2, 4),
        "scale": rng.uniform(0.5, 2, 4),
    }


def twice_the_scale(rng):
    """A gradient, and a scale twice as large."""
    drawn = only_shift_and_scale(rng)
    return drawn | {"grad_y": rng.normal(size=(7, 4)), "twice": 2 * drawn["scale"]}


FORMULA_RNG = np.random.default_rng(84)
FORMULA = exercise_of(
    batchnorm_grad_x,
    points=10,
    cases=[
        formula_case("five examples", FORMULA_RNG, 5, 3),
        formula_case("three examples", FORMULA_RNG, 3, 7),
        formula_case("eleven examples", FORMULA_RNG, 11, 2),
    ],
    hidden=lambda rng: [
        formula_case("a", rng, *shuffled(rng, 4, 9), "odd shapes"),
        formula_case("b", rng, *shuffled(rng, 6, 13), "odd shapes"),
        formula_case("c", rng, 2, 5, "two examples"),
        formula_case("d", rng, 7, 4, "float32", np.float32),
        formula_case("e", rng, 6, 5, "non-contiguous", strided=True),
    ],
    properties=[
        identity(
            "a gradient that shifts and scales whole columns comes back as 0",
            "grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)",
            "grad_x == 0",
            inputs=only_shift_and_scale,
            hidden="a gradient that shifts and scales whole columns",
        ),
        identity(
            "twice the scale makes twice the gradient",
            "grad_x = batchnorm_grad_x(grad_y, normalized, factor, scale)",
            "grad_x_of_twice = batchnorm_grad_x(grad_y, normalized, factor, twice)",
            "grad_x_of_twice - 2 * grad_x == 0",
            inputs=twice_the_scale,
        ),
    ],
    mutants="""
    no_mean_term: grad_y - grad_y.mean(axis=0) - tilt => grad_y - tilt
        The mean depends on x too. Subtract the mean of the gradient over the batch.
    no_variance_term: grad_y - grad_y.mean(axis=0) - tilt => grad_y - grad_y.mean(axis=0)
        The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
    statistics_constant: grad_y - grad_y.mean(axis=0) - tilt => grad_y
        You treat mean and variance as constants. Each adds a term.
    variance_sign: grad_y.mean(axis=0) - tilt => grad_y.mean(axis=0) + tilt
        The term of the variance has the wrong sign: it is subtracted.
    scale_forgotten: return factor * scale * ( => return factor * (
        The scale is missing.
    factor_forgotten: return factor * scale * ( => return scale * (
        The factor 1 / sqrt(var + eps) is missing.
    sum_for_mean: (grad_y * normalized).mean(axis=0) => (grad_y * normalized).sum(axis=0)
        The term of the variance is a mean over the batch. You have a sum.
    over_features: grad_y - grad_y.mean(axis=0) => grad_y - grad_y.mean(axis=1, keepdims=True)
        You average over the features. Batch norm averages over the batch, axis 0.
    """,
    alternatives=[formula_loops, formula_projection],
    hints="""
    From grad_y, subtract its mean over the batch, and what points along normalized.
    factor * scale * (grad_y - mean(grad_y) - normalized * mean(grad_y * normalized)), means over axis 0.
    """,
)
