"""Weight decay: the gradient of the L2 penalty."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.optimizer import weight_decay


def decay_case(name, weight, grad, decay, kind=""):
    inputs = {"weight": weight, "grad": grad, "decay": decay}
    return Case(
        name, inputs=inputs, calls=["new_grad = weight_decay(weight, grad, decay)"], outputs=("new_grad",), kind=kind
    )


def decay_copy(weight, grad, decay):
    grad = grad.copy()
    grad += decay * weight
    return grad


def decay_sum(weight, grad, decay):
    return sum([decay * weight, grad])


DECAY_RNG = np.random.default_rng(77)


def against_the_decay(rng):
    """A gradient that pulls away as hard as the penalty with decay 0.3 pulls back."""
    weight = rng.normal(size=(3, 4))
    return {"weight": weight, "grad": -0.3 * weight}


WEIGHT_DECAY = exercise_of(
    weight_decay,
    points=5,
    cases=[
        decay_case("by hand", np.array([1.0, -2.0]), np.array([0.5, 0.5]), 0.1),
        decay_case("a matrix", DECAY_RNG.normal(size=(3, 4)), DECAY_RNG.normal(size=(3, 4)), 0.3),
        decay_case("no gradient", DECAY_RNG.normal(size=5), np.array([0.0, 0, 0, 0, 1e-9]), 5e-2),
    ],
    hidden=lambda rng: [
        decay_case("odd", rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 3)), 0.7, "odd shapes"),
        decay_case("none", rng.normal(size=4), rng.normal(size=4), 0.0, "no decay"),
        decay_case("thin", *rng.normal(size=(2, 6)).astype(np.float32), 0.01, "float32"),
    ],
    properties=[
        identity(
            "a gradient that pulls away as hard as decay 0.3 pulls back leaves nothing",
            "new_grad = weight_decay(weight, grad, 0.3)",
            "new_grad == 0",
            inputs=against_the_decay,
            hidden="a gradient against the decay",
        ),
        identity(
            "decay 0.25 and then 0.5 more is decay 0.75",
            "first = weight_decay(weight, grad, 0.25)",
            "then = weight_decay(weight, first, 0.5)",
            "at_once = weight_decay(weight, grad, 0.75)",
            "then == at_once",
            inputs=lambda rng: {"weight": rng.normal(size=(3, 4)), "grad": rng.normal(size=(3, 4))},
        ),
    ],
    mutants="""
    minus: return grad + decay * weight => return grad - decay * weight
        The sign is turned: this gradient makes weights grow.
    halved: return grad + decay * weight => return grad + 0.5 * decay * weight
        The penalty is decay/2 times the square; its derivative has no half.
    doubled: return grad + decay * weight => return grad + 2 * decay * weight
        The 2 of the derivative cancels the half of the penalty.
    sign_only: return grad + decay * weight => return grad + decay * np.sign(weight)
        This is the gradient of the sum of sizes, the L1 penalty. L2 is asked.
    shrunk: return grad + decay * weight => return (1 - decay) * grad
        You shrink the gradient. Add decay times the weight.
    forgotten: return grad + decay * weight => return grad + 0 * weight
        The decay is not used.
    """,
    alternatives=[decay_copy, decay_sum],
    hints="""
    The new gradient is a sum: that of the loss, which you are given, and that of the penalty.
    What is the derivative of decay / 2 * weight**2?
    Add decay * weight to the gradient, in a new array.
    """,
)
