"""A neuron: a weighted sum, a bias and an activation."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.neuron import neuron_forward

RNG = np.random.default_rng(101)


def neuron_case(title, x, weight, bias, activation=None, kind=""):
    """One call of neuron_forward; without an activation the call leaves it out."""
    told = {} if activation is None else {"activation": activation}
    calls = [f"y = neuron_forward(x, weight, bias{', activation=activation' if told else ''})"]
    return Case(title, {"x": x, "weight": weight, "bias": bias, **told}, calls, ("y",), kind=kind)


def hidden_neurons(rng):
    n, d, m = (int(size) for size in rng.permutation([3, 4, 6]))
    whole = rng.integers(-2, 3, size=(n + 6, d)).astype(float)
    far = rng.normal(size=(n, d)) * np.where(np.arange(n) == 0, 1, 1000)[:, None]  # not all answers may be near 0
    cases = [
        neuron_case(f"{activation} {size}", rng.normal(size=(n + size, d)), rng.normal(size=d), 0.3, activation, kind)
        for size, (activation, kind) in enumerate(
            [("step", "odd shapes"), ("sigmoid", "odd shapes"), ("relu", "odd shapes"), ("identity", "odd shapes")]
        )
    ]
    return [
        *cases,
        neuron_case("layer", rng.normal(size=(n, d)), rng.normal(size=(d, m)), rng.normal(size=m), "sign", "a layer"),
        neuron_case("ties", whole, np.ones(d), 0.0, "sign", "sums of exactly 0"),
        neuron_case("far", far, rng.normal(size=d), -1.0, "sigmoid", "extreme values"),
        neuron_case("strided", rng.normal(size=(n, 2 * d))[:, ::2], rng.normal(size=d), 0.5, "relu", "non-contiguous"),
        neuron_case("one", rng.normal(size=(1, d)), rng.normal(size=d), -0.2, "sigmoid", "one example"),
        neuron_case("untold", rng.normal(size=(4 * n, d)), rng.normal(size=d), 0.1, kind="no activation given"),
    ]


def neuron_table(x, weight, bias, *, activation="step"):
    def sigmoid(z):
        return 0.5 * (1 + np.tanh(0.5 * z))

    functions = {
        "step": lambda z: (z > 0).astype(float),
        "sign": lambda z: 2.0 * (z > 0) - 1,
        "sigmoid": sigmoid,
        "relu": lambda z: z * (z > 0),
        "identity": lambda z: z,
    }
    return functions[activation](np.dot(x, weight) + bias)


def neuron_einsum(x, weight, bias, *, activation="step"):
    z = np.einsum("nd,d...->n...", x, weight) + bias
    if activation in ("step", "sign"):
        return np.heaviside(z, 0) if activation == "step" else 2 * np.heaviside(z, 0) - 1
    if activation == "sigmoid":
        e = np.exp(-np.abs(z))
        return np.where(z > 0, 1, e) / (1 + e)
    return z if activation == "identity" else np.clip(z, 0, None)


def neuron_loop(x, weight, bias, *, activation="step"):
    z = np.array([sum(row[i] * weight[i] for i in range(len(row))) + bias for row in x])
    if activation == "step":
        return np.where(z > 0, 1, 0)
    if activation == "sign":
        return np.where(z > 0, 1, -1)
    if activation == "sigmoid":
        return 1 / (1 + np.exp(-z))
    return z if activation == "identity" else np.maximum(z, 0)


def opposite_neurons(rng):
    x, weight, bias = rng.normal(size=(7, 3)), rng.normal(size=3), float(rng.normal())
    return {"x": x, "weight": weight, "bias": bias, "minus_weight": -weight, "minus_bias": -bias}


def opposite(activation):
    """The calls of a neuron and of the one whose sum has the other sign."""
    return [
        f"y = neuron_forward(x, weight, bias, activation={activation!r})",
        f"opposite = neuron_forward(x, minus_weight, minus_bias, activation={activation!r})",
    ]


NEURON_IDENTITIES = [
    identity(
        "sigmoid(z) + sigmoid(-z) = 1",
        *opposite("sigmoid"),
        "y + opposite == 1",
        kind="a neuron and its opposite",
        inputs=opposite_neurons,
    ),
    identity(
        "relu(z) - relu(-z) = z",
        *opposite("relu"),
        "z = neuron_forward(x, weight, bias, activation='identity')",
        "y - opposite == z",
        kind="a neuron and its opposite",
        inputs=opposite_neurons,
    ),
]

WHOLE = np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 3.0], [1.0, 1.0], [-1.0, 4.0], [3.0, 0.5]])
NEURON = exercise_of(
    neuron_forward,
    points=5,
    cases=[
        neuron_case("by hand", np.array([[3.0, -0.5], [0.0, 0.0]]), np.array([1.0, 2.0]), -1.0, "identity"),
        neuron_case("step, sums of 0", WHOLE, np.array([1.0, 1.0]), -3.0, "step"),
        neuron_case("step, more sums of 0", WHOLE, np.array([2.0, 1.0]), -5.0, "step"),
        neuron_case("step", RNG.normal(size=(7, 3)), RNG.normal(size=3), 0.4, "step"),
        neuron_case("sign, sums of 0", WHOLE, np.array([2.0, 1.0]), -5.0, "sign"),
        neuron_case("sign, more sums of 0", WHOLE, np.array([1.0, 1.0]), -3.0, "sign"),
        neuron_case("sigmoid", RNG.normal(size=(5, 4)), RNG.normal(size=4), -0.7, "sigmoid"),
        neuron_case("sigmoid, far out", 400 * RNG.normal(size=(5, 4)), RNG.normal(size=4), 1.0, "sigmoid"),
        neuron_case("sigmoid, hardly firing", -WHOLE - 6, np.array([1.0, 1.0]), -7.0, "sigmoid"),
        neuron_case("sigmoid layer", RNG.normal(size=(5, 4)), RNG.normal(size=(4, 3)), RNG.normal(size=3), "sigmoid"),
        neuron_case("relu", RNG.normal(size=(6, 2)), RNG.normal(size=2), 0.3, "relu"),
        neuron_case("relu layer", RNG.normal(size=(6, 2)), RNG.normal(size=(2, 5)), RNG.normal(size=5), "relu"),
    ],
    hidden=hidden_neurons,
    identities=NEURON_IDENTITIES,
    mutants="""
    no_bias: z = x @ weight + bias => z = x @ weight
        The bias is missing: the sum is w·x + b.
    minus_bias: z = x @ weight + bias => z = x @ weight - bias
        You subtract the bias. Here it is added: w·x + b.
    fires_at_zero: np.where(z > 0, 1.0, 0.0) => np.where(z >= 0, 1.0, 0.0)
        Your step neuron fires at a sum of exactly 0. It should not.
    three_steps: np.where(z > 0, 1.0, 0.0) => np.sign(z)
        For "step" you return np.sign, which is -1 where the neuron is silent and 0 at 0. It should be 0 in both.
    sign_of_zero: np.where(z > 0, 1.0, -1.0) => np.sign(z)
        np.sign gives 0 for a sum of exactly 0. Here the answer is 1 above 0 and -1 everywhere else.
    step_for_sign: np.where(z > 0, 1.0, -1.0) => np.where(z > 0, 1.0, 0.0)
        For "sign" you return 0 where the neuron is silent. It should be -1.
    sign_for_step: np.where(z > 0, 1.0, 0.0) => np.where(z > 0, 1.0, -1.0)
        For "step" you return -1 where the neuron is silent. It should be 0.
    sigmoid_mirrored: return sigmoid(z) => return sigmoid(-z)
        Your sigmoid falls, as with the sign in the exponent turned. It is 1 / (1 + exp(-z)).
    sigmoid_is_tanh: return sigmoid(z) => return np.tanh(z)
        For "sigmoid" you return tanh, which goes from -1 to 1. The sigmoid goes from 0 to 1.
    relu_absolute: return np.maximum(z, 0) => return np.abs(z)
        For "relu" negative sums should give 0; yours come out positive.
    """,
    alternatives=[neuron_table, neuron_einsum, neuron_loop],
    hints="""
    First the sum, the same for all activations: z = x @ weight + bias.
    np.where(z > 0, 1.0, 0.0) is the step. The others are one line each, chosen by the name.
    sigmoid: 1 / (1 + np.exp(-z)); relu: np.maximum(z, 0); identity: z; sign: np.where(z > 0, 1.0, -1.0).
    """,
)
