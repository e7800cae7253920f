"""Assignment 2: what each check asks, which wrong answers it knows, and which right ones it must accept."""

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
from solutions.activation import (
    elu_backward,
    elu_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    maxout_backward,
    maxout_forward,
    prelu_backward,
    prelu_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    softplus_backward,
    softplus_forward,
    softplus_series,
    tanh_backward,
    tanh_forward,
)
from solutions.gradient_check import numerical_gradient, relative_error

# --- inputs ---------------------------------------------------------------------------------------------------------


def spaced(rng, shape):
    """Distinct values from -3 to 3, none at 0 and no two close together: safe for kinks and for finite differences."""
    count = int(np.prod(shape))
    return ((rng.permutation(count) - count // 2 + 0.5) * (6 / count)).reshape(shape)


HAND = np.array([-2.0, -1.0, 0.0, 0.5, 3.0])
INTEGERS = np.array([[-3.0, 0.0, 2.0, 1.0], [0.0, -1.0, 0.0, 5.0], [4.0, -2.0, 1.0, 0.0]])
FAR = np.array([[-1000.0, -1.5, 0.25], [1000.0, 2.0, -0.75]])
FARTHER = np.array([-740.0, -50.0, 0.5, 60.0, 720.0])
BETWEEN = np.array([[-14.0, -10.5, -6.0, -4.0], [4.0, 6.0, 10.5, 14.0]])
TAIL = np.array([-21.0, -21.5, -22.0, -23.5])  # what is clipped at 20 shows here, and rounding does not yet


def visible_inputs(seed):
    """Name and x of the visible cases of an elementwise function."""
    rng = np.random.default_rng(seed)
    return [
        ("by hand", HAND),
        ("a batch", spaced(rng, (3, 5))),
        ("images", spaced(rng, (2, 3, 4, 5))),
        ("integers and ties", INTEGERS),
        ("far out", FAR),
        ("farther out", FARTHER),
        ("between", BETWEEN),
        ("the left tail", TAIL),
    ]


def hidden_inputs(rng):
    """Kind and x of the hidden cases of an elementwise function."""
    n, c, h, w = rng.permutation([2, 3, 5, 7])
    return [
        ("odd shapes", spaced(rng, (int(n), int(c)))),
        ("odd shapes", spaced(rng, (int(c), int(h), int(w)))),
        ("odd shapes", spaced(rng, (int(n), int(c), int(h), int(w)))),
        ("a single number", spaced(rng, (1,)) + 0.3),
        ("extreme values", rng.permutation([-1000.0, -710.5, -3.0, 0.0, 2.5, 710.5, 1000.0])),
        ("float32", spaced(rng, (int(h), int(w))).astype(np.float32)),
        ("float32", spaced(rng, (int(c), int(n), int(h))).astype(np.float32)),
        ("non-contiguous", spaced(rng, (int(w), 2 * int(h)))[:, ::2].T),
    ]


def elementwise(name, direction, options=None, seed=0):
    """Visible cases and hidden generator of an elementwise pair; options maps an argument to its values, in turn."""
    options = options or {}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache = {name}_forward(x{extra})"]
    if direction == "backward":
        calls.append(f"grad_x = {name}_backward(grad_y, cache)")

    def case(title, x, rng, index, kind=None):
        inputs = {"x": x} | {key: values[index % len(values)] for key, values in options.items()}
        if direction == "backward":
            inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
        outputs = ("grad_x",) if direction == "backward" else ("y",)
        return Case(title, inputs=inputs, calls=calls, outputs=outputs, **({"kind": kind} if kind else {}))

    rng = np.random.default_rng(seed + 100)
    visible = [case(title, x, rng, index) for index, (title, x) in enumerate(visible_inputs(seed))]

    def hidden(rng):
        kinds = hidden_inputs(rng)
        return [case(f"{kind} {index}", x, rng, index, kind) for index, (kind, x) in enumerate(kinds)]

    return visible, hidden


def around_zero(rng):
    """Inputs on both sides of 0, those on one side only, and an upstream gradient."""
    x = spaced(rng, (4, 5))
    return {"x": x, "minus_x": -x, "below": -np.abs(x), "ones": np.ones((4, 5)), "grad_y": rng.normal(size=(4, 5))}


def mirrored(name, title, terms, right, options=""):
    """An identity between what a pair of functions gives at x and at -x."""
    calls = [f"y, cache = {name}_forward(x{options})", f"mirrored, cache2 = {name}_forward(minus_x{options})"]
    if "grad_x" in terms:
        calls.append(f"grad_x = {name}_backward(grad_y, cache)")
        calls.append(f"grad_mirrored = {name}_backward(grad_y, cache2)")
    kind = "x and -x"
    return Property("combination", title=title, kind=kind, calls=calls, inputs=around_zero, terms=terms, right=right)


def pair_exercises(name, forward, backward, *, options=None, seed=0, texts, identities):
    """The two exercises of an elementwise pair, from their mutants, alternatives and hints, and their identities."""
    made = []
    for direction, function in (("forward", forward), ("backward", backward)):
        visible, hidden = elementwise(name, direction, options, seed)
        pair = {forward.__name__: forward} | ({backward.__name__: backward} if direction == "backward" else {})
        mutants, alternatives, hints = texts[direction]
        properties = identities[direction]
        if direction == "backward":
            visible = and_in_turn(visible)
            values = {key: values[-1] for key, values in (options or {}).items()}
            inputs = {"x": spaced(np.random.default_rng(seed + 7), (4, 7))} | values
            gradient = Property("gradient", forward=forward.__name__, backward=backward.__name__, inputs=inputs)
            properties = [gradient, *properties]
        made.append(
            Exercise(
                id=function.__name__,
                points=4,
                functions=pair,
                subject=(function.__name__,),
                cases=visible,
                hidden=hidden,
                properties=properties,
                hidden_properties=identities[direction],
                mutants=mutants,
                alternatives=alternatives,
                hints=hints,
            )
        )
    return made


# --- the instruments ------------------------------------------------------------------------------------------------


def gradient_case(title, function, x, h=None, kind=None):
    """One call of numerical_gradient, with h left to its default when h is None."""
    call = "grad = numerical_gradient(f, x)" if h is None else "grad = numerical_gradient(f, x, h)"
    inputs = {"f": Function(function), "x": x} | ({} if h is None else {"h": h})
    return Case(title, inputs=inputs, calls=[call], outputs=("grad",), **({"kind": kind} if kind else {}))


def hidden_gradients(rng):
    a, b, c = (int(size) for size in rng.permutation([2, 3, 4]))
    return [
        gradient_case("cubic", "cubic", rng.normal(size=(a, b)), 0.05, "odd shapes"),
        gradient_case("waves", "wave", rng.normal(size=(a, b, c)), 0.02, "odd shapes"),
        gradient_case("long", "cubic", rng.normal(size=7), 0.3, "a large step"),
        gradient_case("default", "wave", rng.normal(size=(c, b)), None, "the default step"),
        gradient_case("integers", "cubic", rng.integers(1, 4, size=(b, c)), 0.1, "integers"),
        gradient_case("strided", "cubic", rng.normal(size=(b, 2 * c))[:, ::2], 0.1, "non-contiguous"),
    ]


def numerical_gradient_all_at_once(f, x, h=1e-5):
    point = np.array(x, dtype=float)
    return np.full(point.shape, (f(point + h) - f(point - h)) / (2 * h))


def numerical_gradient_flat(f, x, h=1e-5):
    point = np.asarray(x, dtype=float).ravel()
    grad = []
    for i in range(point.size):
        above, below = point.copy(), point.copy()
        above[i] += h
        below[i] -= h
        grad.append((f(above.reshape(np.shape(x))) - f(below.reshape(np.shape(x)))) / (2 * h))
    return np.array(grad).reshape(np.shape(x))


def numerical_gradient_nditer(f, x, h=1e-5):
    x = x.astype(float)
    grad = np.empty_like(x)
    iterator = np.nditer(x, flags=["multi_index"])
    while not iterator.finished:
        index = iterator.multi_index
        old = x[index]
        x[index] = old + h
        above = f(x)
        x[index] = old - h
        below = f(x)
        x[index] = old
        grad[index] = (above - below) / 2 / h
        iterator.iternext()
    return grad


def numerical_gradient_basis(f, x, h=1e-5):
    basis = np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([f(x + h * e) - f(x - h * e) for e in basis]).reshape(x.shape) / (2 * h)


def error_case(title, a, b, kind="", floor=None):
    """One call of relative_error, with floor left to its default when it is None."""
    calls = ["error = relative_error(a, b)" if floor is None else "error = relative_error(a, b, floor)"]
    inputs = {"a": a, "b": b} | ({} if floor is None else {"floor": floor})
    return Case(title, inputs=inputs, calls=calls, outputs=("error",), kind=kind)


def close_pair(rng, shape, noise):
    a = rng.normal(size=shape)
    return a, a + noise * rng.normal(size=shape)


def hidden_errors(rng):
    a, b = close_pair(rng, (3, 4, 2), 1e-3)
    return [
        error_case("odd shapes 1", *close_pair(rng, (5, 3), 0.1), "odd shapes"),
        error_case("odd shapes 2", *close_pair(rng, (2, 7, 3), 2.0), "odd shapes"),
        error_case("odd shapes 3", *close_pair(rng, (11,), 1e-2), "odd shapes"),
        error_case("large numbers", 1e6 * a, 1e6 * b, "large numbers"),
        error_case("zeros", np.zeros((2, 3)), np.zeros((2, 3)), "zeros"),
        error_case("noise", 1e-9 * a, 1e-9 * b[::-1], "rounding noise"),
        error_case("floor", a, b, "another floor", floor=float(rng.uniform(4, 6))),
        error_case("strided", a[:, ::2], b[:, ::2], "non-contiguous"),
        error_case("float32", a.astype(np.float32), (b + 0.5).astype(np.float32), "float32"),
        error_case("negative", -np.abs(a), -np.abs(b) - 0.25, "negative numbers"),
    ]


def relative_error_broadcast(a, b, floor=1e-8):
    a, b = np.ravel(a), np.ravel(b)
    largest = floor
    worst = 0.0
    for left, right in zip(a, b, strict=True):
        worst = max(worst, abs(float(left) - float(right)))
        largest = max(largest, abs(left), abs(right))
    return worst / largest


def relative_error_stacked(a, b, floor=1e-8):
    return np.max(np.abs(a - b)) / np.maximum(np.abs(np.stack([a, b])).max(), floor)


def relative_error_infinity_norm(a, b, floor=1e-8):
    def size(x):
        return np.linalg.norm(np.ravel(x), np.inf)

    return float(size(a - b) / np.max([size(a), size(b), floor]))


def bowl(rng):
    """A parabola whose curve ties all entries together, and where to look at it."""
    root, center, x = rng.normal(size=(6, 6)), rng.normal(size=6), rng.normal(size=(2, 3))
    parts = {"matrix": root @ root.T, "center": center}
    return {"f": Function("quadratic", **parts), "slope": Function("quadratic_gradient", **parts), "x": x}


GRADIENT_IDENTITIES = [
    Property(
        "equal",
        title="for a parabola the central difference is exact, whatever the step",
        kind="a parabola",
        calls=["grad = numerical_gradient(f, x, 0.5)", "exact = slope(x)"],
        inputs=bowl,
        left="grad",
        right="exact",
    ),
    Property(
        "equal",
        title="x cubed is as steep at -x as at x",
        kind="x and -x",
        calls=["grad = numerical_gradient(f, x, 0.1)", "mirrored = numerical_gradient(f, minus_x, 0.1)"],
        inputs=lambda rng: {"f": Function("cubic"), "x": (x := rng.normal(size=(3, 2))), "minus_x": -x},
        left="grad",
        right="mirrored",
    ),
]
ERROR_IDENTITIES = [
    Property(
        "equal",
        title=title,
        kind=kind,
        calls=["error = relative_error(a, b)", f"again = relative_error({again})"],
        inputs=lambda rng: {"a": (a := rng.normal(size=(3, 4))), "b": (b := 1.5 * a), "a3": 3 * a, "b3": 3 * b},
        left="error",
        right="again",
    )
    for again, title, kind in [
        ("b, a", "a and b may change places", "a and b exchanged"),
        ("a3, b3", "both arrays three times as large have the same error", "arrays three times as large"),
    ]
]

RNG = np.random.default_rng(20)
INSTRUMENTS = [
    Exercise(
        id="numerical_gradient",
        points=10,
        functions={"numerical_gradient": numerical_gradient},
        subject=("numerical_gradient",),
        cases=[
            gradient_case("x cubed at 2", "cubic", np.array([2.0]), 0.1),
            gradient_case("a vector", "cubic", np.array([1.0, -2.0, 0.5, 3.0]), 0.1),
            gradient_case("a matrix", "wave", RNG.normal(size=(2, 3)), 0.05),
            gradient_case("a cube", "wave", RNG.normal(size=(2, 3, 4)), 0.2),
            gradient_case("integers", "cubic", np.array([[1, -2, 3], [2, 4, -1]]), 0.1),
            gradient_case("more integers", "wave", np.array([3, 1, -2, 5]), 0.1),
            gradient_case("the default step", "wave", RNG.normal(size=(3, 2))),
        ],
        hidden=hidden_gradients,
        properties=GRADIENT_IDENTITIES,
        hidden_properties=GRADIENT_IDENTITIES,
        mutants=[
            *slips(
                numerical_gradient,
                r"""
                one_sided: (above - below) / (2 * h) => (above - f(point.copy())) / h
                    You step to one side only. The central difference, (f(x + h) - f(x - h)) / 2h, is far more exact.
                one_sided_down: (above - below) / (2 * h) => (f(point.copy()) - below) / h
                    You compare f(x) with f(x - h), one side only. Step to both sides: f(x + h) and f(x - h).
                divided_by_h: / (2 * h) => / h
                    Twice too large: the distance from x - h to x + h is 2h, not h.
                times_h: / (2 * h) => / 2 * h
                    Python reads a / 2 * h as (a / 2) * h. Put 2 * h in brackets.
                sign: (above - below) => (below - above)
                    The sign is turned: it is f(x + h) minus f(x - h), in this order.
                not_restored: point[index] = value\n        grad[index] => grad[index]
                    An entry that you nudged must get its old value back before you nudge the next one.
                integers_kept: np.array(x, dtype=np.float64) => np.array(x)
                    An integer array cannot hold x + 0.1: the nudge is rounded away. Work on a float64 copy of x.
                step_ignored: point = np.array( => h = 1e-5\n    point = np.array(
                    You use a step of your own. The caller chooses h.
                flattened: return grad => return grad.ravel()
                    The numbers are right, but the gradient should have the shape of x.
                single_precision: dtype=np.float64 => dtype=np.float32
                    You work in float32, where x + 1e-5 has hardly any digits left. Work in float64.
                """,
            ),
            Mutant(
                "flat_point",
                edit(
                    numerical_gradient,
                    "above = f(point.copy())",
                    "above = f(point.ravel())",
                    "below = f(point.copy())",
                    "below = f(point.ravel())",
                ),
                "You hand f a flat array. It expects one of the shape of x, and may treat its axes differently.",
            ),
            Mutant(
                "all_at_once",
                {"numerical_gradient": numerical_gradient_all_at_once},
                "You nudge all entries together, which gives the sum of the gradient. Nudge one entry at a time.",
                tag="visible",
            ),
        ],
        alternatives=[
            Alternative("flat loop", {"numerical_gradient": numerical_gradient_flat}),
            Alternative("nditer", {"numerical_gradient": numerical_gradient_nditer}),
            Alternative("basis vectors", {"numerical_gradient": numerical_gradient_basis}),
        ],
        hints=[
            "np.ndindex(x.shape) walks over all index tuples of an array of any shape, and point[index] is one entry.",
            "For one entry: remember its value, set it to value + h, call f, set it to value - h, call f, set it back.",
            "Begin with point = np.array(x, dtype=np.float64), a float copy; the slope of one entry "
            "is (above - below) / (2 * h).",
        ],
    ),
    Exercise(
        id="relative_error",
        points=5,
        functions={"relative_error": relative_error},
        subject=("relative_error",),
        cases=[
            error_case("by hand", np.array([1.0, -4.0, 2.0]), np.array([1.0, -3.0, 2.5])),
            error_case("a matrix", *close_pair(RNG, (3, 4), 0.1)),
            error_case("close", *close_pair(RNG, (2, 3, 5), 1e-4)),
            error_case("below", np.array([[0.5, 3.0], [1.0, 2.0]]), np.array([[0.25, 2.0], [0.5, 1.5]])),
            error_case("negative", np.array([-3.0, -2.0, -1.0]), np.array([-2.5, -2.0, -4.0])),
            error_case("one is zero", np.array([0.0, 0.0]), np.array([0.5, -2.0])),
            error_case("equal", np.array([1.5, -2.0, 0.0]), np.array([1.5, -2.0, 0.0])),
            error_case("zeros", np.zeros(4), np.zeros(4)),
            error_case("more zeros", np.zeros((3, 2)), np.zeros((3, 2))),
            error_case("opposite signs", np.array([[1.0, -2.0]]), np.array([[-1.0, 2.0]])),
            error_case("opposite signs again", np.array([0.5, -3.0, 1.0]), np.array([-0.25, 2.5, 1.0])),
            error_case("rounding noise", np.array([3e-9, -1e-9, 0.0]), np.array([1e-9, 2e-9, 0.0])),
            error_case("more noise", np.array([[2e-8], [0.0]]), np.array([[1.5e-8], [5e-9]])),
            error_case("another floor", np.array([0.25, -0.5]), np.array([0.25, -0.75]), floor=2.0),
            error_case("a third floor", np.array([[0.5], [1.0]]), np.array([[-0.5], [1.0]]), floor=4.0),
        ],
        hidden=hidden_errors,
        properties=ERROR_IDENTITIES,
        hidden_properties=ERROR_IDENTITIES,
        mutants=[
            *slips(
                relative_error,
                """
                absolute: np.abs(a - b).max() / scale => np.abs(a - b).max()
                    This is the absolute error. Divide it by the largest entry of the two arrays.
                mean: np.abs(a - b).max() => np.abs(a - b).mean()
                    You average the differences. A mean hides one bad entry among many good ones: take the largest
                    difference.
                signed: np.abs(a - b).max() => (a - b).max()
                    You take the largest difference without its absolute value, so entries that are too small go
                    unseen.
                scale_signed: max(np.abs(a).max(), np.abs(b).max(), floor) => max(a.max(), b.max(), floor)
                    The scale is the largest absolute value. You take the largest value, which may be small or even
                    negative.
                scale_of_a: max(np.abs(a).max(), np.abs(b).max(), floor) => max(np.abs(a).max(), floor)
                    You divide by the size of a alone. The larger of the two sizes treats a and b alike.
                scale_of_both: max(np.abs(a).max(), np.abs(b).max(), floor)
                    => np.abs(a).max() + np.abs(b).max() + 1e-30
                    You divide by the sum of the two sizes; the definition takes the larger of the two.
                no_floor: max(np.abs(a).max(), np.abs(b).max(), floor) => np.maximum(np.abs(a).max(), np.abs(b).max())
                    Two arrays of zeros give 0/0. The scale must never be smaller than floor.
                floor_added: max(np.abs(a).max(), np.abs(b).max(), floor)
                    => max(np.abs(a).max(), np.abs(b).max()) + floor
                    You add floor to the scale. It is the smallest scale allowed: max(..., floor).
                floor_for_zeros: max(np.abs(a).max(), np.abs(b).max(), floor)
                    => max(np.abs(a).max(), np.abs(b).max()) or floor
                    You use floor for zeros only. Rounding noise has no size either: the scale is never below floor.
                floor_fixed: max(np.abs(a).max(), np.abs(b).max(), floor) => max(np.abs(a).max(), np.abs(b).max(), 1e-8)
                    You use a floor of your own. The caller chooses it.
                never_above_1: float(np.abs(a - b).max() / scale) => min(float(np.abs(a - b).max() / scale), 1.0)
                    You cut the error off at 1. For a = 1 and b = -1 it is 2.
                """,
            ),
            Mutant(
                "entry_by_entry",
                edit(
                    relative_error,
                    "np.abs(a - b).max() / scale",
                    "(np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)).max()",
                ),
                "You divide entry by entry, so rounding noise in a tiny entry looks like a large "
                "error. Divide once, by the largest.",
                tag="visible",
            ),
        ],
        alternatives=[
            Alternative("loop", {"relative_error": relative_error_broadcast}),
            Alternative("stacked", {"relative_error": relative_error_stacked}),
            Alternative("infinity norm", {"relative_error": relative_error_infinity_norm}),
        ],
        hints=[
            "Two numbers are needed: the largest absolute difference, and the largest absolute entry of both arrays.",
            "np.abs(a - b).max() is the first. For the second take the larger of np.abs(a).max() and np.abs(b).max().",
            "Never divide by less than floor: max(np.abs(a).max(), np.abs(b).max(), floor).",
        ],
    ),
]


# --- sigmoid --------------------------------------------------------------------------------------------------------


def sigmoid_two_masks(x):
    y = np.empty_like(x)
    positive = x >= 0
    y[positive] = 1 / (1 + np.exp(-x[positive]))
    z = np.exp(x[~positive])
    y[~positive] = z / (1 + z)
    return y, y


def sigmoid_by_tanh(x):
    return (0.5 * (1 + np.tanh(0.5 * x))).astype(x.dtype), x


def sigmoid_loop(x):
    y = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        value = float(x[index])
        y[index] = 1 / (1 + np.exp(-value)) if value > 0 else np.exp(value) / (1 + np.exp(value))
    return y, None


def sigmoid_naive_silenced(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x)), x


def sigmoid_backward_own_cache(grad_y, cache):
    z = np.exp(-np.abs(cache))
    return grad_y * z / (1 + z) ** 2


def sigmoid_keep_x(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + z), z / (1 + z)), x


