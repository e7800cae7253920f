"""Means, standard deviations, principal components, whitening."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from probe import assert_close, spread

from solutions import preprocessing as pre

IMAGES = 7 + 3 * np.random.default_rng(0).standard_normal((5, 3, 4, 2))
TABLE = np.random.default_rng(1).standard_normal((60, 4)) @ np.diag([5, 2, 1, 0.1]) @ np.full((4, 4), 0.3) + 2
TABLE += 0.2 * np.random.default_rng(2).standard_normal(TABLE.shape)


def test_mean_image_and_channel_statistics_by_loops():
    assert_close(pre.mean_image(IMAGES), sum(image for image in IMAGES) / 5)
    mean, std = pre.channel_stats(IMAGES)
    for c in range(3):
        numbers = [number for image in IMAGES for number in image[c].ravel()]
        assert mean[c] == pytest.approx(sum(numbers) / 40)
        assert std[c] == pytest.approx((sum((number - mean[c]) ** 2 for number in numbers) / 40) ** 0.5)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4), st.integers(0, 99))
def test_standardized_features_have_mean_0_and_std_1(shape, seed):
    x = 5 + 3 * np.random.default_rng(seed).standard_normal((6, *shape))
    before = x.copy()
    y = pre.standardize(x, x.mean(axis=0), x.std(axis=0))
    np.testing.assert_allclose(y.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(y.std(axis=0), 1, rtol=1e-10)
    np.testing.assert_allclose(pre.center(x, x.mean(axis=0)).mean(axis=0), 0, atol=1e-12)
    assert np.array_equal(x, before)


def test_one_number_a_channel_broadcasts_over_height_and_width():
    y = pre.standardize(IMAGES, *pre.channel_stats(IMAGES))
    np.testing.assert_allclose(pre.channel_stats(y), ([0] * 3, [1] * 3), atol=1e-12)
    assert_close(pre.center(IMAGES, pre.mean_image(IMAGES)), IMAGES - IMAGES.mean(axis=0))


def test_training_statistics_serve_every_set():
    train, test = IMAGES[:4], IMAGES[4:]
    mean, std = pre.channel_stats(train)
    expected = (test - mean[:, None, None]) / std[:, None, None]
    assert_close(pre.standardize(test, mean, std), expected)


def test_dividing_by_the_variance_leaves_a_fifth():
    x = np.random.default_rng(0).normal(3, 5, (100_000, 1))
    assert pre.standardize(x, x.mean(axis=0), x.var(axis=0)).std() == pytest.approx(0.2, rel=0.02)


def test_components_are_orthonormal_and_sorted_and_their_sign_is_fixed():
    components, variances = pre.pca(TABLE, 3)
    assert components.shape == (3, 4)
    np.testing.assert_allclose(components @ components.T, np.eye(3), atol=1e-12)
    assert (np.diff(variances) <= 0).all()
    assert (components[np.arange(3), np.abs(components).argmax(axis=1)] > 0).all()
    projected = (TABLE - TABLE.mean(axis=0)) @ components.T
    np.testing.assert_allclose(projected.var(axis=0), variances)
    _, singular, rows = np.linalg.svd(TABLE - TABLE.mean(axis=0))
    np.testing.assert_allclose(variances, singular[:3] ** 2 / 60)
    np.testing.assert_allclose(np.abs(np.sum(components * rows[:3], axis=1)), 1)


@pytest.mark.parametrize("whiten", [pre.pca_whiten, pre.zca_whiten])
def test_white_data_have_the_identity_as_covariance(whiten):
    before = TABLE.copy()
    white = whiten(TABLE, eps=0.0)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(white.T @ white / 60, np.eye(4), atol=1e-9)
    assert np.array_equal(TABLE, before)
    np.testing.assert_allclose(whiten(spread(TABLE), eps=0.0), white, atol=1e-9)


def test_zca_is_the_symmetric_whitening():
    centered = TABLE - TABLE.mean(axis=0)
    variances, vectors = np.linalg.eigh(np.cov(TABLE.T, bias=True))
    matrix = vectors @ np.diag(1 / np.sqrt(variances + 0.1)) @ vectors.T
    np.testing.assert_allclose(pre.zca_whiten(TABLE, eps=0.1), centered @ matrix, atol=1e-10)


def test_eps_tames_directions_without_variance():
    x = np.random.default_rng(0).standard_normal((20, 2)) @ np.ones((2, 3))  # rank 1
    assert np.abs(pre.pca_whiten(x, eps=1e-3)[:, 1:]).max() < 1e-5
    assert np.abs(pre.pca_whiten(np.ones((1, 3)), eps=1e-3)).max() == 0


def test_float32_stays():
    x = TABLE.astype(np.float32)
    results = [*pre.pca(x, 2), pre.pca_whiten(x), pre.zca_whiten(x), pre.standardize(x, x.mean(0), x.std(0))]
    images = IMAGES.astype(np.float32)
    results += [pre.mean_image(images), *pre.channel_stats(images), pre.center(x, x.mean(0))]
    assert {result.dtype for result in results} == {np.dtype("float32")}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pre.mean_image(np.zeros((3, 4))), r"need \(N, C, H, W\)"),
        (lambda: pre.channel_stats(np.zeros((0, 1, 2, 2))), "N at least 1"),
        (lambda: pre.center(IMAGES, np.zeros(2)), r"mean has shape \(2,\), needs \(3, 4, 2\) or \(3,\)"),
        (lambda: pre.standardize(TABLE, np.zeros(4), np.zeros(4)), "drop the constant features"),
        (lambda: pre.standardize(TABLE, np.zeros(4), np.ones(3)), "std has shape"),
        (lambda: pre.pca(IMAGES, 1), "flatten images first"),
        (lambda: pre.pca(TABLE, 5), "k is 5, needs 1 to 4"),
        (lambda: pre.pca_whiten(TABLE, -1), "eps is -1"),
        (lambda: pre.zca_whiten(np.ones((3, 2)), 0), "raise eps"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call()
