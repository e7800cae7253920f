"""Assignment 9: what each check asks, which wrong answers it knows, which other right ones it accepts."""

import numpy as np

from classroom.staff.exercise import (
    Alternative,
    Assignment,
    Case,
    Exercise,
    Function,
    Generator,
    Mutant,
    Property,
    Quiz,
    edit,
)
from classroom.staff.slips import slips
from classroom.staff.turns import and_in_turn
from solutions.dropout import (
    dropout_backward,
    dropout_forward,
    vanilla_dropout_backward,
    vanilla_dropout_forward,
)
from solutions.residual import (
    concat_channels_backward,
    concat_channels_forward,
    residual_backward,
    residual_block,
    residual_forward,
)

# --- cases ---------------------------------------------------------------------------------------------------

FORWARD = "y, cache = dropout_forward(x, drop, rng, training={})"
BACKWARD = "grad_x = dropout_backward(grad_y, cache)"


def nonzero(rng, shape, dtype=np.float64):
    """Numbers at least 0.1 away from 0, so that a zero in y was dropped."""
    return (rng.choice([-1, 1], size=shape) * rng.uniform(0.1, 2, size=shape)).astype(dtype)


def training_case(name, rng, shape, drop, kind="", dtype=np.float64):
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    call = FORWARD.format(True)
    return Case(name, inputs=inputs, calls=[call], outputs=("y",), part="training", kind=kind, measure="dropout")


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
        name, inputs=inputs, calls=calls, outputs=("y", "grad_x"), part="backward", kind=kind, measure="same_mask"
    )


def two_draws_case(name, rng, shape, drop, kind=""):
    inputs = {"x": nonzero(rng, shape), "drop": drop, "rng1": Generator(11), "rng2": Generator(12)}
    calls = [f"y{t}, cache{t} = dropout_forward(x, drop, rng{t}, training=True)" for t in (1, 2)]
    return Case(
        name,
        inputs=inputs,
        calls=calls,
        outputs=("y1", "y2"),
        part="training",
        kind=kind,
        measure="independent_masks",
        options={"names": ["y1", "y2"]},
    )


def nothing_dropped(name, rng, shape, kind="", layer="dropout"):
    """drop = 0: y is x in training."""
    inputs = {"x": rng.normal(size=shape), "drop": 0.0, "rng": Generator(3)}
    call = FORWARD.format(True).replace("dropout", layer)
    return Case(name, inputs=inputs, calls=[call], outputs=("y",), part="training", kind=kind)


def drawn_from_rng(layer):
    """Whatever is drawn comes from rng, and from nothing else: neither from another generator nor from x."""
    draws = [f"y{t}, _ = {layer}_forward(x, drop, rng{t}, training=True)" for t in (1, 2)]
    pair = {"part": "training", "calls": draws, "left": "y1", "right": "y2"}
    x = np.arange(1.0, 101.0).reshape(10, 10)  # 2**-100: two masks that agree by chance
    one, other = ({"x": x, "drop": 0.5, "rng1": Generator(4), "rng2": Generator(seed)} for seed in (4, 5))
    back = [
        f"_, cache = {layer}_forward(x, drop, rng1, training=True)",
        f"grad_x = {layer}_backward(grad_y, cache)",
        f"_, other_cache = {layer}_forward(zeros, drop, rng2, training=True)",
        f"grad_x_at_zeros = {layer}_backward(grad_y, other_cache)",
    ]
    return [
        Property("equal", title="the same generator twice", inputs=one, **pair),
        Property("differ", title="two generators", inputs=other, why="and should not be: draw from rng", **pair),
        Property(
            "equal",
            part="backward",
            title="an x that is 0 has not been dropped by that",
            calls=back,
            inputs={**one, "drop": 0.0, "zeros": np.zeros((10, 10)), "grad_y": x},
            left="grad_x_at_zeros",
            right="grad_x",
        ),
    ]


