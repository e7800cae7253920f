"""Depthwise separable convolution: one behind the other."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from classroom.staff.declare.exercise import Gradient, Pair, Property, exercise_of, identity, with_interleaved
from classroom.staff.declare.inputs import in_float32, shuffled
from solutions.convolution import separable_conv_backward, separable_conv_forward

from .depthwise_convolution import PICKED, single_ones
from .passes import draws, hidden_passes, strided, visible_passes

SEPARABLE = Pair(separable_conv_forward, separable_conv_backward)


def separable_inputs(rng, sizes, stride, padding):
    n, c, h, w, f, kh, kw = sizes
    arrays = draws(rng, x=(n, c, h, w), depthwise=(c, 1, kh, kw), pointwise=(f, c), bias=f)
    return arrays | {"stride": stride, "padding": padding}


def visible_separable():
    rng = np.random.default_rng(81)
    drawn = [
        ("no padding", separable_inputs(rng, (2, 3, 5, 6, 4, 3, 2), 1, 0)),
        ("stride and padding", separable_inputs(rng, (2, 4, 7, 10, 3, 2, 3), 2, 1)),
        ("stride 3", separable_inputs(rng, (2, 3, 8, 14, 4, 2, 3), 3, 0)),
        ("overlapping, with a border", separable_inputs(rng, (3, 2, 4, 6, 5, 3, 4), 1, 2)),
    ]
    return visible_passes(SEPARABLE, "both", rng, drawn)


def hidden_separable(rng):
    drawn = []
    for stride, padding in ((1, 1), (2, 0), (3, 2)):
        n, c, f = shuffled(rng, 2, 3, 4)
        kh, kw = shuffled(rng, 1, 2, 3)[:2]
        h, w = shuffled(rng, 6, 7, 8)[:2]
        drawn.append(("odd shapes", separable_inputs(rng, (n, c, h, w, f, kh, kw), stride, padding)))
    drawn.append(("a kernel of one pixel", separable_inputs(rng, (2, 3, 4, 5, 6, 1, 1), 1, 0)))
    drawn.append(("one channel", separable_inputs(rng, (2, 1, 5, 4, 3, 2, 3), 1, 0)))
    drawn.append(("one filter", separable_inputs(rng, (2, 3, 4, 5, 1, 2, 3), 1, 0)))
    drawn.append(("a wide border", separable_inputs(rng, (2, 3, 4, 5, 2, 3, 2), 2, 3)))
    drawn.append(("a kernel as large as the image", separable_inputs(rng, (2, 3, 4, 5, 2, 4, 5), 1, 0)))
    drawn.append(("float32", in_float32(separable_inputs(rng, (2, 3, 6, 5, 4, 2, 3), 1, 1))))
    drawn.append(("float32", in_float32(separable_inputs(rng, (3, 2, 5, 6, 3, 3, 2), 2, 0))))
    drawn.append(("non-contiguous", strided(rng, separable_inputs(rng, (2, 3, 6, 5, 4, 2, 3), 1, 1))))
    return hidden_passes(SEPARABLE, "both", rng, drawn)


def separable_steps(x, depthwise, pointwise, bias, *, stride=1, padding=0):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    patches = sliding_window_view(padded, depthwise.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    between = np.einsum("nchwij,cij->nchw", patches, depthwise[:, 0])
    y = np.einsum("nchw,fc->nfhw", between, pointwise) + bias[:, None, None]
    return y, (padded.shape, patches, between, depthwise, pointwise, stride, padding)


def separable_steps_backward(grad_y, cache):
    shape, patches, between, depthwise, pointwise, stride, padding = cache
    grad_bias = grad_y.sum(axis=(0, 2, 3))
    grad_pointwise = np.einsum("nfhw,nchw->fc", grad_y, between)
    grad_between = np.einsum("nfhw,fc->nchw", grad_y, pointwise)
    grad_depthwise = np.einsum("nchw,nchwij->cij", grad_between, patches)[:, None]
    grad_padded = np.zeros(shape, grad_y.dtype)
    rows, columns = grad_y.shape[2:]
    for u, v in np.ndindex(depthwise.shape[2:]):
        there = np.s_[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        grad_padded[there] += grad_between * depthwise[:, 0, u, v][:, None, None]
    grad_x = grad_padded[:, :, padding : shape[2] - padding, padding : shape[3] - padding]
    return grad_x, grad_depthwise, grad_pointwise, grad_bias


def separable_as_one(x, depthwise, pointwise, bias, *, stride=1, padding=0):
    weight = pointwise[:, :, None, None] * depthwise[None, :, 0]  # the full convolution that it stands for
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    y = np.zeros((1, 1, 1, 1), x.dtype)
    kh, kw = depthwise.shape[2:]
    rows, columns = (padded.shape[2] - kh) // stride + 1, (padded.shape[3] - kw) // stride + 1
    for u, v in np.ndindex(kh, kw):
        met = padded[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        y = y + np.einsum("nchw,fc->nfhw", met, weight[:, :, u, v])
    return y + bias[:, None, None], (padded, depthwise, pointwise, stride, padding)


def separable_as_one_backward(grad_y, cache):
    padded, depthwise, pointwise, stride, padding = cache
    weight = pointwise[:, :, None, None] * depthwise[None, :, 0]
    rows, columns = grad_y.shape[2:]
    grad_weight, grad_padded = np.empty_like(weight), np.zeros_like(padded)
    for u, v in np.ndindex(depthwise.shape[2:]):
        there = np.s_[:, :, u : u + stride * rows : stride, v : v + stride * columns : stride]
        grad_weight[:, :, u, v] = np.einsum("nfhw,nchw->fc", grad_y, padded[there])
        grad_padded[there] += np.einsum("nfhw,fc->nchw", grad_y, weight[:, :, u, v])
    grad_depthwise = (grad_weight * pointwise[:, :, None, None]).sum(axis=0)[:, None]
    grad_pointwise = (grad_weight * depthwise[None, :, 0]).sum(axis=(2, 3))
    h, w = padded.shape[2:]
    grad_x = grad_padded[:, :, padding : h - padding, padding : w - padding]
    return grad_x, grad_depthwise, grad_pointwise, grad_y.sum(axis=(0, 2, 3))


def single_ones_in_both(rng):
    """Kernels with a single 1, a pointwise weight that exchanges channels, and what they pick with stride 2."""
    drawn, order = single_ones(rng), rng.permutation(3)
    bias = drawn["bias"][order]  # so that bias and channel have changed places together
    return {
        "x": drawn["x"],
        "depthwise": drawn["weight"],
        "pointwise": np.eye(3)[order],
        "bias": bias,
        "picked": drawn["picked"][:, order],
    }


SEPARABLE_CONV = exercise_of(
    SEPARABLE,
    id="separable_conv",
    points=4,
    large={"x": (2, 4, 22, 24), "depthwise": (4, 1, 3, 2), "pointwise": (5, 4), "bias": (5,)},
    large_times=20.0,
    parts={"y": 1, "grad_x": 1, "grad_depthwise": 1, "grad_pointwise": 1, "grad_bias": 1},
    cases=with_interleaved(visible_separable()),
    hidden=hidden_separable,
    properties=[
        Property(
            Gradient(
                "y",
                {
                    "x": "grad_x",
                    "depthwise": "grad_depthwise",
                    "pointwise": "grad_pointwise",
                    "bias": "grad_bias",
                },
                linear=True,
            ),
            calls=[
                "y, cache = separable_conv_forward(x, depthwise, pointwise, bias, stride=stride, padding=padding)",
                "grad_x, grad_depthwise, grad_pointwise, grad_bias = separable_conv_backward(grad_y, cache)",
            ],
            inputs=separable_inputs(np.random.default_rng(82), (2, 3, 6, 5, 4, 3, 2), 2, 1),
        ),
        identity(
            PICKED,
            "y, _ = separable_conv_forward(x, depthwise, pointwise, bias, stride=2)",
            "y == picked",
            inputs=single_ones_in_both,
            part="y",
        ),
    ],
    mutants=[
        *SEPARABLE.forward_mutants(
            separable_steps,
            separable_steps_backward,
            """
            bias_forgotten: pointwise) + bias[:, None, None] => pointwise)
                The bias is missing: bias[f] is added to every pixel of map f.
            stride_forgotten_to_the_right: ::stride, ::stride] => ::stride]
                The stride moves the window down, but not to the right.
            depthwise_flipped: patches, depthwise[:, 0]) => patches, depthwise[:, 0, ::-1, ::-1])
                You turn the depthwise kernels round. Networks slide them as they are.
            edge_padding: (padding, padding))) => (padding, padding)), mode="edge")
                You repeat the border pixels. Padding adds zeros.
            """,
        ),
        *SEPARABLE.backward_mutants(
            separable_steps,
            separable_steps_backward,
            """
            pointwise_skipped: grad_between = np.einsum("nfhw,fc->nchw", grad_y, pointwise)
                => grad_between = np.einsum("nfhw,fc->nchw", grad_y, np.ones_like(pointwise))
                On the way to the depthwise part the gradient must pass the pointwise weights.
            overwritten: grad_padded[there] += => grad_padded[there] =
                Windows overlap: add the gradients up (+=), do not overwrite them.
            padding_kept: grad_x = grad_padded[:, :, padding : shape[2] - padding, padding : shape[3] - padding]
                => grad_x = grad_padded
                grad_x still has the border of the padding: cut it off.
            pointwise_mean: "nfhw,nchw->fc", grad_y, between) => "nfhw,nchw->fc", grad_y, between) / len(between)
                You divide grad_pointwise by the batch size. The mean belongs to the loss, which has taken it already.
            axis_lost: patches)[:, None] => patches)
                grad_depthwise has the shape of depthwise, (C, 1, kH, kW).
            """,
        ),
    ],
    alternatives=[(separable_steps, separable_steps_backward), (separable_as_one, separable_as_one_backward)],
    hints="""
    Two layers in turn: depthwise_conv_forward with a bias of
        zeros (of x's dtype), then pointwise_conv_forward with the bias.
    Backward in the other order: the pointwise part first, and its grad_x is the grad_y of the depthwise part.
    Keep both caches in a tuple; the gradient of the depthwise bias is not asked for.
    """,
)
