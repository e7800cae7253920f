"""Centre and scale by statistics that are given."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.preprocessing import center, standardize


def scale_case(function, name, x, mean, std=None, kind=""):
    inputs = {"x": x, "mean": mean} | ({} if std is None else {"std": std})
    return Case(name, inputs=inputs, calls=[f"y = {function}({', '.join(inputs)})"], outputs=("y",), kind=kind)


def scale_inputs(rng, shape, whole, scaled, dtype=float):
    """An input that does not have the statistics it is scaled by: those come from training data."""
    where = shape[1:] if whole else shape[1:2]
    x = (2 + 3 * rng.normal(size=shape)).astype(dtype)
    mean = rng.normal(size=where).astype(dtype)
    return (x, mean, rng.uniform(0.3, 4, size=where).astype(dtype)) if scaled else (x, mean)


def scale_cases(function):
    rng, scaled = np.random.default_rng(38), function == "standardize"
    std = [np.array([2.0, 0.5, 4.0])] if scaled else []
    hand = [np.array([[1.0, 2.0, 3.0], [5.0, 2.5, -1.0]]), np.array([1.0, 2.0, -1.0]), *std]
    visible = [
        scale_case(function, "by hand", *hand),
        scale_case(function, "features", *scale_inputs(rng, (4, 5), True, scaled)),
        scale_case(function, "one for each channel", *scale_inputs(rng, (2, 3, 4, 5), False, scaled)),
        scale_case(function, "one for each pixel", *scale_inputs(rng, (3, 2, 5, 4), True, scaled)),
        scale_case(function, "channels of sequences", *scale_inputs(rng, (3, 4, 6), False, scaled)),
        scale_case(function, "channels again", *scale_inputs(rng, (5, 2, 3, 4), False, scaled)),
        scale_case(function, "N, C and W all 4", *scale_inputs(rng, (4, 4, 3, 4), False, scaled)),
        scale_case(function, "large numbers", 1000 * hand[0], hand[1], *(0.01 * value for value in std)),
    ]

    def hidden(rng):
        scaled = function == "standardize"
        n, c, h, w = (int(size) for size in rng.permutation([2, 3, 4, 5]))

        def make(name, shape, whole, kind, dtype=float):
            return scale_case(function, name, *scale_inputs(rng, shape, whole, scaled, dtype), kind=kind)

        x, *statistics = scale_inputs(rng, (n, c, h, 2 * w), False, scaled)
        one, *large = scale_inputs(rng, (n, c, h, w), False, scaled)
        return [
            make("odd 1", (n, c, h, w), False, "odd shapes"),
            make("odd 2", (c, h, w, n), True, "odd shapes"),
            make("odd 3", (w, n), True, "odd shapes"),
            make("one image", (1, c, h, w), False, "one example"),
            scale_case(function, "far", 1e4 * one, *large, kind="extreme values"),
            make("thin", (n, c, h, w), False, "float32", np.float32),
            make("thin too", (w, h), True, "float32", np.float32),
            scale_case(function, "strided", x[..., ::2], *statistics, kind="non-contiguous"),
        ]

    return {"cases": visible, "hidden": hidden}


def widen(value, x):
    value = np.asarray(value)
    return value if value.shape == x.shape[1:] else value.reshape((-1,) + (1,) * (x.ndim - 2))


def center_plain(x, mean):
    return x - widen(mean, x)


def center_loop(x, mean):
    y = x.copy()
    for example in y:
        if mean.shape == example.shape:
            example -= mean
        else:
            for channel in range(len(mean)):
                example[channel] -= mean[channel]
    return y


def center_channels_last(x, mean):
    if mean.shape == x.shape[1:]:
        return x - mean
    return np.moveaxis(np.moveaxis(x, 1, -1) - mean, -1, 1)


def standardize_plain(x, mean, std):
    return (x - widen(mean, x)) / widen(std, x)


def standardize_times(x, mean, std):
    return (x - widen(mean, x)) * (1 / widen(std, x))


def standardize_on_a_copy(x, mean, std):
    y = x.copy()
    y -= widen(mean, x)
    y /= widen(std, x)
    return y


def standardize_channels_last(x, mean, std):
    if mean.shape == x.shape[1:]:
        return x / std - mean / std
    return np.moveaxis((np.moveaxis(x, 1, -1) - mean) / std, -1, 1)


def undone(rng):
    """Images, statistics of their channels, those that undo it, and images and statistics in another unit."""
    x, mean, std = scale_inputs(rng, (2, 3, 4, 5), False, True)
    inputs = {"x": x, "mean": mean, "std": std, "minus_mean": -mean}
    inputs |= {"mean_back": -mean / std, "std_back": 1 / std}
    return inputs | {"x4": 4 * x, "mean4": 4 * mean, "std4": 4 * std}


CENTER_UNDONE = identity(
    "the mean taken away and added again changes nothing",
    "y = center(x, mean)",
    "back = center(y, minus_mean)",
    "back == x",
    kind="a mean taken away and added again",
    inputs=undone,
)
STANDARDIZE_IDENTITIES = [
    identity(
        "standardizing by -mean / std and 1 / std undoes it",
        "y = standardize(x, mean, std)",
        "back = standardize(y, mean_back, std_back)",
        "back == x",
        kind="a scaling undone",
        inputs=undone,
    ),
    identity(
        "the unit does not matter: x, mean and std all four times as large give the same",
        "y = standardize(x, mean, std)",
        "again = standardize(x4, mean4, std4)",
        "y == again",
        kind="another unit",
        inputs=undone,
    ),
]

CENTER = exercise_of(
    center,
    points=3,
    **scale_cases("center"),
    identities=[CENTER_UNDONE],
    mutants=textual_mutants(
        center_plain,
        """
        plus: x - widen(mean, x) => x + widen(mean, x)
            You add the mean. It is taken away.
        own_mean: x - widen(mean, x) => x - x.mean(axis=0)
            You use the mean of x itself. It comes from the training set, as an argument: anything else leaks.
        mean_of_mean: x - widen(mean, x) => x - mean.mean()
            You subtract the same number everywhere. Each feature, or channel, has its own mean.
        turned: x - widen(mean, x) => widen(mean, x) - x
            The sign is turned: it is x minus the mean.
        own_mean_on_top: x - widen(mean, x) => x - widen(mean, x) - (x - widen(mean, x)).mean()
            You take away the mean of the result as well. Only the mean that you were given counts.
        divided: x - widen(mean, x) => x / widen(mean, x)
            You divide by the mean. It is taken away.
        last_axis: x - widen(mean, x) => x - mean
            numpy lines shapes up from the right, so your mean meets the last axis. One of shape (C,) belongs to axis 1:
            give it a 1 for each axis after it.
        """,
    ),
    alternatives=[center_plain, center_loop, center_channels_last],
    hints="""
    If the mean has the shape of one example, x - mean is all. numpy copies it over the batch.
    A mean of shape (C,) has to meet axis 1: give it a 1 for each axis after the channels.
    mean.reshape(-1, *[1] * (x.ndim - 2)) has shape (C, 1, 1) for images; then x - mean.
    """,
)
STANDARDIZE = exercise_of(
    standardize,
    points=5,
    **scale_cases("standardize"),
    identities=STANDARDIZE_IDENTITIES,
    mutants=textual_mutants(
        standardize_plain,
        """
        variance: (x - widen(mean, x)) / widen(std, x) => (x - widen(mean, x)) / widen(std, x) ** 2
            You divide by the variance. Data of standard deviation 5 would end at 0.2: divide by std itself.
        root: (x - widen(mean, x)) / widen(std, x) => (x - widen(mean, x)) / np.sqrt(widen(std, x))
            You take the root of std. It is a root already: divide by it as it comes.
        by_the_mean: (x - widen(mean, x)) / widen(std, x) => (x - widen(mean, x)) / widen(mean, x)
            You divide by the mean, as one famous slide says by mistake. Divide by the standard deviation.
        times: (x - widen(mean, x)) / widen(std, x) => (x - widen(mean, x)) * widen(std, x)
            You multiply by std. Divide by it.
        brackets: (x - widen(mean, x)) / widen(std, x) => x - widen(mean, x) / widen(std, x)
            Brackets: x - mean / std divides the mean only. It is (x - mean) / std.
        not_centred: (x - widen(mean, x)) / widen(std, x) => x / widen(std, x)
            The mean is not taken away before the division.
        not_scaled: (x - widen(mean, x)) / widen(std, x) => x - widen(mean, x)
            The division by std is missing.
        own_statistics: (x - widen(mean, x)) / widen(std, x) => (x - x.mean(axis=0)) / (x.std(axis=0) + 1e-12)
            You use mean and std of x itself. They come from the training set, as arguments: anything else leaks.
        own_mean: (x - widen(mean, x)) / widen(std, x) => (x - x.mean()) / widen(std, x)
            You use the mean of x itself. It comes from the training set, as an argument.
        last_axis: (x - widen(mean, x)) / widen(std, x) => (x - mean) / std
            numpy lines shapes up from the right, so your statistics meet the last axis. Those of shape (C,) belong to
            axis 1: give them a 1 for each axis after it.
        a_little_more: (x - widen(mean, x)) / widen(std, x) => (x - widen(mean, x)) / (widen(std, x) + 1e-2)
            You add a number to std that the definition does not have.
        """,
    ),
    alternatives=[standardize_plain, standardize_times, standardize_on_a_copy, standardize_channels_last],
    hints="""
    The same widening as in center, for the mean and for std.
    First the difference, in brackets, then the quotient.
    (x - mean) / std, with both of shape (C, 1, 1) for images or of the shape of one example.
    """,
)