def sigmoid_backward_in_place(grad_y, cache):
    grad_x = grad_y.copy()
    grad_x *= cache[0]
    grad_x *= 1 - cache[0]
    return grad_x


def sigmoid_backward_square(grad_y, cache):
    (y,) = cache
    return grad_y * (y - y**2)


def sigmoid_fused_slope(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + z), z / (1 + z)), z / (1 + z) ** 2


def multiply_cache(grad_y, cache):
    return grad_y * cache


SIGMOID = {
    "forward": (
        [
            *slips(
                sigmoid_forward,
                r"""
                overflow: y = sigmoid(x) => y = np.exp(x) / (1 + np.exp(x))
                    At x = 1000 you compute infinity / infinity. Take exp of -|x| only, which is never above 1.
                mirrored: y = sigmoid(x) => y = 1 - sigmoid(x)
                    Your curve falls from 1 to 0: the sign in the exponent is turned. It is exp(-x).
                tanh: y = sigmoid(x) => y = np.tanh(x)
                    This is tanh, from -1 to 1. The sigmoid goes from 0 to 1.
                no_one: y = sigmoid(x) => y = 1 / (0.5 + np.exp(-np.maximum(x, -700)))
                    The 1 in the denominator is wrong: at x = 0 the sigmoid is 1 / (1 + 1) = 0.5.
                hard: y = sigmoid(x) => y = np.clip(0.25 * x + 0.5, 0, 1)
                    This is the straight-line sketch of a sigmoid (the 'hard sigmoid'), exact only at 0.
                double: y = sigmoid(x) => y = sigmoid(2 * x)
                    Your curve is twice too steep: this is sigmoid(2x), which belongs into tanh.
                clipped: y = sigmoid(x) => y = sigmoid(np.clip(x, -6, 6))
                    You cut x off at 6, where the sigmoid is 0.9975 and still rising. A stable formula needs no
                    cutting.
                double_precision [hidden]: y = sigmoid(x) => y = sigmoid(x.astype(np.float64))
                    You return float64 for a float32 input.
                in_place: y = sigmoid(x) => x[...] = sigmoid(x)\n    y = x
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("two masks", {"sigmoid_forward": sigmoid_two_masks}),
            Alternative("by tanh", {"sigmoid_forward": sigmoid_by_tanh}),
            Alternative("loop", {"sigmoid_forward": sigmoid_loop}),
            Alternative("naive, silenced", {"sigmoid_forward": sigmoid_naive_silenced}),
        ],
        [
            "exp overflows for large positive arguments only. Which of the two forms is safe for x "
            ">= 0, which for x < 0?",
            "z = np.exp(-np.abs(x)) lies in (0, 1] for every x. Write both forms with z.",
            "For x >= 0 the answer is 1 / (1 + z), for x < 0 it is z / (1 + z): np.where chooses. Keep y in the cache.",
        ],
    ),
    "backward": (
        [
            *slips(
                sigmoid_backward,
                """
                slope_only: grad_y * y * (1 - y) => y * (1 - y)
                    This is the slope alone. The chain rule multiplies it by grad_y.
                one_factor: grad_y * y * (1 - y) => grad_y * (1 - y)
                    A factor is missing: the slope is y (1 - y), not 1 - y.
                other_factor: grad_y * y * (1 - y) => grad_y * y
                    A factor is missing: the slope is y (1 - y), not y.
                slope_of_tanh: grad_y * y * (1 - y) => grad_y * (1 - y * y)
                    1 - y squared is the slope of tanh. For the sigmoid it is y - y squared.
                plus: grad_y * y * (1 - y) => grad_y * y * (1 + y)
                    A sign: the slope is y (1 - y).
                twice: (y,) = cache => y = 1 / (1 + np.exp(-cache[0]))
                    You take the sigmoid of y, which is a sigmoid already.
                negative: grad_y * y * (1 - y) => -grad_y * y * (1 - y)
                    The sign is turned: the sigmoid rises, so its slope is positive.
                zeros: grad_y * y * (1 - y) => np.zeros_like(grad_y)
                    You return zeros: no gradient arrives.
                """,
            ),
            Mutant(
                "x_for_y",
                {
                    "sigmoid_forward": edit(sigmoid_forward, "return y, (y,)", "return y, (x,)"),
                    "sigmoid_backward": sigmoid_backward,
                },
                "You use x (1 - x). The formula is written with the output: y (1 - y).",
                tag="visible",
            ),
        ],
        [
            Alternative("from x", {"sigmoid_forward": sigmoid_keep_x, "sigmoid_backward": sigmoid_backward_own_cache}),
            Alternative("own copy in place", {"sigmoid_backward": sigmoid_backward_in_place}),
            Alternative("y minus y squared", {"sigmoid_backward": sigmoid_backward_square}),
            Alternative(
                "slope in the cache", {"sigmoid_forward": sigmoid_fused_slope, "sigmoid_backward": multiply_cache}
            ),
        ],
        [
            "The slope can be written with the output alone, so the output is what the cache should hold.",
            "The slope at each entry is y * (1 - y).",
            "The chain rule: grad_x = grad_y * y * (1 - y).",
        ],
    ),
}

# --- tanh -----------------------------------------------------------------------------------------------------------


def tanh_by_sigmoid(x):
    z = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - z) / (1 + z), x


def tanh_of_clipped(x):
    e = np.exp(2 * np.clip(x, -20, 20))
    return (e - 1) / (e + 1), x


def tanh_loop(x):
    y = np.empty(x.shape, x.dtype)
    for index, value in np.ndenumerate(x):
        y[index] = np.tanh(value)
    return y, (y, x)


def tanh_backward_of_x(grad_y, cache):
    return grad_y / np.cosh(np.clip(cache, -300, 300)).astype(grad_y.dtype) ** 2


def tanh_keep_x(x):
    return np.tanh(x), x.astype(np.float64)


def tanh_backward_product(grad_y, cache):
    return (grad_y * (1 - np.tanh(cache)) * (1 + np.tanh(cache))).astype(grad_y.dtype)


def tanh_backward_difference(grad_y, cache):
    (y,) = cache
    return grad_y - grad_y * y**2


def tanh_backward_loop(grad_y, cache):
    grad_x = np.empty_like(grad_y)
    for index in np.ndindex(grad_y.shape):
        grad_x[index] = grad_y[index] * (1 - cache[0][index] ** 2)
    return grad_x


TANH = {
    "forward": (
        [
            *slips(
                tanh_forward,
                """
                overflow: y = np.tanh(x) => y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
                    At x = 1000 the formula as printed is infinity / infinity. Use np.tanh, or only exp of -2|x|.
                sigmoid: y = np.tanh(x) => y = 0.5 * (1 + np.tanh(0.5 * x))
                    This is the sigmoid, from 0 to 1. tanh goes from -1 to 1.
                half: y = np.tanh(x) => y = np.tanh(x / 2)
                    Too flat: 2 sigmoid(x) - 1 is tanh(x / 2). The sigmoid has to be taken at 2x.
                no_minus_one: y = np.tanh(x) => y = np.tanh(x) + 1
                    1 too large everywhere: the -1 of 2 sigmoid(2x) - 1 is missing.
                mirrored: y = np.tanh(x) => y = np.tanh(-x)
                    The sign is turned: tanh rises.
                hard: y = np.tanh(x) => y = np.clip(x, -1, 1)
                    This is the straight-line sketch of tanh (the 'hard tanh'), right only at 0 and far out.
                double_precision [hidden]: y = np.tanh(x) => y = np.tanh(x.astype(np.float64))
                    You return float64 for a float32 input.
                in_place: y = np.tanh(x) => y = np.tanh(x, out=x)
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("from exp of -2|x|", {"tanh_forward": tanh_by_sigmoid}),
            Alternative("clipped where it is 1", {"tanh_forward": tanh_of_clipped}),
            Alternative("loop", {"tanh_forward": tanh_loop}),
        ],
        [
            "exp(1000) is too large for any float. Is there an exponential that never grows?",
            "numpy has np.tanh, and it is stable. With z = np.exp(-2 * np.abs(x)) you can also write it yourself.",
            "y = np.tanh(x), and keep y for the backward pass.",
        ],
    ),
    "backward": (
        [
            *slips(
                tanh_backward,
                r"""
                slope_only: grad_y * (1 - y * y) => 1 - y * y
                    This is the slope alone. The chain rule multiplies it by grad_y.
                not_squared: grad_y * (1 - y * y) => grad_y * (1 - y)
                    The square is missing: the slope is 1 - y squared.
                slope_of_sigmoid: grad_y * (1 - y * y) => grad_y * y * (1 - y)
                    y (1 - y) is the slope of the sigmoid. For tanh it is 1 - y squared.
                plus: grad_y * (1 - y * y) => grad_y * (1 + y * y)
                    A sign: the slope is 1 minus y squared, never above 1.
                of_tanh_again: grad_y * (1 - y * y) => grad_y * (1 - np.tanh(y) ** 2)
                    You take tanh twice: y is tanh(x) already.
                negative: grad_y * (1 - y * y) => grad_y * (y * y - 1)
                    The sign is turned: tanh rises, so its slope is positive.
                zeros: grad_y * (1 - y * y) => np.zeros_like(grad_y)
                    You return zeros: no gradient arrives.
                in_place: return grad_y * (1 - y * y) => grad_y *= 1 - y * y\n    return grad_y
                    You overwrite grad_y, which belongs to the caller. Make a new array.
                """,
            ),
            Mutant(
                "x_for_y",
                {
                    "tanh_forward": edit(tanh_forward, "return y, (y,)", "return y, (x,)"),
                    "tanh_backward": tanh_backward,
                },
                "You use 1 - x squared. The formula is written with the output: 1 - y squared.",
                tag="visible",
            ),
        ],
        [
            Alternative("product", {"tanh_forward": tanh_keep_x, "tanh_backward": tanh_backward_product}),
            Alternative("difference", {"tanh_backward": tanh_backward_difference}),
            Alternative("loop", {"tanh_backward": tanh_backward_loop}),
        ],
        [
            "Which number of the forward pass makes the slope cheapest? The cache should hold it.",
            "The slope at each entry is 1 - y * y.",
            "The chain rule: grad_x = grad_y * (1 - y * y).",
        ],
    ),
}

# --- ReLU -----------------------------------------------------------------------------------------------------------


def relu_by_mask(x):
    return x * (x > 0), x > 0


def relu_by_where(x):
    return np.where(x > 0, x, np.zeros_like(x)), np.sign(x)


def relu_by_absolute(x):
    return (x + np.abs(x)) / 2, x


def relu_on_a_copy(x):
    y = x.copy()
    y[y < 0] = 0
    return y, y


def relu_backward_from_y(grad_y, cache):
    grad_x = np.array(grad_y)
    grad_x[cache == 0] = 0
    return grad_x


def relu_backward_where(grad_y, cache):
    return np.where(cache[0] > 0, grad_y, 0)


def relu_backward_loop(grad_y, cache):
    grad_x = np.zeros_like(grad_y)
    for index in np.ndindex(grad_y.shape):
        if cache[0][index] > 0:
            grad_x[index] = grad_y[index]
    return grad_x


RELU = {
    "forward": (
        [
            *slips(
                relu_forward,
                """
                absolute: return np.maximum(x, 0) => return np.abs(x)
                    Negative inputs come out positive. ReLU sets them to 0.
                minimum: return np.maximum(x, 0) => return np.minimum(x, 0)
                    You keep the negative side. ReLU keeps the positive one: np.maximum.
                mask: return np.maximum(x, 0) => return (x > 0).astype(x.dtype)
                    You return the mask, 0 or 1. A positive x passes unchanged.
                leaky: return np.maximum(x, 0) => return np.maximum(x, 0.01 * x)
                    This is the leaky ReLU with slope 0.01. Here negative inputs give exactly 0.
                capped: return np.maximum(x, 0) => return np.clip(x, 0, 1)
                    You cap y at 1. ReLU has no upper end.
                identity: return np.maximum(x, 0) => return x.copy()
                    You return x unchanged, negative entries too.
                double_precision [hidden]: return np.maximum(x, 0) => return np.maximum(x, np.zeros(x.shape))
                    You return float64 for a float32 input: np.zeros makes float64.
                in_place: return np.maximum(x, 0) => return np.maximum(x, 0, out=x)
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("mask", {"relu_forward": relu_by_mask}),
            Alternative("where", {"relu_forward": relu_by_where}),
            Alternative("absolute", {"relu_forward": relu_by_absolute}),
            Alternative("own copy in place", {"relu_forward": relu_on_a_copy}),
        ],
        [
            "Entry by entry: the larger of x and 0.",
            "np.max finds the largest entry of one array. Which function compares two arrays entry by entry?",
            "y = np.maximum(x, 0); keep x in the cache, the backward pass will ask for its sign.",
        ],
    ),
    "backward": (
        [
            *slips(
                relu_backward,
                r"""
                sign_at_zero: return grad_y * (x > 0) => return grad_y * (x >= 0)
                    At x = 0 you pass the gradient on. The course sets the derivative there to 0.
                mask_of_grad: return grad_y * (x > 0) => return grad_y * (grad_y > 0)
                    You look at the sign of grad_y. It is the sign of x that decides.
                both_masks: return grad_y * (x > 0) => return grad_y * ((x > 0) & (grad_y > 0))
                    You stop negative gradients too. Only the sign of x decides; a gradient may have any sign.
                inverted: return grad_y * (x > 0) => return grad_y * (x <= 0)
                    Inverted: the gradient passes where x is positive.
                unmasked: return grad_y * (x > 0) => return grad_y.copy()
                    Everything passes. Where x was negative the output did not depend on it, so nothing comes back.
                mask_only: return grad_y * (x > 0) => return (x > 0).astype(grad_y.dtype)
                    This is the slope alone, 0 or 1. The chain rule multiplies it by grad_y.
                times_y: return grad_y * (x > 0) => return grad_y * np.maximum(x, 0)
                    You multiply by the output. The slope on the positive side is 1, however large x is.
                zeros: return grad_y * (x > 0) => return np.zeros_like(grad_y)
                    You return zeros: no gradient arrives.
                in_place: return grad_y * (x > 0) => grad_y[x <= 0] = 0\n    return grad_y
                    You overwrite grad_y, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("from y", {"relu_forward": relu_on_a_copy, "relu_backward": relu_backward_from_y}),
            Alternative("where", {"relu_backward": relu_backward_where}),
            Alternative("loop", {"relu_backward": relu_backward_loop}),
            Alternative("mask in the cache", {"relu_forward": relu_by_mask, "relu_backward": multiply_cache}),
        ],
        [
            "Where x was positive, y = x: the gradient passes unchanged. Elsewhere y = 0 whatever x "
            "is: nothing passes.",
            "A comparison of arrays, x > 0, is an array of True and False, and multiplies like 1 and 0.",
            "grad_x = grad_y * (x > 0). Note > and not >=.",
        ],
    ),
}

# --- leaky ReLU -----------------------------------------------------------------------------------------------------


def leaky_relu_two_parts(x, *, slope=0.01):
    return np.maximum(x, 0) + slope * np.minimum(x, 0), (x > 0, slope)


def leaky_relu_loop(x, *, slope=0.01):
    y = x.copy()
    for index in np.ndindex(x.shape):
        if x[index] <= 0:
            y[index] = slope * x[index]
    return y, (x, slope)


def leaky_relu_factor(x, slope=0.01):
    factor = np.where(x > 0, 1.0, slope).astype(x.dtype)
    return factor * x, factor


def leaky_relu_backward_in_place(grad_y, cache):
    x, slope = cache
    grad_x = grad_y.copy()
    grad_x[x <= 0] *= slope
    return grad_x


def leaky_relu_backward_sum(grad_y, cache):
    positive, slope = cache
    return positive * grad_y + ~positive * grad_y * slope


LEAKY = {
    "forward": (
        [
            *slips(
                leaky_relu_forward,
                r"""
                maximum: np.where(x > 0, x, slope * x) => np.maximum(x, slope * x)
                    For a slope above 1, slope * x is the larger one on the positive side. Choose by the sign of x,
                    not by max.
                slope_absolute: np.where(x > 0, x, slope * x) => np.where(x > 0, x, abs(slope) * x)
                    You drop the sign of the slope. It may be negative.
                slope_fixed: np.where(x > 0, x, slope * x) => np.where(x > 0, x, 0.01 * x)
                    You always use 0.01. The slope is an argument.
                relu: np.where(x > 0, x, slope * x) => np.maximum(x, 0)
                    This is the plain ReLU: the negative side is lost. There y = slope * x.
                sides_swapped: np.where(x > 0, x, slope * x) => np.where(x > 0, slope * x, x)
                    The sides are swapped: the slope belongs to the negative side.
                constant: np.where(x > 0, x, slope * x) => np.where(x > 0, x, slope)
                    On the negative side you return the slope itself. It multiplies x.
                mirrored: np.where(x > 0, x, slope * x) => np.where(x > 0, x, -slope * x)
                    A sign: on the negative side y = slope * x, which is negative for a positive slope.
                double_precision [hidden]: np.where(x > 0, x, slope * x)
                    => np.where(x > 0, x, slope * x.astype(np.float64))
                    You return float64 for a float32 input.
                in_place: return np.where(x > 0, x, slope * x) => x[x < 0] *= slope\n    return x
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("two parts", {"leaky_relu_forward": leaky_relu_two_parts}),
            Alternative("loop", {"leaky_relu_forward": leaky_relu_loop}),
            Alternative("factor", {"leaky_relu_forward": leaky_relu_factor}),
        ],
        [
            "Two cases, chosen by the sign of x. Which numpy function chooses between two arrays?",
            "np.where(condition, a, b) takes from a where the condition holds and from b elsewhere.",
            "y = np.where(x > 0, x, slope * x); the backward pass needs x and slope.",
        ],
    ),
    "backward": (
        [
            *slips(
                leaky_relu_backward,
                r"""
                sign_at_zero: np.where(x > 0, => np.where(x >= 0,
                    At x = 0 you use slope 1. The course counts 0 to the negative side.
                slope_fixed: slope * grad_y) => 0.01 * grad_y)
                    You always use 0.01. The slope of the forward pass has to travel in the cache.
                relu: slope * grad_y) => 0 * grad_y)
                    This is the gradient of the plain ReLU. On the negative side slope * grad_y comes back.
                sides_swapped: grad_y, slope * grad_y) => slope * grad_y, grad_y)
                    The sides are swapped: the slope belongs to the negative side.
                times_x: slope * grad_y) => slope * x * grad_y)
                    You multiply by slope * x, which is the output. The derivative of slope * x is slope.
                slope_only: np.where(x > 0, grad_y, slope * grad_y)
                    => np.where(x > 0, 1.0, slope * np.ones_like(grad_y)).astype(grad_y.dtype)
                    This is the slope alone. The chain rule multiplies it by grad_y.
                sign_of_grad: np.where(x > 0, => np.where(grad_y > 0,
                    You look at the sign of grad_y. It is the sign of x that decides.
                in_place: return np.where(x > 0, grad_y, slope * grad_y) => grad_y[x <= 0] *= slope\n    return grad_y
                    You overwrite grad_y, which belongs to the caller. Make a new array.
                """,
            ),
            Mutant(
                "sign_of_y",
                {
                    "leaky_relu_forward": edit(
                        leaky_relu_forward,
                        "return np.where(x > 0, x, slope * x), (x, slope)",
                        "y = np.where(x > 0, x, slope * x)\n    return y, (y, slope)",
                    ),
                    "leaky_relu_backward": leaky_relu_backward,
                },
                "You look at the sign of y, which a negative slope turns round. It is the sign of x that decides.",
            ),
        ],
        [
            Alternative("own copy in place", {"leaky_relu_backward": leaky_relu_backward_in_place}),
            Alternative(
                "factor in the cache",
                {"leaky_relu_forward": leaky_relu_factor, "leaky_relu_backward": multiply_cache},
            ),
            Alternative(
                "sum of two masks",
                {"leaky_relu_forward": leaky_relu_two_parts, "leaky_relu_backward": leaky_relu_backward_sum},
            ),
        ],
        [
            "What is the derivative of x with respect to x, and of slope * x?",
            "The two cases are the same as in the forward pass, so you need x and slope from the cache.",
            "grad_x = np.where(x > 0, grad_y, slope * grad_y).",
        ],
    ),
}

# --- ELU ------------------------------------------------------------------------------------------------------------


def elu_two_parts(x, *, alpha=1.0):
    return np.maximum(x, 0) + alpha * (np.exp(np.minimum(x, 0)) - 1), (x, alpha)


def elu_silenced(x, *, alpha=1.0):
    with np.errstate(over="ignore"):
        return np.where(x > 0, x, alpha * (np.exp(x) - 1)), (x, alpha)


def elu_masked(x, *, alpha=1.0):
    y = x.copy()
    y[x <= 0] = alpha * np.expm1(x[x <= 0])
    return y, (x, y, alpha)


def elu_slope_cached(x, alpha=1.0):
    below = alpha * np.exp(np.minimum(x, 0))
    return np.where(x > 0, x, below - alpha), np.where(x > 0, 1, below)


def elu_backward_from_y(grad_y, cache):
    x, y, alpha = cache
    return np.where(x > 0, grad_y, grad_y * (y + alpha))


def elu_backward_loop(grad_y, cache):
    x, alpha = cache
    grad_x = grad_y.copy()
    for index in np.ndindex(x.shape):
        if x[index] <= 0:
            grad_x[index] *= alpha * np.exp(x[index])
    return grad_x


ELU = {
    "forward": (
        [
            *slips(
                elu_forward,
                r"""
                no_minus_one: np.expm1(np.minimum(x, 0)) => np.exp(np.minimum(x, 0))
                    The -1 is missing: at x = 0 the curve jumps by alpha. It is alpha (exp(x) - 1).
                brackets: alpha * np.expm1(np.minimum(x, 0)) => alpha * np.exp(np.minimum(x, 0)) - 1
                    Brackets: alpha * exp(x) - 1 multiplies only the exponential. It is alpha * (exp(x) - 1).
                alpha_ignored: alpha * np.expm1( => np.expm1(
                    You leave out alpha, so the curve levels off at -1 instead of -alpha.
                alpha_in_exponent: alpha * np.expm1(np.minimum(x, 0)) => np.expm1(alpha * np.minimum(x, 0))
                    alpha stands in the exponent. It multiplies the whole bracket: alpha * (exp(x) - 1).
                alpha_on_both_sides: np.where(x > 0, x, alpha => np.where(x > 0, alpha * x, alpha
                    You scale the positive side by alpha too. There y = x.
                relu: alpha * np.expm1(np.minimum(x, 0)) => 0 * x
                    This is the plain ReLU: the negative side is lost.
                mask_times_infinity: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
                    => (x > 0) * x + (x <= 0) * alpha * np.expm1(x)
                    At x = 1000 you compute 0 * infinity, which is not a number. exp must not see the large positive
                    inputs.
                double_precision [hidden]: np.where(x > 0, x, alpha => np.where(x > 0, x.astype(np.float64), alpha
                    You return float64 for a float32 input.
                in_place: y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
                    => x[x < 0] = alpha * np.expm1(x[x < 0])\n    y = x
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        [
            Alternative("two parts", {"elu_forward": elu_two_parts}),
            Alternative("both branches, silenced", {"elu_forward": elu_silenced}),
            Alternative("masked assignment", {"elu_forward": elu_masked}),
        ],
        [
            "np.where(x > 0, ..., ...) again. The second branch is alpha * (exp(x) - 1), brackets included.",
            "np.where computes both branches for all entries. np.minimum(x, 0) keeps the large ones away from exp.",
            "y = np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)); np.expm1(z) is a finer exp(z) - 1.",
        ],
    ),
    "backward": (
        [
            *slips(
                elu_backward,
                """
                alpha_ignored: grad_y * alpha * np.exp( => grad_y * np.exp(
                    alpha is missing: the slope of alpha (exp(x) - 1) is alpha * exp(x). Your version is right for
                    alpha = 1 only.
                y_plus_one: grad_y * alpha * np.exp(np.minimum(x, 0))
                    => grad_y * (alpha * np.expm1(np.minimum(x, 0)) + 1)
                    y + 1 is the slope for alpha = 1 only. In general it is y + alpha.
                x_plus_alpha: grad_y * alpha * np.exp(np.minimum(x, 0)) => grad_y * (x + alpha)
                    You add alpha to x. The short form of the slope is y + alpha, with the output y.
                value_for_slope: grad_y * alpha * np.exp(np.minimum(x, 0))
                    => grad_y * alpha * np.expm1(np.minimum(x, 0))
                    You multiply by the value of the function. The -1 goes away when you differentiate: alpha *
                    exp(x).
                sign_at_zero: np.where(x > 0, => np.where(x >= 0,
                    At x = 0 you use slope 1. The course counts 0 to the negative side, where the slope is alpha.
                relu: grad_y * alpha * np.exp(np.minimum(x, 0)) => 0 * grad_y
                    This is the gradient of the plain ReLU: the negative side has slope alpha * exp(x).
                leaky: grad_y * alpha * np.exp(np.minimum(x, 0)) => grad_y * alpha
                    On the negative side the slope is not alpha everywhere: it falls off as alpha * exp(x).
                mask_times_infinity: np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))
                    => (x > 0) * grad_y + (x <= 0) * grad_y * alpha * np.exp(x)
                    At x = 1000 you compute 0 * infinity, which is not a number. exp must not see the large positive
                    inputs.
                slope_only: np.where(x > 0, grad_y, grad_y * alpha => np.where(x > 0, np.ones_like(grad_y), alpha
                    This is the slope alone. The chain rule multiplies it by grad_y.
                """,
            ),
        ],
        [
            Alternative("from y", {"elu_forward": elu_masked, "elu_backward": elu_backward_from_y}),
            Alternative("slope in the cache", {"elu_forward": elu_slope_cached, "elu_backward": multiply_cache}),
            Alternative("loop", {"elu_backward": elu_backward_loop}),
        ],
        [
            "Differentiate each branch on its own. A constant, such as -alpha, has derivative 0.",
            "On the negative side the slope is alpha * exp(x), so alpha has to travel in the cache.",
            "grad_x = np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0))).",
        ],
    ),
}

# --- softplus -------------------------------------------------------------------------------------------------------


def softplus_logaddexp(x):
    return np.logaddexp(x, np.zeros_like(x)), x


def softplus_two_cases(x):
    y = np.empty_like(x)
    large = x > 0
    y[large] = x[large] + np.log1p(np.exp(-x[large]))
    y[~large] = np.log1p(np.exp(x[~large]))
    return y, x


def softplus_slope_cached(x):
    z = np.exp(-np.abs(x))
    return np.maximum(x, 0) + np.log1p(z), np.where(x >= 0, 1 / (1 + z), z / (1 + z))


def softplus_backward_tanh(grad_y, cache):
    (x,) = cache
    return grad_y * ((1 + np.tanh(x / 2)) / 2)


def softplus_backward_from_y(grad_y, cache):
    return grad_y * -np.expm1(-cache)


def softplus_keep_y(x):
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, y


SOFTPLUS = {
    "forward": (
        [
            *slips(
                softplus_forward,
                """
                overflow: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.log(1 + np.exp(x))
                    At x = 1000 exp(x) is infinite, and so is your answer. Take out the large part: x + log(1 +
                    exp(-x)).
                relu: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.maximum(x, 0)
                    This is the plain ReLU. Softplus rounds its corner: 0.693 at x = 0.
                no_linear_part: np.maximum(x, 0) + np.log1p( => np.log1p(
                    log(1 + exp(-|x|)) is only the bump at the corner. On the positive side x itself has to be added.
                x_on_both_sides: np.maximum(x, 0) => x
                    You add x on the negative side too. x + log(1 + exp(-x)) is the form for positive x.
                mirrored: np.maximum(x, 0) => np.maximum(-x, 0)
                    Mirrored: this is softplus of -x.
                base_two: np.log1p(np.exp(-np.abs(x))) => np.log2(1 + np.exp(-np.abs(x)))
                    The logarithm is the natural one, np.log: ln 2 = 0.693 at x = 0.
                cut_off: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.log1p(np.exp(np.minimum(x, 50)))
                    You cut x off, so the curve stops rising. A stable formula needs no cutting.
                double_precision [hidden]: y = np.maximum(x, 0) => y = np.maximum(x, 0).astype(np.float64)
                    You return float64 for a float32 input.
                """,
            ),
        ],
        [
            Alternative("logaddexp", {"softplus_forward": softplus_logaddexp}),
            Alternative("two cases", {"softplus_forward": softplus_two_cases}),
        ],
        [
            "For large x the answer is x plus almost nothing. Can you take x out of the logarithm?",
            "ln(1 + e^x) = x + ln(1 + e^-x): the first form is safe for x <= 0, the second for x > 0.",
            "Both at once: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))). Also np.logaddexp(x, 0) knows the trick.",
        ],
    ),
    "backward": (
        [
            *slips(
                softplus_backward,
                """
                mirrored: grad_y * sigmoid(x) => grad_y * (1 - sigmoid(x))
                    Mirrored: this is the sigmoid of -x. The slope goes to 1 on the right.
                relu: grad_y * sigmoid(x) => grad_y * (x > 0)
                    This is the gradient of the ReLU. Softplus changes its slope smoothly: it is the sigmoid.
                derivative_twice: grad_y * sigmoid(x) => grad_y * sigmoid(x) * (1 - sigmoid(x))
                    You differentiated once too often: the slope is the sigmoid itself, not its slope.
                slope_only: grad_y * sigmoid(x) => sigmoid(x)
                    This is the slope alone. The chain rule multiplies it by grad_y.
                overflow: grad_y * sigmoid(x) => grad_y * (np.exp(x) / (1 + np.exp(x)))
                    At x = 1000 you compute infinity / infinity. Use your stable sigmoid.
                of_the_output: grad_y * sigmoid(x)
                    => grad_y * sigmoid(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))
                    You take the sigmoid of the output. It is the sigmoid of x.
                plain_exp: grad_y * sigmoid(x) => grad_y * np.exp(np.minimum(x, 0))
                    The slope of a logarithm ln(u) is u' / u: the denominator 1 + exp(x) is missing.
                zeros: grad_y * sigmoid(x) => 0 * grad_y
                    You return zeros: no gradient arrives.
                """,
            ),
        ],
        [
            Alternative("by tanh", {"softplus_backward": softplus_backward_tanh}),
            Alternative(
                "slope in the cache", {"softplus_forward": softplus_slope_cached, "softplus_backward": multiply_cache}
            ),
            Alternative("from y", {"softplus_forward": softplus_keep_y, "softplus_backward": softplus_backward_from_y}),
        ],
        [
            "Differentiate ln(1 + e^x) by hand: e^x / (1 + e^x). You have met this function.",
            "It is the sigmoid of x. Use the stable form, with exp of -|x| only.",
            "grad_x = grad_y * own.sigmoid_forward(x)[0], with the x from the cache.",
        ],
    ),
}

# --- identities of the pairs ----------------------------------------------------------------------------------------

EVEN_SLOPE = ("the slope at -x is the slope at x", {"grad_x": 1}, "grad_mirrored")
SLOPES_ADD_UP = ("the slopes at x and at -x add up to 1", {"grad_x": 1, "grad_mirrored": 1}, "grad_y")
IDENTITIES = {
    "sigmoid": {
        "forward": [mirrored("sigmoid", "sigmoid(x) + sigmoid(-x) = 1", {"y": 1, "mirrored": 1}, 1)],
        "backward": [mirrored("sigmoid", *EVEN_SLOPE)],
    },
    "tanh": {
        "forward": [mirrored("tanh", "tanh(x) + tanh(-x) = 0", {"y": 1, "mirrored": 1}, 0)],
        "backward": [mirrored("tanh", *EVEN_SLOPE)],
    },
    "relu": {
        "forward": [mirrored("relu", "relu(x) - relu(-x) = x", {"y": 1, "mirrored": -1}, "x")],
        "backward": [mirrored("relu", *SLOPES_ADD_UP)],
    },
    "leaky_relu": {
        "forward": [
            mirrored("leaky_relu", "with slope 1 it is x itself", {"y": 1}, "x", ", slope=1.0"),
            mirrored("leaky_relu", "with slope -1 it is |x|, the same at -x", {"y": 1}, "mirrored", ", slope=-1.0"),
        ],
        "backward": [
            Property(
                "adjoint",
                title="y is a multiple of x, and grad_x the same multiple of grad_y",
                kind="x and y in proportion",
                calls=[
                    "y, cache = leaky_relu_forward(x, slope=0.3)",
                    "grad_x = leaky_relu_backward(grad_y, cache)",
                ],
                inputs=around_zero,
                pairs=(("x", "grad_x"), ("y", "grad_y")),
            )
        ],
    },
    "elu": {
        "forward": [
            Property(
                "combination",
                title="alpha 2 lies halfway between alpha 1 and alpha 3",
                kind="several alphas",
                calls=[f"y{alpha}, _ = elu_forward(x, alpha={alpha}.0)" for alpha in (1, 2, 3)],
                inputs=around_zero,
                terms={"y1": 0.5, "y3": 0.5},
                right="y2",
            )
        ],
        "backward": [
            Property(
                "combination",
                title="below 0 the slope is y + alpha, here with alpha 2",
                kind="slopes below 0",
                calls=["y, cache = elu_forward(below, alpha=2.0)", "slope = elu_backward(ones, cache)"],
                inputs=around_zero,
                terms={"slope": 1, "y": -1},
                right=2,
            )
        ],
    },
    "softplus": {
        "forward": [mirrored("softplus", "softplus(x) - softplus(-x) = x", {"y": 1, "mirrored": -1}, "x")],
        "backward": [mirrored("softplus", *SLOPES_ADD_UP)],
    },
}

# --- PReLU ----------------------------------------------------------------------------------------------------------


def prelu_case(title, x, slope, direction, rng, kind=None):
    calls = ["y, cache = prelu_forward(x, slope)"]
    inputs = {"x": x, "slope": slope}
    if direction == "backward":
        calls.append("grad_x, grad_slope = prelu_backward(grad_y, cache)")
        inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
    outputs = ("grad_x", "grad_slope") if direction == "backward" else ("y",)
    return Case(title, inputs=inputs, calls=calls, outputs=outputs, **({"kind": kind} if kind else {}))


def prelu_cases(direction):
    rng = np.random.default_rng(41)
    whole = np.array([[-2.0, 0.0, 3.0], [1.0, -1.0, 0.0], [0.0, 4.0, -3.0], [-1.0, -2.0, -5.0]])
    return [
        prelu_case("by hand", np.array([[-2.0, 3.0], [-1.0, -4.0], [5.0, 0.0]]), np.array([0.5, 0.25]), direction, rng),
        prelu_case("a batch", spaced(rng, (4, 3)), np.array([0.1, 0.3, -0.2]), direction, rng),
        prelu_case("images", spaced(rng, (2, 3, 5, 4)), np.array([0.25, 0.05, 0.5]), direction, rng),
        prelu_case("slopes above 1", spaced(rng, (3, 2, 4, 5)), np.array([1.75, 2.5]), direction, rng),
        prelu_case("sequences", spaced(rng, (3, 4, 7)), np.array([0.2, 1.5, -0.4, 0.0]), direction, rng),
        prelu_case("integers and ties", whole, np.array([0.5, 2.0, 0.25]), direction, rng),
        prelu_case("N, C and W all 3", spaced(rng, (3, 3, 2, 3)), np.array([0.5, -0.25, 2.0]), direction, rng),
    ]


def prelu_hidden(direction):
    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))

        def slopes():
            return rng.uniform(-0.5, 1.0, c)

        wide = spaced(rng, (n, c, h, 2 * w))[:, :, :, ::2]
        far = rng.permutation(np.linspace(-1000, 1000, n * c)).reshape(n, c)
        return [
            prelu_case("odd 1", spaced(rng, (n, c, h, w)), slopes(), direction, rng, "odd shapes"),
            prelu_case("odd 2", spaced(rng, (h, c)), slopes(), direction, rng, "odd shapes"),
            prelu_case("odd 3", spaced(rng, (w, c, n)), slopes(), direction, rng, "odd shapes"),
            prelu_case("steep", spaced(rng, (n, c, w)), 1 + rng.uniform(0.5, 2, c), direction, rng, "slopes above 1"),
            prelu_case("one channel", spaced(rng, (n, 1, h, w)), np.array([0.3]), direction, rng, "one channel"),
            prelu_case("far", far, slopes(), direction, rng, "extreme values"),
            *(
                prelu_case(
                    f"single {wide}",
                    spaced(rng, (n, c, wide)).astype(np.float32),
                    slopes().astype(np.float32),
                    direction,
                    rng,
                    "float32",
                )
                for wide in (h, w)
            ),
            prelu_case("strided", wide, slopes(), direction, rng, "non-contiguous"),
        ]

    return hidden


def prelu_two_parts(x, slope):
    shape = [1] * x.ndim
    shape[1] = -1
    wide = slope.reshape(shape)
    return np.maximum(x, 0) + wide * np.minimum(x, 0), (x, wide)


def prelu_channel_loop(x, slope):
    y = x.copy()
    for channel, factor in enumerate(slope):
        part = y[:, channel]
        part[part < 0] *= factor
    return y, (x, slope)


def prelu_channels_last(x, slope):
    last = np.moveaxis(x, 1, -1)
    return np.moveaxis(np.where(last > 0, last, slope * last), -1, 1), (x, slope)


def prelu_backward_channel_loop(grad_y, cache):
    x, slope = cache
    grad_x, grad_slope = grad_y.copy(), np.zeros_like(slope)
    for channel, factor in enumerate(slope):
        below = x[:, channel] <= 0
        grad_slope[channel] = np.sum(grad_y[:, channel][below] * x[:, channel][below])
        grad_x[:, channel][below] *= factor
    return grad_x, grad_slope


def prelu_backward_flat(grad_y, cache):
    x, wide = cache
    below = (x <= 0).astype(grad_y.dtype)
    grad_slope = (grad_y * x * below).reshape(len(x), x.shape[1], -1).sum(axis=2).sum(axis=0)
    return grad_y * (1 - below) + grad_y * below * wide, grad_slope


def prelu_backward_einsum(grad_y, cache):
    x, slope = cache
    flat_x, flat_grad = x.reshape(*x.shape[:2], -1), grad_y.reshape(*x.shape[:2], -1)
    grad_slope = np.einsum("ncp,ncp->c", np.minimum(flat_x, 0), flat_grad)
    factor = np.where(flat_x > 0, 1, slope[None, :, None]).astype(x.dtype)
    return (flat_grad * factor).reshape(x.shape), grad_slope


def channels_of_slopes(rng):
    x, low, high = spaced(rng, (3, 4, 2)), rng.uniform(-1, 1, 4), rng.uniform(1, 3, 4)
    inputs = {"x": x, "below": -np.abs(x), "grad_y": rng.normal(size=x.shape), "one": np.ones(4)}
    return inputs | {"low": low, "high": high, "middle": (low + high) / 2}


PRELU_FORWARD_IDENTITIES = [
    Property(
        "equal",
        title="with slopes of 1 it is x itself",
        kind="slopes of 1",
        calls=["y, _ = prelu_forward(x, one)"],
        inputs=channels_of_slopes,
        left="y",
        right="x",
    ),
    Property(
        "combination",
        title="slopes halfway between others give what lies halfway between",
        kind="slopes halfway between others",
        calls=[f"y_{slope}, _ = prelu_forward(x, {slope})" for slope in ("low", "middle", "high")],
        inputs=channels_of_slopes,
        terms={"y_low": 0.5, "y_high": 0.5},
        right="y_middle",
    ),
]
PRELU_BACKWARD_IDENTITIES = [
    Property(
        "adjoint",
        part=f"grad_{name}",
        title=title,
        kind=kind,
        calls=[f"y, cache = prelu_forward({x}, low)", "grad_x, grad_slope = prelu_backward(grad_y, cache)"],
        inputs=channels_of_slopes,
        pairs=((given, f"grad_{name}"), ("y", "grad_y")),
    )
    for name, x, given, title, kind in [
        ("x", "x", "x", "y is a multiple of x, and grad_x the same multiple of grad_y", "x and y in proportion"),
        (
            "slope",
            "below",
            "low",
            "below 0, y = slope * x",
            "slope and y in proportion",
        ),
    ]
]
PRELU = [
    Exercise(
        id="prelu_forward",
        points=5,
        functions={"prelu_forward": prelu_forward},
        subject=("prelu_forward",),
        cases=prelu_cases("forward"),
        hidden=prelu_hidden("forward"),
        properties=PRELU_FORWARD_IDENTITIES,
        hidden_properties=PRELU_FORWARD_IDENTITIES,
        mutants=[
            *slips(
                prelu_forward,
                r"""
                maximum: np.where(x > 0, x, wide_slope * x) => np.maximum(x, wide_slope * x)
                    max(x, slope * x) is right for slopes from 0 to 1 only, and a slope that learns may leave that
                    range.
                first_slope: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, slope[0] * x)
                    You use the slope of channel 0 for all channels.
                mean_slope: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, slope.mean() * x)
                    You use the mean of the slopes for all channels. Each channel has its own.
                last_axis: slope.reshape(-1, *[1] * (x.ndim - 2)) => slope
                    numpy lines shapes up from the right, so your slope meets the last axis. The channel is axis 1: give
                    the slope a 1 for each axis behind it.
                first_axis: (x.ndim - 2) => (x.ndim - 1)
                    Your slope meets the batch, axis 0. The channel is axis 1: one axis less comes behind it.
                reversed: slope.reshape( => slope[::-1].reshape(
                    The slopes go to the channels in the wrong order.
                relu: np.where(x > 0, x, wide_slope * x) => np.maximum(x, 0)
                    This is the plain ReLU: the negative side is lost. There y = slope * x.
                sides_swapped: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, wide_slope * x, x)
                    The sides are swapped: the slope belongs to the negative side.
                constant: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, wide_slope + 0 * x)
                    On the negative side you return the slope itself. It multiplies x.
                fixed: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, 0.25 * x)
                    You use 0.25, the paper's starting value, everywhere. The slopes are an argument.
                double_precision [hidden]: np.where(x > 0, x, wide_slope * x)
                    => np.where(x > 0, x, wide_slope * x.astype(np.float64))
                    You return float64 for float32 inputs.
                in_place: return np.where(x > 0, x, wide_slope * x)
                    => np.multiply(x, wide_slope, out=x, where=x < 0)\n    return x
                    You overwrite x, which belongs to the caller. Make a new array.
                """,
            ),
        ],
        alternatives=[
            Alternative("two parts", {"prelu_forward": prelu_two_parts}),
            Alternative("loop over channels", {"prelu_forward": prelu_channel_loop}),
            Alternative("channels last", {"prelu_forward": prelu_channels_last}),
        ],
        hints=[
            "numpy lines shapes up from the right, so a slope of shape (C,) would meet the last "
            "axis. It has to meet axis 1.",
            "Give the slope a 1 for each axis after the channel: (C, 1, 1) for images, (C,) for a plain batch.",
            "wide = slope.reshape(-1, *[1] * (x.ndim - 2)), then np.where(x > 0, x, wide * x).",
        ],
    ),
    Exercise(
        id="prelu_backward",
        points=7,
        functions={"prelu_forward": prelu_forward, "prelu_backward": prelu_backward},
        subject=("prelu_backward",),
        cases=and_in_turn(prelu_cases("backward")),
        hidden=prelu_hidden("backward"),
        properties=[
            Property(
                "gradient",
                forward="prelu_forward",
                backward="prelu_backward",
                inputs={"x": spaced(np.random.default_rng(42), (3, 4, 5, 2)), "slope": np.array([0.3, -0.2, 1.5, 0.8])},
            ),
            *PRELU_BACKWARD_IDENTITIES,
        ],
        hidden_properties=PRELU_BACKWARD_IDENTITIES,
        mutants=[
            *slips(
                prelu_backward,
                """
                mean: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * np.minimum(x, 0)).mean(axis=other_axes)
                    grad_slope is a mean. One slope served all these entries, so their gradients add up: a sum.
                over_batch_size: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * np.minimum(x, 0)).sum(axis=other_axes) / len(x)
                    You divide grad_slope by the batch size. A mean over the batch belongs into the loss; here it is a
                    sum.
                no_mask: (grad_y * np.minimum(x, 0)).sum(axis=other_axes) => (grad_y * x).sum(axis=other_axes)
                    Positive entries contribute to grad_slope. There y = x, and the slope had no part in it.
                positive_side: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * np.maximum(x, 0)).sum(axis=other_axes)
                    grad_slope gathers the positive entries. The slope acts on the negative ones.
                times_slope: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * wide_slope * np.minimum(x, 0)).sum(axis=other_axes)
                    You gather grad_y times the output. The derivative of slope * x with respect to the slope is x.
                without_grad: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => np.minimum(x, 0).sum(axis=other_axes)
                    grad_slope forgets grad_y: the chain rule multiplies x by it before the sum.
                without_x: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * (x <= 0)).sum(axis=other_axes)
                    grad_slope forgets x: the derivative of slope * x with respect to the slope is x.
                shared: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => np.full(x.shape[1], (grad_y * np.minimum(x, 0)).sum())
                    You add up all channels. Each channel has a slope, and a gradient, of its own.
                batch_only: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
                    => (grad_y * np.minimum(x, 0)).sum(axis=0)
                    You sum over the batch only. The slope was copied over all axes but the channel's: sum over all of
                    them.
                all_but_last: other_axes = (0, *range(2, x.ndim)) => other_axes = tuple(range(x.ndim - 1)) or (0,)
                    You sum over all axes but the last. The channel is axis 1: sum over axis 0 and over those from 2 on.
                stopped: wide_slope * grad_y) => 0 * grad_y)
                    grad_x is that of a plain ReLU: on the negative side slope * grad_y comes back.
                sign_at_zero: np.where(x > 0, => np.where(x >= 0,
                    At x = 0 grad_x uses slope 1. The course counts 0 to the negative side.
                """,
            ),
        ],
        alternatives=[
            Alternative(
                "loop over channels",
                {"prelu_forward": prelu_channel_loop, "prelu_backward": prelu_backward_channel_loop},
            ),
            Alternative("two sums", {"prelu_forward": prelu_two_parts, "prelu_backward": prelu_backward_flat}),
            Alternative("einsum", {"prelu_forward": prelu_channels_last, "prelu_backward": prelu_backward_einsum}),
        ],
        hints=[
            "grad_x is the leaky ReLU's, with a wide slope. For grad_slope: on the negative side y = "
            "slope * x, so dy/dslope = x.",
            "grad_y * x where x <= 0, and 0 elsewhere, is the contribution of each entry. grad_y * "
            "np.minimum(x, 0) is the same.",
            "Sum it over all axes but axis 1: .sum(axis=(0, *range(2, x.ndim))), which leaves (C,).",
        ],
    ),
]

# --- maxout ---------------------------------------------------------------------------------------------------------


def maxout_case(title, x, weight, bias, direction, rng, kind=None):
    calls = ["y, cache = maxout_forward(x, weight, bias)"]
    inputs = {"x": x, "weight": weight, "bias": bias}
    if direction == "backward":
        calls.append("grad_x, grad_weight, grad_bias = maxout_backward(grad_y, cache)")
        inputs["grad_y"] = rng.normal(size=(len(x), bias.shape[1])).astype(x.dtype)
    outputs = ("grad_x", "grad_weight", "grad_bias") if direction == "backward" else ("y",)
    return Case(title, inputs=inputs, calls=calls, outputs=outputs, **({"kind": kind} if kind else {}))


def maxout_inputs(rng, n, d, m, k):
    return rng.normal(size=(n, d)), rng.normal(size=(k, d, m)), rng.normal(size=(k, m))


def maxout_ties(rng, n, d, m, k):
    """Whole numbers, and two pieces that agree: every output is tied or decided by a margin of at least 1."""
    x = rng.integers(-2, 3, size=(n, d)).astype(float)
    weight = rng.integers(-2, 3, size=(k, d, m)).astype(float)
    bias = rng.integers(-1, 2, size=(k, m)).astype(float)
    weight[-1], bias[-1] = weight[0], bias[0]
    return x, weight, bias


def maxout_cases(direction):
    rng = np.random.default_rng(51)
    one = (np.array([[2.0], [-3.0], [4.0]]), np.array([[[1.0]], [[-1.0]]]), np.array([[0.0], [5.0]]))
    return [
        maxout_case("by hand", *one, direction, rng),
        maxout_case("two pieces", *maxout_inputs(rng, 4, 3, 5, 2), direction, rng),
        maxout_case("three pieces", *maxout_inputs(rng, 7, 4, 2, 3), direction, rng),
        maxout_case("four pieces", *maxout_inputs(rng, 5, 2, 3, 4), direction, rng),
        maxout_case("ties", *maxout_ties(rng, 6, 3, 4, 2), direction, rng),
        maxout_case("more ties", *maxout_ties(rng, 5, 2, 4, 3), direction, rng),
    ]


def maxout_hidden(direction):
    def hidden(rng):
        n, d, m, k = (int(size) for size in rng.permutation([2, 3, 4, 5]))
        x, weight, bias = maxout_inputs(rng, n + 1, d, m, k)
        wide = rng.normal(size=(n, 2 * d))[:, ::2]
        single = tuple(array.astype(np.float32) for array in maxout_inputs(rng, n + 2, d, m, k))
        return [
            maxout_case("odd 1", *maxout_inputs(rng, n, d, m, k), direction, rng, "odd shapes"),
            maxout_case("odd 2", *maxout_inputs(rng, k, m, n, d), direction, rng, "odd shapes"),
            maxout_case("odd 3", *maxout_inputs(rng, m, n, k, 2), direction, rng, "odd shapes"),
            maxout_case("one piece", *maxout_inputs(rng, n, d, m, 1), direction, rng, "one piece"),
            maxout_case("one example", *maxout_inputs(rng, 1, d, m, k), direction, rng, "one example"),
            maxout_case("ties", *maxout_ties(rng, 6, d, m, k), direction, rng, "ties"),
            maxout_case("far", 1e4 * x, weight, bias, direction, rng, "extreme values"),
            maxout_case("single", *single, direction, rng, "float32"),
            maxout_case("strided", wide, weight, bias, direction, rng, "non-contiguous"),
        ]

    return hidden


def maxout_einsum(x, weight, bias):
    z = np.einsum("nd,kdm->nkm", x, weight) + bias
    return z.max(axis=1), (x, weight, z.argmax(axis=1))


def maxout_running(x, weight, bias):
    y = x @ weight[0] + bias[0]
    winner = np.zeros(y.shape, dtype=int)
    for piece in range(1, len(weight)):
        z = x @ weight[piece] + bias[piece]
        better = z > y
        y = np.where(better, z, y)
        winner[better] = piece
    return y, (x, weight, winner)


def maxout_loops(x, weight, bias):
    y = np.zeros((len(x), weight.shape[2]), x.dtype)
    for n in range(len(x)):
        for m in range(weight.shape[2]):
            y[n, m] = max(x[n] @ weight[k, :, m] + bias[k, m] for k in range(len(weight)))
    return y, None


def maxout_backward_pieces(grad_y, cache):
    x, weight, winner = cache
    grad_x = np.zeros_like(x)
    grad_weight = np.zeros_like(weight)
    grad_bias = np.zeros_like(weight[:, 0, :])
    for piece in range(len(weight)):
        grad_z = np.where(winner == piece, grad_y, 0)
        grad_x += grad_z @ weight[piece].T
        grad_weight[piece] = x.T @ grad_z
        grad_bias[piece] = grad_z.sum(axis=0)
    return grad_x, grad_weight, grad_bias


def maxout_backward_loops(grad_y, cache):
    x, weight, winner = cache
    grad_x, grad_weight = np.zeros_like(x), np.zeros_like(weight)
    grad_bias = np.zeros((weight.shape[0], weight.shape[2]), weight.dtype)
    for n in range(len(x)):
        for m in range(weight.shape[2]):
            k = winner[n, m]
            grad_x[n] += grad_y[n, m] * weight[k, :, m]
            grad_weight[k, :, m] += grad_y[n, m] * x[n]
            grad_bias[k, m] += grad_y[n, m]
    return grad_x, grad_weight, grad_bias


def maxout_backward_einsum(grad_y, cache):
    x, weight, winner = cache
    routed = (np.arange(len(weight)) == winner[..., None]) * grad_y[..., None]
    return (
        np.einsum("nmk,kdm->nd", routed, weight),
        np.einsum("nd,nmk->kdm", x, routed),
        np.einsum("nmk->km", routed),
    )


def maxout_keep_pieces(x, weight, bias):
    pieces = x @ weight + bias[:, None, :]
    return pieces.max(axis=0), (x, weight, pieces)


def maxout_backward_all_ties(grad_y, cache):
    x, weight, pieces = cache
    grad_pieces = grad_y * (pieces == pieces.max(axis=0))
    return (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0), x.T @ grad_pieces, grad_pieces.sum(axis=1)


def maxout_backward_shared_ties(grad_y, cache):
    x, weight, pieces = cache
    won = pieces == pieces.max(axis=0)
    grad_pieces = grad_y * won / won.sum(axis=0)
    return (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0), x.T @ grad_pieces, grad_pieces.sum(axis=1)


def rearranged_pieces(rng):
    """Three pieces, the same in reverse order, one of them alone, and that one twice."""
    x, weight, bias = maxout_inputs(rng, 5, 4, 3, 3)
    inputs = {"x": x, "weight": weight, "bias": bias, "weight_reversed": weight[::-1], "bias_reversed": bias[::-1]}
    inputs |= {"weight_once": weight[:1], "bias_once": bias[:1]}
    inputs |= {"weight_twice": weight[[0, 0]], "bias_twice": bias[[0, 0]]}
    return inputs | {"grad_y": rng.normal(size=(5, 3))}


MAXOUT_FORWARD_IDENTITIES = [
    Property(
        "equal",
        title="the order of the pieces does not matter",
        kind="pieces in another order",
        calls=[
            "y, _ = maxout_forward(x, weight, bias)",
            "again, _ = maxout_forward(x, weight_reversed, bias_reversed)",
        ],
        inputs=rearranged_pieces,
        left="y",
        right="again",
    ),
    Property(
        "equal",
        title="a piece that stands there twice counts as one",
        kind="a piece that stands there twice",
        calls=[
            "twice, _ = maxout_forward(x, weight_twice, bias_twice)",
            "once, _ = maxout_forward(x, weight_once, bias_once)",
        ],
        inputs=rearranged_pieces,
        left="twice",
        right="once",
    ),
]
HANDED_ON = Property(
    "conserved",
    part="grad_bias",
    title="each output hands its gradient on to one piece",
    kind="what the pieces receive in all",
    calls=[
        "y, cache = maxout_forward(x, weight, bias)",
        "grad_x, grad_weight, grad_bias = maxout_backward(grad_y, cache)",
    ],
    inputs=rearranged_pieces,
    left="grad_bias",
    right="grad_y",
    axes=(0,),
)
MAXOUT = [
    Exercise(
        id="maxout_forward",
        points=6,
        functions={"maxout_forward": maxout_forward},
        subject=("maxout_forward",),
        cases=maxout_cases("forward"),
        hidden=maxout_hidden("forward"),
        properties=MAXOUT_FORWARD_IDENTITIES,
        hidden_properties=MAXOUT_FORWARD_IDENTITIES,
        mutants=[
            *slips(
                maxout_forward,
                """
                sum: np.take_along_axis(pieces, winner[None], axis=0)[0] => pieces.sum(axis=0)
                    You add the pieces. The largest one wins alone.
                mean: np.take_along_axis(pieces, winner[None], axis=0)[0] => pieces.mean(axis=0)
                    You average the pieces. The largest one wins alone.
                minimum: pieces.argmax(axis=0) => pieces.argmin(axis=0)
                    The smallest piece wins. It should be the largest.
                first_piece: np.take_along_axis(pieces, winner[None], axis=0)[0] => pieces[0]
                    You return the first piece, without a competition.
                no_bias: x @ weight + bias[:, None, :] => x @ weight
                    The bias is missing. Each piece adds its own before they compete.
                bias_after: np.take_along_axis(pieces, winner[None], axis=0)[0]
                    => (x @ weight).max(axis=0) + bias.max(axis=0)
                    You take the maximum of the products and of the biases apart. Add the bias first, then compare.
                bias_of_first: bias[:, None, :] => bias[0]
                    All pieces get the bias of piece 0. Each has its own row of bias.
                one_winner_per_example: np.take_along_axis(pieces, winner[None], axis=0)[0]
                    => pieces[pieces.sum(axis=2).argmax(axis=0), np.arange(len(x))]
                    You choose one winner for the whole example. Every output has a winner of its own.
                absolute: np.take_along_axis(pieces, winner[None], axis=0)[0] => np.abs(pieces).max(axis=0)
                    You compare absolute values. A large negative piece does not win.
                relu_on_top: np.take_along_axis(pieces, winner[None], axis=0)[0] => np.maximum(pieces.max(axis=0), 0)
                    You cut the result off at 0. Maxout may be negative: it is the activation itself.
                """,
            ),
        ],
        alternatives=[
            Alternative("einsum", {"maxout_forward": maxout_einsum}),
            Alternative("running maximum", {"maxout_forward": maxout_running}),
            Alternative("loops", {"maxout_forward": maxout_loops}),
        ],
        hints=[
            "First all pieces: an array of shape (k, N, M). x @ weight makes it in one go, because @ "
            "treats weight as a stack.",
            "Each piece has its own bias row: bias[:, None, :] has shape (k, 1, M) and is copied over the batch.",
            "Then pieces.max(axis=0); pieces.argmax(axis=0) says who won, which the backward pass will ask.",
        ],
    ),
    Exercise(
        id="maxout_backward",
        points=9,
        functions={"maxout_forward": maxout_forward, "maxout_backward": maxout_backward},
        subject=("maxout_backward",),
        cases=and_in_turn(maxout_cases("backward")),
        hidden=maxout_hidden("backward"),
        properties=[
            Property(
                "gradient",
                forward="maxout_forward",
                backward="maxout_backward",
                inputs=dict(
                    zip(("x", "weight", "bias"), maxout_inputs(np.random.default_rng(52), 4, 3, 5, 3), strict=True)
                ),
            ),
            HANDED_ON,
        ],
        hidden_properties=[HANDED_ON],
        mutants=[
            *slips(
                maxout_backward,
                """
                everyone: grad_pieces = grad_y * won => grad_pieces = grad_y * np.ones_like(won)
                    Every piece gets the gradient. Only the winner does.
                bias_mean: grad_pieces.sum(axis=1) => grad_pieces.mean(axis=1)
                    grad_bias is a mean over the batch. The bias was added to every example, so it is a sum.
                bias_unrouted: grad_pieces.sum(axis=1) => np.tile(grad_y.sum(axis=0), (len(weight), 1))
                    Every bias gets the whole gradient. A bias only counts where its piece won.
                weight_mean: x.T @ grad_pieces => x.T @ grad_pieces / len(x)
                    grad_weight is divided by the batch size. A mean over the batch belongs into the loss; here it is
                    a sum.
                weight_unrouted: x.T @ grad_pieces => np.repeat((x.T @ grad_y)[None], len(weight), axis=0)
                    Every piece's weight gets the whole gradient. A weight only counts where its piece won.
                first_piece_only: (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0)
                    => grad_pieces[0] @ weight[0].T
                    grad_x only counts what piece 0 sends back. Sum over the pieces.
                all_weights: (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0) => grad_y @ weight.sum(axis=0).T
                    grad_x goes through the weights of all pieces. It should go through the winner's only.
                average_of_pieces: (grad_pieces @ weight.transpose(0, 2, 1)).sum(axis=0)
                    => (grad_pieces @ weight.transpose(0, 2, 1)).mean(axis=0)
                    grad_x is averaged over the pieces: k times too small. Sum over them.
                """,
            ),
            Mutant(
                "all_ties",
                {"maxout_forward": maxout_keep_pieces, "maxout_backward": maxout_backward_all_ties},
                "Where pieces tie, all of them get the full gradient. Only the first one should (argmax finds it).",
                tag="visible",
            ),
            Mutant(
                "shared_ties",
                {"maxout_forward": maxout_keep_pieces, "maxout_backward": maxout_backward_shared_ties},
                "Where pieces tie, you share the gradient among them. Here the first one takes it all.",
                tag="visible",
            ),
            Mutant(
                "last_tie",
                {
                    "maxout_forward": edit(
                        maxout_forward, "pieces.argmax(axis=0)", "len(pieces) - 1 - pieces[::-1].argmax(axis=0)"
                    ),
                    "maxout_backward": maxout_backward,
                },
                "Where pieces tie, the last one gets the gradient. It should be the first.",
                tag="visible",
            ),
        ],
        alternatives=[
            Alternative("loop over pieces", {"maxout_backward": maxout_backward_pieces}),
            Alternative("loops", {"maxout_backward": maxout_backward_loops}),
            Alternative("einsum", {"maxout_backward": maxout_backward_einsum}),
        ],
        hints=[
            "Route first: give each piece an array of the shape of grad_y that holds grad_y where it "
            "won, and 0 elsewhere.",
            "won = winner == np.arange(k)[:, None, None] is (k, N, M); grad_pieces = grad_y * won.",
            "Then k linear layers: grad_x sums grad_pieces[p] @ weight[p].T over p, "
            "grad_weight[p] = x.T @ grad_pieces[p], grad_bias[p] = grad_pieces[p].sum(axis=0).",
        ],
    ),
]

# --- softplus as a sum of sigmoids ----------------------------------------------------------------------------------


def series_case(title, x, n, kind=None):
    calls = ["y = softplus_series(x, n)"]
    return Case(title, inputs={"x": x, "n": n}, calls=calls, outputs=("y",), **({"kind": kind} if kind else {}))


def hidden_series(rng):
    a, b, c = (int(size) for size in rng.permutation([2, 3, 5]))
    return [
        series_case("odd 1", spaced(rng, (a, b)), 7, "odd shapes"),
        series_case("odd 2", spaced(rng, (b, c, a)), 13, "odd shapes"),
        series_case("odd 3", 4 * spaced(rng, (c,)), int(rng.integers(20, 50)), "odd shapes"),
        series_case("one", spaced(rng, (c, a)), 1, "one term"),
        series_case("far", np.array([-1000.0, -40.0, 3.0, 40.0, 1000.0]), 6, "extreme values"),
        series_case("single", spaced(rng, (a, c)).astype(np.float32), 5, "float32"),
        series_case("strided", spaced(rng, (b, 2 * c))[:, ::2], 9, "non-contiguous"),
    ]


def softplus_series_broadcast(x, n):
    shift = (0.5 - np.arange(1, n + 1)).astype(x.dtype)
    z = x[..., None] + shift
    return (0.5 * (1 + np.tanh(0.5 * z))).sum(axis=-1).astype(x.dtype)


def softplus_series_loop(x, n):
    y = np.zeros_like(x)
    for i in range(1, n + 1):
        z = np.clip(x + 0.5 - i, -700, 700)
        y += 1 / (1 + np.exp(-z))
    return y


SERIES_IDENTITIES = [
    Property(
        "combination",
        title="the first n units at x and at n - x have n in all, here with n = 6",
        kind="x and n - x",
        calls=["y = softplus_series(x, 6)", "mirrored = softplus_series(x_mirrored, 6)"],
        inputs=lambda rng: {"x": (x := 2 * spaced(rng, (3, 4))), "x_mirrored": 6 - x},
        terms={"y": 1, "mirrored": 1},
        right=6,
    ),
    Property(
        "combination",
        title="seven units are two, and five more that switch on 2 later",
        kind="a sum in two parts",
        calls=["y = softplus_series(x, 7)", "first = softplus_series(x, 2)", "others = softplus_series(x_less_2, 5)"],
        inputs=lambda rng: {"x": (x := 2 * spaced(rng, (3, 4))), "x_less_2": x - 2},
        terms={"first": 1, "others": 1},
        right="y",
    ),
]

FIRST, TERM = "y = sigmoid(x - 0.5)", "y + sigmoid(x + 0.5 - i)"
SERIES = Exercise(
    id="softplus_series",
    points=5,
    functions={"softplus_series": softplus_series},
    subject=("softplus_series",),
    cases=[
        series_case("one term", np.array([-1.0, 0.0, 0.5, 2.0]), 1),
        series_case("two terms", np.array([[-2.0, 0.0, 1.0], [3.0, -0.5, 0.25]]), 2),
        series_case("five terms", spaced(np.random.default_rng(61), (3, 5)), 5),
        series_case("forty terms", np.linspace(-10, 10, 9), 40),
    ],
    hidden=hidden_series,
    properties=SERIES_IDENTITIES,
    hidden_properties=SERIES_IDENTITIES,
    mutants=[
        *slips(
            softplus_series,
            """
            one_too_many_below: y = sigmoid(x - 0.5) => y = sigmoid(x + 0.5) + sigmoid(x - 0.5)
                One term too many: i = 0 does not belong to the sum. It starts with sigmoid(x - 1/2).
            one_too_few: range(2, n + 1) => range(2, n)
                The last term is missing. range(1, n) stops before n: use range(1, n + 1).
            one_too_many_above: range(2, n + 1) => range(2, n + 2)
                One term too many at the end: i runs from 1 to n.
            mean: return y => return y / n
                You divide by n. The units are added, not averaged.
            softplus: return y => return np.logaddexp(x, 0 * x)
                This is softplus itself. Here the sum of n sigmoids is asked for, which only comes close to it.
            """,
        ),
        Mutant(
            "starts_at_zero",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x + 0.5)"), TERM, "y + sigmoid(x + 1.5 - i)"),
            "Your sum starts at i = 0, as some slides print it. The first term is sigmoid(x - 1/2), at i = 1.",
            tag="visible",
        ),
        Mutant(
            "no_half",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x - 1)"), TERM, "y + sigmoid(x - i)"),
            "The half is missing: the terms are sigmoid(x + 1/2 - i), each in the middle of its step.",
            tag="visible",
        ),
        Mutant(
            "wrong_way",
            edit(edit(softplus_series, FIRST, "y = sigmoid(x + 1.5)"), TERM, "y + sigmoid(x + 0.5 + i)"),
            "A sign: the units switch on one after the other as x grows, so i is subtracted.",
            tag="visible",
        ),
    ],
    alternatives=[
        Alternative("broadcast", {"softplus_series": softplus_series_broadcast}),
        Alternative("loop", {"softplus_series": softplus_series_loop}),
    ],
    hints=[
        "Start from zeros of the shape of x and add one sigmoid after the other.",
        "for i in range(1, n + 1): the term is the sigmoid of x + 0.5 - i.",
        "y = y + own.sigmoid_forward(x + 0.5 - i)[0] in the loop.",
    ],
)

# --- bug hunt -------------------------------------------------------------------------------------------------------


def hunt_tanh(x):
    return np.tanh(x)


def hunt_tanh_shipped(x):
    e = np.exp(2 * x)
    return (e - 1) / (e + 1)


def hunt_tanh_other_side(x):
    e = np.exp(-2 * x)
    return (1 - e) / (1 + e)


def hunt_tanh_zero_for_nan(x):
    e = np.exp(2 * x)
    return np.nan_to_num((e - 1) / (e + 1))


def hunt_tanh_clipped_early(x):
    e = np.exp(2 * np.clip(x, -3, 3))
    return (e - 1) / (e + 1)


def hunt_tanh_even(x):
    e = np.exp(-2 * np.abs(x))
    return (1 - e) / (1 + e)


def hunt_tanh_symmetric(x):
    e = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - e) / (1 + e)


def hunt_tanh_clipped(x):
    e = np.exp(2 * np.clip(x, -20, 20))
    return (e - 1) / (e + 1)


def hunt_elu(x, alpha):
    return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_shipped(x, alpha):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - 1)


