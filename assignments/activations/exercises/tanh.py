"""The hyperbolic tangent."""

import numpy as np

from classroom.staff.declare.exercise import textual_mutants
from solutions.activation import tanh_backward, tanh_forward

from .elementwise import EVEN_SLOPE, ElementwisePair, mirrored


def tanh_by_sigmoid(x):
    z = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - z) / (1 + z), x


def tanh_of_clipped(x):
    e = np.exp(2 * np.clip(x, -20, 20))
    return (e - 1) / (e + 1), x


def tanh_loop(x):
    y = np.empty(x.shape, x.dtype)
    for index, value in np.ndenumerate(x):
        y[index] = np.tanh(value)
    return y, (y, x)


def tanh_backward_of_x(grad_y, cache):
    return grad_y / np.cosh(np.clip(cache, -300, 300)).astype(grad_y.dtype) ** 2


def tanh_keep_x(x):
    return np.tanh(x), x.astype(np.float64)


def tanh_backward_product(grad_y, cache):
    return (grad_y * (1 - np.tanh(cache)) * (1 + np.tanh(cache))).astype(grad_y.dtype)


def tanh_backward_difference(grad_y, cache):
    (y,) = cache
    return grad_y - grad_y * y**2


def tanh_backward_loop(grad_y, cache):
    grad_x = np.empty_like(grad_y)
    for index in np.ndindex(grad_y.shape):
        grad_x[index] = grad_y[index] * (1 - cache[0][index] ** 2)
    return grad_x


TANH = ElementwisePair(tanh_forward, tanh_backward, seed=2)
TANH_FORWARD = TANH.forward_exercise(
    identities=[mirrored("tanh", "tanh(x) + tanh(-x) = 0", {"y": 1, "mirrored": 1}, 0)],
    mutants="""
    overflow: y = np.tanh(x) => y = (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))
        At x = 1000 the formula as printed is infinity / infinity. Use np.tanh, or only exp of -2|x|.
    overflow_on_one_side: y = np.tanh(x) => y = (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)
        For x above 354 exp(2x) is infinite, and infinity / infinity is not a number. Use exp of -2|x|.
    overflow_on_the_other_side: y = np.tanh(x) => y = (1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))
        For x below -354 exp(-2x) is infinite, and infinity / infinity is not a number. Use exp of -2|x|.
    sigmoid: y = np.tanh(x) => y = 0.5 * (1 + np.tanh(0.5 * x))
        This is the sigmoid, from 0 to 1. tanh goes from -1 to 1.
    half: y = np.tanh(x) => y = np.tanh(x / 2)
        Too flat: this is tanh(x / 2). What it is made of has to be taken at 2x: tanh(x) is 2 sigmoid(2x) - 1.
    no_minus_one: y = np.tanh(x) => y = np.tanh(x) + 1
        1 too large everywhere: the -1 of 2 sigmoid(2x) - 1 is missing.
    mirrored: y = np.tanh(x) => y = np.tanh(-x)
        The sign is turned: tanh rises.
    hard: y = np.tanh(x) => y = np.clip(x, -1, 1)
        This is the straight-line sketch of tanh (the 'hard tanh'), right only at 0 and far out.
    double_precision: y = np.tanh(x) => y = np.tanh(x.astype(np.float64))
        You return float64 for a float32 input.
    in_place: y = np.tanh(x) => y = np.tanh(x, out=x)
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[tanh_by_sigmoid, tanh_of_clipped, tanh_loop],
    hints="""
    exp(1000) is too large for any float. Is there an exponential that never grows?
    numpy has np.tanh, and it is stable. With z = np.exp(-2 * np.abs(x)) you can also write it yourself.
    y = np.tanh(x), and keep y for the backward pass.
    """,
)
TANH_BACKWARD = TANH.backward_exercise(
    identities=[mirrored("tanh", *EVEN_SLOPE)],
    mutants=[
        *textual_mutants(
            tanh_backward,
            r"""
            slope_only: grad_y * (1 - y * y) => 1 - y * y
                This is the slope alone. The chain rule multiplies it by grad_y.
            not_squared: grad_y * (1 - y * y) => grad_y * (1 - y)
                The square is missing: the slope is 1 - y squared.
            slope_of_sigmoid: grad_y * (1 - y * y) => grad_y * y * (1 - y)
                y (1 - y) is the slope of the sigmoid. For tanh it is 1 - y squared.
            plus: grad_y * (1 - y * y) => grad_y * (1 + y * y)
                A sign: the slope is 1 minus y squared, never above 1.
            of_tanh_again: grad_y * (1 - y * y) => grad_y * (1 - np.tanh(y) ** 2)
                You take tanh twice: y is tanh(x) already.
            negative: grad_y * (1 - y * y) => grad_y * (y * y - 1)
                The sign is turned: tanh rises, so its slope is positive.
            zeros: grad_y * (1 - y * y) => np.zeros_like(grad_y)
                You return zeros: no gradient arrives.
            in_place: return grad_y * (1 - y * y) => grad_y *= 1 - y * y\n    return grad_y
                You overwrite grad_y, which belongs to the caller. Make a new array.
            """,
        ),
        *textual_mutants(
            tanh_forward,
            """
            x_for_y: return y, (y,) => return y, (x,)
                You use 1 - x squared. The formula is written with the output: 1 - y squared.
            """,
        ),
    ],
    alternatives=[(tanh_keep_x, tanh_backward_product), tanh_backward_difference, tanh_backward_loop],
    hints="""
    Which number of the forward pass makes the slope cheapest? The cache should hold it.
    The slope at each entry is 1 - y * y.
    The chain rule: grad_x = grad_y * (1 - y * y).
    """,
)
