"""The exercises of layer, instance and group norm: one plain form, and all that can go wrong with it."""

from classroom.staff.declare.exercise import Alternative, backward_of, exercise_of, textual_mutants
from classroom.staff.declare.source import define

from .group_cases import norm_cases, norm_identities

FORWARD_TEXT = """import numpy as np


def NAME_forward(x, scale, shift, GROUPS*, eps=1e-5):
    count = COUNT
    if x.shape[1] % count:
        raise ValueError(f"{count} groups do not divide {x.shape[1]} channels")
    grouped = x.reshape(len(x), count, -1)
    mean = grouped.mean(axis=2, keepdims=True)
    var = grouped.var(axis=2, keepdims=True)
    factor = 1 / np.sqrt(var + eps)
    normalized = ((grouped - mean) * factor).reshape(x.shape)
    shape = (-1,) + (1,) * (x.ndim - 2)
    y = scale.reshape(shape) * normalized + shift.reshape(shape)
    return y, (normalized, factor, scale.reshape(shape), count)
"""
BACKWARD_TEXT = """import numpy as np


def NAME_backward(grad_y, cache):
    normalized, factor, scale, count = cache
    others = (0,) + tuple(range(2, grad_y.ndim))
    grad_shift = grad_y.sum(axis=others)
    grad_scale = (grad_y * normalized).sum(axis=others)
    grad = (grad_y * scale).reshape(len(grad_y), count, -1)
    hat = normalized.reshape(grad.shape)
    mean_term = grad.mean(axis=2, keepdims=True)
    variance_term = hat * (grad * hat).mean(axis=2, keepdims=True)
    grad_x = factor * (grad - mean_term - variance_term)
    return grad_x.reshape(grad_y.shape), grad_scale, grad_shift
"""
FORWARD_MUTANTS = """
    over_the_batch: var = grouped.var(axis=2, keepdims=True)
        => mean, var = grouped.mean(axis=0, keepdims=True), grouped.var(axis=0, keepdims=True)
        Mean and variance are taken over the batch: that is batch norm. Here each example is on its own.
    ddof_1: grouped.var(axis=2, keepdims=True) => grouped.var(axis=2, keepdims=True, ddof=1)
        You divide the variance by one less than the count. Take the plain mean of the squares.
    eps_outside: np.sqrt(var + eps) => (np.sqrt(var) + eps)
        eps is outside the root. Add it to the variance, under the root.
    eps_forgotten: np.sqrt(var + eps) => np.sqrt(var + 1e-5)
        eps is an argument; you always use 0.00001.
    divided_by_variance: np.sqrt(var + eps) => (var + eps)
        You divide by the variance. Divide by its root, the standard deviation.
    divided_by_the_square: np.sqrt(var + eps) => np.square(var + eps)
        You divide by the square of the variance. Divide by its root, the standard deviation.
    scale_forgotten: y = scale.reshape(shape) * normalized + => y = normalized +
        The scale is missing: y = scale * normalized + shift.
    each_pixel: grouped = x.reshape(len(x), count, -1)
        => grouped = np.moveaxis(x.reshape(len(x), count, x.shape[1] // count, -1), 2, 3)
        and mean = grouped.mean(axis=2, keepdims=True) => mean = grouped.mean(axis=3, keepdims=True)
        and var = grouped.var(axis=2, keepdims=True) => var = grouped.var(axis=3, keepdims=True)
        and ((grouped - mean) * factor) => np.moveaxis((grouped - mean) * factor, 3, 2)
        Your numbers are those of a mean and a variance for each pixel, which leave nothing but the shift of a single
        channel. Both are taken over all pixels together.
    mean_kept: (grouped - mean) * factor => grouped * factor
        The mean is not subtracted.
    widened: factor = 1 / np.sqrt(var + eps) => factor = 1 / np.sqrt(var.astype(np.float64) + eps)
        float32 goes in and float64 comes out. Keep the dtype of x.
"""
BACKWARD_MUTANTS = """
    no_mean_term: grad - mean_term - variance_term => grad - variance_term
        The mean depends on x too. Subtract the mean of the gradient over the same numbers.
    no_variance_term: grad - mean_term - variance_term => grad - mean_term
        The variance depends on x too. Subtract normalized times the mean of gradient times normalized.
    statistics_constant: grad - mean_term - variance_term => grad
        You treat mean and variance as constants. Both are functions of x, and each adds a term.
    variance_sign: mean_term - variance_term => mean_term + variance_term
        The term of the variance has the wrong sign: it is subtracted.
    scale_forgotten: grad = (grad_y * scale).reshape => grad = (grad_y * 1).reshape
        grad_x misses the scale: the gradient passes through scale * normalized first.
    factor_forgotten: grad_x = factor * (grad => grad_x = (grad
        grad_x is not divided by sqrt(var + eps), by which the forward pass divided x.
    sums_not_means: hat * (grad * hat).mean(axis=2, keepdims=True) => hat * (grad * hat).sum(axis=2, keepdims=True)
        The term of the variance is a mean. You have a sum.
    gradients_averaged: grad_shift = grad_y.sum(axis=others)\\n    grad_scale = (grad_y * normalized).sum(axis=others)
        => grad_shift = grad_y.mean(axis=others)\\n    grad_scale = (grad_y * normalized).mean(axis=others)
        You average. Scale and shift enter every pixel: their gradients are sums.
"""
FORWARD_HINTS = """
Which numbers share one mean? Reshape x so that they lie along the last axis.
normalized = (x - mean) / sqrt(var + eps), biased variance, one for each example (and group).
scale and shift are one number for each channel: reshape them to (C, 1, 1) for images.
"""
BACKWARD_HINTS = """
grad_scale and grad_shift are sums over everything but the channel: over the batch too.
grad_x is as in batch norm, with means over the numbers that shared one mean in the forward pass.
g = grad_y * scale; grad_x = factor * (g - mean(g) - normalized * mean(g * normalized)).
"""


