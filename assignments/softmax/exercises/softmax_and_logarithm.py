"""Softmax and its logarithm."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity
from solutions.loss import log_softmax, softmax

from .rows_of_scores import moved_rows, moved_scores, rows_of_one


def row_case(function, name, x, kind=""):
    return Case(name, inputs={"x": x}, calls=[f"y = {function}(x)"], outputs=("y",), kind=kind)


def row_cases(function):
    rng = np.random.default_rng(34)
    visible = [
        row_case(function, "by hand", np.log(np.array([[1.0, 3.0, 4.0], [2.0, 2.0, 1.0]]))),
        row_case(function, "a batch", rng.normal(size=(4, 6))),
        row_case(function, "three axes", 2 * rng.normal(size=(2, 5, 3))),
        row_case(function, "one row", rng.normal(size=7)),
        row_case(function, "scores of 1000", np.array([[1000.0, 1001.0, 999.0, 0.0], [-5.0, 1000.0, 3.0, 1.0]])),
        row_case(function, "scores of -1000", np.array([[-1000.0, -1001.0, -1002.0], [-2000.0, -2003.0, -2001.0]])),
        row_case(function, "rows far apart", rng.normal(size=(3, 4)) + 1500 * np.arange(3)[:, None]),
        row_case(function, "rows farther apart", rng.normal(size=(4, 3)) - 1200 * np.arange(4)[:, None]),
        row_case(
            function, "far above", np.array([[0.0, 1.0, 3000.0, 2.0], [1.0, 1500.0, -1.0, 0.0], [5.0, 3.0, 4.0, 0.0]])
        ),
        row_case(function, "scores of -400", np.array([[-400.0, -401.0, -402.5], [-500.0, -500.0, -503.0]])),
        row_case(function, "one row far below", np.array([[-1000.0, -1001.0, -999.0], [1.0, 2.0, 0.5]])),
        row_case(function, "one row of three far below", rng.normal(size=(3, 2)) - np.array([[0.0], [800.0], [2.0]])),
        row_case(function, "one sure score", np.array([[0.0, 50.0, 3.0], [-60.0, 2.0, 80.0]])),
    ]

    def hidden(rng):
        n, c, k = (int(size) for size in rng.permutation([3, 4, 6]))
        x = rng.normal(size=(n, c))
        return [
            row_case(function, "odd 1", x, "odd shapes"),
            row_case(function, "odd 2", rng.normal(size=(k, n, c)), "odd shapes"),
            row_case(function, "odd 3", 5 * rng.normal(size=(c, k)), "odd shapes"),
            row_case(function, "one class", rng.normal(size=(n, 1)), "one class"),
            row_case(function, "one", rng.normal(size=(1, k)), "one example"),
            row_case(function, "far", rng.uniform(-1e4, 1e4, size=(n, k)), "scores of 10000"),
            row_case(function, "shifted", x - 1e5, "a shift of all scores"),
            row_case(function, "thin", x.astype(np.float32), "float32"),
            row_case(function, "thin too", (20 * rng.normal(size=(k, c))).astype(np.float32), "float32"),
            row_case(function, "strided", rng.normal(size=(n, 2 * k))[:, ::2], "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def softmax_of_logarithm(x):
    shifted = x - np.max(x, axis=-1)[..., None]
    return np.exp(shifted - np.log(np.exp(shifted).sum(-1))[..., None])


def softmax_loop(x):
    y = np.empty_like(x)
    for index in np.ndindex(x.shape[:-1]):
        powers = [np.exp(score - max(x[index])) for score in x[index]]
        y[index] = np.array(powers) / sum(powers)
    return y


def softmax_logaddexp(x):
    return np.exp(x - np.logaddexp.reduce(x, axis=-1, keepdims=True))


def softmax_on_a_copy(x):
    y = x.copy()
    y -= y.max(axis=-1, keepdims=True)
    np.exp(y, out=y)
    y /= y.sum(axis=-1, keepdims=True)
    return y


def log_softmax_logaddexp(x):
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def log_softmax_total(x):
    top = x.max(axis=-1, keepdims=True)
    return x - top - np.log(np.einsum("...c->...", np.exp(x - top)))[..., None]


def log_softmax_loop(x):
    y = np.zeros_like(x)
    for index in np.ndindex(x.shape[:-1]):
        top = np.max(x[index])
        y[index] = (x[index] - top) - np.log(sum(np.exp(score - top) for score in x[index]))
    return y


SOFTMAX_IDENTITIES = [moved_rows("softmax"), rows_of_one("softmax")]
LOG_SOFTMAX_IDENTITIES = [
    moved_rows("log_softmax"),
    identity(
        "taken twice it changes nothing: the exponentials of a row sum to 1 after the first time",
        "y = log_softmax(x)",
        "twice = log_softmax(y)",
        "y == twice",
        kind="log_softmax taken twice",
        inputs=moved_scores,
    ),
]

SHIFT = "x - x.max(axis=-1, keepdims=True)"
SOFTMAX_ROWS = exercise_of(
    softmax,
    points=5,
    **row_cases("softmax"),
    identities=SOFTMAX_IDENTITIES,
    mutants=rf"""
    not_shifted: {SHIFT} => x
        exp overflows above 709. Take the largest score of each row away first: it changes nothing else.
    one_maximum_for_all: x.max(axis=-1, keepdims=True) => x.max()
        You take the largest score of all rows away, so other rows become 0/0. Use each row's own.
    mean_for_maximum: x.max(axis=-1, keepdims=True) => x.mean(axis=-1, keepdims=True)
        The mean of a row is not large enough: the largest score can still overflow. Take the maximum away.
    positive_maximum: x.max(axis=-1, keepdims=True) => x.max(axis=-1, keepdims=True, initial=0)
        Your maximum starts from 0, so rows of negative scores are not shifted and become 0/0.
    absolute: x.max(axis=-1, keepdims=True) => np.abs(x).max(axis=-1, keepdims=True)
        You take the largest absolute value away. A row of -1000 then goes to -2000, and becomes 0/0.
    over_the_batch: z / z.sum(axis=-1, keepdims=True) => z / z.sum(axis=0, keepdims=True)
        Your probabilities sum to 1 over the examples. They should over the classes: the last axis.
    over_the_batch_throughout: z / z.sum(axis=-1, keepdims=True) => z / z.sum(axis=0, keepdims=True)
        and x.max(axis=-1, keepdims=True) => x.max(axis=0, keepdims=True)
        Your probabilities sum to 1 over the examples. They should over the classes: the last axis.
    over_everything_throughout: z / z.sum(axis=-1, keepdims=True) => z / z.sum()
        and x.max(axis=-1, keepdims=True) => x.max()
        You divide by the sum of all rows. Each row sums to 1 on its own: keepdims=True keeps it a column.
    over_everything: z / z.sum(axis=-1, keepdims=True) => z / z.sum()
        You divide by the sum of all rows. Each row sums to 1 on its own: keepdims=True keeps it a column.
    not_divided: z / z.sum(axis=-1, keepdims=True) => z / z.max(axis=-1, keepdims=True)
        Your rows do not sum to 1. Divide by the sum of the row.
    no_exponential: z = np.exp({SHIFT}) => z = x + 0.5 * x.max() + 1
        The exponential is missing.
    logarithm: return z / z.sum(axis=-1, keepdims=True) => return np.log(z / z.sum(axis=-1, keepdims=True))
        These are logarithms of probabilities. Here the probabilities themselves are asked for.
    in_place: z = np.exp({SHIFT}) => x -= x.max(axis=-1, keepdims=True)\n    z = np.exp(x)
        You change x, which belongs to the caller. x = x - ... makes a new array, x -= ... does not.
    """,
    alternatives=[softmax_of_logarithm, softmax_loop, softmax_logaddexp, softmax_on_a_copy],
    hints="""
    Two lines: the exponentials, then divide by their sum over the last axis (keepdims=True lines the shapes up).
    Before the exponential, subtract x.max(axis=-1, keepdims=True): the largest exponent becomes 0.
    z = np.exp(x - x.max(axis=-1, keepdims=True)); the answer is z / z.sum(axis=-1, keepdims=True).
    """,
)
LOG_SOFTMAX = exercise_of(
    log_softmax,
    points=5,
    **row_cases("log_softmax"),
    identities=LOG_SOFTMAX_IDENTITIES,
    mutants=rf"""
    log_of_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        => z = np.exp(shifted)\n    return np.log(z / z.sum(axis=-1, keepdims=True))
        -inf comes out where a probability is too small for a float, as with the log of a finished softmax. Take the
        largest score of each row away, and then the log of the sum.
    a_little_more: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        => z = np.exp(shifted)\n    return np.log(z / z.sum(axis=-1, keepdims=True) + 1e-9)
        A small number inside the logarithm hides log(0) and caps the answer at -20. Use x - log(sum).
    not_shifted: shifted = {SHIFT} => shifted = x
        exp overflows above 709. Take the largest score of each row away first: it changes nothing else.
    one_maximum_for_all: x.max(axis=-1, keepdims=True) => x.max()
        You take the largest score of all rows away, so other rows become log(0). Use each row's own.
    positive_maximum: x.max(axis=-1, keepdims=True) => x.max(axis=-1, keepdims=True, initial=0)
        Your maximum starts from 0, so rows of negative scores are not shifted and become log(0).
    not_normalized: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) => return shifted
        The logarithm of the sum is missing: the exponentials of a row should add up to 1.
    shift_not_undone: return shifted - np.log( => return x - np.log(
        The shift must be the same in both parts: x - log(sum) with a shifted sum leaves the maximum in.
    over_the_batch: np.exp(shifted).sum(axis=-1, keepdims=True) => np.exp(shifted).sum(axis=0, keepdims=True)
        You sum over the examples. Sum over the classes: the last axis.
    sign: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        => return np.log(np.exp(shifted).sum(axis=-1, keepdims=True)) - shifted
        The sign is turned. The logarithm of a probability is never above 0.
    base_two: - np.log( => - np.log2(
        The logarithm is the natural one, np.log.
    softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
        => return np.exp(shifted) / np.exp(shifted).sum(axis=-1, keepdims=True)
        These are the probabilities. Here their logarithms are asked for.
    """,
    alternatives=[log_softmax_logaddexp, log_softmax_total, log_softmax_loop],
    hints="""
    The logarithm of a quotient is a difference: x - log(sum of exp(x)). No division is needed.
    Shift first, as in softmax: shifted = x - x.max(axis=-1, keepdims=True).
    shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)).
    """,
)
