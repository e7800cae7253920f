"""Logic gates, each of them one neuron."""

import numpy as np

from classroom.staff.declare.exercise import Case, Function, TruthTable, exercise_of, identity
from solutions.neuron import logic_gate

PAIRS = [[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)]
OFF = [[abs(a - e), abs(b - f)] for a, b in PAIRS for e, f in ((0.1, 0.1), (0.0, 0.1), (0.1, 0.0))]
GATES = {"and": lambda a, b: a + b > 1.5, "or": lambda a, b: a + b > 0.5}


def gate_case(gate, rows, title, kind=""):
    rows = [[row[0]] for row in rows[::2]] if gate == "not" else rows
    fires = [row[0] < 0.5 if gate == "not" else GATES[gate](round(row[0]), round(row[1])) for row in rows]
    return Case(
        title,
        inputs={"name": gate},
        calls=["weight, bias = logic_gate(name)"],
        outputs=("weight", "bias"),
        part=gate,
        measure=TruthTable(gate=gate, rows=rows, fires=fires),
        kind=kind,
    )


def hidden_gates(rng):
    """Draw larger tables: eight points near each corner of the square, no farther from it than the text says."""
    rows = [[abs(a - e), abs(b - f)] for a, b in PAIRS for e, f in rng.uniform(0, 0.1, size=(8, 2)).tolist()]
    return [gate_case(gate, rows, f"{gate}, further off", "other inputs a little off") for gate in ("and", "or", "not")]


def gate_inputs(rng):
    """Draw two columns of zeros and ones, in which all four pairs occur."""
    a, b = rng.permutation([*PAIRS, *rng.integers(2, size=(7, 2)).tolist()]).T.copy()
    return {"a": a, "b": b, "fires": Function("step_neuron")}


def fire(target, gate, *inputs):
    """Write the two calls that let a gate fire."""
    return [
        f"weight_{gate}, bias_{gate} = logic_gate('{gate}')",
        f"{target} = fires([{', '.join(inputs)}], weight_{gate}, bias_{gate})",
    ]


GATE_IDENTITIES = [
    identity(
        "not (a and b) is (not a) or (not b)",
        *fire("both", "and", "a", "b"),
        *fire("not_both", "not", "both"),
        *fire("not_a", "not", "a"),
        *fire("not_b", "not", "b"),
        *fire("one_is_not", "or", "not_a", "not_b"),
        "not_both == one_is_not",
        kind="gates behind gates",
        inputs=gate_inputs,
    ),
    identity(
        "(a and b) + (a or b) = a + b",
        *fire("both", "and", "a", "b"),
        *fire("either", "or", "a", "b"),
        "both + either - a - b == 0",
        part=("and", "or"),
        kind="and beside or",
        inputs=gate_inputs,
    ),
    identity(
        "a + (not a) = 1",
        *fire("not_a", "not", "a"),
        "a + not_a == 1",
        part="not",
        kind="not beside its input",
        inputs=gate_inputs,
    ),
]


def logic_gate_scaled(name):
    weights = {"and": ([10, 10], -15), "or": ([4, 4], -2), "not": ([-6], 3)}
    weight, bias = weights[name]
    return np.array(weight), bias


def logic_gate_uneven(name):
    if name == "not":
        return np.array([-2.0]), np.array([1.1])
    return np.array([1.0, 1.1]), -1.6 if name == "and" else -0.55


def logic_gate_single(name):
    weight = np.float32([-1]) if name == "not" else np.ones(2, np.float32)
    return weight, {"and": -1.45, "or": -0.5, "not": 0.5}[name]


GATE = exercise_of(
    logic_gate,
    points=5,
    parts={"and": 2, "or": 2, "not": 1},
    cases=[
        *(gate_case(gate, PAIRS, gate) for gate in ("and", "or", "not")),
        *(gate_case(gate, OFF, f"{gate}, a little off") for gate in ("and", "or", "not")),
    ],
    hidden=hidden_gates,
    identities=GATE_IDENTITIES,
    mutants="""
    and_is_or: np.array([1.0, 1.0]), -1.5 => np.array([1.0, 1.0]), -0.5
        Your "and" is an "or": one input alone is enough to fire. Make the bias more negative.
    or_is_and: np.array([1.0, 1.0]), -0.5 => np.array([1.0, 1.0]), -1.5
        Your "or" is an "and": it takes both inputs to fire. Make the bias less negative.
    or_always: np.array([1.0, 1.0]), -0.5 => np.array([1.0, 1.0]), 0.5
        Your "or" fires without any input. Its bias has to be negative.
    and_on_the_edge: np.array([1.0, 1.0]), -1.5 => np.array([1.0, 1.0]), -2.0
        Your "and" sums to exactly 0 for (1, 1), and a step neuron fires only above 0. Put the line between the
        corners.
    or_on_the_edge: np.array([1.0, 1.0]), -0.5 => np.array([1.0, 1.0]), 0.0
        Your "or" is right at the corners, but its line goes through (0, 0): inputs a little off make it fire.
    not_upside_down: np.array([-1.0]), 0.5 => np.array([1.0]), -0.5
        Your "not" passes its input on. The weight has to be negative and the bias positive.
    not_always: np.array([-1.0]), 0.5 => np.array([-1.0]), 1.5
        Your "not" fires for both inputs. The bias has to be less than the weight takes away.
    not_two_weights: np.array([-1.0]), 0.5 => np.array([-1.0, -1.0]), 0.5
        "not" has one input, so its weight has one entry.
    """,
    alternatives=[logic_gate_scaled, logic_gate_uneven, logic_gate_single],
    hints="""
    For "and" and "or" let both weights be 1: then w·x counts the ones. Where does the count have to be cut?
    "and" cuts between 1 and 2, "or" between 0 and 1. The bias is minus the cut.
    "and": weights 1, 1 and bias -1.5. "or": bias -0.5. "not": weight -1 and bias 0.5.
    """,
)
