"""Transposed convolution."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Pair, backward_of, exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import in_float32, shuffled
from solutions.convolution import conv2d_transpose_backward, conv2d_transpose_forward
from solutions.fast import conv2d_forward as fast_conv_forward

from .passes import draws, hidden_passes, strided, visible_passes

TRANSPOSED = Pair(conv2d_transpose_forward, conv2d_transpose_backward)


def transposed_inputs(rng, sizes, stride, padding):
    n, c, h, w, f, kh, kw = sizes
    return draws(rng, x=(n, c, h, w), weight=(c, f, kh, kw), bias=f) | {"stride": stride, "padding": padding}


def transposed_cases(direction):
    rng = np.random.default_rng(74)
    hand = {
        "x": np.array([[[[1.0, 2.0, -1.0]]]]),
        "weight": np.array([[[[1.0, 3.0]], [[2.0, -5.0]]]]),
        "bias": np.array([0.5, -1.0]),
        "stride": 2,
        "padding": 0,
    }
    inputs = [
        ("stamps side by side", hand),
        ("stamps that overlap", transposed_inputs(rng, (2, 3, 4, 6, 2, 3, 2), 1, 0)),
        ("stride 2", transposed_inputs(rng, (2, 3, 3, 4, 4, 3, 5), 2, 0)),
        ("stride 2 and padding", transposed_inputs(rng, (3, 2, 5, 4, 4, 2, 3), 2, 1)),
        ("gaps between the stamps", transposed_inputs(rng, (2, 4, 3, 4, 3, 2, 1), 3, 0)),
        ("stride 1 and padding", transposed_inputs(rng, (2, 2, 5, 6, 3, 3, 4), 1, 2)),
    ]
    visible = visible_passes(TRANSPOSED, direction, rng, inputs)

    def hidden(rng):
        drawn = []
        for stride, padding in ((1, 1), (2, 0), (3, 1)):
            n, c, f = shuffled(rng, 2, 3, 4)
            kh, kw = shuffled(rng, 2, 3, 4)[:2]
            h, w = shuffled(rng, 3, 4, 5)[:2]
            drawn.append(("odd shapes", transposed_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)))
        drawn.append(("a kernel of one pixel", transposed_inputs(rng, (2, 3, 4, 5, 4, 1, 1), 2, 0)))
        drawn.append(("stamps that just touch", transposed_inputs(rng, (2, 3, 3, 4, 2, 2, 2), 2, 0)))
        drawn.append(("one filter", transposed_inputs(rng, (1, 1, 4, 3, 1, 2, 3), 1, 0)))
        drawn.append(("a wide border", transposed_inputs(rng, (2, 3, 5, 4, 2, 4, 5), 2, 3)))
        drawn.append(("one pixel", transposed_inputs(rng, (2, 3, 1, 1, 2, 3, 4), 2, 0)))
        drawn.append(("float32", in_float32(transposed_inputs(rng, (2, 3, 3, 4, 4, 2, 3), 2, 1))))
        drawn.append(("float32", in_float32(transposed_inputs(rng, (3, 2, 4, 3, 2, 3, 2), 1, 0))))
        drawn.append(("non-contiguous", strided(rng, transposed_inputs(rng, (2, 3, 3, 4, 4, 2, 3), 2, 0))))
        return hidden_passes(TRANSPOSED, direction, rng, drawn)

    return {"cases": visible, "hidden": hidden}


def transposed_adjoint():
    """With the same weight, the sum of transposed(x) * g is that of x * convolved(g)."""
    rng = np.random.default_rng(75)
    g = rng.normal(size=(2, 4, 9, 8))  # what a convolution of kernel (3, 2), stride 2, padding 1 maps to (5, 5)
    weight = rng.normal(size=(3, 4, 3, 2))
    convolved, _ = fast_conv_forward(g, weight, np.zeros(3), stride=2, padding=1)
    x = rng.normal(size=convolved.shape)
    return identity(
        "transpose of the convolution",
        "y, cache = conv2d_transpose_forward(x, weight, no_bias, stride=2, padding=1)",
        "sum(y * g) == sum(x * convolved)",
        inputs={"x": x, "weight": weight, "no_bias": np.zeros(4), "g": g, "convolved": convolved},
    )


def stamp_by_stamp(x, weight, bias, *, stride=1, padding=0):
    n, _, h, w = x.shape
    _, f, kh, kw = weight.shape
    rows, columns = (h - 1) * stride + kh, (w - 1) * stride + kw
    canvas = np.zeros((n, f, rows, columns), x.dtype)
    for i in range(h):
        for j in range(w):
            stamp = np.tensordot(x[:, :, i, j], weight, axes=(1, 0))
            canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] += stamp
    y = canvas[:, :, padding : rows - padding, padding : columns - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def stamp_by_stamp_backward(grad_y, cache):
    x, weight, stride, padding = cache
    kh, kw = weight.shape[2:]
    canvas = np.pad(grad_y, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    grad_x = np.zeros_like(x)
    grad_weight = np.zeros_like(weight)
    for i in range(x.shape[2]):
        for j in range(x.shape[3]):
            patch = canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            grad_x[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))
            grad_weight += np.tensordot(x[:, :, i, j], patch, axes=(0, 0))
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def spread_and_convolve(x, weight, bias, *, stride=1, padding=0):
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    spread = np.zeros((n, c, (h - 1) * stride + 1, (w - 1) * stride + 1), x.dtype)
    spread[:, :, ::stride, ::stride] = x
    framed = np.pad(spread, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
    patches = sliding_window_view(framed, (kh, kw), axis=(2, 3))
    full = np.einsum("nchwij,cfij->nfhw", patches, weight[:, :, ::-1, ::-1])
    rows, columns = full.shape[2:]
    y = full[:, :, padding : rows - padding, padding : columns - padding] + bias[:, None, None]
    return y, (x, weight, stride, padding)


def convolve_back(grad_y, cache):
    x, weight, stride, padding = cache
    framed = np.pad(grad_y, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(framed, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    grad_x = np.einsum("nfhwij,cfij->nchw", patches, weight)
    grad_weight = np.einsum("nfhwij,nchw->cfij", patches, x)
    return grad_x, grad_weight, np.einsum("nfhw->f", grad_y)


TRANSPOSE_FORWARD = exercise_of(
    conv2d_transpose_forward,
    points=10,
    **transposed_cases("forward"),
    properties=[transposed_adjoint()],
    mutants=textual_mutants(
        stamp_by_stamp,
        """
        overwritten: kw] += stamp => kw] = stamp
            Stamps overlap: add them (+=), do not overwrite one by the next.
        kernel_flipped: np.tensordot(x[:, :, i, j], weight, => np.tensordot(x[:, :, i, j], weight[:, :, ::-1, ::-1],
            The kernel acts turned round. A stamp is the kernel as it is, times the pixel.
        bias_forgotten: columns - padding] + bias[:, None, None] => columns - padding]
            The bias is missing: bias[f] is added to every pixel of map f.
        bias_in_the_canvas: canvas = np.zeros((n, f, rows, columns), x.dtype)
            => canvas = np.zeros((n, f, rows, columns), x.dtype) + bias[:, None, None] * (kh * kw)
            The bias is counted several times: add it once to every output pixel, at the end.
        padding_kept: canvas[:, :, padding : rows - padding, padding : columns - padding] + => canvas +
            The padding is not cut off: what the convolution the other way padded falls away here.
        minus_zero: padding : rows - padding, padding : columns - padding => padding:-padding, padding:-padding
            A slice p:-p is empty when p is 0. Write p : size - p.
        wrong_corner: padding : rows - padding, padding : columns - padding
            => 2 * padding :, 2 * padding :
            All the padding is cut off above and to the left. Half of it belongs below and to the right.
        first_channel: np.tensordot(x[:, :, i, j], weight, => np.tensordot(x[:, :1, i, j], weight[:1],
            Only the first channel leaves stamps. Every input channel does, and they are added.
        double_precision: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make the canvas with the dtype of x.
        stride_ignored: canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            => canvas[:, :, i : i + kh, j : j + kw]
            Your stamps stand one pixel apart. The stamp of pixel (i, j) begins at (i * stride, j * stride).
        """,
    ),
    alternatives=[stamp_by_stamp, spread_and_convolve],
    hints="""
    Make a canvas of zeros, (H - 1) * stride + kH rows. Each input pixel stamps its kernel on it.
    The stamp of pixel (i, j), for all images: np.tensordot(x[:, :, i, j], weight,
        axes=(1, 0)), of shape (N, F, kH, kW). Add it at (i * stride, j * stride).
    At the end cut off padding on each side (padding : rows - padding) and add the bias.
    """,
)
TRANSPOSE_BACKWARD = backward_of(
    TRANSPOSED,
    points=10,
    large={"x": (2, 3, 18, 20), "weight": (3, 4, 3, 2), "bias": (4,), "stride": 2},
    large_times=35.0,
    parts={"grad_x": 2, "grad_weight": 2, "grad_bias": 1},
    **transposed_cases("backward"),
    interleaved=(0, 1),
    gradient=transposed_inputs(np.random.default_rng(76), (2, 3, 4, 5, 2, 3, 4), 2, 1),
    linear=True,
    mutants=TRANSPOSED.backward_mutants(
        stamp_by_stamp,
        stamp_by_stamp_backward,
        """
        kernel_flipped: np.tensordot(patch, weight, => np.tensordot(patch, weight[:, :, ::-1, ::-1],
            The kernel acts turned round on the way back. A pixel gets back its window times the kernel as it is.
        stride_ignored: canvas[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            => canvas[:, :, i : i + kh, j : j + kw]
            The stride is missing: the stamp of pixel (i, j) began at (i * stride, j * stride).
        last_stamp: grad_weight += np => grad_weight[...] = np
            grad_weight holds the last stamp only: every stamp adds its share (+=).
        weight_mean: return grad_x, grad_weight, => return grad_x, grad_weight / len(x),
            You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.
        bias_mean: grad_y.sum(axis=(0, 2, 3)) => grad_y.mean(axis=(0, 2, 3))
            The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
        bias_for_each_image: grad_y.sum(axis=(0, 2, 3)) => grad_y.sum(axis=(2, 3))
            grad_bias is (F,): sum over the images too.
        padding_repeated: (padding, padding), (padding, padding)))
            => (padding, padding), (padding, padding)), mode="edge")
            What was cut off sends no gradient back: pad grad_y with zeros.
        zeros: return grad_x, grad_weight, => return grad_x * 0, grad_weight * 0,
            Only zeros come back: the loop never writes into what you return.
        first_filter: np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3]))
            => np.tensordot(patch[:, 0], weight[:, 0], axes=([1, 2], [1, 2]))
            A pixel stamped all F maps, so it gets something back from each of them: sum over the filters.
        """,
    ),
    alternatives=[(stamp_by_stamp, stamp_by_stamp_backward), (spread_and_convolve, convolve_back)],
    hints="""
    The transpose of the transpose is the convolution itself: grad_x is grad_y convolved with the same weight.
    Pad grad_y first: that undoes the cut. Pixel (i, j) gets the window at (i * stride, j * stride) times weight.
    grad_weight gathers x[:, :, i, j] times that window, over all pixels and images.
    """,
)
