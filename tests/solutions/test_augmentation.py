"""Augmentation: what may change in an image, and what may not."""

import numpy as np
import pytest

from solutions.augmentation import color_jitter, flip, pad_and_crop

IMAGES = np.random.default_rng(0).random((200, 3, 5, 4)).astype(np.float32) + 0.1


@pytest.mark.parametrize(
    "change", [flip, lambda x, rng: pad_and_crop(x, rng, 2), lambda x, rng: color_jitter(x, rng, 0.3)]
)
def test_shape_type_and_input_are_kept_and_the_seed_decides(change):
    before = IMAGES.copy()
    first, second = (change(IMAGES, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(first, second)
    assert not np.array_equal(first, change(IMAGES, np.random.default_rng(4)))
    assert (first.shape, first.dtype) == (IMAGES.shape, np.float32)
    assert np.array_equal(IMAGES, before)
    assert change(IMAGES[:0], np.random.default_rng(0)).shape == (0, 3, 5, 4)
    assert np.array_equal(change(IMAGES[:, ::-1], np.random.default_rng(3)).shape, IMAGES.shape)


def test_flip_mirrors_whole_images_about_half_of_the_time():
    flipped = flip(IMAGES, np.random.default_rng(0))
    same = (flipped == IMAGES).all(axis=(1, 2, 3))
    mirrored = (flipped == IMAGES[..., ::-1]).all(axis=(1, 2, 3))
    assert (same ^ mirrored).all()
    assert 70 < mirrored.sum() < 130
    assert np.array_equal(flip(IMAGES, np.random.default_rng(0), probability=1.0), IMAGES[..., ::-1])
    assert np.array_equal(flip(IMAGES, np.random.default_rng(0), probability=0.0), IMAGES)


def test_crops_are_windows_of_the_padded_image_and_use_every_place():
    cropped = pad_and_crop(IMAGES, np.random.default_rng(0), 1)
    padded = np.pad(IMAGES, ((0, 0), (0, 0), (1, 1), (1, 1)))
    places = set()
    for image, room in zip(cropped, padded, strict=True):
        fits = [(i, j) for i in range(3) for j in range(3) if np.array_equal(image, room[:, i : i + 5, j : j + 4])]
        assert len(fits) == 1
        places.update(fits)
    assert len(places) == 9
    assert np.array_equal(pad_and_crop(IMAGES, np.random.default_rng(0), 0), IMAGES)


def test_jitter_multiplies_each_channel_by_its_own_factor():
    factors = color_jitter(IMAGES, np.random.default_rng(0), 0.3) / IMAGES
    np.testing.assert_allclose(factors, np.broadcast_to(factors[:, :, :1, :1], factors.shape), rtol=1e-5)
    assert 0.7 <= factors.min() < 0.72
    assert 1.28 < factors.max() <= 1.3001
    assert np.unique(factors[:, :, 0, 0]).size > 500
    assert color_jitter(np.full((1, 1, 2, 2), 100, np.uint8), np.random.default_rng(0), 0.3).dtype == np.float32


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: flip(IMAGES[0], rng), r"need \(N, C, H, W\)"),
        (lambda rng: flip(IMAGES, rng, 1.5), "probability is 1.5, needs 0 to 1"),
        (lambda rng: pad_and_crop(IMAGES, rng, -1), "padding is -1, needs at least 0"),
        (lambda rng: color_jitter(IMAGES, rng, 1.0), "strength is 1.0, needs at least 0 and below 1"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
