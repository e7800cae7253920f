"""im2col: each patch becomes a row."""

import numpy as np

from classroom.staff.declare.exercise import exercise_of, identity, textual_mutants
from solutions.convolution import im2col

from .patch_rows import column_cases


def im2col_kernel_loop(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    n, c, h, w = padded.shape
    rows, columns = (h - kh) // s + 1, (w - kw) // t + 1
    cols = np.empty((n, rows, columns, c, kh, kw), x.dtype)
    for u in range(kh):
        for v in range(kw):
            seen = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            cols[..., u, v] = seen.transpose(0, 2, 3, 1)
    return cols.reshape(n, rows, columns, c * kh * kw)


def im2col_window_loop(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    rows, columns = (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1
    cols = np.empty((len(x), rows, columns, x.shape[1] * kh * kw), x.dtype)
    for n in range(len(x)):
        for i in range(rows):
            for j in range(columns):
                cols[n, i, j] = padded[n, :, i * s : i * s + kh, j * t : j * t + kw].ravel()
    return cols


def im2col_indices(x, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    n, c, h, w = padded.shape
    i = (s * np.arange((h - kh) // s + 1))[:, None, None, None] + np.arange(kh)[:, None]
    j = (t * np.arange((w - kw) // t + 1))[:, None, None] + np.arange(kw)
    picked = padded[:, :, i, j]  # (N, C, H', W', kH, kW)
    return picked.transpose(0, 2, 3, 1, 4, 5).reshape(n, i.shape[0], j.shape[0], c * kh * kw)


def last_channels(rng):
    """Images, and the same with the channels at the end."""
    x = rng.normal(size=(2, 3, 4, 5))
    return {"x": x, "channels_last": np.ascontiguousarray(x.transpose(0, 2, 3, 1))}


ONE_PIXEL = identity(
    "a kernel of one pixel only moves the channels to the end",
    "cols = im2col(x, 1)",
    "cols == channels_last",
    inputs=last_channels,
    hidden="a kernel of one pixel",
)
IM2COL = exercise_of(
    im2col,
    points=12,
    **column_cases("forward"),
    properties=[
        ONE_PIXEL,
        identity(
            "windows side by side hold every pixel once",
            "cols = im2col(x, kernel, stride)",
            "sum(cols, 1, 2, 3) == sum(x, 1, 2, 3)",
            inputs=lambda rng: {"x": rng.uniform(1, 2, (2, 3, 4, 6)), "kernel": (2, 3), "stride": (2, 3)},
        ),
    ],
    mutants=textual_mutants(
        im2col_kernel_loop,
        """
        channels_last: return cols.reshape => return cols.transpose(0, 1, 2, 4, 5, 3).reshape
            Your rows run through the channels fastest. The order is channel, height, width, as in weight[f].ravel().
        kernel_transposed: return cols.reshape => return cols.swapaxes(4, 5).reshape
            Inside a patch you read columns before rows. The order is channel, height, width.
        kernel_flipped: cols[..., u, v] = => cols[..., kh - 1 - u, kw - 1 - v] =
            Each patch is turned round: its first number is its upper left pixel.
        stride_ignored: padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            => padded[:, :, u : u + rows, v : v + columns]
            The stride is missing: patch (i, j) starts at row i * stride and column j * stride.
        strides_exchanged: (kh, kw), (s, t), (p, q) = [ => (kh, kw), (t, s), (p, q) = [
            A pair of strides is (down, to the right): yours have changed places.
        edge_padding: (q, q))) => (q, q)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        padding_at_the_end: (p, p), (q, q))) => (0, 2 * p), (0, 2 * q)))
            You add all the zeros below and to the right. Padding goes on all four sides.
        flattened: return cols.reshape(n, rows, columns, c * kh * kw)
            => return cols.reshape(n * rows * columns, c * kh * kw)
            Keep the places apart: the answer is (N, H', W', C kH kW), not one long matrix.
        patches_as_columns: return cols.reshape(n, rows, columns, c * kh * kw)
            => return cols.reshape(n, rows * columns, c * kh * kw).swapaxes(1, 2)
            Your patches are columns. Here each patch is a row: (N, H', W', C kH kW).
        rows_and_columns_swapped: return cols.reshape(n, rows, columns,
            => return cols.swapaxes(1, 2).reshape(n, columns, rows,
            The places are listed column by column: the answer is (N, H', W', ...), rows first.
        borders_exchanged: padded = np.pad(x,
            => h, w = x.shape[2:]\\n    padded = np.pad(x * ((np.arange(h)[:, None] < w) & (np.arange(w) < h)),
            Height and width are exchanged where the border is tested: rows end at the height, columns at the width.
        other_defaults: stride=1, padding=0 => stride=1, padding=1
            Called without options, your function pads: the defaults are stride 1 and padding 0.
        last_pixel_forgotten: for v in range(kw):
            => for v in range(max(kw - 1, 1)):\\n            cols[..., u, kw - 1] = 0
            The last column of each patch is never copied: the loop stops one early.
        double_precision: c, kh, kw), x.dtype) => c, kh, kw))
            float32 goes in and float64 comes out: make the array with the dtype of x.
        """,
    ),
    alternatives=[im2col_kernel_loop, im2col_window_loop, im2col_indices],
    hints="""
    Pad first. Output (i, j) reads the patch that starts at row i * stride and column j * stride: ravel it into a row.
    Fewer steps: a loop over the kernel's positions (u, v) copies one pixel of all patches at once: the slice u : u + s
        * H' : s, and the same for the columns.
    Fill an array (N, H', W', C, kH, kW) and reshape it at the end. Or let sliding_window_view of
        numpy.lib.stride_tricks show all windows, and take every stride-th.
    """,
)
