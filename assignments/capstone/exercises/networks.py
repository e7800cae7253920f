"""The parts that a network is given, and small networks and images to try it on."""

import numpy as np

from classroom.staff.declare.exercise import Function
from solutions.capstone import build_cnn
from solutions.network import expand_pattern

PARTS = {"given_parts": Function("given_parts")}
OTHER_PARTS = {
    "given_parts": Function("given_parts", momentum="adam", relu="leaky_relu", maxpool2d="avgpool2d"),
}


def network(rng, pattern, in_shape, classes):
    """A small network whose statistics, scales and shifts are not at their start."""
    layers = build_cnn(expand_pattern(pattern), in_shape, classes, rng, 3, 5)
    for layer in layers:
        for name, value in layer.items():
            if isinstance(value, np.ndarray) and name != "weight":
                layer[name] = rng.uniform(0.5, 1.5, value.shape)
    return layers


def images(rng, count, in_shape, classes):
    return {"x": rng.normal(size=(count, *in_shape)), "labels": rng.integers(classes, size=count)}
