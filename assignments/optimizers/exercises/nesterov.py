"""Nesterov's momentum, which takes a function of the weight."""

import numpy as np

from classroom.staff.declare.exercise import Case, Function, exercise_of, identity
from solutions.optimizer import nesterov


def by_hand_case():
    """The numbers that the text works out: the gradient at w is w."""
    slope = Function("quadratic_gradient", matrix=np.eye(1), center=np.zeros(1))
    calls = [f"w{t + 1}, state{t + 1} = nesterov(w{t}, slope, state{t}, rate=rate)" for t in range(3)]
    inputs = {"w0": np.ones(1), "state0": None, "slope": slope, "rate": 0.1}
    return Case("by hand, the gradient at w is w", inputs, calls, ("w1", "w2", "w3"), part="weight")


def ravine(rng, size, dtype=np.float64):
    """The gradient of a quadratic, as a function."""
    matrix = rng.normal(size=(size, size))
    matrix = matrix @ matrix.T / size + np.eye(size)
    return Function("quadratic_gradient", matrix=matrix.astype(dtype), center=rng.normal(size=size).astype(dtype))


def nesterov_case(name, rng, size, steps, kind="", dtype=np.float64, again=False, **options):
    """Some steps from state None; the last one twice from the same state when `again`."""
    slope = ravine(rng, size, dtype)
    inputs = {"w0": rng.normal(size=size).astype(dtype), "state0": None, "slope": slope} | options
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"w{t + 1}, state{t + 1} = nesterov(w{t}, slope, state{t}{extra})" for t in range(steps)]
    outputs = tuple(f"w{t + 1}" for t in range(steps))
    if again:
        calls.append(calls[-1].replace(f"w{steps}, state{steps} =", "again, _ ="))
        outputs += ("again",)
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, part="weight", kind=kind)


def nesterov_in_turns_case(name, rng, sizes, kind="", **options):
    """Two parameters take turns, each with a slope and a state of its own."""
    inputs, calls = dict(options), []
    extra = "".join(f", {key}={key}" for key in options)
    for which, size in zip("ab", sizes, strict=True):
        inputs |= {f"{which}0": rng.normal(size=size), f"state_{which}0": None, f"slope_{which}": ravine(rng, size)}
    for t in range(3):
        for which in "ab":
            new, old = (f"{which}{t + 1}, state_{which}{t + 1}", f"{which}{t}, slope_{which}, state_{which}{t}")
            calls.append(f"{new} = nesterov({old}{extra})")
    outputs = tuple(f"{which}{t}" for t in (1, 2, 3) for which in "ab")
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, part="weight", kind=kind)


def untold_case(name, rng, size, kind):
    """A first step without a word about the state."""
    inputs = {"w0": rng.normal(size=size), "slope": ravine(rng, size)}
    calls = ["w1, state1 = nesterov(w0, slope, rate=0.1)", "w2, _ = nesterov(w1, slope, state1, rate=0.1)"]
    return Case(name, inputs, calls, ("w1", "w2"), part="weight", kind=kind)


def nesterov_dict(weight, grad_function, state=None, *, rate, momentum=0.9):
    old = np.zeros_like(weight) if state is None else state["v"]
    ahead = weight - momentum * old
    grad = grad_function(ahead)
    return ahead - rate * grad, {"v": momentum * old + rate * grad}


def nesterov_positions(weight, grad_function, state=None, *, rate, momentum=0.9):
    before = weight if state is None else state
    ahead = weight + momentum * (weight - before)
    return ahead - rate * grad_function(ahead), weight.copy()


def a_step_and_the_point_ahead(rng):
    """Where momentum 0.5 alone carries the weight after a first step with rate 0.1."""
    matrix, center, w0 = np.diag(rng.uniform(0.5, 2, 4)), rng.normal(size=4), rng.normal(size=4)
    step = 0.1 * matrix @ (w0 - center)
    slope = Function("quadratic_gradient", matrix=matrix, center=center)
    return {"w0": w0, "slope": slope, "ahead": w0 - step - 0.5 * step}


