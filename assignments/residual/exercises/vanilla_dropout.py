"""Dropout as first published: scaled at inference."""

import numpy as np

from classroom.staff.declare.exercise import Case, Dropout, Generator, Pair, SameMask, exercise_of
from classroom.staff.declare.inputs import shuffled
from solutions.dropout import vanilla_dropout_backward, vanilla_dropout_forward

from .draws import as_it_came, drawn_from_rng, nonzero, nothing_dropped, two_draws_case

AS_PUBLISHED = Pair(vanilla_dropout_forward, vanilla_dropout_backward)


def vanilla_case(name, rng, shape, drop, kind="", dtype=np.float64):
    """Training: survivors stay as they are, and the gradient passes the same mask."""
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    return Case(
        name,
        inputs,
        ["y, cache = vanilla_dropout_forward(x, drop, rng, training=True)"],
        ("y",),
        part="training",
        kind=kind,
        measure=Dropout(scale=1.0),
    )


def vanilla_back_case(name, rng, shape, drop, kind="", dtype=np.float64):
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    calls = [
        "y, cache = vanilla_dropout_forward(x, drop, rng, training=True)",
        "grad_x = vanilla_dropout_backward(grad_y, cache)",
    ]
    inputs["grad_y"] = nonzero(rng, shape, dtype)
    return Case(name, inputs, calls, ("y", "grad_x"), part="backward", kind=kind, measure=SameMask())


def vanilla_inference_case(name, rng, x, drop, kind=""):
    """Inference: the mean of training, x times 1 - drop; its gradient likewise."""
    inputs = {"x": x, "drop": drop, "rng": Generator(5), "grad_y": rng.normal(size=x.shape).astype(x.dtype)}
    calls = [
        "y, cache = vanilla_dropout_forward(x, drop, rng, training=False)",
        "grad_x = vanilla_dropout_backward(grad_y, cache)",
    ]
    return Case(name, inputs, calls, ("y", "grad_x"), part={"y": "inference", "grad_x": "backward"}, kind=kind)