def hunt_elu_no_alpha(x, alpha):
    return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)


def hunt_elu_no_constant(x, alpha):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)))


def hunt_elu_everywhere(x, alpha):
    return np.where(x > 0, alpha * x, alpha * (np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_squared(x, alpha):
    return np.where(x > 0, x, alpha * (alpha * np.exp(np.minimum(x, 0)) - 1))


def hunt_elu_expm1(x, alpha):
    return np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0))


def hunt_elu_shifted(x, alpha):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0)) - alpha)


def hunt_leaky(x, slope):
    return np.where(x > 0, x, slope * x)


def hunt_leaky_shipped(x, slope):
    return np.maximum(slope * x, x)


def hunt_leaky_minimum(x, slope):
    return np.minimum(slope * x, x)


def hunt_leaky_clipped(x, slope):
    return np.where(x > 0, x, np.clip(slope, 0, 1) * x)


def hunt_leaky_absolute(x, slope):
    return np.where(x > 0, x, abs(slope) * x)


def hunt_leaky_above_one(x, slope):
    return np.maximum(slope * x, x) if slope >= 0 else np.minimum(slope * x, x)


def hunt_leaky_two_relus(x, slope):
    return np.maximum(x, 0) - slope * np.maximum(-x, 0)


def hunt_leaky_chosen(x, slope):
    return np.maximum(slope * x, x) if slope <= 1 else np.minimum(slope * x, x)


