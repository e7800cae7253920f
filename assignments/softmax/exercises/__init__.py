"""Assignment 3: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np

from classroom.staff.exercise import Alternative, Assignment, Case, Exercise, Given, Mutant, Property, Quiz, edit
from classroom.staff.slips import slips
from classroom.staff.turns import and_in_turn
from solutions.linear import linear_backward, linear_forward
from solutions.loss import l2_penalty, log_softmax, softmax, softmax_cross_entropy
from solutions.preprocessing import center, channel_stats, mean_image, pca, standardize, zca_whiten

# --- cases ---------------------------------------------------------------------------------------------------

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


# --- the same, written as students write it ------------------------------------------------------------------


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


# --- mutants -------------------------------------------------------------------------------------------------


def loss_mutant(name, sentence, *replacements, tag="visible"):
    """A change to the plain loss."""
    return Mutant(name, {"softmax_cross_entropy": edit(cross_entropy_plain, *replacements)}, sentence, tag)


def moved_scores(rng):
    """Rows of scores, and the same with one number added to each row."""
    x = rng.normal(size=(5, 4))
    return {"x": x, "moved": x + rng.permutation([-950.0, -800.0, 760.0, 850.0, 950.0])[:, None]}


CROSS_ENTROPY_IDENTITIES = [
    Property(
        "equal",
        part="loss",
        title="adding one number to all logits of a row changes nothing",
        kind="a number added to each row",
        calls=["loss, _ = softmax_cross_entropy(x, labels)", "again, _ = softmax_cross_entropy(moved, labels)"],
        inputs=lambda rng: moved_scores(rng) | {"labels": rng.integers(4, size=5)},
        left="loss",
        right="again",
    ),
    Property(
        "conserved",
        part="grad_logits",
        title="each row of the gradient sums to 0: what the right class gains, the others lose",
        kind="the sum of the gradient in each row",
        calls=["loss, grad_logits = softmax_cross_entropy(x, labels)"],
        inputs=lambda rng: moved_scores(rng) | {"labels": rng.integers(4, size=5)},
        left="grad_logits",
        right=0,
        axes=(1,),
    ),
]

CROSS_ENTROPY = Exercise(
    id="softmax_cross_entropy",
    points=15,
    functions={"softmax_cross_entropy": softmax_cross_entropy},
    subject=("softmax_cross_entropy",),
    parts={"loss": 6, "grad_logits": 9},
    cases=visible_cross_entropy(),
    hidden=hidden_cross_entropy,
    properties=[
        Property(
            "gradient",
            calls=[LOSS],
            output="loss",
            wrt={"logits": "grad_logits"},
            inputs={"logits": np.random.default_rng(31).normal(size=(6, 4)), "labels": np.array([0, 3, 1, 1, 2, 0])},
        ),
        *CROSS_ENTROPY_IDENTITIES,
    ],
    hidden_properties=CROSS_ENTROPY_IDENTITIES,
    mutants=[
        loss_mutant(
            "not_shifted",
            "exp overflows above 709. Subtract the largest logit of each row first: it changes nothing else.",
            "logits - logits.max(axis=1, keepdims=True)",
            "logits + 0.0",
        ),
        loss_mutant(
            "one_maximum_for_all",
            "You subtract the largest logit of the whole batch, so other rows underflow to log(0). Take each "
            "row's own.",
            "logits.max(axis=1, keepdims=True)",
            "logits.max()",
        ),
        loss_mutant(
            "over_the_batch",
            "Your softmax runs over the examples. Probabilities sum to 1 over the classes of one row: axis 1.",
            "logits.max(axis=1, keepdims=True)",
            "logits.max(axis=0, keepdims=True)",
            "np.exp(shifted).sum(axis=1, keepdims=True)",
            "np.exp(shifted).sum(axis=0, keepdims=True)",
        ),
        loss_mutant(
            "loss_summed",
            "The loss is a sum over the examples. Take the mean.",
            "-log_probability[rows, labels].mean()",
            "-log_probability[rows, labels].sum()",
        ),
        loss_mutant(
            "gradient_not_averaged",
            "The gradient is N times too large: the loss is a mean, so divide by N.",
            "grad / len(labels)",
            "grad",
        ),
        loss_mutant(
            "divided_by_classes",
            "You divide the gradient by all entries of logits. The loss is a mean over the N examples only.",
            "grad / len(labels)",
            "grad / grad.size",
        ),
        loss_mutant(
            "no_onehot",
            "The gradient is softmax minus one-hot: subtract 1 at the right class of each row.",
            "    grad[rows, labels] -= 1\n",
            "",
        ),
        loss_mutant(
            "all_rows_all_labels",
            "grad[:, labels] takes the labelled columns of every row. Pair each row with its own label: "
            "grad[rows, labels].",
            "grad[rows, labels] -= 1",
            "grad[:, labels] -= 1",
        ),
        loss_mutant(
            "sign",
            "The sign of the gradient is turned: it is softmax minus one-hot.",
            "return loss, grad",
            "return loss, -grad",
        ),
        loss_mutant(
            "log_of_a_little_more",
            "A small number added inside the log caps the loss. Work with log-probabilities: shifted - "
            "log(sum(exp(shifted))).",
            "log_probability[rows, labels].mean()",
            "np.log(np.exp(log_probability[rows, labels]) + 1e-12).mean()",
        ),
        loss_mutant(
            "in_place",
            "You change logits, which belong to the caller. Write shifted = logits - ..., which makes a new array.",
            "shifted = logits - logits.max(axis=1, keepdims=True)",
            "shifted = logits\n    shifted -= logits.max(axis=1, keepdims=True)",
        ),
        loss_mutant(
            "double_precision",
            "float32 goes in and a float64 gradient comes out: a one-hot matrix is made with the dtype of the logits.",
            "grad[rows, labels] -= 1",
            "grad = grad - np.eye(grad.shape[1])[labels]",
            tag="hidden",
        ),
    ],
    alternatives=[
        Alternative("plain", {"softmax_cross_entropy": cross_entropy_plain}),
        Alternative("one-hot rows", {"softmax_cross_entropy": cross_entropy_onehot}),
        Alternative("loops", {"softmax_cross_entropy": cross_entropy_loops}),
        Alternative("logaddexp", {"softmax_cross_entropy": cross_entropy_logaddexp}),
    ],
    hints=[
        "log_probability = own.log_softmax(logits). Written out: subtract each row's largest logit first, then "
        "shifted - log(sum of exp(shifted) over the row).",
        "The loss picks one log-probability of each row: log_probability[np.arange(N), labels]. Its mean, with "
        "a minus.",
        "The gradient is softmax minus one-hot, divided by N: exp(log_probability), minus 1 at [np.arange(N), labels].",
    ],
)


# --- the linear layer ----------------------------------------------------------------------------------------


def linear_case(name, x, weight, bias, rng=None, kind=""):
    calls, outputs = ["y, cache = linear_forward(x, weight, bias)"], ("y",)
    inputs = {"x": x, "weight": weight, "bias": bias}
    if rng is not None:
        outputs = ("grad_x", "grad_weight", "grad_bias")
        calls = [*calls, f"{', '.join(outputs)} = linear_backward(grad_y, cache)"]
        inputs["grad_y"] = rng.normal(size=(len(x), len(bias))).astype(x.dtype)
    return Case(name, inputs=inputs, calls=calls, outputs=outputs, kind=kind)


def linear_inputs(rng, shape, outputs):
    """An input of any rank, a weight for its flattened features, a bias."""
    features = int(np.prod(shape[1:]))
    return rng.normal(size=shape), rng.normal(size=(features, outputs)), rng.normal(size=outputs)


def linear_cases(backward):
    rng = np.random.default_rng(32)
    upstream = rng if backward else None
    x, weight = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]]), np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.5]])
    return [
        linear_case("by hand", x, weight, np.array([0.0, 10.0, -1.0]), upstream),
        linear_case("a batch", *linear_inputs(rng, (4, 3), 5), upstream),
        linear_case("narrow", *linear_inputs(rng, (6, 5), 2), upstream),
        linear_case("images", *linear_inputs(rng, (3, 2, 4, 5), 7), upstream),
        linear_case("sequences", *linear_inputs(rng, (2, 5, 3), 4), upstream),
    ]


def linear_hidden(backward):
    def hidden(rng):
        upstream = rng if backward else None
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))
        x, weight, bias = linear_inputs(rng, (n, c, h), w)
        thin = [[a.astype(np.float32) for a in linear_inputs(rng, shape, w)] for shape in ((n, c, h), (h, n))]
        return [
            linear_case("odd 1", *linear_inputs(rng, (n, c), w), upstream, "odd shapes"),
            linear_case("odd 2", *linear_inputs(rng, (n, c, h, w), c), upstream, "odd shapes"),
            linear_case("odd 3", x, weight, bias, upstream, "odd shapes"),
            linear_case("one", *linear_inputs(rng, (1, h), n), upstream, "one example"),
            linear_case("one output", *linear_inputs(rng, (n, w), 1), upstream, "one output"),
            linear_case("far", 1000 * x, 1000 * weight, bias, upstream, "extreme values"),
            *(linear_case(f"thin {k}", *arrays, upstream, "float32") for k, arrays in enumerate(thin)),
            linear_case("strided", np.repeat(x, 2, axis=2)[:, :, ::2], weight, bias, upstream, "non-contiguous"),
        ]

    return hidden


def linear_einsum(x, weight, bias):
    flat = x.reshape(x.shape[0], -1)
    return np.einsum("nd,dm->nm", flat, weight) + bias, (flat, weight, x.shape)


def linear_loops(x, weight, bias):
    y = np.empty((len(x), len(bias)), x.dtype)
    for n in range(len(x)):
        for m in range(len(bias)):
            y[n, m] = np.sum(np.ravel(x[n]) * weight[:, m]) + bias[m]
    return y, (x, weight)


def linear_tensordot(x, weight, bias):
    axes = tuple(range(1, x.ndim))
    tall = weight.reshape(*x.shape[1:], -1)
    y = np.tensordot(x, tall, axes=(axes, tuple(range(len(axes))))) + bias
    return y, (x, weight)


def linear_backward_einsum(grad_y, cache):
    flat, weight, shape = cache
    grad_x = np.einsum("nm,dm->nd", grad_y, weight).reshape(shape)
    return grad_x, np.einsum("nd,nm->dm", flat, grad_y), np.einsum("nm->m", grad_y)


def linear_backward_by_example(grad_y, cache):
    x, weight = cache
    grad_x, grad_weight, grad_bias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(weight[0])
    for n in range(len(x)):
        grad_x[n] = (weight @ grad_y[n]).reshape(x.shape[1:])
        grad_weight += np.outer(x[n], grad_y[n])
        grad_bias += grad_y[n]
    return grad_x, grad_weight, grad_bias


def linear_backward_dot(grad_y, cache):
    x, weight = cache
    flat = x.reshape(len(grad_y), -1)
    ones = np.ones(len(grad_y), grad_y.dtype)
    return np.dot(weight, grad_y.T).T.reshape(x.shape), np.dot(grad_y.T, flat).T, ones @ grad_y


def images_and_rows(rng):
    """Two batches of images, the one halfway between, and the first one flattened by hand."""
    x, weight, bias = linear_inputs(rng, (4, 2, 3, 5), 3)
    other = rng.normal(size=x.shape)
    inputs = {"x": x, "weight": weight, "bias": bias, "x_other": other, "x_between": (x + other) / 2}
    return inputs | {"x_flat": x.reshape(4, 30), "grad_y": rng.normal(size=(4, 3))}


LINEAR_FORWARD_IDENTITIES = [
    Property(
        "combination",
        title="an input halfway between two gives what lies halfway between",
        kind="an input halfway between two",
        calls=[f"y{which}, _ = linear_forward(x{which}, weight, bias)" for which in ("", "_other", "_between")],
        inputs=images_and_rows,
        terms={"y": 0.5, "y_other": 0.5},
        right="y_between",
    ),
    Property(
        "equal",
        title="images, and the same flattened before, give one answer",
        kind="images flattened before",
        calls=["y, _ = linear_forward(x, weight, bias)", "y_flat, _ = linear_forward(x_flat, weight, bias)"],
        inputs=images_and_rows,
        left="y",
        right="y_flat",
    ),
]
LINEAR_BACKWARD_CALLS = [
    "y, cache = linear_forward(x, weight, bias)",
    "grad_x, grad_weight, grad_bias = linear_backward(grad_y, cache)",
]
LINEAR_BACKWARD_IDENTITIES = [
    Property(
        "adjoint",
        part=("grad_x", "grad_weight"),
        title="x and weight enter as one product",
        kind="the shares of x and weight",
        calls=LINEAR_BACKWARD_CALLS,
        inputs=lambda rng: images_and_rows(rng) | {"x": rng.normal(size=(4, 30))},
        pairs=(("x", "grad_x"), ("weight", "grad_weight")),
    ),
    Property(
        "conserved",
        part="grad_bias",
        title="a bias reaches every example",
        kind="the share of the bias",
        calls=LINEAR_BACKWARD_CALLS,
        inputs=images_and_rows,
        left="grad_bias",
        right="grad_y",
    ),
]

LINEAR = [
    Exercise(
        id="linear_forward",
        points=8,
        functions={"linear_forward": linear_forward},
        subject=("linear_forward",),
        cases=linear_cases(backward=False),
        hidden=linear_hidden(backward=False),
        properties=LINEAR_FORWARD_IDENTITIES,
        hidden_properties=LINEAR_FORWARD_IDENTITIES,
        mutants=slips(
            linear_forward,
            """
            no_bias: flat @ weight + bias => flat @ weight
                The bias is missing.
            minus_bias: flat @ weight + bias => flat @ weight - bias
                You subtract the bias. It is added.
            bias_once: flat @ weight + bias => flat @ weight + bias * (np.arange(len(x)) == 0)[:, None]
                The bias reaches the first example only. Broadcasting adds it to every row: flat @ weight + bias.
            bias_times_inputs: flat @ weight + bias => flat @ weight + bias * flat.shape[1]
                The bias is counted once for each input. It is added once to each sum.
            averaged: flat @ weight + bias => flat @ weight / flat.shape[1] + bias
                You divide by the number of inputs. A linear layer sums.
            channels_last: flat = x.reshape(len(x), int(np.prod(x.shape[1:])))
                => flat = np.moveaxis(x, 1, -1).reshape(len(x), int(np.prod(x.shape[1:])))
                You flatten channel after pixel. Keep the order that the axes have: x.reshape(len(x), -1).
            reversed: flat = x.reshape(len(x), int(np.prod(x.shape[1:])))
                => flat = x.reshape(len(x), int(np.prod(x.shape[1:])), order="F")
                You flatten the axes from the last to the first (order "F"). Keep the order that they have: order "C".
            relu: flat @ weight + bias => np.maximum(flat @ weight + bias, 0)
                Negative sums become 0: an activation is not part of this layer.
            """,
        ),
        alternatives=[
            Alternative("einsum", {"linear_forward": linear_einsum}),
            Alternative("loops", {"linear_forward": linear_loops}),
            Alternative("tensordot", {"linear_forward": linear_tensordot}),
        ],
        hints=[
            "Flatten first: x.reshape(len(x), -1) keeps the batch axis and joins all others.",
            "(N, D) @ (D, M) is (N, M), and adding a bias of shape (M,) adds it to every row.",
            "y = x.reshape(len(x), -1) @ weight + bias; keep x and weight in the cache.",
        ],
    ),
    Exercise(
        id="linear_backward",
        points=12,
        functions={"linear_forward": linear_forward, "linear_backward": linear_backward},
        subject=("linear_backward",),
        cases=and_in_turn(linear_cases(backward=True)),
        hidden=linear_hidden(backward=True),
        properties=[
            Property(
                "gradient",
                forward="linear_forward",
                backward="linear_backward",
                inputs=dict(
                    zip(("x", "weight", "bias"), linear_inputs(np.random.default_rng(33), (3, 2, 5), 4), strict=True)
                ),
                linear=True,
            ),
            *LINEAR_BACKWARD_IDENTITIES,
        ],
        hidden_properties=LINEAR_BACKWARD_IDENTITIES,
        mutants=slips(
            linear_backward,
            """
            bias_mean: grad_y.sum(axis=0) => grad_y.mean(axis=0)
                grad_bias is a mean over the batch. The bias was added to every example, so it is a sum.
            bias_over_outputs: grad_y.sum(axis=0) => grad_y.sum(axis=1)
                grad_bias sums over the outputs. It should sum over the examples: axis 0.
            bias_first: grad_y.sum(axis=0) => grad_y[0]
                grad_bias is that of the first example. Sum over all of them.
            weight_mean: flat.T @ grad_y => flat.T @ grad_y / len(x)
                grad_weight is divided by the batch size. A mean over the batch belongs into the loss, once.
            weight_transposed: flat.T @ grad_y => (flat.T @ grad_y).T
                grad_weight is turned on its side. It has the shape of weight, (D, M).
            weight_first: flat.T @ grad_y => np.outer(flat[0], grad_y[0])
                grad_weight is that of the first example. flat.T @ grad_y sums over all of them.
            x_flat: (grad_y @ weight.T).reshape(x.shape) => grad_y @ weight.T
                grad_x is right but flat. Give it back the shape of x.
            x_reversed: (grad_y @ weight.T).reshape(x.shape) => (grad_y @ weight.T).reshape(x.shape, order="F")
                You unflatten grad_x in another order (order "F") than x was flattened in.
            x_averaged: (grad_y @ weight.T).reshape(x.shape) => (grad_y @ weight.T / len(weight)).reshape(x.shape)
                grad_x is divided by the number of inputs. There is no mean here.
            x_unweighted: (grad_y @ weight.T).reshape(x.shape)
                => (grad_y.sum(axis=1, keepdims=True) + 0 * flat).reshape(x.shape)
                grad_x leaves out the weight: each input sends its gradient back through its own row of weight.
            sign: return grad_x, flat.T @ grad_y, grad_y.sum(axis=0)
                => return -grad_x, -flat.T @ grad_y, -grad_y.sum(axis=0)
                The sign is turned. A gradient points uphill; it is the optimizer that subtracts it.
            """,
        ),
        alternatives=[
            Alternative("einsum", {"linear_forward": linear_einsum, "linear_backward": linear_backward_einsum}),
            Alternative("example by example", {"linear_backward": linear_backward_by_example}),
            Alternative("dot", {"linear_backward": linear_backward_dot}),
        ],
        hints=[
            "Write the shapes: grad_y (N, M), weight (D, M), flat x (N, D). Only one product gives (D, M), one (N, D).",
            "grad_weight = flat.T @ grad_y, and the flat grad_x = grad_y @ weight.T.",
            "grad_x takes the shape of x: .reshape(x.shape). grad_bias = grad_y.sum(axis=0).",
        ],
    ),
]

# --- softmax and its logarithm -------------------------------------------------------------------------------


def row_case(function, name, x, kind=""):
    return Case(name, inputs={"x": x}, calls=[f"y = {function}(x)"], outputs=("y",), kind=kind)


def row_cases(function):
    rng = np.random.default_rng(34)
    return [
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
        row_case(function, "one sure score", np.array([[0.0, 50.0, 3.0], [-60.0, 2.0, 80.0]])),
    ]


def row_hidden(function):
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

    return hidden


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


def moved_rows(function):
    return Property(
        "equal",
        title="adding one number to all scores of a row changes nothing",
        kind="a number added to each row",
        calls=[f"y = {function}(x)", f"again = {function}(moved)"],
        inputs=moved_scores,
        left="y",
        right="again",
    )


def rows_of_one(function):
    return Property(
        "conserved",
        title="each row sums to 1",
        kind="the sums of the rows",
        calls=[f"y = {function}(moved)"],
        inputs=moved_scores,
        left="y",
        right=1,
        axes=(1,),
    )


SOFTMAX_IDENTITIES = [moved_rows("softmax"), rows_of_one("softmax")]
LOG_SOFTMAX_IDENTITIES = [
    moved_rows("log_softmax"),
    Property(
        "equal",
        title="taken twice it changes nothing: the exponentials of a row sum to 1 after the first time",
        kind="log_softmax taken twice",
        calls=["y = log_softmax(x)", "twice = log_softmax(y)"],
        inputs=moved_scores,
        left="y",
        right="twice",
    ),
]

SHIFT = "x - x.max(axis=-1, keepdims=True)"
SOFTMAX = [
    Exercise(
        id="softmax",
        points=5,
        functions={"softmax": softmax},
        subject=("softmax",),
        cases=row_cases("softmax"),
        hidden=row_hidden("softmax"),
        properties=SOFTMAX_IDENTITIES,
        hidden_properties=SOFTMAX_IDENTITIES,
        mutants=slips(
            softmax,
            rf"""
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
            over_everything: z / z.sum(axis=-1, keepdims=True) => z / z.sum()
                You divide by the sum of all rows. Each row sums to 1 by itself: keepdims=True keeps it a column.
            not_divided: z / z.sum(axis=-1, keepdims=True) => z / z.max(axis=-1, keepdims=True)
                Your rows do not sum to 1. Divide by the sum of the row.
            no_exponential: z = np.exp({SHIFT}) => z = x + 0.5 * x.max() + 1
                The exponential is missing.
            logarithm: return z / z.sum(axis=-1, keepdims=True) => return np.log(z / z.sum(axis=-1, keepdims=True))
                These are logarithms of probabilities. Here the probabilities themselves are asked for.
            in_place: z = np.exp({SHIFT}) => x -= x.max(axis=-1, keepdims=True)\n    z = np.exp(x)
                You change x, which belongs to the caller. x = x - ... makes a new array, x -= ... does not.
            """,
        ),
        alternatives=[
            Alternative("of the logarithm", {"softmax": softmax_of_logarithm}),
            Alternative("loop", {"softmax": softmax_loop}),
            Alternative("logaddexp", {"softmax": softmax_logaddexp}),
            Alternative("own copy in place", {"softmax": softmax_on_a_copy}),
        ],
        hints=[
            "Two lines: the exponentials, then divide by their sum over the last axis (keepdims=True "
            "lines the shapes up).",
            "Before the exponential, take away x.max(axis=-1, keepdims=True): the largest exponent becomes 0.",
            "z = np.exp(x - x.max(axis=-1, keepdims=True)); the answer is z / z.sum(axis=-1, keepdims=True).",
        ],
    ),
    Exercise(
        id="log_softmax",
        points=5,
        functions={"log_softmax": log_softmax},
        subject=("log_softmax",),
        cases=row_cases("log_softmax"),
        hidden=row_hidden("log_softmax"),
        properties=LOG_SOFTMAX_IDENTITIES,
        hidden_properties=LOG_SOFTMAX_IDENTITIES,
        mutants=slips(
            log_softmax,
            rf"""
            log_of_softmax: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
                => z = np.exp(shifted)\n    return np.log(z / z.sum(axis=-1, keepdims=True))
                The logarithm of the finished softmax is log(0) where a probability is too small. Use x - log(sum).
            a_little_more: return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
                => z = np.exp(shifted)\n    return np.log(z / z.sum(axis=-1, keepdims=True) + 1e-9)
                A small number inside the logarithm hides log(0) and caps the answer at -20. Use x - log(sum).
            not_shifted: shifted = {SHIFT} => shifted = x
                exp overflows above 709. Take the largest score of each row away first: it changes nothing else.
            one_maximum_for_all: x.max(axis=-1, keepdims=True) => x.max()
                You take the largest score of all rows away, so other rows become log(0). Use each row's own.
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
        ),
        alternatives=[
            Alternative("logaddexp", {"log_softmax": log_softmax_logaddexp}),
            Alternative("einsum", {"log_softmax": log_softmax_total}),
            Alternative("loop", {"log_softmax": log_softmax_loop}),
        ],
        hints=[
            "The logarithm of a quotient is a difference: x - log(sum of exp(x)). No division is needed.",
            "Shift first, as in softmax: shifted = x - x.max(axis=-1, keepdims=True).",
            "shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)).",
        ],
    ),
]

