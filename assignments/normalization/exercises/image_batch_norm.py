"""Batch norm of images."""

import numpy as np

from classroom.staff.declare.exercise import (
    Case,
    Pair,
    backward_of,
    exercise_of,
    identity,
    textual_mutants,
)
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import spatial_batchnorm_backward, spatial_batchnorm_forward

from .inputs import NEAR_EPS, images, nothing_to_do_at_inference, slopes, vectors

IMAGE_NORM = Pair(spatial_batchnorm_forward, spatial_batchnorm_backward)


def spatial_case(name, rng, x, direction, kind="", training=True, first=False, **options):
    inputs = {"x": x, **vectors(rng, x.shape[1], x.dtype), **options} | ({"running": None} if first else {})
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache, new_running = spatial_batchnorm_forward(x, scale, shift, running, training={training}{extra})"]
    if direction == "forward":
        part = {"y": "training" if training else "inference", "new_running": "running statistics"}
        return Case(name, inputs, calls, ("y", "new_running"), part=part, kind=kind)
    inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
    calls.append("grad_x, grad_scale, grad_shift = spatial_batchnorm_backward(grad_y, cache)")
    return Case(name, inputs, calls, ("grad_x", "grad_scale", "grad_shift"), kind=kind)


def spatial_cases(direction):
    rng = np.random.default_rng(88)
    visible = [
        spatial_case("two images", rng, images(rng, 2, 3, 4, 5), direction),
        spatial_case("four images", rng, images(rng, 4, 5, 3, 2), direction, eps=0.3),
        spatial_case("a variance near eps", rng, images(rng, 3, 2, 5, 4, NEAR_EPS), direction),
    ]
    if direction == "forward":
        visible += [
            spatial_case("inference", rng, images(rng, 2, 4, 3, 5), direction, training=False),
            spatial_case("inference again", rng, images(rng, 1, 3, 5, 2), direction, training=False, eps=0.2),
            spatial_case("inference once more", rng, images(rng, 2, 2, 3, 4), direction, training=False, eps=0.3),
            spatial_case("another alpha", rng, images(rng, 3, 3, 2, 4), direction, alpha=0.6),
            spatial_case("the first batch", rng, images(rng, 2, 3, 5, 4), direction, first=True),
        ]

    def hidden(rng):
        n, h, w = shuffled(rng, 2, 3, 5)
        made = [
            spatial_case("a", rng, images(rng, n, 7, h, w), direction, "odd shapes"),
            spatial_case("b", rng, images(rng, w, 4, n, h), direction, "odd shapes"),
            spatial_case("c", rng, images(rng, 1, 3, h, w), direction, "one image"),
            spatial_case("d", rng, images(rng, n, 4, h, w, dtype=np.float32), direction, "float32"),
            spatial_case("e", rng, images(rng, h, 3, n, w, dtype=np.float32), direction, "float32"),
            spatial_case("f", rng, images(rng, n, 4, h, 2 * w)[:, :, :, ::2], direction, "non-contiguous"),
        ]
        if direction == "forward":
            made.append(spatial_case("g", rng, images(rng, n, 4, h, w), direction, "odd shapes", training=False))
            made.append(spatial_case("i", rng, images(rng, w, 3, h, n), direction, "the first batch", first=True))
            thin = images(rng, n, 4, w, h, dtype=np.float32)
            made.append(spatial_case("j", rng, thin, direction, "the first batch, in float32", first=True))
        return made

    return {"cases": visible, "hidden": hidden}


def spatial_plain(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    axes = (0, 2, 3)
    c = x.shape[1]
    if running is None:
        running = (np.zeros(c, x.dtype), np.ones(c, x.dtype))
    mean, var = running
    if training:
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
    factor = 1 / np.sqrt(var + eps)
    normalized = (x - mean[:, None, None]) * factor[:, None, None]
    y = scale[:, None, None] * normalized + shift[:, None, None]
    return y, (normalized, factor, scale), running


def spatial_plain_back(grad_y, cache):
    normalized, factor, scale = cache
    axes = (0, 2, 3)
    count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3]
    grad_shift = grad_y.sum(axis=axes)
    grad_scale = (grad_y * normalized).sum(axis=axes)
    mean_term = (grad_shift / count)[:, None, None]
    variance_term = normalized * (grad_scale / count)[:, None, None]
    grad_x = (factor * scale)[:, None, None] * (grad_y - mean_term - variance_term)
    return grad_x, grad_scale, grad_shift


