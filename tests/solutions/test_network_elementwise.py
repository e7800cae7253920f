"""Activations as layers: the pair of their name, its options, one operation for each entry."""

import numpy as np
import pytest

from solutions import activation
from solutions import network as nw

NAMES = {"ReLU": "relu", "LeakyReLU": "leaky_relu", "ELU": "elu", "SELU": "selu", "SiLU": "silu", "GELU": "gelu"}
NAMES |= {"Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus"}


@pytest.mark.parametrize("layer", NAMES)
def test_a_layer_does_what_the_pair_of_its_name_does(layer):
    x = np.random.default_rng(0).standard_normal((3, 4))
    made = getattr(nw, layer)()
    y, cache = getattr(activation, f"{NAMES[layer]}_forward")(x)
    assert np.array_equal(made.forward(x), y)
    assert np.array_equal(made.backward(x), getattr(activation, f"{NAMES[layer]}_backward")(x, cache))
    assert made.output_shape((4, 5)) == (4, 5) and made.flops((4, 5)) == 20 and not made.params


def test_options_reach_the_pair():
    assert nw.LeakyReLU(slope=0.5).forward(np.array([-2.0, 2.0])).tolist() == [-1, 2]


def test_prelu_trains_a_slope_for_each_channel():
    layer = nw.PReLU(3)
    assert layer.params["slope"].tolist() == [0.25] * 3 and layer.flops((3, 2, 2)) == 12
    layer.forward(-np.ones((1, 3, 2, 2), np.float32))
    layer.backward(np.ones((1, 3, 2, 2), np.float32))
    assert layer.grads["slope"].tolist() == [-4] * 3
