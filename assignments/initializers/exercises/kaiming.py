"""Kaiming's initialization, normal and uniform."""

import numpy as np

from solutions.initialization import kaiming_normal, kaiming_uniform

from .draws import drawn_exercise


def kaiming_normal_direct(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    return np.sqrt(2 / fan_in) * rng.standard_normal(shape)


def kaiming_normal_rows(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return np.stack([rng.normal(0, (2 / fan_in) ** 0.5, shape[1:]) for _ in range(shape[0])])


def kaiming_uniform_direct(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else np.prod(shape[1:])
    bound = np.sqrt(6 / fan_in)
    return rng.random(shape) * 2 * bound - bound


def kaiming_uniform_rows(shape, rng):
    fan_in = shape[0] if len(shape) == 2 else int(np.prod(shape[1:]))
    return np.stack([rng.uniform(-1, 1, shape[1:]) for _ in range(shape[0])]) * np.sqrt(6 / fan_in)


def kaiming_std(fan_in, fan_out):
    return np.sqrt(2 / fan_in)


KAIMING_NORMAL = drawn_exercise(
    kaiming_normal,
    points=8,
    family="normal",
    std=kaiming_std,
    mutants="""
    variance: np.sqrt(2 / fan_in) => 2 / fan_in
        The spread is 2 / fan_in. That is the variance: take its root.
    no_two: np.sqrt(2 / fan_in) => np.sqrt(1 / fan_in)
        The 2 is missing. It makes good for the half that ReLU discards.
    upside_down: np.sqrt(2 / fan_in) => np.sqrt(fan_in / 2)
        The spread grows with fan_in. It stands below the bar.
    outputs_of_a_linear_layer: return shape[0], shape[1] => return shape[1], shape[0]
        For a linear weight (D, M) you use M. Its fan_in is D; PyTorch stores it the other way round.
    both_fans: np.sqrt(2 / fan_in) => np.sqrt(2 / (fan_in + fans(shape)[1]))
        This is Xavier's spread. Kaiming's uses fan_in alone.
    fan_out: fan_in, _ = fans(shape) => _, fan_in = fans(shape)
        You use fan_out. This form keeps the variance in the forward pass: use fan_in.
    six: np.sqrt(2 / fan_in) => np.sqrt(6 / fan_in)
        With 6 this is the bound of the uniform form, not the spread of the normal one.
    """,
    alternatives=[kaiming_normal_direct, kaiming_normal_rows],
    hints="""
    The variance of each weight is 2 / fan_in.
    fan_in of filters is C kH kW; fans(shape) counts it.
    normal(shape, np.sqrt(2 / fan_in), rng)
    """,
)
KAIMING_UNIFORM = drawn_exercise(
    kaiming_uniform,
    points=7,
    family="uniform",
    std=kaiming_std,
    mutants="""
    std_as_bound: np.sqrt(6 / fan_in) => np.sqrt(2 / fan_in)
        The bound is the standard deviation of the normal form. A uniform draw needs √3 times that.
    upside_down: np.sqrt(6 / fan_in) => np.sqrt(fan_in / 6)
        The bound grows with fan_in. It stands below the bar.
    outputs_of_a_linear_layer: return shape[0], shape[1] => return shape[1], shape[0]
        For a linear weight (D, M) you use M. Its fan_in is D; PyTorch stores it the other way round.
    three: np.sqrt(6 / fan_in) => np.sqrt(3 / fan_in)
        The bound is √2 too small: this is the form without the 2 that makes good for ReLU.
    one: np.sqrt(6 / fan_in) => np.sqrt(1 / fan_in)
        The bound is 1 / √fan_in, PyTorch's old default. Kaiming's is √(6 / fan_in).
    fan_out: fan_in, _ = fans(shape) => _, fan_in = fans(shape)
        You use fan_out. This form keeps the variance in the forward pass: use fan_in.
    one_sided: rng.uniform(-bound, bound, => rng.uniform(0, bound,
        All numbers are positive. Draw from -bound to bound.
    normal_draw: rng.uniform(-bound, bound, size=shape) => rng.normal(0, bound / np.sqrt(3), size=shape)
        These numbers are normal, with the right spread. This exercise asks for uniform ones.
    """,
    alternatives=[kaiming_uniform_direct, kaiming_uniform_rows],
    hints="""
    A uniform distribution on [-b, b] has standard deviation b / √3.
    You want the standard deviation √(2 / fan_in), so b = √(6 / fan_in).
    rng.uniform(-bound, bound, size=shape)
    """,
)