def as_it_came(layer):
    """A gradient like x comes back like y, whatever other layers have done meanwhile, in training or not."""

    def inputs(rng):
        one, other = (Generator(int(seed)) for seed in rng.choice(2**31, 2, replace=False))
        return {"x": nonzero(rng, (9, 8)), "drop": 0.4, "rng1": one, "rng2": other, "other_drop": 0.7}

    return Property(
        "equal",
        part="backward",
        title="a gradient like x comes back like y, though other layers went forward meanwhile",
        calls=[
            f"y, cache = {layer}_forward(x, drop, rng1, training=True)",
            f"_, other_cache = {layer}_forward(x, other_drop, rng2, training=True)",
            f"_, last_cache = {layer}_forward(x, other_drop, rng2, training=False)",
            f"grad_x = {layer}_backward(x, cache)",
        ],
        inputs=inputs,
        left="grad_x",
        right="y",
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
    n, d = (int(size) for size in rng.permutation([40, 50, 70])[:2])
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


# --- the same, written as students write it ------------------------------------------------------------------


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


# --- mutants -------------------------------------------------------------------------------------------------


def mutant(name, sentence, *replacements, backward=(), tag="visible"):
    """A change to the plain forward pass, the backward pass, or both."""
    functions = {
        "dropout_forward": edit(forward_plain, *replacements) if replacements else forward_plain,
        "dropout_backward": edit(backward_plain, *backward) if backward else backward_plain,
    }
    return Mutant(name, functions, sentence, tag)


DROPOUT = Exercise(
    id="dropout",
    points=13,
    functions={"dropout_forward": dropout_forward, "dropout_backward": dropout_backward},
    subject=("dropout_forward", "dropout_backward"),
    parts={"training": 5, "inference": 3, "backward": 5},
    cases=visible_cases(),
    hidden=hidden_cases,
    properties=[*drawn_from_rng("dropout"), as_it_came("dropout")],
    hidden_properties=[as_it_came("dropout").drawn("several layers in turn")],
    mutants=[
        mutant(
            "keep_and_drop_swapped",
            "You keep entries with probability drop. drop is the probability of zero: keep where the draw is "
            "at least drop.",
            "rng.random(x.shape) >= drop",
            "rng.random(x.shape) < drop",
        ),
        mutant(
            "not_scaled",
            "The survivors are not scaled. Divide them by 1 - drop, so that the mean stays what it was.",
            "x * mask / (1 - drop)",
            "x * mask",
        ),
        mutant(
            "divided_by_drop",
            "You divide the survivors by drop. Divide by the probability to survive, 1 - drop.",
            "x * mask / (1 - drop)",
            "x * mask / max(drop, 1e-3)",
        ),
        mutant(
            "active_at_inference",
            "You drop at inference too. With training=False y is x.",
            "    if not training:\n        return x.copy(), None\n",
            "",
        ),
        mutant(
            "scaled_at_inference",
            "At inference you multiply by 1 - drop. Inverted dropout has scaled in training already: y is x.",
            "return x.copy(), None",
            "return x * (1 - drop), None",
        ),
        mutant(
            "one_mask_for_all",
            "One mask serves the whole batch. Draw a number for each entry of x.",
            "rng.random(x.shape)",
            "rng.random(x.shape[1:])",
        ),
        mutant(
            "one_draw_per_example",
            "Whole examples are dropped. Draw a number for each entry of x, not one for each row.",
            "rng.random(x.shape)",
            "rng.random((len(x), *[1] * (x.ndim - 1)))",
        ),
        mutant(
            "mask_redrawn",
            "You draw a new mask on the way back. What was dropped on the way forward gets no gradient: keep the mask.",
            backward=("grad_y * mask", "grad_y * (np.random.default_rng(0).random(grad_y.shape) >= drop)"),
        ),
        mutant(
            "unmasked_gradient",
            "The gradient passes everywhere. What was dropped gets none: multiply by the mask.",
            backward=("grad_y * mask / (1 - drop)", "grad_y / (1 - drop)"),
        ),
        mutant(
            "in_place",
            "You set entries of x itself to zero. x belongs to the caller: work on a copy.",
            "y = x * mask / (1 - drop)",
            "x[~mask] = 0\n    y = x / (1 - drop)",
        ),
        mutant(
            "own_generator",
            "You draw from a generator of your own, so every call drops the same entries. Draw from rng.",
            "rng.random(x.shape)",
            "np.random.default_rng(1).random(x.shape)",
        ),
        mutant(
            "double_precision",
            "float32 goes in and float64 comes out: the mask made it so. Give the mask the dtype of x.",
            "return y.astype(x.dtype)",
            "return y",
            "mask = rng.random(x.shape) >= drop",
            "mask = (rng.random(x.shape) >= drop).astype(float)",
            tag="hidden",
        ),
    ],
    alternatives=[
        Alternative("plain", {"dropout_forward": forward_plain, "dropout_backward": backward_plain}),
        Alternative("binomial draws", {"dropout_forward": forward_binomial, "dropout_backward": backward_binomial}),
        Alternative("in place on copies", {"dropout_forward": forward_in_place, "dropout_backward": backward_in_place}),
        Alternative("entry by entry", {"dropout_forward": forward_loops, "dropout_backward": backward_loops}),
    ],
    hints=[
        "In training each entry is zero with probability drop; rng.random(x.shape) >= drop is True where it survives.",
        "Survivors are divided by 1 - drop, so that the mean of y is x. At inference nothing happens at all.",
        "The backward pass multiplies grad_y by exactly what x was multiplied by. Keep that array in the cache.",
    ],
)


# --- vanilla dropout ------------------------------------------------------------------------------------------------


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
        measure="dropout",
        options={"scale": 1.0},
    )


def vanilla_back_case(name, rng, shape, drop, kind="", dtype=np.float64):
    inputs = {"x": nonzero(rng, shape, dtype), "drop": drop, "rng": Generator(int(rng.integers(2**31)))}
    calls = [
        "y, cache = vanilla_dropout_forward(x, drop, rng, training=True)",
        "grad_x = vanilla_dropout_backward(grad_y, cache)",
    ]
    inputs["grad_y"] = nonzero(rng, shape, dtype)
    return Case(name, inputs, calls, ("y", "grad_x"), part="backward", kind=kind, measure="same_mask")


