"""Principal components."""

import numpy as np

from classroom.staff.declare.exercise import Case, Orthonormal, Property, exercise_of, identity
from solutions.preprocessing import pca


def cloud(rng, n, d, dtype=float):
    """Points whose variances along hidden axes differ by a factor of 4 each: no two components can be confused."""
    axes, _ = np.linalg.qr(rng.normal(size=(d, d)))
    spread = 2.0 ** -np.arange(d)
    points = rng.normal(size=(n, d))
    points = np.linalg.qr(points - points.mean(axis=0))[0] * np.sqrt(n)  # exactly white
    return (points * spread @ axes.T * 3 + rng.normal(size=d)).astype(dtype)


def pca_case(name, x, k, kind=""):
    calls, outputs = ["components, variances = pca(x, k)"], ("components", "variances")
    return Case(name, inputs={"x": x, "k": k}, calls=calls, outputs=outputs, kind=kind)


def hidden_pca(rng):
    d = int(rng.integers(4, 6))
    return [
        pca_case("odd 1", cloud(rng, 17, 3), 2, "odd shapes"),
        pca_case("odd 2", cloud(rng, 23, d), 3, "odd shapes"),
        pca_case("odd 3", cloud(rng, 11, 5), 1, "odd shapes"),
        pca_case("all", cloud(rng, 19, d), d, "all components"),
        pca_case("far", 1e4 * cloud(rng, 13, 4), 2, "extreme values"),
        pca_case("strided", np.repeat(cloud(rng, 15, 4), 2, axis=1)[:, ::2], 3, "non-contiguous"),
    ]


def turned_positive(components):
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    return components * np.sign(largest)


def pca_svd(x, k):
    _, singular, rows = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    return turned_positive(rows[:k]), singular[:k] ** 2 / len(x)


def pca_cov(x, k):
    values, vectors = np.linalg.eigh(np.cov(x, rowvar=False, bias=True))
    order = np.argsort(values)[::-1][:k]
    return turned_positive(vectors[:, order].T), values[order]


def pca_power(x, k):
    """Repeated multiplication by the covariance finds the first component; take it away and go on."""
    away = x - x.mean(axis=0)
    left = np.einsum("ni,nj->ij", away, away) / len(x)
    components, variances = [], []
    for _ in range(k):
        vector = np.ones(len(left)) + np.arange(len(left)) / 7
        for _ in range(80):
            vector = left @ vector
            vector /= np.linalg.norm(vector)
        variances.append(vector @ left @ vector)
        components.append(vector)
        left = left - variances[-1] * np.outer(vector, vector)
    return turned_positive(np.array(components)), np.array(variances)


PCA_IDENTITIES = [
    Property(
        Orthonormal("components", (3, 4), "rows", limit=1e-5),
        part="components",
        title="components are perpendicular and of length 1",
        kind="the products of the components",
        calls=["components, variances = pca(x, 3)"],
        inputs=lambda rng: {"x": cloud(rng, 15, 4)},
    ),
    identity(
        "turning the axes neither makes nor takes variance",
        "components, variances = pca(x, 4)",
        "sum(variances) == sum(variances_of_features)",
        part="variances",
        kind="the variances in all",
        inputs=lambda rng: {"x": (x := cloud(rng, 15, 4)), "variances_of_features": x.var(axis=0)},
    ),
]

PCA = exercise_of(
    pca,
    points=9,
    parts={"components": 6, "variances": 3},
    cases=[
        pca_case("a plane", cloud(np.random.default_rng(39), 9, 2), 2),
        pca_case("the first of three", cloud(np.random.default_rng(40), 14, 3), 1),
        pca_case("three of five", cloud(np.random.default_rng(41), 20, 5), 3),
        pca_case("all four", cloud(np.random.default_rng(42), 12, 4), 4),
    ],
    hidden=hidden_pca,
    identities=PCA_IDENTITIES,
    mutants="""
    not_centred: centered = x - x.mean(axis=0) => centered = x - 0
        You did not take the mean away, so the first component points to it.
    one_mean: centered = x - x.mean(axis=0) => centered = x - x.mean()
        You take one mean away from all features. Each feature has its own: axis 0.
    over_n_minus_one: centered.T @ centered / len(x) => centered.T @ centered / (len(x) - 1)
        You divide by N - 1. Here the covariance is a mean over the N examples.
    not_divided: centered.T @ centered / len(x) => centered.T @ centered
        The covariance is not divided by the number of examples.
    smallest_first: components = vectors.T[::-1][:k] => components, variances = vectors.T[:k], variances[::-1]
        You take the directions of least variance. eigh gives the smallest eigenvalue first: reverse the order.
    rows_for_columns: components = vectors.T[::-1][:k] => components = vectors[::-1][:k]
        You take the rows of eigh's matrix. Its eigenvectors are the columns: transpose it first.
    any_sign: return components * signs[:, None] => return components * -signs[:, None]
        The signs are turned: of each component the largest entry, in absolute value, should be positive.
    root: np.maximum(variances[::-1][:k], 0) => np.sqrt(np.maximum(variances[::-1][:k], 0))
        You return standard deviations. The eigenvalues are variances already.
    share: np.maximum(variances[::-1][:k], 0) => variances[::-1][:k] / variances.sum()
        You return shares of the whole variance. The variances themselves are asked for.
    scaled_by_variance: return components * signs[:, None]
        => return components * signs[:, None] * np.sqrt(np.maximum(variances[::-1][:k], 0))[:, None]
        Your components have the length of a standard deviation. They should have length 1.
    columns: return components * signs[:, None] => return (components * signs[:, None]).T
        Your components are in columns. They should be rows, of shape (k, D).
    """,
    alternatives=[pca_svd, pca_cov, pca_power],
    hints="""
    Centre, then the covariance: centered.T @ centered / len(x), of shape (D, D).
    values, vectors = np.linalg.eigh(covariance): smallest first, eigenvectors in columns. So vectors.T[::-1][:k].
    Signs: find each row's largest entry in absolute value, np.abs(rows).argmax(axis=1), and multiply the row by its
        sign.
    """,
)
