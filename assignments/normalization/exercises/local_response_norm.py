"""For history: local response norm."""

import numpy as np

from classroom.staff.declare.exercise import Case, exercise_of, identity, textual_mutants
from solutions.normalization import local_response_norm_forward


def lrn_case(name, rng, shape, kind="", dtype=np.float64, turned=False, **options):
    x = (3 * rng.normal(size=shape)).astype(dtype)
    inputs = {"x": np.asfortranarray(x) if turned else x, **options}
    extra = "".join(f", {key}={key}" for key in options)
    calls = [f"y, cache = local_response_norm_forward(x{extra})"]
    return Case(name, inputs, calls, ("y",), kind=kind)


def lrn_loops(x, *, size=5, alpha=1e-4, beta=0.75, k=2):
    y = np.empty_like(x)
    channels = x.shape[1]
    for c in range(channels):
        low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1)
        y[:, c] = x[:, c] / (k + alpha * (x[:, low:high] ** 2).sum(axis=1)) ** beta
    return y, None


def lrn_matrix(x, *, size=5, alpha=1e-4, beta=0.75, k=2):
    channels = np.arange(x.shape[1])
    away = channels[None, :] - channels[:, None]
    band = ((away >= -(size // 2)) & (away <= (size - 1) // 2)).astype(x.dtype)
    total = np.einsum("ij,njhw->nihw", band, x * x)
    return x * (k + alpha * total) ** -beta, (x, total)


def far_apart(rng):
    """Images of which only the first and the last of six channels are not 0."""
    x = np.zeros((2, 6, 3, 4))
    x[:, [0, 5]] = rng.normal(size=(2, 2, 3, 4))
    return {"x": x}


LRN_RNG = np.random.default_rng(61)
LRN = exercise_of(
    local_response_norm_forward,
    id="local_response_norm",
    points=3,
    cases=[
        lrn_case("eight channels", LRN_RNG, (2, 8, 3, 4), alpha=0.3),
        lrn_case("three neighbours", LRN_RNG, (1, 6, 4, 5), size=3, alpha=0.5, beta=0.6),
        lrn_case("fewer channels than neighbours", LRN_RNG, (2, 3, 5, 2), size=7, alpha=0.2, k=1),
        lrn_case("AlexNet's settings", LRN_RNG, (2, 7, 2, 3), alpha=0.9, k=3),
        lrn_case("an even number of neighbours", LRN_RNG, (2, 6, 3, 2), size=4, alpha=0.4),
    ],
    hidden=lambda rng: [
        lrn_case("a", rng, (3, 9, 2, 4), "odd shapes", alpha=0.4, size=3),
        lrn_case("b", rng, (1, 5, 4, 3), "odd shapes", alpha=0.7, beta=0.5),
        lrn_case("c", rng, (2, 6, 3, 5), "float32", np.float32, alpha=0.2),
        lrn_case("e", rng, (1, 7, 2, 3), "an even number of neighbours", size=2, alpha=0.6),
        lrn_case("d", rng, (2, 6, 3, 5), "as published"),
        lrn_case("f", rng, (3, 5, 2, 4), "non-contiguous", turned=True, alpha=0.5),
        lrn_case("g", rng, (2, int(rng.integers(1, 4)), 3, 4), "far fewer channels than neighbours", size=9, alpha=0.4),
    ],
    properties=[
        identity(
            "channels too far apart for 3 neighbours do not damp each other",
            "y, _ = local_response_norm_forward(x, size=3, alpha=0.5)",
            "y_alone, _ = local_response_norm_forward(x, size=1, alpha=0.5)",
            "y == y_alone",
            inputs=far_apart,
            hidden="channels far apart",
        ),
        identity(
            "with k 1 and alpha 0 nothing is damped",
            "y, _ = local_response_norm_forward(x, alpha=0.0, k=1)",
            "y == x",
            inputs=lambda rng: {"x": rng.normal(size=(2, 6, 3, 4))},
        ),
    ],
    mutants=textual_mutants(
        lrn_loops,
        """
        no_squares: (x[:, low:high] ** 2).sum(axis=1) => np.abs(x[:, low:high]).sum(axis=1)
            The neighbours enter with their squares.
        no_power: .sum(axis=1)) ** beta => .sum(axis=1))
            The denominator is raised to beta.
        only_itself: low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1) => low, high = c, c + 1
            Only the channel itself is counted. Sum over its neighbours too.
        all_channels: low, high = max(0, c - size // 2), min(channels, c + (size - 1) // 2 + 1)
            => low, high = 0, channels
            All channels are counted. Only `size` of them, around the channel itself.
        k_forgotten: (k + alpha * => (1e-9 + alpha *
            k is missing: it keeps quiet neighbourhoods from being amplified.
        averaged: (x[:, low:high] ** 2).sum(axis=1) => (x[:, low:high] ** 2).sum(axis=1) / size
            You divide alpha by size, as PyTorch does. AlexNet, and this course, do not.
        one_sided: max(0, c - size // 2), min(channels => c, min(channels
            Only the channels after it are counted. Half of the neighbours come before.
        """,
    ),
    alternatives=[lrn_loops, lrn_matrix],
    hints="""
    For each channel: the squares of the channels from c - size // 2 to c + (size - 1) // 2, those that exist.
    y = x / (k + alpha * sum) ** beta.
    """,
)
