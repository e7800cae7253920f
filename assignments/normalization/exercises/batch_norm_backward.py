"""Batch norm, backward."""

import numpy as np

from classroom.staff.declare.exercise import Case, Pair, Terms, backward_of
from classroom.staff.declare.inputs import shuffled
from solutions.normalization import batchnorm_backward, batchnorm_forward

from .batch_norm import forward_in_place, forward_loops, forward_plain
from .inputs import NEAR_EPS, batch, slopes, vectors

FORWARD = "y, cache, new_running = batchnorm_forward(x, scale, shift, running, training=training, eps=eps)"
BACKWARD = "grad_x, grad_scale, grad_shift = batchnorm_backward(grad_y, cache)"

BATCH_NORM = Pair(batchnorm_forward, batchnorm_backward)


def backward_case(name, rng, x, kind="", eps=1e-5, training=True):
    inputs = {
        "x": x,
        "grad_y": rng.normal(size=x.shape).astype(x.dtype),
        **vectors(rng, x.shape[1], x.dtype),
        "eps": eps,
        "training": training,
    }
    outputs = ("grad_x", "grad_scale", "grad_shift")
    part = {name: name for name in outputs} | {"grad_x": "grad_x" if training else "inference"}
    return Case(name, inputs=inputs, calls=[FORWARD, BACKWARD], outputs=outputs, part=part, kind=kind)


def visible_backward():
    rng = np.random.default_rng(81)
    return [
        backward_case("three examples", rng, np.array([[1.0, -2.0], [3.0, 0.0], [2.0, 5.0]])),
        backward_case("seven examples", rng, batch(rng, 7, 5)),
        backward_case("four examples", rng, batch(rng, 4, 6, 5.0), eps=1e-3),
        backward_case("variance near eps", rng, batch(rng, 6, 4, NEAR_EPS)),
        backward_case("a large eps", rng, batch(rng, 5, 3), eps=0.5),
        backward_case("inference", rng, batch(rng, 4, 3), training=False),
        backward_case("inference again", rng, batch(rng, 3, 5), eps=0.2, training=False),
    ]


def hidden_backward(rng):
    n, d = shuffled(rng, 3, 5, 8, 11)[:2]
    return [
        backward_case("odd", rng, batch(rng, n, d), "odd shapes"),
        backward_case("odd too", rng, batch(rng, d, n, 0.3), "odd shapes"),
        backward_case("two", rng, batch(rng, 2, d), "two examples"),
        backward_case("still", rng, batch(rng, d, n), "inference", training=False),
        backward_case("near", rng, batch(rng, n, d, NEAR_EPS), "a variance near eps"),
        backward_case("far", rng, batch(rng, n, d, 1e4), "extreme values"),
        backward_case("thin", rng, batch(rng, n, d, dtype=np.float32), "float32"),
        backward_case("thin too", rng, batch(rng, d, n, dtype=np.float32), "float32"),
        backward_case("strided", rng, batch(rng, n, 2 * d)[:, ::2], "non-contiguous"),
    ]


def backward_plain(grad_y, cache):
    normalized, factor, scale, _eps, training = cache
    n = len(grad_y)
    grad_shift = grad_y.sum(axis=0)
    grad_scale = (grad_y * normalized).sum(axis=0)
    grad_normalized = grad_y * scale
    mean_term = grad_normalized.sum(axis=0) / n
    variance_term = normalized * (grad_normalized * normalized).sum(axis=0) / n
    if not training:
        mean_term = variance_term = 0
    grad_x = factor * (grad_normalized - mean_term - variance_term)
    return grad_x, grad_scale, grad_shift


def backward_loops(grad_y, cache):
    x, scale = cache["x"], cache["scale"]
    n, d = x.shape
    grad_x = np.empty_like(x)
    grad_scale, grad_shift = np.empty_like(scale), np.empty_like(scale)
    for j in range(d):
        m, root = cache["kept"][j]
        hat = (x[:, j] - m) / root
        grad_scale[j], grad_shift[j] = grad_y[:, j] @ hat, grad_y[:, j].sum()
        back = grad_shift[j] / n + hat * grad_scale[j] / n if cache["training"] else 0
        grad_x[:, j] = scale[j] / root * (grad_y[:, j] - back)
    return grad_x, grad_scale, grad_shift


def backward_jacobian(grad_y, cache):
    hat, root, scale, training = cache
    n = len(hat)
    if not training:
        return grad_y * scale / root, np.einsum("nd,nd->d", grad_y, hat), grad_y.sum(0)
    # The Jacobian of one feature: (identity - 1/N - hat hat^T / N) / root.
    center = (np.eye(n) - 1 / n)[None] - hat.T[:, :, None] * hat.T[:, None, :] / n
    grad_x = np.einsum("dij,jd->id", center, grad_y * scale) / root
    return grad_x.astype(grad_y.dtype), np.einsum("nd,nd->d", grad_y, hat), grad_y.sum(0)


