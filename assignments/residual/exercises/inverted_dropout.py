"""Inverted dropout: scaled in training."""

import numpy as np

from classroom.staff.declare.exercise import Case, Dropout, Generator, Pair, SameMask, exercise_of
from classroom.staff.declare.inputs import shuffled
from solutions.dropout import dropout_backward, dropout_forward

from .draws import FORWARD, as_it_came, drawn_from_rng, nonzero, nothing_dropped, two_draws_case

BACKWARD = "grad_x = dropout_backward(grad_y, cache)"

INVERTED = Pair(dropout_forward, dropout_backward)


def training_case(name, rng, shape, drop, kind="", dtype=np.float64):
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    call = FORWARD.format(True)
    return Case(name, inputs=inputs, calls=[call], outputs=("y",), part="training", kind=kind, measure=Dropout())


def inference_case(name, rng, x, drop, kind=""):
    """At inference y is x; at drop 0 in training too, where nothing is left to chance."""
    inputs = {"x": x, "drop": drop, "rng": Generator(5), "grad_y": rng.normal(size=x.shape).astype(x.dtype)}
    part = {"y": "inference", "grad_x": "backward"}
    return Case(
        name, inputs=inputs, calls=[FORWARD.format(False), BACKWARD], outputs=("y", "grad_x"), part=part, kind=kind
    )


def backward_case(name, rng, shape, drop, kind="", dtype=np.float64):
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    inputs["grad_y"] = nonzero(rng, shape, dtype)
    calls = [FORWARD.format(True), BACKWARD]
    return Case(
        name, inputs=inputs, calls=calls, outputs=("y", "grad_x"), part="backward", kind=kind, measure=SameMask()
    )


def visible_cases():
    rng = np.random.default_rng(90)
    return [
        training_case("a third dropped", rng, (40, 90), 1 / 3),
        training_case("three quarters dropped", rng, (60, 70), 0.75),
        training_case("images", rng, (6, 5, 12, 14), 0.2),
        two_draws_case("two generators", rng, (50, 60), 0.4),
        nothing_dropped("drop is 0", rng, (4, 6)),
        inference_case("one row", rng, np.array([[1.0, -2.0, 0.5]]), 0.5),
        inference_case("a batch", rng, rng.normal(size=(5, 4)), 0.3),
        backward_case("gradient, a quarter dropped", rng, (7, 11), 0.25),
        backward_case("gradient of images", rng, (3, 4, 5, 6), 0.6),
    ]


