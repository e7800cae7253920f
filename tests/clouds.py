"""A task that a small network learns at once, and the network."""

import numpy as np

from solutions.network import BatchNorm, Dropout, Linear, ReLU, Stack

SETTINGS = {"epochs": 4, "batch": 32, "rate": 0.05}


def clouds(n=240, seed=0):
    """Three well separated clouds of points."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    centers = np.array([[2.0, 0.0], [-1.0, 2.0], [-1.0, -2.0]])
    return (centers[labels] + 0.5 * rng.standard_normal((n, 2))).astype(np.float32), labels


def small(seed=0):
    rng = np.random.default_rng(seed)
    return Stack([Linear(2, 16, rng), BatchNorm(16), ReLU(), Dropout(0.1, rng), Linear(16, 3, rng)])
