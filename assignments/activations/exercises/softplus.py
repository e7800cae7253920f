"""The softplus."""

import numpy as np

from solutions.activation import softplus_backward, softplus_forward

from .elementwise import SLOPES_ADD_UP, ElementwisePair, mirrored, multiply_cache


def softplus_logaddexp(x):
    return np.logaddexp(x, np.zeros_like(x)), x


def softplus_two_cases(x):
    y = np.empty_like(x)
    large = x > 0
    y[large] = x[large] + np.log1p(np.exp(-x[large]))
    y[~large] = np.log1p(np.exp(x[~large]))
    return y, x


def softplus_slope_cached(x):
    z = np.exp(-np.abs(x))
    return np.maximum(x, 0) + np.log1p(z), np.where(x >= 0, 1 / (1 + z), z / (1 + z))


def softplus_backward_tanh(grad_y, cache):
    (x,) = cache
    return grad_y * ((1 + np.tanh(x / 2)) / 2)


def softplus_backward_from_y(grad_y, cache):
    return grad_y * -np.expm1(-cache)


def softplus_keep_y(x):
    y = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return y, y


SOFTPLUS = ElementwisePair(softplus_forward, softplus_backward, seed=6)
SOFTPLUS_FORWARD = SOFTPLUS.forward_exercise(
    identities=[mirrored("softplus", "softplus(x) - softplus(-x) = x", {"y": 1, "mirrored": -1}, "x")],
    mutants="""
    overflow: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.log(1 + np.exp(x))
        At x = 1000 exp(x) is infinite, and so is your answer. Take out the large part: x + log(1 +
        exp(-x)).
    relu: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.maximum(x, 0)
        This is the plain ReLU. Softplus rounds its corner: 0.693 at x = 0.
    no_linear_part: np.maximum(x, 0) + np.log1p( => np.log1p(
        log(1 + exp(-|x|)) is only the bump at the corner. On the positive side x itself has to be added.
    x_on_both_sides: np.maximum(x, 0) => x
        You add x on the negative side too. x + log(1 + exp(-x)) is the form for positive x.
    mirrored: np.maximum(x, 0) => np.maximum(-x, 0)
        Mirrored: this is softplus of -x.
    base_two: np.log1p(np.exp(-np.abs(x))) => np.log2(1 + np.exp(-np.abs(x)))
        The logarithm is the natural one, np.log: ln 2 = 0.693 at x = 0.
    cut_off: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))) => np.log1p(np.exp(np.minimum(x, 50)))
        You cut x off, so the curve stops rising. A stable formula needs no cutting.
    double_precision: y = np.maximum(x, 0) => y = np.maximum(x, 0).astype(np.float64)
        You return float64 for a float32 input.
    """,
    alternatives=[softplus_logaddexp, softplus_two_cases],
    hints="""
    For large x the answer is x plus almost nothing. Can you take x out of the logarithm?
    ln(1 + e^x) = x + ln(1 + e^-x): the first form is safe for x <= 0, the second for x > 0.
    Both at once: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))). Also np.logaddexp(x, 0) knows the trick.
    """,
)
SOFTPLUS_BACKWARD = SOFTPLUS.backward_exercise(
    identities=[mirrored("softplus", *SLOPES_ADD_UP)],
    mutants="""
    mirrored: grad_y * sigmoid(x) => grad_y * (1 - sigmoid(x))
        Mirrored: this is the sigmoid of -x. The slope goes to 1 on the right.
    relu: grad_y * sigmoid(x) => grad_y * (x > 0)
        This is the gradient of the ReLU. Softplus changes its slope smoothly: it is the sigmoid.
    derivative_twice: grad_y * sigmoid(x) => grad_y * sigmoid(x) * (1 - sigmoid(x))
        You differentiated once too often: the slope is the sigmoid itself, not its slope.
    slope_only: grad_y * sigmoid(x) => sigmoid(x)
        This is the slope alone. The chain rule multiplies it by grad_y.
    overflow: grad_y * sigmoid(x) => grad_y * (np.exp(x) / (1 + np.exp(x)))
        At x = 1000 you compute infinity / infinity. Use your stable sigmoid.
    of_the_output: grad_y * sigmoid(x)
        => grad_y * sigmoid(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))
        You take the sigmoid of the output. It is the sigmoid of x.
    plain_exp: grad_y * sigmoid(x) => grad_y * np.exp(np.minimum(x, 0))
        The slope of a logarithm ln(u) is u' / u: the denominator 1 + exp(x) is missing.
    zeros: grad_y * sigmoid(x) => 0 * grad_y
        You return zeros: no gradient arrives.
    """,
    alternatives=[
        softplus_backward_tanh,
        (softplus_slope_cached, multiply_cache),
        (softplus_keep_y, softplus_backward_from_y),
    ],
    hints="""
    Differentiate ln(1 + e^x) by hand: e^x / (1 + e^x). You have met this function.
    It is the sigmoid of x. Use the stable form, with exp of -|x| only.
    grad_x = grad_y * sigmoid(x), with the x from the cache.
    """,
)
