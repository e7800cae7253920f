"""The given parts: the same numbers as the reference, and a student's own swapped in where they agree."""

import numpy as np
import pytest
from given_network import NAMES, given_parts, own_parts

from solutions.capstone import my_parts
from solutions.fast import conv2d_backward, conv2d_forward
from solutions.pooling import avgpool2d_backward, avgpool2d_forward, maxpool2d_backward, maxpool2d_forward

GIVEN = given_parts()


def test_all_parts_of_the_reference_compute_what_the_given_ones_do():
    assert len(NAMES) == 22
    assert list(own_parts(my_parts(), quiet=True)) == list(NAMES)


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), ((2, 1), (0, 2))])
def test_convolution_at_every_stride_and_padding(stride, padding):
    rng = np.random.default_rng(1)
    x, weight, bias = rng.normal(size=(2, 3, 7, 6)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    y, cache = GIVEN["conv2d_forward"](x, weight, bias, stride=stride, padding=padding)
    true, true_cache = conv2d_forward(x, weight, bias, stride=stride, padding=padding)
    assert np.allclose(y, true)
    grad_y = rng.normal(size=y.shape)
    grads = zip(GIVEN["conv2d_backward"](grad_y, cache), conv2d_backward(grad_y, true_cache), strict=True)
    assert all(np.allclose(one, two) for one, two in grads)


@pytest.mark.parametrize(
    ("name", "forward", "backward"),
    [
        ("maxpool2d", maxpool2d_forward, maxpool2d_backward),
        ("avgpool2d", avgpool2d_forward, avgpool2d_backward),
    ],
)
def test_pooling_with_overlap_and_ties(name, forward, backward):
    rng = np.random.default_rng(2)
    x = rng.integers(3, size=(2, 2, 7, 6)).astype(float)
    y, cache = GIVEN[f"{name}_forward"](x, 3, 2, 1)
    true, true_cache = forward(x, 3, 2, 1)
    grad_y = rng.normal(size=y.shape)
    assert np.allclose(y, true)
    assert np.allclose(GIVEN[f"{name}_backward"](grad_y, cache), backward(grad_y, true_cache))


def test_single_precision_stays_single():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 3, 4, 4)).astype(np.float32)
    ones = np.ones(3, np.float32)
    y, cache, running = GIVEN["spatial_batchnorm_forward"](x, ones, ones, None, training=True)
    arrays = [
        y,
        *running,
        *GIVEN["spatial_batchnorm_backward"](y, cache),
        GIVEN["dropout_forward"](x, 0.5, rng, training=True)[0],
    ]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}


def test_own_parts_are_those_that_agree_and_it_says_what_does_not(capsys):
    def relu_forward(x):
        return np.maximum(x, 0), x > 0

    def relu_backward(grad_y, cache):
        return grad_y

    def linear_forward(x, weight, bias):
        raise KeyError("nothing")

    own = {"relu_forward": relu_forward, "relu_backward": relu_backward, "linear_forward": linear_forward}
    found = own_parts(own)
    told = capsys.readouterr().out
    assert told.startswith("your parts: 1 of 22\n")
    assert "relu_backward" in told and "linear_forward: raises KeyError" in told
    assert found == {"relu_forward": relu_forward}
    assert list(GIVEN | found) == list(NAMES)


def test_a_batch_norm_that_knows_one_mode_only_is_not_swapped_in():
    with_two_modes = my_parts()["spatial_batchnorm_forward"]
    assert list(own_parts({"spatial_batchnorm_forward": with_two_modes}, quiet=True)) == ["spatial_batchnorm_forward"]

    def one_mode(x, scale, shift, running, *, training):
        return with_two_modes(x, scale, shift, running, training=True)

    assert own_parts({"spatial_batchnorm_forward": one_mode}, quiet=True) == {}


def test_the_given_parts_are_nobodys_own_however_they_are_called():
    assert own_parts(GIVEN, quiet=True) == {}
    wrapped = {name: lambda *a, part=part, **k: part(*a, **k) for name, part in GIVEN.items()}
    assert own_parts(wrapped, quiet=True) == {}
    assert GIVEN["relu_forward"](np.ones(2))[0].tolist() == [1, 1], "they answer again afterwards"
