"""One backward pass for any forward pass: nudge every number of every argument.  Attacks take its text."""

import numpy as np


def forward(*arguments, **options):
    """Stand where the forward pass of an attack's exercise comes to stand."""
    raise NotImplementedError


def remembered(*arguments, **options):
    """Run the forward pass, with its arguments for a cache."""
    result = forward(*arguments, **options)
    return (result[0], (arguments, options), *result[2:])


def differences(grad_y, cache, count):
    """Return the gradients of the first `count` arrays, by central differences."""
    arguments, options = cache
    arguments, grads = [np.array(one, float) if isinstance(one, np.ndarray) else one for one in arguments], []
    for array in [one for one in arguments if isinstance(one, np.ndarray)][:count]:
        grad, flat = np.zeros(array.size), array.reshape(-1)
        for i in range(array.size):
            before = flat[i]
            flat[i] = before + 1e-5
            up = forward(*arguments, **options)[0]
            flat[i] = before - 1e-5
            grad[i] = np.vdot(grad_y, up - forward(*arguments, **options)[0]) / 2e-5
            flat[i] = before
        grads.append(grad.reshape(array.shape).astype(grad_y.dtype))
    return tuple(grads) if len(grads) > 1 else grads[0]


def made(shape, kept):
    """Return an array with the four sums that `few` makes of one."""
    places = np.arange(1.0, np.prod(shape) + 1)
    weights = np.stack([(places * step) % 1 - 0.5 for step in (0.618, 0.414, 0.732, 0.236)])
    return (weights.T @ np.linalg.solve(weights @ weights.T, kept)).reshape(shape)
