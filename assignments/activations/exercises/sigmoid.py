"""The sigmoid."""

import numpy as np

from classroom.staff.declare.exercise import textual_mutants
from solutions.activation import sigmoid_backward, sigmoid_forward

from .elementwise import EVEN_SLOPE, ElementwisePair, mirrored, multiply_cache


def sigmoid_two_masks(x):
    y = np.empty_like(x)
    positive = x >= 0
    y[positive] = 1 / (1 + np.exp(-x[positive]))
    z = np.exp(x[~positive])
    y[~positive] = z / (1 + z)
    return y, y


def sigmoid_by_tanh(x):
    return (0.5 * (1 + np.tanh(0.5 * x))).astype(x.dtype), x


def sigmoid_loop(x):
    y = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        value = float(x[index])
        y[index] = 1 / (1 + np.exp(-value)) if value > 0 else np.exp(value) / (1 + np.exp(value))
    return y, None


def sigmoid_naive_silenced(x):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-x)), x


def sigmoid_backward_own_cache(grad_y, cache):
    z = np.exp(-np.abs(cache))
    return grad_y * z / (1 + z) ** 2


def sigmoid_keep_x(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + z), z / (1 + z)), x


def sigmoid_backward_in_place(grad_y, cache):
    grad_x = grad_y.copy()
    grad_x *= cache[0]
    grad_x *= 1 - cache[0]
    return grad_x


def sigmoid_backward_square(grad_y, cache):
    (y,) = cache
    return grad_y * (y - y**2)


def sigmoid_fused_slope(x):
    z = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + z), z / (1 + z)), z / (1 + z) ** 2


SIGMOID = ElementwisePair(sigmoid_forward, sigmoid_backward, seed=1)
SIGMOID_FORWARD = SIGMOID.forward_exercise(
    identities=[mirrored("sigmoid", "sigmoid(x) + sigmoid(-x) = 1", {"y": 1, "mirrored": 1}, 1)],
    mutants=r"""
    overflow: y = sigmoid(x) => y = np.exp(x) / (1 + np.exp(x))
        At x = 1000 you compute infinity / infinity. Take exp of -|x| only, which is never above 1.
    mirrored: y = sigmoid(x) => y = 1 - sigmoid(x)
        Your curve falls from 1 to 0, as with the sign in the exponent turned. It is exp(-x).
    tanh: y = sigmoid(x) => y = np.tanh(x)
        This is tanh, from -1 to 1. The sigmoid goes from 0 to 1.
    no_one: y = sigmoid(x) => y = 1 / (0.5 + np.exp(-np.maximum(x, -700)))
        The 1 in the denominator is wrong: at x = 0 the sigmoid is 1 / (1 + 1) = 0.5.
    hard: y = sigmoid(x) => y = np.clip(0.25 * x + 0.5, 0, 1)
        This is the straight-line sketch of a sigmoid (the 'hard sigmoid'), exact only at 0.
    double: y = sigmoid(x) => y = sigmoid(2 * x)
        Your curve is twice too steep: this is sigmoid(2x), which belongs in tanh.
    clipped: y = sigmoid(x) => y = sigmoid(np.clip(x, -6, 6))
        You cut x off at 6, where the sigmoid is 0.9975 and still rising. A stable formula needs no
        cutting.
    double_precision: y = sigmoid(x) => y = sigmoid(x.astype(np.float64))
        You return float64 for a float32 input.
    in_place: y = sigmoid(x) => x[...] = sigmoid(x)\n    y = x
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[sigmoid_two_masks, sigmoid_by_tanh, sigmoid_loop, sigmoid_naive_silenced],
    hints="""
    exp overflows for large positive arguments only. Which of the two forms is safe for x >= 0, which for x < 0?
    z = np.exp(-np.abs(x)) lies in (0, 1] for every x. Write both forms with z.
    For x >= 0 the answer is 1 / (1 + z), for x < 0 it is z / (1 + z): np.where chooses. Keep y in the cache.
    """,
)
SIGMOID_BACKWARD = SIGMOID.backward_exercise(
    identities=[mirrored("sigmoid", *EVEN_SLOPE)],
    mutants=[
        *textual_mutants(
            sigmoid_backward,
            """
            slope_only: grad_y * y * (1 - y) => y * (1 - y)
                This is the slope alone. The chain rule multiplies it by grad_y.
            one_factor: grad_y * y * (1 - y) => grad_y * (1 - y)
                A factor is missing: the slope is y (1 - y), not 1 - y.
            other_factor: grad_y * y * (1 - y) => grad_y * y
                A factor is missing: the slope is y (1 - y), not y.
            slope_of_tanh: grad_y * y * (1 - y) => grad_y * (1 - y * y)
                1 - y squared is the slope of tanh. For the sigmoid it is y - y squared.
            plus: grad_y * y * (1 - y) => grad_y * y * (1 + y)
                A sign: the slope is y (1 - y).
            twice: (y,) = cache => y = 1 / (1 + np.exp(-cache[0]))
                You take the sigmoid of y, which is a sigmoid already.
            negative: grad_y * y * (1 - y) => -grad_y * y * (1 - y)
                The sign is turned: the sigmoid rises, so its slope is positive.
            zeros: grad_y * y * (1 - y) => np.zeros_like(grad_y)
                You return zeros: no gradient arrives.
            """,
        ),
        *textual_mutants(
            sigmoid_forward,
            """
            x_for_y: return y, (y,) => return y, (x,)
                You use x (1 - x). The formula is written with the output: y (1 - y).
            """,
        ),
    ],
    alternatives=[
        (sigmoid_keep_x, sigmoid_backward_own_cache),
        sigmoid_backward_in_place,
        sigmoid_backward_square,
        (sigmoid_fused_slope, multiply_cache),
    ],
    hints="""
    The slope can be written with the output alone, so the output is what the cache should hold.
    The slope at each entry is y * (1 - y).
    The chain rule: grad_x = grad_y * y * (1 - y).
    """,
)
