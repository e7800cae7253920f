"""Dilated convolution."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Pair, backward_of, exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import in_float32, shuffled
from solutions.convolution import dilated_conv_backward, dilated_conv_forward

from .passes import AT_THE_END, draws, hidden_passes, strided, visible_passes


def dilated_inputs(rng, sizes, stride, padding, dilation):
    n, c, h, w, f, kh, kw = sizes
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return draws(rng, x=(n, c, h, w), weight=(f, c, kh, kw), bias=f) | options


DILATED = Pair(dilated_conv_forward, dilated_conv_backward)


def dilated_cases(direction):
    rng = np.random.default_rng(71)
    hand = {
        "x": np.array([[[[1.0, 2.0, 3.0, 4.0, 5.0, 3.0], [0.0, 1.0, 0.0, -1.0, 2.0, 1.0]]]]),
        "weight": np.array([[[[1.0, -2.0]]]]),
        "bias": np.array([0.5]),
        "stride": 1,
        "padding": 0,
        "dilation": 3,
    }
    drawn = [
        ("by hand", hand),
        ("dilation 2", dilated_inputs(rng, (2, 3, 7, 8, 4, 3, 2), 1, 0, 2)),
        ("dilation 3 and a stride", dilated_inputs(rng, (2, 2, 9, 14, 3, 2, 3), 2, 1, 3)),
        ("dilation 2 and a border", dilated_inputs(rng, (3, 2, 6, 7, 4, 2, 3), 1, 2, 2)),
        ("dilation 1", dilated_inputs(rng, (2, 3, 5, 6, 4, 3, 2), 2, 1, 1)),
        ("stride 3 with a remainder", dilated_inputs(rng, (2, 1, 15, 10, 3, 3, 2), 3, 0, 2)),
    ]
    visible = visible_passes(DILATED, direction, rng, drawn)

    def hidden(rng):
        drawn = []
        for dilation, stride in ((2, 1), (3, 2), (1, 3)):
            n, c, f = shuffled(rng, 2, 3, 4)
            kh, kw = shuffled(rng, 2, 3, 1)[:2]
            h, w = shuffled(rng, 8, 9, 10, 11)[:2]
            sizes = (n, c, h, w, f, kh, kw)
            padding = int(rng.integers(0, 3))
            drawn.append(("odd shapes", dilated_inputs(rng, sizes, stride, padding, dilation)))
        drawn.append(("a kernel of one pixel", dilated_inputs(rng, (2, 3, 4, 5, 4, 1, 1), 1, 0, 4)))
        drawn.append(("one filter", dilated_inputs(rng, (1, 1, 6, 7, 1, 2, 3), 1, 1, 2)))
        drawn.append(("a wide border", dilated_inputs(rng, (2, 3, 4, 5, 4, 3, 2), 1, 3, 2)))
        drawn.append(("a kernel as large as the image", dilated_inputs(rng, (2, 3, 5, 7, 4, 3, 4), 1, 0, 2)))
        drawn.append(("float32", in_float32(dilated_inputs(rng, (2, 3, 6, 7, 4, 2, 3), 1, 1, 2))))
        drawn.append(("float32", in_float32(dilated_inputs(rng, (3, 2, 7, 6, 2, 3, 2), 2, 0, 2))))
        drawn.append(("non-contiguous", strided(rng, dilated_inputs(rng, (2, 3, 6, 7, 4, 2, 3), 1, 1, 2))))
        return hidden_passes(DILATED, direction, rng, drawn)

    return {"cases": visible, "hidden": hidden}


def stuffed_kernels():
    """A kernel, and the same with zeros between its pixels."""
    rng = np.random.default_rng(72)
    inputs = draws(rng, x=(2, 2, 7, 8), weight=(3, 2, 2, 3), bias=3)
    stuffed = np.zeros((3, 2, 3, 5))
    stuffed[:, :, ::2, ::2] = inputs["weight"]
    return {**inputs, "stuffed": stuffed}


def dilated_windows(x, weight, bias, *, stride=1, padding=0, dilation=1):
    reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (padded.shape[2] - reach[0]) // stride + 1
    columns = (padded.shape[3] - reach[1]) // stride + 1
    y = np.zeros((len(x), len(weight), rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            patch = padded[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            y[:, :, i, j] = np.tensordot(patch, weight, axes=([1, 2, 3], [1, 2, 3])) + bias
    return y, (padded, weight, stride, padding, dilation)


def dilated_windows_backward(grad_y, cache):
    padded, weight, stride, padding, dilation = cache
    reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            top, left = i * stride, j * stride
            there = np.s_[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            grad_padded[there] += np.tensordot(grad_y[:, :, i, j], weight, axes=(1, 0))
            grad_weight += np.tensordot(grad_y[:, :, i, j], padded[there], axes=(0, 0))
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def dilated_stuffed(x, weight, bias, *, stride=1, padding=0, dilation=1):
    f, c, kh, kw = weight.shape
    stuffed = np.zeros((f, c, dilation * (kh - 1) + 1, dilation * (kw - 1) + 1), weight.dtype)
    stuffed[:, :, ::dilation, ::dilation] = weight
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, stuffed.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,fcij->nfhw", patches, stuffed) + bias[:, None, None]
    return y, (patches, padded.shape, stuffed, stride, padding, dilation)


def dilated_stuffed_backward(grad_y, cache):
    patches, padded_shape, stuffed, stride, padding, dilation = cache
    grad_stuffed = np.einsum("nchwij,nfhw->fcij", patches, grad_y)
    grad_padded = np.zeros(padded_shape, grad_y.dtype)
    for i, j in np.ndindex(grad_y.shape[2:]):
        back = np.einsum("nf,fcij->ncij", grad_y[:, :, i, j], stuffed)
        top, left = i * stride, j * stride
        grad_padded[:, :, top : top + stuffed.shape[2], left : left + stuffed.shape[3]] += back
    grad_x = grad_padded[:, :, padding : padded_shape[2] - padding, padding : padded_shape[3] - padding]
    return grad_x, grad_stuffed[:, :, ::dilation, ::dilation], np.einsum("nfhw->f", grad_y)


DILATED_FORWARD = exercise_of(
    dilated_conv_forward,
    points=6,
    **dilated_cases("forward"),
    properties=[
        identity(
            "a kernel stuffed with zeros",
            "dilated, _ = dilated_conv_forward(x, weight, bias, dilation=2)",
            "plain, _ = dilated_conv_forward(x, stuffed, bias)",
            "dilated == plain",
            inputs=stuffed_kernels(),
        )
    ],
    mutants=textual_mutants(
        dilated_windows,
        """
        neighbours: patch = padded[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            => patch = padded[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
            You read neighbouring pixels. The kernel's pixels stand dilation apart.
        image_dilated: top, left = i * stride, j * stride
            => top, left = i * stride * dilation % (padded.shape[2] - reach[0] + 1), j * stride
            You multiply the step of the window by the dilation. Only the stride moves it.
        rows_only: left : left + reach[1] : dilation => left : left + weight.shape[3]
            The kernel is spread downwards only. Dilation acts to the right too.
        kernel_flipped: np.tensordot(patch, weight, => np.tensordot(patch, weight[:, :, ::-1, ::-1],
            The kernel acts turned round. Networks slide it as it is.
        bias_forgotten: [1, 2, 3])) + bias => [1, 2, 3]))
            The bias is missing: bias[f] is added to every pixel of map f.
        reach_too_long: reach = [dilation * (k - 1) + 1 for k in weight.shape[2:]]
            => reach = [dilation * k for k in weight.shape[2:]]
            A kernel of k pixels has k - 1 gaps: it reaches over dilation * (k - 1) + 1 pixels, not dilation * k.
        stride_ignored: top, left = i * stride, j * stride => top, left = i, j
            The stride is not used: window (i, j) starts at (i * stride, j * stride).
        edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        double_precision: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[dilated_windows, dilated_stuffed],
    hints="""
    How far does the kernel reach? dilation * (k - 1) + 1 pixels; use that wherever the plain convolution has k.
    A slice takes every d-th pixel: padded[:, :, top : top + reach : dilation, ...] has kH rows again.
    Or loop over the kernel's positions: position (u, v) meets
        padded[:, :, u * d : u * d + stride * H' : stride, ...].
    """,
)
DILATED_BACKWARD = backward_of(
    DILATED,
    points=9,
    large={"x": (2, 3, 24, 26), "weight": (4, 3, 3, 2), "bias": (4,), "dilation": 2},
    large_times=30.0,
    parts={"grad_x": 4, "grad_weight": 4, "grad_bias": 1},
    **dilated_cases("backward"),
    interleaved=(2, 3),
    gradient=dilated_inputs(np.random.default_rng(73), (2, 3, 7, 8, 4, 3, 2), 2, 1, 2),
    linear=True,
    mutants=DILATED.backward_mutants(
        dilated_windows,
        dilated_windows_backward,
        """
        neighbours: there = np.s_[:, :, top : top + reach[0] : dilation, left : left + reach[1] : dilation]
            => there = np.s_[:, :, top : top + weight.shape[2], left : left + weight.shape[3]]
            You work with neighbouring pixels. The kernel met pixels that stand dilation apart: take the same slices.
        overwritten: grad_padded[there] += np => grad_padded[there] = np
            Windows overlap: add the gradients up (+=), do not overwrite them.
        kernel_flipped: np.tensordot(grad_y[:, :, i, j], weight,
            => np.tensordot(grad_y[:, :, i, j], weight[:, :, ::-1, ::-1],
            The kernel acts turned round on the way back. Each window gets the kernel back as it lies.
        stride_ignored: top, left = i * stride, j * stride => top, left = i, j
            The stride is missing in the backward pass: window (i, j) starts at (i * stride, j * stride).
        """
        + AT_THE_END
        + """
        weight_mean: return grad_x, grad_weight, => return grad_x, grad_weight / len(padded),
            You divide grad_weight by the batch size. The mean belongs to the loss, which has taken it already.
        weight_of_last_window: grad_weight += np => grad_weight[...] = np
            grad_weight holds the last window only: every window adds its share (+=).
        """,
    ),
    alternatives=[(dilated_windows, dilated_windows_backward), (dilated_stuffed, dilated_stuffed_backward)],
    hints="""
    The plain backward pass with other slices: where the window read, the gradient goes.
    A slice with a step can be added to: grad_padded[:, :, top : top + reach : dilation, ...] += ...
    grad_weight gathers grad_y times what each window read, grad_bias all of grad_y for each filter.
    """,
)
