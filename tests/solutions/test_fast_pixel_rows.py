"""Batches as rows of a matrix."""

import numpy as np
import pytest
from probe import assert_close

from solutions.fast.pixel_rows import along_rows, as_rows, by_channel, from_rows, row_blocks, row_sum

IMAGES = np.random.default_rng(0).standard_normal((3, 4, 5, 2))


@pytest.mark.parametrize("x", [IMAGES, IMAGES[:, :, 0, 0]])
def test_rows_come_back(x):
    rows = as_rows(x)
    assert np.array_equal(from_rows(rows, x.shape), x)
    assert_close(by_channel(row_sum(rows), 4), x.sum(axis=(0, *range(2, x.ndim))))


def test_channels_last_images_are_not_copied():
    x = IMAGES.transpose(0, 2, 3, 1).copy().transpose(0, 3, 1, 2)
    assert np.shares_memory(as_rows(x), x)


def test_one_number_for_each_channel_lies_along_a_row():
    rows = as_rows(IMAGES)
    channel = np.arange(4)
    assert_close(from_rows(rows * along_rows(channel, rows), IMAGES.shape), IMAGES * channel[:, None, None])


def test_a_sum_of_parts_keeps_the_digits_of_float32():
    x = (IMAGES + 100).astype(np.float32).repeat(2000, axis=0)
    rows = as_rows(x)
    total = by_channel(sum(row_sum(rows[part]) for part in row_blocks(rows)), 4)
    assert_close(total, x.astype(float).sum(axis=(0, 2, 3)), rtol=2e-6)


def test_parts_cover_all_rows():
    rows = np.zeros((1000, 300))
    assert sum(len(rows[part]) for part in row_blocks(rows)) == 1000