def vanilla_inference_case(name, rng, x, drop, kind=""):
    """Inference: the mean of training, x times 1 - drop; its gradient likewise."""
    inputs = {"x": x, "drop": drop, "rng": Generator(5), "grad_y": rng.normal(size=x.shape).astype(x.dtype)}
    calls = [
        "y, cache = vanilla_dropout_forward(x, drop, rng, training=False)",
        "grad_x = vanilla_dropout_backward(grad_y, cache)",
    ]
    return Case(name, inputs, calls, ("y", "grad_x"), part={"y": "inference", "grad_x": "backward"}, kind=kind)


def hidden_vanilla(rng):
    n, d = (int(size) for size in rng.permutation([40, 50, 70])[:2])
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


def vanilla_mutant(name, sentence, *replacements, backward=(), tag="visible"):
    functions = {
        "vanilla_dropout_forward": edit(vanilla_plain, *replacements) if replacements else vanilla_plain,
        "vanilla_dropout_backward": edit(vanilla_plain_back, *backward) if backward else vanilla_plain_back,
    }
    return Mutant(name, functions, sentence, tag)


VANILLA_RNG = np.random.default_rng(91)
VANILLA = Exercise(
    id="vanilla_dropout",
    points=12,
    functions={
        "vanilla_dropout_forward": vanilla_dropout_forward,
        "vanilla_dropout_backward": vanilla_dropout_backward,
    },
    subject=("vanilla_dropout_forward", "vanilla_dropout_backward"),
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
    hidden_properties=[as_it_came("vanilla_dropout").drawn("several layers in turn")],
    mutants=[
        vanilla_mutant(
            "keep_and_drop_swapped",
            "You keep entries with probability drop. drop is the probability of zero.",
            "rng.random(x.shape) >= drop",
            "rng.random(x.shape) < drop",
        ),
        vanilla_mutant(
            "inverted",
            "You divide by 1 - drop in training: that is inverted dropout. Here survivors stay as they are.",
            "(rng.random(x.shape) >= drop).astype(x.dtype)",
            "(rng.random(x.shape) >= drop).astype(x.dtype) / (1 - drop)",
        ),
        vanilla_mutant(
            "inference_unscaled",
            "At inference nothing is scaled, so its mean is larger than in training. Multiply by 1 - drop.",
            "np.full(x.shape, 1 - drop, x.dtype)",
            "np.ones(x.shape, x.dtype)",
        ),
        vanilla_mutant(
            "inference_by_drop",
            "At inference you multiply by drop. What survives on average is 1 - drop.",
            "np.full(x.shape, 1 - drop, x.dtype)",
            "np.full(x.shape, drop, x.dtype)",
        ),
        vanilla_mutant(
            "inference_divided",
            "At inference you divide by 1 - drop, forward or backward. Multiply: in training fewer survive on average.",
            "np.full(x.shape, 1 - drop, x.dtype)",
            "np.full(x.shape, 1 / (1 - drop), x.dtype)",
        ),
        vanilla_mutant(
            "unmasked_gradient",
            "The gradient passes everywhere. What was dropped gets none: multiply by the mask.",
            backward=("grad_y * cache", "grad_y.copy()"),
        ),
        vanilla_mutant(
            "one_mask_for_all",
            "One mask serves the whole batch. Draw a number for each entry of x.",
            "rng.random(x.shape)",
            "rng.random(x.shape[1:])",
        ),
        vanilla_mutant(
            "own_generator",
            "You draw from a generator of your own, so every call drops the same entries. Draw from rng.",
            "rng.random(x.shape)",
            "np.random.default_rng(1).random(x.shape)",
        ),
        vanilla_mutant(
            "inference_gradient_unscaled",
            "After inference grad_x is grad_y itself. The signal was multiplied by 1 - drop, and so is its gradient.",
            "return x * factor, factor",
            "return x * factor, factor if training else np.ones(x.shape, x.dtype)",
        ),
        vanilla_mutant(
            "mask_redrawn",
            "You draw a new mask on the way back. What was dropped on the way forward gets no gradient: keep the mask.",
            "return x * factor, factor",
            "return x * factor, (rng.random(x.shape) >= drop).astype(x.dtype) if training else factor",
        ),
        vanilla_mutant(
            "mask_from_output",
            "You take y == 0 for the mark of what was dropped, but x itself may be 0 there. Keep the mask.",
            "return x * factor, factor",
            "return x * factor, np.where(x * factor != 0, factor, 0)",
            # Only an x with zeros shows it: with the usual draws any other slip in y would be taken for this one.
            "rng.random(x.shape) >= drop",
            "1 - rng.random(x.shape) > drop",
        ),
    ],
    alternatives=[
        Alternative(
            "plain", {"vanilla_dropout_forward": vanilla_plain, "vanilla_dropout_backward": vanilla_plain_back}
        ),
        Alternative(
            "binomial", {"vanilla_dropout_forward": vanilla_binomial, "vanilla_dropout_backward": vanilla_binomial_back}
        ),
        Alternative("copies", {"vanilla_dropout_forward": vanilla_copy, "vanilla_dropout_backward": vanilla_copy_back}),
    ],
    hints=[
        "In training each entry is zero with probability drop, and the others stay as they are.",
        "On average 1 - drop of x comes out. At inference multiply by just that.",
        "Both passes multiply by the same array: keep it in the cache.",
    ],
)

