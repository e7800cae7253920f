"""Initial weights: moments, bounds, singular values, and what they do in depth."""

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


def test_lsuv_gives_each_layer_std_one():
    rng = np.random.default_rng(0)
    x = 3 * rng.standard_normal((64, 30)) + 1
    before = x.copy()
    h, weights = x, init.lsuv([30, 50, 40, 20], "relu", x, rng, tolerance=0.02)
    assert [weight.shape for weight in weights] == [(30, 50), (50, 40), (40, 20)]
    for weight in weights:
        z = h @ weight
        assert abs(z.std() - 1) <= 0.02
        h = np.maximum(z, 0)
    assert np.array_equal(x, before)


def test_fixup_scale_by_hand():
    assert init.fixup_scale(16, layers=2) == 0.25
    assert init.fixup_scale(16, layers=3) == 0.5
    assert init.fixup_scale(1) == 1.0


# Exact values for infinitely wide layers.
WIDE = {
    ("tanh", 0.02): [0.4922, 0.2892, 0.1792, 0.1132, 0.0721, 0.0460],
    ("tanh", 0.1): [0.8717, 0.8530, 0.8498, 0.8493, 0.8492, 0.8492],
    ("tanh", "xavier_normal"): [0.6279, 0.4863, 0.4082, 0.3576, 0.3216, 0.2944],
    ("relu", "xavier_normal"): [0.5838 / 2 ** (layer / 2) for layer in range(6)],
    ("relu", "kaiming_normal"): [0.8256] * 6,
}


@pytest.mark.parametrize(("activation", "initializer"), WIDE)
def test_forward_stats_is_the_theory_of_wide_layers(activation, initializer):
    means, stds = init.forward_stats([1024] * 7, activation, initializer, np.random.default_rng(0), samples=64)
    tolerance = 0.03 if activation == "tanh" else 0.1
    np.testing.assert_allclose(stds, WIDE[activation, initializer], rtol=tolerance)
    if activation == "tanh":
        np.testing.assert_allclose(means, 0, atol=0.02)
    else:
        assert (means > 0).all()


def test_forward_stats_takes_functions_and_draws_the_inputs_first():
    def identity_weight(shape, rng):
        return np.eye(*shape)

    means, stds = init.forward_stats([5, 5, 5], lambda z: 2 * z, identity_weight, np.random.default_rng(3))
    x = np.random.default_rng(3).standard_normal((16, 5))
    np.testing.assert_allclose(stds, [2 * x.std(), 4 * x.std()])
    np.testing.assert_allclose(means, [2 * x.mean(), 4 * x.mean()])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda rng: init.fans((3,)), r"shape is \(3,\), needs \(D, M\) or"),
        (lambda rng: init.fans((5, 2, 3, 3), groups=2), "groups is 2, needs to divide the 5 filters"),
        (lambda rng: init.normal((2,), -1.0, rng), "std is -1.0, needs at least 0"),
        (lambda rng: init.kaiming_normal((2, 2, 2), rng), r"needs \(D, M\) or"),
        (lambda rng: init.orthogonal((4,), rng), r"needs \(D, M\) or"),
        (lambda rng: init.lsuv([3, 2], "relu", np.ones((2, 4)), rng), r"needs \(N, 3\)"),
        (lambda rng: init.lsuv([3, 2], "relu", np.zeros((2, 3)), rng), "puts out a constant"),
        (lambda rng: init.fixup_scale(0), "at least 1 branch"),
        (lambda rng: init.forward_stats([2, 2], "step", 0.1, rng), "activation is 'step', needs a function or one"),
        (lambda rng: init.forward_stats([2, 2], "tanh", "he", rng), "init is 'he', needs a std"),
    ],
)
def test_errors_name_the_rule(call, message):
    with pytest.raises(ValueError, match=message):
        call(np.random.default_rng(0))