# --- the penalty ---------------------------------------------------------------------------------------------


def penalty_case(name, weight, strength, kind=""):
    calls = ["penalty, grad_weight = l2_penalty(weight, strength)"]
    inputs = {"weight": weight, "strength": strength}
    return Case(name, inputs=inputs, calls=calls, outputs=("penalty", "grad_weight"), kind=kind)


def hidden_penalty(rng):
    a, b, c = (int(size) for size in rng.permutation([2, 3, 5]))
    return [
        penalty_case("odd 1", rng.normal(size=(a, b)), float(rng.uniform(0.1, 2)), "odd shapes"),
        penalty_case("odd 2", rng.normal(size=(a, b, c, a + 1)), float(rng.uniform(0.1, 2)), "odd shapes"),
        penalty_case("odd 3", rng.normal(size=b), 5e-4, "odd shapes"),
        penalty_case("none", rng.normal(size=(c, a)), 0.0, "strength 0"),
        penalty_case("far", 1e4 * rng.normal(size=(b, c)), 0.3, "extreme values"),
        penalty_case("thin", rng.normal(size=(a, c)).astype(np.float32), 0.2, "float32"),
        penalty_case("thin too", rng.normal(size=(b, c)).astype(np.float32), 0.7, "float32"),
        penalty_case("strided", rng.normal(size=(a, 2 * c))[:, ::2], 0.4, "non-contiguous"),
    ]