# --- the join -------------------------------------------------------------------------------------------------------


def join_cases(direction):
    def case(name, rng, shape, scale=None, kind="", dtype=np.float64, strided=False):
        x, branch_y, grad_y = (rng.normal(size=shape).astype(dtype) for _ in range(3))
        if strided:
            x, branch_y = x.swapaxes(-1, -2), branch_y.swapaxes(-1, -2)
            grad_y = rng.normal(size=x.shape)
        inputs = {"x": x, "branch_y": branch_y} | ({} if scale is None else {"scale": scale})
        calls = ["y, cache = residual_forward(x, branch_y" + (")" if scale is None else ", scale)")]
        if direction == "forward":
            return Case(name, inputs, calls, ("y",), kind=kind)
        calls.append("grad_x, grad_branch_y = residual_backward(grad_y, cache)")
        return Case(name, inputs | {"grad_y": grad_y}, calls, ("grad_x", "grad_branch_y"), kind=kind)

    rng = np.random.default_rng(92)
    visible = [
        case("a plain join", rng, (3, 5)),
        case("images", rng, (2, 3, 4, 5)),
        case("scaled by half", rng, (4, 3), 0.5),
        case("scaled by 1/√2", rng, (2, 4, 3, 5), float(np.sqrt(0.5))),
        case("a branch turned off", rng, (5, 2), 0.1),
    ]

    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 5, 7]))
        return [
            case("a", rng, (n, c), None, "odd shapes"),
            case("b", rng, (n, c, h, w), float(rng.uniform(0.2, 0.9)), "odd shapes"),
            case("c", rng, (w, h, n), 0.7, "odd shapes"),
            case("d", rng, (n, w), 0.5, "float32", np.float32),
            case("e", rng, (n, c, h, w), None, "float32", np.float32),
            case("f", rng, (n, c, h, w), 0.3, "non-contiguous", strided=True),
        ]

    return visible, hidden


def join_sum(x, branch_y, scale=1.0):
    y = np.add(x, branch_y)
    y *= scale
    return y, scale


def join_sum_back(grad_y, cache):
    grad = grad_y * cache
    return grad, grad.copy()


def join_stack(x, branch_y, scale=1.0):
    return np.stack([x, branch_y]).sum(axis=0) * scale, {"scale": scale}


def join_stack_back(grad_y, cache):
    return tuple(cache["scale"] * grad_y for _ in range(2))


JOIN_ALTERNATIVES = [
    Alternative("in place on the sum", {"residual_forward": join_sum, "residual_backward": join_sum_back}),
    Alternative("stacked", {"residual_forward": join_stack, "residual_backward": join_stack_back}),
]


def two_sides(rng):
    """The two sides of a join, and a gradient."""
    return {name: rng.normal(size=(3, 4)) for name in ("x", "branch_y", "grad_y")}


