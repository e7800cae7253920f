"""Convolution as one matrix product."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.convolution import conv2d_im2col

from .windows import conv_call, conv_inputs, picks, small_inputs, spoken

IM2COL_CALL = "y = conv2d_im2col(x, weight, bias, stride=stride, padding=padding)"


def product_case(name, inputs, kind=""):
    inputs = spoken(inputs)
    calls = [f"y = {conv_call(inputs, 'conv2d_im2col')}"]
    return Case(name, inputs=inputs, calls=calls, outputs=("y",), kind=kind)


def visible_products():
    rng = np.random.default_rng(56)
    return [
        product_case("by hand", small_inputs([[1, 2, 0, -1], [3, -2, 1, 4]], [[1, -2]], 1, 0)),
        product_case("overlapping windows", conv_inputs(rng, (3, 2, 6, 9, 4, 3, 5), 1, 2)),
        product_case("stride 2 with a remainder", conv_inputs(rng, (2, 3, 8, 9, 4, 3, 2), 2, 0)),
        product_case("two strides, two paddings", conv_inputs(rng, (2, 3, 7, 9, 5, 2, 4), (3, 2), (0, 2))),
        product_case("no padding", conv_inputs(rng, (2, 3, 4, 6, 5, 2, 3), 1, 0)),
    ]


def hidden_products(rng):
    made = []
    for index, (stride, padding) in enumerate([(1, 1), ((2, 3), 0), ((3, 1), (1, 2))]):
        n, c, f = (int(size) for size in rng.permutation([2, 3, 4]))
        kh, kw = (int(size) for size in rng.permutation([2, 3, 4])[:2])
        h, w = (int(size) for size in rng.permutation([6, 7, 8, 9])[:2])
        inputs = conv_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)
        made.append(product_case(f"odd {index}", inputs, "odd shapes"))
    made.append(product_case("1 x 1", conv_inputs(rng, (3, 4, 5, 7, 2, 1, 1), 1, 0), "a kernel of one pixel"))
    made.append(product_case("single", conv_inputs(rng, (1, 1, 6, 5, 1, 3, 2), 2, 1), "one filter"))
    made.append(product_case("whole", conv_inputs(rng, (2, 3, 4, 5, 6, 4, 5), 1, 0), "a kernel as large as the image"))
    made.append(product_case("framed", conv_inputs(rng, (2, 3, 4, 5, 2, 3, 4), 2, (3, 4)), "a wide border"))
    for index in range(2):
        thin = conv_inputs(rng, (2, 3, 5, 6 + index, 4, 2, 3), 1, 1)
        thin |= {name: thin[name].astype(np.float32) for name in ("x", "weight", "bias")}
        made.append(product_case(f"float32 {index}", thin, "float32"))
    wide = conv_inputs(rng, (2, 3, 6, 14, 4, 3, 2), 2, 1)
    wide["x"] = wide["x"][..., ::2]
    wide["weight"] = wide["weight"].transpose(0, 1, 3, 2)
    made.append(product_case("strided", wide, "non-contiguous"))
    return made


def product_flat(x, weight, bias, *, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    f, c, kh, kw = weight.shape
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    patches = sliding_window_view(padded, (kh, kw), axis=(2, 3))[:, :, ::s, ::t]
    n, _, rows, columns = patches.shape[:4]
    cols = patches.transpose(0, 2, 3, 1, 4, 5).reshape(n * rows * columns, c * kh * kw)
    y = cols @ weight.reshape(f, -1).T + bias
    return y.reshape(n, rows, columns, f).transpose(0, 3, 1, 2)


def product_upright(x, weight, bias, *, stride=1, padding=0):
    (s, t), (p, q) = [(v, v) if np.ndim(v) == 0 else v for v in (stride, padding)]
    f, c, kh, kw = weight.shape
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    rows, columns = (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1
    upright = np.empty((len(x), c, kh, kw, rows, columns), x.dtype)
    for u in range(kh):
        for v in range(kw):
            upright[:, :, u, v] = padded[:, :, u : u + s * rows : s, v : v + t * columns : t]
    y = weight.reshape(f, -1) @ upright.reshape(len(x), c * kh * kw, rows * columns) + bias[:, None]
    return y.reshape(len(x), f, rows, columns)


def product_image_by_image(x, weight, bias, *, stride=1, padding=0):
    s, t = (stride, stride) if np.ndim(stride) == 0 else stride
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    made = []
    for image in x:
        padded = np.pad(image, ((0, 0), (p, p), (q, q)))
        patches = sliding_window_view(padded, weight.shape[2:], axis=(1, 2))[:, ::s, ::t]
        made.append(np.tensordot(weight, patches, axes=([1, 2, 3], [0, 3, 4])) + bias[:, None, None])
    return np.stack(made)


def product_one_by_one(x, weight, bias, *, stride=1, padding=0):
    s, t = (stride, stride) if np.ndim(stride) == 0 else stride
    p, q = (padding, padding) if np.ndim(padding) == 0 else padding
    padded = np.pad(x, ((0, 0), (0, 0), (p, p), (q, q)))
    f, _, kh, kw = weight.shape
    y = np.empty((len(x), f, (padded.shape[2] - kh) // s + 1, (padded.shape[3] - kw) // t + 1), x.dtype)
    for n, k, i, j in np.ndindex(y.shape):
        patch = padded[n, :, s * i : s * i + kh, t * j : t * j + kw]
        y[n, k, i, j] = np.sum(patch * weight[k]) + bias[k]
    return y


def unit_kernel():
    """A 3 by 3 kernel whose only 1 is in the middle gives every channel back."""
    weight = np.zeros((3, 3, 3, 3))
    weight[[0, 1, 2], [0, 1, 2], 1, 1] = 1
    x = np.random.default_rng(57).normal(size=(2, 3, 5, 4))
    return {"x": x, "weight": weight, "bias": np.zeros(3), "stride": 1, "padding": 1}


PRODUCT_MUTANTS = """
bias_forgotten: .T + bias => .T
    The bias is missing: bias[f] is added to every pixel of map f.