def penalty_vdot(weight, strength):
    return strength / 2 * np.vdot(weight, weight), weight * strength


def penalty_norm(weight, strength):
    return 0.5 * strength * np.linalg.norm(np.ravel(weight)) ** 2, (strength * weight).astype(weight.dtype)


def penalty_loop(weight, strength):
    total, grad = 0.0, np.zeros_like(weight)
    for index, value in np.ndenumerate(weight):
        total += strength * value * value / 2
        grad[index] = strength * value
    return total, grad


PENALTY_CALL = "penalty, grad_weight = l2_penalty(weight, strength)"
PENALTY_SHARES = Property(
    "adjoint",
    title="the products of weights and gradients sum to twice the penalty",
    kind="the shares of the weights",
    calls=[PENALTY_CALL],
    inputs=lambda rng: {"weight": rng.normal(size=(3, 4)), "strength": 0.3, "two": 2.0},
    pairs=(("weight", "grad_weight"), ("penalty", "two")),
)

PENALTY = Exercise(
    id="l2_penalty",
    points=5,
    functions={"l2_penalty": l2_penalty},
    subject=("l2_penalty",),
    parts={"penalty": 2, "grad_weight": 3},
    cases=[
        penalty_case("by hand", np.array([[1.0, -2.0, 3.0]]), 0.5),
        penalty_case("a matrix", np.random.default_rng(35).normal(size=(4, 3)), 0.25),
        penalty_case("a kernel", np.random.default_rng(36).normal(size=(4, 2, 3, 5)), 5e-4),
        penalty_case("strong", np.array([0.5, -0.25, 2.0, 1.0]), 3.0),
    ],
    hidden=hidden_penalty,
    properties=[
        Property(
            "gradient",
            calls=[PENALTY_CALL],
            inputs={"weight": np.random.default_rng(34).normal(size=(4, 3)), "strength": 0.7},
            output="penalty",
            wrt={"weight": "grad_weight"},
        ),
        PENALTY_SHARES,
    ],
    hidden_properties=[PENALTY_SHARES],
    mutants=slips(
        l2_penalty,
        """
        no_half: float(0.5 * strength => float(strength
            The penalty is twice too large: it is half of strength times the sum, so that the gradient has no 2.
        gradient_doubled: .sum()), strength * weight => .sum()), 2 * strength * weight
            The gradient is twice too large: the 2 of the derivative and the 1/2 of the penalty cancel.
        gradient_halved: .sum()), strength * weight => .sum()), 0.5 * strength * weight
            The gradient is half of what it should be: the square's 2 has used up the 1/2.
        mean: (weight * weight).sum() => (weight * weight).mean()
            The penalty is a sum over all weights, not a mean.
        absolute: (weight * weight).sum() => np.abs(weight).sum()
            This is the L1 penalty, of absolute values. Here the weights are squared.
        root: (weight * weight).sum() => np.sqrt((weight * weight).sum())
            You take the length of the weight. The penalty is the square of it.
        sign_gradient: .sum()), strength * weight => .sum()), strength * np.sign(weight)
            This is the gradient of the L1 penalty. That of squares grows with the weight.
        turned: .sum()), strength * weight => .sum()), -strength * weight
            The sign of the gradient is turned. It points to larger weights; the optimizer subtracts it.
        no_strength: .sum()), strength * weight => .sum()), 1.0 * weight
            The gradient leaves out strength.
        """,
    ),
    alternatives=[
        Alternative("vdot", {"l2_penalty": penalty_vdot}),
        Alternative("norm", {"l2_penalty": penalty_norm}),
        Alternative("loop", {"l2_penalty": penalty_loop}),
    ],
    hints=[
        "Two values: one number for the whole array, and an array like weight.",
        "The penalty is strength / 2 times the sum of the squares. What is the derivative of strength / 2 * w * w?",
        "return 0.5 * strength * np.sum(weight**2), strength * weight.",
    ],
)

