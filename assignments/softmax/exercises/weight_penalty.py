"""The penalty on large weights."""

import numpy as np

from classroom.staff.declare.exercise import Case, Gradient, Property, exercise_of, identity
from solutions.loss import l2_penalty


def penalty_case(name, weight, strength, kind=""):
    calls = ["penalty, grad_weight = l2_penalty(weight, strength)"]
    inputs = {"weight": weight, "strength": strength}
    return Case(name, inputs=inputs, calls=calls, outputs=("penalty", "grad_weight"), kind=kind)


def hidden_penalty(rng):
    a, b, c = (int(size) for size in rng.permutation([2, 3, 5]))
    return [
        penalty_case("odd 1", rng.normal(size=(a, b)), float(rng.uniform(0.1, 2)), "odd shapes"),
        penalty_case("odd 2", rng.normal(size=(a, b, c, a + 1)), float(rng.uniform(0.1, 2)), "odd shapes"),
        penalty_case("odd 3", rng.normal(size=b), 5e-4, "odd shapes"),
        penalty_case("none", rng.normal(size=(c, a)), 0.0, "strength 0"),
        penalty_case("far", 1e4 * rng.normal(size=(b, c)), 0.3, "extreme values"),
        penalty_case("thin", rng.normal(size=(a, c)).astype(np.float32), 0.2, "float32"),
        penalty_case("thin too", rng.normal(size=(b, c)).astype(np.float32), 0.7, "float32"),
        penalty_case("strided", rng.normal(size=(a, 2 * c))[:, ::2], 0.4, "non-contiguous"),
    ]


def penalty_vdot(weight, strength):
    return strength / 2 * np.vdot(weight, weight), weight * strength


def penalty_norm(weight, strength):
    return 0.5 * strength * np.linalg.norm(np.ravel(weight)) ** 2, (strength * weight).astype(weight.dtype)


def penalty_loop(weight, strength):
    total, grad = 0.0, np.zeros_like(weight)
    for index, value in np.ndenumerate(weight):
        total += strength * value * value / 2
        grad[index] = strength * value
    return total, grad


PENALTY_CALL = "penalty, grad_weight = l2_penalty(weight, strength)"
PENALTY_SHARES = identity(
    "the products of weights and gradients sum to twice the penalty",
    PENALTY_CALL,
    "sum(weight * grad_weight) == sum(penalty * two)",
    kind="the shares of the weights",
    inputs=lambda rng: {"weight": rng.normal(size=(3, 4)), "strength": 0.3, "two": 2.0},
)

PENALTY = exercise_of(
    l2_penalty,
    points=5,
    parts={"penalty": 2, "grad_weight": 3},
    cases=[
        penalty_case("by hand", np.array([[1.0, -2.0, 3.0]]), 0.5),
        penalty_case("a matrix", np.random.default_rng(35).normal(size=(4, 3)), 0.25),
        penalty_case("a kernel", np.random.default_rng(36).normal(size=(4, 2, 3, 5)), 5e-4),
        penalty_case("strong", np.array([0.5, -0.25, 2.0, 1.0]), 3.0),
    ],
    hidden=hidden_penalty,
    properties=[
        Property(
            Gradient("penalty", {"weight": "grad_weight"}),
            calls=[PENALTY_CALL],
            inputs={"weight": np.random.default_rng(34).normal(size=(4, 3)), "strength": 0.7},
        )
    ],
    identities=[PENALTY_SHARES],
    mutants="""
    no_half: float(0.5 * strength => float(strength
        The penalty is twice too large: it is half of strength times the sum, so that the gradient has no 2.
    gradient_doubled: .sum()), strength * weight => .sum()), 2 * strength * weight
        The gradient is twice too large: the 2 of the derivative and the 1/2 of the penalty cancel.
    gradient_halved: .sum()), strength * weight => .sum()), 0.5 * strength * weight
        The gradient is half of what it should be: the square's 2 has used up the 1/2.
    mean: (weight * weight).sum() => (weight * weight).mean()
        The penalty is a sum over all weights, not a mean.
    absolute: (weight * weight).sum() => np.abs(weight).sum()
        This is the L1 penalty, of absolute values. Here the weights are squared.
    root: (weight * weight).sum() => np.sqrt((weight * weight).sum())
        You take the length of the weight. The penalty is the square of it.
    sign_gradient: .sum()), strength * weight => .sum()), strength * np.sign(weight)
        This is the gradient of the L1 penalty. That of squares grows with the weight.
    turned: .sum()), strength * weight => .sum()), -strength * weight
        The sign of the gradient is turned. It points to larger weights; the optimizer subtracts it.
    no_strength: .sum()), strength * weight => .sum()), 1.0 * weight
        The gradient leaves out strength.
    """,
    alternatives=[penalty_vdot, penalty_norm, penalty_loop],
    hints="""
    Two values: one number for the whole array, and an array like weight.
    The penalty is strength / 2 times the sum of the squares. What is the derivative of strength / 2 * w * w?
    return 0.5 * strength * np.sum(weight**2), strength * weight.
    """,
)
