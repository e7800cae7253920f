"""Average pooling."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Pair, backward_of, exercise_of, identity, textual_mutants
from solutions.pooling import avgpool2d_backward, avgpool2d_forward

from .windows import backward_case, both, forward_cases, in_two_steps, odd_windows

AVERAGE = Pair(avgpool2d_forward, avgpool2d_backward)


def mean_windows(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    n, c, h, w = padded.shape
    y = np.empty((n, c, (h - kh) // sh + 1, (w - kw) // sw + 1), x.dtype)
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            y[:, :, i, j] = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))
    return y, (padded.shape, kh, kw, sh, sw, ph, pw)


def mean_windows_backward(grad_y, cache):
    shape, kh, kw, sh, sw, ph, pw = cache
    h, w = shape[2:]
    grad_padded = np.zeros(shape, grad_y.dtype)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            share = grad_y[:, :, i, j][:, :, None, None] / (kh * kw)
            grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw] += share
    return grad_padded[:, :, ph : h - ph, pw : w - pw]


def mean_view(x, kernel, stride=None, padding=0):
    (kh, kw), (sh, sw), (ph, pw) = both(kernel), both(kernel if stride is None else stride), both(padding)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    return windows.sum(axis=(4, 5)) / (kh * kw), (x, padded.shape, (kh, kw), (sh, sw), (ph, pw))


def mean_corners_backward(grad_y, cache):
    x, padded_shape, (kh, kw), (sh, sw), (ph, pw) = cache
    grad_padded = np.zeros(padded_shape, x.dtype)
    rows, columns = grad_y.shape[2:]
    for u in range(kh):
        for v in range(kw):
            grad_padded[:, :, u : u + sh * rows : sh, v : v + sw * columns : sw] += grad_y / (kh * kw)
    return grad_padded[:, :, ph : ph + x.shape[2], pw : pw + x.shape[3]]


def mean_matrix(x, kernel, stride=None, padding=0):
    stride = kernel if stride is None else stride
    kernel, stride, padding = ((v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding))
    sides = []
    for axis in (0, 1):  # the mean over a window is a product from the left and one from the right
        size, k, s, p = x.shape[2 + axis], kernel[axis], stride[axis], padding[axis]
        starts = s * np.arange((size + 2 * p - k) // s + 1)[:, None] - p
        pixels = np.arange(size)
        sides.append(((pixels >= starts) & (pixels < starts + k)).astype(x.dtype) / k)
    return sides[0] @ x @ sides[1].T, sides


def mean_matrix_backward(grad_y, cache):
    left, right = cache
    return left.T @ grad_y @ right


def flat_maps(rng):
    """Maps of one brightness each, and what pooling by 2 by 3 with stride 1 leaves of them."""
    level = rng.normal(size=(2, 3, 1, 1))
    return {"x": np.tile(level, (4, 5)), "flat": np.tile(level, (3, 3))}


AVGPOOL2D_FORWARD = exercise_of(
    avgpool2d_forward,
    points=6,
    **forward_cases("avgpool2d_forward"),
    properties=[
        identity(
            "a map of one brightness keeps it",
            "y, _ = avgpool2d_forward(x, (2, 3), 1)",
            "y == flat",
            inputs=flat_maps,
            hidden="maps of one brightness",
        ),
        in_two_steps("avgpool2d_forward"),
    ],
    mutants=textual_mutants(
        mean_windows,
        """
        sum: .mean(axis=(2, 3)) => .sum(axis=(2, 3))
            You add the window up. Divide by its number of pixels.
        largest: .mean(axis=(2, 3)) => .max(axis=(2, 3))
            You keep the largest pixel. This pooling takes the mean.
        square: .mean(axis=(2, 3)) => .sum(axis=(2, 3)) / kh**2
            You divide by kH squared. A window has kH times kW pixels.
        border_repeated: (ph, ph), (pw, pw))) => (ph, ph), (pw, pw)), mode="edge")
            You repeat the border pixels. The border is made of zeros, and they count in the mean.
        across_channels: .mean(axis=(2, 3)) => .mean(axis=(1, 2, 3))[:, None]
            You average over the channels too. Each map is pooled separately.
        stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
            Your windows move one pixel at a time: window (i, j) starts at (i * stride, j * stride).
        stride_one: stride = (kh, kw) if stride is None => stride = (1, 1) if stride is None
            Without a stride the windows lie side by side: the stride is then the kernel, not 1.
        padding_forgotten: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding => ph = pw = 0
            The padding is not used.
        double_precision: // sw + 1), x.dtype) => // sw + 1))
            float32 goes in and float64 comes out: make y with the dtype of x.
        border_not_counted: (ph, ph), (pw, pw))) => (ph, ph), (pw, pw)), constant_values=np.nan)
            and padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].mean(axis=(2, 3))
            => np.nanmean(padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw], axis=(2, 3))
            At the border you divide by the pixels of the image only. Here the zeros count: always divide by kH * kW.
        """,
    ),
    alternatives=[mean_windows, mean_view, mean_matrix],
    hints="""
    The same windows as in max pooling, but the border is made of zeros and they count.
    np.pad uses zeros by default; the sizes are those of max pooling.
    y[:, :, i, j] = padded[:, :, i * s : i * s + kH, j * t : j * t + kW].mean(axis=(2, 3)).
    """,
)


def visible_means():
    rng = np.random.default_rng(63)
    return [
        backward_case(AVERAGE, "one row of windows", rng, rng.normal(size=(1, 1, 2, 5)), (2, 3), (1, 1)),
        backward_case(AVERAGE, "side by side", rng, rng.normal(size=(2, 3, 6, 8)), (3, 2), (3, 2)),
        backward_case(AVERAGE, "overlapping", rng, rng.normal(size=(2, 3, 7, 9)), 3, 2),
        backward_case(AVERAGE, "stride larger than the kernel", rng, rng.normal(size=(3, 2, 9, 8)), (2, 1), (3, 2)),
        backward_case(AVERAGE, "with a border", rng, rng.normal(size=(2, 3, 6, 8)), (3, 4), (1, 2), (1, 2)),
        backward_case(AVERAGE, "overlapping, with a border", rng, rng.normal(size=(2, 2, 6, 7)), 3, 2, 1),
    ]


def hidden_means(rng):
    made = []
    for name, shape, kernel, stride, padding in odd_windows(rng):
        x = rng.normal(size=shape)
        made.append(backward_case(AVERAGE, name, rng, x, kernel, stride, padding, "odd shapes"))
    for index in range(2):
        thin = rng.normal(size=(2, 3, 7, 6)).astype(np.float32)
        made.append(backward_case(AVERAGE, f"float32 {index}", rng, thin, 3 - index, 2, 0, "float32"))
    wide = rng.normal(size=(2, 3, 6, 14))[..., ::2]
    made.append(backward_case(AVERAGE, "strided", rng, wide, (2, 3), (2, 2), 0, "non-contiguous"))
    return made


AVGPOOL2D_BACKWARD = backward_of(
    AVERAGE,
    points=9,
    large={"x": (2, 3, 30, 33), "kernel": 3, "stride": 2},
    cases=visible_means(),
    interleaved=(3, 5),
    hidden=hidden_means,
    gradient={"x": np.random.default_rng(64).normal(size=(2, 3, 7, 8)), "kernel": 3, "stride": 2, "padding": 1},
    arguments=["x"],
    linear=True,
    properties=[
        identity(
            "windows side by side",
            "y, cache = avgpool2d_forward(x, kernel, stride)",
            "grad_x = avgpool2d_backward(grad_y, cache)",
            "sum(grad_x) == sum(grad_y)",
            inputs={
                "x": np.random.default_rng(65).normal(size=(2, 3, 4, 6)),
                "kernel": (2, 3),
                "stride": (2, 3),
                "grad_y": np.random.default_rng(66).normal(size=(2, 3, 2, 2)),
            },
        ),
    ],
    mutants=AVERAGE.backward_mutants(
        mean_windows,
        mean_windows_backward,
        """
        not_divided: [:, :, None, None] / (kh * kw) => [:, :, None, None]
            You give each pixel the whole gradient. In a mean of kH * kW pixels each weighs 1 / (kH * kW).
        overwritten: += share => = share
            Windows overlap, so a pixel belongs to several: add what they send (+=), do not overwrite it.
        height_only: / (kh * kw) => / kh
            You divide by the height of the window. It has kH * kW pixels.
        square: / (kh * kw) => / kh**2
            You divide by kH squared. A window has kH times kW pixels.
        stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
            The stride is missing in the backward pass: window (i, j) starts at (i * stride, j * stride).
        first_pixel: grad_padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw]
            => grad_padded[:, :, i * sh : i * sh + 1, j * sw : j * sw + 1]
            Only one pixel of each window gets a share. All of them were in the mean.
        padding_kept: return grad_padded[:, :, ph : h - ph, pw : w - pw] => return grad_padded
            grad_x still has the border of the padding. x has none: cut it off.
        minus_zero: ph : h - ph, pw : w - pw => ph:-ph, pw:-pw
            A slice p:-p is empty when p is 0. Write p : p + H.
        wrong_corner: ph : h - ph, pw : w - pw => : h - 2 * ph, : w - 2 * pw
            Your gradients are shifted by the padding. The image begins at row and column padding: cut p : p + H.
        double_precision: np.zeros(shape, grad_y.dtype) => np.zeros(shape)
            float32 goes in and float64 comes out: make the gradient with the dtype of grad_y.
        """,
    ),
    alternatives=[
        (mean_windows, mean_windows_backward),
        (mean_view, mean_corners_backward),
        (mean_matrix, mean_matrix_backward),
    ],
    hints="""
    Each pixel of a window entered the mean with the weight 1 / (kH * kW).
    For each window add grad_y / (kH * kW) to all of its pixels; windows may overlap, so use +=.
    Work on an array of the padded size and cut the border off at the end: p : p + H.
    """,
)