def hunt_case(title, name, x, kind=None, **options):
    extra = "".join(f", {key}" for key in options)
    calls = [f"y = {name}(x{extra})"]
    return Case(title, inputs={"x": x} | options, calls=calls, outputs=("y",), **({"kind": kind} if kind else {}))


def hunt_hidden(name, option=None, values=(None,)):
    def hidden(rng):
        cases = []
        for index, (kind, x) in enumerate(hidden_inputs(rng)):
            options = {} if option is None else {option: values[index % len(values)]}
            cases.append(hunt_case(f"{kind} {index}", name, x, kind, **options))
        return cases

    return hidden


def mistake(name, function, wrong, sentence):
    return Mutant(name, {function.__name__: wrong}, sentence, tag="visible")


ODD = Property(
    "combination",
    title="tanh(x) + tanh(-x) = 0",
    kind="x and -x",
    calls=["y = hunt_tanh(x)", "mirrored = hunt_tanh(minus_x)"],
    inputs=around_zero,
    terms={"y": 1, "mirrored": 1},
    right=0,
)
IN_PROPORTION = Property(
    "combination",
    title="an alpha of 2 gives twice what an alpha of 1 does, below 0",
    kind="several alphas",
    calls=["y1 = hunt_elu(below, 1.0)", "y2 = hunt_elu(below, 2.0)"],
    inputs=around_zero,
    terms={"y1": 2},
    right="y2",
)
TURNED = Property(
    "equal",
    title="with slope -1 it is |x|, the same at -x",
    kind="x and -x",
    calls=["y = hunt_leaky(x, -1.0)", "mirrored = hunt_leaky(minus_x, -1.0)"],
    inputs=around_zero,
    left="y",
    right="mirrored",
)

