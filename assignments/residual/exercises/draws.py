"""What both kinds of dropout are asked: cases and identities of a layer that draws."""

import numpy as np

from classroom.staff.declare.exercise import Case, Differ, Equal, Generator, IndependentMasks, Property, identity

FORWARD = "y, cache = dropout_forward(x, drop, rng, training={})"


def nonzero(rng, shape, dtype=np.float64):
    """Numbers at least 0.1 away from 0, so that a zero in y was dropped."""
    return (rng.choice([-1, 1], size=shape) * rng.uniform(0.1, 2, size=shape)).astype(dtype)


def nothing_dropped(name, rng, shape, kind="", layer="dropout"):
    """drop = 0: y is x in training."""
    inputs = {"x": rng.normal(size=shape), "drop": 0.0, "rng": Generator(3)}
    call = FORWARD.format(True).replace("dropout", layer)
    return Case(name, inputs=inputs, calls=[call], outputs=("y",), part="training", kind=kind)


def two_draws_case(name, rng, shape, drop, kind="", layer="dropout"):
    """Two generators drop different entries."""
    inputs = {"x": nonzero(rng, shape), "drop": drop, "rng1": Generator(11), "rng2": Generator(12)}
    calls = [f"y{t}, cache{t} = {layer}_forward(x, drop, rng{t}, training=True)" for t in (1, 2)]
    measure = IndependentMasks("y1", "y2")
    return Case(name, inputs, calls, ("y1", "y2"), part="training", kind=kind, measure=measure)


def drawn_from_rng(layer):
    """Whatever is drawn comes from rng, and from nothing else: neither from another generator nor from x."""
    draws = [f"y{t}, _ = {layer}_forward(x, drop, rng{t}, training=True)" for t in (1, 2)]
    x = np.arange(1.0, 101.0).reshape(10, 10)  # 2**-100: two masks that agree by chance
    one, other = ({"x": x, "drop": 0.5, "rng1": Generator(4), "rng2": Generator(seed)} for seed in (4, 5))
    back = [
        f"_, cache = {layer}_forward(x, drop, rng1, training=True)",
        f"grad_x = {layer}_backward(grad_y, cache)",
        f"_, other_cache = {layer}_forward(zeros, drop, rng2, training=True)",
        f"grad_x_at_zeros = {layer}_backward(grad_y, other_cache)",
    ]
    return [
        Property(Equal("y1", "y2"), title="the same generator twice", inputs=one, part="training", calls=draws),
        Property(
            Differ("y1", "y2", "and should not be: draw from rng"),
            title="two generators",
            inputs=other,
            part="training",
            calls=draws,
        ),
        identity(
            "an x that is 0 has not been dropped by that",
            *back,
            "grad_x_at_zeros == grad_x",
            inputs={**one, "drop": 0.0, "zeros": np.zeros((10, 10)), "grad_y": x},
            part="backward",
        ),
    ]


def as_it_came(layer):
    """A gradient like x comes back like y, whatever other layers have done meanwhile, in training or not."""

    def inputs(rng):
        one, other = (Generator(int(seed)) for seed in rng.choice(2**31, 2, replace=False))
        return {"x": nonzero(rng, (9, 8)), "drop": 0.4, "rng1": one, "rng2": other, "other_drop": 0.7}

    return identity(
        "a gradient like x comes back like y, though other layers went forward meanwhile",
        f"y, cache = {layer}_forward(x, drop, rng1, training=True)",
        f"_, other_cache = {layer}_forward(x, other_drop, rng2, training=True)",
        f"_, last_cache = {layer}_forward(x, other_drop, rng2, training=False)",
        f"grad_x = {layer}_backward(x, cache)",
        "grad_x == y",
        inputs=inputs,
        part="backward",
        hidden="several layers in turn",
    )
