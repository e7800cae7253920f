"""A whole residual block."""

import numpy as np

from classroom.staff.declare.exercise import Case, Function, exercise_of, identity
from solutions.residual import residual_block


def block_case(name, rng, n, c, f, h, w, every=1, scale=None, projected=True, kind=""):
    inputs = {
        "x": rng.normal(size=(n, c, h, w)),
        "conv1": Function("mix_channels", matrix=rng.normal(size=(f, c)), every=every),
        "norm1": Function("mix_channels", matrix=np.diag(rng.uniform(0.5, 1.5, f))),
        "relu": Function("bend"),
        "conv2": Function("mix_channels", matrix=rng.normal(size=(f, f))),
        "norm2": Function("mix_channels", matrix=np.diag(rng.uniform(0.5, 1.5, f))),
    }
    extra = ""
    if projected:
        inputs["skip"] = Function("mix_channels", matrix=rng.normal(size=(f, c)), every=every)
        extra = ", skip"
    if scale is not None:
        inputs["scale"] = scale
        extra = (extra or ", None") + ", scale"
    calls = [f"y = residual_block(x, [conv1, norm1, relu, conv2, norm2]{extra})"]
    return Case(name, inputs, calls, ("y",), kind=kind)


def block_recursive(x, layers, projection=None, scale=1.0):
    def through(value, left):
        return through(left[0](value), left[1:]) if left else value

    total = (projection(x) if projection else x) + through(x, list(layers))
    return np.where(total * scale > 0, total * scale, 0)


def block_clip(x, layers, projection=None, scale=1.0):
    branch = x
    for layer in tuple(layers):
        branch = layer(branch)
    if projection is not None:
        x = projection(x)
    return np.clip((x + branch) * scale, 0, None)


def branch_that(factor):
    """Five layers without a bend that multiply x by the factor, a projection that doubles it, and images."""

    def inputs(rng):
        first, second = (rng.normal(size=(3, 3)) + 3 * np.eye(3) for _ in range(2))
        norm1, straight = np.diag(rng.uniform(0.5, 1.5, 3)), np.eye(3)
        undo = factor * np.linalg.inv(second @ norm1 @ first)
        matrices = {"conv1": first, "norm1": norm1, "relu": straight, "conv2": second, "norm2": undo}
        layers = {name: Function("mix_channels", matrix=matrix) for name, matrix in matrices.items()}
        x = rng.normal(size=(2, 3, 4, 5))
        double = Function("mix_channels", matrix=2 * straight)
        return {**layers, "double": double, "x": x, "minus_x": -x, "positive": np.abs(x)}

    return inputs


LAYERS = "[conv1, norm1, relu, conv2, norm2]"

BLOCK_RNG = np.random.default_rng(93)
BLOCK = exercise_of(
    residual_block,
    points=7,
    cases=[
        block_case("a projection", BLOCK_RNG, 2, 3, 4, 5, 6),
        block_case("no projection", BLOCK_RNG, 2, 3, 3, 4, 5, projected=False),
        block_case("half the resolution", BLOCK_RNG, 1, 2, 5, 7, 6, every=2),
        block_case("scaled", BLOCK_RNG, 3, 2, 2, 3, 4, scale=0.7, projected=False),
        block_case("scaled, projected", BLOCK_RNG, 2, 4, 3, 2, 5, scale=0.5),
        block_case("a projection that keeps the shape", BLOCK_RNG, 2, 3, 3, 4, 2),
    ],
    hidden=lambda rng: [
        block_case("a", rng, 2, 5, 3, 4, 7, kind="odd shapes"),
        block_case("b", rng, 3, 2, 7, 5, 8, every=2, scale=float(rng.uniform(0.3, 0.9)), kind="odd shapes"),
        block_case("c", rng, 2, 4, 4, 3, 5, projected=False, kind="no projection"),
        block_case("d", rng, 2, 3, 4, 5, 2, scale=float(rng.uniform(-0.9, -0.3)), kind="a negative scale"),
    ],
    properties=[
        identity(
            "a branch that triples x, a projection that doubles it, scale 1/5: y is the positive part of x, which less "
            "that of -x is x",
            f"y = residual_block(x, {LAYERS}, double, 0.2)",
            f"y_of_minus_x = residual_block(minus_x, {LAYERS}, double, 0.2)",
            "y - y_of_minus_x == x",
            inputs=branch_that(3),
            hidden="what is known of the branch",
        ),
        identity(
            "where the branch gives 0, a positive x comes out as it went in",
            f"y = residual_block(positive, {LAYERS})",
            "y == positive",
            inputs=branch_that(0),
        ),
    ],
    mutants="""
    no_skip: np.maximum(scale * (skip + branch), 0) => np.maximum(scale * branch, 0)
        The skip is not added.
    no_projection: skip = x if projection is None else projection(x) => skip = x
        The projection is not used, so the shapes do not fit when the channels change.
    projects_the_branch: skip = x if projection is None else projection(x)
        => skip = x\\n    branch = branch if projection is None else projection(branch)
        You project the branch. The projection brings x to the branch's shape.
    no_rectifier: np.maximum(scale * (skip + branch), 0) => scale * (skip + branch)
        The last ReLU is missing: it comes after the sum.
    rectified_too_early: np.maximum(scale * (skip + branch), 0) => scale * (skip + np.maximum(branch, 0))
        You rectify the branch before the sum. In this order the ReLU comes after the sum.
    scale_forgotten: np.maximum(scale * (skip + branch), 0) => np.maximum(skip + branch, 0)
        The scale is not used.
    last_layer_missing: for layer in layers: => for layer in layers[:-1]:
        The last layer of the branch is left out.
    parallel: branch = layer(branch) => branch = layer(x) if branch.shape == layer(x).shape else layer(branch)
        Each layer works on the output of the one before, not on x.
    """,
    alternatives=[block_recursive, block_clip],
    hints="""
    Send x through the layers one after another; keep x itself for the skip.
    Where there is a projection, the skip is projection(x).
    Add, scale, then rectify with np.maximum(..., 0).
    """,
)