SIDES_EXCHANGED = Property(
    "equal",
    title="it makes no difference which side is the branch",
    calls=["y, _ = residual_forward(x, branch_y, 0.4)", "y_exchanged, _ = residual_forward(branch_y, x, 0.4)"],
    inputs=two_sides,
    left="y_exchanged",
    right="y",
)
GRADIENT_DIVIDED = Property(
    "combination",
    title="with scale 1/2 the two gradients add up to grad_y",
    calls=[
        "_, cache = residual_forward(x, branch_y, 0.5)",
        "grad_x, grad_branch_y = residual_backward(grad_y, cache)",
    ],
    inputs=two_sides,
    terms={"grad_x": 1, "grad_branch_y": 1},
    right="grad_y",
)
RESIDUAL_FORWARD = Exercise(
    id="residual_forward",
    points=7,
    functions={"residual_forward": residual_forward},
    subject=("residual_forward",),
    cases=join_cases("forward")[0],
    hidden=join_cases("forward")[1],
    properties=[
        SIDES_EXCHANGED,
        Property(
            "equal",
            title="with scale 1/2 a branch that gives x back changes nothing",
            calls=["y, _ = residual_forward(x, x, 0.5)"],
            inputs=two_sides,
            left="y",
            right="x",
        ),
    ],
    hidden_properties=[SIDES_EXCHANGED.drawn("sides exchanged")],
    mutants=slips(
        residual_forward,
        """
        scale_forgotten: return scale * (x + branch_y) => return x + branch_y
            The scale is not used: multiply the sum by it.
        branch_only_scaled: return scale * (x + branch_y) => return x + scale * branch_y
            You scale the branch alone. The whole sum is scaled.
        skip_only_scaled: return scale * (x + branch_y) => return scale * x + branch_y
            You scale the skip alone. The whole sum is scaled.
        branch_only: return scale * (x + branch_y) => return scale * branch_y
            The input of the branch is not added: there is no skip.
        averaged: return scale * (x + branch_y) => return scale * (x + branch_y) / 2
            You take the mean. Add, then multiply by the scale.
        difference: return scale * (x + branch_y) => return scale * (branch_y - x)
            You subtract the input. Add it.
        widened [hidden]: return scale * (x + branch_y) => return np.float64(scale) * (x + branch_y)
            float32 goes in and float64 comes out. Keep the dtype of x.
        """,
    ),
    alternatives=[Alternative(a.name, a.functions["residual_forward"]) for a in JOIN_ALTERNATIVES],
    hints=["Add the two arrays.", "Multiply the sum by the scale, and keep the scale for the way back."],
)
RESIDUAL_BACKWARD = Exercise(
    id="residual_backward",
    points=8,
    functions={"residual_forward": residual_forward, "residual_backward": residual_backward},
    subject=("residual_backward",),
    cases=and_in_turn(join_cases("backward")[0], 2, 3),
    hidden=join_cases("backward")[1],
    properties=[
        GRADIENT_DIVIDED,
        Property(
            "gradient",
            forward="residual_forward",
            backward="residual_backward",
            linear=True,
            inputs={
                "x": np.random.default_rng(6).normal(size=(3, 4)),
                "branch_y": np.random.default_rng(7).normal(size=(3, 4)),
                "scale": 0.7,
            },
        ),
    ],
    hidden_properties=[GRADIENT_DIVIDED.drawn("two gradients that add up")],
    mutants=slips(
        residual_backward,
        """
        scale_forgotten: return scale * grad_y, scale * grad_y => return grad_y.copy(), grad_y.copy()
            The scale is missing: what multiplied the sum multiplies its gradient.
        halved: return scale * grad_y, scale * grad_y => return scale * grad_y / 2, scale * grad_y / 2
            You split the gradient between the two. A sum hands all of it to both.
        skip_unscaled: return scale * grad_y, scale * grad_y => return grad_y.copy(), scale * grad_y
            The skip's gradient needs the scale too.
        branch_unscaled: return scale * grad_y, scale * grad_y => return scale * grad_y, grad_y.copy()
            The branch's gradient needs the scale too.
        no_skip: return scale * grad_y, scale * grad_y => return np.zeros_like(grad_y), scale * grad_y
            The skip gets no gradient. That is the path the whole idea is about.
        divided: return scale * grad_y, scale * grad_y => return grad_y / scale, grad_y / scale
            You divide by the scale. Multiply by it, on the way back too.
        doubled: return scale * grad_y, scale * grad_y => return 2 * scale * grad_y, 2 * scale * grad_y
            The gradient is twice too large: each side gets it once.
        """,
    ),
    alternatives=JOIN_ALTERNATIVES,
    hints=["y is a sum. What is the derivative of a sum with respect to each term?", "scale * grad_y, for both."],
)

# --- a whole block --------------------------------------------------------------------------------------------------


def block_case(name, rng, n, c, f, h, w, every=1, scale=None, projected=True, kind=""):
    inputs = {
        "x": rng.normal(size=(n, c, h, w)),
        "conv1": Function("mix_channels", matrix=rng.normal(size=(f, c)), every=every),
        "norm1": Function("mix_channels", matrix=np.diag(rng.uniform(0.5, 1.5, f))),
        "relu": Function("bend"),
        "conv2": Function("mix_channels", matrix=rng.normal(size=(f, f))),
        "norm2": Function("mix_channels", matrix=np.diag(rng.uniform(0.5, 1.5, f))),
    }
    extra = ""
    if projected:
        inputs["skip"] = Function("mix_channels", matrix=rng.normal(size=(f, c)), every=every)
        extra = ", skip"
    if scale is not None:
        inputs["scale"] = scale
        extra = (extra or ", None") + ", scale"
    calls = [f"y = residual_block(x, [conv1, norm1, relu, conv2, norm2]{extra})"]
    return Case(name, inputs, calls, ("y",), kind=kind)


def block_recursive(x, layers, projection=None, scale=1.0):
    def through(value, left):
        return through(left[0](value), left[1:]) if left else value

    total = (projection(x) if projection else x) + through(x, list(layers))
    return np.where(total * scale > 0, total * scale, 0)


def block_clip(x, layers, projection=None, scale=1.0):
    branch = x
    for layer in tuple(layers):
        branch = layer(branch)
    if projection is not None:
        x = projection(x)
    return np.clip((x + branch) * scale, 0, None)


