"""Branches side by side."""

import numpy as np

from classroom.staff.declare.exercise import Case, Gradient, Pair, Property, exercise_of, identity, with_interleaved
from classroom.staff.declare.inputs import shuffled
from solutions.residual import concat_channels_backward, concat_channels_forward

SIDES = Pair(concat_channels_forward, concat_channels_backward)


def concat_case(name, rng, n, channels, h, w, kind="", dtype=np.float64, turned=False):
    lay_out = np.asfortranarray if turned else np.ascontiguousarray
    inputs = {f"x{i}": lay_out(rng.normal(size=(n, c, h, w)).astype(dtype)) for i, c in enumerate(channels)}
    inputs["grad_y"] = lay_out(rng.normal(size=(n, sum(channels), h, w)).astype(dtype))
    names = ", ".join(f"x{i}" for i in range(len(channels)))
    calls = [f"y, cache = concat_channels_forward([{names}])", "grads = concat_channels_backward(grad_y, cache)"]
    return Case(name, inputs, calls, ("y", "grads"), kind=kind)


def concat_loop(xs):
    n, _, h, w = xs[0].shape
    y = np.empty((n, sum(x.shape[1] for x in xs), h, w), xs[0].dtype)
    at = 0
    for x in xs:
        y[:, at : at + x.shape[1]] = x
        at += x.shape[1]
    return y, [x.shape[1] for x in xs]


def concat_loop_back(grad_y, cache):
    grads, at = [], 0
    for count in cache:
        grads.append(grad_y[:, at : at + count].copy())
        at += count
    return grads


def concat_hstack(xs):
    ends = np.cumsum([x.shape[1] for x in xs])
    return np.hstack(xs), {"starts": [0, *ends[:-1]], "ends": ends}


def concat_hstack_back(grad_y, cache):
    return [grad_y[:, int(a) : int(b)] for a, b in zip(cache["starts"], cache["ends"], strict=True)]


def branches(rng):
    """The outputs of three branches, in a list and one by one."""
    xs = [rng.normal(size=(2, channels, 3, 4)) for channels in (3, 1, 2)]
    return {"xs": xs, **{f"x{i}": x for i, x in enumerate(xs)}}


CONCAT_RNG = np.random.default_rng(94)
CONCAT = exercise_of(
    SIDES,
    id="concat_channels",
    points=3,
    cases=with_interleaved(
        [
            concat_case("two branches", CONCAT_RNG, 2, (3, 1), 4, 5),
            concat_case("three branches", CONCAT_RNG, 3, (2, 4, 1), 5, 2),
            concat_case("four branches", CONCAT_RNG, 1, (1, 2, 3, 4), 2, 3),
        ]
    ),
    hidden=lambda rng: [
        concat_case("a", rng, 4, tuple(shuffled(rng, 1, 3, 5)), 3, 2, "odd shapes"),
        concat_case("b", rng, 2, (7,), 3, 4, "one branch"),
        concat_case("c", rng, 2, (2, 5), 3, 4, "float32", np.float32),
        concat_case("d", rng, 2, (3, 2), 4, 5, "non-contiguous", turned=True),
    ],
    properties=[
        identity(
            "what was laid side by side comes apart again",
            "y, cache = concat_channels_forward(xs)",
            "grads = concat_channels_backward(y, cache)",
            "grads == xs",
            inputs=branches,
            hidden="what comes apart again",
        ),
        Property(
            Gradient("y", {f"x{i}": f"grad_x{i}" for i in range(3)}, linear=True),
            part="grads",
            calls=[
                "y, cache = concat_channels_forward([x0, x1, x2])",
                "grad_x0, grad_x1, grad_x2 = concat_channels_backward(grad_y, cache)",
            ],
            inputs=branches,
        ),
    ],
    mutants=[
        *SIDES.forward_mutants(
            concat_channels_forward,
            concat_channels_backward,
            """
            reversed: np.concatenate(xs, axis=1) => np.concatenate(xs[::-1], axis=1)
                The branches are in reverse order. Keep the order of the list.
            """,
        ),
        *SIDES.backward_mutants(
            concat_channels_forward,
            concat_channels_backward,
            """
            cut_in_reverse: np.split(grad_y, np.cumsum(channels)[:-1], axis=1)
                => np.split(grad_y, np.cumsum(channels)[:-1], axis=1)[::-1]
                The pieces of the gradient come in reverse order. Piece i belongs to branch i.
            sizes_for_places: np.cumsum(channels)[:-1] => channels[:-1]
                You cut at the numbers of channels. Cut at their running sums, where each branch ends.
            first_only: np.split(grad_y, np.cumsum(channels)[:-1], axis=1) => [grad_y[:, :count] for count in channels]
                Every branch gets the gradient of the first channels. Each has channels of its own.
            copies_for_all: np.split(grad_y, np.cumsum(channels)[:-1], axis=1) => [grad_y.copy() for _ in channels]
                Every branch gets the whole gradient. Cut it: each gets the part of its own channels.
            """,
        ),
    ],
    alternatives=[(concat_loop, concat_loop_back), (concat_hstack, concat_hstack_back)],
    hints="""
    np.concatenate along axis 1.
    Remember the numbers of channels, and cut the gradient where branches end.
    """,
)
