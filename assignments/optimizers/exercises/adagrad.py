"""Adagrad: a rate for each weight, from the sum of squares."""

import numpy as np

from classroom.staff.declare.exercise import identity
from solutions.optimizer import adagrad

from .steps import from_zero, of_any_size, rule_exercise


def adagrad_history(weight, grad, state=None, *, rate, eps=1e-8):
    grads = [*(state or []), grad.copy()]
    total = sum(old * old for old in grads)
    return weight - rate * grad / (np.sqrt(total) + eps), grads


def adagrad_dict(weight, grad, state=None, *, rate, eps=1e-8):
    total = np.square(grad) if state is None else state["total"] + np.square(grad)
    return weight - rate / (total**0.5 + eps) * grad, {"total": total}


ADAGRAD = rule_exercise(
    adagrad,
    75,
    {"eps": 0.3},
    properties=[
        identity(
            "with a constant gradient the fourth step is half of the first, which starts at 0",
            *[f"w{t + 1}, state{t + 1} = adagrad(w{t}, g0, state{t}, rate=0.5)" for t in range(4)],
            "w4 - w3 - 0.5 * w1 == 0",
            inputs=lambda rng: from_zero(rng) | {"state0": None},
            limit=1e-6,
            hidden="a constant gradient",
        ),
        of_any_size("adagrad"),
    ],
    mutants="""
    eps_inside: np.sqrt(total) + eps => np.sqrt(total + eps)
        eps is under the root. Adagrad adds it outside: sqrt(...) + eps.
    no_root: np.sqrt(total) + eps => total + eps
        The root is missing: the step is divided by the square root of the sum.
    no_square: total + grad * grad => total + np.abs(grad)
        You sum the sizes of the gradients. Sum their squares.
    last_only: total + grad * grad => grad * grad
        Only the last gradient counts: add its square to the sum of all before.
    old_total: return weight - rate * grad / (np.sqrt(total) + eps), total
        => return weight - rate * grad / (np.sqrt(total - grad * grad) + eps), total
        You divide by the old sum. Add the new square first, then step.
    mean_of_squares: total + grad * grad => 0.9 * total + 0.1 * grad * grad
        You average the squares: that is RMSProp. Adagrad sums them.
    one_rate_for_all: np.sqrt(total) + eps => np.sqrt(total.sum()) + eps
        All weights share one rate. Each has a sum, and a rate, of its own.
    rate_forgotten: weight - rate * grad / => weight - grad /
        The rate is not used.
    undivided: rate * grad / (np.sqrt(total) + eps) => rate * grad
        Nothing is divided: that is plain descent. Divide the step by the root of the sum.
    multiplied: rate * grad / (np.sqrt(total) + eps) => rate * grad * (np.sqrt(total) + eps)
        You multiply by the root. Divide by it.
    gradient_forgotten: weight - rate * grad / => weight - rate /
        The gradient is missing above the bar, so its sign is lost.
    step_alone: return weight - rate => return rate
        You return the step alone. Subtract it from the weight.
    eps_ignored: (np.sqrt(total) + eps) => (np.sqrt(total) + 1e-8)
        eps is an argument; you always use 1e-8.
    uphill: weight - rate * grad / => weight + rate * grad /
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    """,
    alternatives=[adagrad_history, adagrad_dict],
    hints="""
    The state is the sum of the squared gradients so far, an array like the weight. None means zero.
    total = total + grad * grad, then divide the step by np.sqrt(total) + eps.
    """,
)
