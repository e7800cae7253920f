"""Adam."""

import numpy as np

from classroom.staff.declare.exercise import exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import shuffled
from solutions.optimizer import adam

from .steps import of_any_size, same_state_twice_case, signs, steps_case, two_parameters_case, untold_case


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
    n, d = shuffled(rng, 2, 3, 5, 7)[:2]
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
        untold_case("untold", "adam", rng, (n, d), "no state given, and a gradient of 0"),
    ]


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


ADAM = exercise_of(
    adam,
    points=10,
    cases=visible_adam(),
    hidden=hidden_adam,
    properties=[
        identity(
            "with a constant gradient each of three steps is as long as the rate, 0.5",
            *[f"w{t + 1}, state{t + 1} = adam(w{t}, g0, state{t}, rate=0.5)" for t in range(3)],
            "w3 + 1.5 * signs == w0",
            inputs=lambda rng: signs(rng) | {"state0": None},
            limit=1e-6,
            hidden="a constant gradient",
        ),
        of_any_size("adam"),
    ],
    mutants=textual_mutants(
        adam_plain,
        """
        eps_before_correction: np.sqrt(square_hat) + eps => np.sqrt(square_hat) + eps / np.sqrt(1 - beta2**steps)
            You add eps to the root of the raw average. Correct the average first, then take its root and add eps.
        corrected_kept: return weight, (steps, mean, square) => return weight, (steps, mean_hat, square_hat)
            You keep the corrected averages for the next step. Keep the raw ones: the correction is for this step alone.
        no_bias_correction: mean / (1 - beta1**steps) => mean
            and square / (1 - beta2**steps) => square
            The two averages start at 0 and are too small at first: divide them by 1 - beta1**t and 1 - beta2**t.
        mean_not_corrected: mean / (1 - beta1**steps) => mean
            Only the average square is corrected for its start at 0. Divide the mean by 1 - beta1**t too.
        square_not_corrected: square / (1 - beta2**steps) => square
            Only the mean is corrected for its start at 0. Divide the average square by 1 - beta2**t too.
        multiplied: mean / (1 - beta1**steps) => mean * (1 - beta1**steps)
            and square / (1 - beta2**steps) => square * (1 - beta2**steps)
            You multiply by 1 - beta**t. Both averages are too small at first: divide them by it.
        t_one_too_large: steps = steps + 1 => steps = steps + 2
            and return weight, (steps, => return weight, (steps - 1,
            t is off by one: it is 1 in the first step.
        t_one_too_small: steps = steps + 1 => pass
            and return weight, (steps, => return weight, (steps + 1,
            t is 0 in your first step, which divides by 1 - beta**0 = 0. Count the step before you use t.
        t_never_counts: return weight, (steps, => return weight, (0,
            t stays 1: put the number of steps into the state that you return, and raise the betas to the power t.
        eps_inside: (np.sqrt(square_hat) + eps) => np.sqrt(square_hat + eps)
            eps is under the root. Adam adds it outside: sqrt(...) + eps.
        betas_swapped: steps, mean, square = state => steps, mean, square = state\\n    beta1, beta2 = beta2, beta1
            beta1 and beta2 have changed places: beta1 is for the mean, beta2 for the square.
        no_root: np.sqrt(square_hat) => square_hat
            The root is missing: the mean is divided by the square root of the average square.
        uphill: weight - rate => weight + rate
            A sign is turned: the weight climbs. Each step has to go against the gradient.
        rate_forgotten: weight - rate * mean_hat => weight - mean_hat
            The rate is not used.
        step_alone: weight = weight - rate * => weight = rate *
            You return the step alone. Subtract it from the weight.
        undivided: rate * mean_hat / (np.sqrt(square_hat) + eps) => rate * mean_hat
            Nothing is divided: that is momentum. Divide the step by the root of the average square.
        gradient_for_mean: rate * mean_hat / => rate * grad /
            You step with the gradient. Step with the average of the gradients, corrected for its start at 0.
        mean_unweighed: beta1 * mean + (1 - beta1) * grad => beta1 * mean + grad
            The gradient enters the mean as it is. Weigh it with 1 - beta1.
        square_unweighed: beta2 * square + (1 - beta2) * grad**2 => beta2 * square + grad**2
            The squared gradient enters its average as it is. Weigh it with 1 - beta2.
        mean_weights_swapped: beta1 * mean + (1 - beta1) * grad => (1 - beta1) * mean + beta1 * grad
            beta1 and 1 - beta1 have changed places: beta1 weighs the old mean.
        square_weights_swapped: beta2 * square + (1 - beta2) * grad**2 => (1 - beta2) * square + beta2 * grad**2
            beta2 and 1 - beta2 have changed places: beta2 weighs the old average.
        mean_forgets: beta1 * mean + (1 - beta1) => 0 * mean + (1 - beta1)
            The mean forgets all gradients before. Multiply the old mean by beta1, and keep the new one in the state.
        square_forgets: beta2 * square + (1 - beta2) => 0 * square + (1 - beta2)
            The average square forgets all before. Multiply the old one by beta2, and keep the new one in the state.
        mean_never_fades: beta1 * mean + (1 - beta1) => mean + (1 - beta1)
            The old mean is not multiplied by beta1, so it never fades.
        square_never_fades: beta2 * square + (1 - beta2) => square + (1 - beta2)
            The old average square is not multiplied by beta2, so it never fades.
        mean_power_forgotten: mean / (1 - beta1**steps) => mean / (1 - beta1)
            The mean is corrected as in the first step in all of them: divide it by 1 - beta1**t.
        square_power_forgotten: square / (1 - beta2**steps) => square / (1 - beta2)
            The average square is corrected as in the first step in all of them: divide it by 1 - beta2**t.
        eps_forgotten: (np.sqrt(square_hat) + eps) => np.sqrt(square_hat)
            eps is missing: add it to the root.
        state_in_place: mean = beta1 * mean + (1 - beta1) * grad => mean *= beta1\\n    mean += (1 - beta1) * grad
            and square = beta2 * square + (1 - beta2) * grad**2 => square *= beta2\\n    square += (1 - beta2) * grad**2
            You write into the state you were given, or keep it outside of the function.
            Who uses that state again then sees other numbers: return new arrays.
        weight_in_place: weight = weight - rate * mean_hat / (np.sqrt(square_hat) + eps)
            => weight -= rate * mean_hat / (np.sqrt(square_hat) + eps)
            You change the weight you were given. Return a new array.
        """,
    ),
    alternatives=[adam_plain, adam_dict, adam_history, adam_in_place, adam_loops],
    hints="""
    The state holds three things: the number of steps, the mean of the gradients, and the mean of their squares.
    Both means start at 0 and forget slowly: mean = beta1 * mean
        + (1 - beta1) * grad, and the square likewise with beta2.
    Correct both for their start (divide by 1 - beta**t, t = 1 in the
        first step), then step: rate * mean / (sqrt(square) + eps).
    """,
)
