"""Pointwise convolution: a linear layer at every pixel."""

import numpy as np

from classroom.staff.declare.exercise import Pair, exercise_of, identity, with_interleaved
from classroom.staff.declare.inputs import in_float32, shuffled
from solutions.convolution import pointwise_conv_backward, pointwise_conv_forward

from .passes import draws, hidden_passes, pass_case, strided

POINTWISE = Pair(pointwise_conv_forward, pointwise_conv_backward)


def pointwise_inputs(rng, sizes):
    n, c, h, w, f = sizes
    return draws(rng, x=(n, c, h, w), weight=(f, c), bias=f)


def visible_pointwise():
    rng = np.random.default_rng(79)
    hand = {
        "x": np.array([[[[1.0, 2.0, 3.0]], [[0.0, -1.0, 2.0]]]]),
        "weight": np.array([[1.0, 3.0], [2.0, 0.0], [0.0, -1.0]]),
        "bias": np.array([0.0, 0.5, -0.5]),
    }
    return [
        pass_case(POINTWISE, "both", "by hand", rng, hand),
        pass_case(POINTWISE, "both", "more channels out", rng, pointwise_inputs(rng, (2, 3, 4, 5, 6))),
        pass_case(POINTWISE, "both", "fewer channels out", rng, pointwise_inputs(rng, (3, 5, 2, 4, 2))),
    ]


def hidden_pointwise(rng):
    n, c, h, w, f = shuffled(rng, 2, 3, 4, 5, 6)
    drawn = [
        ("odd shapes", pointwise_inputs(rng, (n, c, h, w, f))),
        ("odd shapes", pointwise_inputs(rng, (w, f, c, n, h))),
        ("one channel", pointwise_inputs(rng, (2, 1, 3, 4, 5))),
        ("one filter", pointwise_inputs(rng, (2, 4, 5, 3, 1))),
        ("float32", in_float32(pointwise_inputs(rng, (2, 3, 4, 5, 6)))),
        ("float32", in_float32(pointwise_inputs(rng, (3, 2, 5, 4, 3)))),
        ("non-contiguous", strided(rng, pointwise_inputs(rng, (2, 3, 4, 5, 6)))),
    ]
    return hidden_passes(POINTWISE, "both", rng, drawn)


def pointwise_pixels(x, weight, bias):
    n, c, h, w = x.shape
    pixels = x.transpose(0, 2, 3, 1).reshape(n * h * w, c)
    y = pixels @ weight.T + bias
    return y.reshape(n, h, w, len(weight)).transpose(0, 3, 1, 2), (pixels, weight, (n, h, w, c))


def pointwise_pixels_backward(grad_y, cache):
    pixels, weight, (n, h, w, c) = cache
    flat = grad_y.transpose(0, 2, 3, 1).reshape(n * h * w, len(weight))
    grad_x = (flat @ weight).reshape(n, h, w, c).transpose(0, 3, 1, 2)
    return grad_x, flat.T @ pixels, flat.sum(axis=0)


def pointwise_einsum(x, weight, bias):
    return np.einsum("nchw,fc->nfhw", x, weight) + bias[:, None, None], (x, weight)


def pointwise_einsum_backward(grad_y, cache):
    x, weight = cache
    return (
        np.einsum("nfhw,fc->nchw", grad_y, weight),
        np.einsum("nfhw,nchw->fc", grad_y, x),
        np.einsum("nfhw->f", grad_y),
    )


def pointwise_maps(x, weight, bias):
    n, c, h, w = x.shape
    y = weight @ x.reshape(n, c, h * w) + bias[:, None]
    return y.reshape(n, -1, h, w), (x, weight)


def pointwise_maps_backward(grad_y, cache):
    x, weight = cache
    n, c = x.shape[:2]
    maps = grad_y.reshape(n, len(weight), -1)
    grad_weight = (maps @ x.reshape(n, c, -1).transpose(0, 2, 1)).sum(axis=0)
    return (weight.T @ maps).reshape(x.shape), grad_weight, maps.sum(axis=(0, 2))


def exchanged(rng):
    """Images, a weight that only exchanges channels, and the images with their channels exchanged, plus the bias."""
    x, order, bias = rng.normal(size=(2, 4, 3, 5)), rng.permutation(4), rng.normal(size=4)
    moved = x[:, order] + bias[:, None, None]
    return {"x": x, "weight": np.eye(4)[order], "bias": bias, "exchanged": moved}


POINTWISE_CONV = exercise_of(
    POINTWISE,
    id="pointwise_conv",
    points=4,
    large={"x": (6, 4, 20, 22), "weight": (5, 4), "bias": (5,)},
    large_times=12.0,
    parts={"y": 1, "grad_x": 1, "grad_weight": 1, "grad_bias": 1},
    cases=with_interleaved(visible_pointwise()),
    hidden=hidden_pointwise,
    properties=[
        POINTWISE.gradient(
            inputs=pointwise_inputs(np.random.default_rng(80), (2, 3, 4, 5, 6)),
            linear=True,
        ),
        identity(
            "a weight with a single 1 in each row exchanges channels, and the bias is added",
            "y, _ = pointwise_conv_forward(x, weight, bias)",
            "y == exchanged",
            inputs=exchanged,
            part="y",
            hidden="a weight that exchanges channels",
        ),
    ],
    mutants=[
        *POINTWISE.forward_mutants(
            pointwise_pixels,
            pointwise_pixels_backward,
            """
            axes_mixed: y.reshape(n, h, w, len(weight)).transpose(0, 3, 1, 2) => y.reshape(n, len(weight), h, w)
                The product has the filters last: reshape it to (N, H, W, F), then move F to the front with transpose.
            bias_forgotten: @ weight.T + bias => @ weight.T
                The bias is missing: bias[f] is added to every pixel of map f.
            double_precision: pixels @ weight.T => pixels.astype(float) @ weight.T
                float32 goes in and float64 comes out: keep the dtype of x.
            """,
        ),
        *POINTWISE.backward_mutants(
            pointwise_pixels,
            pointwise_pixels_backward,
            """
            grad_axes_mixed: grad_y.transpose(0, 2, 3, 1).reshape => grad_y.reshape
                A reshape does not move the filters to the end: transpose grad_y to (N, H, W, F) first.
            grad_x_mixed: .reshape(n, h, w, c).transpose(0, 3, 1, 2) => .reshape(n, c, h, w)
                The product has the channels last: reshape it to (N, H, W, C), then transpose.
            weight_mean: flat.T @ pixels, => flat.T @ pixels / n,
                You divide grad_weight by the number of images. It is a sum over all pixels of all images.
            bias_mean: flat.sum(axis=0) => flat.mean(axis=0)
                The bias enters every pixel of its map, so its gradient is the sum of grad_y, not the mean.
            weight_transposed: flat.T @ pixels, => (flat.T @ pixels).T,
                grad_weight has the shape of weight, (F, C).
            """,
        ),
    ],
    alternatives=[
        (pointwise_pixels, pointwise_pixels_backward),
        (pointwise_einsum, pointwise_einsum_backward),
        (pointwise_maps, pointwise_maps_backward),
    ],
    hints="""
    A linear layer at every pixel: write the pixels as rows, (N H W, C), and multiply by weight.T.
    x.transpose(0, 2, 3, 1).reshape(-1, C) makes the rows; the answer goes back the same way.
    Backward it is the linear layer's: grad @ weight, grad.T @ pixels, and the sum of the rows.
    """,
)