# --- centre and scale ----------------------------------------------------------------------------------------


def photos(rng, shape, dtype=float):
    """Images whose channels differ in brightness and contrast."""
    channels = np.arange(1, shape[1] + 1)[:, None, None]
    return (0.3 * channels + 0.5 * channels**0.5 * rng.normal(size=shape)).astype(dtype)


def image_case(function, outputs, name, images, kind=""):
    calls = [f"{', '.join(outputs)} = {function}(images)"]
    return Case(name, inputs={"images": images}, calls=calls, outputs=outputs, kind=kind)


def image_cases(function, outputs):
    rng = np.random.default_rng(37)
    small = np.arange(12.0).reshape(2, 1, 2, 3) ** 2
    return [
        image_case(function, outputs, "by hand", small),
        image_case(function, outputs, "three channels", photos(rng, (4, 3, 5, 2))),
        image_case(function, outputs, "two channels", photos(rng, (5, 2, 3, 4))),
        image_case(function, outputs, "many images", photos(rng, (9, 4, 2, 3))),
        image_case(function, outputs, "faint images", 1e-3 * photos(rng, (3, 2, 2, 3))),
    ]


def image_hidden(function, outputs):
    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))
        return [
            image_case(function, outputs, "odd 1", photos(rng, (n, c, h, w)), "odd shapes"),
            image_case(function, outputs, "odd 2", photos(rng, (c, h, w, n)), "odd shapes"),
            image_case(function, outputs, "odd 3", photos(rng, (h, 1, n, w)), "odd shapes"),
            image_case(function, outputs, "one", photos(rng, (1, c, h, w)), "one image"),
            image_case(function, outputs, "far", 1e4 * photos(rng, (n, c, h, w)), "extreme values"),
            image_case(function, outputs, "thin", photos(rng, (n, c, h, w), np.float32), "float32"),
            image_case(function, outputs, "thin too", photos(rng, (w, c, h, n), np.float32), "float32"),
            image_case(function, outputs, "strided", photos(rng, (n, c, h, 2 * w))[..., ::2], "non-contiguous"),
        ]

    return hidden


def mean_image_loop(images):
    total = np.zeros_like(images[0])
    for image in images:
        total += image / len(images)
    return total


def mean_image_einsum(images):
    return np.einsum("nchw->chw", images) / len(images)


def channel_stats_flat(images):
    flat = np.moveaxis(images, 1, 0).reshape(images.shape[1], -1)
    return flat.mean(axis=1), np.sqrt(flat.var(axis=1))


def channel_stats_loop(images):
    mean, std = [], []
    for channel in range(images.shape[1]):
        values = images[:, channel].ravel()
        mean.append(values.mean())
        std.append(np.sqrt(np.mean((values - mean[-1]) ** 2)))
    return np.array(mean), np.array(std)


def channel_stats_einsum(images):
    count = images.size // images.shape[1]
    mean = np.einsum("nchw->c", images) / count
    away = images - mean[:, None, None]
    return mean, np.sqrt(np.einsum("nchw,nchw->c", away, away) / count)


def changed_photos(rng):
    """Images, the same in reverse order, and the same with twice the contrast and a brightness of 5 more."""
    images = photos(rng, (4, 3, 2, 5))
    return {"images": images, "turned": images[::-1], "changed": 5 + 2 * images}


MEAN_IMAGE_IDENTITIES = [
    Property(
        "equal",
        title="the order of the images does not matter",
        kind="images in another order",
        calls=["mean = mean_image(images)", "again = mean_image(turned)"],
        inputs=changed_photos,
        left="mean",
        right="again",
    ),
    Property(
        "combination",
        title="images of twice the contrast, and 5 brighter, have a mean that is so too",
        kind="brighter images",
        calls=["mean = mean_image(images)", "mean_changed = mean_image(changed)"],
        inputs=changed_photos,
        terms={"mean_changed": 1, "mean": -2},
        right=5,
    ),
]
CHANNEL_IDENTITIES = [
    Property(
        "combination",
        part=part,
        title=title,
        kind="brighter images",
        calls=["mean, std = channel_stats(images)", "mean_changed, std_changed = channel_stats(changed)"],
        inputs=changed_photos,
        terms=terms,
        right=right,
    )
    for part, title, terms, right in [
        ("mean", "twice the contrast, and 5 brighter: so is the mean", {"mean_changed": 1, "mean": -2}, 5),
        ("std", "twice the contrast doubles the standard deviation, brightness does not", {"std": 2}, "std_changed"),
    ]
]