BATCH = spaced(np.random.default_rng(71), (3, 4))
HUNTS = [
    Exercise(
        id="hunt_tanh",
        points=5,
        functions={"hunt_tanh": hunt_tanh},
        subject=("hunt_tanh",),
        cases=[
            hunt_case("near 0", "hunt_tanh", HAND),
            hunt_case("a batch", "hunt_tanh", BATCH),
            hunt_case("far out", "hunt_tanh", FAR),
            hunt_case("farther out", "hunt_tanh", FARTHER),
            hunt_case("between", "hunt_tanh", BETWEEN),
        ],
        hidden=hunt_hidden("hunt_tanh"),
        properties=[ODD],
        hidden_properties=[ODD],
        mutants=[
            mistake(
                "as_shipped",
                hunt_tanh,
                hunt_tanh_shipped,
                "The fault is still there: for x above 354 exp(2x) is infinite, and infinity / "
                "infinity is not a number.",
            ),
            mistake(
                "other_side",
                hunt_tanh,
                hunt_tanh_other_side,
                "You moved the fault to the other side: now x = -1000 gives infinity / infinity.",
            ),
            mistake(
                "zero_for_nan",
                hunt_tanh,
                hunt_tanh_zero_for_nan,
                "You replace what is not a number by 0. At x = 1000 tanh is 1: mend the formula, not its result.",
            ),
            mistake(
                "clipped_early",
                hunt_tanh,
                hunt_tanh_clipped_early,
                "You cut x off where tanh still changes: tanh(3) is 0.995. Cut later, or avoid the overflow.",
            ),
            mistake(
                "even",
                hunt_tanh,
                hunt_tanh_even,
                "With |x| the negative side comes out positive. Give the sign of x back.",
            ),
        ],
        alternatives=[
            Alternative("symmetric", {"hunt_tanh": hunt_tanh_symmetric}),
            Alternative("clipped where it is 1", {"hunt_tanh": hunt_tanh_clipped}),
        ],
        hints=[
            "Try hunt_tanh(np.array([-400.0, 0.0, 400.0])). Which of the three fails, and what is e there?",
            "exp of a negative number never overflows. Can you write tanh with exp(-2|x|)?",
            "Caffe's mend was one word: the library's tanh. np.tanh(x) is all it takes.",
        ],
    ),
    Exercise(
        id="hunt_elu",
        points=5,
        functions={"hunt_elu": hunt_elu},
        subject=("hunt_elu",),
        cases=[
            hunt_case("alpha 1", "hunt_elu", HAND, alpha=1.0),
            hunt_case("alpha 0.5", "hunt_elu", BATCH, alpha=0.5),
            hunt_case("alpha 2", "hunt_elu", HAND, alpha=2.0),
            hunt_case("far out", "hunt_elu", FAR, alpha=1.5),
        ],
        hidden=hunt_hidden("hunt_elu", "alpha", (1.0, 0.3, 2.5, 1.7)),
        properties=[IN_PROPORTION],
        hidden_properties=[IN_PROPORTION],
        mutants=[
            mistake(
                "as_shipped",
                hunt_elu,
                hunt_elu_shipped,
                "The fault is still there: alpha * exp(x) - 1 multiplies only the exponential, so at "
                "0 the curve jumps to alpha - 1.",
            ),
            mistake(
                "no_alpha",
                hunt_elu,
                hunt_elu_no_alpha,
                "Now alpha has no effect at all. It multiplies the whole bracket: alpha * (exp(x) - 1).",
            ),
            mistake(
                "no_constant",
                hunt_elu,
                hunt_elu_no_constant,
                "Now the -1 is gone. It stands inside the bracket: alpha * (exp(x) - 1).",
            ),
            mistake(
                "everywhere",
                hunt_elu,
                hunt_elu_everywhere,
                "Now alpha scales the positive side too. There y = x.",
            ),
            mistake(
                "squared",
                hunt_elu,
                hunt_elu_squared,
                "alpha multiplies twice now: once inside the bracket and once outside. Outside is enough.",
            ),
        ],
        alternatives=[
            Alternative("expm1", {"hunt_elu": hunt_elu_expm1}),
            Alternative("minus alpha", {"hunt_elu": hunt_elu_shifted}),
        ],
        hints=[
            "Evaluate it at x = 0 with alpha = 2. An ELU is continuous: what should come out?",
            "The constant of the negative branch is wrong. A constant has no slope, so a gradient "
            "check is blind to it.",
            "alpha * (np.exp(...) - 1): the bracket around exp(x) - 1 was lost.",
        ],
    ),
    Exercise(
        id="hunt_leaky",
        points=5,
        functions={"hunt_leaky": hunt_leaky},
        subject=("hunt_leaky",),
        cases=[
            hunt_case("slope 0.01", "hunt_leaky", HAND, slope=0.01),
            hunt_case("slope 2", "hunt_leaky", BATCH, slope=2.0),
            hunt_case("slope -0.5", "hunt_leaky", HAND, slope=-0.5),
            hunt_case("slope 1.25", "hunt_leaky", FAR, slope=1.25),
            hunt_case("slope -2", "hunt_leaky", BATCH, slope=-2.0),
        ],
        hidden=hunt_hidden("hunt_leaky", "slope", (0.2, 1.5, -0.3, 3.0, -1.5)),
        properties=[TURNED],
        hidden_properties=[TURNED],
        mutants=[
            mistake(
                "as_shipped",
                hunt_leaky,
                hunt_leaky_shipped,
                "The fault is still there: with a slope above 1, slope * x is the larger one where x is positive.",
            ),
            mistake(
                "minimum",
                hunt_leaky,
                hunt_leaky_minimum,
                "The minimum is right for slopes above 1 only; now the usual slopes fail. Choose by the sign of x.",
            ),
            mistake(
                "clipped",
                hunt_leaky,
                hunt_leaky_clipped,
                "You force the slope into 0 to 1. The function is asked for with any slope.",
            ),
            mistake(
                "absolute",
                hunt_leaky,
                hunt_leaky_absolute,
                "You drop the sign of the slope. A negative slope is allowed.",
            ),
            mistake(
                "sign_of_slope",
                hunt_leaky,
                hunt_leaky_above_one,
                "It is not the sign of the slope that decides. Choose by the sign of x.",
            ),
        ],
        alternatives=[
            Alternative("two ReLUs", {"hunt_leaky": hunt_leaky_two_relus}),
            Alternative("maximum or minimum", {"hunt_leaky": hunt_leaky_chosen}),
        ],
        hints=[
            "Draw x and slope * x for a slope of 2. Which line is the upper one on the right of 0?",
            "The definition goes by cases, by the sign of x. max only happens to agree for slopes from 0 to 1.",
            "np.where(x > 0, x, slope * x) holds for every slope.",
        ],
    ),
]

