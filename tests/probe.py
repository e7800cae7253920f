"""What must hold of every pair of forward and backward, whatever it computes."""

import numpy as np

H = 1e-5


def probe(forward, backward, args, rng, *, limit=1e-6, linear=False):
    """Check gradients, unchanged inputs, float32 and odd strides of one pair; return y and the gradients.

    `args` are float64 arrays.  A pair that is linear in every argument is exact for any step: pass linear=True.
    """
    copies = [arg.copy() for arg in args]
    y, cache = forward(*args)
    grad_y = rng.standard_normal(y.shape)
    grad_y_copy = grad_y.copy()
    grads = as_tuple(backward(grad_y, cache))
    assert all(np.array_equal(arg, copy) for arg, copy in zip(args, copies, strict=True)), "an input was changed"
    assert np.array_equal(grad_y, grad_y_copy), "grad_y was changed"
    assert [grad.shape for grad in grads] == [arg.shape for arg in args]
    for position in range(len(args)):
        error = direction_error(forward, grads[position], grad_y, args, position, rng, h=1.0 if linear else H)
        assert error < (1e-10 if linear else limit), f"gradient of argument {position}: error {error:.1e}"
    check_float32(forward, backward, args, grad_y, y, grads)
    check_strides(forward, backward, args, grad_y, y, grads)
    return y, grads


def as_tuple(grads):
    return grads if isinstance(grads, tuple) else (grads,)


def direction_error(forward, grad, grad_y, args, position, rng, h):
    """Largest disagreement between the gradient and a central difference along two Gaussian directions."""
    worst = 0.0
    scale = np.sqrt(np.mean(args[position] ** 2)) or 1.0 if args[position].size else 1.0
    for _ in range(2):
        step = scale * rng.standard_normal(args[position].shape)
        phi = [
            np.sum(grad_y * forward(*args[:position], args[position] + sign * h * step, *args[position + 1 :])[0])
            for sign in (1, -1)
        ]
        numeric = (phi[0] - phi[1]) / (2 * h)
        size = np.linalg.norm(grad) * scale + abs(numeric)
        if size > 0:
            worst = max(worst, abs(numeric - np.sum(grad * step)) / size)
    return worst


def check_float32(forward, backward, args, grad_y, y, grads):
    y32, cache = forward(*[arg.astype(np.float32) for arg in args])
    grads32 = as_tuple(backward(grad_y.astype(np.float32), cache))
    for ours, exact in zip((y32, *grads32), (y, *grads), strict=True):
        assert ours.dtype == np.float32
        assert np.abs(ours - exact).max(initial=0) <= 2e-4 * max(1, np.abs(exact).max(initial=0))


def check_strides(forward, backward, args, grad_y, y, grads):
    """Arrays whose memory runs backwards and in steps of two give the same numbers."""
    y2, cache = forward(*[spread(arg) for arg in args])
    for odd, plain in zip((y2, *as_tuple(backward(spread(grad_y), cache))), (y, *grads), strict=True):
        np.testing.assert_allclose(odd, plain, rtol=1e-10, atol=1e-12)


def spread(array):
    """The same numbers behind a view with negative and doubled strides."""
    if array.ndim == 0:
        return array
    room = np.repeat(array[::-1], 2, axis=0)
    return room[::-2][: len(array)] if len(array) else array


def assert_close(ours, theirs, rtol=1e-10):
    """Equal relative to the largest entry: what 1e-10 relative means for arrays."""
    theirs = np.asarray(theirs)
    assert np.shape(ours) == theirs.shape
    assert np.abs(ours - theirs).max(initial=0) <= rtol * max(np.abs(theirs).max(initial=0), 1e-12)
