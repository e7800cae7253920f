"""Assignment 1: what each check asks, which wrong answers it knows, and which right ones it must accept."""

import numpy as np

from classroom.staff.exercise import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Function,
    Given,
    Mutant,
    Property,
    Quiz,
    edit,
)
from classroom.staff.slips import slips
from classroom.staff.turns import and_in_turn
from solutions.autodiff import tape_gradient
from solutions.loss import mse_backward, mse_forward
from solutions.neuron import (
    halfplane_polygon,
    logic_gate,
    neuron_forward,
    two_layer_backward,
    two_layer_forward,
    xor_net,
)

RNG = np.random.default_rng(101)

# --- a neuron ---------------------------------------------------------------------------------------------------------


def neuron_case(title, x, weight, bias, activation, kind=""):
    calls = ["y = neuron_forward(x, weight, bias, activation=activation)"]
    inputs = {"x": x, "weight": weight, "bias": bias, "activation": activation}
    return Case(title, inputs, calls, ("y",), kind=kind)


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
    Property(
        "combination",
        title="sigmoid(z) + sigmoid(-z) = 1",
        kind="a neuron and its opposite",
        calls=opposite("sigmoid"),
        inputs=opposite_neurons,
        terms={"y": 1, "opposite": 1},
        right=1,
    ),
    Property(
        "combination",
        title="relu(z) - relu(-z) = z",
        kind="a neuron and its opposite",
        calls=[*opposite("relu"), "z = neuron_forward(x, weight, bias, activation='identity')"],
        inputs=opposite_neurons,
        terms={"y": 1, "opposite": -1},
        right="z",
    ),
]

WHOLE = np.array([[1.0, 2.0], [2.0, 1.0], [0.0, 3.0], [1.0, 1.0], [-1.0, 4.0], [3.0, 0.5]])
NEURON = Exercise(
    id="neuron_forward",
    points=5,
    functions={"neuron_forward": neuron_forward},
    subject=("neuron_forward",),
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
    properties=NEURON_IDENTITIES,
    hidden_properties=NEURON_IDENTITIES,
    mutants=slips(
        neuron_forward,
        """
        no_bias: z = x @ weight + bias => z = x @ weight
            The bias is missing: the sum is w·x + b.
        minus_bias: z = x @ weight + bias => z = x @ weight - bias
            You subtract the bias. Here it is added: w·x + b.
        fires_at_zero: np.where(z > 0, 1.0, 0.0) => np.where(z >= 0, 1.0, 0.0)
            Your step neuron fires at a sum of exactly 0. It should not.
        sign_of_zero: np.where(z > 0, 1.0, -1.0) => np.sign(z)
            np.sign gives 0 for a sum of exactly 0. Here the answer is 1 above 0 and -1 everywhere else.
        step_for_sign: np.where(z > 0, 1.0, -1.0) => np.where(z > 0, 1.0, 0.0)
            For "sign" you return 0 where the neuron is silent. It should be -1.
        sign_for_step: np.where(z > 0, 1.0, 0.0) => np.where(z > 0, 1.0, -1.0)
            For "step" you return -1 where the neuron is silent. It should be 0.
        sigmoid_mirrored: return sigmoid(z) => return sigmoid(-z)
            Your sigmoid falls. The sign in the exponent is turned: 1 / (1 + exp(-z)).
        sigmoid_is_tanh: return sigmoid(z) => return np.tanh(z)
            For "sigmoid" you return tanh, which goes from -1 to 1. The sigmoid goes from 0 to 1.
        relu_absolute: return np.maximum(z, 0) => return np.abs(z)
            For "relu" negative sums should give 0; yours come out positive.
        """,
    ),
    alternatives=[
        Alternative("a table of functions", {"neuron_forward": neuron_table}),
        Alternative("einsum", {"neuron_forward": neuron_einsum}),
        Alternative("loop", {"neuron_forward": neuron_loop}),
    ],
    hints=[
        "First the sum, the same for all activations: z = x @ weight + bias.",
        "np.where(z > 0, 1.0, 0.0) is the step. The others are one line each, chosen by the name.",
        "sigmoid: 1 / (1 + np.exp(-z)); relu: np.maximum(z, 0); identity: z; sign: np.where(z > 0, 1.0, -1.0).",
    ],
)

