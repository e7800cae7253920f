"""Max pooling, backward."""

from dataclasses import replace

import numpy as np

from classroom.staff.declare.exercise import AtMaxima, Pair, backward_of, identity
from solutions.pooling import maxpool2d_backward, maxpool2d_forward

from .max_pooling import forward_view, forward_windows
from .windows import backward_case, both, odd_windows, spaced_images

MAXIMUM = Pair(maxpool2d_forward, maxpool2d_backward)


def tied_case(name, rng, x, kernel, kind=""):
    """Equal pixels in windows side by side: any of the largest may take the gradient, but not all of it twice."""
    case = backward_case(MAXIMUM, name, rng, x, kernel, kernel, 0, kind)
    return replace(case, measure=AtMaxima(both(kernel), both(kernel)))


def visible_cases():
    rng = np.random.default_rng(60)
    small = np.array([[[[1.0, 4.0, 2.0, 0.0, -1.0], [3.0, -2.0, 6.0, 5.0, 7.0]]]])
    return [
        backward_case(MAXIMUM, "one row of windows", rng, small, (2, 3), (1, 1)),
        backward_case(MAXIMUM, "side by side", rng, spaced_images(rng, (2, 3, 6, 8)), (3, 2), (3, 2)),
        backward_case(MAXIMUM, "overlapping", rng, spaced_images(rng, (2, 3, 7, 9)), 3, 2),
        backward_case(MAXIMUM, "stride larger than the kernel", rng, spaced_images(rng, (3, 2, 9, 8)), (2, 1), (3, 2)),
        backward_case(
            MAXIMUM, "all negative, with a border", rng, spaced_images(rng, (2, 3, 6, 8)) - 20, (3, 4), (1, 2), (1, 2)
        ),
        backward_case(MAXIMUM, "overlapping, with a border", rng, spaced_images(rng, (2, 2, 6, 7)) - 3, 3, 2, 1),
        tied_case("equal pixels", rng, rng.integers(0, 3, size=(2, 3, 6, 8)).astype(float), (3, 2)),
        tied_case("all equal", rng, np.zeros((2, 1, 4, 6)), 2),
    ]


def hidden_cases(rng):
    made = []
    for name, shape, kernel, stride, padding in odd_windows(rng):
        x = spaced_images(rng, shape)
        made.append(backward_case(MAXIMUM, name, rng, x, kernel, stride, padding, "odd shapes"))
    far = 1e12 * (spaced_images(rng, (2, 3, 5, 6)) - 20)
    made.append(backward_case(MAXIMUM, "far", rng, far, (2, 3), 2, 1, "extreme values"))
    for index in range(2):
        thin = spaced_images(rng, (2, 3, 7, 6)).astype(np.float32)
        made.append(backward_case(MAXIMUM, f"float32 {index}", rng, thin, 3 - index, 2, 0, "float32"))
    wide = spaced_images(rng, (2, 3, 6, 14))[..., ::2]
    made.append(backward_case(MAXIMUM, "strided", rng, wide, (2, 3), (2, 2), 0, "non-contiguous"))
    made.append(tied_case("ties", rng, rng.integers(0, 2, size=(3, 2, 6, 9)).astype(float), (2, 3), "equal pixels"))
    return made


