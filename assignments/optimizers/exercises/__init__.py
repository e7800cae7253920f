"""Assignment 6: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Function, Mutant, Property, Quiz, edit
from classroom.staff.slips import slips
from solutions.optimizer import (
    adagrad,
    adam,
    confusion_region,
    ema_to_classical_rate,
    momentum,
    momentum_ema,
    nesterov,
    rmsprop,
    sgd,
    weight_decay,
)
from solutions.schedule import plateau_schedule, step_schedule

# --- cases ---------------------------------------------------------------------------------------------------


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


# --- identities ----------------------------------------------------------------------------------------------


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
    return Property(
        "equal",
        title="ten times the gradients make the same steps",
        calls=[
            f"w1, state1 = {rule}(w0, g0, None, rate=0.1)",
            f"w2, _ = {rule}(w1, g1, state1, rate=0.1)",
            f"large_w1, large_state1 = {rule}(w0, large0, None, rate=0.1)",
            f"large_w2, _ = {rule}(large_w1, large1, large_state1, rate=0.1)",
        ],
        inputs=ten_times,
        left="large_w2",
        right="w2",
        limit=1e-6,  # eps is there
    )


def signs(rng):
    """A gradient, its signs, and a weight."""
    drawn = no_gradient_near_zero(rng)
    return drawn | {"signs": np.sign(drawn["g0"])}


def visible_adam():
    rng = np.random.default_rng(70)
    hand = [np.array([1.0, -2.0]), np.array([0.5, -2.0]), np.array([-1.0, -2.0])]
    return [
        steps_case("three steps by hand", "adam", np.array([1.0, -1.0]), hand, rate=0.1),
        steps_case("a matrix", "adam", rng.normal(size=(3, 4)), rng.normal(size=(4, 3, 4)), rate=0.01),
        steps_case(
            "other betas", "adam", rng.normal(size=5), rng.normal(size=(3, 5)), rate=0.05, beta1=0.5, beta2=0.75
        ),
        steps_case("tiny gradients", "adam", rng.normal(size=4), 1e-7 * rng.normal(size=(3, 4)), rate=0.1, eps=1e-7),
        steps_case("a large eps", "adam", rng.normal(size=3), rng.normal(size=(2, 3)), rate=0.2, eps=0.5),
        two_parameters_case("two parameters", "adam", rng, ((3,), (3,)), rate=0.1),
        same_state_twice_case("a state used twice", "adam", rng, (4,), rate=0.1),
        same_state_twice_case("a state used twice, other betas", "adam", rng, (2, 3), rate=0.1, beta1=0.6, beta2=0.9),
    ]


def hidden_adam(rng):
    n, d = (int(size) for size in rng.permutation([2, 3, 5, 7])[:2])
    matrix = rng.normal(size=(d, d))
    weight, grads = rng.normal(size=d), []
    for _ in range(50):  # a walk on a quadratic: the gradients shrink and turn
        grads.append(matrix @ matrix.T @ weight)
        weight = weight - 0.02 * grads[-1]
    thin = rng.normal(size=(4, n, d)).astype(np.float32)
    rng.normal(size=(3, n, d))
    return [
        steps_case("fifty", "adam", rng.normal(size=d), grads, "fifty steps", rate=float(rng.uniform(0.01, 0.1))),
        steps_case("odd", "adam", rng.normal(size=(n, d)), rng.normal(size=(3, n, d)), "odd shapes", rate=0.02),
        steps_case("deep", "adam", rng.normal(size=(2, n, d)), rng.normal(size=(3, 2, n, d)), "odd shapes", rate=0.5),
        steps_case("zero", "adam", rng.normal(size=d), np.zeros((2, d)), "a gradient of zeros", rate=0.1),
        steps_case("far", "adam", rng.normal(size=d), 1e8 * rng.normal(size=(3, d)), "extreme values", rate=0.1),
        steps_case("near", "adam", rng.normal(size=d), 1e-9 * rng.normal(size=(3, d)), "extreme values", rate=0.1),
        steps_case("thin", "adam", thin[0], list(thin[1:]), "float32", rate=0.1),
        steps_case(
            "strided",
            "adam",
            rng.normal(size=(n, 2 * d))[:, ::2],
            rng.normal(size=(2, d, n)).transpose(0, 2, 1),
            "non-contiguous",
            rate=0.1,
        ),
        two_parameters_case("two", "adam", rng, ((n, d), (d,)), "two parameters", rate=0.03),
        same_state_twice_case("twice", "adam", rng, (n, d), "a state used twice", rate=0.1),
    ]


# --- the same, written as students write it ------------------------------------------------------------------


def adam_plain(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    if state is None:
        state = (0, np.zeros_like(weight), np.zeros_like(weight))
    steps, mean, square = state
    steps = steps + 1
    mean = beta1 * mean + (1 - beta1) * grad
    square = beta2 * square + (1 - beta2) * grad**2
    mean_hat = mean / (1 - beta1**steps)
    square_hat = square / (1 - beta2**steps)
    weight = weight - rate * mean_hat / (np.sqrt(square_hat) + eps)
    return weight, (steps, mean, square)


def adam_dict(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    old = state or {"t": 0, "m": 0.0, "v": 0.0}
    t = old["t"] + 1
    m = old["m"] + (1 - beta1) * (grad - old["m"])
    v = old["v"] + (1 - beta2) * (grad * grad - old["v"])
    step = rate * (1 - beta2**t) ** 0.5 / (1 - beta1**t)
    return weight - step * m / (np.sqrt(v) + eps * (1 - beta2**t) ** 0.5), {"t": t, "m": m, "v": v}


def adam_history(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    grads = [*(state or []), grad.copy()]
    t = len(grads)
    m, v = np.zeros_like(weight), np.zeros_like(weight)
    for age, old in enumerate(reversed(grads)):
        m += (1 - beta1) * beta1**age * old
        v += (1 - beta2) * beta2**age * old * old
    return weight - rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), grads


def adam_in_place(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    m, v, weight = m.copy(), v.copy(), weight.copy()
    t += 1
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * np.square(grad)
    root = np.sqrt(v / (1 - beta2**t))
    root += eps
    weight -= rate * m / (1 - beta1**t) / root
    return weight, [t, m, v]


def adam_loops(weight, grad, state=None, *, rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(weight), np.zeros_like(weight)) if state is None else state
    new, mean, square = np.empty_like(weight), np.empty_like(weight), np.empty_like(weight)
    for index in np.ndindex(weight.shape):
        mean[index] = beta1 * m[index] + (1 - beta1) * grad[index]
        square[index] = beta2 * v[index] + (1 - beta2) * grad[index] ** 2
        corrected = mean[index] / (1 - beta1 ** (t + 1)), square[index] / (1 - beta2 ** (t + 1))
        new[index] = weight[index] - rate * corrected[0] / (corrected[1] ** 0.5 + eps)
    return new, (t + 1, mean, square)


# --- mutants -------------------------------------------------------------------------------------------------


def adam_mutant(name, sentence, *replacements, tag="visible"):
    """A change to plain Adam."""
    return Mutant(name, {"adam": edit(adam_plain, *replacements)}, sentence, tag)


LONG_AS_THE_RATE = Property(
    "combination",
    title="with a constant gradient each of three steps is as long as the rate, 0.5",
    calls=[f"w{t + 1}, state{t + 1} = adam(w{t}, g0, state{t}, rate=0.5)" for t in range(3)],
    inputs=lambda rng: signs(rng) | {"state0": None},
    terms={"w3": 1, "signs": 1.5},
    right="w0",
    limit=1e-6,
)
ADAM = Exercise(
    id="adam",
    points=10,
    functions={"adam": adam},
    subject=("adam",),
    cases=visible_adam(),
    hidden=hidden_adam,
    properties=[LONG_AS_THE_RATE, of_any_size("adam")],
    hidden_properties=[LONG_AS_THE_RATE.drawn("a constant gradient")],
    mutants=[
        adam_mutant(
            "no_bias_correction",
            "The two averages start at 0 and are too small at first: divide them by 1 - beta1**t and 1 - beta2**t.",
            "mean / (1 - beta1**steps)",
            "mean",
            "square / (1 - beta2**steps)",
            "square",
        ),
        adam_mutant(
            "mean_not_corrected",
            "Only the average square is corrected for its start at 0. Divide the mean by 1 - beta1**t too.",
            "mean / (1 - beta1**steps)",
            "mean",
        ),
        adam_mutant(
            "square_not_corrected",
            "Only the mean is corrected for its start at 0. Divide the average square by 1 - beta2**t too.",
            "square / (1 - beta2**steps)",
            "square",
        ),
        adam_mutant(
            "t_one_too_large",
            "t is off by one: it is 1 in the first step.",
            "steps = steps + 1",
            "steps = steps + 2",
            "return weight, (steps,",
            "return weight, (steps - 1,",
        ),
        adam_mutant(
            "t_one_too_small",
            "t is 0 in your first step, which divides by 1 - beta**0 = 0. Count the step before you use t.",
            "    steps = steps + 1\n",
            "",
            "return weight, (steps,",
            "return weight, (steps + 1,",
        ),
        adam_mutant(
            "t_never_counts",
            "t stays 1: put the number of steps into the state that you return, and raise the betas to the power t.",
            "return weight, (steps,",
            "return weight, (0,",
        ),
        adam_mutant(
            "eps_inside",
            "eps stands under the root. Adam adds it outside: sqrt(...) + eps.",
            "(np.sqrt(square_hat) + eps)",
            "np.sqrt(square_hat + eps)",
        ),
        adam_mutant(
            "betas_swapped",
            "beta1 and beta2 have changed places: beta1 is for the mean, beta2 for the square.",
            "    steps, mean, square = state\n",
            "    steps, mean, square = state\n    beta1, beta2 = beta2, beta1\n",
        ),
        adam_mutant(
            "no_root",
            "The root is missing: the mean is divided by the square root of the average square.",
            "np.sqrt(square_hat)",
            "square_hat",
        ),
        adam_mutant(
            "uphill",
            "The sign is turned: you climb. Subtract the step from the weight.",
            "weight - rate",
            "weight + rate",
        ),
        adam_mutant(
            "state_in_place",
            "You write into the state you were given, or keep it outside of the function. Who uses that state again "
            "then sees other numbers: return new arrays.",
            "mean = beta1 * mean + (1 - beta1) * grad",
            "mean *= beta1\n    mean += (1 - beta1) * grad",
            "square = beta2 * square + (1 - beta2) * grad**2",
            "square *= beta2\n    square += (1 - beta2) * grad**2",
        ),
        adam_mutant(
            "weight_in_place",
            "You change the weight you were given. Return a new array.",
            "weight = weight - rate * mean_hat / (np.sqrt(square_hat) + eps)",
            "weight -= rate * mean_hat / (np.sqrt(square_hat) + eps)",
        ),
    ],
    alternatives=[
        Alternative("plain", {"adam": adam_plain}),
        Alternative("dict, other order", {"adam": adam_dict}),
        Alternative("all gradients kept", {"adam": adam_history}),
        Alternative("in place on copies", {"adam": adam_in_place}),
        Alternative("loops", {"adam": adam_loops}),
    ],
    hints=[
        "The state holds three things: the number of steps, the mean of the gradients, and the mean of their squares.",
        "Both means start at 0 and forget slowly: mean = beta1 * mean + (1 - beta1) * grad, and the square "
        "likewise with beta2.",
        "Correct both for their start (divide by 1 - beta**t, t = 1 in the first step), then step: "
        "rate * mean / (sqrt(square) + eps).",
    ],
)


# --- the optimizers before Adam -------------------------------------------------------------------------------------


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
        n, d = (int(size) for size in rng.permutation([2, 3, 5, 7])[:2])
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
        ]

    return hidden


def rule_exercise(function, seed, *, properties, drawn, mutants, alternatives, hints, **special):
    """One optimizer, 10 points; `drawn` says of its first identity, as a hidden one, on what it fails."""
    name = function.__name__
    return Exercise(
        id=name,
        points=10,
        functions={name: function},
        subject=(name,),
        cases=rule_cases(name, seed, **special),
        hidden=hidden_rule(name, **special),
        properties=properties,
        hidden_properties=[properties[0].drawn(drawn)],
        mutants=mutants,
        alternatives=[Alternative(title, {name: made}) for title, made in alternatives.items()],
        hints=hints,
    )


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
    properties=[
        Property(
            "combination",
            title="twice the gradient makes twice the step",
            calls=["w_once, _ = sgd(w0, g0, None, rate=0.3)", "w_twice, _ = sgd(w0, twice, None, rate=0.3)"],
            inputs=twice_the_gradient,
            terms={"w_once": 2, "w_twice": -1},
            right="w0",
        ),
        Property(
            "equal",
            title="with rate 0 the weight stays where it is",
            calls=["w1, _ = sgd(w0, g0, None, rate=0.0)"],
            inputs=no_gradient_near_zero,
            left="w1",
            right="w0",
        ),
    ],
    drawn="a gradient twice as large",
    mutants=[
        *slips(
            sgd,
            """
            uphill: return weight - rate * grad => return weight + rate * grad
                The sign is turned: you climb. Subtract the step from the weight.
            rate_forgotten: return weight - rate * grad => return weight - grad
                The rate is not used.
            divided: return weight - rate * grad => return weight - grad / rate
                You divide by the rate. Multiply.
            only_the_sign: return weight - rate * grad => return weight - rate * np.sign(grad)
                Only the sign of the gradient is used. Its size counts too.
            normalized: return weight - rate * grad
                => return weight - rate * grad / (np.linalg.norm(grad) + 1e-12)
                You divide the gradient by its length. The step is the rate times the gradient itself.
            in_place: return weight - rate * grad, None => weight -= rate * grad\\n    return weight, None
                You change the weight you were given. Return a new array.
            widened [hidden]: return weight - rate * grad, None => return weight - np.float64(rate) * grad, None
                float32 goes in and float64 comes out. Keep the dtype of the weight.
            """,
        ),
    ],
    alternatives={"in place on a copy": sgd_in_place, "loops": sgd_loops},
    hints=["Down is against the gradient.", "weight - rate * grad, and the state stays None."],
)


def momentum_dict(weight, grad, state=None, *, rate, momentum=0.9):
    old = 0.0 if state is None else state["velocity"]
    velocity = momentum * old + rate * grad
    return weight - velocity, {"velocity": velocity}


def momentum_negative(weight, grad, state=None, *, rate, momentum=0.9):
    step = -rate * grad if state is None else momentum * state - rate * grad
    return weight + step, step


def momentum_history(weight, grad, state=None, *, rate, momentum=0.9):
    steps = [*(state or []), rate * grad]
    velocity = sum(momentum**age * step for age, step in enumerate(reversed(steps)))
    return weight - velocity, steps


def from_zero(rng):
    """A start at 0, a gradient, and none."""
    return no_gradient_near_zero(rng) | {"w0": np.zeros(5), "none": np.zeros(5)}


MOMENTUM = rule_exercise(
    momentum,
    72,
    momentum=0.6,
    properties=[
        Property(
            "combination",
            title="from 0, with momentum 0.75 and no gradient after the first step, the second is 0.75 as long",
            calls=[
                "w1, state1 = momentum(w0, g0, None, rate=0.3, momentum=0.75)",
                "w2, _ = momentum(w1, none, state1, rate=0.3, momentum=0.75)",
            ],
            inputs=from_zero,
            terms={"w2": 1, "w1": -1.75},
            right=0,
        ),
        Property(
            "equal",
            title="with momentum 0 nothing is remembered",
            calls=[
                "w1, state1 = momentum(w0, g0, None, rate=0.1, momentum=0.0)",
                "w2, _ = momentum(w1, g1, state1, rate=0.1, momentum=0.0)",
                "w2_without_state, _ = momentum(w1, g1, None, rate=0.1, momentum=0.0)",
            ],
            inputs=lambda rng: no_gradient_near_zero(rng, 2),
            left="w2",
            right="w2_without_state",
        ),
    ],
    drawn="a step without a gradient",
    mutants=slips(
        momentum,
        """
        average: velocity + rate * grad => velocity + (1 - momentum) * rate * grad
            You weigh the gradient with 1 - momentum: that is the averaging form. The classical form adds rate * grad.
        rate_outside: + rate * grad\\n    return weight - velocity, velocity
            => + grad\\n    return weight - rate * velocity, velocity
            The rate is used outside the velocity, and the velocity is asked for with the rate inside.
        forgets: velocity = momentum * velocity + rate => velocity = 0 * velocity + rate
            The velocity forgets everything: keep it as the state that you return, and multiply the old one by momentum.
        never_fades: velocity = momentum * velocity + rate => velocity = velocity + rate
            The old velocity is not multiplied by momentum, so it never fades.
        uphill: weight - velocity, velocity => weight + velocity, velocity
            The sign is turned: you climb. Subtract the velocity from the weight.
        old_velocity: return weight - velocity, velocity => return weight - (0 if state is None else state), velocity
            You step with the old velocity. Update it first, then step.
        starts_with_gradient: np.zeros_like(weight) if state is None => grad if state is None
            The velocity starts at 0, not at the first gradient.
        state_in_place: velocity = momentum * velocity + rate * grad
            => velocity *= momentum\\n    velocity += rate * grad
            You write into the state you were given, or keep it outside of the function. Who uses that state again then
            sees other numbers: return a new one.
        """,
    ),
    alternatives={
        "a dict": momentum_dict,
        "a negative velocity": momentum_negative,
        "all steps kept": momentum_history,
    },
    hints=[
        "The state is one array, the velocity. None means zero.",
        "velocity = momentum * velocity + rate * grad; the new weight is weight - velocity.",
        "Return the new velocity as the state, in a new array.",
    ],
)


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
    momentum=0.6,
    properties=[
        Property(
            "combination",
            title="from 0, with momentum 0.75 and a constant gradient, the averages are 0.25 and 0.4375 of it",
            calls=[
                "w1, state1 = momentum_ema(w0, g0, None, rate=0.5, momentum=0.75)",
                "w2, _ = momentum_ema(w1, g0, state1, rate=0.5, momentum=0.75)",
            ],
            inputs=from_zero,
            terms={"w2": 1, "g0": 0.5 * (0.25 + 0.4375)},
            right=0,
        ),
        Property(
            "combination",
            title="from 0, twice the rate leads twice as far",
            calls=[
                "near1, state1 = momentum_ema(w0, g0, None, rate=0.4)",
                "near, _ = momentum_ema(near1, g1, state1, rate=0.4)",
                "far1, far_state1 = momentum_ema(w0, g0, None, rate=0.8)",
                "far, _ = momentum_ema(far1, g1, far_state1, rate=0.8)",
            ],
            inputs=lambda rng: no_gradient_near_zero(rng, 2) | {"w0": np.zeros(5)},
            terms={"far": 1, "near": -2},
            right=0,
        ),
    ],
    drawn="a constant gradient",
    mutants=slips(
        momentum_ema,
        """
        classical: + (1 - momentum) * grad => + grad
            The gradient is not weighed: that is the classical form. An average weighs it with 1 - momentum.
        weights_swapped: momentum * average + (1 - momentum) * grad => (1 - momentum) * average + momentum * grad
            momentum and 1 - momentum have changed places: momentum weighs the old average.
        rate_twice: + (1 - momentum) * grad => + (1 - momentum) * rate * grad
            The rate is used twice: in the average and in the step.
        rate_forgotten: weight - rate * average => weight - average
            The rate is not used.
        uphill: weight - rate * average => weight + rate * average
            The sign is turned: you climb. Subtract the step from the weight.
        starts_with_gradient: np.zeros_like(weight) if state is None => grad if state is None
            The average starts at 0, not at the first gradient.
        state_in_place: average = momentum * average + (1 - momentum) * grad
            => average *= momentum\\n    average += (1 - momentum) * grad
            You write into the state you were given, or keep it outside of the function. Who uses that state again then
            sees other numbers: return a new one.
        """,
    ),
    alternatives={"a dict": ema_dict, "by difference": ema_by_difference},
    hints=[
        "The state is the running average of the gradients. None means zero.",
        "average = momentum * average + (1 - momentum) * grad; step with rate * average.",
    ],
)

# --- Nesterov takes a function --------------------------------------------------------------------------------------


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


FROM_AHEAD = Property(
    "equal",
    title="the second step ends where a first step from the point ahead would end",
    calls=[
        "w1, state1 = nesterov(w0, slope, None, rate=0.1, momentum=0.5)",
        "w2, _ = nesterov(w1, slope, state1, rate=0.1, momentum=0.5)",
        "from_ahead, _ = nesterov(ahead, slope, None, rate=0.1, momentum=0.5)",
    ],
    inputs=a_step_and_the_point_ahead,
    left="w2",
    right="from_ahead",
)
NESTEROV_RNG = np.random.default_rng(74)
NESTEROV = Exercise(
    id="nesterov",
    points=10,
    functions={"nesterov": nesterov},
    subject=("nesterov",),
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
    ],
    properties=[
        FROM_AHEAD,
        Property(
            "equal",
            title="with momentum 0 nothing is remembered",
            calls=[
                "w1, state1 = nesterov(w0, slope, None, rate=0.1, momentum=0.0)",
                "w2, _ = nesterov(w1, slope, state1, rate=0.1, momentum=0.0)",
                "w2_without_state, _ = nesterov(w1, slope, None, rate=0.1, momentum=0.0)",
            ],
            inputs=a_step_and_the_point_ahead,
            left="w2",
            right="w2_without_state",
        ),
    ],
    hidden_properties=[FROM_AHEAD.drawn("the point ahead")],
    mutants=[
        Mutant(
            "shifted",
            edit(
                nesterov,
                "grad_function(weight - momentum * velocity)",
                "grad_function(weight)",
                "return weight - velocity, velocity",
                "return weight - momentum * velocity - rate * grad, velocity",
            ),
            "This is the form of training libraries, whose weight is the point ahead. Here it is where you stand: take "
            "the gradient at weight - momentum * velocity and return weight - velocity.",
        ),
        *slips(
            nesterov,
            """
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
                You write into the state you were given, or keep it outside of the function. Who uses that state again
                then sees other numbers: return a new one.
            double_precision [hidden]: np.zeros_like(weight) if state is None => np.zeros(weight.shape) if state is None
                float32 goes in and float64 comes out. Keep the dtype of the weight.
            uphill: return weight - velocity, velocity => return weight + velocity, velocity
                The sign is turned: you climb. Subtract the velocity from the weight.
            never_fades: velocity = momentum * velocity + rate => velocity = velocity + rate
                The old velocity is not multiplied by momentum, so it never fades.
            """,
        ),
    ],
    alternatives=[
        Alternative("a dict", {"nesterov": nesterov_dict}),
        Alternative("the last position", {"nesterov": nesterov_positions}),
    ],
    hints=[
        "It is classical momentum with one change: where the gradient is taken.",
        "Ask grad_function at weight - momentum * velocity, the point where the old velocity alone would carry you.",
        "Then velocity = momentum * velocity + rate * grad, and weight - velocity.",
    ],
)

# --- a rate for each weight -----------------------------------------------------------------------------------------


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
    eps=0.3,
    properties=[
        Property(
            "combination",
            title="with a constant gradient the fourth step is half of the first, which starts at 0",
            calls=[f"w{t + 1}, state{t + 1} = adagrad(w{t}, g0, state{t}, rate=0.5)" for t in range(4)],
            inputs=lambda rng: from_zero(rng) | {"state0": None},
            terms={"w4": 1, "w3": -1, "w1": -0.5},
            right=0,
            limit=1e-6,
        ),
        of_any_size("adagrad"),
    ],
    drawn="a constant gradient",
    mutants=slips(
        adagrad,
        """
        eps_inside: np.sqrt(total) + eps => np.sqrt(total + eps)
            eps stands under the root. Adagrad adds it outside: sqrt(...) + eps.
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
        uphill: weight - rate * grad / => weight + rate * grad /
            The sign is turned: you climb. Subtract the step from the weight.
        """,
    ),
    alternatives={"all gradients kept": adagrad_history, "a dict": adagrad_dict},
    hints=[
        "The state is the sum of the squared gradients so far, an array like the weight. None means zero.",
        "total = total + grad * grad, then divide the step by np.sqrt(total) + eps.",
    ],
)


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
    decay=0.7,
    eps=0.2,
    properties=[
        Property(
            "combination",
            title="with decay 0.75 the first step is twice the rate, 2 times 0.3, whatever the gradient",
            calls=["w1, _ = rmsprop(w0, g0, None, rate=0.3, decay=0.75)"],
            inputs=signs,
            terms={"w1": 1, "signs": 0.6},
            right="w0",
            limit=1e-6,
        ),
        of_any_size("rmsprop"),
    ],
    drawn="a first step",
    mutants=slips(
        rmsprop,
        """
        sum_of_squares: decay * square + (1 - decay) * grad * grad => square + grad * grad
            You sum the squares: that is Adagrad. RMSProp averages them with decay.
        weights_swapped: decay * square + (1 - decay) * grad * grad => (1 - decay) * square + decay * grad * grad
            decay and 1 - decay have changed places: decay weighs the old average.
        unweighed: + (1 - decay) * grad * grad => + grad * grad
            The new square is not weighed with 1 - decay, so the average is too large.
        eps_inside: np.sqrt(square) + eps => np.sqrt(square + eps)
            eps stands under the root. Here it is added outside: sqrt(...) + eps.
        no_root: np.sqrt(square) + eps => square + eps
            The root is missing: the step is divided by the square root of the average.
        old_square: return weight - rate * grad / (np.sqrt(square) + eps), square
            => return weight - rate * grad / (np.sqrt((square - (1 - decay) * grad * grad) / decay) + eps), square
            You divide by the old average. Update it first, then step.
        starts_at_one: np.zeros_like(weight) if state is None => np.ones_like(weight) if state is None
            The average of squares starts at 0, not at 1.
        starts_with_square: np.zeros_like(weight) if state is None => grad * grad if state is None
            The average of squares starts at 0, not at the first square.
        uphill: weight - rate * grad / => weight + rate * grad /
            The sign is turned: you climb. Subtract the step from the weight.
        """,
    ),
    alternatives={"a dict": rmsprop_dict, "all gradients kept": rmsprop_history},
    hints=[
        "The state is the running average of the squared gradients. None means zero.",
        "square = decay * square + (1 - decay) * grad * grad; divide the step by np.sqrt(square) + eps.",
    ],
)

# --- weight decay and schedules -------------------------------------------------------------------------------------


def decay_case(name, weight, grad, decay, kind=""):
    inputs = {"weight": weight, "grad": grad, "decay": decay}
    return Case(name, inputs=inputs, calls=["new = weight_decay(weight, grad, decay)"], outputs=("new",), kind=kind)


def decay_copy(weight, grad, decay):
    grad = grad.copy()
    grad += decay * weight
    return grad


def decay_sum(weight, grad, decay):
    return sum([decay * weight, grad])


DECAY_RNG = np.random.default_rng(77)


def against_the_decay(rng):
    """A gradient that pulls away as hard as the penalty with decay 0.3 pulls back."""
    weight = rng.normal(size=(3, 4))
    return {"weight": weight, "grad": -0.3 * weight}


BALANCED = Property(
    "combination",
    title="a gradient that pulls away as hard as decay 0.3 pulls back leaves nothing",
    calls=["new = weight_decay(weight, grad, 0.3)"],
    inputs=against_the_decay,
    terms={"new": 1},
    right=0,
)
WEIGHT_DECAY = Exercise(
    id="weight_decay",
    points=5,
    functions={"weight_decay": weight_decay},
    subject=("weight_decay",),
    cases=[
        decay_case("by hand", np.array([1.0, -2.0]), np.array([0.5, 0.5]), 0.1),
        decay_case("a matrix", DECAY_RNG.normal(size=(3, 4)), DECAY_RNG.normal(size=(3, 4)), 0.3),
        decay_case("no gradient", DECAY_RNG.normal(size=5), np.array([0.0, 0, 0, 0, 1e-9]), 5e-2),
    ],
    hidden=lambda rng: [
        decay_case("odd", rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 3)), 0.7, "odd shapes"),
        decay_case("none", rng.normal(size=4), rng.normal(size=4), 0.0, "no decay"),
        decay_case("thin", *rng.normal(size=(2, 6)).astype(np.float32), 0.01, "float32"),
    ],
    properties=[
        BALANCED,
        Property(
            "equal",
            title="decay 0.25 and then 0.5 more is decay 0.75",
            calls=[
                "first = weight_decay(weight, grad, 0.25)",
                "then = weight_decay(weight, first, 0.5)",
                "at_once = weight_decay(weight, grad, 0.75)",
            ],
            inputs=lambda rng: {"weight": rng.normal(size=(3, 4)), "grad": rng.normal(size=(3, 4))},
            left="then",
            right="at_once",
        ),
    ],
    hidden_properties=[BALANCED.drawn("a gradient against the decay")],
    mutants=slips(
        weight_decay,
        """
        minus: return grad + decay * weight => return grad - decay * weight
            The sign is turned: this gradient makes weights grow.
        halved: return grad + decay * weight => return grad + 0.5 * decay * weight
            The penalty is decay/2 times the square; its derivative has no half.
        doubled: return grad + decay * weight => return grad + 2 * decay * weight
            The 2 of the derivative cancels the half of the penalty.
        sign_only: return grad + decay * weight => return grad + decay * np.sign(weight)
            This is the gradient of the sum of sizes, the L1 penalty. L2 is asked.
        shrunk: return grad + decay * weight => return (1 - decay) * grad
            You shrink the gradient. Add decay times the weight.
        forgotten: return grad + decay * weight => return grad + 0 * weight
            The decay is not used.
        """,
    ),
    alternatives=[Alternative("copy", {"weight_decay": decay_copy}), Alternative("sum", {"weight_decay": decay_sum})],
    hints=[
        "The new gradient is a sum: that of the loss, which you are given, and that of the penalty.",
        "What is the derivative of decay / 2 * weight**2?",
        "Add decay * weight to the gradient, in a new array.",
    ],
)


def step_case(name, rate, step, every, factor=None, kind=""):
    inputs = {"rate": rate, "step": step, "every": every} | ({} if factor is None else {"factor": factor})
    call = "new = step_schedule(rate, step, every" + (")" if factor is None else ", factor)")
    return Case(name, inputs=inputs, calls=[call], outputs=("new",), kind=kind)


def step_by_loop(rate, step, every, factor=0.1):
    for t in range(1, step + 1):
        if t % every == 0:
            rate = rate * factor
    return rate


def step_by_floor(rate, step, every, factor=0.1):
    return rate * factor ** int(np.floor(step / every))


STEP_BY_STEP = Property(
    "equal",
    title="20 steps, and then 30 more from the rate reached, are 50 steps",
    calls=[
        "after_20 = step_schedule(rate, 20, 10, factor)",
        "then_30_more = step_schedule(after_20, 30, 10, factor)",
        "after_50 = step_schedule(rate, 50, 10, factor)",
    ],
    inputs=lambda rng: {"rate": float(rng.uniform(0.1, 1)), "factor": float(rng.uniform(0.4, 0.8))},
    left="then_30_more",
    right="after_50",
)
STEP = Exercise(
    id="step_schedule",
    points=4,
    functions={"step_schedule": step_schedule},
    subject=("step_schedule",),
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
        STEP_BY_STEP,
        Property(
            "equal",
            title="between two drops the rate stays level",
            calls=["just_fallen = step_schedule(0.4, 20, 10, 0.5)", "soon_to_fall = step_schedule(0.4, 29, 10, 0.5)"],
            inputs={},
            left="just_fallen",
            right="soon_to_fall",
        ),
    ],
    hidden_properties=[STEP_BY_STEP.drawn("a schedule in two stages")],
    mutants=slips(
        step_schedule,
        """
        smooth: step // every => (step / every)
            The rate falls at every step. It should stay level between drops: whole divisions only.
        once: factor ** (step // every) => (factor if step >= every else 1)
            The rate falls once only. It falls after each `every` steps.
        late: step // every => (max(step - 1, 0) // every)
            The drop comes one step late: at step = every the rate has fallen.
        divided: rate * factor ** => rate / factor **
            The rate grows: multiply by the factor.
        linear: factor ** (step // every) => (1 - (1 - factor) * (step // every))
            You subtract the same amount each time. Multiply by the factor each time.
        default_only: rate * factor ** => rate * 0.1 **
            The factor is an argument; you always use 0.1.
        """,
    ),
    alternatives=[
        Alternative("loop", {"step_schedule": step_by_loop}),
        Alternative("floor", {"step_schedule": step_by_floor}),
    ],
    hints=[
        "How often has the rate fallen by now? At step `every` once, at step 2 * `every` twice.",
        "That is how many whole times `every` fits into `step`; each time multiplies by the factor.",
        "rate * factor ** (step // every)",
    ],
)


def plateau_case(name, rate, losses, patience, factor=None, kind=""):
    inputs = {"rate": rate, "losses": losses, "patience": patience} | ({} if factor is None else {"factor": factor})
    call = "new = plateau_schedule(rate, losses, patience" + (")" if factor is None else ", factor)")
    return Case(name, inputs=inputs, calls=[call], outputs=("new",), kind=kind)


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


OTHER_UNITS = Property(
    "equal",
    title="the same losses in units a million times as large change nothing",
    calls=["new = plateau_schedule(0.4, losses, 3, 0.5)", "again = plateau_schedule(0.4, in_other_units, 3, 0.5)"],
    inputs=losses_with_a_past,
    left="again",
    right="new",
)
PLATEAU = Exercise(
    id="plateau_schedule",
    points=6,
    functions={"plateau_schedule": plateau_schedule},
    subject=("plateau_schedule",),
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
        OTHER_UNITS,
        Property(
            "equal",
            title="worse losses before all others, too few for a stall, change nothing",
            calls=["new = plateau_schedule(0.4, losses, 3, 0.5)", "later = plateau_schedule(0.4, after_worse, 3, 0.5)"],
            inputs=losses_with_a_past,
            left="later",
            right="new",
        ),
    ],
    hidden_properties=[OTHER_UNITS.drawn("losses in other units")],
    mutants=slips(
        plateau_schedule,
        """
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
        threshold: if loss < best: => if loss < best - 1e-4:
            A gain counts however small it is: compare with < alone.
        divided: rate * factor, 0 => rate / factor, 0
            The rate grows: multiply by the factor.
        """,
    ),
    alternatives=[
        Alternative("by index", {"plateau_schedule": plateau_by_index}),
        Alternative("drops counted", {"plateau_schedule": plateau_recursive}),
    ],
    hints=[
        "Walk through the losses with two numbers: the best so far, and how many values came since.",
        "A value below the best resets the count, any other raises it. At `patience` the rate falls; count anew.",
    ],
)

# --- two short ones -------------------------------------------------------------------------------------------------


def rate_case(name, rate, momentum, kind=""):
    inputs = {"rate": rate, "momentum": momentum}
    calls = ["classical = ema_to_classical_rate(rate, momentum)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("classical",), kind=kind)


def rate_by_difference(rate, momentum):
    return rate - rate * momentum


def rate_by_array(rate, momentum):
    return float(np.array([rate]) @ np.array([1 - momentum]))


IN_THE_LONG_RUN = Property(
    "combination",
    title="with momentum 0.75 classical steps grow to 4 times their rate, and should then be as long as the others",
    calls=["classical = ema_to_classical_rate(rate, 0.75)"],
    inputs=lambda rng: {"rate": float(rng.uniform(0.1, 2))},
    terms={"classical": 4},
    right="rate",
)
RATE = Exercise(
    id="ema_to_classical_rate",
    points=5,
    functions={"ema_to_classical_rate": ema_to_classical_rate},
    subject=("ema_to_classical_rate",),
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
    properties=[IN_THE_LONG_RUN],
    hidden_properties=[IN_THE_LONG_RUN.drawn("steps in the long run")],
    mutants=slips(
        ema_to_classical_rate,
        """
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
    ),
    alternatives=[
        Alternative("difference", {"ema_to_classical_rate": rate_by_difference}),
        Alternative("array", {"ema_to_classical_rate": rate_by_array}),
    ],
    hints=[
        "Let the gradient be 1 in every step. How long are the steps of both methods after many of them?",
        "The average tends to 1 and the step to its rate; the velocity tends to its own rate / (1 - momentum).",
        "The two are equal when the classical rate is rate * (1 - momentum).",
    ],
)