def spatial_rows(x, scale, shift, running, *, training, alpha=0.9, eps=1e-5):
    n, c, h, w = x.shape
    rows = np.moveaxis(x, 1, -1).reshape(-1, c)
    old = (np.zeros(c, x.dtype), np.ones(c, x.dtype)) if running is None else running
    m, v = (rows.mean(axis=0), rows.var(axis=0)) if training else old
    root = np.sqrt(v + eps)
    hat = (rows - m) / root
    new = tuple(alpha * a + (1 - alpha) * b for a, b in zip(old, (m, v), strict=True)) if training else old
    y = (hat * scale + shift).reshape(n, h, w, c)
    return np.moveaxis(y, -1, 1), {"hat": hat, "root": root, "scale": scale}, new


def spatial_rows_back(grad_y, cache):
    n, c, h, w = grad_y.shape
    g, hat = np.moveaxis(grad_y, 1, -1).reshape(-1, c), cache["hat"]
    grad_scale, grad_shift = np.einsum("pc,pc->c", g, hat), g.sum(axis=0)
    grad = cache["scale"] / cache["root"] * (g - grad_shift / len(g) - hat * grad_scale / len(g))
    return np.moveaxis(grad.reshape(n, h, w, c), -1, 1), grad_scale, grad_shift


def spatial_call(x="x", training=True):
    return f"spatial_batchnorm_forward({x}, scale, shift, running, training={training})"


def spatial_undone(rng):
    """Images with the scale and shift by which batch norm undoes itself."""
    x = images(rng, 2, 3, 4, 5, 0.01)
    scale, shift = np.sqrt(x.var(axis=(0, 2, 3)) + 1e-5), x.mean(axis=(0, 2, 3))
    return {"x": x, "scale": scale, "shift": shift, "running": None}


def spatial_undone_at_inference(rng):
    """Images, running statistics, and the scale and shift by which they undo themselves."""
    return nothing_to_do_at_inference(rng) | {"x": images(rng, 2, 4, 3, 5)}


def rearranged(rng):
    """Images, and one image of all their pixels in another order."""
    x = images(rng, 2, 3, 4, 5)
    pixels = x.transpose(1, 0, 2, 3).reshape(3, -1)[:, rng.permutation(40)]
    return {"x": x, "one_image": pixels.reshape(1, 3, 8, 5), **vectors(rng, 3)}


def only_channel_contrast(rng):
    """Images, and a gradient that would change nothing but the brightness and contrast of each channel."""
    x = images(rng, 2, 3, 4, 5)
    hat = (x - x.mean(axis=(0, 2, 3), keepdims=True)) / x.std(axis=(0, 2, 3), keepdims=True)
    grad_y = rng.normal(size=(3, 1, 1)) + rng.normal(size=(3, 1, 1)) * hat
    return {"x": x, "scale": np.ones(3), "shift": np.zeros(3), "running": None, "grad_y": grad_y}