# --- gates ------------------------------------------------------------------------------------------------------------

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
        measure="truth_table",
        options={"gate": gate, "rows": rows, "fires": fires},
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
    Property(
        "equal",
        title="not (a and b) is (not a) or (not b)",
        kind="gates behind gates",
        calls=[
            *fire("both", "and", "a", "b"),
            *fire("not_both", "not", "both"),
            *fire("not_a", "not", "a"),
            *fire("not_b", "not", "b"),
            *fire("one_is_not", "or", "not_a", "not_b"),
        ],
        inputs=gate_inputs,
        left="not_both",
        right="one_is_not",
    ),
    Property(
        "combination",
        part=("and", "or"),
        title="(a and b) + (a or b) = a + b",
        kind="and beside or",
        calls=[*fire("both", "and", "a", "b"), *fire("either", "or", "a", "b")],
        inputs=gate_inputs,
        terms={"both": 1, "either": 1, "a": -1, "b": -1},
        right=0,
    ),
    Property(
        "combination",
        part="not",
        title="a + (not a) = 1",
        kind="not beside its input",
        calls=fire("not_a", "not", "a"),
        inputs=gate_inputs,
        terms={"a": 1, "not_a": 1},
        right=1,
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


GATE = Exercise(
    id="logic_gate",
    points=5,
    functions={"logic_gate": logic_gate},
    subject=("logic_gate",),
    cases=[
        *(gate_case(gate, PAIRS, gate) for gate in ("and", "or", "not")),
        *(gate_case(gate, OFF, f"{gate}, a little off") for gate in ("and", "or", "not")),
    ],
    hidden=hidden_gates,
    properties=GATE_IDENTITIES,
    hidden_properties=GATE_IDENTITIES,
    parts={"and": 2, "or": 2, "not": 1},
    mutants=slips(
        logic_gate,
        """
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
    ),
    alternatives=[
        Alternative("scaled", {"logic_gate": logic_gate_scaled}),
        Alternative("uneven", {"logic_gate": logic_gate_uneven}),
        Alternative("float32", {"logic_gate": logic_gate_single}),
    ],
    hints=[
        'For "and" and "or" let both weights be 1: then w·x counts the ones. Where does the count have to be cut?',
        '"and" cuts between 1 and 2, "or" between 0 and 1. The bias is minus the cut.',
        '"and": weights 1, 1 and bias -1.5. "or": bias -0.5. "not": weight -1 and bias 0.5.',
    ],
)


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
XOR = Exercise(
    id="xor_net",
    points=5,
    functions={"xor_net": xor_net},
    subject=("xor_net",),
    cases=[
        xor_case("the truth table", PAIRS),
        xor_case("another order", [[1, 1], [1, 0], [1, 1], [0, 0], [0, 1], [1, 0], [0, 0]]),
        xor_case("three examples", [[0, 1], [0, 0], [1, 1]]),
    ],
    hidden=hidden_xor,
    properties=[
        Property(
            "equal",
            title="the two inputs may change places",
            calls=["y = xor_net(x)", "exchanged = xor_net(x_exchanged)"],
            inputs={"x": np.array(PAIRS), "x_exchanged": np.array(PAIRS)[:, ::-1]},
            left="y",
            right="exchanged",
        ),
        Property(
            "combination",
            title="turning one input round turns the answer round",
            calls=["y = xor_net(x)", "turned = xor_net(x_turned)"],
            inputs={"x": np.array(PAIRS), "x_turned": np.abs(np.array(PAIRS) - [1, 0])},
            terms={"y": 1, "turned": 1},
            right=1,
        ),
    ],
    mutants=slips(
        xor_net,
        f"""
        or: {TOP_NEURON} => return either
            This is "or": at (1, 1) it fires too. Take away what "and" finds.
        and: {TOP_NEURON} => return both
            This is "and". Exclusive or fires when exactly one input is 1.
        not_and: {TOP_NEURON} => return not_both
            This is "not and": at (0, 0) it fires too. The "or" is missing.
        or_on_top: {TOP_NEURON} => return np.maximum(either, not_both)
            The last neuron is an "or", so something always fires. It has to be an "and".
        equal: {TOP_NEURON} => return 1 - either * not_both
            Upside down: you fire where both inputs are equal.
        first_only: {TOP_NEURON} => return x[:, 0] * 1.0
            You return the first input. No single line will do: build it from two neurons and a third.
        column: {TOP_NEURON} => return (either * not_both)[:, None]
            The numbers are right, but they stand in a column. The answer has shape (N,).
        """,
    ),
    alternatives=[
        Alternative("difference", {"xor_net": xor_difference_of_gates}),
        Alternative("two one-sided differences", {"xor_net": xor_two_onesided}),
        Alternative("matrix", {"xor_net": xor_matrix}),
        Alternative("booleans", {"xor_net": xor_boolean}),
    ],
    hints=[
        'Two hidden neurons: one says "at least one input is 1", the other "both are".',
        "either = x1 + x2 - 0.5 > 0 and both = x1 + x2 - 1.5 > 0. The answer is: either, but not both.",
        "A third step neuron on top: either - both - 0.5 > 0. Return 1.0 and 0.0, of shape (N,).",
    ],
)

# --- polygons ---------------------------------------------------------------------------------------------------------


def polygon_case(title, x, normals, offsets, kind=""):
    inputs = {"x": x, "normals": normals, "offsets": offsets}
    return Case(title, inputs, ["inside = halfplane_polygon(x, normals, offsets)"], ("inside",), kind=kind)


def random_polygon(rng, points, sides, axes=2):
    """Half-planes around a centre off the origin, and points of which about a third are inside."""
    normals = rng.normal(size=(sides, axes))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centre = rng.uniform(0.7, 1.3, axes) * rng.choice([-1, 1], axes)
    return centre + 1.2 * rng.normal(size=(points, axes)), normals, rng.uniform(0.6, 1.4, sides) - normals @ centre


def hidden_polygons(rng):
    sides = [int(count) for count in rng.permutation([3, 4, 5, 7])]
    x, normals, offsets = random_polygon(rng, 31, sides[0])
    whole = rng.integers(-2, 3, size=(29, 2)).astype(float)
    square = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    return [
        polygon_case("random 1", x, normals, offsets, "random polygons"),
        polygon_case("random 2", *random_polygon(rng, 23, sides[1]), "random polygons"),
        polygon_case("random 3", *random_polygon(rng, 41, sides[2]), "random polygons"),
        polygon_case("space", *random_polygon(rng, 37, sides[3], axes=3), "three dimensions"),
        polygon_case("one side", *random_polygon(rng, 19, 1), "a single half-plane"),
        polygon_case("border", whole, square, np.array([1.0, 1.0, 2.0, 1.0]), "points on the border"),
        polygon_case("strided", np.repeat(x, 2, axis=1)[:, ::2], normals, offsets, "non-contiguous"),
    ]


def polygon_all(x, normals, offsets):
    return np.all(x @ normals.T + offsets > 0, axis=1)


def polygon_minimum(x, normals, offsets):
    return (np.einsum("nd,kd->nk", x, normals) + offsets).min(axis=1) > 0


def polygon_loop(x, normals, offsets):
    inside = np.ones(len(x), dtype=bool)
    for normal, offset in zip(normals, offsets, strict=True):
        inside &= (x * normal).sum(axis=1) + offset > 0
    return inside


def polygon_count(x, normals, offsets):
    return np.array(
        [sum(np.dot(n, point) + o > 0 for n, o in zip(normals, offsets, strict=True)) == len(offsets) for point in x]
    )


def rearranged_sides(rng):
    """A polygon, its sides in reverse order, and the two parts into which its last side cuts the rest."""
    x, normals, offsets = random_polygon(rng, 25, 5)
    turn = np.array([1, 1, 1, 1, -1])
    inputs = {"x": x, "normals": normals, "offsets": offsets}
    inputs |= {"normals_reversed": normals[::-1], "offsets_reversed": offsets[::-1]}
    inputs |= {"normals_fewer": normals[:-1], "offsets_fewer": offsets[:-1]}
    return inputs | {"normals_turned": normals * turn[:, None], "offsets_turned": offsets * turn}


INSIDE = "inside = halfplane_polygon(x, normals, offsets)"
POLYGON_IDENTITIES = [
    Property(
        "equal",
        title="the order of the sides does not matter",
        kind="sides in another order",
        calls=[INSIDE, "again = halfplane_polygon(x, normals_reversed, offsets_reversed)"],
        inputs=rearranged_sides,
        left="inside",
        right="again",
    ),
    Property(
        "combination",
        title="one more side cuts a region in two parts",
        kind="a region cut in two",
        calls=[
            INSIDE,
            "beyond = halfplane_polygon(x, normals_turned, offsets_turned)",
            "whole = halfplane_polygon(x, normals_fewer, offsets_fewer)",
        ],
        inputs=rearranged_sides,
        terms={"inside": 1, "beyond": 1},
        right="whole",
    ),
]

TRIANGLE = (np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, -1.0]]), np.array([0.0, 0.0, 1.0]))
POINTS = np.array([[0.2, 0.3], [0.8, 0.5], [0.0, 0.5], [0.25, 0.25], [-0.5, 0.2], [0.5, 0.5], [0.4, 0.0], [0.1, 0.7]])
CROSSED = (np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]]), np.array([1.0, 2.0, 1.0, 1.0]))
GRID = np.stack(np.meshgrid(np.arange(-2.0, 3.0), np.arange(-1.0, 3.0)), axis=-1).reshape(-1, 2)
TOP = "neuron_forward(sides, np.ones(count), 0.5 - count) > 0"
POLYGON = Exercise(
    id="halfplane_polygon",
    points=10,
    functions={"halfplane_polygon": halfplane_polygon},
    subject=("halfplane_polygon",),
    cases=[
        polygon_case("the triangle", POINTS, *TRIANGLE),
        polygon_case("a box, with its border", GRID, *CROSSED),
        polygon_case("a wedge", *random_polygon(RNG, 24, 1)[:1], np.eye(2), np.array([0.5, -0.75])),
        polygon_case("another wedge", GRID + 0.25, np.array([[1.0, 1.0], [-1.0, 2.0]]), np.array([-1.0, 1.5])),
        polygon_case("five sides", *random_polygon(RNG, 24, 5)),
        polygon_case("four sides", *random_polygon(RNG, 17, 4)),
        polygon_case("a body in space", *random_polygon(RNG, 21, 6, axes=3)),
    ],
    hidden=hidden_polygons,
    properties=POLYGON_IDENTITIES,
    hidden_properties=POLYGON_IDENTITIES,
    mutants=[
        *slips(
            halfplane_polygon,
            f"""
        any_side: {TOP} => sides.sum(axis=1) > 0
            You accept a point that is inside of one side. It has to be inside of all of them.
        most_sides: {TOP} => sides.sum(axis=1) > count / 2
            You accept a point that is inside of most sides. It has to be inside of all of them.
        all_but_one: {TOP} => sides.sum(axis=1) > count - 1.5
            You allow one side to fail: the threshold of the last neuron is one too low.
        no_side: {TOP} => sides.sum(axis=1) == 0
            You find the points that are outside of every side.
        outside: {TOP} => sides.sum(axis=1) < count
            Upside down: you find the points outside.
        minus_offset: neuron_forward(x, normals.T, offsets) => neuron_forward(x, normals.T, -offsets)
            You subtract the offsets. A side is n·x + o > 0.
        no_offset: neuron_forward(x, normals.T, offsets) => neuron_forward(x, normals.T, 0 * offsets)
            The offsets are missing: all your sides go through the origin.
        border_inside: sides = neuron_forward(x, normals.T, offsets)
            => sides = np.where(x @ normals.T + offsets >= 0, 1.0, 0.0)
            You count the border as inside. It needs n·x + o > 0, not >= 0.
        summed_before_step: sides = neuron_forward(x, normals.T, offsets)
            => sides = np.repeat((x @ normals.T + offsets).sum(axis=1, keepdims=True) > 0, len(offsets), axis=1)
            You add the sums before they are cut: without the inner step it is one half-plane again.
        """,
        ),
        *slips(
            polygon_loop,
            """
            last_side: inside &= (x => inside = (x
                Only the last side counts: each turn of your loop writes over what the earlier ones found. Use &=.
            """,
        ),
    ],
    alternatives=[
        Alternative("all", {"halfplane_polygon": polygon_all}),
        Alternative("smallest sum", {"halfplane_polygon": polygon_minimum}),
        Alternative("loop over sides", {"halfplane_polygon": polygon_loop}),
        Alternative("counting", {"halfplane_polygon": polygon_count}),
    ],
    hints=[
        "All sums at once: x is (N, D) and normals (K, D), so x @ normals.T is (N, K): one row a "
        "point, one column a side.",
        "A side is satisfied where x @ normals.T + offsets > 0. Which function asks whether a whole row is True?",
        "np.all(x @ normals.T + offsets > 0, axis=1). As neurons: count the sides and fire above K - 1/2.",
    ],
)

# --- the squared error ------------------------------------------------------------------------------------------------


def mse_case(title, y, target, grad_loss=None, kind=""):
    calls, inputs, outputs = ["loss, cache = mse_forward(y, target)"], {"y": y, "target": target}, ("loss",)
    if grad_loss is not None:
        calls, outputs = [*calls, "grad_y = mse_backward(grad_loss, cache)"], ("grad_y",)
        inputs["grad_loss"] = grad_loss
    return Case(title, inputs, calls, outputs, kind=kind)


def mse_cases(backward):
    rng = np.random.default_rng(111)
    upstream = [0.5, 1.75, -2.0, 3.0] if backward else [None] * 4
    return [
        mse_case("by hand", np.array([[1.0, 2.0], [3.0, 5.0], [0.0, -1.0]]), np.ones((3, 2)), upstream[0]),
        mse_case("a batch", rng.normal(size=(4, 3)), rng.normal(size=(4, 3)), upstream[1]),
        mse_case("wide", rng.normal(size=(2, 7)), rng.normal(size=(2, 7)), upstream[2]),
        mse_case("images", rng.normal(size=(3, 2, 5, 4)), rng.normal(size=(3, 2, 5, 4)), upstream[3]),
    ]


def mse_hidden(backward):
    def hidden(rng):
        n, m, k = (int(size) for size in rng.permutation([2, 5, 6]))

        def make(title, shape, kind, scale=1.0, dtype=np.float64):
            y, target = (scale * rng.normal(size=(2, *shape))).astype(dtype)
            return mse_case(title, y, target, float(rng.uniform(0.5, 2)) if backward else None, kind)

        strided = rng.normal(size=(2, n, 2 * m))[:, :, ::2]
        return [
            make("odd 1", (n, m), "odd shapes"),
            make("odd 2", (m, k, n), "odd shapes"),
            make("odd 3", (k, n), "odd shapes"),
            make("one", (1, m), "one example"),
            make("large", (n, m), "extreme values", 1e4),
            make("single 1", (n, k), "float32", dtype=np.float32),
            make("single 2", (m, n), "float32", dtype=np.float32),
            mse_case("strided", strided[0], strided[1], 1.5 if backward else None, "non-contiguous"),
        ]

    return hidden


def two_outputs(rng):
    y, target = rng.normal(size=(2, 5, 3))
    return {"y": y, "target": target, "y_twice": np.tile(y, (2, 1)), "target_twice": np.tile(target, (2, 1))}


MSE_FORWARD_IDENTITIES = [
    Property(
        "equal",
        title=title,
        kind=kind,
        calls=["loss, _ = mse_forward(y, target)", f"again, _ = mse_forward({again})"],
        inputs=two_outputs,
        left="loss",
        right="again",
    )
    for again, title, kind in [
        ("target, y", "y and target may change places", "y and target exchanged"),
        ("y_twice, target_twice", "a batch and the same batch twice over have one loss", "a batch twice over"),
    ]
]
MSE_BACKWARD_IDENTITY = Property(
    "combination",
    title="with y and target exchanged the gradient is turned round",
    kind="y and target exchanged",
    calls=[
        "_, cache = mse_forward(y, target)",
        "_, cache2 = mse_forward(target, y)",
        "grad_y = mse_backward(1.5, cache)",
        "grad_exchanged = mse_backward(1.5, cache2)",
    ],
    inputs=two_outputs,
    terms={"grad_y": 1, "grad_exchanged": 1},
    right=0,
)


def mse_mean_of_sums(y, target):
    error = (y - target).reshape(len(y), -1)
    return 0.5 * np.mean(np.sum(error**2, axis=1)), y - target


def mse_dot(y, target):
    error = np.ravel(y - target)
    return error @ error / (2 * len(y)), (y, target)


def mse_loop(y, target):
    loss = 0.0
    for left, right in zip(y, target, strict=True):
        loss += np.sum((left - right) ** 2) / 2
    return loss / len(y), None


def mse_backward_kept(grad_loss, cache):
    return cache * (grad_loss / cache.shape[0])


def mse_backward_pair(grad_loss, cache):
    y, target = cache
    return (y - target) * grad_loss / len(y)


def mse_backward_loop(grad_loss, cache):
    (error,) = cache
    return np.stack([grad_loss * row / len(error) for row in error])


MSE = [
    Exercise(
        id="mse_forward",
        points=4,
        functions={"mse_forward": mse_forward},
        subject=("mse_forward",),
        cases=mse_cases(backward=False),
        hidden=mse_hidden(backward=False),
        properties=MSE_FORWARD_IDENTITIES,
        hidden_properties=MSE_FORWARD_IDENTITIES,
        mutants=slips(
            mse_forward,
            """
            no_half: float(0.5 * (error * error).sum() / len(y)) => float((error * error).sum() / len(y))
                Twice too large: the 1/2 in front of the sum is missing.
            mean_of_all: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * (error * error).mean())
                You average over the outputs too. They are summed; only the examples are averaged.
            mean_without_half: float(0.5 * (error * error).sum() / len(y)) => float((error * error).mean())
                This is the plain mean of the squares. Here it is half the sum over the outputs, averaged over the
                examples.
            no_mean: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * (error * error).sum())
                The sum is not divided by the number of examples, so a larger batch would give a larger loss.
            not_squared: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * error.sum() / len(y))
                The errors are not squared, so positive and negative ones cancel.
            absolute: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * np.abs(error).sum() / len(y))
                You sum absolute errors. They should be squared.
            root: float(0.5 * (error * error).sum() / len(y)) => float(np.sqrt((error * error).sum() / len(y)))
                You take a root. The squared error stays squared.
            sum_squared: float(0.5 * (error * error).sum() / len(y)) => float(0.5 * error.sum() ** 2 / len(y))
                You square the sum. Square each error first, then add.
            plus: error = y - target => error = y + target
                You add the target. The error is y minus target.
            """,
        ),
        alternatives=[
            Alternative("mean of sums", {"mse_forward": mse_mean_of_sums}),
            Alternative("dot product", {"mse_forward": mse_dot}),
            Alternative("loop", {"mse_forward": mse_loop}),
        ],
        hints=[
            "The error is y - target, of the same shape as y. Square it entry by entry.",
            "Sum over everything, halve it, and divide once by the number of examples, len(y).",
            "loss = 0.5 * np.sum((y - target) ** 2) / len(y). Keep y - target for the backward pass.",
        ],
    ),
    Exercise(
        id="mse_backward",
        points=6,
        functions={"mse_forward": mse_forward, "mse_backward": mse_backward},
        subject=("mse_backward",),
        cases=and_in_turn(mse_cases(backward=True)),
        hidden=mse_hidden(backward=True),
        properties=[
            Property(
                "gradient",
                calls=["loss, cache = mse_forward(y, target)", "grad_y = mse_backward(1.0, cache)"],
                inputs={
                    "y": np.random.default_rng(112).normal(size=(4, 3)),
                    "target": np.random.default_rng(113).normal(size=(4, 3)),
                },
                output="loss",
                wrt={"y": "grad_y"},
            ),
            MSE_BACKWARD_IDENTITY,
        ],
        hidden_properties=[MSE_BACKWARD_IDENTITY],
        mutants=slips(
            mse_backward,
            """
            factor_two: grad_loss * error / len(error) => grad_loss * 2 * error / len(error)
                Twice too large: the 2 of the derivative and the 1/2 of the loss cancel.
            half: grad_loss * error / len(error) => grad_loss * 0.5 * error / len(error)
                Half of what it should be: the 1/2 of the loss is used up by the derivative of the square.
            no_mean: grad_loss * error / len(error) => grad_loss * error
                The 1/N is missing. The loss is a mean over the examples, and so is its gradient.
            mean_of_all: grad_loss * error / len(error) => grad_loss * error / error.size
                You divide by the number of all entries. The loss divides by the number of examples only.
            sign: grad_loss * error / len(error) => -grad_loss * error / len(error)
                The sign is turned: it is y minus target. With this gradient, training would climb.
            no_upstream: grad_loss * error / len(error) => error / len(error)
                You leave out grad_loss. The chain rule multiplies by it.
            sign_only: grad_loss * error / len(error) => grad_loss * np.sign(error) / len(error)
                This is the gradient of the absolute error. That of a square grows with the error.
            squared: grad_loss * error / len(error) => grad_loss * error * error / len(error)
                You return the square. Its derivative is the error itself.
            zeros: grad_loss * error / len(error) => 0 * error
                You return zeros: no gradient arrives.
            """,
        ),
        alternatives=[
            Alternative("error in the cache", {"mse_forward": mse_mean_of_sums, "mse_backward": mse_backward_kept}),
            Alternative("pair in the cache", {"mse_forward": mse_dot, "mse_backward": mse_backward_pair}),
            Alternative("loop", {"mse_backward": mse_backward_loop}),
        ],
        hints=[
            "Differentiate 1/2 (y - t)^2 with respect to y: what becomes of the 1/2?",
            "Each entry: (y - target) / N. The N is the number of examples, the length of axis 0.",
            "grad_y = grad_loss * (y - target) / len(y).",
        ],
    ),
]

# --- two layers -------------------------------------------------------------------------------------------------------

NAMES = ("x", "weight1", "bias1", "weight2", "bias2")
GRADS = tuple(f"grad_{name}" for name in NAMES)


def two_layer_case(title, arrays, rng=None, kind=""):
    inputs = dict(zip(NAMES, arrays, strict=True))
    calls, outputs = [f"y, cache = two_layer_forward({', '.join(NAMES)})"], ("y",)
    if rng is not None:
        calls, outputs = [*calls, f"{', '.join(GRADS)} = two_layer_backward(grad_y, cache)"], GRADS
        inputs["grad_y"] = rng.normal(size=(len(arrays[0]), len(arrays[4]))).astype(arrays[0].dtype)
    return Case(title, inputs, calls, outputs, kind=kind)


def two_layer_inputs(rng, n, d, h, m, scale=1.0):
    shapes = ((n, d), (d, h), (h,), (h, m), (m,))
    return tuple(scale * rng.normal(size=shape) for shape in shapes)


def two_layer_cases(backward):
    rng = np.random.default_rng(121)
    upstream = rng if backward else None
    return [
        two_layer_case("the lecture's 3-4-2", two_layer_inputs(rng, 5, 3, 4, 2), upstream),
        two_layer_case("one example", two_layer_inputs(rng, 1, 2, 5, 3), upstream),
        two_layer_case("narrow in the middle", two_layer_inputs(rng, 6, 4, 2, 5), upstream),
        two_layer_case("small weights", two_layer_inputs(rng, 3, 5, 6, 4, 0.1), upstream),
    ]


def two_layer_hidden(backward):
    def hidden(rng):
        upstream = rng if backward else None
        n, d, h, m = (int(size) for size in rng.permutation([2, 3, 5, 7]))
        x, *layers = two_layer_inputs(rng, n, d, h, m)
        singles = [tuple(a.astype(np.float32) for a in two_layer_inputs(rng, k, d, h, m)) for k in (n, n + 1)]
        wide = rng.normal(size=(n, 2 * d))[:, ::2]
        # Only the first example is far out: where all are, every slope is 0 but for the rounding of the sigmoid.
        far = x * np.where(np.arange(n) == 0, 1000, 1)[:, None]
        return [
            two_layer_case("odd 1", (x, *layers), upstream, "odd shapes"),
            two_layer_case("odd 2", two_layer_inputs(rng, h, m, n, d), upstream, "odd shapes"),
            two_layer_case("odd 3", two_layer_inputs(rng, m, n, d, h), upstream, "odd shapes"),
            two_layer_case("one wide", two_layer_inputs(rng, n, d, 1, m), upstream, "one hidden neuron"),
            two_layer_case("far", (far, *layers), upstream, "extreme values"),
            *(two_layer_case(f"single {i}", arrays, upstream, "float32") for i, arrays in enumerate(singles)),
            two_layer_case("strided", (wide, *layers), upstream, "non-contiguous"),
        ]

    return hidden


def turned_layers(rng):
    """A network, its hidden neurons turned round with what follows made up for it, and its last layer turned round."""
    inputs = dict(zip(NAMES, two_layer_inputs(rng, 4, 3, 5, 2), strict=True))
    weight2, bias2 = inputs["weight2"], inputs["bias2"]
    inputs |= {"minus_weight1": -inputs["weight1"], "minus_bias1": -inputs["bias1"], "minus_weight2": -weight2}
    return inputs | {"minus_bias2": -bias2, "more_bias2": bias2 + weight2.sum(axis=0)}


TWO_LAYER_IDENTITIES = [
    Property(
        "equal",
        title="the first layer turned round gives 1 - u, and the second can make up for it",
        kind="a first layer turned round",
        calls=[
            f"y, _ = two_layer_forward({', '.join(NAMES)})",
            "again, _ = two_layer_forward(x, minus_weight1, minus_bias1, minus_weight2, more_bias2)",
        ],
        inputs=turned_layers,
        left="y",
        right="again",
    ),
    Property(
        "combination",
        title="the second layer turned round gives 1 - y",
        kind="a second layer turned round",
        calls=[
            f"y, _ = two_layer_forward({', '.join(NAMES)})",
            "turned, _ = two_layer_forward(x, weight1, bias1, minus_weight2, minus_bias2)",
        ],
        inputs=turned_layers,
        terms={"y": 1, "turned": 1},
        right=1,
    ),
]
EQUAL_SHARES = Property(
    "adjoint",
    part=("grad_x", "grad_weight1"),
    title="x and weight1 enter as one product",
    kind="the shares of x and weight1",
    calls=[
        f"y, cache = two_layer_forward({', '.join(NAMES)})",
        f"{', '.join(GRADS)} = two_layer_backward(grad_y, cache)",
    ],
    inputs=lambda rng: (
        dict(zip(NAMES, two_layer_inputs(rng, 4, 3, 5, 2), strict=True)) | {"grad_y": rng.normal(size=(4, 2))}
    ),
    pairs=(("x", "grad_x"), ("weight1", "grad_weight1")),
)


def two_layer_by_tanh(x, weight1, bias1, weight2, bias2):
    u = (1 + np.tanh((x @ weight1 + bias1) / 2)) / 2
    y = (1 + np.tanh((u @ weight2 + bias2) / 2)) / 2
    return y, (x, u, y, weight1, weight2)


def two_layer_einsum(x, weight1, bias1, weight2, bias2):
    def sigmoid(z):
        e = np.exp(-np.abs(z))
        return np.where(z > 0, 1, e) / (1 + e)

    z1 = np.einsum("nd,dh->nh", x, weight1) + bias1
    z2 = np.einsum("nh,hm->nm", sigmoid(z1), weight2) + bias2
    return sigmoid(z2), {"x": x, "z1": z1, "z2": z2, "w1": weight1, "w2": weight2}


def two_layer_extended(x, weight1, bias1, weight2, bias2):
    def layer(v, weight, bias):
        extended = np.concatenate([v, np.ones_like(v[:, :1])], axis=1)
        z = extended @ np.concatenate([weight, bias[None]])
        return 1 / (1 + np.exp(-np.clip(z, -80, None)))

    return layer(layer(x, weight1, bias1), weight2, bias2).astype(x.dtype), None


def two_layer_backward_steps(grad_y, cache):
    x, u, y, weight1, weight2 = cache
    delta2 = grad_y * (y - y**2)
    delta1 = np.dot(delta2, weight2.T) * (u - u**2)
    return np.dot(delta1, weight1.T), np.dot(x.T, delta1), np.sum(delta1, 0), np.dot(u.T, delta2), np.sum(delta2, 0)


def two_layer_backward_einsum(grad_y, cache):
    def sigmoid(z):
        return ((1 + np.tanh(z / 2)) / 2).astype(z.dtype)

    u, y = sigmoid(cache["z1"]), sigmoid(cache["z2"])
    d2 = grad_y * y * (1 - y)
    d1 = np.einsum("nm,hm->nh", d2, cache["w2"]) * u * (1 - u)
    return (
        np.einsum("nh,dh->nd", d1, cache["w1"]),
        np.einsum("nd,nh->dh", cache["x"], d1),
        d1.sum(axis=0),
        np.einsum("nh,nm->hm", u, d2),
        d2.sum(axis=0),
    )


def two_layer_backward_loop(grad_y, cache):
    x, weight1, u, weight2, y = cache
    sums = [np.zeros_like(x), np.zeros_like(weight1), np.zeros_like(u[0]), np.zeros_like(weight2), np.zeros_like(y[0])]
    for n in range(len(x)):
        d2 = grad_y[n] * y[n] * (1 - y[n])
        d1 = (weight2 @ d2) * u[n] * (1 - u[n])
        sums[0][n] = weight1 @ d1
        sums[1] += np.outer(x[n], d1)
        sums[2] += d1
        sums[3] += np.outer(u[n], d2)
        sums[4] += d2
    return tuple(sums)


OUT = 'neuron_forward(u, weight2, bias2, activation="sigmoid")'
HIDE = 'neuron_forward(x, weight1, bias1, activation="sigmoid")'
RETURN = "return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)"
OVER_N = RETURN.replace("x.T @ grad_z1", "x.T @ grad_z1 / n").replace("u.T @ grad_z2", "u.T @ grad_z2 / n")
TWO_LAYER = [
    Exercise(
        id="two_layer_forward",
        points=8,
        functions={"two_layer_forward": two_layer_forward},
        subject=("two_layer_forward",),
        cases=two_layer_cases(backward=False),
        hidden=two_layer_hidden(backward=False),
        properties=TWO_LAYER_IDENTITIES,
        hidden_properties=TWO_LAYER_IDENTITIES,
        mutants=slips(
            two_layer_forward,
            f"""
            linear_top: {OUT} => u @ weight2 + bias2
                The second layer has no activation. It ends in a sigmoid as well.
            linear_hidden: {HIDE} => x @ weight1 + bias1
                The first layer has no activation: then the two layers are one.
            relu_hidden: {HIDE} => neuron_forward(x, weight1, bias1, activation="relu")
                The first layer uses a ReLU. Here both layers use the sigmoid.
            step_hidden: {HIDE} => neuron_forward(x, weight1, bias1, activation="step")
                The first layer uses a step, which no gradient can pass. Here both layers use the sigmoid.
            tanh_hidden: {HIDE} => np.tanh(x @ weight1 + bias1)
                The first layer uses tanh. Here both layers use the sigmoid.
            no_bias1: {HIDE} => neuron_forward(x, weight1, 0.0, activation="sigmoid")
                bias1 is missing.
            no_bias2: {OUT} => neuron_forward(u, weight2, 0.0, activation="sigmoid")
                bias2 is missing.
            minus_bias: {OUT} => neuron_forward(u, weight2, -bias2, activation="sigmoid")
                You subtract bias2. It is added.
            mirrored: {OUT} => neuron_forward(u, -weight2, -bias2, activation="sigmoid")
                Your last sigmoid falls instead of rising: the sign in its exponent is turned.
            """,
        ),
        alternatives=[
            Alternative("by tanh", {"two_layer_forward": two_layer_by_tanh}),
            Alternative("einsum", {"two_layer_forward": two_layer_einsum}),
            Alternative("bias as a row of the weight", {"two_layer_forward": two_layer_extended}),
        ],
        hints=[
            "Twice the same line: a sigmoid of (input @ weight + bias).",
            "u = sigmoid(x @ weight1 + bias1), and u is the input of the second layer.",
            "The backward pass will need x, u, y and both weights: keep them in the cache.",
        ],
    ),
    Exercise(
        id="two_layer_backward",
        points=12,
        functions={"two_layer_forward": two_layer_forward, "two_layer_backward": two_layer_backward},
        subject=("two_layer_backward",),
        cases=and_in_turn(two_layer_cases(backward=True)),
        hidden=two_layer_hidden(backward=True),
        properties=[
            Property(
                "gradient",
                forward="two_layer_forward",
                backward="two_layer_backward",
                inputs=dict(zip(NAMES, two_layer_inputs(np.random.default_rng(122), 4, 3, 6, 2), strict=True)),
            ),
            EQUAL_SHARES,
        ],
        hidden_properties=[EQUAL_SHARES],
        mutants=slips(
            two_layer_backward,
            rf"""
            no_slope_top: grad_z2 = grad_y * a * (1 - a) => grad_z2 = grad_y
                The slope of the second sigmoid is missing: multiply grad_y by y (1 - y).
            no_slope_hidden: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u
                The slope of the first sigmoid is missing: multiply by u (1 - u).
            half_slope_hidden: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u * (1 - u)
                A factor of the first sigmoid's slope is missing: it is u (1 - u).
            tanh_slope: grad_z1 = grad_u * u * (1 - u) => grad_z1 = grad_u * (1 - u * u)
                1 - u squared is the slope of tanh. For the sigmoid it is u (1 - u).
            bias_mean: {RETURN}
                => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.mean(axis=0), u.T @ grad_z2, grad_z2.mean(axis=0)
                The bias gradients are means over the batch. A bias is added to every example, so they are sums.
            weight_mean: {RETURN}
                => n = len(x)\n    {OVER_N}
                The weight gradients are divided by the batch size. A mean over the batch belongs into the loss, once.
            bias_before_slope: {RETURN}
                => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_u.sum(axis=0), u.T @ grad_z2, grad_y.sum(axis=0)
                Your bias gradients sum what arrives behind the sigmoid. Multiply by the slope first.
            weight2_before_slope: {RETURN}
                => return grad_z1 @ weight1.T, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_y, grad_z2.sum(axis=0)
                grad_weight2 uses grad_y as it arrives. Multiply it by y (1 - y) first.
            weight1_before_slope: {RETURN}
                => return grad_z1 @ weight1.T, x.T @ grad_u, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
                grad_weight1 leaves out the slope of the first sigmoid, u (1 - u).
            x_stops: {RETURN}
                => return 0 * x, x.T @ grad_z1, grad_z1.sum(axis=0), u.T @ grad_z2, grad_z2.sum(axis=0)
                grad_x is zero: carry the gradient through weight1 too.
            """,
        ),
        alternatives=[
            Alternative(
                "step by step", {"two_layer_forward": two_layer_by_tanh, "two_layer_backward": two_layer_backward_steps}
            ),
            Alternative(
                "einsum", {"two_layer_forward": two_layer_einsum, "two_layer_backward": two_layer_backward_einsum}
            ),
            Alternative("loop over examples", {"two_layer_backward": two_layer_backward_loop}),
        ],
        hints=[
            "Start at the right end: the gradient before the second sigmoid is grad_y * y * (1 - y). Call it e2.",
            "From e2 come grad_weight2 = u.T @ e2, grad_bias2 = e2.sum(axis=0), and what u receives: e2 @ weight2.T.",
            "Then the same once more: e1 = (e2 @ weight2.T) * u * (1 - u), and x.T @ e1, "
            "e1.sum(axis=0), e1 @ weight1.T.",
        ],
    ),
]

# --- the tape ---------------------------------------------------------------------------------------------------------


def tape_case(title, program, inputs, kind="", part=None):
    calls = ["value, grads = tape_gradient(program, inputs)"]
    return Case(title, {"program": program, "inputs": inputs}, calls, ("value", "grads"), kind=kind, part=part)


def random_program(rng, inputs, steps):
    """Sums, products, tanh and relu of random earlier nodes: shared nodes and diamonds come by themselves."""
    program = []
    for count in range(inputs, inputs + steps):
        op = str(rng.choice(["add", "mul", "tanh", "relu", "sub"]))
        recent = max(0, count - 5)
        operands = [int(rng.integers(recent, count)), int(rng.integers(0, count))]
        program.append([op, *operands] if op in ("add", "mul", "sub") else [op, operands[0]])
    return [*program, ["tanh", inputs + steps - 1], ["add", inputs + steps, 0]]


def long_chain(steps):
    """A chain that no recursion survives: Python stops one at about 1000 calls, the sandbox at 3000."""
    return [["tanh", 0], *(["add", 0, node] if node % 3 else ["tanh", node] for node in range(1, steps))]


def hidden_tapes(rng):
    a, b, c = (float(number) for number in rng.uniform(0.3, 1.2, 3))
    ladder = [["add", node, node] for node in range(40)]
    powers = [["pow", 0, 2], ["pow", 1, -1], ["pow", 2, 0.5], ["mul", 3, 4], ["pow", 5, 3], ["add", 6, 7]]
    return [
        tape_case("chain", [["tanh", node] for node in range(4100)], [a], "a chain of 4000 steps"),
        tape_case("long", long_chain(4001), [a], "a chain of 4000 steps"),
        tape_case("ladder", ladder, [a], "a node used twice, forty times over"),
        tape_case("by itself", [["sub", 0, 0], ["div", 1, 1], ["add", 2, 3], ["mul", 4, 0]], [a, b], "x - x and x / x"),
        tape_case("powers", powers, [-a, b, c], "division and powers"),
        tape_case(
            "diamond", [["mul", 0, 1], ["tanh", 2], ["relu", 2], ["mul", 3, 4], ["add", 5, 2]], [a, b], "diamonds"
        ),
        tape_case("unused", [["mul", 0, 1], ["exp", 2], ["add", 2, 1]], [a, b, c], "inputs that are not used"),
        tape_case("inputs only", [], [a, b], "an empty program"),
        *(tape_case(f"random {i}", random_program(rng, 3, 12), [a, -b, c], "random programs") for i in range(4)),
        tape_case("division", [["div", 0, 1], ["pow", 2, 3], ["log", 1], ["sub", 3, 4]], [a, b], "division and powers"),
    ]


def value_and_slopes(op, a, b):
    if op in ("add", "sub"):
        sign = 1 if op == "add" else -1
        return a + sign * b, [1, sign]
    if op == "mul":
        return a * b, [b, a]
    if op == "div":
        return a / b, [1 / b, -a / b**2]
    if op == "pow":
        return a**b, [b * a ** (b - 1)]
    if op == "neg":
        return -a, [-1]
    if op == "relu":
        return max(a, 0.0), [float(a > 0)]
    if op == "tanh":
        return np.tanh(a), [1 - np.tanh(a) ** 2]
    return (np.exp(a), [np.exp(a)]) if op == "exp" else (np.log(a), [1 / a])


def tape_two_lists(program, inputs):
    values, links = [float(number) for number in inputs], [[] for _ in inputs]
    for op, i, *rest in program:
        second = None if not rest else rest[0] if op == "pow" else values[rest[0]]
        value, slopes = value_and_slopes(op, values[i], second)
        values.append(float(value))
        links.append(list(zip([i, *rest], slopes)))  # noqa: B905  (pow has a number behind its operand)
    grads = [0.0] * len(values)
    grads[-1] = 1.0
    for node in reversed(range(len(values))):
        for operand, slope in links[node]:
            grads[operand] += grads[node] * slope
    return values[-1], np.array(grads[: len(inputs)])


def tape_forward_mode(program, inputs):
    """Carry the derivatives with respect to all inputs along with each value."""
    nodes = [(float(number), row) for number, row in zip(inputs, np.eye(len(inputs)), strict=True)]
    for op, i, *rest in program:
        a, da = nodes[i]
        if op == "pow":
            nodes.append((a ** rest[0], rest[0] * a ** (rest[0] - 1) * da))
            continue
        b, db = nodes[rest[0]] if rest else (0.0, 0 * da)
        if op == "add":
            nodes.append((a + b, da + db))
        elif op == "sub":
            nodes.append((a - b, da - db))
        elif op == "mul":
            nodes.append((a * b, da * b + a * db))
        elif op == "div":
            nodes.append((a / b, (da * b - a * db) / b**2))
        elif op == "neg":
            nodes.append((-a, -da))
        elif op == "relu":
            nodes.append((max(a, 0.0), da * (a > 0)))
        elif op == "tanh":
            nodes.append((np.tanh(a), da * (1 - np.tanh(a) ** 2)))
        elif op == "exp":
            nodes.append((np.exp(a), da * np.exp(a)))
        else:
            nodes.append((np.log(a), da / a))
    value, grads = nodes[-1]
    return float(value), grads


class Node:
    """A number on the tape, in the manner of small autograd engines: each node knows how to send its gradient back."""

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, 0.0


def tape_with_nodes(program, inputs):
    import math

    nodes = [Node(float(number)) for number in inputs]
    for op, i, *rest in program:
        a = nodes[i]
        if op == "pow":
            nodes.append(Node(a.data ** rest[0], ((a, rest[0] * a.data ** (rest[0] - 1)),)))
        elif rest:
            b = nodes[rest[0]]
            if op in ("add", "sub"):
                sign = 1 if op == "add" else -1
                nodes.append(Node(a.data + sign * b.data, ((a, 1), (b, sign))))
            elif op == "mul":
                nodes.append(Node(a.data * b.data, ((a, b.data), (b, a.data))))
            else:
                nodes.append(Node(a.data / b.data, ((a, 1 / b.data), (b, -a.data / b.data**2))))
        elif op == "relu":
            nodes.append(Node(a.data if a.data > 0 else 0.0, ((a, 1.0 if a.data > 0 else 0.0),)))
        elif op == "neg":
            nodes.append(Node(-a.data, ((a, -1),)))
        elif op == "log":
            nodes.append(Node(math.log(a.data), ((a, 1 / a.data),)))
        else:
            y = getattr(math, op)(a.data)
            nodes.append(Node(y, ((a, y if op == "exp" else 1 - y * y),)))
    nodes[-1].grad = 1.0
    for node in reversed(nodes):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    return nodes[-1].data, np.array([node.grad for node in nodes[: len(inputs)]])


def tape_recursive(program, inputs):
    nodes = [Node(float(number)) for number in inputs]
    for op, i, *rest in program:
        second = None if not rest else rest[0] if op == "pow" else nodes[rest[0]].data
        value, slopes = value_and_slopes(op, nodes[i].data, second)
        operands = [nodes[i]] if op == "pow" else [nodes[index] for index in (i, *rest)]
        nodes.append(Node(float(value), list(zip(operands, slopes, strict=True))))
    order, seen = [], set()

    def visit(node):
        if id(node) not in seen:
            seen.add(id(node))
            for parent, _ in node.parents:
                visit(parent)
            order.append(node)

    visit(nodes[-1])
    nodes[-1].grad = 1.0
    for node in reversed(order):
        for parent, slope in node.parents:
            parent.grad += slope * node.grad
    return nodes[-1].data, np.array([node.grad for node in nodes[: len(inputs)]])


F = [["mul", 0, 1], ["tanh", 2]]
G = [["exp", 0], ["mul", 2, 1]]
F_PLUS_G = [["mul", 0, 1], ["tanh", 2], ["exp", 0], ["mul", 4, 1], ["add", 3, 5]]
TANH_BY_EXP = [["exp", 0], ["neg", 0], ["exp", 2], ["sub", 1, 3], ["add", 1, 3], ["div", 4, 5]]
TAPE_IDENTITIES = [
    Property(
        "equal",
        part="grads",
        title="tanh, and the same written with exp, have one slope",
        kind="one function written in two ways",
        calls=["_, grads = tape_gradient(tanh, inputs)", "_, grads2 = tape_gradient(by_exp, inputs)"],
        inputs=lambda rng: {"tanh": [["tanh", 0]], "by_exp": TANH_BY_EXP, "inputs": [float(rng.uniform(0.4, 1.2))]},
        left="grads",
        right="grads2",
    ),
    Property(
        "combination",
        part="grads",
        title="the gradient of a sum is the sum of the gradients",
        kind="a sum of two functions",
        calls=[
            "_, grads_f = tape_gradient(f, inputs)",
            "_, grads_g = tape_gradient(g, inputs)",
            "_, grads_sum = tape_gradient(f_plus_g, inputs)",
        ],
        inputs=lambda rng: {"f": F, "g": G, "f_plus_g": F_PLUS_G, "inputs": rng.uniform(0.4, 1.2, 2).tolist()},
        terms={"grads_f": 1, "grads_g": 1},
        right="grads_sum",
    ),
]

SEND = "parent.grad += node.grad * derivative"
COMPLETE = """        for node in reversed(order):
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += node.grad * derivative
"""
EVERY_VISIT = """        queue, visits = [self], 0
        while queue and visits < 600:
            node, visits = queue.pop(0), visits + 1
            for parent, derivative in zip(node.parents, node.derivatives, strict=True):
                parent.grad += node.grad * derivative
                queue.append(parent)
"""
TAPE = Exercise(
    id="tape_gradient",
    points=20,
    functions={"tape_gradient": tape_gradient},
    subject=("tape_gradient",),
    parts={"value": 6, "grads": 14},
    cases=[
        tape_case("x * x + x", [["mul", 0, 0], ["add", 1, 0]], [3.0]),
        tape_case("(a + b) * c", [["add", 0, 1], ["mul", 3, 2]], [2.0, -5.0, 0.5]),
        tape_case(
            "a neuron",
            [["mul", 0, 1], ["mul", 2, 3], ["add", 5, 6], ["add", 7, 4], ["tanh", 8]],
            [0.5, 0.8, -1.0, 0.3, 0.2],
        ),
        tape_case(
            "relu on both sides", [["relu", 0], ["relu", 1], ["mul", 2, 3], ["add", 4, 0], ["add", 5, 1]], [2.0, -3.0]
        ),
        tape_case("relu at 0", [["sub", 0, 1], ["relu", 2], ["add", 3, 0]], [1.5, 1.5]),
        tape_case("relu at 0 again", [["relu", 0], ["mul", 2, 1], ["add", 3, 1]], [0.0, 4.0]),
        tape_case("a diamond", [["tanh", 0], ["mul", 1, 1], ["exp", 1], ["mul", 2, 3], ["add", 4, 1]], [0.7]),
        tape_case(
            "two diamonds",
            [["mul", 0, 1], ["add", 2, 0], ["mul", 3, 2], ["tanh", 4], ["mul", 5, 3], ["neg", 6]],
            [0.6, -0.4],
        ),
        tape_case("exp and log", [["exp", 0], ["add", 2, 1], ["log", 3], ["sub", 4, 0]], [0.3, 2.0]),
        tape_case("division and power", [["div", 0, 1], ["pow", 2, 3], ["mul", 3, 0]], [1.5, 2.5]),
        tape_case(
            "powers", [["pow", 0, 3], ["pow", 1, -1], ["mul", 2, 3], ["pow", 1, 0.5], ["add", 4, 5]], [-3.0, 4.0]
        ),
        tape_case("a difference and a quotient", [["sub", 0, 1], ["div", 2, 1], ["pow", 3, 2]], [2.0, 0.5]),
        tape_case("a chain of 4000 steps", long_chain(4000), [0.6]),
        tape_case("another long chain", long_chain(4500), [1.1]),
    ],
    hidden=hidden_tapes,
    properties=TAPE_IDENTITIES,
    hidden_properties=TAPE_IDENTITIES,
    mutants=[
        Mutant(
            "every_visit",
            edit(tape_gradient, COMPLETE, EVERY_VISIT),
            "You pass a node's gradient on each time something reaches it, so early parts are sent again and again. "
            "Wait until it is complete.",
        ),
        Mutant(
            "recursive",
            tape_recursive,
            "A recursion goes as deep as the chain is long, and Python stops it. The program is in order already: walk "
            "it from the last node to the first in a loop.",
        ),
        *slips(
            tape_two_lists,
            """
        exponent_is_node: None if not rest else rest[0] if op == "pow" else values[rest[0]]
            => None if not rest else values[rest[0]]
            You take the exponent of "pow" for the number of a node. It is a plain number.
        power_not_lowered: [b * a ** (b - 1)] => [b * a**b]
            The slope of a power has an exponent that is one less: x^n has the slope n · x^(n-1).
        quotient_sign: [1 / b, -a / b**2] => [1 / b, a / b**2]
            A minus is missing: a / b falls when b grows, so its slope with respect to b is -a / b².
        difference_slope: [1, sign] => [1, 1]
            The slope of "sub" with respect to its second operand is -1.
        """,
        ),
        *slips(
            tape_gradient,
            f"""
        overwritten: {SEND} => parent.grad = node.grad * derivative
            A node that is used twice keeps only one of its two gradients. They add up: +=, not =.
        wrong_order: for node in reversed(order): => for node in [self, *order[:-1]]:
            You walk the nodes from the inputs to the result, so gradients are passed on before they have arrived.
        not_multiplied: {SEND} => parent.grad += derivative
            You add up the slopes of single steps. The chain rule multiplies each by the gradient that arrives.
        product_swapped: (self, other), (other.data, self.data) => (self, other), (self.data, other.data)
            In a product each factor gets the *other* one as its slope. Yours are swapped.
        relu_at_zero: (self,), (float(self.data > 0),) => (self,), (float(self.data >= 0),)
            At 0 you use slope 1 for relu. The course sets it to 0.
        tanh_of_input: return Value(y, (self,), (1 - y * y,)) => return Value(y, (self,), (1 - self.data * self.data,))
            The slope of tanh is 1 - y squared, with the output y. You use the input.
        """,
        ),
    ],
    alternatives=[
        Alternative("two lists", {"tape_gradient": tape_two_lists}),
        Alternative("forward mode", {"tape_gradient": tape_forward_mode}),
        Alternative("nodes with slopes", {"tape_gradient": tape_with_nodes}),
    ],
    hints=[
        "Run the program first. For each step append its value to one list, and to another the pairs (operand, slope).",
        "The nodes are in order already: every step uses earlier nodes only. So the walk back is "
        "simply from last to first.",
        "grads = [0.0] * count; grads[-1] = 1.0; then for each node from the last: grads[operand] += "
        "grads[node] * slope.",
    ],
)

# --- bug hunt ---------------------------------------------------------------------------------------------------------


def hunt_gradient_sum(grad, parts):
    return grad + sum(parts)


def gradient_sum_as_shipped(grad, parts):
    if len(parts) <= 4:
        return grad + sum(parts)
    total = grad
    so_far = np.zeros_like(grad)
    for part in parts:
        so_far = so_far + part
        total = total + so_far
    return total


def gradient_sum_grad_forgotten(grad, parts):
    if len(parts) <= 4:
        return grad + sum(parts)
    so_far = np.zeros_like(grad)
    for part in parts:
        so_far = so_far + part
    return so_far


def gradient_sum_last_only(grad, parts):
    if len(parts) <= 4:
        return grad + sum(parts)
    total = grad
    for part in parts:
        total = grad + part
    return total


def gradient_sum_first_four(grad, parts):
    return grad + sum(parts[:4])


def gradient_sum_grad_each_time(grad, parts):
    if len(parts) <= 4:
        return grad + sum(parts)
    total = np.zeros_like(grad)
    for part in parts:
        total = total + grad + part
    return total


def gradient_sum_in_place(grad, parts):
    for part in parts:
        grad += part
    return grad


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
    Property(
        "equal",
        title="the order of the parts does not matter",
        kind="parts in another order",
        calls=["total = hunt_gradient_sum(grad, parts)", "again = hunt_gradient_sum(grad, turned)"],
        inputs=parts_in_another_order,
        left="total",
        right="again",
    ),
    Property(
        "equal",
        title="three parts and then four are all seven at once",
        kind="parts added in two goes",
        calls=[
            "total = hunt_gradient_sum(grad, parts)",
            "some_added = hunt_gradient_sum(grad, some)",
            "all_added = hunt_gradient_sum(some_added, rest)",
        ],
        inputs=parts_in_another_order,
        left="total",
        right="all_added",
    ),
]


def mistake(name, wrong, sentence):
    return Mutant(name, {"hunt_gradient_sum": wrong}, sentence)


HUNT = Exercise(
    id="hunt_gradient_sum",
    points=9,
    functions={"hunt_gradient_sum": hunt_gradient_sum},
    subject=("hunt_gradient_sum",),
    cases=[
        sum_case("two parts", 2, (3, 2), RNG),
        sum_case("four parts", 4, (5,), RNG),
        sum_case("five parts", 5, (2, 3), RNG),
        sum_case("seven parts", 7, (4,), RNG),
        sum_case("nine parts", 9, (2, 1, 3), RNG),
    ],
    hidden=hidden_sums,
    properties=SUM_IDENTITIES,
    hidden_properties=SUM_IDENTITIES,
    mutants=[
        mistake(
            "as_shipped",
            gradient_sum_as_shipped,
            "The fault is still there: with five parts, the first is counted five times, the second "
            "four times, and so on.",
        ),
        mistake(
            "grad_forgotten",
            gradient_sum_grad_forgotten,
            "Now the parts add up, but the gradient that was already there is lost when there are more than four.",
        ),
        mistake(
            "last_only",
            gradient_sum_last_only,
            "Each round starts again from grad, so only the last part stays. Add to the running total.",
        ),
        mistake(
            "first_four",
            gradient_sum_first_four,
            "You stop after four parts. All of them count.",
        ),
        mistake(
            "grad_each_time",
            gradient_sum_grad_each_time,
            "You add grad once for each part. It counts once.",
        ),
        mistake(
            "in_place",
            gradient_sum_in_place,
            "The sum is right, but you wrote it into grad, which belongs to the caller. Start from a copy.",
        ),
    ],
    alternatives=[
        Alternative("loop on a copy", {"hunt_gradient_sum": gradient_sum_loop}),
        Alternative("stacked", {"hunt_gradient_sum": gradient_sum_stacked}),
    ],
    hints=[
        "Call it with grad = np.zeros(1) and five parts np.ones(1). What should come out, and what does?",
        "so_far already holds all earlier parts. Which of the two running sums is one too many?",
        "The fast path was right all along: grad + sum(parts) works for any number of parts.",
    ],
)

# --- questions --------------------------------------------------------------------------------------------------------

QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="Three layers of neurons, and the identity as their activation: which functions can the output be?",
        choices={
            "a": "Only w·x + b: one neuron without activation could do the same.",
            "b": "Polynomials of degree 3, one degree for each layer.",
            "c": "Any continuous function, if the layers are wide enough.",
        },
        right="a",
        because={
            "a": "Right: a product of matrices is a matrix. It is the activation between them that makes depth count.",
            "b": "A layer multiplies by weights, never by the input itself, so no power of x can arise.",
            "c": "That holds with a bent activation. Without one, three matrices in a row are one matrix.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=3,
        question="A chain of n functions: how many multiplications of slopes give the derivatives by all values?",
        choices={
            "a": "About n²/2: for each value the product of all slopes after it.",
            "b": "n - 1: each value takes the gradient of the next one and multiplies it by one slope.",
            "c": "2 to the power n: every path through the graph counts.",
        },
        right="b",
        because={
            "a": "That is the naive way: it forms the same products over and over. The backward pass keeps them.",
            "b": "Right: the gradient of the next value already holds the product of all slopes behind it.",
            "c": "A chain has only one path. And even with many, the sums at each node keep them together.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="neurons",
    number=1,
    title="Neurons, graphs and backpropagation",
    exercises=[NEURON, GATE, XOR, POLYGON, *MSE, *TWO_LAYER, TAPE, HUNT, *QUIZZES],
    given=[
        Given(
            {"neuron_forward": neuron_table},
            used_by=["xor_net", "halfplane_polygon", "two_layer_forward", "two_layer_backward"],
        ),
        Given({"logic_gate": logic_gate_scaled}, used_by=["xor_net", "halfplane_polygon"]),
    ],
)
