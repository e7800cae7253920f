"""Parts that fit the cache."""

import pytest

from solutions.fast.blocking import blocks_of


@pytest.mark.parametrize(
    ("length", "bytes_each", "expected"),
    [(10, 25, [(0, 4), (4, 8), (8, 12)]), (3, 1000, [(0, 1), (1, 2), (2, 3)]), (5, 0, [(0, 100)]), (0, 8, [])],
)
def test_as_many_as_fill_the_cache_and_at_least_one(length, bytes_each, expected):
    assert [(part.start, part.stop) for part in blocks_of(length, bytes_each, 100)] == expected
