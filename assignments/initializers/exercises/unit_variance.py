"""Beyond: LSUV, layers of unit variance."""

import numpy as np

from classroom.staff.declare.exercise import Case, Generator, IndependentFrames, SingularValues, UnitLayers, exercise_of
from solutions.initialization import lsuv

from .draws import drawn_from_rng, widths


def lsuv_case(name, dims, activation, seed, kind=""):
    rng = np.random.default_rng(seed)
    x = 3 * rng.standard_normal((60, dims[0])) + 2.0  # away from 0: the root of the mean square is no spread
    return Case(
        name,
        inputs={"dims": dims, "activation": activation, "x": x, "rng": Generator(seed)},
        calls=["weights = lsuv(dims, activation, x, rng)"],
        outputs=("weights",),
        kind=kind,
        measure=UnitLayers(reach=0.02),
    )


def orthogonal_start_case(name, d, m, seed, kind="", std=None):
    """On inputs that point everywhere alike, the factor is known: all singular values must end at it.

    The orthogonal start gives the standard deviation `std`, if it is named.
    """
    spread = (2.5 if d % 2 else 0.4) if std is None else std * np.sqrt(d)
    x = spread * np.concatenate([np.eye(d), -np.eye(d)])
    factor = float(np.sqrt(d) / spread)
    return Case(
        name,
        inputs={"dims": [d, m], "activation": "tanh", "x": x, "rng": Generator(seed)},
        calls=["(weight,) = lsuv(dims, activation, x, rng)"],
        outputs=("weight",),
        part="weights",
        kind=kind,
        measure=SingularValues(shape=[d, m], center=[factor] * m, reach=0.015 * factor),
    )


def two_starts_case(d, m, seed, kind):
    """Two generators give starts that have nothing in common."""
    x = np.concatenate([np.eye(d), -np.eye(d)])
    inputs = {"dims": [d, m], "activation": "tanh", "x": x, "rng": Generator(seed), "other_rng": Generator(seed + 50)}
    calls = ["(weight,) = lsuv(dims, activation, x, rng)", "(other_weight,) = lsuv(dims, activation, x, other_rng)"]
    measure = IndependentFrames("weight", "other_weight", [d, m])
    return Case(kind, inputs, calls, ("weight", "other_weight"), kind, part="weights", measure=measure)


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


LSUV = exercise_of(
    lsuv,
    points=2,
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
        two_starts_case(int(rng.integers(75, 85)), 50, 9, "two generators"),
        orthogonal_start_case("near", int(rng.integers(6, 12)), 5, 8, "a start that is nearly right", std=1.05),
    ],
    properties=drawn_from_rng(
        "({result},) = lsuv(dims, activation, x, {rng})",
        dims=[5, 3],
        activation="relu",
        x=np.random.default_rng(8).normal(size=(20, 5)),
    ),
    mutants="""
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
    fixed_start: weight = orthogonal((dims[i], dims[i + 1]), rng)
        => weight = orthogonal((dims[i], dims[i + 1]), np.random.default_rng(i)) * (1 + 0.01 * rng.random())
        Every network starts with the same directions. Draw them from rng.
    mean_square: std = (x @ weight).std() => std = np.sqrt(np.square(x @ weight).mean())
        You take the root of the mean square. A standard deviation is measured from the mean.
    """,
    alternatives=[lsuv_from_qr, lsuv_loop],
    hints="""
    Layer by layer: start with an orthogonal matrix, measure the spread of x @ weight, divide the weight by it.
    Then send x through the layer, activation included, and go on with the next.
    """,
)
