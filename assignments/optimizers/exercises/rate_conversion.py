"""The rate of an average, in the classical form."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.optimizer import ema_to_classical_rate


def rate_case(name, rate, momentum, kind=""):
    inputs = {"rate": rate, "momentum": momentum}
    calls = ["classical = ema_to_classical_rate(rate, momentum)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("classical",), kind=kind)


def rate_by_difference(rate, momentum):
    return rate - rate * momentum


def rate_by_array(rate, momentum):
    return float(np.array([rate]) @ np.array([1 - momentum]))


RATE = exercise_of(
    ema_to_classical_rate,
    points=5,
    cases=[
        rate_case("0.9", 1.0, 0.9),
        rate_case("0.5", 0.2, 0.5),
        rate_case("none", 0.3, 0.0),
        rate_case("0.99", 2.0, 0.99),
    ],
    hidden=lambda rng: [
        rate_case("a", float(rng.uniform(0.1, 2)), float(rng.uniform(0, 1)), "other numbers"),
        rate_case("b", float(rng.uniform(0.1, 2)), float(rng.uniform(0, 1)), "other numbers"),
        rate_case("c", 1e-6, 0.999, "extreme values"),
    ],
    properties=[
        identity(
            "with momentum 0.75 classical steps grow to 4 times their rate, and should then be as long as the others",
            "classical = ema_to_classical_rate(rate, 0.75)",
            "4 * classical == rate",
            inputs=lambda rng: {"rate": float(rng.uniform(0.1, 2))},
            hidden="steps in the long run",
        ),
    ],
    mutants="""
    wrong_way: rate * (1 - momentum) => rate / (1 - momentum)
        The other way round: the averaging form has the larger rate; the classical one is rate * (1 - momentum).
    momentum_only: rate * (1 - momentum) => rate * momentum
        You multiply by momentum. The average weighs the gradient with 1 - momentum.
    unchanged: rate * (1 - momentum) => rate
        The two rates differ: the average weighs every gradient with 1 - momentum.
    plus: rate * (1 - momentum) => rate * (1 + momentum)
        The sign is turned: 1 - momentum.
    squared: rate * (1 - momentum) => rate * (1 - momentum) ** 2
        Once is enough: 1 - momentum, not its square.
    """,
    alternatives=[rate_by_difference, rate_by_array],
    hints="""
    Let the gradient be 1 in every step. How long are the steps of both methods after many of them?
    The average tends to 1 and the step to its rate; the velocity tends to its own rate / (1 - momentum).
    The two are equal when the classical rate is rate * (1 - momentum).
    """,
)
