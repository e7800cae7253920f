"""Folding a batch norm into the layer before it."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import fold_batchnorm

from .inputs import vectors


def fold_case(name, rng, shape, kind="", eps=None, dtype=np.float64, turned=False):
    outputs = shape[1] if len(shape) == 2 else shape[0]
    inputs = {"weight": rng.normal(size=shape).astype(dtype), "bias": rng.normal(size=outputs).astype(dtype)}
    if turned:
        inputs["weight"] = np.asfortranarray(inputs["weight"])
    inputs |= vectors(rng, outputs, dtype) | ({} if eps is None else {"eps": eps})
    call = "folded, new_bias = fold_batchnorm(weight, bias, scale, shift, running" + (")" if eps is None else ", eps)")
    return Case(name, inputs, [call], ("folded", "new_bias"), kind=kind)


def fold_by_outputs(weight, bias, scale, shift, running, eps=1e-5):
    mean, var = running
    folded, new = weight.copy(), bias.copy()
    for j in range(len(bias)):
        factor = scale[j] / np.sqrt(var[j] + eps)
        if weight.ndim == 2:
            folded[:, j] *= factor
        else:
            folded[j] *= factor
        new[j] = (bias[j] - mean[j]) * factor + shift[j]
    return folded, new


def fold_by_moving(weight, bias, scale, shift, running, eps=1e-5):
    factor = scale / (running[1] + eps) ** 0.5
    last = np.moveaxis(weight, 0, -1) if weight.ndim == 4 else weight
    last = last * factor
    return (np.moveaxis(last, -1, 0) if weight.ndim == 4 else last), shift + factor * (bias - running[0])


def nothing_to_fold(rng):
    """A layer, and a batch norm that does nothing."""
    mean, var = rng.normal(size=3), rng.uniform(0.5, 2, size=3) * 1e-4
    layer = {"weight": rng.normal(size=(4, 3)), "bias": rng.normal(size=3)}
    return {**layer, "scale": np.sqrt(var + 1e-5), "shift": mean, "running": (mean, var)}


def layer_and_norm(rng):
    """A layer whose new bias is 0, what comes out of it and its batch norm, and a gradient there."""
    x, weight, g = rng.normal(size=(5, 4)), rng.normal(size=(4, 3)), rng.normal(size=(5, 3))
    mean, var, scale = rng.normal(size=3), rng.uniform(0.5, 2, size=3), rng.uniform(0.5, 2, size=3)
    return {
        "weight": weight,
        "bias": mean,
        "scale": scale,
        "shift": np.zeros(3),
        "running": (mean, var),
        "y": (x @ weight) / np.sqrt(var + 1e-5) * scale,
        "g": g,
        "x_times_g": x.T @ g,
    }


FOLD_RNG = np.random.default_rng(60)
FOLD = exercise_of(
    fold_batchnorm,
    points=10,
    cases=[
        fold_case("a linear layer", FOLD_RNG, (4, 3)),
        fold_case("a wide layer", FOLD_RNG, (2, 6), eps=0.4),
        fold_case("filters", FOLD_RNG, (3, 2, 4, 5)),
        fold_case("more filters", FOLD_RNG, (5, 3, 2, 1), eps=0.2),
    ],
    hidden=lambda rng: [
        fold_case("a", rng, tuple(shuffled(rng, 5, 8)), "odd shapes"),
        fold_case("b", rng, tuple(shuffled(rng, 2, 3, 4, 5)), "odd shapes"),
        fold_case("c", rng, (6, 1, 3, 2), "odd shapes"),
        fold_case("d", rng, (4, 7), "float32", dtype=np.float32),
        fold_case("e", rng, (3, 4, 2, 5), "float32", dtype=np.float32),
        fold_case("f", rng, (4, 2, 3, 5), "non-contiguous", turned=True),
        fold_case("g", rng, (5, 5), "a square weight"),  # where the wrong axis broadcasts too
    ],
    properties=[
        identity(
            "x @ folded is y, the batch norm of x @ weight + bias, here with a new bias of 0",
            "folded, _ = fold_batchnorm(weight, bias, scale, shift, running)",
            "sum(folded * x_times_g) == sum(y * g)",
            inputs=layer_and_norm,
            part="folded",
            hidden="what comes out of the folded layer",
        ),
        identity(
            "a batch norm that does nothing leaves the bias as it is",
            "_, new_bias = fold_batchnorm(weight, bias, scale, shift, running)",
            "new_bias == bias",
            inputs=nothing_to_fold,
            part="new_bias",
        ),
    ],
    mutants="""
    bias_not_scaled: (bias - mean) * factor + shift => (bias - mean) + shift
        The bias goes through the norm too: (bias - mean) * factor + shift.
    mean_forgotten: (bias - mean) * factor + shift => bias * factor + shift
        The running mean is not subtracted from the bias.
    shift_forgotten: (bias - mean) * factor + shift => (bias - mean) * factor
        The shift is missing from the new bias.
    mean_after: (bias - mean) * factor + shift => bias * factor - mean + shift
        The mean is subtracted before the division, not after.
    no_root: factor = scale / np.sqrt(var + eps) => factor = scale / (var + eps)
        The factor is scale over the root of var + eps.
    eps_forgotten: factor = scale / np.sqrt(var + eps) => factor = scale / np.sqrt(var)
        eps is missing. The batch norm that you replace divides by the root of var + eps.
    scale_forgotten: factor = scale / np.sqrt(var + eps) => factor = 1 / np.sqrt(var + eps)
        The scale is missing from the factor.
    eps_outside: factor = scale / np.sqrt(var + eps) => factor = scale / (np.sqrt(var) + eps)
        eps is outside the root. Use it as batch norm does, under the root.
    weight_unchanged: return folded, => return weight.copy(),
        Only the bias is folded. Each output's weights are multiplied by its factor.
    """,
    alternatives=[fold_by_outputs, fold_by_moving],
    hints="""
    At inference batch norm is y = (z - mean) * factor + shift with factor = scale / sqrt(var + eps).
    Put z = x @ weight + bias into it and sort: what multiplies x, and what stands alone?
    weight * factor, output by output, and (bias - mean) * factor + shift.
    """,
)
