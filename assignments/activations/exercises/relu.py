"""The ReLU."""

import numpy as np

from solutions.activation import relu_backward, relu_forward

from .elementwise import SLOPES_ADD_UP, ElementwisePair, mirrored, multiply_cache


def relu_by_mask(x):
    return x * (x > 0), x > 0


def relu_by_where(x):
    return np.where(x > 0, x, np.zeros_like(x)), np.sign(x)


def relu_by_absolute(x):
    return (x + np.abs(x)) / 2, x


def relu_on_a_copy(x):
    y = x.copy()
    y[y < 0] = 0
    return y, y


def relu_backward_from_y(grad_y, cache):
    grad_x = np.array(grad_y)
    grad_x[cache == 0] = 0
    return grad_x


def relu_backward_where(grad_y, cache):
    return np.where(cache[0] > 0, grad_y, 0)


def relu_backward_loop(grad_y, cache):
    grad_x = np.zeros_like(grad_y)
    for index in np.ndindex(grad_y.shape):
        if cache[0][index] > 0:
            grad_x[index] = grad_y[index]
    return grad_x


RELU = ElementwisePair(relu_forward, relu_backward, seed=3)
RELU_FORWARD = RELU.forward_exercise(
    identities=[mirrored("relu", "relu(x) - relu(-x) = x", {"y": 1, "mirrored": -1}, "x")],
    mutants="""
    absolute: return np.maximum(x, 0) => return np.abs(x)
        Negative inputs come out positive. ReLU sets them to 0.
    minimum: return np.maximum(x, 0) => return np.minimum(x, 0)
        You keep the negative side. ReLU keeps the positive one: np.maximum.
    mask: return np.maximum(x, 0) => return (x > 0).astype(x.dtype)
        You return the mask, 0 or 1. A positive x passes unchanged.
    leaky: return np.maximum(x, 0) => return np.maximum(x, 0.01 * x)
        This is the leaky ReLU with slope 0.01. Here negative inputs give exactly 0.
    capped: return np.maximum(x, 0) => return np.clip(x, 0, 1)
        You cap y at 1. ReLU has no upper end.
    identity: return np.maximum(x, 0) => return x.copy()
        You return x unchanged, negative entries too.
    double_precision: return np.maximum(x, 0) => return np.maximum(x, np.zeros(x.shape))
        You return float64 for a float32 input: np.zeros makes float64.
    in_place: return np.maximum(x, 0) => return np.maximum(x, 0, out=x)
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[relu_by_mask, relu_by_where, relu_by_absolute, relu_on_a_copy],
    hints="""
    Entry by entry: the larger of x and 0.
    np.max finds the largest entry of one array. Which function compares two arrays entry by entry?
    y = np.maximum(x, 0); keep x in the cache, the backward pass will ask for its sign.
    """,
)
RELU_BACKWARD = RELU.backward_exercise(
    identities=[mirrored("relu", *SLOPES_ADD_UP)],
    mutants=r"""
    sign_at_zero: return grad_y * (x > 0) => return grad_y * (x >= 0)
        At x = 0 you pass the gradient on. The course sets the derivative there to 0.
    mask_of_grad: return grad_y * (x > 0) => return grad_y * (grad_y > 0)
        You look at the sign of grad_y. It is the sign of x that decides.
    both_masks: return grad_y * (x > 0) => return grad_y * ((x > 0) & (grad_y > 0))
        You stop negative gradients too. Only the sign of x decides; a gradient may have any sign.
    inverted: return grad_y * (x > 0) => return grad_y * (x <= 0)
        Inverted: the gradient passes where x is positive.
    unmasked: return grad_y * (x > 0) => return grad_y.copy()
        Everything passes. Where x was negative the output did not depend on it, so nothing comes back.
    mask_only: return grad_y * (x > 0) => return (x > 0).astype(grad_y.dtype)
        This is the slope alone, 0 or 1. The chain rule multiplies it by grad_y.
    times_y: return grad_y * (x > 0) => return grad_y * np.maximum(x, 0)
        You multiply by the output. The slope on the positive side is 1, however large x is.
    zeros: return grad_y * (x > 0) => return np.zeros_like(grad_y)
        You return zeros: no gradient arrives.
    in_place: return grad_y * (x > 0) => grad_y[x <= 0] = 0\n    return grad_y
        You overwrite grad_y, which belongs to the caller. Make a new array.
    """,
    alternatives=[
        (relu_on_a_copy, relu_backward_from_y),
        relu_backward_where,
        relu_backward_loop,
        (relu_by_mask, multiply_cache),
    ],
    hints="""
    Where x was positive, y = x: the gradient passes unchanged. Elsewhere y = 0 whatever x is: nothing passes.
    A comparison of arrays, x > 0, is an array of True and False, and multiplies like 1 and 0.
    grad_x = grad_y * (x > 0). Note > and not >=.
    """,
)
