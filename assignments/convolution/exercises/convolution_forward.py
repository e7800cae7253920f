"""Convolution, forward."""

import numpy as np

from classroom.staff.declare.exercise import exercise_of, identity, textual_mutants
from solutions.convolution import conv2d_forward

from .passes import (
    conv_cases,
    forward_columns,
    forward_einsum,
    forward_fourier,
    forward_loops,
    forward_positions,
    forward_single,
)
from .windows import picks


def move_kernels(rng):
    """Images, weights, and kernels whose only 1 is off the corner: each drops a row and two columns of a map."""
    move2, move3 = np.zeros((2, 2, 2, 3)), np.zeros((3, 3, 2, 3))
    move2[[0, 1], [0, 1], 1, 2] = move3[[0, 1, 2], [0, 1, 2], 1, 2] = 1
    x, weight = rng.normal(size=(2, 2, 6, 7)), rng.normal(size=(3, 2, 3, 2))
    return {"x": x, "weight": weight, "move2": move2, "move3": move3, "zeros2": np.zeros(2), "zeros3": np.zeros(3)}


PICKED = picks("y, _ = conv2d_forward(x, weight, bias, stride=2)")
MOVED = identity(
    "what moves in x moves in y, and is the same otherwise",
    "x_moved, _ = conv2d_forward(x, move2, zeros2)",
    "y_of_x_moved, _ = conv2d_forward(x_moved, weight, zeros3)",
    "y, _ = conv2d_forward(x, weight, zeros3)",
    "y_moved, _ = conv2d_forward(y, move3, zeros3)",
    "y_of_x_moved == y_moved",
    inputs=move_kernels,
    hidden="an image that moves",
)

CONV2D_FORWARD = exercise_of(
    conv2d_forward,
    points=20,
    **conv_cases("forward"),
    properties=[PICKED, MOVED],
    mutants=textual_mutants(
        forward_positions,
        r"""
        kernel_flipped: np.tensordot(patch, weight, => np.tensordot(patch, weight[:, :, ::-1, ::-1],
            The kernel acts turned round. Networks slide it as it is: the patch times weight, entry by entry.
        stride_only_down: j * stride : j * stride + kw => j : j + kw
            The stride moves your window down, but not to the right: column j starts at j * stride too.
        stride_only_right: i * stride : i * stride + kh => i : i + kh
            The stride moves your window to the right, but not down: row i starts at i * stride too.
        width_from_height: columns = (w + 2 * padding - kw) // stride + 1 => columns = rows
            Your output is as wide as it is high. Its width comes from that of the image and of the kernel.
        stride_ignored: i * stride : i * stride + kh, j * stride : j * stride + kw => i : i + kh, j : j + kw
            Your windows move one pixel at a time. Output (i, j) reads the patch that starts at (i * stride, j *
            stride).
        bias_forgotten: [1, 2, 3])) + bias => [1, 2, 3]))
            The bias is missing: bias[f] is added to every pixel of map f.
        first_channel: np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))
            => np.tensordot(patch[:, 0], weight[:, 0], axes=([1, 2], [1, 2]))
            You read the first channel only. A filter spans all channels of the image, and their products are summed.
        mean_of_patch: axes=([1, 2, 3], [1, 2, 3])) + => axes=([1, 2, 3], [1, 2, 3])) / patch[0].size +
            You average the products over the patch. A convolution sums them.
        edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        padding_at_the_end: (0, 0), (padding, padding), (padding, padding) => (0, 0), (0, 2 * padding), (0, 2 * padding)
            You add all the zeros below and to the right. Padding goes on all four sides.
        padding_once: (h + 2 * padding - kh) => (h + padding - kh)
            and (w + 2 * padding - kw) => (w + padding - kw)
            Your output is too small: the padding makes the image larger on both sides, by 2 * padding.
        sizes_swapped: y = np.zeros((n, f, rows, columns), x.dtype)
            => rows, columns = columns, rows\n    y = np.zeros((n, f, rows, columns), x.dtype)
            and for i in range(rows): => for i in range(min(rows, (padded.shape[2] - kh) // stride + 1)):
            and for j in range(columns): => for j in range(min(columns, (padded.shape[3] - kw) // stride + 1)):
            Height and width have changed places: the rows of y come from H and kH, its columns from W and kW.
        last_row_forgotten: for i in range(rows): => for i in range(rows - 1):
            The last row of y stays 0: your loop stops one row early.
        double_precision: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[forward_positions, forward_loops, forward_einsum, forward_columns, forward_fourier, forward_single],
    hints="""
    Work out the sizes first: H' = (H + 2 * padding - kH) // stride + 1, and W' likewise. Make y of that shape, with x's
        dtype.
    Pad once, then let two loops run over i and j. Output (i, j) reads rows i * stride to i * stride + kH of the padded
        image.
    np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) gives (N, F), the products summed for all images and
        filters.
    """,
)
