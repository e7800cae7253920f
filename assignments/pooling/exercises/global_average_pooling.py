"""Global average pooling."""

import numpy as np

from classroom.staff.declare.exercise import Case, Pair, backward_of, exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import shuffled
from solutions.pooling import global_avg_pool_backward, global_avg_pool_forward


def global_case(direction, name, rng, x, kind=""):
    if direction == "forward":
        return Case(name, inputs={"x": x}, calls=["y, cache = global_avg_pool_forward(x)"], outputs=("y",), kind=kind)
    inputs = {"x": x, "grad_y": rng.normal(size=x.shape[:2]).astype(x.dtype)}
    calls = ["y, cache = global_avg_pool_forward(x)", "grad_x = global_avg_pool_backward(grad_y, cache)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


def global_cases(direction):
    rng = np.random.default_rng(67)
    visible = [
        global_case(direction, "by hand", rng, np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]]]])),
        global_case(direction, "a batch", rng, rng.normal(size=(4, 3, 5, 2)) + 1),
        global_case(direction, "wide maps", rng, rng.normal(size=(2, 5, 3, 7)) - 1),
    ]

    def hidden(rng):
        n, c, h, w = shuffled(rng, 2, 3, 5, 6)
        return [
            global_case(direction, "odd", rng, rng.normal(size=(n, c, h, w)), "odd shapes"),
            global_case(direction, "pixel", rng, rng.normal(size=(c, n, 1, 1)), "maps of one pixel"),
            global_case(direction, "far", rng, rng.normal(size=(2, 3, 4, 5)) * 1e8, "extreme values"),
            global_case(direction, "thin", rng, rng.normal(size=(2, 3, 4, 5)).astype(np.float32), "float32"),
            global_case(direction, "thin 2", rng, rng.normal(size=(3, 2, 6, 5)).astype(np.float32), "float32"),
            global_case(direction, "strided", rng, rng.normal(size=(2, 3, 4, 10))[..., ::2], "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def global_flat(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h * w).sum(axis=2) / (h * w), (n, c, h, w)


def global_flat_backward(grad_y, cache):
    n, c, h, w = cache
    return np.repeat(grad_y / (h * w), h * w, axis=1).reshape(n, c, h, w)


def global_einsum(x):
    return np.einsum("nchw->nc", x) / np.prod(x.shape[2:]).astype(x.dtype), x


def global_broadcast_backward(grad_y, cache):
    return np.ones_like(cache) * grad_y[:, :, None, None] / (cache.shape[2] * cache.shape[3])


GLOBAL = Pair(global_avg_pool_forward, global_avg_pool_backward)


def halves(rng):
    """Maps, their left half and their right half."""
    x = rng.normal(size=(2, 3, 4, 6))
    return {"x": x, "x_left": x[..., :3].copy(), "x_right": x[..., 3:].copy()}


def levels(rng):
    """Maps of one brightness each."""
    level = rng.normal(size=(3, 2))
    return {"x": np.tile(level[:, :, None, None], (4, 5)), "level": level}


GLOBAL_FORWARD = exercise_of(
    global_avg_pool_forward,
    points=4,
    **global_cases("forward"),
    properties=[
        identity(
            "a map of one brightness gives it",
            "y, _ = global_avg_pool_forward(x)",
            "y == level",
            inputs=levels,
            hidden="maps of one brightness",
        ),
        identity(
            "a map has the mean of its two halves",
            *[f"y{half}, _ = global_avg_pool_forward(x{half})" for half in ("", "_left", "_right")],
            "0.5 * y_left + 0.5 * y_right == y",
            inputs=halves,
        ),
    ],
    mutants=textual_mutants(
        global_flat,
        """
        sum: .sum(axis=2) / (h * w) => .sum(axis=2)
            You add each map up. Divide by its number of pixels.
        largest: .sum(axis=2) / (h * w) => .max(axis=2)
            You keep the largest pixel of each map. Take the mean.
        height_only: / (h * w), ( => / h, (
            You divide by the height only. A map has H * W pixels.
        axes_kept: .sum(axis=2) / (h * w) => .sum(axis=2)[:, :, None, None] / (h * w)
            The answer has two axes left over: it is (N, C), one number for each map.
        over_the_batch: .sum(axis=2) / (h * w) => .sum(axis=2).mean(axis=0, keepdims=True).repeat(n, 0) / (h * w)
            You average over the images too. Each image keeps its own numbers.
        over_the_channels: .sum(axis=2) / (h * w) => .sum(axis=2).mean(axis=1) / (h * w)
            You average over the channels too. The answer is (N, C).
        double_precision: x.reshape(n => x.astype(float).reshape(n
            float32 goes in and float64 comes out: keep the dtype of x.
        """,
    ),
    alternatives=[global_flat, global_einsum],
    hints="""
    Which axes disappear? The last two.
    The backward pass will need to know how large the maps were: keep the shape of x in the cache.
    x.mean(axis=(2, 3)) is (N, C).
    """,
)
GLOBAL_BACKWARD = backward_of(
    GLOBAL,
    points=6,
    large={"x": (6, 8, 20, 25)},
    large_times=3.0,
    **global_cases("backward"),
    interleaved=(0, 1),
    gradient={"x": np.random.default_rng(68).normal(size=(2, 3, 4, 5))},
    linear=True,
    properties=[
        identity(
            "what is shared out adds up again",
            "y, cache = global_avg_pool_forward(x)",
            "grad_x = global_avg_pool_backward(grad_y, cache)",
            "sum(grad_x) == sum(grad_y)",
            inputs={
                "x": np.random.default_rng(69).normal(size=(2, 3, 4, 5)),
                "grad_y": np.random.default_rng(70).normal(size=(2, 3)),
            },
        ),
    ],
    mutants=GLOBAL.backward_mutants(
        global_flat,
        global_flat_backward,
        """
        not_divided: grad_y / (h * w) => grad_y
            You give each pixel the whole gradient. In a mean of H * W pixels each weighs 1 / (H * W).
        height_only: grad_y / (h * w) => grad_y / h
            You divide by the height only. A map has H * W pixels.
        batch_too: grad_y / (h * w) => grad_y / (n * h * w)
            You divide by the number of images too. The mean is over one map.
        channels_too: grad_y / (h * w) => grad_y / (c * h * w)
            You divide by the number of channels too. The mean is over one map.
        first_pixel: return np.repeat(grad_y / (h * w), h * w, axis=1).reshape(n, c, h, w)
            => return np.pad(grad_y[:, :, None, None], ((0, 0), (0, 0), (0, h - 1), (0, w - 1)))
            Only the first pixel of each map gets a gradient. All of them were in the mean.
        maps_mixed: np.repeat(grad_y / (h * w), h * w, axis=1) => np.tile(grad_y / (h * w), (1, h * w))
            The maps are mixed. All pixels of a map get its one number: np.repeat along axis 1 repeats each number.
        double_precision: grad_y / (h * w) => grad_y.astype(float) / (h * w)
            float32 goes in and float64 comes out: keep the dtype of grad_y.
        """,
    ),
    alternatives=[(global_flat, global_flat_backward), (global_einsum, global_broadcast_backward)],
    hints="""
    Each pixel of a map entered its mean with the weight 1 / (H * W).
    grad_y[:, :, None, None] / (H * W) has the four axes; it only has to be spread over H and W.
    np.broadcast_to(grad_y[:, :, None, None] / (H * W), (N, C, H, W)), and a copy of it.
    """,
)