def region_case(name, a, b, kind=""):
    calls = ["low, high = confusion_region(a, b)"]
    return Case(name, inputs={"a": a, "b": b}, calls=calls, outputs=("low", "high"), kind=kind)


def region_by_sort(a, b):
    minima = np.sort(b / a)
    return minima[0], minima[-1]


def region_by_loop(a, b):
    low, high = np.inf, -np.inf
    for slope, level in zip(a, b, strict=True):
        low, high = min(low, level / slope), max(high, level / slope)
    return float(low), float(high)


REGION_RNG = np.random.default_rng(78)


def terms_and_the_same(rng):
    """Terms, each times a factor of its own, and all moved to the right by 3."""
    a, b = rng.choice([-1, 1], 7) * rng.uniform(0.5, 2, 7), rng.normal(size=7)
    factors = np.array([2.0, -1.0, 0.5, 3.0, -2.0, 1.0, -0.25])
    return {"a": a, "b": b, "a_times": factors * a, "b_times": factors * b, "b_moved": b + 3 * a}


TIMES = Property(
    "equal",
    title="a and b of a term times the same number, negative ones too, leave its minimum where it is",
    calls=["region = confusion_region(a, b)", "region_of_times = confusion_region(a_times, b_times)"],
    inputs=terms_and_the_same,
    left="region_of_times",
    right="region",
)
REGION = Exercise(
    id="confusion_region",
    points=5,
    functions={"confusion_region": confusion_region},
    subject=("confusion_region",),
    cases=[
        region_case("by hand", np.array([1.0, 2.0, 0.5]), np.array([3.0, 2.0, 1.0])),
        region_case("twenty terms", REGION_RNG.uniform(0.5, 2, 20), REGION_RNG.normal(3, 1, 20)),
        region_case("one negative slope", np.array([1.0, -2.0, 4.0]), np.array([2.0, 6.0, 4.0])),
        region_case("negative slopes", np.array([-1.0, 2.0, -0.5, 3.0]), np.array([2.0, 1.0, -3.0, 2.0])),
    ],
    hidden=lambda rng: [
        region_case("a", rng.uniform(0.2, 3, 13), rng.normal(size=13), "other numbers"),
        region_case("b", rng.choice([-1, 1], 9) * rng.uniform(0.2, 3, 9), rng.normal(size=9), "negative slopes"),
        region_case("c", np.array([2.0]), np.array([3.0]), "one term"),
    ],
    properties=[
        TIMES,
        Property(
            "combination",
            title="x - 3 in the place of x moves both ends by 3",
            calls=["region = confusion_region(a, b)", "region_moved = confusion_region(a, b_moved)"],
            inputs=terms_and_the_same,
            terms={"region_moved": 1, "region": -1},
            right=3,
        ),
    ],
    hidden_properties=[TIMES.drawn("terms times a number")],
    mutants=slips(
        confusion_region,
        """
        upside_down: minima = b / a => minima = a / b
            You divide the wrong way: the minimum of 1/2 (b - a x)**2 is where b = a x.
        levels_only: minima = b / a => minima = b
            You take the b alone. The minimum of a term is b / a.
        products: minima = b / a => minima = a * b
            You multiply. The minimum of a term is b / a.
        mean_width: return float(minima.min()), float(minima.max())
            => return float(minima.mean() - minima.std()), float(minima.mean() + minima.std())
            You return mean and spread. The region goes from the smallest minimum to the largest.
        swapped: return float(minima.min()), float(minima.max()) => return float(minima.max()), float(minima.min())
            low and high have changed places.
        sizes: minima = b / a => minima = b / np.abs(a)
            The sign of a counts: the minimum is b / a.
        """,
    ),
    alternatives=[
        Alternative("sorted", {"confusion_region": region_by_sort}),
        Alternative("loop", {"confusion_region": region_by_loop}),
    ],
    hints=[
        "Where does one term, 1/2 (b - a x)**2, have its minimum? A square is never below 0.",
        "It is 0 where a x = b. The sign of a counts.",
        "The smallest and the largest b / a.",
    ],
)

