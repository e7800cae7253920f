"""Max pooling in blocks: the same whatever part of the images a block holds."""

import numpy as np
import pytest

from solutions import pooling
from solutions.fast import maxpool2d_backward, maxpool2d_forward
from solutions.fast import pooling as blockwise


@pytest.mark.parametrize("images", [1, 2, 5])
@pytest.mark.parametrize("stride", [1, 3])
def test_blocks_of_any_size_give_the_same(monkeypatch, images, stride):
    monkeypatch.setattr(blockwise, "image_blocks", lambda x: [slice(i, i + images) for i in range(0, len(x), images)])
    x = np.random.default_rng(0).integers(0, 4, (5, 2, 7, 8)).astype(float)  # with ties
    y, cache = maxpool2d_forward(x, 3, stride, 1)
    plain, plain_cache = pooling.maxpool2d_forward(x, 3, stride, 1)
    assert np.array_equal(y, plain)
    grad_y = np.random.default_rng(1).standard_normal(y.shape)
    np.testing.assert_allclose(maxpool2d_backward(grad_y, cache), pooling.maxpool2d_backward(grad_y, plain_cache))
