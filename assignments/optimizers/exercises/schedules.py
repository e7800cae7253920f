"""Rates that fall: after a number of steps, or on a plateau."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.schedule import plateau_schedule, step_schedule


def step_case(name, rate, step, every, factor=None, kind=""):
    inputs = {"rate": rate, "step": step, "every": every} | ({} if factor is None else {"factor": factor})
    call = "new_rate = step_schedule(rate, step, every" + (")" if factor is None else ", factor)")
    return Case(name, inputs=inputs, calls=[call], outputs=("new_rate",), kind=kind)


def step_by_loop(rate, step, every, factor=0.1):
    for t in range(1, step + 1):
        if t % every == 0:
            rate = rate * factor
    return rate


def step_by_floor(rate, step, every, factor=0.1):
    return rate * factor ** int(np.floor(step / every))


STEP = exercise_of(
    step_schedule,
    points=4,
    cases=[
        step_case("before the first drop", 0.2, 9, 10),
        step_case("at the first drop", 0.2, 10, 10),
        step_case("after three drops", 0.5, 31, 10),
        step_case("halving", 1.0, 25, 4, 0.5),
        step_case("every step", 0.8, 3, 1, 0.7),
        step_case("the start", 0.3, 0, 5, 0.5),
    ],
    hidden=lambda rng: [
        step_case("a", 0.1, int(rng.integers(50, 90)), 17, 0.6, "other steps"),
        step_case("b", 0.9, int(rng.integers(20, 40)), 7, 0.9, "other steps"),
        step_case("c", 0.9, 12, 6, 0.25, "at a drop"),
    ],
    properties=[
        identity(
            "20 steps, and then 30 more from the rate reached, are 50 steps",
            "after_20 = step_schedule(rate, 20, 10, factor)",
            "then_30_more = step_schedule(after_20, 30, 10, factor)",
            "after_50 = step_schedule(rate, 50, 10, factor)",
            "then_30_more == after_50",
            inputs=lambda rng: {"rate": float(rng.uniform(0.1, 1)), "factor": float(rng.uniform(0.4, 0.8))},
            hidden="a schedule in two stages",
        ),
        identity(
            "between two drops the rate stays level",
            "just_fallen = step_schedule(0.4, 20, 10, 0.5)",
            "soon_to_fall = step_schedule(0.4, 29, 10, 0.5)",
            "just_fallen == soon_to_fall",
            inputs={},
        ),
    ],
    mutants="""
    smooth: step // every => (step / every)
        The rate falls at every step. It should stay level between drops: whole divisions only.
    once: factor ** (step // every) => (factor if step >= every else 1)
        The rate falls once only. It falls after each `every` steps.
    never: factor ** (step // every) => 1
        The rate never falls. Each time that `every` fits into the steps it is multiplied by the factor.
    late: step // every => (max(step - 1, 0) // every)
        The drop comes one step late: at step = every the rate has fallen.
    divided: rate * factor ** => rate / factor **
        The rate grows: multiply by the factor.
    linear: factor ** (step // every) => (1 - (1 - factor) * (step // every))
        You subtract the same amount each time. Multiply by the factor each time.
    default_only: rate * factor ** => rate * 0.1 **
        The factor is an argument; you always use 0.1.
    """,
    alternatives=[step_by_loop, step_by_floor],
    hints="""
    How often has the rate fallen by now? At step `every` once, at step 2 * `every` twice.
    That is how many whole times `every` fits into `step`; each time multiplies by the factor.
    rate * factor ** (step // every)
    """,
)


def plateau_case(name, rate, losses, patience, factor=None, kind=""):
    inputs = {"rate": rate, "losses": losses, "patience": patience} | ({} if factor is None else {"factor": factor})
    call = "new_rate = plateau_schedule(rate, losses, patience" + (")" if factor is None else ", factor)")
    return Case(name, inputs=inputs, calls=[call], outputs=("new_rate",), kind=kind)


def plateau_by_index(rate, losses, patience, factor=0.1):
    since = 0
    for t in range(1, len(losses)):
        if losses[t] < min(losses[:t]):
            since = t
        elif t - since == patience:
            rate *= factor
            since = t
    return rate


def plateau_recursive(rate, losses, patience, factor=0.1):
    best, waited, drops = float("inf"), 0, 0
    for loss in losses:
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        drops, waited = (drops + 1, 0) if waited >= patience else (drops, waited)
    return rate * factor**drops


FALLING = [1.0, 0.8, 0.6, 0.5, 0.4]
STALLED = [1.0, 0.7, 0.75, 0.72, 0.71, 0.7]
WAVY = [1.0, 0.9, 0.95, 0.85, 0.9, 0.86, 0.87, 0.84, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95]


def losses_with_a_past(rng):
    """Losses that fall, stall for three values, fall and stall for two; the same in other units; and after worse ones.

    All are eighths, so that equal ones stay equal.
    """
    level = ((40 - np.cumsum(rng.integers(1, 4, 10))) / 8).tolist()
    losses = [*level[:5], *3 * [level[4]], *level[5:], *2 * [level[9]]]
    in_other_units = [loss / 2**20 for loss in losses]
    return {"losses": losses, "in_other_units": in_other_units, "after_worse": [9.0, 9.5, 9.25, *losses]}


PLATEAU = exercise_of(
    plateau_schedule,
    points=6,
    cases=[
        plateau_case("always better", 0.2, FALLING, 2),
        plateau_case("a stall of four", 0.2, STALLED, 4),
        plateau_case("one value too few", 0.2, STALLED[:5], 4),
        plateau_case("two drops", 0.4, WAVY, 3, 0.5),
        plateau_case("patience 1", 0.4, WAVY, 1, 0.8),
        plateau_case("up and down", 0.4, [1.0, 1.1, 0.9, 0.95, 0.8, 0.85, 0.7, 0.75, 0.6], 2),
        plateau_case("a long way down", 0.4, [2.0, 2.1, 2.2, 1.8, 1.9, 2.0, 1.5, 1.6, 1.7, 1.2], 3, 0.5),
        plateau_case("no loss yet", 0.4, [], 3),
        plateau_case("equal is no gain", 0.3, [0.5, 0.5, 0.5, 0.4, 0.4, 0.4], 2, 0.5),
        plateau_case("tiny gains are gains", 0.3, [0.5, 0.49999, 0.49998, 0.49998, 0.49997, 0.49997], 2, 0.5),
        plateau_case("tiny and large gains", 0.2, [3.0, 2.99999, 2.99998, 2.0, 1.99999, 1.99998], 2),
    ],
    hidden=lambda rng: [
        plateau_case("a", 0.1, np.round(rng.random(30), 2).tolist(), 4, 0.7, "other losses"),
        plateau_case("b", 0.1, np.round(rng.random(40), 1).tolist(), 6, 0.5, "equal losses"),
        plateau_case("c", 0.1, np.linspace(2, 1, 12).tolist(), 2, 0.5, "always better"),
    ],
    properties=[
        identity(
            "the same losses in units a million times as large change nothing",
            "new_rate = plateau_schedule(0.4, losses, 3, 0.5)",
            "again = plateau_schedule(0.4, in_other_units, 3, 0.5)",
            "again == new_rate",
            inputs=losses_with_a_past,
            hidden="losses in other units",
        ),
        identity(
            "worse losses before all others, too few for a stall, change nothing",
            "new_rate = plateau_schedule(0.4, losses, 3, 0.5)",
            "later = plateau_schedule(0.4, after_worse, 3, 0.5)",
            "later == new_rate",
            inputs=losses_with_a_past,
        ),
    ],
    mutants="""
    never_reset: rate, stalled = rate * factor, 0 => rate, stalled = rate * factor, stalled
        After a drop the count starts again. Yours goes on, so only the first stall is seen.
    last_not_best: best, stalled = loss, 0\\n            continue
        => best, stalled = loss, 0\\n            continue\\n        best = loss
        You compare with the last loss. A stall means: not better than the best so far.
    equal_counts: if loss < best: => if loss <= best:
        A loss that only equals the best is no gain.
    one_late: if stalled == patience: => if stalled == patience + 1:
        The drop comes one value late: after `patience` values without a gain.
    one_early: if stalled == patience: => if stalled == max(patience - 1, 1):
        The drop comes one value early: wait for `patience` values without a gain.
    not_in_a_row: best, stalled = loss, 0 => best, stalled = loss, stalled
        A gain ends the stall: the count starts again at 0.
    never: rate, stalled = rate * factor, 0 => rate, stalled = rate, 0
        The rate never falls. After `patience` values without a gain it is multiplied by the factor.
    threshold: if loss < best: => if loss < best - 1e-4:
        A gain counts however small it is: compare with < alone.
    divided: rate * factor, 0 => rate / factor, 0
        The rate grows: multiply by the factor.
    """,
    alternatives=[plateau_by_index, plateau_recursive],
    hints="""
    Go through the losses with two numbers: the best so far, and how many values came since.
    A value below the best resets the count, any other raises it. At `patience` the rate falls; count again.
    """,
)