def branch_that(factor):
    """Five layers without a bend that multiply x by the factor, a projection that doubles it, and images."""

    def inputs(rng):
        first, second = (rng.normal(size=(3, 3)) + 3 * np.eye(3) for _ in range(2))
        norm1, straight = np.diag(rng.uniform(0.5, 1.5, 3)), np.eye(3)
        undo = factor * np.linalg.inv(second @ norm1 @ first)
        matrices = {"conv1": first, "norm1": norm1, "relu": straight, "conv2": second, "norm2": undo}
        layers = {name: Function("mix_channels", matrix=matrix) for name, matrix in matrices.items()}
        x = rng.normal(size=(2, 3, 4, 5))
        double = Function("mix_channels", matrix=2 * straight)
        return {**layers, "double": double, "x": x, "minus_x": -x, "positive": np.abs(x)}

    return inputs


LAYERS = "[conv1, norm1, relu, conv2, norm2]"
BOTH_SIGNS = Property(
    "combination",
    title="a branch that triples x, a projection that doubles it, scale 1/5: y is the positive part of x, which less "
    "that of -x is x",
    calls=[
        f"y = residual_block(x, {LAYERS}, double, 0.2)",
        f"y_of_minus_x = residual_block(minus_x, {LAYERS}, double, 0.2)",
    ],
    inputs=branch_that(3),
    terms={"y": 1, "y_of_minus_x": -1},
    right="x",
)
BLOCK_RNG = np.random.default_rng(93)
BLOCK = Exercise(
    id="residual_block",
    points=7,
    functions={"residual_block": residual_block},
    subject=("residual_block",),
    cases=[
        block_case("a projection", BLOCK_RNG, 2, 3, 4, 5, 6),
        block_case("no projection", BLOCK_RNG, 2, 3, 3, 4, 5, projected=False),
        block_case("half the resolution", BLOCK_RNG, 1, 2, 5, 7, 6, every=2),
        block_case("scaled", BLOCK_RNG, 3, 2, 2, 3, 4, scale=0.7, projected=False),
        block_case("scaled, projected", BLOCK_RNG, 2, 4, 3, 2, 5, scale=0.5),
        block_case("a projection that keeps the shape", BLOCK_RNG, 2, 3, 3, 4, 2),
    ],
    hidden=lambda rng: [
        block_case("a", rng, 2, 5, 3, 4, 7, kind="odd shapes"),
        block_case("b", rng, 3, 2, 7, 5, 8, every=2, scale=float(rng.uniform(0.3, 0.9)), kind="odd shapes"),
        block_case("c", rng, 2, 4, 4, 3, 5, projected=False, kind="no projection"),
    ],
    properties=[
        BOTH_SIGNS,
        Property(
            "equal",
            title="where the branch gives 0, a positive x comes out as it went in",
            calls=[f"y = residual_block(positive, {LAYERS})"],
            inputs=branch_that(0),
            left="y",
            right="positive",
        ),
    ],
    hidden_properties=[BOTH_SIGNS.drawn("what is known of the branch")],
    mutants=slips(
        residual_block,
        """
        no_skip: np.maximum(scale * (skip + branch), 0) => np.maximum(scale * branch, 0)
            The skip is not added.
        no_projection: skip = x if projection is None else projection(x) => skip = x
            The projection is not used, so the shapes do not fit when the channels change.
        projects_the_branch: skip = x if projection is None else projection(x)
            => skip = x\\n    branch = branch if projection is None else projection(branch)
            You project the branch. The projection brings x to the branch's shape.
        no_rectifier: np.maximum(scale * (skip + branch), 0) => scale * (skip + branch)
            The last ReLU is missing: it comes after the sum.
        rectified_too_early: np.maximum(scale * (skip + branch), 0) => scale * (skip + np.maximum(branch, 0))
            You rectify the branch before the sum. In this order the ReLU comes after the sum.
        scale_forgotten: np.maximum(scale * (skip + branch), 0) => np.maximum(skip + branch, 0)
            The scale is not used.
        last_layer_missing: for layer in layers: => for layer in layers[:-1]:
            The last layer of the branch is left out.
        parallel: branch = layer(branch) => branch = layer(x) if branch.shape == layer(x).shape else layer(branch)
            Each layer works on the output of the one before, not on x.
        """,
    ),
    alternatives=[
        Alternative("recursive", {"residual_block": block_recursive}),
        Alternative("clip", {"residual_block": block_clip}),
    ],
    hints=[
        "Send x through the layers one after another; keep x itself for the skip.",
        "Where there is a projection, the skip is projection(x).",
        "Add, scale, then rectify with np.maximum(..., 0).",
    ],
)

# --- concatenation --------------------------------------------------------------------------------------------------


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


def concat_mutant(name, sentence, forward=None, backward=None):
    functions = {
        "concat_channels_forward": edit(concat_channels_forward, *forward) if forward else concat_channels_forward,
        "concat_channels_backward": edit(concat_channels_backward, *backward) if backward else concat_channels_backward,
    }
    return Mutant(name, functions, sentence)