axes_mixed: y.reshape(n, rows, columns, f).transpose(0, 3, 1, 2) => y.reshape(n, f, rows, columns)
    The product has the filters last: reshape it to (N, H', W', F), then move F to the front with transpose.
kernel_flipped: cols @ weight.reshape => cols @ weight[:, :, ::-1, ::-1].reshape
    The kernel acts turned round. Networks slide it as it is.
order_of_a_row: patches.transpose(0, 2, 3, 1, 4, 5) => patches.transpose(0, 2, 3, 4, 5, 1)
    The rows of your patches run channel last, those of the weights channel first: the products pair wrong numbers.
"""

PRODUCT_PICKED = picks("y = conv2d_im2col(x, weight, bias, stride=2)")
CONV2D_IM2COL = exercise_of(
    conv2d_im2col,
    points=15,
    cases=visible_products(),
    hidden=hidden_products,
    properties=[
        identity(
            "a kernel that copies",
            IM2COL_CALL,
            "y == x",
            inputs=unit_kernel(),
        ),
    ],
    hidden_properties=[PRODUCT_PICKED.drawn(PRODUCT_PICKED.hidden)],
    mutants=[
        *textual_mutants(product_flat, PRODUCT_MUTANTS),
        *textual_mutants(
            product_flat,
            """
            weights_reshaped_not_transposed: weight.reshape(f, -1).T => weight.reshape(-1, f)
                weight.reshape(-1, F) cuts the filters in pieces. Write each filter in a row, then transpose the matrix.
            stride_only_down: [:, :, ::s, ::t] => [:, :, ::s]
                The stride moves your window down, but not to the right.
            stride_ignored: [:, :, ::s, ::t] => [:, :, :, :]
                Your windows move one pixel at a time. Output (i, j) reads the patch at (i * stride, j * stride).
            edge_padding: (q, q))) => (q, q)), mode="edge")
                You repeat the border pixels. Padding adds zeros.
            padding_forgotten: (p, p), (q, q))) => (0, 0), (0, 0)))
                The padding is not used.
            other_defaults: stride=1, padding=0 => stride=1, padding=1
                Called without options, your function pads: the defaults are stride 1 and padding 0.
            double_precision: cols @ weight => cols.astype(float) @ weight
                float32 goes in and float64 comes out: keep the dtype of x.
            """,
        ),
    ],
    alternatives=[product_flat, product_upright, product_image_by_image, product_one_by_one],
    hints="""
    cols = im2col(x, weight.shape[2:], stride, padding) has a patch in each row. What matrix has a filter in each
        column?
    weight.reshape(F, -1).T, so y = cols @ weight.reshape(F, -1).T + bias is (N, H', W', F).
    The filters belong on axis 1: y.transpose(0, 3, 1, 2).
    """,
)
