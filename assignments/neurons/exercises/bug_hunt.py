"""The bug hunt: a sum of gradients that is right for up to four parts."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants

from .polygon import RNG  # the draws go on where that section stopped


def hunt_gradient_sum(grad, parts):
    return grad + sum(parts)


def gradient_sum_in_steps(grad, parts):
    if len(parts) <= 4:
        return grad + sum(parts)
    total = grad
    for part in parts:
        total = total + part
    return total


def gradient_sum_loop(grad, parts):
    total = grad.copy()
    for part in parts:
        total += part
    return total


def gradient_sum_stacked(grad, parts):
    return np.sum(np.stack([grad, *parts]), axis=0)


def sum_case(title, count, shape, rng, kind="", dtype=float):
    arrays = rng.normal(size=(count + 1, *shape)).astype(dtype)
    calls = ["total = hunt_gradient_sum(grad, parts)"]
    return Case(title, {"grad": arrays[0], "parts": list(arrays[1:])}, calls, ("total",), kind=kind)


def hidden_sums(rng):
    return [
        sum_case("six", 6, (2, 5), rng, "six parts"),
        sum_case("twelve", 12, (3,), rng, "many parts"),
        sum_case("forty", 40, (2, 3, 4), rng, "many parts"),
        sum_case("one", 1, (4, 3), rng, "one part"),
        sum_case("single", 5, (3, 2), rng, "float32", np.float32),
    ]


def parts_in_another_order(rng):
    arrays = list(rng.normal(size=(8, 2, 3)))
    return {"grad": arrays[0], "parts": arrays[1:], "turned": arrays[:0:-1], "some": arrays[1:4], "rest": arrays[4:]}


SUM_IDENTITIES = [
    identity(
        "the order of the parts does not matter",
        "total = hunt_gradient_sum(grad, parts)",
        "again = hunt_gradient_sum(grad, turned)",
        "total == again",
        kind="parts in another order",
        inputs=parts_in_another_order,
    ),
    identity(
        "three parts and then four are all seven at once",
        "total = hunt_gradient_sum(grad, parts)",
        "some_added = hunt_gradient_sum(grad, some)",
        "all_added = hunt_gradient_sum(some_added, rest)",
        "total == all_added",
        kind="parts added in two goes",
        inputs=parts_in_another_order,
    ),
]

HUNT = exercise_of(
    hunt_gradient_sum,
    points=9,
    cases=[
        sum_case("two parts", 2, (3, 2), RNG),
        sum_case("four parts", 4, (5,), RNG),
        sum_case("five parts", 5, (2, 3), RNG),
        sum_case("seven parts", 7, (4,), RNG),
        sum_case("nine parts", 9, (2, 1, 3), RNG),
    ],
    hidden=hidden_sums,
    identities=SUM_IDENTITIES,
    mutants=textual_mutants(
        gradient_sum_in_steps,
        r"""
        as_shipped: total = grad => total, so_far = grad, np.zeros_like(grad)
            and total = total + part => so_far = so_far + part\n        total = total + so_far
            The bug is still there: with five parts, the first is counted five times, the second four times, and so on.
        grad_forgotten: total = grad => total = np.zeros_like(grad)
            Now the parts add up, but the gradient that was already there is lost when there are more than four.
        last_only: total = total + part => total = grad + part
            Each round starts again from grad, so only the last part stays. Add to the running total.
        first_four: return total => return grad + sum(parts[:4])
            You stop after four parts. All of them count.
        grad_each_time: total = grad => total = np.zeros_like(grad)
            and total = total + part => total = total + grad + part
            You add grad once for each part. It counts once.
        in_place: if len(parts) <= 4:\n        return grad + sum(parts)\n    total = grad => total = grad
            and total = total + part => total += part
            The sum is right, but you wrote it into grad, which belongs to the caller. Start from a copy.
        """,
    ),
    alternatives=[gradient_sum_loop, gradient_sum_stacked],
    hints="""
    Call it with grad = np.zeros(1) and five parts np.ones(1). What should come out, and what does?
    so_far already holds all earlier parts. Which of the two running sums is one too many?
    The fast path was right all along: grad + sum(parts) works for any number of parts.
    """,
)
