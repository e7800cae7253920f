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