def hidden_cases(rng):
    n, d = shuffled(rng, 40, 50, 70)[:2]
    return [
        training_case("odd", rng, (n, d), float(rng.uniform(0.1, 0.9)), "odd shapes"),
        training_case("long", rng, (n * d,), float(rng.uniform(0.1, 0.9)), "odd shapes"),
        training_case("cube", rng, (n // 10, 20, d), float(rng.uniform(0.2, 0.8)), "odd shapes"),
        training_case("column", rng, (n * d, 1), 0.5, "one feature"),
        training_case("rare", rng, (n, d), 0.99, "extreme values"),
        training_case("thin", rng, (n, d), 0.5, "float32", np.float32),
        two_draws_case("two", rng, (n, d), 0.3, "two generators"),
        nothing_dropped("none", rng, (n, d), "drop = 0"),
        inference_case("new", rng, rng.normal(size=(n, d)), 0.4, "odd shapes"),
        inference_case("thin too", rng, rng.normal(size=(5, 7)).astype(np.float32), 0.4, "float32"),
        inference_case("strided", rng, rng.normal(size=(5, 14))[:, ::2], 0.4, "non-contiguous"),
        backward_case("odd back", rng, (n, d), float(rng.uniform(0.1, 0.9)), "odd shapes"),
        backward_case("thin back", rng, (d, n), 0.3, "float32", np.float32),
    ]


def forward_plain(x, drop, rng, *, training):
    if not training:
        return x.copy(), None
    mask = rng.random(x.shape) >= drop
    y = x * mask / (1 - drop)
    return y.astype(x.dtype), (mask, drop)


def backward_plain(grad_y, cache):
    if cache is None:
        return grad_y.copy()
    mask, drop = cache
    grad_x = grad_y * mask / (1 - drop)
    return grad_x.astype(grad_y.dtype)


def forward_binomial(x, drop, rng, *, training):
    factor = rng.binomial(1, 1 - drop, size=x.shape) / (1 - drop) if training else np.ones(x.shape)
    factor = factor.astype(x.dtype)
    return x * factor, {"factor": factor}


def backward_binomial(grad_y, cache):
    return grad_y * cache["factor"]


def forward_in_place(x, drop, rng, *, training):
    y = x.copy()
    dropped = rng.uniform(size=x.shape) < (drop if training else 0)
    y[dropped] = 0
    if training:
        y /= 1 - drop
    return y, [dropped, 1 - drop if training else 1]


def backward_in_place(grad_y, cache):
    grad_x = grad_y.copy()
    grad_x[cache[0]] = 0
    grad_x /= cache[1]
    return grad_x


def forward_loops(x, drop, rng, *, training):
    y = np.zeros_like(x)
    kept = []
    for index in np.ndindex(x.shape):
        if not training or rng.random() >= drop:
            y[index] = x[index] / (1 - drop) if training else x[index]
            kept.append(index)
    return y, (kept, 1 / (1 - drop) if training else 1)


def backward_loops(grad_y, cache):
    grad_x = np.zeros_like(grad_y)
    for index in cache[0]:
        grad_x[index] = grad_y[index] * cache[1]
    return grad_x


DROPOUT = exercise_of(
    INVERTED,
    id="dropout",
    points=13,
    parts={"training": 5, "inference": 3, "backward": 5},
    cases=visible_cases(),
    hidden=hidden_cases,
    properties=[*drawn_from_rng("dropout"), as_it_came("dropout")],
    mutants=[
        *INVERTED.forward_mutants(
            forward_plain,
            backward_plain,
            """
            keep_and_drop_swapped: rng.random(x.shape) >= drop => rng.random(x.shape) < drop
                You keep entries with probability drop. drop is the
                probability of zero: keep where the draw is at least drop.
            not_scaled: x * mask / (1 - drop) => x * mask
                The survivors are not scaled. Divide them by 1 - drop, so that the mean stays what it was.
            divided_by_drop: x * mask / (1 - drop) => x * mask / drop
                You divide the survivors by drop. Divide by the probability to survive, 1 - drop.
            swapped_and_divided: rng.random(x.shape) >= drop => rng.random(x.shape) < drop
                and x * mask / (1 - drop) => x * mask / drop
                You keep entries with probability drop and divide by it. drop is the probability
                of zero: keep where the draw is at least drop, and divide by 1 - drop.
            normal_draws: rng.random(x.shape) >= drop => rng.normal(size=x.shape) >= drop
                You compare normal draws with drop. Draw uniform ones between 0 and 1: rng.random(x.shape).
            active_at_inference: if not training:\\n        return x.copy(), None\\n    mask => mask
                You drop at inference. With training=False y is x.
            scaled_at_inference: return x.copy(), None => return x * (1 - drop), None
                At inference you multiply by 1 - drop. Inverted dropout has scaled in training already: y is x.
            one_mask_for_all: rng.random(x.shape) => rng.random(x.shape[1:])
                One mask serves the whole batch. Draw a number for each entry of x.
            one_draw_per_example: rng.random(x.shape) => rng.random((len(x), *[1] * (x.ndim - 1)))
                Whole examples are dropped. Draw a number for each entry of x, not one for each row.
            """,
        ),
        *INVERTED.backward_mutants(
            forward_plain,
            backward_plain,
            """
            mask_redrawn: grad_y * mask => grad_y * (np.random.default_rng(0).random(grad_y.shape) >= drop)
                You draw a new mask in the backward pass. What was dropped
                in the forward pass gets no gradient: keep the mask.
            unmasked_gradient: grad_y * mask / (1 - drop) => grad_y / (1 - drop)
                The gradient passes everywhere. What was dropped gets none: multiply by the mask.
            """,
        ),
        *INVERTED.forward_mutants(
            forward_plain,
            backward_plain,
            """
            in_place: y = x * mask / (1 - drop) => x[~mask] = 0\\n    y = x / (1 - drop)
                You set entries of x itself to zero. x belongs to the caller: work on a copy.
            own_generator: rng.random(x.shape) => np.random.default_rng(1).random(x.shape)
                You draw from a generator of your own, so every call drops the same entries. Draw from rng.
            double_precision: mask = rng.random(x.shape) >= drop
                => mask = (rng.random(x.shape) >= drop).astype(float)
                and return y.astype(x.dtype) => return y
                float32 goes in and float64 comes out: the mask made it so. Give the mask the dtype of x.
            """,
        ),
    ],
    alternatives=[
        (forward_plain, backward_plain),
        (forward_binomial, backward_binomial),
        (forward_in_place, backward_in_place),
        (forward_loops, backward_loops),
    ],
    hints="""
    In training each entry is zero with probability drop; rng.random(x.shape) >= drop is True where it survives.
    Survivors are divided by 1 - drop, so that the mean of y is x. At inference nothing happens at all.
    The backward pass multiplies grad_y by exactly what x was multiplied by. Keep that array in the cache.
    """,
)
