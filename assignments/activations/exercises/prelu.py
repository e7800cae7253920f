"""The PReLU, whose slopes are learned."""

import numpy as np

from classroom.staff.declare.exercise import Adjoint, Case, Pair, Property, backward_of, exercise_of, identity
from solutions.activation import prelu_backward, prelu_forward

from .elementwise import spaced


def prelu_case(title, x, slope, direction, rng, kind=None):
    calls = ["y, cache = prelu_forward(x, slope)"]
    inputs = {"x": x, "slope": slope}
    if direction == "backward":
        calls.append("grad_x, grad_slope = prelu_backward(grad_y, cache)")
        inputs["grad_y"] = rng.normal(size=x.shape).astype(x.dtype)
    outputs = ("grad_x", "grad_slope") if direction == "backward" else ("y",)
    return Case(title, inputs=inputs, calls=calls, outputs=outputs, **({"kind": kind} if kind else {}))


def prelu_cases(direction):
    rng = np.random.default_rng(41)
    whole = np.array([[-2.0, 0.0, 3.0], [1.0, -1.0, 0.0], [0.0, 4.0, -3.0], [-1.0, -2.0, -5.0]])
    visible = [
        prelu_case("by hand", np.array([[-2.0, 3.0], [-1.0, -4.0], [5.0, 0.0]]), np.array([0.5, 0.25]), direction, rng),
        prelu_case("a batch", spaced(rng, (4, 3)), np.array([0.1, 0.3, -0.2]), direction, rng),
        prelu_case("images", spaced(rng, (2, 3, 5, 4)), np.array([0.25, 0.05, 0.5]), direction, rng),
        prelu_case("slopes above 1", spaced(rng, (3, 2, 4, 5)), np.array([1.75, 2.5]), direction, rng),
        prelu_case("sequences", spaced(rng, (3, 4, 7)), np.array([0.2, 1.5, -0.4, 0.0]), direction, rng),
        prelu_case("integers and ties", whole, np.array([0.5, 2.0, 0.25]), direction, rng),
        prelu_case("N, C and W all 3", spaced(rng, (3, 3, 2, 3)), np.array([0.5, -0.25, 2.0]), direction, rng),
    ]

    def hidden(rng):
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))

        def slopes():
            return rng.uniform(-0.5, 1.0, c)

        wide = spaced(rng, (n, c, h, 2 * w))[:, :, :, ::2]
        far = rng.permutation(np.linspace(-1000, 1000, n * c)).reshape(n, c)
        return [
            prelu_case("odd 1", spaced(rng, (n, c, h, w)), slopes(), direction, rng, "odd shapes"),
            prelu_case("odd 2", spaced(rng, (h, c)), slopes(), direction, rng, "odd shapes"),
            prelu_case("odd 3", spaced(rng, (w, c, n)), slopes(), direction, rng, "odd shapes"),
            prelu_case("steep", spaced(rng, (n, c, w)), 1 + rng.uniform(0.5, 2, c), direction, rng, "slopes above 1"),
            prelu_case("one channel", spaced(rng, (n, 1, h, w)), np.array([0.3]), direction, rng, "one channel"),
            prelu_case("far", far, slopes(), direction, rng, "extreme values"),
            *(
                prelu_case(
                    f"single {wide}",
                    spaced(rng, (n, c, wide)).astype(np.float32),
                    slopes().astype(np.float32),
                    direction,
                    rng,
                    "float32",
                )
                for wide in (h, w)
            ),
            prelu_case("strided", wide, slopes(), direction, rng, "non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def prelu_two_parts(x, slope):
    shape = [1] * x.ndim
    shape[1] = -1
    wide = slope.reshape(shape)
    return np.maximum(x, 0) + wide * np.minimum(x, 0), (x, wide)


def prelu_channel_loop(x, slope):
    y = x.copy()
    for channel, factor in enumerate(slope):
        part = y[:, channel]
        part[part < 0] *= factor
    return y, (x, slope)


def prelu_channels_last(x, slope):
    last = np.moveaxis(x, 1, -1)
    return np.moveaxis(np.where(last > 0, last, slope * last), -1, 1), (x, slope)


def prelu_backward_channel_loop(grad_y, cache):
    x, slope = cache
    grad_x, grad_slope = grad_y.copy(), np.zeros_like(slope)
    for channel, factor in enumerate(slope):
        below = x[:, channel] <= 0
        grad_slope[channel] = np.sum(grad_y[:, channel][below] * x[:, channel][below])
        grad_x[:, channel][below] *= factor
    return grad_x, grad_slope


def prelu_backward_flat(grad_y, cache):
    x, wide = cache
    below = (x <= 0).astype(grad_y.dtype)
    grad_slope = (grad_y * x * below).reshape(len(x), x.shape[1], -1).sum(axis=2).sum(axis=0)
    return grad_y * (1 - below) + grad_y * below * wide, grad_slope


def prelu_backward_einsum(grad_y, cache):
    x, slope = cache
    flat_x, flat_grad = x.reshape(*x.shape[:2], -1), grad_y.reshape(*x.shape[:2], -1)
    grad_slope = np.einsum("ncp,ncp->c", np.minimum(flat_x, 0), flat_grad)
    factor = np.where(flat_x > 0, 1, slope[None, :, None]).astype(x.dtype)
    return (flat_grad * factor).reshape(x.shape), grad_slope


def channels_of_slopes(rng):
    x, low, high = spaced(rng, (3, 4, 2)), rng.uniform(-1, 1, 4), rng.uniform(1, 3, 4)
    inputs = {"x": x, "below": -np.abs(x), "grad_y": rng.normal(size=x.shape), "one": np.ones(4)}
    return inputs | {"low": low, "high": high, "middle": (low + high) / 2}


PRELU_FORWARD_IDENTITIES = [
    identity(
        "with slopes of 1 it is x itself",
        "y, _ = prelu_forward(x, one)",
        "y == x",
        kind="slopes of 1",
        inputs=channels_of_slopes,
    ),
    identity(
        "slopes halfway between others give what lies halfway between",
        *[f"y_{slope}, _ = prelu_forward(x, {slope})" for slope in ("low", "middle", "high")],
        "0.5 * y_low + 0.5 * y_high == y_middle",
        kind="slopes halfway between others",
        inputs=channels_of_slopes,
    ),
]
PRELU_BACKWARD_IDENTITIES = [
    Property(
        Adjoint((given, f"grad_{name}"), ("y", "grad_y")),
        part=f"grad_{name}",
        title=title,
        kind=kind,
        calls=[f"y, cache = prelu_forward({x}, low)", "grad_x, grad_slope = prelu_backward(grad_y, cache)"],
        inputs=channels_of_slopes,
    )
    for name, x, given, title, kind in [
        ("x", "x", "x", "y is a multiple of x, and grad_x the same multiple of grad_y", "x and y in proportion"),
        (
            "slope",
            "below",
            "low",
            "below 0, y = slope * x",
            "slope and y in proportion",
        ),
    ]
]
PRELU_FORWARD = exercise_of(
    prelu_forward,
    points=5,
    **prelu_cases("forward"),
    identities=PRELU_FORWARD_IDENTITIES,
    mutants=r"""
    maximum: np.where(x > 0, x, wide_slope * x) => np.maximum(x, wide_slope * x)
        max(x, slope * x) is right for slopes from 0 to 1 only, and a slope that learns may leave that
        range.
    first_slope: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, slope[0] * x)
        You use the slope of channel 0 for all channels.
    mean_slope: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, slope.mean() * x)
        You use the mean of the slopes for all channels. Each channel has its own.
    last_axis: slope.reshape(-1, *[1] * (x.ndim - 2)) => slope
        numpy lines shapes up from the right, so your slope meets the last axis. The channel is axis 1: give
        the slope a 1 for each axis after it.
    first_axis: (x.ndim - 2) => (x.ndim - 1)
        Your slope meets the batch, axis 0. The channel is axis 1: one axis less follows it.
    reversed: slope.reshape( => slope[::-1].reshape(
        The slopes go to the channels in the wrong order.
    relu: np.where(x > 0, x, wide_slope * x) => np.maximum(x, 0)
        This is the plain ReLU: the negative side is lost. There y = slope * x.
    sides_swapped: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, wide_slope * x, x)
        The sides are swapped: the slope belongs to the negative side.
    constant: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, wide_slope + 0 * x)
        On the negative side you return the slope itself. It multiplies x.
    fixed: np.where(x > 0, x, wide_slope * x) => np.where(x > 0, x, 0.25 * x)
        You use 0.25, the paper's starting value, everywhere. The slopes are an argument.
    double_precision: np.where(x > 0, x, wide_slope * x)
        => np.where(x > 0, x, wide_slope * x.astype(np.float64))
        You return float64 for float32 inputs.
    in_place: return np.where(x > 0, x, wide_slope * x)
        => np.multiply(x, wide_slope, out=x, where=x < 0)\n    return x
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[prelu_two_parts, prelu_channel_loop, prelu_channels_last],
    hints="""
    numpy lines shapes up from the right, so a slope of shape (C,) would meet the last axis. It has to meet axis 1.
    Give the slope a 1 for each axis after the channel: (C, 1, 1) for images, (C,) for a plain batch.
    wide = slope.reshape(-1, *[1] * (x.ndim - 2)), then np.where(x > 0, x, wide * x).
    """,
)
PRELU_BACKWARD = backward_of(
    Pair(prelu_forward, prelu_backward),
    points=7,
    large={"x": (150, 200), "slope": (200,)},
    **prelu_cases("backward"),
    interleaved=(0, 1),
    gradient={"x": spaced(np.random.default_rng(42), (3, 4, 5, 2)), "slope": np.array([0.3, -0.2, 1.5, 0.8])},
    identities=PRELU_BACKWARD_IDENTITIES,
    mutants="""
    mean: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * np.minimum(x, 0)).mean(axis=other_axes)
        grad_slope is a mean. One slope served all these entries, so their gradients add up: a sum.
    over_batch_size: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * np.minimum(x, 0)).sum(axis=other_axes) / len(x)
        You divide grad_slope by the batch size. A mean over the batch belongs in the loss; here it is a
        sum.
    no_mask: (grad_y * np.minimum(x, 0)).sum(axis=other_axes) => (grad_y * x).sum(axis=other_axes)
        Positive entries contribute to grad_slope. There y = x, and the slope had no part in it.
    positive_side: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * np.maximum(x, 0)).sum(axis=other_axes)
        grad_slope gathers the positive entries. The slope acts on the negative ones.
    times_slope: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * wide_slope * np.minimum(x, 0)).sum(axis=other_axes)
        You gather grad_y times the output. The derivative of slope * x with respect to the slope is x.
    without_grad: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => np.minimum(x, 0).sum(axis=other_axes)
        grad_slope forgets grad_y: the chain rule multiplies x by it before the sum.
    without_x: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * (x <= 0)).sum(axis=other_axes)
        grad_slope forgets x: the derivative of slope * x with respect to the slope is x.
    shared: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => np.full(x.shape[1], (grad_y * np.minimum(x, 0)).sum())
        You add up all channels. Each channel has a slope, and a gradient, of its own.
    batch_only: (grad_y * np.minimum(x, 0)).sum(axis=other_axes)
        => (grad_y * np.minimum(x, 0)).sum(axis=0)
        You sum over the batch only. The slope was copied over all axes but the channel's: sum over all of
        them.
    all_but_last: other_axes = (0, *range(2, x.ndim)) => other_axes = tuple(range(x.ndim - 1)) or (0,)
        You sum over all axes but the last. The channel is axis 1: sum over axis 0 and over those from 2 on.
    stopped: wide_slope * grad_y) => 0 * grad_y)
        grad_x is that of a plain ReLU: on the negative side slope * grad_y comes back.
    sign_at_zero: np.where(x > 0, => np.where(x >= 0,
        At x = 0 grad_x uses slope 1. The course counts 0 to the negative side.
    """,
    alternatives=[
        (prelu_channel_loop, prelu_backward_channel_loop),
        (prelu_two_parts, prelu_backward_flat),
        (prelu_channels_last, prelu_backward_einsum),
    ],
    hints="""
    grad_x is the leaky ReLU's, with a wide slope. For grad_slope: on the negative side y = slope * x, so dy/dslope = x.
    grad_y * x where x <= 0, and 0 elsewhere, is the contribution of each entry. grad_y * np.minimum(x, 0) is the same.
    Sum it over all axes but axis 1: .sum(axis=(0, *range(2, x.ndim))), which leaves (C,).
    """,
)
