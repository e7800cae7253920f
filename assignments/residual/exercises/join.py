"""The join of a branch and its skip."""

import numpy as np

from classroom.staff.declare.exercise import Case, Pair, backward_of, exercise_of, identity
from classroom.staff.declare.inputs import shuffled
from solutions.residual import residual_backward, residual_forward

JOIN = Pair(residual_forward, residual_backward)


def join_cases(direction):
    def case(name, rng, shape, scale=None, kind="", dtype=np.float64, strided=False):
        x, branch_y, grad_y = (rng.normal(size=shape).astype(dtype) for _ in range(3))
        if strided:
            x, branch_y = x.swapaxes(-1, -2), branch_y.swapaxes(-1, -2)
            grad_y = rng.normal(size=x.shape)
        inputs = {"x": x, "branch_y": branch_y} | ({} if scale is None else {"scale": scale})
        calls = ["y, cache = residual_forward(x, branch_y" + (")" if scale is None else ", scale)")]
        if direction == "forward":
            return Case(name, inputs, calls, ("y",), kind=kind)
        calls.append("grad_x, grad_branch_y = residual_backward(grad_y, cache)")
        return Case(name, inputs | {"grad_y": grad_y}, calls, ("grad_x", "grad_branch_y"), kind=kind)

    rng = np.random.default_rng(92)
    visible = [
        case("a plain sum", rng, (3, 5)),
        case("images", rng, (2, 3, 4, 5)),
        case("scaled by half", rng, (4, 3), 0.5),
        case("scaled by 1/√2", rng, (2, 4, 3, 5), float(np.sqrt(0.5))),
        case("a branch turned off", rng, (5, 2), 0.1),
    ]

    def hidden(rng):
        n, c, h, w = shuffled(rng, 2, 3, 5, 7)
        return [
            case("a", rng, (n, c), None, "odd shapes"),
            case("b", rng, (n, c, h, w), float(rng.uniform(0.2, 0.9)), "odd shapes"),
            case("c", rng, (w, h, n), 0.7, "odd shapes"),
            case("d", rng, (n, w), 0.5, "float32", np.float32),
            case("e", rng, (n, c, h, w), None, "float32", np.float32),
            case("f", rng, (n, c, h, w), 0.3, "non-contiguous", strided=True),
        ]

    return {"cases": visible, "hidden": hidden}


def join_sum(x, branch_y, scale=1.0):
    y = np.add(x, branch_y)
    y *= scale
    return y, scale


def join_sum_back(grad_y, cache):
    grad = grad_y * cache
    return grad, grad.copy()


def join_stack(x, branch_y, scale=1.0):
    return np.stack([x, branch_y]).sum(axis=0) * scale, {"scale": scale}


def join_stack_back(grad_y, cache):
    return tuple(cache["scale"] * grad_y for _ in range(2))


def two_sides(rng):
    """The two sides of a join, and a gradient."""
    return {name: rng.normal(size=(3, 4)) for name in ("x", "branch_y", "grad_y")}


RESIDUAL_FORWARD = exercise_of(
    residual_forward,
    points=7,
    **join_cases("forward"),
    properties=[
        identity(
            "it makes no difference which side is the branch",
            "y, _ = residual_forward(x, branch_y, 0.4)",
            "y_exchanged, _ = residual_forward(branch_y, x, 0.4)",
            "y_exchanged == y",
            inputs=two_sides,
            hidden="sides exchanged",
        ),
        identity(
            "with scale 1/2 a branch that gives x back changes nothing",
            "y, _ = residual_forward(x, x, 0.5)",
            "y == x",
            inputs=two_sides,
        ),
    ],
    mutants="""
    scale_forgotten: return scale * (x + branch_y) => return x + branch_y
        The scale is not used: multiply the sum by it.
    branch_only_scaled: return scale * (x + branch_y) => return x + scale * branch_y
        You scale the branch alone. The whole sum is scaled.
    skip_only_scaled: return scale * (x + branch_y) => return scale * x + branch_y
        You scale the skip alone. The whole sum is scaled.
    branch_only: return scale * (x + branch_y) => return scale * branch_y
        The input of the branch is not added: there is no skip.
    averaged: return scale * (x + branch_y) => return scale * (x + branch_y) / 2
        You take the mean. Add, then multiply by the scale.
    difference: return scale * (x + branch_y) => return scale * (branch_y - x)
        You subtract the input. Add it.
    widened: return scale * (x + branch_y) => return np.float64(scale) * (x + branch_y)
        float32 goes in and float64 comes out. Keep the dtype of x.
    """,
    alternatives=[join_sum, join_stack],
    hints="""
    Add the two arrays.
    Multiply the sum by the scale, and keep the scale for the way back.
    """,
)
RESIDUAL_BACKWARD = backward_of(
    JOIN,
    points=8,
    large={"x": (100, 150), "branch_y": (100, 150)},
    **join_cases("backward"),
    interleaved=(2, 3),
    properties=[
        identity(
            "with scale 1/2 the two gradients add up to grad_y",
            "_, cache = residual_forward(x, branch_y, 0.5)",
            "grad_x, grad_branch_y = residual_backward(grad_y, cache)",
            "grad_x + grad_branch_y == grad_y",
            inputs=two_sides,
            hidden="two gradients that add up",
        ),
        JOIN.gradient(
            linear=True,
            inputs={
                "x": np.random.default_rng(6).normal(size=(3, 4)),
                "branch_y": np.random.default_rng(7).normal(size=(3, 4)),
                "scale": 0.7,
            },
        ),
    ],
    mutants="""
    scale_forgotten: return scale * grad_y, scale * grad_y => return grad_y.copy(), grad_y.copy()
        The scale is missing: what multiplied the sum multiplies its gradient.
    halved: return scale * grad_y, scale * grad_y => return scale * grad_y / 2, scale * grad_y / 2
        You split the gradient between the two. A sum hands all of it to both.
    skip_unscaled: return scale * grad_y, scale * grad_y => return grad_y.copy(), scale * grad_y
        The skip's gradient needs the scale too.
    branch_unscaled: return scale * grad_y, scale * grad_y => return scale * grad_y, grad_y.copy()
        The branch's gradient needs the scale too.
    no_skip: return scale * grad_y, scale * grad_y => return np.zeros_like(grad_y), scale * grad_y
        The skip gets no gradient. That is the path the whole idea is about.
    divided: return scale * grad_y, scale * grad_y => return grad_y / scale, grad_y / scale
        You divide by the scale. Multiply by it, in the backward pass too.
    doubled: return scale * grad_y, scale * grad_y => return 2 * scale * grad_y, 2 * scale * grad_y
        The gradient is twice too large: each side gets it once.
    """,
    alternatives=[(join_sum, join_sum_back), (join_stack, join_stack_back)],
    hints="""
    y is a sum. What is the derivative of a sum with respect to each term?
    scale * grad_y, for both.
    """,
)
