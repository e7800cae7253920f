"""The gate that no single neuron is."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.neuron import xor_net

from .gates import PAIRS


def xor_case(title, x, kind=""):
    return Case(title, {"x": np.array(x, dtype=float)}, ["y = xor_net(x)"], ("y",), kind=kind)


def hidden_xor(rng):
    return [
        xor_case("many", rng.integers(0, 2, size=(17, 2)), "many examples"),
        xor_case("one", rng.integers(0, 2, size=(1, 2)), "one example"),
        Case(
            "strided",
            {"x": rng.integers(0, 2, size=(9, 4)).astype(float)[:, ::2]},
            ["y = xor_net(x)"],
            ("y",),
            kind="non-contiguous",
        ),
    ]


def xor_difference_of_gates(x):
    either = (x @ np.array([1.0, 1.0]) - 0.5 > 0).astype(float)
    both = (x @ np.array([1.0, 1.0]) - 1.5 > 0).astype(float)
    return (either - both - 0.5 > 0).astype(float)


def xor_two_onesided(x):
    first = np.where(x[:, 0] - x[:, 1] - 0.5 > 0, 1.0, 0.0)
    second = np.where(x[:, 1] - x[:, 0] - 0.5 > 0, 1.0, 0.0)
    return np.where(first + second - 0.5 > 0, 1.0, 0.0)


def xor_matrix(x):
    hidden = np.heaviside(x @ np.array([[1.0, 1.0], [1.0, 1.0]]) + np.array([-0.5, -1.5]), 0)
    return np.heaviside(hidden @ np.array([1.0, -1.0]) - 0.5, 0)


def xor_boolean(x):
    return xor_matrix(x) > 0.5


TOP_NEURON = 'return neuron_forward(np.stack([either, not_both], axis=1), *logic_gate("and"))'
XOR = exercise_of(
    xor_net,
    points=5,
    cases=[
        xor_case("the truth table", PAIRS),
        xor_case("another order", [[1, 1], [1, 0], [1, 1], [0, 0], [0, 1], [1, 0], [0, 0]]),
        xor_case("three examples", [[0, 1], [0, 0], [1, 1]]),
    ],
    hidden=hidden_xor,
    properties=[
        identity(
            "the two inputs may change places",
            "y = xor_net(x)",
            "exchanged = xor_net(x_exchanged)",
            "y == exchanged",
            inputs={"x": np.array(PAIRS), "x_exchanged": np.array(PAIRS)[:, ::-1]},
        ),
        identity(
            "turning one input round turns the answer round",
            "y = xor_net(x)",
            "turned = xor_net(x_turned)",
            "y + turned == 1",
            inputs={"x": np.array(PAIRS), "x_turned": np.abs(np.array(PAIRS) - [1, 0])},
        ),
    ],
    mutants=f"""
    or: {TOP_NEURON} => return either
        This is "or": at (1, 1) it fires too. Take away what "and" finds.
    and: {TOP_NEURON} => return both
        This is "and". Exclusive or fires when exactly one input is 1.
    not_and: {TOP_NEURON} => return not_both
        This is "not and": at (0, 0) it fires too, as without the "or".
    or_on_top: {TOP_NEURON} => return np.maximum(either, not_both)
        The last neuron is an "or", so something always fires. It has to be an "and".
    equal: {TOP_NEURON} => return 1 - either * not_both
        Upside down: you fire where both inputs are equal.
    first_only: {TOP_NEURON} => return x[:, 0] * 1.0
        What comes out is the first input. No single line will do: build it from two neurons and a third.
    column: {TOP_NEURON} => return (either * not_both)[:, None]
        The numbers are right, but they are in a column. The answer has shape (N,).
    """,
    alternatives=[xor_difference_of_gates, xor_two_onesided, xor_matrix, xor_boolean],
    hints="""
    Two hidden neurons: one says "at least one input is 1", the other "both are".
    either = x1 + x2 - 0.5 > 0 and both = x1 + x2 - 1.5 > 0. The answer is: either, but not both.
    A third step neuron on top: either - both - 0.5 > 0. Return 1.0 and 0.0, of shape (N,).
    """,
)
