"""Batches and images whose features have means and spreads of their own."""

import numpy as np

from classroom.staff.declare.exercise import Gradient, Property

NEAR_EPS = 0.005  # spread of a batch whose variance is about eps: only there can eps be seen


def batch(rng, n, d, spread=2.0, dtype=np.float64):
    """A batch whose features have means and spreads of their own."""
    x = rng.normal(size=(n, d)) * spread * rng.uniform(0.5, 1.5, size=d) + spread * rng.normal(size=d)
    return x.astype(dtype)


def vectors(rng, d, dtype=np.float64):
    """A scale, a shift, and running statistics."""
    scale, shift = rng.uniform(0.5, 2, size=d), rng.normal(size=d)
    running = (rng.normal(size=d).astype(dtype), rng.uniform(0.5, 3, size=d).astype(dtype))
    return {"scale": scale.astype(dtype), "shift": shift.astype(dtype), "running": running}


def images(rng, n, c, h, w, spread=2.0, dtype=np.float64):
    """Images whose examples and channels have means and spreads of their own."""
    x = rng.normal(size=(n, c, h, w)) * rng.uniform(0.5, 1.5, (n, c, 1, 1)) + rng.normal(size=(n, c, 1, 1))
    return (spread * x).astype(dtype)


def nothing_to_do_at_inference(rng):
    """A batch, running statistics, and the scale and shift by which they undo themselves."""
    mean, var = rng.normal(size=4), rng.uniform(0.5, 2, size=4) * 1e-4
    return {"x": batch(rng, 6, 4), "scale": np.sqrt(var + 1e-5), "shift": mean, "running": (mean, var)}


def slopes(*calls, inputs):
    """All three gradients of a norm are its slopes."""
    return Property(
        Gradient("y", {"x": "grad_x", "scale": "grad_scale", "shift": "grad_shift"}), calls=calls, inputs=inputs
    )