def backward_windows(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    n, c, h, w = padded.shape
    grad_padded = np.zeros_like(padded)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            window = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            flat = window.reshape(n, c, kh * kw)
            first = np.zeros(flat.shape, flat.dtype)
            np.put_along_axis(first, flat.argmax(axis=2)[:, :, None], 1, axis=2)
            mask = first.reshape(window.shape)
            share = mask * grad_y[:, :, i, j][:, :, None, None]
            grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def backward_shared(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    h, w = padded.shape[2:]
    grad_padded = np.zeros_like(padded)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            there = (slice(None), slice(None), slice(i * sh, i * sh + kh), slice(j * sw, j * sw + kw))
            largest = padded[there] == padded[there].max(axis=(2, 3), keepdims=True)
            # Equal pixels share the gradient: as good a subgradient as the first one's.
            parts = largest / largest.sum(axis=(2, 3), keepdims=True)
            grad_padded[there] += parts * grad_y[:, :, i, j][:, :, None, None]
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def backward_scattered(grad_y, cache):
    shape, padded_shape, last, (_kh, kw), (sh, sw), (ph, pw) = cache
    n, c, i, j = np.indices(grad_y.shape)
    grad_padded = np.zeros(padded_shape, grad_y.dtype)
    np.add.at(grad_padded, (n, c, i * sh + last // kw, j * sw + last % kw), grad_y)
    return grad_padded[:, :, ph : ph + shape[2], pw : pw + shape[3]]


def backward_loops(grad_y, cache):
    padded, kh, kw, sh, sw, ph, pw = cache
    grad_padded = np.zeros(padded.shape, grad_y.dtype)
    for n, c, i, j in np.ndindex(grad_y.shape):
        best, place = -np.inf, (i * sh, j * sw)
        for row in range(i * sh, i * sh + kh):
            for column in range(j * sw, j * sw + kw):
                if padded[n, c, row, column] > best:
                    best, place = padded[n, c, row, column], (row, column)
        grad_padded[(n, c, *place)] += grad_y[n, c, i, j]
    return grad_padded[:, :, ph : padded.shape[2] - ph, pw : padded.shape[3] - pw]


MAXPOOL2D_BACKWARD = backward_of(
    MAXIMUM,
    points=15,
    large={"x": (2, 3, 30, 33), "kernel": 3, "stride": 2},
    cases=visible_cases(),
    interleaved=(3, 5),
    hidden=hidden_cases,
    properties=[
        identity(
            "windows side by side",
            "y, cache = maxpool2d_forward(x, kernel, stride)",
            "grad_x = maxpool2d_backward(grad_y, cache)",
            "sum(grad_x) == sum(grad_y)",
            inputs={
                "x": spaced_images(np.random.default_rng(84), (2, 3, 4, 6)),
                "kernel": (2, 3),
                "stride": (2, 3),
                "grad_y": np.random.default_rng(85).normal(size=(2, 3, 2, 2)),
            },
        ),
        MAXIMUM.gradient(
            inputs={
                "x": spaced_images(np.random.default_rng(61), (2, 3, 7, 8)),
                "kernel": 3,
                "stride": 2,
                "padding": 1,
            },
            arguments=["x"],
        ),
    ],
    mutants=[
        *MAXIMUM.backward_mutants(
            forward_windows,
            backward_windows,
            """
            ties_all_counted: mask = first.reshape(window.shape)
                => mask = window == window.max(axis=(2, 3), keepdims=True)
                When several pixels of a window are equally large, you give
                each of them the whole gradient. Give it to one of them.
            overwritten: grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
                => grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] = share
                Windows overlap, and a pixel can be the largest of
                several: add the gradients up (+=), do not overwrite (=).
            overwritten_at_the_pixel: mask * grad_y[:, :, i, j][:, :, None, None]
                => mask * (grad_y[:, :, i, j][:, :, None, None] - grad_padded[:, :, i * sh :, j * sw :][:, :, :kh, :kw])
                Windows overlap, and a pixel can be the largest of
                several: add the gradients up (+=), do not overwrite (=).
            stride_ignored: grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
                => grad_padded[:, :, min(i * kh, h - kh) :, min(j * kw, w - kw) :][:, :, :kh, :kw] += share
                You send the gradients to windows that stand side by
                side. Window (i, j) starts at (i * stride, j * stride).
            shared_by_all: mask = first.reshape(window.shape)
                => mask = np.full(window.shape, 1 / (kh * kw), window.dtype)
                You share the gradient among all pixels of the window:
                that is average pooling. The largest takes it all.
            first_pixel: flat.argmax(axis=2)[:, :, None] => 0 * flat.argmax(axis=2)[:, :, None]
                The gradient goes to the first pixel of each window. It belongs to the largest.
            smallest: flat.argmax(axis=2) => flat.argmin(axis=2)
                The gradient goes to the smallest pixel of each window. It belongs to the largest.
            height_width_swapped: first.reshape(window.shape) => first.reshape(n, c, kw, kh).transpose(0, 1, 3, 2)
                You take the place in the window apart with the wrong
                size: a flat index k is row k // kW, column k % kW.
            padding_kept: grad_padded[:, :, ph : h - ph, pw : w - pw] => grad_padded
                grad_x still has the border of the padding. x has none: cut it off.
            """,
        ),
        *MAXIMUM.forward_mutants(
            forward_windows,
            backward_windows,
            """
            zero_border: constant_values=-np.inf => constant_values=0
                The border is filled with 0, which beats every negative pixel. Fill it with minus infinity.
            """,
        ),
        *MAXIMUM.backward_mutants(
            forward_windows,
            backward_windows,
            """
            without_gradient: mask * grad_y[:, :, i, j][:, :, None, None] => mask
                You return where the maxima are. Multiply by grad_y: each window's share is what came from above.
            value_not_place: mask * grad_y => mask * window * grad_y
                You multiply by the largest pixel itself. The derivative of a maximum by its largest argument is 1.
            double_precision: np.zeros_like(padded) => np.zeros(padded.shape)
                float32 goes in and float64 comes out: make the gradient with the dtype of x.
            """,
        ),
    ],
    alternatives=[
        *[(forward_windows, backward) for backward in (backward_windows, backward_shared, backward_loops)],
        (forward_view, backward_scattered),
    ],
    hints="""
    A window's output is a copy of its largest pixel, so all of the
        window's gradient goes to that pixel and none to the rest.
    Loop over the windows as in the forward pass. For each, find the
        place of its largest pixel (argmax of the flat window).
    Windows may overlap: add with += into an array of the padded size, and cut the border off at the end.
    """,
)