def backward_staged(grad_y, cache):
    normalized, factor, scale, _eps, training = cache
    n = len(grad_y)
    if not training:
        return scale * factor * grad_y, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)
    centered = normalized / factor
    grad_normalized = grad_y * scale
    grad_var = (grad_normalized * centered).sum(axis=0) * -0.5 * factor**3
    grad_mean = -(grad_normalized * factor).sum(axis=0) + grad_var * (-2 * centered).mean(axis=0)
    grad_x = grad_normalized * factor + grad_var * 2 * centered / n + grad_mean / n
    return grad_x, (grad_y * normalized).sum(axis=0), grad_y.sum(axis=0)


def terms(x, scale, shift, running, grad_y, eps, training, **of_another_batch):
    """The three summands of grad_x in training."""
    if x.dtype != np.float64 or not training:
        return None
    factor = 1 / np.sqrt(x.var(axis=0) + eps)
    hat = (x - x.mean(axis=0)) * factor
    return {
        "direct": scale * factor * grad_y,
        "mean": -scale * factor * grad_y.mean(axis=0) + np.zeros_like(x),
        "variance": -scale * factor * hat * (grad_y * hat).mean(axis=0),
    }


BATCHNORM_BACKWARD = backward_of(
    BATCH_NORM,
    points=20,
    large={"x": (60, 100), "scale": (100,), "shift": (100,), "running": None, "training": True},
    parts={"grad_x": 10, "grad_scale": 4, "grad_shift": 4, "inference": 2},
    cases=visible_backward(),
    interleaved=(4, 5),
    hidden=hidden_backward,
    properties=[
        slopes(
            FORWARD,
            BACKWARD,
            inputs={
                **vectors(np.random.default_rng(82), 4),
                "x": batch(np.random.default_rng(83), 7, 4, spread),
                "eps": 1e-5,
                "training": True,
            },
        )
        for spread in (2.0, NEAR_EPS)
    ],
    terms=Terms(
        output="grad_x",
        function=terms,
        sentences={
            "direct": "The term of grad_y itself is missing from grad_x.",
            "mean": "The mean is a function of x too: its term, the mean of the gradient over the batch, is missing.",
            "variance": "The variance is a function of x too: its term, normalized times the mean of gradient times "
            "normalized, is missing.",
        },
    ),
    mutants=BATCH_NORM.backward_mutants(
        forward_plain,
        backward_plain,
        """
        no_mean_term: grad_normalized - mean_term - variance_term => grad_normalized - variance_term
            The mean depends on x too. Subtract the mean of the gradient over the batch.
        no_variance_term: grad_normalized - mean_term - variance_term => grad_normalized - mean_term
            The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
        statistics_constant: grad_normalized - mean_term - variance_term => grad_normalized
            You treat mean and variance as constants. In training both are functions of x, and each adds a term.
        inference_as_training: if not training:\\n        mean_term = variance_term = 0\\n    grad_x => grad_x
            After inference mean and variance are constants: then only the direct way is left, without the two terms.
        scale_forgotten: grad_normalized = grad_y * scale => grad_normalized = grad_y
            grad_x misses the scale: the gradient passes through scale * normalized first.
        sums_not_means: grad_normalized.sum(axis=0) / n => grad_normalized.sum(axis=0)
            and (grad_normalized * normalized).sum(axis=0) / n => (grad_normalized * normalized).sum(axis=0)
            The two terms of grad_x are means over the batch. You have sums: divide by N.
        ddof_1: (grad_normalized * normalized).sum(axis=0) / n => (grad_normalized * normalized).sum(axis=0) / (n - 1)
            You divide the term of the variance by N - 1. The forward pass divided by N.
        eps_forgotten: n = len(grad_y) => n = len(grad_y)\\n    factor = 1 / np.sqrt(1 / factor**2 - cache[3])
            eps is missing in the backward pass: the root is that of var + eps, as in the forward pass.
        factor_forgotten: grad_x = factor * ( => grad_x = (
            grad_x is not divided by sqrt(var + eps), by which the forward pass divided x.
        gradients_averaged: grad_shift = grad_y.sum(axis=0) => grad_shift = grad_y.mean(axis=0)
            and grad_scale = (grad_y * normalized).sum(axis=0) => grad_scale = (grad_y * normalized).mean(axis=0)
            You average over the batch. Scale and shift enter every example: their gradients are sums.
        scale_with_centered: grad_scale = (grad_y * normalized).sum(axis=0)
            => grad_scale = (grad_y * normalized / factor).sum(axis=0)
            grad_scale uses x - mean. What the scale multiplied is the normalized x, divided by the root too.
        in_place: grad_normalized = grad_y * scale => grad_normalized = np.multiply(grad_y, scale, out=grad_y)
            You write into grad_y. It belongs to the caller: work on a new array.
        """,
    ),
    alternatives=[
        (forward_plain, backward_plain),
        (forward_plain, backward_staged),
        (forward_loops, backward_loops),
        (forward_in_place, backward_jacobian),
    ],
    hints="""
    grad_shift and grad_scale first: how does y change when shift,
        or scale, grows a little? Both are sums over the batch.
    x reaches y by three routes: directly, through the mean and
        through the variance. grad_x is the sum of three terms.
    With g = grad_y * scale: grad_x = (g - mean of g - normalized * mean of (g * normalized))
        / sqrt(var + eps), means over the batch. After inference both means fall away.
    """,
)