# --- hunt and questions ---------------------------------------------------------------------------------------------


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


ONLY_SIGNS = Property(
    "equal",
    title="with a constant gradient the direction is its sign, at every step",
    calls=["direction = hunt_adam_step(mean, square, step, 0.9, 0.999)"],
    inputs=averages_of_a_constant,
    left="direction",
    right="signs",
    limit=1e-6,
)
HUNT = Exercise(
    id="hunt_adam_step",
    points=10,
    functions={"hunt_adam_step": hunt_adam_step},
    subject=("hunt_adam_step",),
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
    properties=[ONLY_SIGNS],
    hidden_properties=[ONLY_SIGNS.drawn("a constant gradient")],
    mutants=slips(
        hunt_adam_step,
        """
        as_shipped: mean / (1 - beta1**step)\\n    square = square / (1 - beta2**step)
            => mean * (1 - beta1**step)\\n    square = square * (1 - beta2**step)
            The fault is still there. Both averages are too small at first: which operation makes them larger?
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
    ),
    alternatives=[
        Alternative("at once", {"hunt_adam_step": mended_at_once}),
        Alternative("loop", {"hunt_adam_step": mended_by_loop}),
    ],
    hints=[
        "After the first step the mean is (1 - beta1) times the gradient: ten times too small.",
        "To undo a factor of 1 - beta1**step, divide by it.",
    ],
)
QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="Classical momentum 0.9 has run for a while with a constant gradient. The rate drops to a tenth. How "
        "long is the very next step?",
        choices={
            "a": "About a tenth of the last one.",
            "b": "Almost as long as the last one.",
            "c": "Ten times longer.",
        },
        right="b",
        because={
            "a": "That is the averaging form, which multiplies the whole average by the new rate.",
            "b": "Yes: the velocity keeps nine tenths of what it was at the old rate. 0.91 of the last step is left.",
            "c": "Nothing makes it longer: the new gradient enters with a smaller rate.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=2,
        question="A weight's gradient becomes tiny and stays so. What does Adagrad do with the rate of this weight?",
        choices={"a": "It grows.", "b": "It hardly falls any more.", "c": "It falls as fast as before."},
        right="b",
        because={
            "a": "The sum of squares never shrinks, so the rate never grows.",
            "b": "Yes: the sum still grows, but by almost nothing.",
            "c": "The sum grows by the squares of tiny numbers: the rate is almost level.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="optimizers",
    number=6,
    title="Optimizers",
    exercises=[
        SGD,
        MOMENTUM,
        MOMENTUM_EMA,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADAM,
        WEIGHT_DECAY,
        STEP,
        PLATEAU,
        RATE,
        REGION,
        HUNT,
        *QUIZZES,
    ],
)