def branches(rng):
    """The outputs of three branches, in a list and one by one."""
    xs = [rng.normal(size=(2, channels, 3, 4)) for channels in (3, 1, 2)]
    return {"xs": xs, **{f"x{i}": x for i, x in enumerate(xs)}}


APART_AGAIN = Property(
    "equal",
    title="what was laid side by side comes apart again",
    calls=["y, cache = concat_channels_forward(xs)", "grads = concat_channels_backward(y, cache)"],
    inputs=branches,
    left="grads",
    right="xs",
)
CUT = "np.split(grad_y, np.cumsum(channels)[:-1], axis=1)"
CONCAT_RNG = np.random.default_rng(94)
CONCAT = Exercise(
    id="concat_channels",
    points=3,
    functions={
        "concat_channels_forward": concat_channels_forward,
        "concat_channels_backward": concat_channels_backward,
    },
    subject=("concat_channels_forward", "concat_channels_backward"),
    cases=and_in_turn(
        [
            concat_case("two branches", CONCAT_RNG, 2, (3, 1), 4, 5),
            concat_case("three branches", CONCAT_RNG, 3, (2, 4, 1), 5, 2),
            concat_case("four branches", CONCAT_RNG, 1, (1, 2, 3, 4), 2, 3),
        ]
    ),
    hidden=lambda rng: [
        concat_case("a", rng, 4, tuple(int(c) for c in rng.permutation([1, 3, 5])), 3, 2, "odd shapes"),
        concat_case("b", rng, 2, (7,), 3, 4, "one branch"),
        concat_case("c", rng, 2, (2, 5), 3, 4, "float32", np.float32),
        concat_case("d", rng, 2, (3, 2), 4, 5, "non-contiguous", turned=True),
    ],
    properties=[
        APART_AGAIN,
        Property(
            "gradient",
            part="grads",
            calls=[
                "y, cache = concat_channels_forward([x0, x1, x2])",
                "grad_x0, grad_x1, grad_x2 = concat_channels_backward(grad_y, cache)",
            ],
            output="y",
            wrt={f"x{i}": f"grad_x{i}" for i in range(3)},
            linear=True,
            inputs=branches,
        ),
    ],
    hidden_properties=[APART_AGAIN.drawn("what comes apart again")],
    mutants=[
        concat_mutant(
            "reversed",
            "The branches stand in reverse order. Keep the order of the list.",
            ("np.concatenate(xs, axis=1)", "np.concatenate(xs[::-1], axis=1)"),
        ),
        concat_mutant(
            "cut_in_reverse",
            "The pieces of the gradient come in reverse order. Piece i belongs to branch i.",
            None,
            (CUT, f"{CUT}[::-1]"),
        ),
        concat_mutant(
            "sizes_for_places",
            "You cut at the numbers of channels. Cut at their running sums, where each branch ends.",
            None,
            ("np.cumsum(channels)[:-1]", "channels[:-1]"),
        ),
        concat_mutant(
            "first_only",
            "Every branch gets the gradient of the first channels. Each has channels of its own.",
            None,
            (CUT, "[grad_y[:, :count] for count in channels]"),
        ),
        concat_mutant(
            "copies_for_all",
            "Every branch gets the whole gradient. Cut it: each gets the part of its own channels.",
            None,
            (CUT, "[grad_y.copy() for _ in channels]"),
        ),
    ],
    alternatives=[
        Alternative("loop", {"concat_channels_forward": concat_loop, "concat_channels_backward": concat_loop_back}),
        Alternative(
            "hstack", {"concat_channels_forward": concat_hstack, "concat_channels_backward": concat_hstack_back}
        ),
    ],
    hints=[
        "np.concatenate along axis 1.",
        "Remember the numbers of channels, and cut the gradient where branches end.",
    ],
)

# --- hunt and questions ---------------------------------------------------------------------------------------------


def hunt_attention_dropout(scores, drop, rng, training):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    if training:
        weights = weights * (rng.random(weights.shape) >= drop) / (1 - drop)
    return weights


HUNT_CALL = "weights = hunt_attention_dropout(scores, drop, rng, training)"


def hunt_case(name, rng, shape, drop, training, kind=""):
    """At inference, or with nothing dropped, the answer leaves nothing to chance."""
    inputs = {"scores": rng.normal(size=shape), "drop": drop, "rng": Generator(8), "training": training}
    return Case(name, inputs, [HUNT_CALL], ("weights",), kind=kind, part="weights")


def hunt_training_case(name, rng, rows, columns, drop, kind=""):
    """Equal scores give equal weights, 1 / columns, before dropout: the survivors show the scale."""
    inputs = {
        "scores": np.full((rows, columns), 0.7),
        "drop": drop,
        "rng": Generator(int(rng.integers(2**31))),
        "training": True,
        "x": np.full((rows, columns), 1 / columns),
    }
    options = {"y": "weights"}
    return Case(name, inputs, [HUNT_CALL], ("weights",), kind=kind, part="weights", measure="dropout", options=options)


