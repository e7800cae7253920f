"""Xavier's initialization, normal and uniform."""

import numpy as np

from solutions.initialization import xavier_normal, xavier_uniform

from .draws import drawn_exercise


def xavier_normal_direct(shape, rng, gain=1.0):
    receptive = np.prod(shape[2:])
    return rng.normal(0, gain * np.sqrt(2 / ((shape[0] + shape[1]) * receptive)), shape)


def xavier_normal_transposed(shape, rng, gain=1.0):
    total = sum(shape[:2]) * int(np.prod(shape[2:]))
    return (gain * (2 / total) ** 0.5 * rng.standard_normal(shape[::-1])).T


def xavier_uniform_direct(shape, rng, gain=1.0):
    bound = gain * np.sqrt(6 / (sum(shape[:2]) * np.prod(shape[2:])))
    return bound * (2 * rng.random(shape) - 1)


def xavier_uniform_by_std(shape, rng, gain=1.0):
    std = gain * np.sqrt(2 / (sum(shape[:2]) * np.prod(shape[2:])))
    return rng.uniform(-1, 1, size=int(np.prod(shape))).reshape(shape) * std * np.sqrt(3)


def xavier_std(fan_in, fan_out):
    return np.sqrt(2 / (fan_in + fan_out))


XAVIER_NORMAL = drawn_exercise(
    xavier_normal,
    points=8,
    family="normal",
    std=xavier_std,
    mutants="""
    variance: gain * np.sqrt(2 / (fan_in + fan_out)) => gain * 2 / (fan_in + fan_out)
        The spread is 2 / (fan_in + fan_out). That is the variance: take its root.
    fan_in_only: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(1 / fan_in)
        You use fan_in alone. This form averages both fans: 2 / (fan_in + fan_out).
    upside_down: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt((fan_in + fan_out) / 2)
        The spread grows with the fans. They stand below the bar.
    two_forgotten: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(1 / (fan_in + fan_out))
        The 2 is missing: the mean of the fans is half their sum.
    six: np.sqrt(2 / (fan_in + fan_out)) => np.sqrt(6 / (fan_in + fan_out))
        With 6 this is the bound of the uniform form, not the spread of the normal one.
    gain_forgotten: gain * np.sqrt => np.sqrt
        The gain is not used.
    gain_under_the_root: gain * np.sqrt(2 / => np.sqrt(gain * 2 /
        The gain multiplies the spread; you have it under the root.
    """,
    alternatives=[xavier_normal_direct, xavier_normal_transposed],
    hints="""
    The variance is 2 / (fan_in + fan_out). What is the standard deviation?
    fans(shape) gives both fans, for filters too. The gain multiplies the standard deviation.
    normal(shape, gain * np.sqrt(2 / (fan_in + fan_out)), rng)
    """,
)
XAVIER_UNIFORM = drawn_exercise(
    xavier_uniform,
    points=7,
    family="uniform",
    std=xavier_std,
    mutants="""
    std_as_bound: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(2 / (fan_in + fan_out))
        The bound is the standard deviation of the normal form. A uniform draw needs √3 times that.
    upside_down: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt((fan_in + fan_out) / 6)
        The bound grows with the fans. They stand below the bar.
    three: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(3 / (fan_in + fan_out))
        The bound is √2 too small: 6, not 3, stands over the sum of the fans.
    fan_in_only: np.sqrt(6 / (fan_in + fan_out)) => np.sqrt(3 / fan_in)
        You use fan_in alone. This form averages both fans: 6 / (fan_in + fan_out).
    one_sided: rng.uniform(-bound, bound, => rng.uniform(0, bound,
        All numbers are positive. Draw from -bound to bound.
    gain_forgotten: gain * np.sqrt => np.sqrt
        The gain is not used.
    gain_under_the_root: gain * np.sqrt(6 / => np.sqrt(gain * 6 /
        The gain multiplies the bound; you have it under the root.
    normal_draw: rng.uniform(-bound, bound, size=shape) => rng.normal(0, bound / np.sqrt(3), size=shape)
        These numbers are normal, with the right spread. This exercise asks for uniform ones.
    """,
    alternatives=[xavier_uniform_direct, xavier_uniform_by_std],
    hints="""
    A uniform distribution on [-b, b] has standard deviation b / √3.
    So b = √3 · √(2 / (fan_in + fan_out)) = √(6 / (fan_in + fan_out)), times the gain.
    rng.uniform(-bound, bound, size=shape)
    """,
)
