"""The leaky ReLU."""

import numpy as np

from classroom.staff.declare.exercise import identity, textual_mutants
from solutions.activation import leaky_relu_backward, leaky_relu_forward

from .elementwise import ElementwisePair, around_zero, mirrored, multiply_cache


def leaky_relu_two_parts(x, *, slope=0.01):
    return np.maximum(x, 0) + slope * np.minimum(x, 0), (x > 0, slope)


def leaky_relu_loop(x, *, slope=0.01):
    y = x.copy()
    for index in np.ndindex(x.shape):
        if x[index] <= 0:
            y[index] = slope * x[index]
    return y, (x, slope)


def leaky_relu_factor(x, slope=0.01):
    factor = np.where(x > 0, 1.0, slope).astype(x.dtype)
    return factor * x, factor


def leaky_relu_backward_in_place(grad_y, cache):
    x, slope = cache
    grad_x = grad_y.copy()
    grad_x[x <= 0] *= slope
    return grad_x


def leaky_relu_backward_sum(grad_y, cache):
    positive, slope = cache
    return positive * grad_y + ~positive * grad_y * slope


LEAKY_RELU = ElementwisePair(
    leaky_relu_forward, leaky_relu_backward, seed=4, options={"slope": [0.1, 1.5, -0.25, 2.0, 0.05, 0.5, -0.5, 3.0]}
)
LEAKY_RELU_FORWARD = LEAKY_RELU.forward_exercise(
    identities=[
        mirrored("leaky_relu", "with slope 1 it is x itself", {"y": 1}, "x", ", slope=1.0"),
        mirrored("leaky_relu", "with slope -1 it is |x|, the same at -x", {"y": 1}, "mirrored", ", slope=-1.0"),
    ],
    mutants=r"""
    maximum: np.where(x > 0, x, slope * x) => np.maximum(x, slope * x)
        For a slope above 1, slope * x is the larger one on the positive side. Choose by the sign of x,
        not by max.
    slope_absolute: np.where(x > 0, x, slope * x) => np.where(x > 0, x, abs(slope) * x)
        You drop the sign of the slope. It may be negative.
    slope_fixed: np.where(x > 0, x, slope * x) => np.where(x > 0, x, 0.01 * x)
        You always use 0.01. The slope is an argument.
    relu: np.where(x > 0, x, slope * x) => np.maximum(x, 0)
        This is the plain ReLU: the negative side is lost. There y = slope * x.
    sides_swapped: np.where(x > 0, x, slope * x) => np.where(x > 0, slope * x, x)
        The sides are swapped: the slope belongs to the negative side.
    constant: np.where(x > 0, x, slope * x) => np.where(x > 0, x, slope)
        On the negative side you return the slope itself. It multiplies x.
    mirrored: np.where(x > 0, x, slope * x) => np.where(x > 0, x, -slope * x)
        A sign: on the negative side y = slope * x, which is negative for a positive slope.
    double_precision: np.where(x > 0, x, slope * x)
        => np.where(x > 0, x, slope * x.astype(np.float64))
        You return float64 for a float32 input.
    in_place: return np.where(x > 0, x, slope * x) => x[x < 0] *= slope\n    return x
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[leaky_relu_two_parts, leaky_relu_loop, leaky_relu_factor],
    hints="""
    Two cases, chosen by the sign of x. Which numpy function chooses between two arrays?
    np.where(condition, a, b) takes from a where the condition holds and from b elsewhere.
    y = np.where(x > 0, x, slope * x); the backward pass needs x and slope.
    """,
)
LEAKY_RELU_BACKWARD = LEAKY_RELU.backward_exercise(
    identities=[
        identity(
            "y is a multiple of x, and grad_x the same multiple of grad_y",
            "y, cache = leaky_relu_forward(x, slope=0.3)",
            "grad_x = leaky_relu_backward(grad_y, cache)",
            "sum(x * grad_x) == sum(y * grad_y)",
            kind="x and y in proportion",
            inputs=around_zero,
        )
    ],
    mutants=[
        *textual_mutants(
            leaky_relu_backward,
            r"""
            sign_at_zero: np.where(x > 0, => np.where(x >= 0,
                At x = 0 you use slope 1. The course counts 0 to the negative side.
            slope_fixed: slope * grad_y) => 0.01 * grad_y)
                You always use 0.01. The slope of the forward pass has to travel in the cache.
            relu: slope * grad_y) => 0 * grad_y)
                This is the gradient of the plain ReLU. On the negative side slope * grad_y comes back.
            sides_swapped: grad_y, slope * grad_y) => slope * grad_y, grad_y)
                The sides are swapped: the slope belongs to the negative side.
            times_x: slope * grad_y) => slope * x * grad_y)
                You multiply by slope * x, which is the output. The derivative of slope * x is slope.
            slope_only: np.where(x > 0, grad_y, slope * grad_y)
                => np.where(x > 0, 1.0, slope * np.ones_like(grad_y)).astype(grad_y.dtype)
                This is the slope alone. The chain rule multiplies it by grad_y.
            sign_of_grad: np.where(x > 0, => np.where(grad_y > 0,
                You look at the sign of grad_y. It is the sign of x that decides.
            in_place: return np.where(x > 0, grad_y, slope * grad_y) => grad_y[x <= 0] *= slope\n    return grad_y
                You overwrite grad_y, which belongs to the caller. Make a new array.
            """,
        ),
        *textual_mutants(
            leaky_relu_forward,
            r"""
            sign_of_y: return np.where(x > 0, x, slope * x), (x, slope)
                => y = np.where(x > 0, x, slope * x)\n    return y, (y, slope)
                You look at the sign of y, which a negative slope turns round. It is the sign of x that decides.
            """,
        ),
    ],
    alternatives=[
        leaky_relu_backward_in_place,
        (leaky_relu_factor, multiply_cache),
        (leaky_relu_two_parts, leaky_relu_backward_sum),
    ],
    hints="""
    What is the derivative of x with respect to x, and of slope * x?
    The two cases are the same as in the forward pass, so you need x and slope from the cache.
    grad_x = np.where(x > 0, grad_y, slope * grad_y).
    """,
)
