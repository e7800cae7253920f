"""Depthwise convolution: a kernel for each channel."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Pair, backward_of, exercise_of, identity, textual_mutants
from classroom.staff.declare.inputs import in_float32, shuffled
from solutions.convolution import depthwise_conv_backward, depthwise_conv_forward

from .passes import AT_THE_END, draws, hidden_passes, strided, visible_passes

DEPTHWISE = Pair(depthwise_conv_forward, depthwise_conv_backward)


def depthwise_inputs(rng, sizes, stride, padding):
    n, c, h, w, kh, kw = sizes
    return draws(rng, x=(n, c, h, w), weight=(c, 1, kh, kw), bias=c) | {"stride": stride, "padding": padding}


def depthwise_cases(direction):
    rng = np.random.default_rng(77)
    drawn = [
        ("three channels", depthwise_inputs(rng, (2, 3, 5, 6, 3, 2), 1, 0)),
        ("stride and padding", depthwise_inputs(rng, (2, 4, 7, 10, 2, 3), 2, 1)),
        ("stride 3 with a remainder", depthwise_inputs(rng, (3, 2, 8, 14, 2, 4), 3, 0)),
        ("overlapping, with a border", depthwise_inputs(rng, (2, 5, 4, 6, 3, 4), 1, 2)),
    ]
    visible = visible_passes(DEPTHWISE, direction, rng, drawn)

    def hidden(rng):
        drawn = []
        for stride, padding in ((1, 1), (2, 0), (3, 2)):
            n, c = shuffled(rng, 2, 3, 4)[:2]
            kh, kw = shuffled(rng, 1, 2, 3)[:2]
            h, w = shuffled(rng, 6, 7, 8)[:2]
            drawn.append(("odd shapes", depthwise_inputs(rng, (n, c, h, w, kh, kw), stride, padding)))
        drawn.append(("one channel", depthwise_inputs(rng, (2, 1, 5, 6, 2, 3), 1, 0)))
        drawn.append(("a wide border", depthwise_inputs(rng, (2, 3, 4, 5, 3, 2), 2, 3)))
        drawn.append(("a kernel as large as the image", depthwise_inputs(rng, (2, 3, 4, 5, 4, 5), 1, 0)))
        drawn.append(("a kernel of one pixel", depthwise_inputs(rng, (2, 3, 4, 5, 1, 1), 1, 0)))
        drawn.append(("float32", in_float32(depthwise_inputs(rng, (2, 3, 6, 5, 2, 3), 1, 1))))
        drawn.append(("float32", in_float32(depthwise_inputs(rng, (3, 2, 5, 6, 3, 2), 2, 0))))
        drawn.append(("non-contiguous", strided(rng, depthwise_inputs(rng, (2, 3, 6, 5, 2, 3), 1, 1))))
        return hidden_passes(DEPTHWISE, direction, rng, drawn)

    return {"cases": visible, "hidden": hidden}


def depthwise_windows(x, weight, bias, *, stride=1, padding=0):
    kh, kw = weight.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows, columns = (padded.shape[2] - kh) // stride + 1, (padded.shape[3] - kw) // stride + 1
    y = np.zeros((*x.shape[:2], rows, columns), x.dtype)
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias
    return y, (padded, weight, stride, padding)


def depthwise_windows_backward(grad_y, cache):
    padded, weight, stride, padding = cache
    kh, kw = weight.shape[2:]
    grad_padded = np.zeros_like(padded)
    grad_weight = np.zeros_like(weight)
    for i in range(grad_y.shape[2]):
        for j in range(grad_y.shape[3]):
            there = np.s_[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            upstream = grad_y[:, :, i, j][:, :, None, None]
            grad_padded[there] += upstream * weight[:, 0]
            grad_weight[:, 0] += (upstream * padded[there]).sum(axis=0)
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_weight, grad_y.sum(axis=(0, 2, 3))


def depthwise_view(x, weight, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,cij->nchw", patches, weight[:, 0]) + bias[:, None, None], (padded, weight, stride, padding)


def depthwise_by_channel(grad_y, cache):
    padded, weight, stride, padding = cache
    grad_padded, grad_weight = np.zeros_like(padded), np.empty_like(weight)
    rows, columns = grad_y.shape[2:]
    for channel in range(len(weight)):
        for u, v in np.ndindex(weight.shape[2:]):
            there = np.s_[:, channel, u : u + stride * rows : stride, v : v + stride * columns : stride]
            grad_padded[there] += grad_y[:, channel] * weight[channel, 0, u, v]
            grad_weight[channel, 0, u, v] = np.vdot(grad_y[:, channel], padded[there])
    h, w = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    return grad_padded[:, :, padding : padding + h, padding : padding + w], grad_weight, grad_y.sum((0, 2, 3))


def silenced(rng):
    """Images, kernels, and both with the first of three channels set to 0."""
    x, weight = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(3, 1, 3, 2))
    silent = np.array([0.0, 1.0, 1.0])[:, None, None]
    return {
        "x": x,
        "weight": weight,
        "bias": rng.normal(size=3),
        "x_without": x * silent,
        "weight_without": weight * silent[:, None],
    }


def single_ones(rng):
    """A kernel with a single 1 for each channel, images, and the pixels that it picks with stride 2, plus the bias."""
    x, weight, bias = rng.normal(size=(2, 3, 7, 8)), np.zeros((3, 1, 3, 2)), rng.normal(size=3)
    picked = np.empty((2, 3, 3, 4))
    for channel in range(3):
        u, v = int(rng.integers(3)), int(rng.integers(2))
        weight[channel, 0, u, v] = 1
        picked[:, channel] = x[:, channel, u : u + 5 : 2, v : v + 7 : 2] + bias[channel]
    return {"x": x, "weight": weight, "bias": bias, "picked": picked}


PICKED = "a single 1 picks one pixel of each window, and the bias is added"

DEPTHWISE_FORWARD = exercise_of(
    depthwise_conv_forward,
    points=3,
    **depthwise_cases("forward"),
    properties=[
        identity(
            "channels do not mix: to silence one is to silence its kernel",
            "without_channel, _ = depthwise_conv_forward(x_without, weight, bias)",
            "without_kernel, _ = depthwise_conv_forward(x, weight_without, bias)",
            "without_channel == without_kernel",
            inputs=silenced,
            hidden="a channel of zeros",
        ),
        identity(
            PICKED,
            "y, _ = depthwise_conv_forward(x, weight, bias, stride=2)",
            "y == picked",
            inputs=single_ones,
        ),
    ],
    mutants=textual_mutants(
        depthwise_windows,
        """
        first_kernel: patch * weight[:, 0] => patch * weight[0, 0]
            You use the first kernel for all channels. Each channel has a kernel of its own.
        channels_summed: y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias
            => y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(1, 2, 3))[:, None] + bias
            You sum over the channels. Depthwise, they do not mix.
        bias_forgotten: .sum(axis=(2, 3)) + bias => .sum(axis=(2, 3))
            The bias is missing: bias[c] is added to every pixel of map c.
        kernel_flipped: patch * weight[:, 0] => patch * weight[:, 0, ::-1, ::-1]
            The kernel acts turned round. Networks slide it as it is.
        stride_only_down: j * stride : j * stride + kw => j : j + kw
            The stride moves your window down, but not to the right.
        edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
            You repeat the border pixels. Padding adds zeros.
        mean: (patch * weight[:, 0]).sum( => (patch * weight[:, 0]).mean(
            You average the products. A convolution sums them.
        double_precision: columns), x.dtype) => columns))
            float32 goes in and float64 comes out: make y with the dtype of x.
        """,
    ),
    alternatives=[depthwise_windows, depthwise_view],
    hints="""
    The plain convolution without the sum over channels: channel c meets kernel weight[c, 0] only.
    weight[:, 0] is (C, kH, kW) and multiplies a patch (N, C, kH, kW) as it is.
    y[:, :, i, j] = (patch * weight[:, 0]).sum(axis=(2, 3)) + bias, in two loops.
    """,
)
DEPTHWISE_BACKWARD = backward_of(
    DEPTHWISE,
    points=4,
    large={"x": (2, 4, 24, 26), "weight": (4, 1, 3, 2), "bias": (4,)},
    large_times=12.0,
    parts={"grad_x": 2, "grad_weight": 2, "grad_bias": 1},
    **depthwise_cases("backward"),
    interleaved=(0, 1),
    gradient=depthwise_inputs(np.random.default_rng(78), (2, 3, 6, 5, 3, 2), 2, 1),
    linear=True,
    mutants=DEPTHWISE.backward_mutants(
        depthwise_windows,
        depthwise_windows_backward,
        """
        first_kernel: upstream * weight[:, 0] => upstream * weight[0, 0]
            You use the first kernel for all channels. Each channel has a kernel of its own.
        channels_mixed: upstream * weight[:, 0] => upstream.sum(axis=1, keepdims=True) * weight[:, 0]
            A channel of x gets gradients from all channels of y. Depthwise, it only entered its own.
        overwritten: grad_padded[there] += upstream => grad_padded[there] = upstream
            Windows overlap: add the gradients up (+=), do not overwrite them.
        kernel_flipped: upstream * weight[:, 0] => upstream * weight[:, 0, ::-1, ::-1]
            The kernel acts turned round on the way back. Each window gets the kernel back as it lies.
        weight_mean: (upstream * padded[there]).sum(axis=0) => (upstream * padded[there]).mean(axis=0)
            You average grad_weight over the images. It is their sum.
        """
        + AT_THE_END,
    ),
    alternatives=[(depthwise_windows, depthwise_windows_backward), (depthwise_view, depthwise_by_channel)],
    hints="""
    Each channel separately: its pixels get grad_y of its map times its own kernel.
    grad_weight of a channel gathers grad_y times the patch, over all windows and images.
    Gather into an array of the padded size with +=, and cut the border off at the end.
    """,
)