BOTH = "return images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3))"
STATISTICS = [
    Exercise(
        id="mean_image",
        points=3,
        functions={"mean_image": mean_image},
        subject=("mean_image",),
        cases=image_cases("mean_image", ("mean",)),
        hidden=image_hidden("mean_image", ("mean",)),
        properties=MEAN_IMAGE_IDENTITIES,
        hidden_properties=MEAN_IMAGE_IDENTITIES,
        mutants=slips(
            mean_image,
            """
            one_number: images.mean(axis=0) => images.mean()
                One number for everything. The mean image has one for each pixel and channel: average over axis 0.
            a_channel: images.mean(axis=0) => images.mean(axis=(0, 2, 3))
                One number a channel: that is what VGG subtracts. The mean image keeps its pixels.
            an_image: images.mean(axis=0) => images.mean(axis=(1, 2, 3))
                One number an image. Average over the images, axis 0, and keep the rest.
            kept: images.mean(axis=0) => images.mean(axis=0, keepdims=True)
                The numbers are right, with an axis of length 1 too many: the shape is (C, H, W).
            sum: images.mean(axis=0) => images.sum(axis=0)
                This is the sum of the images. Divide by their number.
            median: images.mean(axis=0) => np.median(images, axis=0)
                This is the median. The mean is asked for.
            first: images.mean(axis=0) => images[0].copy()
                This is the first image.
            """,
        ),
        alternatives=[
            Alternative("loop", {"mean_image": mean_image_loop}),
            Alternative("einsum", {"mean_image": mean_image_einsum}),
        ],
        hints=[
            "Which axis counts the images? Averaging over it leaves (C, H, W).",
            "numpy's mean takes the axis to average over: images.mean(axis=...).",
            "images.mean(axis=0).",
        ],
    ),
    Exercise(
        id="channel_stats",
        points=4,
        functions={"channel_stats": channel_stats},
        subject=("channel_stats",),
        cases=image_cases("channel_stats", ("mean", "std")),
        hidden=image_hidden("channel_stats", ("mean", "std")),
        properties=CHANNEL_IDENTITIES,
        hidden_properties=CHANNEL_IDENTITIES,
        mutants=slips(
            channel_stats,
            f"""
            variance: images.std(axis=(0, 2, 3)) => images.var(axis=(0, 2, 3))
                Your std is the variance. The standard deviation is its square root.
            over_n_minus_one: images.std(axis=(0, 2, 3)) => images.std(axis=(0, 2, 3), ddof=1)
                You divide by the count minus 1 (ddof=1). Here the mean of the squares is taken: ddof=0.
            no_mean_taken: images.std(axis=(0, 2, 3)) => np.sqrt((images**2).mean(axis=(0, 2, 3)))
                Your std is the root of the mean square. Take the mean away before you square.
            mean_of_stds: images.std(axis=(0, 2, 3)) => images.std(axis=(2, 3)).mean(axis=0)
                You average the standard deviations of single images. Take one over all images and positions.
            std_over_images: images.std(axis=(0, 2, 3)) => images.mean(axis=(2, 3)).std(axis=0)
                Your std is that of the images' means. Take it over all images and positions.
            over_channels: {BOTH} => return images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
                You keep the last axis, the width. Keep the channels: average over axes 0, 2 and 3.
            one_number: {BOTH} => return images.mean(), images.std()
                One number for all channels. Each channel has its own.
            swapped: {BOTH} => return images.std(axis=(0, 2, 3)), images.mean(axis=(0, 2, 3))
                Mean and std are in the wrong order.
            kept: {BOTH}
                => return images.mean(axis=(0, 2, 3), keepdims=True), images.std(axis=(0, 2, 3), keepdims=True)
                The numbers are right, but of shape (1, C, 1, 1). The shape is (C,).
            """,
        ),
        alternatives=[
            Alternative("flat", {"channel_stats": channel_stats_flat}),
            Alternative("loop", {"channel_stats": channel_stats_loop}),
            Alternative("einsum", {"channel_stats": channel_stats_einsum}),
        ],
        hints=[
            "A channel's numbers lie along three axes: the images, the rows and the columns.",
            "axis may be several axes at once: images.mean(axis=(0, 2, 3)).",
            "images.mean(axis=(0, 2, 3)), images.std(axis=(0, 2, 3)).",
        ],
    ),
]


def scale_case(function, name, x, mean, std=None, kind=""):
    inputs = {"x": x, "mean": mean} | ({} if std is None else {"std": std})
    return Case(name, inputs=inputs, calls=[f"y = {function}({', '.join(inputs)})"], outputs=("y",), kind=kind)


def scale_inputs(rng, shape, whole, scaled, dtype=float):
    """An input that does not have the statistics it is scaled by: those come from training data."""
    where = shape[1:] if whole else shape[1:2]
    x = (2 + 3 * rng.normal(size=shape)).astype(dtype)
    mean = rng.normal(size=where).astype(dtype)
    return (x, mean, rng.uniform(0.3, 4, size=where).astype(dtype)) if scaled else (x, mean)


def scale_cases(function):
    rng, scaled = np.random.default_rng(38), function == "standardize"
    std = [np.array([2.0, 0.5, 4.0])] if scaled else []
    hand = [np.array([[1.0, 2.0, 3.0], [5.0, 2.5, -1.0]]), np.array([1.0, 2.0, -1.0]), *std]
    return [
        scale_case(function, "by hand", *hand),
        scale_case(function, "features", *scale_inputs(rng, (4, 5), True, scaled)),
        scale_case(function, "one for each channel", *scale_inputs(rng, (2, 3, 4, 5), False, scaled)),
        scale_case(function, "one for each pixel", *scale_inputs(rng, (3, 2, 5, 4), True, scaled)),
        scale_case(function, "channels of sequences", *scale_inputs(rng, (3, 4, 6), False, scaled)),
        scale_case(function, "channels again", *scale_inputs(rng, (5, 2, 3, 4), False, scaled)),
        scale_case(function, "N, C and W all 4", *scale_inputs(rng, (4, 4, 3, 4), False, scaled)),
        scale_case(function, "large numbers", 1000 * hand[0], hand[1], *(0.01 * value for value in std)),
    ]


def scale_hidden(function):
    def hidden(rng):
        scaled = function == "standardize"
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))

        def make(name, shape, whole, kind, dtype=float):
            return scale_case(function, name, *scale_inputs(rng, shape, whole, scaled, dtype), kind=kind)

        x, *statistics = scale_inputs(rng, (n, c, h, 2 * w), False, scaled)
        one, *large = scale_inputs(rng, (n, c, h, w), False, scaled)
        return [
            make("odd 1", (n, c, h, w), False, "odd shapes"),
            make("odd 2", (c, h, w, n), True, "odd shapes"),
            make("odd 3", (w, n), True, "odd shapes"),
            make("one image", (1, c, h, w), False, "one example"),
            scale_case(function, "far", 1e4 * one, *large, kind="extreme values"),
            make("thin", (n, c, h, w), False, "float32", np.float32),
            make("thin too", (w, h), True, "float32", np.float32),
            scale_case(function, "strided", x[..., ::2], *statistics, kind="non-contiguous"),
        ]

    return hidden


def widen(value, x):
    value = np.asarray(value)
    return value if value.shape == x.shape[1:] else value.reshape((-1,) + (1,) * (x.ndim - 2))


def center_plain(x, mean):
    return x - widen(mean, x)


def center_loop(x, mean):
    y = x.copy()
    for example in y:
        if mean.shape == example.shape:
            example -= mean
        else:
            for channel in range(len(mean)):
                example[channel] -= mean[channel]
    return y


def center_channels_last(x, mean):
    if mean.shape == x.shape[1:]:
        return x - mean
    return np.moveaxis(np.moveaxis(x, 1, -1) - mean, -1, 1)


def standardize_plain(x, mean, std):
    return (x - widen(mean, x)) / widen(std, x)


def standardize_times(x, mean, std):
    return (x - widen(mean, x)) * (1 / widen(std, x))