def mended_with_where(scores, drop, rng, training):
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights = weights / weights.sum(axis=-1, keepdims=True)
    drop = drop if training else 0.0
    return np.where(rng.random(weights.shape) < drop, 0.0, weights / (1 - drop))


def mended_early_return(scores, drop, rng, training):
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    if not training:
        return weights
    keep = rng.binomial(1, 1 - drop, size=weights.shape)
    return weights * keep / (1 - drop)


def heads(rng):
    """Scores of two heads, the same with another constant in each row, and two generators."""
    scores = rng.normal(size=(2, 3, 5))
    generators = {"rng": Generator(4), "other_rng": Generator(5)}
    return {"scores": scores, "shifted": scores + 3 * rng.normal(size=(2, 3, 1)), **generators}


WHOLE_AT_INFERENCE = Property(
    "conserved",
    title="at inference the weights of a row add up to 1",
    calls=["weights = hunt_attention_dropout(scores, 0.5, rng, False)"],
    inputs=heads,
    left="weights",
    right=1,
    axes=(2,),
)
HUNT_RNG = np.random.default_rng(95)
HUNT = Exercise(
    id="hunt_attention_dropout",
    points=5,
    functions={"hunt_attention_dropout": hunt_attention_dropout},
    subject=("hunt_attention_dropout",),
    cases=[
        hunt_case("inference", HUNT_RNG, (3, 5), 0.4, False),
        hunt_case("inference, two heads", HUNT_RNG, (2, 4, 3), 0.2, False),
        hunt_case("inference, long", HUNT_RNG, (5, 7), 0.6, False),
        hunt_training_case("training", HUNT_RNG, 40, 60, 0.3),
        hunt_training_case("training, much dropped", HUNT_RNG, 50, 30, 0.6),
    ],
    hidden=lambda rng: [
        hunt_case("a", rng, (4, 6), 0.5, False, "odd shapes"),
        hunt_case("b", rng, (2, 3, 7), 0.1, False, "odd shapes"),
        hunt_training_case("c", rng, 60, 35, 0.45, "training"),
    ],
    properties=[
        WHOLE_AT_INFERENCE,
        Property(
            "equal",
            title="at inference a constant added to a row of scores makes no difference",
            calls=[
                "weights = hunt_attention_dropout(scores, 0.5, rng, False)",
                "of_shifted = hunt_attention_dropout(shifted, 0.5, rng, False)",
            ],
            inputs=heads,
            left="of_shifted",
            right="weights",
        ),
        Property(
            "differ",
            title="two generators in training",
            calls=[
                "weights = hunt_attention_dropout(scores, 0.5, rng, True)",
                "others = hunt_attention_dropout(scores, 0.5, other_rng, True)",
            ],
            inputs=heads,
            left="weights",
            right="others",
            why="and should not be: drop in training",
        ),
    ],
    hidden_properties=[WHOLE_AT_INFERENCE.drawn("the sum of a row at inference")],
    mutants=slips(
        hunt_attention_dropout,
        """
        as_shipped: if training: => if True:
            The fault is still there: entries are dropped at inference too. Which argument says that it is not training?
        never: if training: => if False:
            Now nothing is dropped in training either.
        turned: if training: => if not training:
            The condition is turned: drop in training only.
        unscaled: >= drop) / (1 - drop) => >= drop)
            The survivors are not divided by 1 - drop any more.
        scaled_at_inference: return weights => return weights if training else weights * (1 - drop)
            Inverted dropout has scaled in training already: at inference nothing happens.
        """,
    ),
    alternatives=[Alternative("where", mended_with_where), Alternative("early return", mended_early_return)],
    hints=["Run it twice with training=False. Are the answers the same?", "Drop only if training is true."],
)
QUIZZES = [
    Quiz(
        id="quiz_1",
        points=3,
        question="Why do frameworks use inverted dropout?",
        choices={
            "a": "its variance is smaller",
            "b": "inference needs no change and no knowledge of drop",
            "c": "it drops fewer entries",
        },
        right="b",
        because={
            "a": "The variance is larger: survivors are multiplied by 1/(1 - drop).",
            "b": "All the scaling happens in training; at inference the layer is not there.",
            "c": "Both drop the same number on average.",
        },
    ),
    Quiz(
        id="quiz_2",
        points=2,
        question="Forty residual blocks, Kaiming's weights, no norm, no scale; input of variance 1. What comes out?",
        choices={"a": "variance about 40", "b": "variance about 2 to the power of 40", "c": "variance about 1"},
        right="b",
        because={
            "a": "That would be so with batch norm inside each branch, which adds 1 a block.",
            "b": "Each join doubles the variance: the branch has as much as the skip.",
            "c": "Only if each sum is scaled by 1/√2.",
        },
    ),
]

ASSIGNMENT = Assignment(
    name="residual",
    number=9,
    title="Dropout and residual connections",
    exercises=[VANILLA, DROPOUT, RESIDUAL_FORWARD, RESIDUAL_BACKWARD, BLOCK, CONCAT, HUNT, *QUIZZES],
)
