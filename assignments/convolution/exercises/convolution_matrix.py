"""Convolution as a matrix."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.convolution import conv_as_matrix

from .windows import spoken


def matrix_case(name, weight, x_shape, stride, padding, kind=""):
    inputs = spoken({"weight": weight, "x_shape": x_shape, "stride": stride, "padding": padding})
    calls = [f"matrix = conv_as_matrix({', '.join(inputs)})"]
    return Case(name, inputs=inputs, calls=calls, outputs=("matrix",), kind=kind)


def visible_matrices():
    rng = np.random.default_rng(59)
    return [
        matrix_case("one row", np.array([[[[1.0, 2.0]]]]), (1, 1, 4), 1, 0),
        matrix_case("by hand", np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]]), (1, 3, 4), 1, 0),
        matrix_case("two channels, three filters", rng.normal(size=(3, 2, 2, 3)), (2, 3, 5), 1, 0),
        matrix_case("padding", rng.normal(size=(2, 1, 3, 2)), (1, 4, 3), 1, 1),
        matrix_case("stride 2 and padding", rng.normal(size=(2, 3, 2, 3)), (3, 5, 4), 2, 1),
        matrix_case("two strides", rng.normal(size=(2, 2, 1, 2)), (2, 4, 5), (1, 2), (0, 1)),
    ]


def hidden_matrices(rng):
    made = []
    for index, (stride, padding) in enumerate([(1, 1), (2, 0), ((1, 3), (2, 0))]):
        f, c = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        kh, kw = (int(size) for size in rng.permutation([1, 2, 3])[:2])
        h, w = (int(size) for size in rng.permutation([4, 5, 6])[:2])
        made.append(
            matrix_case(f"odd {index}", rng.normal(size=(f, c, kh, kw)), (c, h, w), stride, padding, "odd shapes")
        )
    made.append(matrix_case("framed", rng.normal(size=(2, 2, 3, 2)), (2, 3, 2), 2, (3, 4), "a wide border"))
    made.append(
        matrix_case("narrow", rng.normal(size=(2, 1, 2, 3)), (1, 3, 4), 1, (0, 2), "a border of its own each way")
    )
    made.append(matrix_case("whole", rng.normal(size=(2, 2, 3, 4)), (2, 3, 4), 1, 0, "a kernel as large as the image"))
    made.append(matrix_case("pixel", rng.normal(size=(3, 2, 1, 1)), (2, 2, 3), 1, 0, "a kernel of one pixel"))
    for index in range(2):
        weight = rng.normal(size=(2, 1, 2, 3)).astype(np.float32)
        made.append(matrix_case(f"float32 {index}", weight, (1, 3, 4 + index), 1, 0, "float32"))
    made.append(matrix_case("strided", rng.normal(size=(2, 2, 3, 4))[..., ::2], (2, 4, 3), 1, 1, "non-contiguous"))
    return made


def matrix_entries(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    (f, _, kh, kw), (c, h, w) = weight.shape, x_shape
    rows, columns = (h + 2 * p - kh) // s + 1, (w + 2 * q - kw) // t + 1
    matrix = np.zeros((f, rows, columns, c, h, w), weight.dtype)
    for i, j, u, v in np.ndindex(rows, columns, kh, kw):
        row, column = i * s + u - p, j * t + v - q
        if 0 <= row < h and 0 <= column < w:
            matrix[:, i, j, :, row, column] = weight[:, :, u, v]
    return matrix.reshape(f * rows * columns, c * h * w)


def matrix_of_units(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    units = np.eye(int(np.prod(x_shape)), dtype=weight.dtype).reshape(-1, *x_shape)
    padded = np.pad(units, ((0, 0), (0, 0), (p, p), (q, q)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::s, ::t]
    y = np.einsum("nchwij,fcij->nfhw", patches, weight)  # each column is the answer to one unit image
    return y.reshape(len(units), -1).T


def matrix_of_padded(weight, x_shape, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    c, h, w = x_shape
    rows = []
    for kernel in weight:
        for top in range(0, h + 2 * p - weight.shape[2] + 1, s):
            for left in range(0, w + 2 * q - weight.shape[3] + 1, t):
                image = np.zeros((c, h + 2 * p, w + 2 * q), weight.dtype)
                image[:, top : top + weight.shape[2], left : left + weight.shape[3]] = kernel
                rows.append(image[:, p : p + h, q : q + w].ravel())
    return np.array(rows)


def kernels_in_rows(rng):
    """A weight, and for each of the 9 places of each filter the filter in a row."""
    weight = rng.uniform(1, 2, size=(3, 2, 2, 3))
    return {"weight": weight, "x_shape": (2, 4, 5), "kernels": np.repeat(weight.reshape(3, -1), 9, axis=0)}


WHOLE_KERNELS = identity(
    "without padding every row holds its whole kernel",
    "matrix = conv_as_matrix(weight, x_shape)",
    "sum(matrix, 1) == sum(kernels, 1)",
    inputs=kernels_in_rows,
    hidden="the sums of the rows",
)
CONV_AS_MATRIX = exercise_of(
    conv_as_matrix,
    points=10,
    cases=visible_matrices(),
    hidden=hidden_matrices,
    properties=[
        WHOLE_KERNELS,
        identity(
            "a kernel that copies makes the matrix that copies",
            "matrix = conv_as_matrix(weight, x_shape)",
            "matrix == identity",
            inputs={"weight": np.eye(2)[:, :, None, None], "x_shape": (2, 3, 4), "identity": np.eye(24)},
        ),
    ],
    mutants=textual_mutants(
        matrix_entries,
        """
        kernel_flipped: = weight[:, :, u, v] => = weight[:, :, kh - 1 - u, kw - 1 - v]
            Your rows hold the kernel turned round. A row is the kernel as it lies on the image.
        transposed: return matrix.reshape(f * rows * columns, c * h * w)
            => return matrix.reshape(f * rows * columns, c * h * w).T
            Rows and columns are exchanged: a row for each output, a column for each pixel. (Yours maps back.)
        wrapped_round: if 0 <= row < h and 0 <= column < w: => if row < h and column < w:
            A negative index counts from the end, so your padding wraps round to the other border. Leave them out.
        stride_ignored: i * s + u - p, j * t + v - q => i + u - p, j + v - q
            The stride is missing: output (i, j) sees the pixels from row i * stride and column j * stride.
        padding_forgotten: (f, _, kh, kw), (c, h, w) = => p = q = 0\\n    (f, _, kh, kw), (c, h, w) =
            Padding is left out: a frame of zeros gives more outputs, and so more rows.
        padding_not_subtracted: i * s + u - p, j * t + v - q => i * s + u, j * t + v
            Padding moves the windows up and to the left: subtract it from the row and the column.
        filters_last: return matrix.reshape => return matrix.transpose(1, 2, 0, 3, 4, 5).reshape
            The outputs are in the order place, filter. y.ravel() runs through filter, row, column.
        channels_last: return matrix.reshape => return matrix.transpose(0, 1, 2, 4, 5, 3).reshape
            The pixels are in the order row, column, channel. x.ravel() runs through channel, row, column.
        columns_first: return matrix.reshape => return matrix.swapaxes(1, 2).reshape
            The outputs run down the columns first. y.ravel() runs through filter, row, column.
        other_defaults: stride=1, padding=0 => stride=2, padding=0
            Called without options, your windows move by two: the defaults are stride 1 and padding 0.
        first_channel: matrix[:, i, j, :, row, column] = weight[:, :, u, v]
            => matrix[:, i, j, 0, row, column] = weight[:, 0, u, v]
            Only the first channel is there. A filter spans all channels.
        double_precision: c, h, w), weight.dtype) => c, h, w))
            float32 goes in and float64 comes out: make the matrix with the dtype of weight.
        """,
    ),
    alternatives=[matrix_entries, matrix_of_units, matrix_of_padded],
    hints="""
    A row of the matrix belongs to one output (f, i, j). Which pixels does it see, and with which weights?
    Make zeros of shape (F, H', W', C, H + 2p, W + 2q), write the kernel where its window lies, and reshape at the end.
    The columns of the padding meet only zeros: cut them off before you reshape to (F H' W', C H W).
    """,
)