def standardize_on_a_copy(x, mean, std):
    y = x.copy()
    y -= widen(mean, x)
    y /= widen(std, x)
    return y


def standardize_channels_last(x, mean, std):
    if mean.shape == x.shape[1:]:
        return x / std - mean / std
    return np.moveaxis((np.moveaxis(x, 1, -1) - mean) / std, -1, 1)


def undone(rng):
    """Images, statistics of their channels, those that undo it, and images and statistics in another unit."""
    x, mean, std = scale_inputs(rng, (2, 3, 4, 5), False, True)
    inputs = {"x": x, "mean": mean, "std": std, "minus_mean": -mean}
    inputs |= {"mean_back": -mean / std, "std_back": 1 / std}
    return inputs | {"x4": 4 * x, "mean4": 4 * mean, "std4": 4 * std}


CENTER_UNDONE = Property(
    "equal",
    title="the mean taken away and added again changes nothing",
    kind="a mean taken away and added again",
    calls=["y = center(x, mean)", "back = center(y, minus_mean)"],
    inputs=undone,
    left="back",
    right="x",
)
STANDARDIZE_IDENTITIES = [
    Property(
        "equal",
        title="standardizing by -mean / std and 1 / std undoes it",
        kind="a scaling undone",
        calls=["y = standardize(x, mean, std)", "back = standardize(y, mean_back, std_back)"],
        inputs=undone,
        left="back",
        right="x",
    ),
    Property(
        "equal",
        title="the unit does not matter: x, mean and std all four times as large give the same",
        kind="another unit",
        calls=["y = standardize(x, mean, std)", "again = standardize(x4, mean4, std4)"],
        inputs=undone,
        left="y",
        right="again",
    ),
]

SCALE = [
    Exercise(
        id="center",
        points=3,
        functions={"center": center},
        subject=("center",),
        cases=scale_cases("center"),
        hidden=scale_hidden("center"),
        properties=[CENTER_UNDONE],
        hidden_properties=[CENTER_UNDONE],
        mutants=[
            Mutant(name, {"center": edit(center_plain, "x - widen(mean, x)", new)}, sentence)
            for name, new, sentence in [
                ("plus", "x + widen(mean, x)", "You add the mean. It is taken away."),
                (
                    "own_mean",
                    "x - x.mean(axis=0)",
                    "You use the mean of x itself. It comes from the training set, as an argument: "
                    "anything else leaks.",
                ),
                (
                    "mean_of_mean",
                    "x - mean.mean()",
                    "You subtract the same number everywhere. Each feature, or channel, has its own mean.",
                ),
                ("turned", "widen(mean, x) - x", "The sign is turned: it is x minus the mean."),
                (
                    "own_mean_on_top",
                    "x - widen(mean, x) - (x - widen(mean, x)).mean()",
                    "You take away the mean of the result as well. Only the mean that you were given counts.",
                ),
                ("divided", "x / widen(mean, x)", "You divide by the mean. It is taken away."),
                (
                    "last_axis",
                    "x - mean",
                    "numpy lines shapes up from the right, so your mean meets the last axis. One of shape (C,) belongs "
                    "to axis 1: give it a 1 for each axis behind it.",
                ),
            ]
        ],
        alternatives=[
            Alternative("plain", {"center": center_plain}),
            Alternative("loop", {"center": center_loop}),
            Alternative("channels last", {"center": center_channels_last}),
        ],
        hints=[
            "If the mean has the shape of one example, x - mean is all. numpy copies it over the batch.",
            "A mean of shape (C,) has to meet axis 1: give it a 1 for each axis after the channels.",
            "mean.reshape(-1, *[1] * (x.ndim - 2)) has shape (C, 1, 1) for images; then x - mean.",
        ],
    ),
    Exercise(
        id="standardize",
        points=5,
        functions={"standardize": standardize},
        subject=("standardize",),
        cases=scale_cases("standardize"),
        hidden=scale_hidden("standardize"),
        properties=STANDARDIZE_IDENTITIES,
        hidden_properties=STANDARDIZE_IDENTITIES,
        mutants=[
            Mutant(
                name, {"standardize": edit(standardize_plain, "(x - widen(mean, x)) / widen(std, x)", new)}, sentence
            )
            for name, new, sentence in [
                (
                    "variance",
                    "(x - widen(mean, x)) / widen(std, x) ** 2",
                    "You divide by the variance. Data of standard deviation 5 would end at 0.2: divide by std itself.",
                ),
                (
                    "root",
                    "(x - widen(mean, x)) / np.sqrt(widen(std, x))",
                    "You take the root of std. It is a root already: divide by it as it comes.",
                ),
                (
                    "by_the_mean",
                    "(x - widen(mean, x)) / widen(mean, x)",
                    "You divide by the mean, as one famous slide says by mistake. Divide by the standard deviation.",
                ),
                ("times", "(x - widen(mean, x)) * widen(std, x)", "You multiply by std. Divide by it."),
                (
                    "brackets",
                    "x - widen(mean, x) / widen(std, x)",
                    "Brackets: x - mean / std divides the mean only. It is (x - mean) / std.",
                ),
                ("not_centred", "x / widen(std, x)", "The mean is not taken away before the division."),
                ("not_scaled", "x - widen(mean, x)", "The division by std is missing."),
                (
                    "own_statistics",
                    "(x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)",
                    "You use mean and std of x itself. They come from the training set, as "
                    "arguments: anything else leaks.",
                ),
                (
                    "own_mean",
                    "(x - x.mean()) / widen(std, x)",
                    "You use the mean of x itself. It comes from the training set, as an argument.",
                ),
                (
                    "last_axis",
                    "(x - mean) / std",
                    "numpy lines shapes up from the right, so your statistics meet the last axis. Those of shape (C,) "
                    "belong to axis 1: give them a 1 for each axis behind it.",
                ),
                (
                    "a_little_more",
                    "(x - widen(mean, x)) / (widen(std, x) + 1e-2)",
                    "You add a number to std that the definition does not have.",
                ),
            ]
        ],
        alternatives=[
            Alternative("plain", {"standardize": standardize_plain}),
            Alternative("times the inverse", {"standardize": standardize_times}),
            Alternative("own copy in place", {"standardize": standardize_on_a_copy}),
            Alternative("channels last", {"standardize": standardize_channels_last}),
        ],
        hints=[
            "The same widening as in center, for the mean and for std.",
            "First the difference, in brackets, then the quotient.",
            "(x - mean) / std, with both of shape (C, 1, 1) for images or of the shape of one example.",
        ],
    ),
]

# --- principal components ------------------------------------------------------------------------------------


def cloud(rng, n, d, dtype=float):
    """Points whose variances along hidden axes differ by a factor of 4 each: no two components can be confused."""
    axes, _ = np.linalg.qr(rng.normal(size=(d, d)))
    spread = 2.0 ** -np.arange(d)
    points = rng.normal(size=(n, d))
    points = np.linalg.qr(points - points.mean(axis=0))[0] * np.sqrt(n)  # exactly white
    return (points * spread @ axes.T * 3 + rng.normal(size=d)).astype(dtype)


def pca_case(name, x, k, kind=""):
    calls, outputs = ["components, variances = pca(x, k)"], ("components", "variances")
    return Case(name, inputs={"x": x, "k": k}, calls=calls, outputs=outputs, kind=kind)


def hidden_pca(rng):
    d = int(rng.integers(4, 6))
    return [
        pca_case("odd 1", cloud(rng, 17, 3), 2, "odd shapes"),
        pca_case("odd 2", cloud(rng, 23, d), 3, "odd shapes"),
        pca_case("odd 3", cloud(rng, 11, 5), 1, "odd shapes"),
        pca_case("all", cloud(rng, 19, d), d, "all components"),
        pca_case("far", 1e4 * cloud(rng, 13, 4), 2, "extreme values"),
        pca_case("strided", np.repeat(cloud(rng, 15, 4), 2, axis=1)[:, ::2], 3, "non-contiguous"),
    ]


def turned_positive(components):
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return components * np.sign(largest)


def pca_svd(x, k):
    _, singular, rows = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return turned_positive(rows[:k]), singular[:k] ** 2 / len(x)


def pca_cov(x, k):
    values, vectors = np.linalg.eigh(np.cov(x, rowvar=False, bias=True))
    order = np.argsort(values)[::-1][:k]
    return turned_positive(vectors[:, order].T), values[order]


