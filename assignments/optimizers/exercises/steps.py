"""Cases of some steps of an optimizer, and what every optimizer's exercise is made of."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from classroom.staff.declare.inputs import shuffled


def steps_case(name, optimizer, weight, grads, kind="", **options):
    """Some steps of an optimizer from state None; all weights on the way are compared."""
    inputs = {"w0": weight, "state0": None} | {f"g{t}": grad for t, grad in enumerate(grads)} | options
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"w{t + 1}, state{t + 1} = {optimizer}(w{t}, g{t}, state{t}{extra})" for t in range(len(grads))]
    outputs = tuple(f"w{t + 1}" for t in range(len(grads)))
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, part="weight", kind=kind)


def falling_case(name, optimizer, rng, shape, kind="", **options):
    """The rate falls to a tenth after two steps."""
    inputs = {"w0": rng.normal(size=shape), "state0": None} | {f"g{t}": rng.normal(size=shape) for t in range(4)}
    inputs |= {"high": 0.3, "low": 0.03} | options
    extra = "".join(f", {key}={key}" for key in options)
    calls = [
        f"w{t + 1}, state{t + 1} = {optimizer}(w{t}, g{t}, state{t}, rate={'high' if t < 2 else 'low'}{extra})"
        for t in range(4)
    ]
    return Case(name, inputs, calls, ("w1", "w2", "w3", "w4"), part="weight", kind=kind)


def two_parameters_case(name, optimizer, rng, shapes, kind="", **options):
    """Two parameters take turns, each with a state of its own."""
    inputs = {"none": None} | options
    extra = "".join(f", {key}={key}" for key in options)
    calls, outputs = [], []
    for which, shape in zip("ab", shapes, strict=True):
        inputs |= {f"{which}0": rng.normal(size=shape), f"state_{which}0": None}
        inputs |= {f"g{which}{t}": rng.normal(size=shape) for t in range(3)}
    for t in range(3):
        for which in "ab":
            new = f"{which}{t + 1}, state_{which}{t + 1}"
            calls.append(f"{new} = {optimizer}({which}{t}, g{which}{t}, state_{which}{t}{extra})")
            outputs.append(f"{which}{t + 1}")
    del inputs["none"]
    return Case(name, inputs=inputs, calls=calls, outputs=tuple(outputs), part="weight", kind=kind)


def same_state_twice_case(name, optimizer, rng, shape, kind="", **options):
    """The state after one step is used twice: the second use finds it as the first one did."""
    inputs = {"w0": rng.normal(size=shape), "g0": rng.normal(size=shape), "g1": rng.normal(size=shape), "state0": None}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [
        f"w1, state1 = {optimizer}(w0, g0, state0{extra})",
        f"w2, state2 = {optimizer}(w1, g1, state1{extra})",
        f"again, state3 = {optimizer}(w1, g1, state1{extra})",
    ]
    return Case(name, inputs=inputs | options, calls=calls, outputs=("w2", "again"), part="weight", kind=kind)


def untold_case(name, optimizer, rng, shape, kind):
    """The first step without a word about state or eps, on a gradient that is 0 in places: 0/0 unless eps is there."""
    grad = rng.normal(size=shape)
    grad[..., 0] = 0.0
    grad[..., 1] = 1e-8 * np.sign(grad[..., 1])  # as small as eps
    inputs = {"w0": rng.normal(size=shape), "g0": grad, "g1": rng.normal(size=shape)}
    calls = [f"w1, state1 = {optimizer}(w0, g0, rate=0.1)", f"w2, _ = {optimizer}(w1, g1, state1, rate=0.1)"]
    return Case(name, inputs, calls, ("w1", "w2"), part="weight", kind=kind)


def no_gradient_near_zero(rng, count=1):
    """A weight, and gradients next to which eps is nothing."""
    grads = rng.choice([-1, 1], (count, 5)) * rng.uniform(0.5, 2, (count, 5))
    return {"w0": rng.normal(size=5)} | {f"g{t}": grad for t, grad in enumerate(grads)}


def ten_times(rng):
    """Two gradients, and both ten times as large."""
    drawn = no_gradient_near_zero(rng, 2)
    return drawn | {"large0": 10 * drawn["g0"], "large1": 10 * drawn["g1"]}


def of_any_size(rule):
    """Ten times the gradients make the same steps."""
    return identity(
        "ten times the gradients make the same steps",
        f"w1, state1 = {rule}(w0, g0, None, rate=0.1)",
        f"w2, _ = {rule}(w1, g1, state1, rate=0.1)",
        f"large_w1, large_state1 = {rule}(w0, large0, None, rate=0.1)",
        f"large_w2, _ = {rule}(large_w1, large1, large_state1, rate=0.1)",
        "large_w2 == w2",
        inputs=ten_times,
        limit=1e-6,
    )


def signs(rng):
    """A gradient, its signs, and a weight."""
    drawn = no_gradient_near_zero(rng)
    return drawn | {"signs": np.sign(drawn["g0"])}


def from_zero(rng):
    """A start at 0, a gradient, and none."""
    return no_gradient_near_zero(rng) | {"w0": np.zeros(5), "none": np.zeros(5)}


def rule_cases(name, seed, **special):
    """Visible cases of a rule; `special` are its own options, which two cases change."""
    rng = np.random.default_rng(seed)
    hand = [np.array([1.0, -2.0]), np.array([0.5, -2.0]), np.array([-1.0, -2.0])]
    return [
        steps_case("three steps by hand", name, np.array([1.0, -1.0]), hand, rate=0.1),
        steps_case("a matrix", name, rng.normal(size=(3, 4)), rng.normal(size=(4, 3, 4)), rate=0.02),
        steps_case("other settings", name, rng.normal(size=5), rng.normal(size=(3, 5)), rate=0.05, **special),
        falling_case("the rate falls", name, rng, (4,)),
        falling_case("the rate falls, other settings", name, rng, (3, 2), **special),
        two_parameters_case("two parameters", name, rng, ((3,), (2, 2)), rate=0.1),
        same_state_twice_case("a state used twice", name, rng, (4,), rate=0.1),
        same_state_twice_case("a state used twice, other settings", name, rng, (2, 3), rate=0.2, **special),
    ]


def hidden_rule(name, **special):
    """Hidden cases of a rule."""

    def hidden(rng):
        n, d = shuffled(rng, 2, 3, 5, 7)[:2]
        weight, grads = rng.normal(size=d), []
        for _ in range(50):
            grads.append(np.linspace(0.1, 3, d) * weight)
            weight = weight - 0.05 * grads[-1]
        thin = rng.normal(size=(4, n, d)).astype(np.float32)
        return [
            steps_case("fifty", name, rng.normal(size=d), grads, "fifty steps", rate=float(rng.uniform(0.01, 0.1))),
            steps_case("odd", name, rng.normal(size=(n, d)), rng.normal(size=(3, n, d)), "odd shapes", rate=0.02),
            steps_case("own", name, rng.normal(size=d), rng.normal(size=(3, d)), "odd shapes", rate=0.5, **special),
            steps_case("far", name, rng.normal(size=d), 1e6 * rng.normal(size=(3, d)), "extreme values", rate=0.1),
            steps_case("thin", name, thin[0], list(thin[1:]), "float32", rate=0.1),
            steps_case("thin too", name, thin[1], list(thin[2:]), "float32", rate=0.3, **special),
            steps_case(
                "strided",
                name,
                rng.normal(size=(n, 2 * d))[:, ::2],
                rng.normal(size=(2, n, d)),
                "non-contiguous",
                rate=0.1,
            ),
            two_parameters_case("two", name, rng, ((n, d), (d,)), "two parameters", rate=0.03),
            same_state_twice_case("twice", name, rng, (n, d), "a state used twice", rate=0.1),
            untold_case("untold", name, rng, (n, d), "no state given, and a gradient of 0"),
        ]

    return hidden


def rule_exercise(function, seed, settings, **declared):
    """One optimizer, 10 points; two of its cases change these settings."""
    name = function.__name__
    cases, hidden = rule_cases(name, seed, **settings), hidden_rule(name, **settings)
    return exercise_of(function, points=10, cases=cases, hidden=hidden, **declared)
