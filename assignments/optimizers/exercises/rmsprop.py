"""RMSProp: a rate for each weight, from an average of squares."""

import numpy as np

from classroom.staff.declare.exercise import identity
from solutions.optimizer import rmsprop

from .steps import of_any_size, rule_exercise, signs


def rmsprop_dict(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    old = 0.0 if state is None else state["square"]
    square = old + (1 - decay) * (grad * grad - old)
    return weight - rate * grad / (eps + square**0.5), {"square": square}


def rmsprop_history(weight, grad, state=None, *, rate, decay=0.99, eps=1e-8):
    grads = [*(state or []), grad.copy()]
    square = sum((1 - decay) * decay**age * old * old for age, old in enumerate(reversed(grads)))
    return weight - rate * grad / (np.sqrt(square) + eps), grads


RMSPROP = rule_exercise(
    rmsprop,
    76,
    {"decay": 0.7, "eps": 0.2},
    properties=[
        identity(
            "with decay 0.75 the first step is twice the rate, 2 times 0.3, whatever the gradient",
            "w1, _ = rmsprop(w0, g0, None, rate=0.3, decay=0.75)",
            "w1 + 0.6 * signs == w0",
            inputs=signs,
            limit=1e-6,
            hidden="a first step",
        ),
        of_any_size("rmsprop"),
    ],
    mutants="""
    sum_of_squares: decay * square + (1 - decay) * grad * grad => square + grad * grad
        You sum the squares: that is Adagrad. RMSProp averages them with decay.
    weights_swapped: decay * square + (1 - decay) * grad * grad => (1 - decay) * square + decay * grad * grad
        decay and 1 - decay have changed places: decay weighs the old average.
    unweighed: + (1 - decay) * grad * grad => + grad * grad
        The new square is not weighed with 1 - decay, so the average is too large.
    eps_inside: np.sqrt(square) + eps => np.sqrt(square + eps)
        eps is under the root. Here it is added outside: sqrt(...) + eps.
    no_root: np.sqrt(square) + eps => square + eps
        The root is missing: the step is divided by the square root of the average.
    old_square: return weight - rate * grad / (np.sqrt(square) + eps), square
        => return weight - rate * grad / (np.sqrt((square - (1 - decay) * grad * grad) / decay) + eps), square
        You divide by the old average. Update it first, then step.
    starts_at_one: np.zeros_like(weight) if state is None => np.ones_like(weight) if state is None
        The average of squares starts at 0, not at 1.
    starts_with_square: np.zeros_like(weight) if state is None => grad * grad if state is None
        The average of squares starts at 0, not at the first square.
    rate_forgotten: weight - rate * grad / => weight - grad /
        The rate is not used.
    undivided: rate * grad / (np.sqrt(square) + eps) => rate * grad
        Nothing is divided: that is plain descent. Divide the step by the root of the average.
    multiplied: rate * grad / (np.sqrt(square) + eps) => rate * grad * (np.sqrt(square) + eps)
        You multiply by the root. Divide by it.
    gradient_forgotten: weight - rate * grad / => weight - rate /
        The gradient is missing above the bar, so its sign is lost.
    step_alone: return weight - rate => return rate
        You return the step alone. Subtract it from the weight.
    last_only: decay * square + (1 - decay) => 0 * square + (1 - decay)
        Only the last square counts: the average forgets all before. Keep it as the state that you return.
    same_weight: + (1 - decay) * grad * grad => + decay * grad * grad
        Both are weighed with decay: 1 - decay weighs the new square.
    uphill: weight - rate * grad / => weight + rate * grad /
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    """,
    alternatives=[rmsprop_dict, rmsprop_history],
    hints="""
    The state is the running average of the squared gradients. None means zero.
    square = decay * square + (1 - decay) * grad * grad; divide the step by np.sqrt(square) + eps.
    """,
)