def norm_exercises(norm, count, *, points, seed, sizes, groups=None, vectors_too=False, more="", loops, refuse=()):
    """The two exercises of one norm: its plain form, and all that can go wrong with it.

    Its identities are about images whose channels and groups have these sizes.
    """
    name = norm.forward.__name__.removesuffix("_forward")

    def plain(text, direction):
        text = text.replace("NAME", name).replace("GROUPS", "groups, " if groups else "").replace("COUNT", count)
        return define(text, f"{name}_{direction}", f"plain {name} {direction}")

    forward, backward = plain(FORWARD_TEXT, "forward"), plain(BACKWARD_TEXT, "backward")
    forward_exercise = exercise_of(
        norm.forward,
        points=points[0],
        **norm_cases(name, "forward", seed, groups, vectors_too),
        properties=[*norm_identities(name, "forward", *sizes, groups), *refuse],
        parts={"y": points[0] - 1, "refusal": 1} if refuse else None,
        mutants=textual_mutants(forward, FORWARD_MUTANTS + more),
        alternatives=[loops, forward],
        hints=FORWARD_HINTS,
    )
    backward_exercise = backward_of(
        norm,
        points=points[1],
        large={"x": (5, 6, 12, 16), "scale": (6,), "shift": (6,)} | ({"groups": 3} if groups else {}),
        **norm_cases(name, "backward", seed, groups, vectors_too),
        interleaved=(0, 4),
        properties=norm_identities(name, "backward", *sizes, groups),
        parts={"grad_x": 3, "grad_scale": 1, "grad_shift": 1},
        mutants=norm.backward_mutants(forward, backward, BACKWARD_MUTANTS),
        alternatives=[
            Alternative("plain", norm.written(forward, backward)),
            Alternative("einsum", norm.written(forward, einsum_back(name))),
        ],
        hints=BACKWARD_HINTS,
    )
    return [forward_exercise, backward_exercise]


def einsum_back(name):
    text = """import numpy as np


def NAME_backward(grad_y, cache):
    normalized, factor, scale, count = cache
    g = (grad_y * scale).reshape(len(grad_y), count, -1)
    hat = normalized.reshape(g.shape)
    size = g.shape[2]
    along = np.einsum("ngk,ngk->ng", g, hat)[:, :, None]
    grad_x = factor / size * (size * g - g.sum(axis=2, keepdims=True) - hat * along)
    flat, kept = grad_y.reshape(*grad_y.shape[:2], -1), normalized.reshape(*grad_y.shape[:2], -1)
    return grad_x.reshape(grad_y.shape), np.einsum("nck,nck->c", flat, kept), np.einsum("nck->c", flat)
"""
    return define(text.replace("NAME", name), f"{name}_backward", f"einsum {name}")