def pca_power(x, k):
    """Repeated multiplication by the covariance finds the first component; take it away and go on."""
    away = x - x.mean(axis=0)
    left = np.einsum("ni,nj->ij", away, away) / len(x)
    components, variances = [], []
    for _ in range(k):
        vector = np.ones(len(left)) + np.arange(len(left)) / 7
        for _ in range(80):
            vector = left @ vector
            vector /= np.linalg.norm(vector)
        variances.append(vector @ left @ vector)
        components.append(vector)
        left = left - variances[-1] * np.outer(vector, vector)
    return turned_positive(np.array(components)), np.array(variances)


PCA_IDENTITIES = [
    Property(
        "orthonormal",
        part="components",
        title="components are perpendicular and of length 1",
        kind="the products of the components",
        calls=["components, variances = pca(x, 3)"],
        inputs=lambda rng: {"x": cloud(rng, 15, 4)},
        output="components",
        shape=(3, 4),
        of="rows",
        limit=1e-5,
    ),
    Property(
        "conserved",
        part="variances",
        title="turning the axes neither makes nor takes variance",
        kind="the variances in all",
        calls=["components, variances = pca(x, 4)"],
        inputs=lambda rng: {"x": (x := cloud(rng, 15, 4)), "variances_of_features": x.var(axis=0)},
        left="variances",
        right="variances_of_features",
    ),
]

PCA = Exercise(
    id="pca",
    points=9,
    functions={"pca": pca},
    subject=("pca",),
    parts={"components": 6, "variances": 3},
    cases=[
        pca_case("a plane", cloud(np.random.default_rng(39), 9, 2), 2),
        pca_case("the first of three", cloud(np.random.default_rng(40), 14, 3), 1),
        pca_case("three of five", cloud(np.random.default_rng(41), 20, 5), 3),
        pca_case("all four", cloud(np.random.default_rng(42), 12, 4), 4),
    ],
    hidden=hidden_pca,
    properties=PCA_IDENTITIES,
    hidden_properties=PCA_IDENTITIES,
    mutants=slips(
        pca,
        """
        not_centred: centered = x - x.mean(axis=0) => centered = x - 0
            You did not take the mean away, so the first component points to it.
        one_mean: centered = x - x.mean(axis=0) => centered = x - x.mean()
            You take one mean away from all features. Each feature has its own: axis 0.
        over_n_minus_one: centered.T @ centered / len(x) => centered.T @ centered / (len(x) - 1)
            You divide by N - 1. Here the covariance is a mean over the N examples.
        not_divided: centered.T @ centered / len(x) => centered.T @ centered
            The covariance is not divided by the number of examples.
        smallest_first: components = vectors.T[::-1][:k] => components, variances = vectors.T[:k], variances[::-1]
            You take the directions of least variance. eigh gives the smallest eigenvalue first: reverse the order.
        rows_for_columns: components = vectors.T[::-1][:k] => components = vectors[::-1][:k]
            You take the rows of eigh's matrix. Its eigenvectors are the columns: transpose it first.
        any_sign: return components * signs[:, None] => return components * -signs[:, None]
            The signs are turned: of each component the largest entry, in absolute value, should be positive.
        root: np.maximum(variances[::-1][:k], 0) => np.sqrt(np.maximum(variances[::-1][:k], 0))
            You return standard deviations. The eigenvalues are variances already.
        share: np.maximum(variances[::-1][:k], 0) => variances[::-1][:k] / variances.sum()
            You return shares of the whole variance. The variances themselves are asked for.
        scaled_by_variance: return components * signs[:, None]
            => return components * signs[:, None] * np.sqrt(np.maximum(variances[::-1][:k], 0))[:, None]
            Your components have the length of a standard deviation. They should have length 1.
        columns: return components * signs[:, None] => return (components * signs[:, None]).T
            Your components stand in columns. They should be rows, of shape (k, D).
        """,
    ),
    alternatives=[
        Alternative("singular values", {"pca": pca_svd}),
        Alternative("np.cov", {"pca": pca_cov}),
        Alternative("power iteration", {"pca": pca_power}),
    ],
    hints=[
        "Centre, then the covariance: centered.T @ centered / len(x), of shape (D, D).",
        "values, vectors = np.linalg.eigh(covariance): smallest first, eigenvectors in columns. So "
        "vectors.T[::-1][:k].",
        "Signs: find each row's largest entry in absolute value, np.abs(rows).argmax(axis=1), and "
        "multiply the row by its sign.",
    ],
)


def white_case(name, x, eps, kind=""):
    return Case(name, inputs={"x": x, "eps": eps}, calls=["white = zca_whiten(x, eps)"], outputs=("white",), kind=kind)


def hidden_white(rng):
    d = int(rng.integers(3, 6))
    constant = cloud(rng, 14, 3)
    constant[:, 1] = 2.5
    return [
        white_case("odd 1", cloud(rng, 16, 2), 0.0, "odd shapes"),
        white_case("odd 2", cloud(rng, 21, d), 1e-3, "odd shapes"),
        white_case("odd 3", cloud(rng, 12, 5), 0.05, "odd shapes"),
        white_case("far", 1e3 * cloud(rng, 15, 3), 1e-5, "extreme values"),
        white_case("constant", constant, 0.1, "a constant feature"),
        white_case("strided", np.repeat(cloud(rng, 13, 4), 2, axis=1)[:, ::2], 0.01, "non-contiguous"),
    ]


