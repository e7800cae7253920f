"""The benchmark of layers compares like with like: all candidates compute the same."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from probe import assert_close

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bench():
    """bench/layers.py, imported as it imports itself."""
    folder = str(Path(__file__).parents[1] / "bench")
    sys.path.insert(0, folder)
    try:
        import layers
    finally:
        sys.path.remove(folder)
    torch.set_num_threads(1)
    return layers


@pytest.mark.parametrize("options", [{}, {"stride": 2, "padding": 1}, {"padding": 2, "dilation": 2}])
def test_plain_convolution_is_ours(bench, options):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((2, 3, 7, 6), (4, 3, 3, 3), (4,))]
    y, cache = bench.indexed.conv2d_forward(*arrays, **options)
    ours, our_cache = bench.conv2d_forward(*arrays, **options)
    assert_close(y, ours)
    grad_y = rng.standard_normal(y.shape)
    for plain, grad in zip(
        bench.indexed.conv2d_backward(grad_y, cache), bench.conv2d_backward(grad_y, our_cache), strict=True
    ):
        assert_close(plain, grad)


@pytest.mark.parametrize(("kernel", "stride"), [(2, 2), (3, 2)])
def test_plain_pooling_is_ours(bench, kernel, stride):
    x = np.random.default_rng(0).standard_normal((2, 3, 7, 9))
    y, cache = bench.indexed.maxpool2d_forward(x, kernel, stride)
    ours, our_cache = bench.maxpool2d_forward(x, kernel, stride)
    assert_close(y, ours)
    assert_close(bench.indexed.maxpool2d_backward(y, cache), bench.maxpool2d_backward(y, our_cache))


def test_plain_batch_norm_is_ours(bench):
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape) for shape in ((3, 4, 5, 2), (4,), (4,))]
    y, cache = bench.indexed.batchnorm_forward(*arrays)
    ours, our_cache, _ = bench.batchnorm_forward(*arrays, None, training=True)
    assert_close(y, ours)
    grad_y = rng.standard_normal(y.shape)
    for plain, grad in zip(
        bench.indexed.batchnorm_backward(grad_y, cache), bench.batchnorm_backward(grad_y, our_cache), strict=True
    ):
        assert_close(plain, grad)


@pytest.mark.parametrize("name", ["LeNet, 1x28x28", "CNN for digits, 1x8x8"])
def test_training_steps_lose_the_same(bench, name):
    workload = bench.network(name)
    for _ in range(3):
        loss = workload.torch()
        assert workload.ours() == pytest.approx(loss, rel=1e-4)
        assert workload.plain() == pytest.approx(loss, rel=1e-4)


def test_a_line_of_the_table(bench):
    row = bench.measure(bench.depthwise("small", 2, 4), seconds=0)
    assert len(row) == len(bench.HEADER)
    assert row[0] == "small"
    assert float(row[2].split()[0]) > 0