SPATIAL_FORWARD = exercise_of(
    spatial_batchnorm_forward,
    points=8,
    parts={"training": 4, "inference": 2, "running statistics": 2},
    **spatial_cases("forward"),
    properties=[
        identity(
            "with scale √(var + eps) and shift mean batch norm does nothing",
            f"y, _, _ = {spatial_call()}",
            "y == x",
            inputs=spatial_undone,
            part="training",
            hidden="a batch norm that undoes itself",
        ),
        identity(
            "with scale √(running var + eps) and shift running mean inference does nothing",
            f"y, _, _ = {spatial_call(training=False)}",
            "y == x",
            inputs=spatial_undone_at_inference,
            part="inference",
        ),
        identity(
            "where the pixels of a channel lie, and in which image, makes no difference",
            f"_, _, of_images = {spatial_call()}",
            f"_, _, of_one_image = {spatial_call('one_image')}",
            "of_images == of_one_image",
            inputs=rearranged,
            part="running statistics",
        ),
    ],
    mutants=textual_mutants(
        spatial_plain,
        """
            over_the_batch_only: mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x.mean(axis=0).mean(axis=(1, 2)), x.var(axis=0).mean(axis=(1, 2))
                The variance is taken at each pixel, then averaged. Take all pixels of all images together.
            each_image: mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x[0].mean(axis=(1, 2)), x[0].var(axis=(1, 2))
                Only the first image counts. Take all images of the batch together.
            ddof_1: x.var(axis=axes) => x.var(axis=axes, ddof=1)
                You divide the variance by one less than the count. Take the plain mean of the squares.
            running_ddof_1: (1 - alpha) * var) => (1 - alpha) * x.var(axis=axes, ddof=1))
                Your running variance divides by one less than the count. Here it is the variance that the output uses.
            variance_from_zero: np.ones(c, x.dtype) => np.zeros(c, x.dtype)
                Your running variance starts at 0. It starts at 1, as if nothing had to be changed.
            divided_by_the_square: np.sqrt(var + eps) => np.square(var + eps)
                You divide by the square of the variance. Divide by its root, the standard deviation.
            eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
                eps is outside the root. Add it to the variance, under the root.
            alpha_swapped: alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var
                => (1 - alpha) * running[0] + alpha * mean, (1 - alpha) * running[1] + alpha * var
                alpha weighs the old running value, 1 - alpha the new batch.
            batch_at_inference: if training:\\n        mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x.mean(axis=axes), x.var(axis=axes)\\n    if training:
                At inference you still use the batch's own mean and variance. Use the running ones.
            no_eps_at_inference: np.sqrt(var + eps) => np.sqrt(var + (eps if training else 0))
                At inference eps is missing under the root: it is the same root as in training.
            not_transposed: mean, var = x.mean(axis=axes), x.var(axis=axes)
                => mean, var = x.reshape(-1, c).mean(axis=0), x.reshape(-1, c).var(axis=0)
                and (x - mean[:, None, None]) * factor[:, None, None]
                => ((x.reshape(-1, c) - mean) * factor).reshape(x.shape)
                and scale[:, None, None] * normalized + shift[:, None, None]
                => (scale * normalized.reshape(-1, c) + shift).reshape(x.shape)
                reshape(-1, C) alone mixes the channels. Bring them to the end first: x.transpose(0, 2, 3, 1).
            scale_forgotten: y = scale[:, None, None] * normalized => y = normalized
                The scale is missing: y = scale * normalized + shift.
            never_updated: running = (alpha * running[0] + (1 - alpha) * mean, alpha * running[1] + (1 - alpha) * var)
                => pass
                The running statistics you return are the old ones. In training they move towards the batch.
            """,
    ),
    alternatives=[spatial_plain, spatial_rows],
    hints="""
    It is batch norm, if every pixel of every image counts as one example of its channel.
    Bring (N, C, H, W) to (N H W, C) for batchnorm_forward, the channels last
        (transpose, then reshape), or take mean and variance over axes (0, 2, 3) yourself.
    """,
)
SPATIAL_BACKWARD = backward_of(
    IMAGE_NORM,
    points=7,
    large={"x": (3, 4, 20, 25), "scale": (4,), "shift": (4,), "running": None, "training": True},
    parts={"grad_x": 3, "grad_scale": 2, "grad_shift": 2},
    **spatial_cases("backward"),
    interleaved=(0, 1),
    properties=[
        identity(
            "a gradient that only shifts and scales whole channels comes back as 0",
            "_, cache, _ = spatial_batchnorm_forward(x, scale, shift, running, training=True, eps=1e-12)",
            "grad_x, _, _ = spatial_batchnorm_backward(grad_y, cache)",
            "grad_x == 0",
            inputs=only_channel_contrast,
            part="grad_x",
            hidden="a gradient that only shifts and scales",
        ),
        slopes(
            f"y, cache, _ = {spatial_call()}",
            "grad_x, grad_scale, grad_shift = spatial_batchnorm_backward(grad_y, cache)",
            inputs={**vectors(np.random.default_rng(55), 3), "x": images(np.random.default_rng(56), 2, 3, 4, 2)},
        ),
    ],
    mutants=IMAGE_NORM.backward_mutants(
        spatial_plain,
        spatial_plain_back,
        """
            no_mean_term: grad_y - mean_term - variance_term => grad_y - variance_term
                The mean depends on x too. Subtract the mean of the gradient over batch and pixels.
            no_variance_term: grad_y - mean_term - variance_term => grad_y - mean_term
                The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
            statistics_constant: grad_y - mean_term - variance_term => grad_y
                You treat mean and variance as constants. Both are functions of x, and each adds a term.
            batch_only: count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3] => count = grad_y.shape[0]
                You divide by N. The mean ran over N H W numbers: divide by their count.
            pixels_only: count = grad_y.shape[0] * grad_y.shape[2] * grad_y.shape[3]
                => count = grad_y.shape[2] * grad_y.shape[3]
                You divide by H W. The mean ran over N H W numbers: divide by their count.
            scale_forgotten: (factor * scale)[:, None, None] * => factor[:, None, None] *
                grad_x misses the scale.
            shift_averaged: grad_shift = grad_y.sum(axis=axes) => grad_shift = grad_y.mean(axis=axes)
                grad_shift is an average. The shift enters every pixel, so sum.
            scale_averaged: grad_scale = (grad_y * normalized).sum(axis=axes)
                => grad_scale = (grad_y * normalized).mean(axis=axes)
                grad_scale is an average. The scale enters every pixel, so sum.
            """,
    ),
    alternatives=[(spatial_plain, spatial_plain_back), (spatial_rows, spatial_rows_back)],
    hints="""
    All sums and means run over axes (0, 2, 3): N H W numbers for each channel, rows for batchnorm_backward.
    grad_x = factor * scale * (grad_y - mean(grad_y) - normalized * mean(grad_y * normalized)).
    """,
)