def zca_plain(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    variances, vectors = np.linalg.eigh(centered.T @ centered / len(x))
    scale = 1 / np.sqrt(np.maximum(variances, 0) + eps)
    return centered @ vectors * scale @ vectors.T


def zca_svd(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    _, singular, rows = np.linalg.svd(centered, full_matrices=False)
    return centered @ rows.T @ np.diag((singular**2 / len(x) + eps) ** -0.5) @ rows


def zca_einsum(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True) + eps * np.eye(x.shape[1]))
    return np.einsum("nd,dk,k,ek->ne", centered, vectors, 1 / np.sqrt(values), vectors)


WHITE_IDENTITIES = [
    Property(
        "orthonormal",
        title="white data have covariance I: over 16 examples each column times itself is 16, times another 0",
        kind="the covariance of white data",
        calls=["white = zca_whiten(x, 0.0)"],
        inputs=lambda rng: {"x": cloud(rng, 16, 3)},
        output="white",
        shape=(16, 3),
        of="columns",
        square=16.0,
        limit=1e-5,
    ),
    Property(
        "equal",
        title="white data stay as they are",
        kind="white data",
        calls=["white = zca_whiten(x, 0.0)", "again = zca_whiten(white, 0.0)"],
        inputs=lambda rng: {"x": cloud(rng, 16, 3)},
        left="white",
        right="again",
    ),
]

WHITEN = Exercise(
    id="zca_whiten",
    points=6,
    functions={"zca_whiten": zca_whiten},
    subject=("zca_whiten",),
    cases=[
        white_case("a plane", cloud(np.random.default_rng(43), 9, 2), 0.0),
        white_case("three features", cloud(np.random.default_rng(44), 14, 3), 0.01),
        white_case("five features", cloud(np.random.default_rng(45), 20, 5), 1e-3),
        white_case("a large eps", cloud(np.random.default_rng(46), 12, 4), 0.5),
    ],
    hidden=hidden_white,
    properties=WHITE_IDENTITIES,
    hidden_properties=WHITE_IDENTITIES,
    mutants=[
        Mutant(name, {"zca_whiten": edit(zca_plain, old, new)}, sentence)
        for name, old, new, sentence in [
            (
                "not_rotated_back",
                "centered @ vectors * scale @ vectors.T",
                "centered @ vectors * scale",
                "The data are white but still turned: the last step, back by the components, is missing.",
            ),
            (
                "only_standardized",
                "centered @ vectors * scale @ vectors.T",
                "centered / np.sqrt(centered.var(axis=0) + eps)",
                "You scale each feature by itself. They are still correlated: rotate to the components first.",
            ),
            (
                "only_rotated",
                "centered @ vectors * scale @ vectors.T",
                "centered @ vectors @ vectors.T",
                "You rotate there and back without scaling in between, which changes nothing.",
            ),
            (
                "by_the_variance",
                "1 / np.sqrt(np.maximum(variances, 0) + eps)",
                "1 / (np.maximum(variances, 0) + eps)",
                "You divide by the variances. Divide by their roots, the standard deviations.",
            ),
            (
                "eps_outside",
                "1 / np.sqrt(np.maximum(variances, 0) + eps)",
                "1 / (np.sqrt(np.maximum(variances, 0)) + eps)",
                "eps stands outside the root. It is added to the variance, inside.",
            ),
            (
                "no_eps",
                "1 / np.sqrt(np.maximum(variances, 0) + eps)",
                "1 / np.sqrt(np.maximum(variances, 1e-12))",
                "eps has no effect in your answer. It is added to each variance.",
            ),
            (
                "times",
                "1 / np.sqrt(np.maximum(variances, 0) + eps)",
                "np.sqrt(np.maximum(variances, 0) + eps)",
                "You multiply by the standard deviations. Divide by them.",
            ),
            (
                "not_centred",
                "centered @ vectors * scale @ vectors.T",
                "x @ vectors * scale @ vectors.T",
                "You rotate x itself. White data have mean 0: take the mean away first.",
            ),
            (
                "over_n_minus_one",
                "/ len(x)",
                "/ (len(x) - 1)",
                "You divide the covariance by N - 1. Here it is a mean over the N examples.",
            ),
        ]
    ],
    alternatives=[
        Alternative("plain", {"zca_whiten": zca_plain}),
        Alternative("singular values", {"zca_whiten": zca_svd}),
        Alternative("einsum", {"zca_whiten": zca_einsum}),
    ],
    hints=[
        "Three steps: rotate to the components, divide, rotate back. With all D components nothing is lost.",
        "With vectors in columns: centered @ vectors turns, and @ vectors.T turns back. (own.pca has them in rows.)",
        "centered @ vectors / np.sqrt(values + eps) @ vectors.T. The order of the components does not matter here.",
    ],
)

# --- bug hunt ------------------------------------------------------------------------------------------------


def hunt_softmax(x):
    z = np.exp(x - x.max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_shipped(x):
    top = np.zeros((len(x), 1))
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_no_shift(x):
    z = np.exp(x)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_minimum(x):
    z = np.exp(x - x.min(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_one_top(x):
    z = np.exp(x - x.max())
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_a_little_more(x):
    z = np.exp(x - np.maximum(0, x.max(axis=1, keepdims=True)))
    return z / (z.sum(axis=1, keepdims=True) + 1e-12)


def hunt_softmax_absolute(x):
    z = np.exp(x - np.abs(x).max(axis=1, keepdims=True))
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_from_first(x):
    top = x[:, :1]
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / z.sum(axis=1, keepdims=True)


def hunt_softmax_from_minus_infinity(x):
    top = np.full((len(x), 1), -np.inf)
    for column in range(x.shape[1]):
        top = np.maximum(top, x[:, column : column + 1])
    z = np.exp(x - top)
    return z / np.sum(z, axis=1)[:, None]


def hunt_case(name, x, kind=""):
    return Case(name, inputs={"x": x}, calls=["y = hunt_softmax(x)"], outputs=("y",), kind=kind)


def hidden_hunt(rng):
    return [
        hunt_case("odd", rng.normal(size=(4, 7)), "odd shapes"),
        hunt_case("low", rng.normal(size=(3, 5)) - 1e4, "scores of -10000"),
        hunt_case("lower", rng.normal(size=(5, 2)) - 900, "scores of -900"),
        hunt_case("high", rng.normal(size=(2, 6)) + 1e4, "scores of 10000"),
        hunt_case("mixed", rng.uniform(-2000, 2000, size=(6, 3)), "scores of 2000"),
    ]


HUNT_IDENTITIES = [moved_rows("hunt_softmax"), rows_of_one("hunt_softmax")]
HUNT = Exercise(
    id="hunt_softmax",
    points=5,
    functions={"hunt_softmax": hunt_softmax},
    subject=("hunt_softmax",),
    cases=[
        hunt_case("small scores", np.array([[0.0, 1.0, 2.0], [-1.0, 0.5, 0.0]])),
        hunt_case("high scores", np.array([[800.0, 801.0], [-3.0, 900.0], [750.0, 750.0]])),
        hunt_case("low scores", np.array([[-10000.0, -10000.0, -10001.0], [-900.0, -800.0, -801.0]])),
        hunt_case("high and low", np.array([[1000.0, 999.0], [-1000.0, -1002.0]])),
        hunt_case("one score far below", np.array([[-1000.0, 5.0, 3.0], [1.0, -950.0, 2.0]])),
        hunt_case("very low scores", np.array([[-20000.0, -20003.0, -20001.0]])),
        hunt_case("the lowest scores", np.array([[-1e15, -1e15 - 100], [-1e12 - 200, -1e12]])),
        hunt_case("each column on top", np.array([[900.0, 0.0, -5.0], [1.0, 900.0, 0.0], [0.0, -3.0, 900.0]])),
    ],
    hidden=hidden_hunt,
    properties=HUNT_IDENTITIES,
    hidden_properties=HUNT_IDENTITIES,
    mutants=[
        Mutant(name, {"hunt_softmax": wrong}, sentence)
        for name, wrong, sentence in [
            (
                "as_shipped",
                hunt_softmax_shipped,
                "The fault is still there: the search for the maximum starts from 0, so a row of scores below -745 "
                "is not shifted and becomes 0/0.",
            ),
            (
                "no_shift",
                hunt_softmax_no_shift,
                "Without any shift large scores overflow. Take the row's own maximum away, whatever its sign.",
            ),
            (
                "minimum",
                hunt_softmax_minimum,
                "You take the smallest score away, so the largest can still overflow. Take the largest away.",
            ),
            (
                "one_top",
                hunt_softmax_one_top,
                "You take the maximum of all rows, so a row far below it becomes 0/0. Each row has its own.",
            ),
            (
                "a_little_more",
                hunt_softmax_a_little_more,
                "You hide the 0/0, and such rows now sum to 0 instead of 1. Mend the maximum.",
            ),
            (
                "absolute",
                hunt_softmax_absolute,
                "You take the largest absolute value. For a row of -1000 that shifts the wrong way, to -2000.",
            ),
        ]
    ],
    alternatives=[
        Alternative("from the first column", {"hunt_softmax": hunt_softmax_from_first}),
        Alternative("from minus infinity", {"hunt_softmax": hunt_softmax_from_minus_infinity}),
    ],
    hints=[
        "Try a row of scores that are all very negative, such as -10000 and -10001. What is top?",
        "A running maximum has to start from something that cannot win. Is 0 such a number?",
        "top = x.max(axis=1, keepdims=True) replaces the loop; or start it from the first column.",
    ],
)

# --- questions -----------------------------------------------------------------------------------------------

QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="100 classes, and before the first step the loss is 9.2 on average. What do you conclude?",
        choices={
            "a": "All is well: a fresh network always starts with a large loss.",
            "b": "The first scores are already large and wrong: without knowledge the loss should be ln 100 = 4.6.",
            "c": "There are too many classes for this loss.",
        },
        right="b",
        because={
            "a": "A network that knows nothing gives each class 1/100, and the loss is then ln 100 = 4.6, not more.",
            "b": (
                "Right: a loss above ln C is worse than not knowing. Look at the scale of the first weights and inputs."
            ),
            "c": "Cross-entropy works for any number of classes; its starting value simply grows like ln C.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=2,
        question="A network was trained on images standardized by the training set. A single new image arrives.",
        choices={
            "a": "Standardize it by its own mean and standard deviation.",
            "b": "Add it to the training images and compute the statistics again.",
            "c": "Standardize it by the mean and standard deviation of the training set.",
        },
        right="c",
        because={
            "a": "That removes what made the image bright or pale, and is not what the weights were trained on.",
            "b": "Then every new image would change the input of the same weights, and the test would leak into it.",
            "c": "Right: the statistics are part of the trained network, like its weights.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="softmax",
    number=3,
    title="Linear layers, softmax and data",
    exercises=[*LINEAR, *SOFTMAX, CROSS_ENTROPY, PENALTY, *STATISTICS, *SCALE, PCA, WHITEN, HUNT, *QUIZZES],
    given=[
        Given({"softmax": softmax_of_logarithm}, used_by=["softmax_cross_entropy"]),
        Given({"log_softmax": log_softmax_logaddexp}, used_by=["softmax_cross_entropy"]),
        Given({"center": center_channels_last}, used_by=["standardize"]),
        Given({"pca": pca_svd}, used_by=["zca_whiten"]),
    ],
)
