"""Sizes, inputs and calls of convolutions: what the sections have in common."""

import numpy as np

from classroom.staff.declare.exercise import identity

DEFAULTS = {"stride": 1, "padding": 0, "dilation": 1}


def spoken(inputs):
    """Leave out the last options as long as they are the defaults: a call without them must mean the same."""
    names = list(inputs)
    while names[-1] in DEFAULTS and np.array_equal(inputs[names[-1]], DEFAULTS[names[-1]]):
        names.pop()
    return {name: inputs[name] for name in names}


def conv_call(inputs, function="conv2d_forward"):
    options = "".join(f", {name}={name}" for name in ("stride", "padding") if name in inputs)
    return f"{function}(x, weight, bias{options})"


def conv_inputs(rng, sizes, stride, padding):
    """Draw x, weight and bias; sizes are (N, C, H, W, F, kH, kW)."""
    n, c, h, w, f, kh, kw = sizes
    return {
        "x": rng.normal(size=(n, c, h, w)),
        "weight": rng.normal(size=(f, c, kh, kw)),
        "bias": rng.normal(size=f),
        "stride": stride,
        "padding": padding,
    }


def small_inputs(x, weight, stride, padding):
    """Whole numbers that can be worked out by hand."""
    return {
        "x": np.array([[x]], float),
        "weight": np.array([[weight]], float),
        "bias": np.array([0.5]),
        "stride": stride,
        "padding": padding,
    }


def single_ones(rng):
    """A kernel with a single 1 for each filter, images, and the pixels that it picks with stride 2, plus the bias."""
    u, v, channels = int(rng.integers(3)), int(rng.integers(2)), rng.permutation(3)
    x, weight, bias = rng.normal(size=(2, 3, 7, 8)), np.zeros((3, 3, 3, 2)), rng.normal(size=3)
    weight[[0, 1, 2], channels, u, v] = 1
    picked = x[:, channels, u : u + 5 : 2, v : v + 7 : 2] + bias[:, None, None]
    return {"x": x, "weight": weight, "bias": bias, "picked": picked}


def picks(call):
    """What a convolution with stride 2 does with a single 1."""
    return identity(
        "a single 1 picks one pixel of each window, and the bias is added",
        call,
        "y == picked",
        inputs=single_ones,
        hidden="a kernel with a single 1",
    )
