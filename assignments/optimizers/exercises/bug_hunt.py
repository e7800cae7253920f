"""The bug hunt: one step of Adam."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity

from .steps import signs


def hunt_adam_step(mean, square, step, beta1, beta2):
    mean = mean / (1 - beta1**step)
    square = square / (1 - beta2**step)
    return mean / (np.sqrt(square) + 1e-8)


def hunt_case(name, rng, size, step, kind=""):
    inputs = {"mean": rng.normal(size=size), "square": rng.uniform(0.1, 2, size), "step": step}
    calls = ["direction = hunt_adam_step(mean, square, step, beta1, beta2)"]
    return Case(name, inputs | {"beta1": 0.9, "beta2": 0.999}, calls, ("direction",), kind=kind)


def hunt_tiny_case(name, rng, size, step, kind=""):
    """Gradients near the small number that keeps the division from 0, and one that was always 0."""
    inputs = {"mean": 1e-9 * rng.normal(size=size), "square": 1e-16 * rng.uniform(0.1, 2, size), "step": step}
    inputs["mean"][0] = inputs["square"][0] = 0.0
    calls = ["direction = hunt_adam_step(mean, square, step, beta1, beta2)"]
    return Case(name, inputs | {"beta1": 0.9, "beta2": 0.999}, calls, ("direction",), kind=kind)


def mended_at_once(mean, square, step, beta1, beta2):
    factor = np.sqrt(1 - beta2**step) / (1 - beta1**step)
    return factor * mean / (np.sqrt(square) + 1e-8 * np.sqrt(1 - beta2**step))


def mended_by_loop(mean, square, step, beta1, beta2):
    direction = np.empty_like(mean)
    for i in range(len(mean)):
        root = (square[i] / (1 - beta2**step)) ** 0.5
        direction[i] = mean[i] / (1 - beta1**step) / (root + 1e-8)
    return direction


HUNT_RNG = np.random.default_rng(79)


def averages_of_a_constant(rng):
    """What the two averages hold after some steps with one and the same gradient."""
    grad, step = signs(rng), int(rng.integers(2, 40))
    mean, square = (1 - 0.9**step) * grad["g0"], (1 - 0.999**step) * grad["g0"] ** 2
    return {"mean": mean, "square": square, "step": step, "signs": grad["signs"]}


HUNT = exercise_of(
    hunt_adam_step,
    points=10,
    cases=[
        hunt_case("the first step", HUNT_RNG, 4, 1),
        hunt_case("the tenth", HUNT_RNG, 5, 10),
        hunt_case("the thousandth", HUNT_RNG, 3, 1000),
        hunt_tiny_case("tiny gradients", HUNT_RNG, 4, 3),
        hunt_tiny_case("tiny gradients, a late step", HUNT_RNG, 3, 500),
    ],
    hidden=lambda rng: [
        hunt_case("a", rng, 7, int(rng.integers(2, 9)), "other steps"),
        hunt_case("b", rng, 6, int(rng.integers(20, 90)), "other steps"),
        hunt_case("c", rng, 2, 10**6, "many steps"),
        hunt_tiny_case("d", rng, 5, int(rng.integers(2, 50)), "tiny gradients"),
    ],
    properties=[
        identity(
            "with a constant gradient the direction is its sign, at every step",
            "direction = hunt_adam_step(mean, square, step, 0.9, 0.999)",
            "direction == signs",
            inputs=averages_of_a_constant,
            limit=1e-6,
            hidden="a constant gradient",
        ),
    ],
    mutants="""
    as_shipped: mean / (1 - beta1**step)\\n    square = square / (1 - beta2**step)
        => mean * (1 - beta1**step)\\n    square = square * (1 - beta2**step)
        The bug is still there. Both averages are too small at first: which operation makes them larger?
    only_the_mean: square = square / (1 - beta2**step) => square = square * (1 - beta2**step)
        The mean is right now; the average square has the same fault.
    only_the_square: mean = mean / (1 - beta1**step) => mean = mean * (1 - beta1**step)
        The average square is right now; the mean has the same fault.
    not_corrected: mean / (1 - beta1**step)\\n    square = square / (1 - beta2**step) => mean\\n    square = square
        Without any correction the first steps are three times too long.
    betas_swapped: mean / (1 - beta1**step)\\n    square = square / (1 - beta2**step)
        => mean / (1 - beta2**step)\\n    square = square / (1 - beta1**step)
        beta1 belongs to the mean, beta2 to the square.
    eps_moved: (np.sqrt(square) + 1e-8) => np.sqrt(square + 1e-8)
        The 1e-8 stood well: outside the root.
    eps_removed: (np.sqrt(square) + 1e-8) => np.sqrt(square)
        The 1e-8 was needed: a weight whose gradient was always 0 would be divided by 0.
    """,
    alternatives=[mended_at_once, mended_by_loop],
    hints="""
    After the first step the mean is (1 - beta1) times the gradient: ten times too small.
    To undo a factor of 1 - beta1**step, divide by it.
    """,
)
