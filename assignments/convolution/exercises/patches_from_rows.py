"""col2im: what im2col copied comes back and is added up."""

import numpy as np

from classroom.staff.declare.exercise import exercise_of, identity, textual_mutants
from solutions.convolution import col2im, im2col

from .patch_rows import column_cases, columns_inputs


def col2im_kernel_loop(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    rows, columns = cols.shape[1:3]
    patches = cols.reshape(n, rows, columns, c, kh, kw)
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    for u in range(kh):
        for v in range(kw):
            place = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
            place += patches[..., u, v].transpose(0, 3, 1, 2)
    return padded[:, :, p : p + h, q : q + w]


def col2im_window_loop(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    for i in range(cols.shape[1]):
        for j in range(cols.shape[2]):
            patch = cols[:, i, j].reshape(n, c, kh, kw)
            padded[:, :, i * s : i * s + kh, j * t : j * t + kw] += patch
    return padded[:, :, p : p + h, q : q + w]


def col2im_add_at(cols, x_shape, kernel, stride=1, padding=0):
    (kh, kw), (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (kernel, stride, padding)]
    n, c, h, w = x_shape
    padded = np.zeros((n, c, h + 2 * p, w + 2 * q), cols.dtype)
    i = (s * np.arange(cols.shape[1]))[:, None, None, None] + np.arange(kh)[:, None]
    j = (t * np.arange(cols.shape[2]))[:, None, None] + np.arange(kw)
    patches = cols.reshape(n, *cols.shape[1:3], c, kh, kw).transpose(0, 3, 1, 2, 4, 5)
    np.add.at(padded, (slice(None), slice(None), i, j), patches)
    return padded[:, :, p : p + h, q : q + w]


def col2im_adjoint():
    inputs = columns_inputs(np.random.default_rng(55), (2, 3, 5, 6), (3, 2), (2, 1), 1)
    cols = im2col(inputs["x"], inputs["kernel"], inputs["stride"], inputs["padding"])
    return identity(
        "transpose of im2col",
        "grad_x = col2im(grad_cols, x_shape, kernel, stride, padding)",
        "sum(cols * grad_cols) == sum(x * grad_x)",
        inputs={**inputs, "cols": cols},
    )


NOTHING_LOST = identity(
    "without padding every number comes to one pixel",
    "grad_x = col2im(grad_cols, x_shape, kernel)",
    "sum(grad_x, 1, 2, 3) == sum(grad_cols, 1, 2, 3)",
    inputs=lambda rng: {"grad_cols": rng.uniform(1, 2, (2, 3, 5, 18)), "x_shape": (2, 3, 5, 6), "kernel": (3, 2)},
    hidden="overlapping windows without padding",
)
COL2IM = exercise_of(
    col2im,
    points=13,
    **column_cases("backward"),
    properties=[col2im_adjoint(), NOTHING_LOST],
    mutants=[
        *textual_mutants(
            col2im_window_loop,
            """
            last_patch_wins: kw] += patch => kw] = patch
                A pixel may stand in several patches, and yours keeps the last one's number: add them up, with += in a
                loop, with np.add.at for arrays of indices.
            divided_by_visits: padded = np.zeros( => visits = np.zeros((h + 2 * p, w + 2 * q))\\n    padded = np.zeros(
                and kw] += patch => kw] += patch\\n            visits[i * s : i * s + kh, j * t : j * t + kw] += 1
                and return padded[:, => return (padded / np.maximum(visits, 1))[:,
                You divide by how many patches a pixel stands in. What they bring is added up, not averaged.
            """,
        ),
        *textual_mutants(
            col2im_kernel_loop,
            """
            overwritten: place += patches[..., u, v].transpose(0, 3, 1, 2)
                => place[...] = patches[..., u, v].transpose(0, 3, 1, 2)
                A pixel may stand in several patches: add what they bring (+=), do not overwrite it.
            strides_exchanged: (kh, kw), (s, t), (p, q) = [ => (kh, kw), (t, s), (p, q) = [
                A pair of strides is (down, to the right): yours have changed places.
            channels_last: patches[..., u, v].transpose(0, 3, 1, 2)
                => cols.reshape(n, rows, columns, kh, kw, c)[:, :, :, u, v].transpose(0, 3, 1, 2)
                A row is ordered by channel, height, width: reshape it to (C, kH, kW).
            kernel_transposed: patches[..., u, v] => cols.reshape(n, rows, columns, c, kw, kh)[..., v, u]
                A row is ordered by channel, height, width: reshape it to (C, kH, kW), not (C, kW, kH).
            kernel_flipped: += patches[..., u, v] => += patches[..., kh - 1 - u, kw - 1 - v]
                Each patch comes back turned round. Its first number belongs to its upper left pixel.
            stride_ignored: padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
                => padded[:, :, u : u + rows, v : v + columns]
                The stride is missing in the backward pass: patch (i, j) came from row i * stride, column j * stride.
            padding_kept: return padded[:, :, p : p + h, q : q + w] => return padded
                The frame of the padding is still there: return what has the shape of x.
            minus_zero: padded[:, :, p : p + h, q : q + w] => padded[:, :, p:-p, q:-q]
                A slice p:-p is empty when p is 0. Write p : p + H.
            wrong_corner: padded[:, :, p : p + h, q : q + w] => padded[:, :, :h, :w]
                You cut the frame off at one end only: the image begins at row p and column q.
            averaged: return padded[:, :, p : p + h, q : q + w] => return padded[:, :, p : p + h, q : q + w] / (kh * kw)
                You take a mean. The transpose of copying is adding: nothing is divided.
            last_row_forgotten: for u in range(kh): => for u in range(max(kh - 1, 1)):
                The last row of each patch is never added: the loop stops one early.
            other_defaults: stride=1, padding=0 => stride=2, padding=0
                Called without options, your patches stand two apart: the defaults are stride 1 and padding 0.
            double_precision: w + 2 * q), cols.dtype) => w + 2 * q))
                float32 goes in and float64 comes out: make the array with the dtype of cols.
            """,
        ),
    ],
    alternatives=[col2im_kernel_loop, col2im_window_loop, col2im_add_at],
    hints="""
    Every number of a row was copied from one pixel. Send it back there and add.
    Start with zeros of the padded shape. A loop over (i, j) adds cols[:, i, j].reshape(N, C, kH, kW) to its window.
    At the end cut the frame off: padded[:, :, p : p + H, q : q + W].
    """,
)
