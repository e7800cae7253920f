"""Plain descent: sgd."""

import numpy as np

from classroom.staff.declare.exercise import identity
from solutions.optimizer import sgd

from .steps import no_gradient_near_zero, rule_exercise


def sgd_in_place(weight, grad, state=None, *, rate):
    weight = weight.copy()
    weight -= rate * grad
    return weight, state


def sgd_loops(weight, grad, state=None, *, rate):
    new = np.empty_like(weight)
    for index in np.ndindex(weight.shape):
        new[index] = weight[index] - rate * grad[index]
    return new, None


def twice_the_gradient(rng):
    """A gradient, and the same twice as large."""
    drawn = no_gradient_near_zero(rng)
    return drawn | {"twice": 2 * drawn["g0"]}


SGD = rule_exercise(
    sgd,
    71,
    {},
    properties=[
        identity(
            "twice the gradient makes twice the step",
            "w_once, _ = sgd(w0, g0, None, rate=0.3)",
            "w_twice, _ = sgd(w0, twice, None, rate=0.3)",
            "2 * w_once - w_twice == w0",
            inputs=twice_the_gradient,
            hidden="a gradient twice as large",
        ),
        identity(
            "with rate 0 the weight stays where it is",
            "w1, _ = sgd(w0, g0, None, rate=0.0)",
            "w1 == w0",
            inputs=no_gradient_near_zero,
        ),
    ],
    mutants="""
    uphill: return weight - rate * grad => return weight + rate * grad
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    rate_forgotten: return weight - rate * grad => return weight - grad
        The rate is not used.
    step_alone: return weight - rate * grad => return rate * grad
        You return the step alone. Subtract it from the weight.
    divided: return weight - rate * grad => return weight - grad / rate
        You divide by the rate. Multiply.
    only_the_sign: return weight - rate * grad => return weight - rate * np.sign(grad)
        Only the sign of the gradient is used. Its size counts too.
    normalized: return weight - rate * grad
        => return weight - rate * grad / (np.linalg.norm(grad) + 1e-12)
        You divide the gradient by its length. The step is the rate times the gradient itself.
    in_place: return weight - rate * grad, None => weight -= rate * grad\\n    return weight, None
        You change the weight you were given. Return a new array.
    widened: return weight - rate * grad, None => return weight - np.float64(rate) * grad, None
        float32 goes in and float64 comes out. Keep the dtype of the weight.
    """,
    alternatives=[sgd_in_place, sgd_loops],
    hints="""
    Downhill is the direction against the gradient.
    weight - rate * grad, and the state stays None.
    """,
)
