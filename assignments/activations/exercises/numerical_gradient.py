"""The numerical gradient, by central differences."""

import numpy as np

from classroom.staff.declare.exercise import Case, Function, Mutant, edit, exercise_of, identity, textual_mutants
from solutions.gradient_check import numerical_gradient


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


def bowl(rng):
    """A parabola whose curve ties all entries together, and where to look at it."""
    root, center, x = rng.normal(size=(6, 6)), rng.normal(size=6), rng.normal(size=(2, 3))
    parts = {"matrix": root @ root.T, "center": center}
    return {"f": Function("quadratic", **parts), "slope": Function("quadratic_gradient", **parts), "x": x}


GRADIENT_IDENTITIES = [
    identity(
        "for a parabola the central difference is exact, whatever the step",
        "grad = numerical_gradient(f, x, 0.5)",
        "exact = slope(x)",
        "grad == exact",
        kind="a parabola",
        inputs=bowl,
    ),
    identity(
        "x cubed is as steep at -x as at x",
        "grad = numerical_gradient(f, x, 0.1)",
        "mirrored = numerical_gradient(f, minus_x, 0.1)",
        "grad == mirrored",
        kind="x and -x",
        inputs=lambda rng: {"f": Function("cubic"), "x": (x := rng.normal(size=(3, 2))), "minus_x": -x},
    ),
]

RNG = np.random.default_rng(20)
NUMERICAL_GRADIENT = exercise_of(
    numerical_gradient,
    points=10,
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
    identities=GRADIENT_IDENTITIES,
    mutants=[
        *textual_mutants(
            numerical_gradient,
            r"""
            one_sided: (above - below) / (2 * h) => (above - f(point.copy())) / h
                You step to one side only. The central difference, (f(x + h) - f(x - h)) / 2h, is far more exact.
            one_sided_down: (above - below) / (2 * h) => (f(point.copy()) - below) / h
                You compare f(x) with f(x - h), one side only. Step to both sides: f(x + h) and f(x - h).
            divided_by_h: / (2 * h) => / h
                Twice too large: the distance from x - h to x + h is 2h, not h.
            times_h: / (2 * h) => / 2 * h
                Half the difference is multiplied by h. Divide it by (2 * h): Python reads a / 2 * h as (a / 2) * h.
            one_sided_on_integers: (above - below) / (2 * h) => (above - f(point.copy())) / h
                and np.array(x, dtype=np.float64) => np.array(x)
                You step to one side only, and of a copy that keeps integers: an integer cannot hold x + h.
            divided_by_h_on_integers: / (2 * h) => / h
                and np.array(x, dtype=np.float64) => np.array(x)
                Twice too large: from x - h to x + h it is 2h, not h. And an integer array cannot hold x + h.
            times_h_on_integers: / (2 * h) => / 2 * h
                and np.array(x, dtype=np.float64) => np.array(x)
                Half the difference is multiplied by h: divide it by (2 * h). And an integer array cannot hold x + h.
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
    alternatives=[numerical_gradient_flat, numerical_gradient_nditer, numerical_gradient_basis],
    hints="""
    np.ndindex(x.shape) walks over all index tuples of an array of any shape, and point[index] is one entry.
    For one entry: remember its value, set it to value + h, call f, set it to value - h, call f, set it back.
    Begin with point = np.array(x, dtype=np.float64), a float copy; the slope of one entry is (above - below) / (2 * h).
    """,
)
