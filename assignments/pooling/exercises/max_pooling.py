"""Max pooling, forward."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import exercise_of, identity, textual_mutants
from solutions.pooling import maxpool2d_forward

from .windows import both, forward_cases, in_two_steps


def forward_windows(x, kernel, stride=None, padding=0):
    kh, kw = (kernel, kernel) if np.ndim(kernel) == 0 else kernel
    stride = (kh, kw) if stride is None else stride
    sh, sw = (stride, stride) if np.ndim(stride) == 0 else stride
    ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    n, c, h, w = padded.shape
    y = np.empty((n, c, (h - kh) // sh + 1, (w - kw) // sw + 1), x.dtype)
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            y[:, :, i, j] = padded[:, :, i * sh : i * sh + kh, j * sw : j * sw + kw].max(axis=(2, 3))
    return y, (padded, kh, kw, sh, sw, ph, pw)


def forward_view(x, kernel, stride=None, padding=0):
    (kh, kw), (sh, sw), (ph, pw) = both(kernel), both(kernel if stride is None else stride), both(padding)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    windows = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::sh, ::sw]
    flat = windows.reshape(*windows.shape[:4], kh * kw)
    last = kh * kw - 1 - flat[..., ::-1].argmax(axis=-1)
    y = np.take_along_axis(flat, last[..., None], axis=-1)[..., 0]
    return y, (x.shape, padded.shape, last, (kh, kw), (sh, sw), (ph, pw))


def forward_corners(x, kernel, stride=None, padding=0):
    (kh, kw), (sh, sw), (ph, pw) = both(kernel), both(kernel if stride is None else stride), both(padding)
    padded = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    rows, columns = (padded.shape[2] - kh) // sh + 1, (padded.shape[3] - kw) // sw + 1
    y = np.full((*x.shape[:2], rows, columns), -np.inf, x.dtype)
    for u in range(kh):
        for v in range(kw):
            y = np.maximum(y, padded[:, :, u : u + sh * rows : sh, v : v + sw * columns : sw])
    return y, None


def raised(rng):
    """Images below 0, and the same with every pixel raised by 7.5."""
    x = rng.normal(size=(2, 3, 6, 7)) - 4
    return {"x": x, "x_raised": x + 7.5}


MAXPOOL2D_FORWARD = exercise_of(
    maxpool2d_forward,
    points=10,
    **forward_cases("maxpool2d_forward"),
    properties=[
        identity(
            "pixels that are all 7.5 larger make outputs 7.5 larger, at the border too",
            "y, _ = maxpool2d_forward(x, 3, 2, 1)",
            "y_raised, _ = maxpool2d_forward(x_raised, 3, 2, 1)",
            "y_raised - y == 7.5",
            inputs=raised,
            hidden="pixels that are all larger",
        ),
        in_two_steps("maxpool2d_forward"),
    ],
    mutants=textual_mutants(
        forward_windows,
        """
        zero_border: constant_values=-np.inf => constant_values=0
            The border is filled with 0, which beats every negative pixel. Fill it with minus infinity.
        mean: .max(axis=(2, 3)) => .mean(axis=(2, 3))
            You take the mean of each window. This pooling keeps the largest pixel.
        largest_in_size: .max(axis=(2, 3)) => .max(axis=(2, 3), initial=0)
            Your maximum never falls below 0: start from the window's own pixels, or from minus infinity.
        large_is_not_infinite: constant_values=-np.inf => constant_values=-1e9
            The border is filled with a large negative number, and pixels may be below it. Fill it with minus infinity.
        sides_swapped: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding
            => pw, ph = (padding, padding) if np.ndim(padding) == 0 else padding
            A pair is (height, width): the first number of the padding adds rows, the second columns.
        across_channels: .max(axis=(2, 3)) => .max(axis=(1, 2, 3))[:, None]
            You take the maximum over the channels too. Each map is pooled separately.
        stride_ignored: i * sh : i * sh + kh, j * sw : j * sw + kw => i : i + kh, j : j + kw
            Your windows move one pixel at a time: window (i, j) starts at (i * stride, j * stride).
        stride_one: stride = (kh, kw) if stride is None => stride = (1, 1) if stride is None
            Without a stride the windows lie side by side: the stride is then the kernel, not 1.
        window_turned: i * sh : i * sh + kh, j * sw : j * sw + kw => i * sh : i * sh + kw, j * sw : j * sw + kh
            Height and width of the window have changed places: a pair is (height, width).
        padding_forgotten: ph, pw = (padding, padding) if np.ndim(padding) == 0 else padding => ph = pw = 0
            The padding is not used.
        last_row_forgotten: y = np.empty((n, c, (h - kh) // sh + 1, => y = np.empty((n, c, (h - kh - 1) // sh + 1,
            The last row of windows is missing where it just fits: (H + 2 padding - kH) // stride + 1 rows.
        double_precision: // sw + 1), x.dtype) => // sw + 1))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[forward_windows, forward_view, forward_corners],
    hints="""
    Pad with minus infinity, so that the border never wins. np.pad takes constant_values.
    The sizes are those of a convolution without dilation: (H + 2 padding - kH) // stride + 1.
    y[:, :, i, j] = padded[:, :, i * s : i * s + kH, j * t : j * t + kW].max(axis=(2, 3)), in two loops.
    """,
)
