"""Maxout: the largest of several linear pieces."""

import numpy as np

from classroom.staff.declare.exercise import (
    Case,
    Mutant,
    Pair,
    backward_of,
    edit,
    exercise_of,
    identity,
    textual_mutants,
)
from solutions.activation import maxout_backward, maxout_forward


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
    visible = [
        maxout_case("by hand", *one, direction, rng),
        maxout_case("two pieces", *maxout_inputs(rng, 4, 3, 5, 2), direction, rng),
        maxout_case("three pieces", *maxout_inputs(rng, 7, 4, 2, 3), direction, rng),
        maxout_case("four pieces", *maxout_inputs(rng, 5, 2, 3, 4), direction, rng),
        maxout_case("ties", *maxout_ties(rng, 6, 3, 4, 2), direction, rng),
        maxout_case("more ties", *maxout_ties(rng, 5, 2, 4, 3), direction, rng),
    ]

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

    return {"cases": visible, "hidden": hidden}


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
    identity(
        "the order of the pieces does not matter",
        "y, _ = maxout_forward(x, weight, bias)",
        "again, _ = maxout_forward(x, weight_reversed, bias_reversed)",
        "y == again",
        kind="pieces in another order",
        inputs=rearranged_pieces,
    ),
    identity(
        "a piece that stands there twice counts as one",
        "twice, _ = maxout_forward(x, weight_twice, bias_twice)",
        "once, _ = maxout_forward(x, weight_once, bias_once)",
        "twice == once",
        kind="a piece that stands there twice",
        inputs=rearranged_pieces,
    ),
]
HANDED_ON = identity(
    "each output hands its gradient on to one piece",
    "y, cache = maxout_forward(x, weight, bias)",
    "grad_x, grad_weight, grad_bias = maxout_backward(grad_y, cache)",
    "sum(grad_bias, 0) == sum(grad_y, 0)",
    part="grad_bias",
    kind="what the pieces receive in all",
    inputs=rearranged_pieces,
)
MAXOUT_FORWARD = exercise_of(
    maxout_forward,
    points=6,
    **maxout_cases("forward"),
    identities=MAXOUT_FORWARD_IDENTITIES,
    mutants="""
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
    alternatives=[maxout_einsum, maxout_running, maxout_loops],
    hints="""
    First all pieces: an array of shape (k, N, M). x @ weight makes it in one go, because @ treats weight as a stack.
    Each piece has its own bias row: bias[:, None, :] has shape (k, 1, M) and is copied over the batch.
    Then pieces.max(axis=0); pieces.argmax(axis=0) says who won, which the backward pass will ask.
    """,
)
MAXOUT_BACKWARD = backward_of(
    Pair(maxout_forward, maxout_backward),
    points=9,
    large={"x": (1500, 5), "weight": (3, 5, 4), "bias": (3, 4)},
    large_times=20.0,
    **maxout_cases("backward"),
    interleaved=(0, 1),
    gradient=dict(zip(("x", "weight", "bias"), maxout_inputs(np.random.default_rng(52), 4, 3, 5, 3), strict=True)),
    identities=[HANDED_ON],
    mutants=[
        *textual_mutants(
            maxout_backward,
            """
            everyone: grad_pieces = grad_y * won => grad_pieces = grad_y * np.ones_like(won)
                Every piece gets the gradient. Only the winner does.
            bias_mean: grad_pieces.sum(axis=1) => grad_pieces.mean(axis=1)
                grad_bias is a mean over the batch. The bias was added to every example, so it is a sum.
            bias_unrouted: grad_pieces.sum(axis=1) => np.tile(grad_y.sum(axis=0), (len(weight), 1))
                Every bias gets the whole gradient. A bias only counts where its piece won.
            weight_mean: x.T @ grad_pieces => x.T @ grad_pieces / len(x)
                grad_weight is divided by the batch size. A mean over the batch belongs in the loss; here it is
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
    alternatives=[maxout_backward_pieces, maxout_backward_loops, maxout_backward_einsum],
    hints="""
    Route first: give each piece an array of the shape of grad_y that holds grad_y where it won, and 0 elsewhere.
    won = winner == np.arange(k)[:, None, None] is (k, N, M); grad_pieces = grad_y * won.
    Then k linear layers: grad_x sums grad_pieces[p] @ weight[p].T over p, grad_weight[p] = x.T @ grad_pieces[p],
        grad_bias[p] = grad_pieces[p].sum(axis=0).
    """,
)
