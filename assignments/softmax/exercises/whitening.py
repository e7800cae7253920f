"""White data, by way of the principal components."""

import numpy as np

from classroom.staff.declare.exercise import Case, Orthonormal, Property, exercise_of, identity, textual_mutants
from solutions.preprocessing import zca_whiten

from .principal_components import cloud


def white_case(name, x, eps=None, kind=""):
    """One call of zca_whiten, with eps left to its default when it is None."""
    inputs, call = ({"x": x}, "zca_whiten(x)") if eps is None else ({"x": x, "eps": eps}, "zca_whiten(x, eps)")
    return Case(name, inputs=inputs, calls=[f"white = {call}"], outputs=("white",), kind=kind)


def hidden_white(rng):
    d = int(rng.integers(3, 6))
    constant = cloud(rng, 14, 3)
    constant[:, 1] = 2.5
    return [
        white_case("odd 1", cloud(rng, 16, 2), 0.0, "odd shapes"),
        white_case("odd 2", cloud(rng, 21, d), 1e-3, "odd shapes"),
        white_case("odd 3", cloud(rng, 12, 5), 0.05, "odd shapes"),
        white_case("far", 1e3 * cloud(rng, 15, 3), 1e-5, "extreme values"),
        white_case("constant", constant, 0.1, "a constant feature"),
        white_case("strided", np.repeat(cloud(rng, 13, 4), 2, axis=1)[:, ::2], 0.01, "non-contiguous"),
        white_case("untold", 0.01 * cloud(rng, 14, 3), kind="no eps given"),
    ]


def zca_plain(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    variances, vectors = np.linalg.eigh(centered.T @ centered / len(x))
    scale = 1 / np.sqrt(np.maximum(variances, 0) + eps)
    return centered @ vectors * scale @ vectors.T


def zca_svd(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    _, singular, rows = np.linalg.svd(centered, full_matrices=False)
    return centered @ rows.T @ np.diag((singular**2 / len(x) + eps) ** -0.5) @ rows


def zca_einsum(x, eps=1e-5):
    centered = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(np.cov(x.T, bias=True) + eps * np.eye(x.shape[1]))
    return np.einsum("nd,dk,k,ek->ne", centered, vectors, 1 / np.sqrt(values), vectors)


WHITE_IDENTITIES = [
    Property(
        Orthonormal("white", (16, 3), "columns", square=16.0, limit=1e-5),
        title="white data have covariance I: over 16 examples each column times itself is 16, times another 0",
        kind="the covariance of white data",
        calls=["white = zca_whiten(x, 0.0)"],
        inputs=lambda rng: {"x": cloud(rng, 16, 3)},
    ),
    identity(
        "white data stay as they are",
        "white = zca_whiten(x, 0.0)",
        "again = zca_whiten(white, 0.0)",
        "white == again",
        kind="white data",
        inputs=lambda rng: {"x": cloud(rng, 16, 3)},
    ),
]

WHITEN = exercise_of(
    zca_whiten,
    points=6,
    cases=[
        white_case("a plane", cloud(np.random.default_rng(43), 9, 2), 0.0),
        white_case("three features", cloud(np.random.default_rng(44), 14, 3), 0.01),
        white_case("five features", cloud(np.random.default_rng(45), 20, 5), 1e-3),
        white_case("a large eps", cloud(np.random.default_rng(46), 12, 4), 0.5),
    ],
    hidden=hidden_white,
    identities=WHITE_IDENTITIES,
    mutants=textual_mutants(
        zca_plain,
        """
        not_rotated_back: centered @ vectors * scale @ vectors.T => centered @ vectors * scale
            The data are white but still turned: the last step, back by the components, is missing.
        only_standardized: centered @ vectors * scale @ vectors.T => centered / np.sqrt(centered.var(axis=0) + eps)
            You scale each feature separately. They are still correlated: rotate to the components first.
        only_rotated: centered @ vectors * scale @ vectors.T => centered @ vectors @ vectors.T
            You rotate there and back without scaling in between, which changes nothing.
        by_the_variance: 1 / np.sqrt(np.maximum(variances, 0) + eps) => 1 / (np.maximum(variances, 0) + eps)
            You divide by the variances. Divide by their roots, the standard deviations.
        eps_outside: 1 / np.sqrt(np.maximum(variances, 0) + eps) => 1 / (np.sqrt(np.maximum(variances, 0)) + eps)
            eps is outside the root. It is added to the variance, inside.
        no_eps: 1 / np.sqrt(np.maximum(variances, 0) + eps) => 1 / np.sqrt(np.maximum(variances, 1e-12))
            eps has no effect in your answer. It is added to each variance.
        times: 1 / np.sqrt(np.maximum(variances, 0) + eps) => np.sqrt(np.maximum(variances, 0) + eps)
            You multiply by the standard deviations. Divide by them.
        not_centred: centered @ vectors * scale @ vectors.T => x @ vectors * scale @ vectors.T
            You rotate x itself. White data have mean 0: take the mean away first.
        over_n_minus_one: / len(x) => / (len(x) - 1)
            You divide the covariance by N - 1. Here it is a mean over the N examples.
        """,
    ),
    alternatives=[zca_plain, zca_svd, zca_einsum],
    hints="""
    Three steps: rotate to the components, divide, rotate back. With all D components nothing is lost.
    With vectors in columns: centered @ vectors turns, and @ vectors.T turns back. (pca has them in rows.)
    centered @ vectors / np.sqrt(values + eps) @ vectors.T. The order of the components does not matter here.
    """,
)
