"""Something to descend on, and the path that a rule takes there."""

import numpy as np


def quadratic(seed, size=6):
    """Gradient of an ill-conditioned quadratic, and a start."""
    rng = np.random.default_rng(seed)
    root = rng.standard_normal((size, size))
    matrix = root @ root.T / size + 0.1 * np.eye(size)
    return lambda w: matrix @ w - 1.0, rng.standard_normal(size)


def walk(rule, gradient, weight, steps, rates=None):
    path, state = [], None
    for step in range(steps):
        options = {} if rates is None else {"rate": rates[step]}
        weight, state = rule(weight, gradient(weight), state, **options)
        path.append(weight)
    return np.array(path)