# --- questions ------------------------------------------------------------------------------------------------------

QUIZZES = [
    Quiz(
        id="quiz_1",
        points=4,
        question=(
            "Your ReLU's gradient is 1 at x = 1e-7, the numerical gradient with h = 1e-5 says 0.505. What happened?"
        ),
        choices={
            "a": "My backward pass is wrong for small inputs.",
            "b": "The nudge crossed the kink at 0, so the numerical gradient is a mixture of two slopes.",
            "c": "1e-5 is too small a step: rounding errors dominate.",
            "d": "The relative error is the wrong measure here.",
        },
        right="b",
        because={
            "a": (
                "At x = 1e-7 the slope of the ReLU is exactly 1, and your backward pass says so. "
                "Look at the other side."
            ),
            "b": (
                "Right: x - h lies on the flat side and x + h on the steep one. Gradient checks "
                "need inputs away from kinks."
            ),
            "c": "In float64 a step of 1e-5 leaves ten correct digits. The other entries, with the same step, agree.",
            "d": "0.505 and 1 differ by half under any measure. The two numbers themselves disagree.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=3,
        question=(
            "Central differences of a smooth function of size about 1, in float64. Which h "
            "gives the most correct digits?"
        ),
        choices={"a": "1e-1", "b": "1e-5", "c": "1e-12", "d": "1e-17, the smaller the better"},
        right="b",
        because={
            "a": "The error of the formula itself grows with h squared: 0.01 leaves two or three digits.",
            "b": "Right: h squared is 1e-10 and rounding adds about 1e-16 / 1e-5. Both errors are small there.",
            "c": "The two values agree in their first twelve digits; their difference keeps about four of sixteen.",
            "d": "x + 1e-17 is x itself in float64, for x near 1. The difference is 0.",
        },
    ),
    Quiz(
        id="quiz_3",
        points=3,
        question=(
            "A unit's inputs are all outputs of sigmoids. What do we know of the gradient with respect to its weights?"
        ),
        choices={
            "a": "All its entries are positive.",
            "b": "Its entries sum to zero.",
            "c": "For one example all entries have the same sign; averaged over a batch, signs may differ.",
            "d": "All entries have the same sign, also averaged over a batch of 64.",
        },
        right="c",
        because={
            "a": (
                "Each entry is the upstream gradient times an input. The inputs are positive, but "
                "the upstream gradient may not be."
            ),
            "b": "Each entry is the upstream gradient times a positive input: for one example they cannot cancel.",
            "c": (
                "Right: the upstream gradient's sign is shared within an example, and differs from example to example."
            ),
            "d": "True for one example. Over a batch the examples' signs mix: lecture 3 measures how soon.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="activations",
    number=2,
    title="Gradient check and activations",
    exercises=[
        *INSTRUMENTS,
        *pair_exercises(
            "sigmoid", sigmoid_forward, sigmoid_backward, seed=1, texts=SIGMOID, identities=IDENTITIES["sigmoid"]
        ),
        *pair_exercises("tanh", tanh_forward, tanh_backward, seed=2, texts=TANH, identities=IDENTITIES["tanh"]),
        *pair_exercises("relu", relu_forward, relu_backward, seed=3, texts=RELU, identities=IDENTITIES["relu"]),
        *pair_exercises(
            "leaky_relu",
            leaky_relu_forward,
            leaky_relu_backward,
            options={"slope": [0.1, 1.5, -0.25, 2.0, 0.05, 0.5, -0.5, 3.0]},
            seed=4,
            texts=LEAKY,
            identities=IDENTITIES["leaky_relu"],
        ),
        *pair_exercises(
            "elu",
            elu_forward,
            elu_backward,
            options={"alpha": [2.0, 0.5, 1.5, 0.75, 1.25, 3.0]},
            seed=5,
            texts=ELU,
            identities=IDENTITIES["elu"],
        ),
        *pair_exercises(
            "softplus", softplus_forward, softplus_backward, seed=6, texts=SOFTPLUS, identities=IDENTITIES["softplus"]
        ),
        *PRELU,
        *MAXOUT,
        SERIES,
        *HUNTS,
        *QUIZZES,
    ],
    given=[
        Given(
            {"sigmoid_forward": sigmoid_by_tanh, "sigmoid_backward": sigmoid_backward_own_cache},
            used_by=["tanh_forward", "tanh_backward", "softplus_backward", "softplus_series"],
        )
    ],
)