NESTEROV_RNG = np.random.default_rng(74)
NESTEROV = exercise_of(
    nesterov,
    points=10,
    cases=[
        by_hand_case(),
        nesterov_case("three steps", NESTEROV_RNG, 3, 3, rate=0.1),
        nesterov_case("five steps", NESTEROV_RNG, 4, 5, rate=0.05),
        nesterov_case("less momentum", NESTEROV_RNG, 5, 4, rate=0.2, momentum=0.5),
        nesterov_case("more momentum", NESTEROV_RNG, 2, 4, rate=0.02, momentum=0.99),
        nesterov_in_turns_case("two parameters", NESTEROV_RNG, (3, 3), rate=0.1),
        nesterov_case("a state used twice", NESTEROV_RNG, 4, 2, again=True, rate=0.1),
        nesterov_case("a state used twice, less momentum", NESTEROV_RNG, 3, 2, again=True, rate=0.1, momentum=0.6),
    ],
    hidden=lambda rng: [
        nesterov_case("long", rng, 6, 50, "fifty steps", rate=0.05),
        nesterov_case("odd", rng, 7, 3, "odd shapes", rate=0.1, momentum=0.7),
        nesterov_case("one", rng, 1, 4, "a single weight", rate=0.1),
        nesterov_case("thin", rng, 5, 3, "float32", np.float32, rate=0.1),
        nesterov_case("thin too", rng, 3, 2, "float32", np.float32, rate=0.2, momentum=0.5),
        nesterov_in_turns_case("two", rng, (4, 2), "two parameters", rate=0.05),
        nesterov_case("twice", rng, 6, 3, "a state used twice", again=True, rate=0.1),
        untold_case("untold", rng, 5, "no state given"),
    ],
    properties=[
        identity(
            "the second step ends where a first step from the point ahead would end",
            "w1, state1 = nesterov(w0, slope, None, rate=0.1, momentum=0.5)",
            "w2, _ = nesterov(w1, slope, state1, rate=0.1, momentum=0.5)",
            "from_ahead, _ = nesterov(ahead, slope, None, rate=0.1, momentum=0.5)",
            "w2 == from_ahead",
            inputs=a_step_and_the_point_ahead,
            hidden="the point ahead",
        ),
        identity(
            "with momentum 0 nothing is remembered",
            "w1, state1 = nesterov(w0, slope, None, rate=0.1, momentum=0.0)",
            "w2, _ = nesterov(w1, slope, state1, rate=0.1, momentum=0.0)",
            "w2_without_state, _ = nesterov(w1, slope, None, rate=0.1, momentum=0.0)",
            "w2 == w2_without_state",
            inputs=a_step_and_the_point_ahead,
        ),
    ],
    mutants="""
    shifted: grad_function(weight - momentum * velocity) => grad_function(weight)
        and return weight - velocity, velocity => return weight - momentum * velocity - rate * grad, velocity
        This is the form of training libraries, whose weight is the point ahead. Here it is where you stand: take
        the gradient at weight - momentum * velocity and return weight - velocity.
    no_look_ahead: grad_function(weight - momentum * velocity) => grad_function(weight)
        The gradient is taken where you stand: classical momentum. Take it at weight - momentum * velocity.
    whole_velocity: grad_function(weight - momentum * velocity) => grad_function(weight - velocity)
        You look ahead by the whole velocity. It will have faded by then: momentum * velocity.
    looks_back: grad_function(weight - momentum * velocity) => grad_function(weight + momentum * velocity)
        You look back. The velocity is subtracted from the weight, so ahead is weight - momentum * velocity.
    average: velocity + rate * grad => velocity + (1 - momentum) * rate * grad
        You weigh the gradient with 1 - momentum: that is the averaging form.
    from_ahead: return weight - velocity, velocity
        => return weight - momentum * velocity - rate * grad, velocity
        You take the new velocity where the old one belongs: its momentum is counted once too often.
    state_in_place: velocity = momentum * velocity + rate * grad
        => velocity *= momentum\\n    velocity += rate * grad
        You write into the state you were given, or keep it outside of the function.
        Who uses that state again then sees other numbers: return a new one.
    double_precision: np.zeros_like(weight) if state is None => np.zeros(weight.shape) if state is None
        float32 goes in and float64 comes out. Keep the dtype of the weight.
    uphill: return weight - velocity, velocity => return weight + velocity, velocity
        A sign is turned: the weight climbs. Each step has to go against the gradient.
    step_alone: return weight - velocity, velocity => return velocity, velocity
        You return the step alone. Subtract it from the weight.
    rate_forgotten: + rate * grad => + grad
        The rate is not used.
    forgets: velocity = momentum * velocity + rate => velocity = 0 * velocity + rate
        The velocity forgets everything: keep it as the state that you return, and multiply the old one by momentum.
    never_fades: velocity = momentum * velocity + rate => velocity = velocity + rate
        The old velocity is not multiplied by momentum, so it never fades.
    """,
    alternatives=[nesterov_dict, nesterov_positions],
    hints="""
    It is classical momentum with one change: where the gradient is taken.
    Ask grad_function at weight - momentum * velocity, the point where the old velocity alone would carry you.
    Then velocity = momentum * velocity + rate * grad, and weight - velocity.
    """,
)
