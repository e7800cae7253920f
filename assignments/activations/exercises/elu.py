"""The ELU."""

import numpy as np

from classroom.staff.declare.exercise import identity
from solutions.activation import elu_backward, elu_forward

from .elementwise import ElementwisePair, around_zero, multiply_cache


def elu_two_parts(x, *, alpha=1.0):
    return np.maximum(x, 0) + alpha * (np.exp(np.minimum(x, 0)) - 1), (x, alpha)


def elu_silenced(x, *, alpha=1.0):
    with np.errstate(over="ignore"):
        return np.where(x > 0, x, alpha * (np.exp(x) - 1)), (x, alpha)


def elu_masked(x, *, alpha=1.0):
    y = x.copy()
    y[x <= 0] = alpha * np.expm1(x[x <= 0])
    return y, (x, y, alpha)


def elu_slope_cached(x, alpha=1.0):
    below = alpha * np.exp(np.minimum(x, 0))
    return np.where(x > 0, x, below - alpha), np.where(x > 0, 1, below)


def elu_backward_from_y(grad_y, cache):
    x, y, alpha = cache
    return np.where(x > 0, grad_y, grad_y * (y + alpha))


def elu_backward_loop(grad_y, cache):
    x, alpha = cache
    grad_x = grad_y.copy()
    for index in np.ndindex(x.shape):
        if x[index] <= 0:
            grad_x[index] *= alpha * np.exp(x[index])
    return grad_x


ELU = ElementwisePair(elu_forward, elu_backward, seed=5, options={"alpha": [2.0, 0.5, -1.5, 0.75, 1.25, 3.0]})
ELU_FORWARD = ELU.forward_exercise(
    identities=[
        identity(
            "alpha 2 lies halfway between alpha 1 and alpha 3",
            *[f"y{alpha}, _ = elu_forward(x, alpha={alpha}.0)" for alpha in (1, 2, 3)],
            "0.5 * y1 + 0.5 * y3 == y2",
            kind="several alphas",
            inputs=around_zero,
        )
    ],
    mutants=r"""
    no_minus_one: np.expm1(np.minimum(x, 0)) => np.exp(np.minimum(x, 0))
        The -1 is missing: at x = 0 the curve jumps by alpha. It is alpha (exp(x) - 1).
    no_minus_one_below_0: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
        => np.where(x >= 0, x, alpha * np.exp(np.minimum(x, 0)))
        The -1 is missing: at x = 0 the curve jumps by alpha. It is alpha (exp(x) - 1).
    brackets: alpha * np.expm1(np.minimum(x, 0)) => alpha * np.exp(np.minimum(x, 0)) - 1
        Brackets: alpha * exp(x) - 1 multiplies only the exponential. It is alpha * (exp(x) - 1).
    alpha_ignored: alpha * np.expm1( => np.expm1(
        You leave out alpha, so the curve levels off at -1 instead of -alpha.
    alpha_in_exponent: alpha * np.expm1(np.minimum(x, 0)) => np.expm1(alpha * np.minimum(x, 0))
        alpha stands in the exponent. It multiplies the whole bracket: alpha * (exp(x) - 1).
    alpha_on_both_sides: np.where(x > 0, x, alpha => np.where(x > 0, alpha * x, alpha
        You scale the positive side by alpha too. There y = x.
    relu: alpha * np.expm1(np.minimum(x, 0)) => 0 * x
        This is the plain ReLU: the negative side is lost.
    mask_times_infinity: np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
        => (x > 0) * x + (x <= 0) * alpha * np.expm1(x)
        At x = 1000 you compute 0 * infinity, which is not a number. exp must not see the large positive
        inputs.
    double_precision: np.where(x > 0, x, alpha => np.where(x > 0, x.astype(np.float64), alpha
        You return float64 for a float32 input.
    in_place: y = np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
        => x[x < 0] = alpha * np.expm1(x[x < 0])\n    y = x
        You overwrite x, which belongs to the caller. Make a new array.
    """,
    alternatives=[elu_two_parts, elu_silenced, elu_masked],
    hints="""
    np.where(x > 0, ..., ...) again. The second branch is alpha * (exp(x) - 1), brackets included.
    np.where computes both branches for all entries. np.minimum(x, 0) keeps the large ones away from exp.
    y = np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1)); np.expm1(z) is a finer exp(z) - 1.
    """,
)
ELU_BACKWARD = ELU.backward_exercise(
    identities=[
        identity(
            "below 0 the slope is y + alpha, here with alpha 2",
            "y, cache = elu_forward(below, alpha=2.0)",
            "slope = elu_backward(ones, cache)",
            "slope - y == 2",
            kind="slopes below 0",
            inputs=around_zero,
        )
    ],
    mutants="""
    alpha_ignored: grad_y * alpha * np.exp( => grad_y * np.exp(
        alpha is missing: the slope of alpha (exp(x) - 1) is alpha * exp(x). Your version is right for
        alpha = 1 only.
    y_plus_one: grad_y * alpha * np.exp(np.minimum(x, 0))
        => grad_y * (alpha * np.expm1(np.minimum(x, 0)) + 1)
        y + 1 is the slope for alpha = 1 only. In general it is y + alpha.
    x_plus_alpha: grad_y * alpha * np.exp(np.minimum(x, 0)) => grad_y * (x + alpha)
        You add alpha to x. The short form of the slope is y + alpha, with the output y.
    value_for_slope: grad_y * alpha * np.exp(np.minimum(x, 0))
        => grad_y * alpha * np.expm1(np.minimum(x, 0))
        You multiply by the value of the function. The -1 goes away when you differentiate: alpha *
        exp(x).
    sign_at_zero: np.where(x > 0, => np.where(x >= 0,
        At x = 0 you use slope 1. The course counts 0 to the negative side, where the slope is alpha.
    alpha_on_both_sides: np.where(x > 0, grad_y, => np.where(x > 0, alpha * grad_y,
        You scale the positive side by alpha too. There the slope is 1.
    relu: grad_y * alpha * np.exp(np.minimum(x, 0)) => 0 * grad_y
        This is the gradient of the plain ReLU: the negative side has slope alpha * exp(x).
    leaky: grad_y * alpha * np.exp(np.minimum(x, 0)) => grad_y * alpha
        On the negative side the slope is not alpha everywhere: it falls off as alpha * exp(x).
    mask_times_infinity: np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0)))
        => (x > 0) * grad_y + (x <= 0) * grad_y * alpha * np.exp(x)
        At x = 1000 you compute 0 * infinity, which is not a number. exp must not see the large positive
        inputs.
    slope_only: np.where(x > 0, grad_y, grad_y * alpha => np.where(x > 0, np.ones_like(grad_y), alpha
        This is the slope alone. The chain rule multiplies it by grad_y.
    """,
    alternatives=[(elu_masked, elu_backward_from_y), (elu_slope_cached, multiply_cache), elu_backward_loop],
    hints="""
    Differentiate each branch on its own. A constant, such as -alpha, has derivative 0.
    On the negative side the slope is alpha * exp(x), so alpha has to travel in the cache.
    grad_x = np.where(x > 0, grad_y, grad_y * alpha * np.exp(np.minimum(x, 0))).
    """,
)
