"""The bug hunt: max pooling's way back."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Case, exercise_of, identity

from .windows import spaced_images


def hunt_maxpool_backward(grad_y, x, kernel, stride):
    grad_x = np.zeros_like(x)
    for i, j in np.ndindex(grad_y.shape):
        window = x[i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        u, v = np.unravel_index(window.argmax(), window.shape)
        grad_x[i * stride + u, j * stride + v] += grad_y[i, j]
    return grad_x


def hunt_by_add_at(grad_y, x, kernel, stride):
    windows = sliding_window_view(x, (kernel, kernel))[::stride, ::stride]
    place = windows.reshape(*grad_y.shape, -1).argmax(axis=-1)
    i, j = np.indices(grad_y.shape)
    grad_x = np.zeros(x.shape, x.dtype)
    np.add.at(grad_x, (i * stride + place // kernel, j * stride + place % kernel), grad_y)
    return grad_x


def hunt_by_mask(grad_y, x, kernel, stride):
    grad_x = np.zeros_like(x)
    for i, j in np.ndindex(grad_y.shape):
        there = np.s_[i * stride : i * stride + kernel, j * stride : j * stride + kernel]
        grad_x[there] += (x[there] == x[there].max()) * grad_y[i, j]
    return grad_x


def hunt_case(name, rng, shape, kernel, stride, kind="", dtype=np.float64):
    x = (spaced_images(rng, (1, 1, *shape))[0, 0]).astype(dtype)
    size = tuple((side - kernel) // stride + 1 for side in shape)
    inputs = {"grad_y": rng.normal(size=size).astype(dtype), "x": x, "kernel": kernel, "stride": stride}
    calls = ["grad_x = hunt_maxpool_backward(grad_y, x, kernel, stride)"]
    return Case(name, inputs=inputs, calls=calls, outputs=("grad_x",), kind=kind)


HUNT_RNG = np.random.default_rng(83)


def overlapping(rng):
    """A map and a gradient for overlapping windows."""
    return {"grad_y": rng.uniform(1, 2, (5, 4)), "x": spaced_images(rng, (1, 1, 7, 6))[0, 0]}


HUNT_MAXPOOL = exercise_of(
    hunt_maxpool_backward,
    points=5,
    cases=[
        hunt_case("side by side", HUNT_RNG, (4, 6), 2, 2),
        hunt_case("overlapping", HUNT_RNG, (5, 7), 3, 1),
        hunt_case("overlapping by one", HUNT_RNG, (7, 9), 3, 2),
        hunt_case("overlapping, a tall map", HUNT_RNG, (8, 5), 2, 1),
    ],
    hidden=lambda rng: [
        hunt_case("odd 1", rng, (6, 9), 3, 1, "odd shapes"),
        hunt_case("odd 2", rng, (9, 7), 4, 2, "odd shapes"),
        hunt_case("gaps", rng, (8, 11), 2, 3, "a stride larger than the kernel"),
        hunt_case("thin", rng, (6, 5), 2, 1, "float32", np.float32),
    ],
    properties=[
        identity(
            "every number of grad_y comes to one pixel, where windows overlap too",
            "grad_x = hunt_maxpool_backward(grad_y, x, 3, 1)",
            "sum(grad_x) == sum(grad_y)",
            inputs=overlapping,
            hidden="overlapping windows",
        ),
    ],
    mutants="""
    as_shipped: += grad_y[i, j] => = grad_y[i, j]
        A pixel can be the largest of several windows, and only the last one's gradient is kept: add them up.
    stride_ignored: grad_x[i * stride + u, j * stride + v] => grad_x[i + u, j + v]
        The place in the image was right: window (i, j) starts at (i * stride, j * stride).
    place_swapped: u, v = np.unravel_index => v, u = np.unravel_index
        Row and column of the largest pixel have changed places.
    smallest: window.argmax() => window.argmin()
        The gradient belongs to the largest pixel of the window.
    maximum_of_both: += grad_y[i, j] => = max(grad_x[i * stride + u, j * stride + v], grad_y[i, j])
        Several windows send gradients to one pixel: they add up, none of them wins.
    """,
    alternatives=[hunt_by_add_at, hunt_by_mask],
    hints="""
    With windows side by side all is well. What is different when they overlap?
    Take a map whose middle pixel is the largest of four windows. How much should it get?
    One character is missing.
    """,
)
