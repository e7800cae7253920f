"""Initial weights by formula: moments, bounds, singular values."""

import numpy as np
import pytest
import torch

from solutions import initialization as init

LINEAR, CONV = (300, 200), (40, 30, 5, 3)


# Standard deviation of each rule by its formula, written out for the two shapes.
STD = {
    "xavier_normal": {LINEAR: np.sqrt(2 / 500), CONV: np.sqrt(2 / (30 * 15 + 40 * 15))},
    "xavier_uniform": {LINEAR: np.sqrt(2 / 500), CONV: np.sqrt(2 / (30 * 15 + 40 * 15))},
    "kaiming_normal": {LINEAR: np.sqrt(2 / 300), CONV: np.sqrt(2 / (30 * 15))},
    "kaiming_uniform": {LINEAR: np.sqrt(2 / 300), CONV: np.sqrt(2 / (30 * 15))},
}


@pytest.mark.parametrize("shape", [LINEAR, CONV])
@pytest.mark.parametrize("name", STD)
def test_moments_and_shape_of_each_rule(name, shape):
    weight = getattr(init, name)(shape, np.random.default_rng(0))
    std = STD[name][shape]
    assert weight.shape == shape
    assert weight.dtype == np.float64
    # Four standard errors of a mean and of a std over the draws.
    assert abs(weight.mean()) < 4 * std / np.sqrt(weight.size)
    assert abs(weight.std() / std - 1) < 4 / np.sqrt(2 * weight.size)
    if name.endswith("uniform"):
        assert np.abs(weight).max() <= np.sqrt(3) * std
        assert np.abs(weight).max() > 0.999 * np.sqrt(3) * std
    else:  # 68.3 % of normal numbers lie within one std, 57.7 % of uniform ones
        assert abs((np.abs(weight) < std).mean() - 0.683) < 0.01


@pytest.mark.parametrize("name", STD)
def test_same_generator_same_weights(name):
    first, second = (getattr(init, name)((3, 4), np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", ["xavier_normal", "xavier_uniform", "orthogonal"])
def test_gain_scales(name):
    plain, doubled = (getattr(init, name)((3, 4), np.random.default_rng(7), gain=gain) for gain in (1.0, 2.0))
    np.testing.assert_allclose(doubled, 2 * plain)


def test_fans_of_linear_and_convolution():
    assert init.fans((7, 5)) == (7, 5)
    assert init.fans((8, 3, 5, 2)) == (30, 80)
    assert init.fans((8, 3, 5, 2), groups=2) == (30, 40)


def test_fans_are_torch_s_with_its_layout():
    calculate = torch.nn.init._calculate_fan_in_and_fan_out
    assert init.fans((7, 5)) == calculate(torch.empty(5, 7))  # torch stores a linear weight as (M, D)
    assert init.fans((8, 3, 5, 2)) == calculate(torch.empty(8, 3, 5, 2))


def test_constant_and_normal():
    assert init.constant((2, 3), 0.5).tolist() == [[0.5] * 3] * 2
    weight = init.normal((400, 400), 0.01, np.random.default_rng(0))
    assert weight.std() == pytest.approx(0.01, rel=0.01)
    assert not init.normal((3,), 0.0, np.random.default_rng(0)).any()


@pytest.mark.parametrize("shape", [(6, 6), (9, 4), (4, 9), (8, 2, 2, 2), (3, 4, 3, 3), (1, 5)])
def test_orthogonal_has_singular_values_equal_to_the_gain(shape):
    weight = init.orthogonal(shape, np.random.default_rng(1), gain=1.5)
    assert weight.shape == shape
    np.testing.assert_allclose(np.linalg.svd(weight.reshape(shape[0], -1), compute_uv=False), 1.5, rtol=1e-12)


def test_orthogonal_has_no_preferred_sign():
    rng = np.random.default_rng(0)
    traces = [np.trace(init.orthogonal((3, 3), rng)) for _ in range(2000)]
    assert abs(np.mean(traces)) < 4 / np.sqrt(2000)  # a uniform rotation or reflection has trace of mean 0, variance 1
