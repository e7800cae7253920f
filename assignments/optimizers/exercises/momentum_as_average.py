"""Momentum as an average of gradients."""

import numpy as np

from classroom.staff.declare.exercise import identity
from solutions.optimizer import momentum_ema

from .steps import from_zero, no_gradient_near_zero, rule_exercise


def ema_dict(weight, grad, state=None, *, rate, momentum=0.9):
    average = (1 - momentum) * grad + (0 if state is None else momentum * state["average"])
    return weight - rate * average, {"average": average}


def ema_by_difference(weight, grad, state=None, *, rate, momentum=0.9):
    old = np.zeros_like(weight) if state is None else state
    new = old + (1 - momentum) * (grad - old)
    return weight - rate * new, new


MOMENTUM_EMA = rule_exercise(
    momentum_ema,
    73,
    {"momentum": 0.6},
    properties=[
        identity(
            "from 0, with momentum 0.75 and a constant gradient, the averages are 0.25 and 0.4375 of it",
            "w1, state1 = momentum_ema(w0, g0, None, rate=0.5, momentum=0.75)",
            "w2, _ = momentum_ema(w1, g0, state1, rate=0.5, momentum=0.75)",
            "w2 + 0.5 * (0.25 + 0.4375) * g0 == 0",
            inputs=from_zero,
            hidden="a constant gradient",
        ),
        identity(
            "from 0, twice the rate leads twice as far",
            "near1, state1 = momentum_ema(w0, g0, None, rate=0.4)",
            "near, _ = momentum_ema(near1, g1, state1, rate=0.4)",
            "far1, far_state1 = momentum_ema(w0, g0, None, rate=0.8)",
            "far, _ = momentum_ema(far1, g1, far_state1, rate=0.8)",
            "far - 2 * near == 0",
            inputs=lambda rng: no_gradient_near_zero(rng, 2) | {"w0": np.zeros(5)},
        ),
    ],
    mutants="""
    classical: + (1 - momentum) * grad => + grad
        The gradient is not weighed: that is the classical form. An average weighs it with 1 - momentum.
    weights_swapped: momentum * average + (1 - momentum) * grad => (1 - momentum) * average + momentum * grad
        momentum and 1 - momentum have changed places: momentum weighs the old average.
    rate_twice: + (1 - momentum) * grad => + (1 - momentum) * rate * grad
        The rate is used twice: in the average and in the step.
    rate_forgotten: weight - rate * average => weight - average
        The rate is not used.
    uphill: weight - rate * average => weight + rate * average
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    step_alone: return weight - rate * average => return rate * average
        You return the step alone. Subtract it from the weight.
    forgets: average = momentum * average + => average = 0 * average +
        The average forgets everything: keep it as the state that you return, and multiply the old one by momentum.
    never_fades: average = momentum * average + => average = average +
        The old average is not multiplied by momentum, so it never fades.
    starts_with_gradient: np.zeros_like(weight) if state is None => grad if state is None
        The average starts at 0, not at the first gradient.
    state_in_place: average = momentum * average + (1 - momentum) * grad
        => average *= momentum\\n    average += (1 - momentum) * grad
        You write into the state you were given, or keep it outside of the function.
        Who uses that state again then sees other numbers: return a new one.
    """,
    alternatives=[ema_dict, ema_by_difference],
    hints="""
    The state is the running average of the gradients. None means zero.
    average = momentum * average + (1 - momentum) * grad; step with rate * average.
    """,
)