def hidden_vanilla(rng):
    n, d = shuffled(rng, 40, 50, 70)[:2]
    return [
        vanilla_case("odd", rng, (n, d), float(rng.uniform(0.1, 0.9)), "odd shapes"),
        vanilla_case("cube", rng, (n // 10, 20, d), float(rng.uniform(0.2, 0.8)), "odd shapes"),
        vanilla_case("column", rng, (n * d, 1), 0.5, "one feature"),
        vanilla_case("thin", rng, (n, d), 0.5, "float32", np.float32),
        vanilla_back_case("odd back", rng, (n, d), float(rng.uniform(0.1, 0.9)), "odd shapes"),
        vanilla_back_case("thin back", rng, (d, n), 0.3, "float32", np.float32),
        vanilla_inference_case("new", rng, rng.normal(size=(n, d)), 0.35, "odd shapes"),
        vanilla_inference_case("thin too", rng, rng.normal(size=(5, 7)).astype(np.float32), 0.4, "float32"),
        vanilla_inference_case("strided", rng, rng.normal(size=(5, 14))[:, ::2], 0.4, "non-contiguous"),
        vanilla_inference_case("none", rng, rng.normal(size=(3, 4)), 0.0, "drop = 0"),
        nothing_dropped("nothing", rng, (n, d), "drop = 0", "vanilla_dropout"),
        two_draws_case("two", rng, (n, d), 0.3, "two generators", "vanilla_dropout"),
    ]


def vanilla_plain(x, drop, rng, *, training):
    factor = np.full(x.shape, 1 - drop, x.dtype)
    if training:
        factor = (rng.random(x.shape) >= drop).astype(x.dtype)
    return x * factor, factor


def vanilla_plain_back(grad_y, cache):
    return grad_y * cache


def vanilla_binomial(x, drop, rng, *, training):
    factor = rng.binomial(1, 1 - drop, size=x.shape).astype(x.dtype) if training else x.dtype.type(1 - drop)
    return factor * x, {"factor": factor}


def vanilla_binomial_back(grad_y, cache):
    return cache["factor"] * grad_y


def vanilla_copy(x, drop, rng, *, training):
    y = x.copy()
    if not training:
        y *= 1 - drop
        return y, 1 - drop
    gone = rng.uniform(size=x.shape) < drop
    y[gone] = 0
    return y, gone


def vanilla_copy_back(grad_y, cache):
    grad_x = grad_y.copy()
    if isinstance(cache, float):
        grad_x *= cache
    else:
        grad_x[cache] = 0
    return grad_x


VANILLA_RNG = np.random.default_rng(91)
VANILLA = exercise_of(
    AS_PUBLISHED,
    id="vanilla_dropout",
    points=12,
    parts={"training": 5, "inference": 3, "backward": 4},
    cases=[
        vanilla_case("a third dropped", VANILLA_RNG, (40, 90), 1 / 3),
        vanilla_case("three quarters dropped", VANILLA_RNG, (60, 70), 0.75),
        vanilla_case("images", VANILLA_RNG, (6, 5, 12, 14), 0.2),
        vanilla_inference_case("one row", VANILLA_RNG, np.array([[1.0, -2.0, 0.5]]), 0.25),
        vanilla_inference_case("a batch", VANILLA_RNG, VANILLA_RNG.normal(size=(5, 4)), 0.3),
        vanilla_inference_case("much dropped", VANILLA_RNG, VANILLA_RNG.normal(size=(3, 6)), 0.9),
        vanilla_back_case("gradient, a quarter dropped", VANILLA_RNG, (7, 11), 0.25),
        vanilla_back_case("gradient of images", VANILLA_RNG, (3, 4, 5, 6), 0.6),
        nothing_dropped("drop is 0", VANILLA_RNG, (4, 6), layer="vanilla_dropout"),
    ],
    hidden=hidden_vanilla,
    properties=[*drawn_from_rng("vanilla_dropout"), as_it_came("vanilla_dropout")],
    mutants=[
        *AS_PUBLISHED.forward_mutants(
            vanilla_plain,
            vanilla_plain_back,
            """
            keep_and_drop_swapped: rng.random(x.shape) >= drop => rng.random(x.shape) < drop
                You keep entries with probability drop. drop is the probability of zero.
            inverted: (rng.random(x.shape) >= drop).astype(x.dtype)
                => (rng.random(x.shape) >= drop).astype(x.dtype) / (1 - drop)
                You divide by 1 - drop in training: that is inverted dropout. Here survivors stay as they are.
            inference_unscaled: np.full(x.shape, 1 - drop, x.dtype) => np.ones(x.shape, x.dtype)
                At inference nothing is scaled, so its mean is larger than in training. Multiply by 1 - drop.
            inference_by_drop: np.full(x.shape, 1 - drop, x.dtype) => np.full(x.shape, drop, x.dtype)
                At inference you multiply by drop. What survives on average is 1 - drop.
            inference_divided: np.full(x.shape, 1 - drop, x.dtype) => np.full(x.shape, 1 / (1 - drop), x.dtype)
                At inference you divide by 1 - drop, forward or backward.
                Multiply: in training fewer survive on average.
            """,
        ),
        *AS_PUBLISHED.backward_mutants(
            vanilla_plain,
            vanilla_plain_back,
            """
            unmasked_gradient: grad_y * cache => grad_y.copy()
                The gradient passes everywhere. What was dropped gets none: multiply by the mask.
            """,
        ),
        # mask_from_output is found by an x with zeros alone: drawing as the others do, it would be taken for
        # any other slip in y.
        *AS_PUBLISHED.forward_mutants(
            vanilla_plain,
            vanilla_plain_back,
            """
            one_mask_for_all: rng.random(x.shape) => rng.random(x.shape[1:])
                One mask serves the whole batch. Draw a number for each entry of x.
            own_generator_and_noise: rng.random(x.shape)
                => np.random.default_rng(1).random(x.shape) * (1 + 1e-2 * rng.random())
                Nearly the same mask whatever rng is. Draw every number from rng.
            own_generator: rng.random(x.shape) => np.random.default_rng(1).random(x.shape)
                You draw from a generator of your own, so every call drops the same entries. Draw from rng.
            inference_gradient_unscaled: return x * factor, factor
                => return x * factor, factor if training else np.ones(x.shape, x.dtype)
                After inference grad_x is grad_y itself. The signal was multiplied by 1 - drop, and so is its gradient.
            mask_redrawn: return x * factor, factor
                => return x * factor, (rng.random(x.shape) >= drop).astype(x.dtype) if training else factor
                You draw a new mask in the backward pass. What was dropped
                in the forward pass gets no gradient: keep the mask.
            mask_from_output: rng.random(x.shape) >= drop => 1 - rng.random(x.shape) > drop
                and return x * factor, factor => return x * factor, np.where(x * factor != 0, factor, 0)
                You take y == 0 for the mark of what was dropped, but x itself may be 0 there. Keep the mask.
            """,
        ),
    ],
    alternatives=[
        (vanilla_plain, vanilla_plain_back),
        (vanilla_binomial, vanilla_binomial_back),
        (vanilla_copy, vanilla_copy_back),
    ],
    hints="""
    In training each entry is zero with probability drop, and the others stay as they are.
    On average 1 - drop of x comes out. At inference multiply by just that.
    Both passes multiply by the same array: keep it in the cache.
    """,
)
