"""Softmax with cross-entropy, the loss and its gradient in one."""

import numpy as np

from classroom.staff.declare.exercise import Case, Gradient, Property, exercise_of, identity, textual_mutants
from solutions.loss import softmax_cross_entropy

from .rows_of_scores import moved_scores

LOSS = "loss, grad_logits = softmax_cross_entropy(logits, labels)"


def loss_case(name, logits, labels, kind=""):
    inputs = {"logits": logits, "labels": np.asarray(labels)}
    return Case(name, inputs=inputs, calls=[LOSS], outputs=("loss", "grad_logits"), kind=kind)


def visible_cross_entropy():
    rng = np.random.default_rng(30)
    return [
        loss_case("two rows", np.array([[1.0, 2.0, 0.0], [0.0, -1.0, 1.0]]), [1, 0]),
        loss_case("equal logits", np.zeros((3, 4)), [0, 3, 1]),
        loss_case("five classes", rng.normal(size=(7, 5)), rng.integers(0, 5, size=7)),
        loss_case("large spread", 5 * rng.normal(size=(4, 6)), rng.integers(0, 6, size=4)),
        loss_case("logits of 1000", 1000 * rng.normal(size=(5, 3)), [0, 1, 2, 0, 1]),
        loss_case("rows far apart", rng.normal(size=(4, 3)) + 2000 * np.arange(4)[:, None], [2, 0, 1, 1]),
        loss_case("one row far below", np.array([[-1000.0, -1001.0, -999.0], [1.0, 2.0, 0.5]]), [1, 0]),
        loss_case("two rows far below", rng.normal(size=(4, 3)) - 900 * (np.arange(4) % 2)[:, None], [0, 1, 2, 1]),
        loss_case("sure and wrong", np.array([[0.0, 60.0], [-80.0, 0.0], [0.0, 100.0]]), [0, 0, 0]),
    ]


def hidden_cross_entropy(rng):
    n, c = (int(size) for size in rng.permutation([3, 5, 8, 11])[:2])
    labels = rng.integers(0, c, size=n)
    return [
        loss_case("odd", rng.normal(size=(n, c)), labels, "odd shapes"),
        loss_case("odd too", rng.normal(size=(c, n)), rng.integers(0, n, size=c), "odd shapes"),
        loss_case("single", rng.normal(size=(1, c)), labels[:1], "one example"),
        loss_case("two classes", rng.normal(size=(n, 2)), rng.integers(0, 2, size=n), "two classes"),
        loss_case("far", rng.uniform(-1e4, 1e4, size=(n, c)), labels, "logits of 10000"),
        loss_case("shifted", rng.normal(size=(n, c)) - 1e6, labels, "a shift of all logits"),
        loss_case("thin", rng.normal(size=(n, c)).astype(np.float32), labels, "float32"),
        loss_case("thin, far", (30 * rng.normal(size=(n, c))).astype(np.float32), labels, "float32"),
        loss_case("strided", rng.normal(size=(n, 2 * c))[:, ::2], labels, "non-contiguous"),
    ]


def cross_entropy_plain(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    total = np.exp(shifted).sum(axis=1, keepdims=True)
    log_probability = shifted - np.log(total)
    rows = np.arange(len(labels))
    loss = -log_probability[rows, labels].mean()
    grad = np.exp(log_probability)
    grad[rows, labels] -= 1
    return loss, grad / len(labels)


def cross_entropy_onehot(logits, labels):
    n, c = logits.shape
    onehot = np.eye(c, dtype=logits.dtype)[labels]
    top = np.max(logits, axis=-1)
    log_total = top + np.log(np.sum(np.exp(logits - top[:, None]), axis=-1))
    loss = np.sum(log_total - np.einsum("nc,nc->n", logits, onehot)) / n
    return float(loss), (np.exp(logits - log_total[:, None]) - onehot) / n


def cross_entropy_loops(logits, labels):
    n = len(labels)
    loss, grad = 0.0, np.zeros_like(logits)
    for i in range(n):
        row = logits[i] - max(logits[i])
        total = sum(np.exp(z) for z in row)
        loss += np.log(total) - row[labels[i]]
        for k in range(len(row)):
            grad[i, k] = (np.exp(row[k]) / total - (k == labels[i])) / n
    return loss / n, grad


def cross_entropy_logaddexp(logits, labels):
    log_probability = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    picked = np.take_along_axis(log_probability, labels[:, None], axis=1)
    grad = np.exp(log_probability)
    np.put_along_axis(grad, labels[:, None], np.take_along_axis(grad, labels[:, None], axis=1) - 1, axis=1)
    grad /= len(grad)
    return -np.mean(picked), grad


CROSS_ENTROPY_IDENTITIES = [
    identity(
        "adding one number to all logits of a row changes nothing",
        "loss, _ = softmax_cross_entropy(x, labels)",
        "again, _ = softmax_cross_entropy(moved, labels)",
        "loss == again",
        part="loss",
        kind="a number added to each row",
        inputs=lambda rng: moved_scores(rng) | {"labels": rng.integers(4, size=5)},
    ),
    identity(
        "each row of the gradient sums to 0: what the right class gains, the others lose",
        "loss, grad_logits = softmax_cross_entropy(x, labels)",
        "sum(grad_logits, 1) == 0",
        part="grad_logits",
        kind="the sum of the gradient in each row",
        inputs=lambda rng: moved_scores(rng) | {"labels": rng.integers(4, size=5)},
    ),
]


def capped(name, inside):
    """A mutant whose log is taken of something inside, where PICKED is the probability of the right class."""
    inside = inside.replace("PICKED", "np.exp(log_probability[rows, labels])")
    return f"""
        {name}: log_probability[rows, labels].mean()
            => np.log({inside}).mean()
            A small number inside the log caps the loss, whether it is added or a bound. Work with
            log-probabilities: shifted - log(sum(exp(shifted))).
        """


CROSS_ENTROPY = exercise_of(
    softmax_cross_entropy,
    points=15,
    parts={"loss": 6, "grad_logits": 9},
    cases=visible_cross_entropy(),
    hidden=hidden_cross_entropy,
    properties=[
        Property(
            Gradient("loss", {"logits": "grad_logits"}),
            calls=[LOSS],
            inputs={"logits": np.random.default_rng(31).normal(size=(6, 4)), "labels": np.array([0, 3, 1, 1, 2, 0])},
        )
    ],
    identities=CROSS_ENTROPY_IDENTITIES,
    mutants=textual_mutants(
        cross_entropy_plain,
        r"""
        not_shifted: logits - logits.max(axis=1, keepdims=True) => logits + 0.0
            exp overflows above 709. Subtract the largest logit of each row first: it changes nothing else.
        one_maximum_for_all: logits.max(axis=1, keepdims=True) => logits.max()
            You subtract the largest logit of the whole batch, so other rows underflow to log(0). Take each row's own.
        positive_maximum: logits.max(axis=1, keepdims=True) => logits.max(axis=1, keepdims=True, initial=0)
            Your maximum starts from 0, so rows of negative logits are not shifted and become log(0).
        over_the_batch: logits.max(axis=1, keepdims=True) => logits.max(axis=0, keepdims=True)
            and np.exp(shifted).sum(axis=1, keepdims=True) => np.exp(shifted).sum(axis=0, keepdims=True)
            Your softmax runs over the examples. Probabilities sum to 1 over the classes of one row: axis 1.
        loss_summed: -log_probability[rows, labels].mean() => -log_probability[rows, labels].sum()
            The loss is a sum over the examples. Take the mean.
        gradient_not_averaged: grad / len(labels) => grad
            The gradient is N times too large: the loss is a mean, so divide by N.
        divided_by_classes: grad / len(labels) => grad / grad.size
            You divide the gradient by all entries of logits. The loss is a mean over the N examples only.
        no_onehot: grad[rows, labels] -= 1 => grad[rows, labels] -= 0
            The gradient is softmax minus one-hot: subtract 1 at the right class of each row.
        all_rows_all_labels: grad[rows, labels] -= 1 => grad[:, labels] -= 1
            grad[:, labels] takes the labelled columns of every row. Pair each row with its own label: grad[rows,
            labels].
        sign: return loss, grad => return loss, -grad
            The sign of the gradient is turned: it is softmax minus one-hot.
        """
        + capped("log_of_a_little_more", "PICKED + 1e-12")
        + "".join(capped(f"log_of_a_little_more_{digits}", f"PICKED + 1e-{digits}") for digits in (7, 8, 9, 10, 15))
        + "".join(capped(f"clipped_{digits}", f"np.clip(PICKED, 1e-{digits}, 1)") for digits in (7, 8, 10, 12, 15))
        + r"""
        loss_of_classes: -log_probability[rows, labels].mean() => -log_probability[rows, labels].sum() / logits.size
            You divide the loss by all entries of logits. It is a mean over the N examples only.
        in_place: shifted = logits - logits.max(axis=1, keepdims=True)
            => shifted = logits\n    shifted -= logits.max(axis=1, keepdims=True)
            You change logits, which belong to the caller. Write shifted = logits - ..., which makes a new array.
        double_precision: grad[rows, labels] -= 1 => grad = grad - np.eye(grad.shape[1])[labels]
            float32 goes in and a float64 gradient comes out: a one-hot matrix is made with the dtype of the logits.
        """,
    ),
    alternatives=[cross_entropy_plain, cross_entropy_onehot, cross_entropy_loops, cross_entropy_logaddexp],
    hints="""
    log_probability = log_softmax(logits). Written out: subtract each row's largest logit first, then shifted -
        log(sum of exp(shifted) over the row).
    The loss picks one log-probability of each row: log_probability[np.arange(N), labels]. Its mean, with a minus.
    The gradient is softmax minus one-hot, divided by N: exp(log_probability), minus 1 at [np.arange(N), labels].
    """,
)
